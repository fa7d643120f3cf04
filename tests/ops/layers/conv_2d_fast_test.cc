// The fast forms of kernels against the plain ones, on random shapes, for every
// set of vector instructions that this processor has.
#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "ops/layers/conv_2d_fast.h"
#include "ops/layers/conv_2d_plain.h"
#include "ops/layers/depthwise_conv_2d_fast.h"
#include "ops/layers/pooling_fast.h"

namespace tinyml::ops {
namespace {

class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}
  // Within [low, high].
  int64_t Int64(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(engine_);
  }
  int32_t Int(int32_t low, int32_t high) {
    return static_cast<int32_t>(Int64(low, high));
  }
  bool Chance(int percent) { return Int(1, 100) <= percent; }
  // Extremes occur more often than by chance.
  template <typename T>
  std::vector<T> Values(int64_t count, int64_t low, int64_t high) {
    std::vector<T> values(static_cast<size_t>(count));
    for (T& value : values) {
      const int64_t extreme = Chance(50) ? low : high;
      value = static_cast<T>(Chance(10) ? extreme : Int64(low, high));
    }
    return values;
  }
  std::vector<float> Floats(int64_t count) {
    std::uniform_real_distribution<float> distribution(-1.0F, 1.0F);
    std::vector<float> values(static_cast<size_t>(count));
    for (float& value : values) value = distribution(engine_);
    return values;
  }

 private:
  std::mt19937 engine_;
};

// Shapes that differ in everything that the kernels treat differently.
ConvGeometry RandomGeometry(Random& random) {
  ConvGeometry g;
  g.batches = random.Int(1, 2);
  g.input = {random.Int(1, 9), random.Int(1, 9)};
  g.filter = {random.Int(1, 4), random.Int(1, 5)};
  g.output = {random.Int(1, 9), random.Int(1, 9)};
  g.stride = {random.Int(1, 3), random.Int(1, 3)};
  g.dilation = {random.Chance(70) ? 1 : random.Int(2, 3),
                random.Chance(70) ? 1 : random.Int(2, 3)};
  g.padding = {random.Int(0, 3), random.Int(0, 3)};
  if (random.Chance(25)) {
    g.filter = {1, 1};
    g.stride = {1, 1};
    g.padding = {0, 0};
    g.output = g.input;
  }
  return g;
}

ConvGeometry RandomConv(Random& random) {
  ConvGeometry g = RandomGeometry(random);
  g.groups = random.Chance(70) ? 1 : random.Int(2, 3);
  g.input_channels = g.groups * random.Int(1, 20);
  g.output_channels = g.groups * random.Int(1, 40);
  return g;
}

ConvGeometry RandomDepthwise(Random& random) {
  ConvGeometry g = RandomGeometry(random);
  g.input_channels = random.Int(1, 40);
  g.multiplier = random.Chance(60) ? 1 : random.Int(2, 9);
  g.output_channels = g.input_channels * g.multiplier;
  return g;
}

Requantization RandomRequantization(Random& random, int32_t channels,
                                    int max_shift, int32_t low, int32_t high) {
  Requantization q;
  for (int32_t i = 0; i < channels; ++i) {
    QuantizedMultiplier& factor = q.factors.emplace_back();
    factor.multiplier =
        random.Int(1 << 30, std::numeric_limits<int32_t>::max());
    factor.shift =
        random.Chance(70) ? random.Int(-12, -4) : random.Int(-31, max_shift);
    if (random.Chance(2)) factor = {};
    if (random.Chance(2)) factor.multiplier = -factor.multiplier;
  }
  q.range.min = random.Chance(50) ? low : random.Int(low, high);
  q.range.max = random.Chance(50) ? high : random.Int(q.range.min, high);
  return q;
}

std::string Describe(const ConvGeometry& g) {
  std::string text;
  for (int32_t value :
       {g.batches, g.input.height, g.input.width, g.input_channels,
        g.filter.height, g.filter.width, g.output.height, g.output.width,
        g.output_channels, g.stride.height, g.stride.width, g.dilation.height,
        g.dilation.width, g.padding.height, g.padding.width, g.groups,
        g.multiplier}) {
    text += std::to_string(value) + " ";
  }
  return text;
}

int64_t Inputs(const ConvGeometry& g) {
  return g.batches * g.input.Elements() * g.input_channels;
}
int64_t Weights(const ConvGeometry& g) {
  return g.filter.Elements() * g.GroupInputs() * g.output_channels;
}
size_t Outputs(const ConvGeometry& g) {
  return static_cast<size_t>(g.OutputPixels() * g.output_channels);
}

void ExpectClose(const std::vector<float>& got,
                 const std::vector<float>& wanted, const std::string& what) {
  ASSERT_EQ(got.size(), wanted.size());
  for (size_t i = 0; i < got.size(); ++i) {
    ASSERT_NEAR(got[i], wanted[i], 1e-4) << what << "at " << i;
  }
}

class FastForms : public ::testing::TestWithParam<int64_t> {
 protected:
  void SetUp() override {
    hwy::SetSupportedTargetsForTest(GetParam());
    ASSERT_GT(SimdLanes(), 0);
  }
  void TearDown() override { hwy::SetSupportedTargetsForTest(0); }
};

TEST_P(FastForms, ConvInt8) {
  Random random(1);
  int covered = 0;
  for (int i = 0; i < 150; ++i) {
    const ConvGeometry g = RandomConv(random);
    Requantization q =
        RandomRequantization(random, g.output_channels, 10, -128, 127);
    q.input_offset = random.Int(-127, 128);
    q.output_offset = random.Int(-128, 127);
    const auto input = random.Values<int8_t>(Inputs(g), -128, 127);
    const auto filter = random.Values<int8_t>(Weights(g), -128, 127);
    const auto bias =
        random.Values<int32_t>(g.output_channels, -100000, 100000);
    const int32_t* biases = random.Chance(80) ? bias.data() : nullptr;
    std::vector<int8_t> wanted(Outputs(g));
    ConvPlain(g, q, input.data(), filter.data(), biases, wanted.data());
    auto run = FastConvInt8(g, q, random.Chance(50) ? filter.data() : nullptr);
    if (run == nullptr) continue;
    ++covered;
    // On the second run, what is kept from the first must not show.
    for (int round = 0; round < 2; ++round) {
      std::vector<int8_t> got(wanted.size(), 99);
      run(input.data(), filter.data(), biases, got.data());
      ASSERT_EQ(got, wanted) << Describe(g);
    }
  }
  EXPECT_GT(covered, 75);
}

template <typename Acc>
void CompareInt16(uint32_t seed) {
  Random random(seed);
  int covered = 0;
  for (int i = 0; i < 100; ++i) {
    ConvGeometry g = RandomConv(random);
    // Now and then more products than can be summed in 32 bits.
    if (random.Chance(20)) g.input_channels = 700 * g.groups;
    Requantization q = RandomRequantization(
        random, g.output_channels, sizeof(Acc) == 8 ? 7 : 10, -32768, 32767);
    q.narrow_before_rounding = random.Chance(50);
    const auto input = random.Values<int16_t>(Inputs(g), -32768, 32767);
    auto filter = random.Values<int8_t>(Weights(g), -128, 127);
    if (random.Chance(20)) std::fill(filter.begin(), filter.end(), -128);
    const auto bias = random.Values<Acc>(g.output_channels,
                                         std::numeric_limits<int32_t>::min(),
                                         std::numeric_limits<int32_t>::max());
    const Acc* biases = random.Chance(80) ? bias.data() : nullptr;
    std::vector<int16_t> wanted(Outputs(g));
    ConvPlain(g, q, input.data(), filter.data(), biases, wanted.data());
    auto run =
        FastConvInt16<Acc>(g, q, random.Chance(50) ? filter.data() : nullptr);
    if (run == nullptr) continue;
    ++covered;
    std::vector<int16_t> got(wanted.size(), 99);
    run(input.data(), filter.data(), biases, got.data());
    ASSERT_EQ(got, wanted) << Describe(g);
  }
  EXPECT_GT(covered, 50);
}

TEST_P(FastForms, ConvInt16WithSumsOf32Bits) { CompareInt16<int32_t>(2); }

TEST_P(FastForms, ConvInt16WithSumsOf64Bits) { CompareInt16<int64_t>(3); }

TEST_P(FastForms, ConvFloat) {
  Random random(4);
  int covered = 0;
  for (int i = 0; i < 100; ++i) {
    const ConvGeometry g = RandomConv(random);
    FloatActivationRange range;
    if (random.Chance(50)) range = {-1.0F, 1.0F};
    const auto input = random.Floats(Inputs(g));
    const auto filter = random.Floats(Weights(g));
    const auto bias = random.Floats(g.output_channels);
    const float* biases = random.Chance(80) ? bias.data() : nullptr;
    std::vector<float> wanted(Outputs(g));
    ConvPlain(g, range, input.data(), filter.data(), biases, wanted.data());
    auto run =
        FastConvFloat(g, range, random.Chance(50) ? filter.data() : nullptr);
    if (run == nullptr) continue;
    ++covered;
    std::vector<float> got(wanted.size(), 99.0F);
    run(input.data(), filter.data(), biases, got.data());
    ExpectClose(got, wanted, Describe(g));
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(covered, 50);
}

TEST_P(FastForms, DepthwiseInt8) {
  Random random(5);
  for (int i = 0; i < 150; ++i) {
    const ConvGeometry g = RandomDepthwise(random);
    Requantization q =
        RandomRequantization(random, g.output_channels, 10, -128, 127);
    q.input_offset = random.Int(-127, 128);
    q.output_offset = random.Int(-128, 127);
    const auto input = random.Values<int8_t>(Inputs(g), -128, 127);
    const auto filter = random.Values<int8_t>(Weights(g), -128, 127);
    const auto bias =
        random.Values<int32_t>(g.output_channels, -100000, 100000);
    const int32_t* biases = random.Chance(80) ? bias.data() : nullptr;
    std::vector<int8_t> wanted(Outputs(g));
    DepthwiseConvPlain(g, q, input.data(), filter.data(), biases,
                       wanted.data());
    auto run =
        FastDepthwiseInt8(g, q, random.Chance(50) ? filter.data() : nullptr);
    ASSERT_NE(run, nullptr) << Describe(g);
    for (int round = 0; round < 2; ++round) {
      std::vector<int8_t> got(wanted.size(), 99);
      run(input.data(), filter.data(), biases, got.data());
      ASSERT_EQ(got, wanted) << Describe(g);
    }
  }
}

TEST_P(FastForms, DepthwiseFloat) {
  Random random(6);
  for (int i = 0; i < 100; ++i) {
    const ConvGeometry g = RandomDepthwise(random);
    FloatActivationRange range;
    if (random.Chance(50)) range = {-1.0F, 1.0F};
    const auto input = random.Floats(Inputs(g));
    const auto filter = random.Floats(Weights(g));
    const auto bias = random.Floats(g.output_channels);
    const float* biases = random.Chance(80) ? bias.data() : nullptr;
    std::vector<float> wanted(Outputs(g));
    DepthwiseConvPlain(g, range, input.data(), filter.data(), biases,
                       wanted.data());
    auto run = FastDepthwiseFloat(g, range,
                                  random.Chance(50) ? filter.data() : nullptr);
    ASSERT_NE(run, nullptr) << Describe(g);
    std::vector<float> got(wanted.size(), 99.0F);
    run(input.data(), filter.data(), biases, got.data());
    ExpectClose(got, wanted, Describe(g));
    if (HasFatalFailure()) return;
  }
}

// Windows that make no sense are computed by the plain form; the fast one
// leaves them to it.
TEST_P(FastForms, LeaveUnusualParametersToThePlainForm) {
  ConvGeometry g;
  g.input_channels = 8;
  g.output_channels = 8;
  Requantization q;
  q.factors.resize(8);
  q.range = {-128, 127};
  EXPECT_NE(FastConvInt8(g, q, nullptr), nullptr);
  q.input_offset = 1000;  // Does not fit in 16 bits with any input.
  EXPECT_EQ(FastConvInt8(g, q, nullptr), nullptr);
  EXPECT_EQ(FastConvInt16<int64_t>(g, q, nullptr), nullptr);
  q.input_offset = 0;
  q.range = {-129, 127};
  EXPECT_EQ(FastConvInt8(g, q, nullptr), nullptr);
  q.range = {-128, 127};
  g.stride = {0, 1};
  EXPECT_EQ(FastDepthwiseInt8(g, q, nullptr), nullptr);
  g.stride = {1, 1};
  g.dilation = {1, std::numeric_limits<int32_t>::max()};
  g.filter = {1, 9};
  EXPECT_EQ(FastDepthwiseInt8(g, q, nullptr), nullptr);
}

PoolGeometry RandomPool(Random& random) {
  PoolGeometry g;
  g.batches = random.Int(1, 2);
  g.channels = random.Int(1, 70);
  g.input = {random.Int(1, 9), random.Int(1, 9)};
  g.filter = {random.Int(1, 5), random.Int(1, 5)};
  g.stride = {random.Int(1, 3), random.Int(1, 3)};
  g.padding = {random.Int(0, 2), random.Int(0, 2)};
  // Now and then some windows are empty.
  g.output = {random.Int(1, 5), random.Int(1, 5)};
  return g;
}

template <typename T>
void ComparePools(uint32_t seed) {
  Random random(seed);
  for (int i = 0; i < 100; ++i) {
    const PoolGeometry g = RandomPool(random);
    const int32_t low = std::numeric_limits<T>::min();
    const int32_t high = std::numeric_limits<T>::max();
    ActivationRange range = {low, high};
    if (random.Chance(50)) range.min = random.Int(low, high);
    if (random.Chance(50)) range.max = random.Int(range.min, high);
    const auto input = random.Values<T>(
        g.batches * g.input.Elements() * g.channels, low, high);
    for (const PoolKind kind : {PoolKind::kAverage, PoolKind::kMaximum}) {
      std::vector<T> wanted(
          static_cast<size_t>(g.batches * g.output.Elements() * g.channels));
      std::vector<T> got(wanted.size(), T{99});
      MakePoolFunction<T>(kind, /*plain=*/true, g, range)(input.data(),
                                                          wanted.data());
      MakePoolFunction<T>(kind, /*plain=*/false, g, range)(input.data(),
                                                           got.data());
      ASSERT_EQ(got, wanted);
    }
  }
}

TEST_P(FastForms, PoolsInt8) { ComparePools<int8_t>(7); }

TEST_P(FastForms, PoolsInt16) { ComparePools<int16_t>(8); }

TEST_P(FastForms, PoolsFloat) {
  Random random(9);
  for (int i = 0; i < 100; ++i) {
    const PoolGeometry g = RandomPool(random);
    FloatActivationRange range;
    if (random.Chance(50)) range = {-0.5F, 0.5F};
    const auto input =
        random.Floats(g.batches * g.input.Elements() * g.channels);
    for (const PoolKind kind : {PoolKind::kAverage, PoolKind::kMaximum}) {
      std::vector<float> wanted(
          static_cast<size_t>(g.batches * g.output.Elements() * g.channels));
      std::vector<float> got(wanted.size(), 99.0F);
      MakePoolFunction<float>(kind, /*plain=*/true, g, range)(input.data(),
                                                              wanted.data());
      MakePoolFunction<float>(kind, /*plain=*/false, g, range)(input.data(),
                                                               got.data());
      ExpectClose(got, wanted, "");
      if (HasFatalFailure()) return;
    }
  }
}

// Without vectors there are no fast forms.
std::vector<int64_t> VectorTargets() {
  std::vector<int64_t> targets = hwy::SupportedAndGeneratedTargets();
  std::erase(targets, int64_t{HWY_SCALAR});
  return targets;
}

INSTANTIATE_TEST_SUITE_P(Targets, FastForms,
                         ::testing::ValuesIn(VectorTargets()),
                         [](const ::testing::TestParamInfo<int64_t>& info) {
                           return std::string(hwy::TargetName(info.param));
                         });

}  // namespace
}  // namespace tinyml::ops
