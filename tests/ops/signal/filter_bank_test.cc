// SignalFilterBank, SignalFilterBankLog, SignalFilterBankSpectralSubtraction
// and SignalFilterBankSquareRoot.
#include <flatbuffers/flexbuffers.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;
using Pairs = std::vector<std::pair<const char*, int64_t>>;

std::vector<uint8_t> Map(const Pairs& pairs) {
  flexbuffers::Builder builder;
  builder.Map([&] {
    for (const auto& [key, value] : pairs) builder.Int(key, value);
  });
  builder.Finish();
  return builder.GetBuffer();
}

OpRunner FilterBank(const std::vector<int16_t>& starts) {
  OpRunner runner("SignalFilterBank", Map({{"num_channels", 2}}));
  runner.Input<uint32_t>({4}, {1, 10, 100, 1000})
      .Constant<int16_t>({4}, {1, 2, 3, 4})   // Weights.
      .Constant<int16_t>({4}, {5, 6, 7, -8})  // Unweights.
      .Input<int16_t>({3}, starts)            // Frequency starts.
      .Constant<int16_t>({3}, {0, 1, 3})      // Weight starts.
      .Constant<int16_t>({3}, {1, 2, 1})      // Widths.
      .Output<uint64_t>({2});
  return runner;
}

TEST(SignalFilterBank, PassesOnWhatAWeightLeaves) {
  // Channel 0 passes on 5 * 1. Channel 1: 5 + 2 * 10 + 3 * 100, and passes on
  // 6 * 10 + 7 * 100. Channel 2: 760 + 4 * 1000.
  OpRunner runner = FilterBank({0, 1, 3});
  EXPECT_THAT(runner.Run<uint64_t>(), ElementsAre(325, 4760));
  EXPECT_THAT(runner.Set<int16_t>(1, {0, 1, 4}).Error(), HasSubstr("outside"));
  EXPECT_THAT(runner.Set<int16_t>(1, {-1, 1, 3}).Error(), HasSubstr("outside"));
}

TEST(SignalFilterBankSquareRoot, RoundsToNearest) {
  OpRunner runner("SignalFilterBankSquareRoot", {});
  // Of 6 it is 2.449, of 7 2.646. Those below 2^32 end at 16 bits, the largest
  // of all at 32.
  runner
      .Input<uint64_t>(
          {7}, {0, 6, 7, 16, 0xFFFFFFFF, uint64_t{1} << 40, ~uint64_t{0}})
      .Input<int32_t>({}, {0})
      .Output<uint32_t>({7});
  EXPECT_THAT(runner.Run<uint32_t>(),
              ElementsAre(0, 2, 3, 4, 0xFFFF, 1U << 20, 0xFFFFFFFF));
  EXPECT_THAT(runner.Set<int32_t>(1, {4}).Run<uint32_t>(),
              ElementsAre(0, 0, 0, 0, 0xFFF, 1U << 16, 0x0FFFFFFF));
  EXPECT_THAT(runner.Set<int32_t>(1, {-1}).Error(), HasSubstr("scale bits"));
  EXPECT_THAT(runner.Set<int32_t>(1, {32}).Error(), HasSubstr("scale bits"));
}

TEST(SignalFilterBankLog, IsANaturalLogarithm) {
  // ln(2^k) is k * 45426 / 65536, rounded to 16 bits and to a scale of 1600:
  // 1 * 45426 * 1600 >> 16 rounded is 1109; 10 * 45426: 11090; 31: 34380, which
  // saturates. 3: log2 is 1.5850, ln 1.0986, 1758.
  OpRunner runner("SignalFilterBankLog",
                  Map({{"input_correction_bits", 0}, {"output_scale", 1600}}));
  runner.Input<uint32_t>({6}, {0, 1, 2, 1024, 1U << 31, 3})
      .Output<int16_t>({6});
  EXPECT_THAT(runner.Run<int16_t>(),
              ElementsAre(0, 0, 1109, 11090, 32767, 1758));
}

TEST(SignalFilterBankLog, ShiftsItsInputFirst) {
  OpRunner runner("SignalFilterBankLog",
                  Map({{"input_correction_bits", 3}, {"output_scale", 1600}}));
  // 128 * 8 = 1024; 2^29 * 8 wraps to 0.
  runner.Input<uint32_t>({2}, {128, 1U << 29}).Output<int16_t>({2});
  EXPECT_THAT(runner.Run<int16_t>(), ElementsAre(11090, 0));
}

OpRunner Subtraction(int clamping) {
  OpRunner runner("SignalFilterBankSpectralSubtraction",
                  Map({{"alternate_one_minus_smoothing", 12},
                       {"alternate_smoothing", 4},
                       {"clamping", clamping},
                       {"min_signal_remaining", 1},
                       {"num_channels", 2},
                       {"one_minus_smoothing", 8},
                       {"smoothing", 8},
                       {"smoothing_bits", 2},
                       {"spectral_subtraction_bits", 4}}));
  runner.Input<uint32_t>({2}, {100, 100})
      .Output<uint32_t>({2})
      .Output<uint32_t>({2});
  return runner;
}

TEST(SignalFilterBankSpectralSubtraction, FollowsTheNoise) {
  // Scaled up 400. First: 400 * 8 / 16 = 200 and 400 * 4 / 16 = 100 of noise;
  // 50 and 75 remain.
  OpRunner runner = Subtraction(0);
  EXPECT_THAT(runner.Run<uint32_t>(0), ElementsAre(50, 75));
  // Then 200 + 200 / 2 = 300, and 100 + 75 = 175 of 400.
  EXPECT_THAT(runner.Run<uint32_t>(1), ElementsAre(300, 175));
  // A signal of 10: 20 + 150 = 170 of 40 leaves the minimum, 10 / 16.
  runner.Set<uint32_t>(0, {10, 160});
  // 640 * 4 / 16 + 175 * 12 / 16 = 291; (640 - 291) / 4 = 87.
  EXPECT_THAT(runner.Run<uint32_t>(0), ElementsAre(0, 87));
}

TEST(SignalFilterBankSpectralSubtraction, ClampsTheNoiseToTheSignal) {
  OpRunner runner = Subtraction(1);
  runner.Run<uint32_t>();
  runner.Set<uint32_t>(0, {10, 10});
  // 20 + 100 = 120 of 40, and 10 + 75 = 85 of 40.
  EXPECT_THAT(runner.Run<uint32_t>(1), ElementsAre(40, 40));
}

}  // namespace
}  // namespace tinyml
