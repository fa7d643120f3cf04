#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using testing::Affine;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;

UnidirectionalSequenceLSTMOptions Tanh() {
  UnidirectionalSequenceLSTMOptions options;
  options.fused_activation_function = ActivationFunctionType::kTanh;
  return options;
}

// The gates' biases in the order of the inputs: input, forget, cell, output.
template <typename Bias>
using Biases = std::array<Bias, 4>;

// One unit of one input, both of weight `weight` (recurrent: 0). Activations
// have scale 1/128 (int8) or 2^-15, the cell 2^-11.
template <typename T, typename Weight, typename Bias, typename Cell>
OpRunner OneUnit(const UnidirectionalSequenceLSTMOptions& options,
                 std::vector<int32_t> shape, const std::vector<T>& input,
                 Weight weight, const Biases<Bias>& biases,
                 int64_t hidden_zero_point = 0) {
  const bool is_float = std::is_same_v<T, float>;
  const float scale = std::is_same_v<T, int8_t> ? 0x1p-7F : 0x1p-15F;
  const auto affine = [&](float of, int64_t zero_point) {
    return is_float ? Affine() : Affine(of, zero_point);
  };
  OpRunner runner(BuiltinOperator::kUnidirectionalSequenceLstm);
  runner.Options(options);
  runner.Input<T>(shape, input, affine(scale, 0));
  for (int i = 0; i < 4; ++i) {
    runner.Constant<Weight>({1, 1}, {weight}, affine(0x1p-5F, 0));
  }
  for (int i = 0; i < 4; ++i) {
    runner.Constant<Weight>({1, 1}, {0}, affine(0x1p-5F, 0));
  }
  for (int i = 0; i < 3; ++i) runner.NoInput();
  for (const Bias bias : biases) runner.Constant<Bias>({1}, {bias});
  for (int i = 0; i < 2; ++i) runner.NoInput();
  const int32_t batch = shape[options.time_major ? 1 : 0];
  runner.Variable<T>({batch, 1}, affine(scale, hidden_zero_point));
  runner.Variable<Cell>({batch, 1}, affine(0x1p-11F, 0));
  for (int i = 0; i < 4; ++i) runner.NoInput();
  runner.Output<T>(shape, affine(scale, hidden_zero_point));
  return runner;
}

// A gate's bias of scale 2^-12 in which the gate saturates.
constexpr int32_t kLarge = 1 << 20;

// All gates are sigmoid(0) = 1/2, and the cell's value tanh(1).
TEST(Lstm, OfFloatsRemembers) {
  OpRunner runner = OneUnit<float, float, float, float>(Tanh(), {1, 1, 1}, {0},
                                                        0, {0, 0, 1, 0});
  const float value = std::tanh(1.0F);
  float cell = value / 2;
  EXPECT_NEAR(runner.Run<float>()[0], std::tanh(cell) / 2, 1e-6);
  cell = cell / 2 + value / 2;
  EXPECT_NEAR(runner.Run<float>()[0], std::tanh(cell) / 2, 1e-6);
}

TEST(Lstm, OfFloatsClipsTheCell) {
  auto options = Tanh();
  options.cell_clip = 0.125F;
  for (const float sign : {1.0F, -1.0F}) {
    OpRunner runner = OneUnit<float, float, float, float>(
        options, {1, 1, 1}, {0}, 0, {0, 0, sign, 0});
    EXPECT_NEAR(runner.Run<float>()[0], sign * std::tanh(0.125F) / 2, 1e-6);
  }
}

// Two sequences of three steps, once one after the other, once step by step.
TEST(Lstm, TimeMayComeFirst) {
  OpRunner batch_major = OneUnit<float, float, float, float>(
      Tanh(), {2, 3, 1}, {1, 2, 3, -1, 5, -2}, 0.5F, {0, 1, 0, 1});
  auto options = Tanh();
  options.time_major = true;
  OpRunner time_major = OneUnit<float, float, float, float>(
      options, {3, 2, 1}, {1, -1, 2, 5, 3, -2}, 0.5F, {0, 1, 0, 1});
  for (int run = 0; run < 2; ++run) {
    const auto a = batch_major.Run<float>();
    const auto b = time_major.Run<float>();
    EXPECT_THAT(b, ElementsAre(a[0], a[3], a[1], a[4], a[2], a[5]));
    EXPECT_NE(a[0], a[3]);
  }
}

TEST(Lstm, OfFloatsNeedsTanhEverywhere) {
  const auto make = [] {
    return OneUnit<float, float, float, float>({}, {1, 1, 1}, {0}, 0,
                                               {0, 0, 1, 0});
  };
  EXPECT_THAT(make().Error(), HasSubstr("TANH"));
  EXPECT_THAT(make().CmsisNn().Error(), HasSubstr("TANH"));
}

// Gates of 1/2, a cell value of almost 1. The cell is 1/2, then 3/4, and
// tanh(1/2) / 2 = 29.6 / 128, tanh(3/4) / 2 = 40.7 / 128. CMSIS-NN forgets
// between invocations.
TEST(Lstm, OfInt8) {
  for (const int zero_point : {-128, 0, 20}) {
    const auto make = [&] {
      return OneUnit<int8_t, int8_t, int32_t, int16_t>(
          Tanh(), {1, 1, 1}, {0}, 0, {0, 0, kLarge, 0}, zero_point);
    };
    OpRunner reference = make();
    EXPECT_THAT(reference.Run<int8_t>(), ElementsAre(zero_point + 30));
    EXPECT_THAT(reference.Run<int8_t>(), ElementsAre(zero_point + 41));
    OpRunner cmsis_nn = make();
    cmsis_nn.CmsisNn();
    EXPECT_THAT(cmsis_nn.Run<int8_t>(), ElementsAre(zero_point + 30));
    EXPECT_THAT(cmsis_nn.Run<int8_t>(), ElementsAre(zero_point + 30));
  }
}

// Within an invocation, both remember.
TEST(Lstm, OfInt8OverTime) {
  for (const bool cmsis_nn : {false, true}) {
    OpRunner runner = OneUnit<int8_t, int8_t, int32_t, int16_t>(
        Tanh(), {1, 2, 1}, {0, 0}, 0, {0, 0, kLarge, 0});
    if (cmsis_nn) runner.CmsisNn();
    EXPECT_THAT(runner.Run<int8_t>(), ElementsAre(30, 41));
  }
}

// An input of 64/128 = 1/2 with a weight of 64/32 = 2 opens all gates to
// sigmoid(1) = 0.7311; the cell value is tanh(1) = 0.7616, the cell 0.5568, and
// tanh(0.5568) * 0.7311 = 0.3696: 47.3 / 128.
TEST(Lstm, OfInt8TakesItsInput) {
  for (const bool cmsis_nn : {false, true}) {
    OpRunner runner = OneUnit<int8_t, int8_t, int32_t, int16_t>(
        Tanh(), {1, 1, 1}, {64}, 64, {0, 0, 0, 0});
    if (cmsis_nn) runner.CmsisNn();
    EXPECT_THAT(runner.Run<int8_t>(), ElementsAre(47));
  }
}

// tanh(1/4) / 2 = 15.7 / 128.
TEST(Lstm, OfInt8ClipsTheCell) {
  auto options = Tanh();
  options.cell_clip = 0.25F;
  for (const bool cmsis_nn : {false, true}) {
    for (const int sign : {1, -1}) {
      OpRunner runner = OneUnit<int8_t, int8_t, int32_t, int16_t>(
          options, {1, 1, 1}, {0}, 0, {0, 0, sign * kLarge, 0});
      if (cmsis_nn) runner.CmsisNn();
      EXPECT_THAT(runner.Run<int8_t>(), ElementsAre(sign * 16));
    }
  }
}

// A clip of less than a step is 0: the reference holds the cell at 0, CMSIS-NN
// treats that as no clip.
TEST(Lstm, OfInt8WithATinyClip) {
  auto options = Tanh();
  options.cell_clip = 0x1p-13F;
  const auto make = [&] {
    return OneUnit<int8_t, int8_t, int32_t, int16_t>(options, {1, 1, 1}, {0}, 0,
                                                     {0, 0, kLarge, 0});
  };
  EXPECT_THAT(make().Run<int8_t>(), ElementsAre(0));
  EXPECT_THAT(make().CmsisNn().Run<int8_t>(), ElementsAre(30));
}

// CMSIS-NN uses a sigmoid for any activation other than TANH: a cell value of
// 1/2, a cell of 1/4.
TEST(Lstm, OfInt8WithAnotherActivation) {
  const auto make = [] {
    return OneUnit<int8_t, int8_t, int32_t, int16_t>({}, {1, 1, 1}, {0}, 0,
                                                     {0, 0, 0, 0});
  };
  EXPECT_THAT(make().Error(), HasSubstr("TANH"));
  EXPECT_THAT(make().CmsisNn().Run<int8_t>(), ElementsAre(16));
}

// tanh(1/2) / 2 and tanh(3/4) / 2 of 2^15.
TEST(Lstm, OfInt16) {
  const auto make = [] {
    return OneUnit<int16_t, int8_t, int64_t, int16_t>(
        Tanh(), {1, 1, 1}, {0}, 0, {0, 0, int64_t{kLarge} << 8, 0});
  };
  OpRunner reference = make();
  EXPECT_NEAR(reference.Run<int16_t>()[0], 7571.4, 3);
  EXPECT_NEAR(reference.Run<int16_t>()[0], 10406.3, 3);
  OpRunner cmsis_nn = make();
  cmsis_nn.CmsisNn();
  EXPECT_NEAR(cmsis_nn.Run<int16_t>()[0], 7571.4, 3);
  EXPECT_NEAR(cmsis_nn.Run<int16_t>()[0], 7571.4, 3);
}

// Helium starts its sums with the low 32 bits of a bias: here, with 0.
TEST(Lstm, OfInt16BiasIsCutWithHelium) {
  const auto make = [] {
    return OneUnit<int16_t, int8_t, int64_t, int16_t>(
        Tanh(), {1, 1, 1}, {0}, 0, {0, 0, int64_t{1} << 32, 0});
  };
  EXPECT_NEAR(make().CmsisNn().Run<int16_t>()[0], 7571.4, 3);
  EXPECT_THAT(make().Helium().Run<int16_t>(), ElementsAre(0));
}

}  // namespace
}  // namespace tinyml
