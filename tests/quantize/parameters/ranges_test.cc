#include "quantize/parameters/ranges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/support/float_net.h"

namespace tinyml::quantize {
namespace {

using tinyml::testing::MadeUp;

// A bell of 10,000 values with a standard deviation of 1, and an outlier.
TensorStatistics BellWith(float outlier) {
  MadeUp made_up(11);
  std::vector<float> values;
  for (int i = 0; i < 10'000; ++i) {
    float sum = 0;
    for (int k = 0; k < 12; ++k) sum += made_up();
    values.push_back(sum / 2);
  }
  values.push_back(outlier);
  TensorStatistics statistics;
  statistics.Add(values, 0);
  return statistics;
}

TEST(ParametersFor, ZeroIsExact) {
  const Parameters parameters = ParametersFor({-1.0, 3.0}, TensorType::kInt8);
  EXPECT_FLOAT_EQ(parameters.scale, 4.0F / 255);
  EXPECT_EQ(parameters.zero_point, -64);  // -128 + 63.75
  EXPECT_EQ(ParametersFor({0, 255}, TensorType::kInt8).zero_point, -128);
  EXPECT_EQ(ParametersFor({-255, 0}, TensorType::kInt8).zero_point, 127);
}

TEST(ParametersFor, Int16IsSymmetric) {
  const Parameters parameters = ParametersFor({-1, 2}, TensorType::kInt16);
  EXPECT_FLOAT_EQ(parameters.scale, 2.0F / 32767);
  EXPECT_EQ(parameters.zero_point, 0);
}

TEST(ParametersFor, ValuesThatAreAllZeroStillGetAScale) {
  for (const TensorType type : {TensorType::kInt8, TensorType::kInt16}) {
    const float scale = ParametersFor({0, 0}, type).scale;
    EXPECT_GT(scale, 0);
    EXPECT_TRUE(std::isfinite(scale));
  }
}

TEST(ChooseRange, MinMaxTakesAllAndAlwaysZero) {
  TensorStatistics seen;
  seen.Add(std::vector<float>{2, 3, 7}, 0);
  const Range range =
      ChooseRange(seen, RangeMethod::kMinMax, TensorType::kInt8);
  EXPECT_EQ(range.low, 0);
  EXPECT_EQ(range.high, 7);
}

TEST(ChooseRange, OthersGiveUpAnOutlier) {
  const TensorStatistics seen = BellWith(100);
  const Range all = ChooseRange(seen, RangeMethod::kMinMax, TensorType::kInt8);
  EXPECT_EQ(all.high, 100);
  // One value in 10,001 is within the outermost 0.01 % on its side.
  EXPECT_LT(ChooseRange(seen, RangeMethod::kPercentile, TensorType::kInt8).high,
            10);
  for (const RangeMethod method : {RangeMethod::kMse, RangeMethod::kEntropy}) {
    const Range range = ChooseRange(seen, method, TensorType::kInt8);
    EXPECT_LT(range.high, all.high) << RangeMethodName(method);
    EXPECT_GE(range.high, 3) << RangeMethodName(method);
  }
}

// The estimate that the search uses is what really happens to values.
TEST(ChooseRange, MseIsBestWhereItIsMeasured) {
  MadeUp made_up(4);
  std::vector<float> values;
  for (int i = 0; i < 20'000; ++i) {
    const float x = made_up();
    values.push_back(x * x * x * 5);  // Long tails.
  }
  TensorStatistics seen;
  seen.Add(values, 0);
  const auto measured = [&](RangeMethod method) {
    const Range range = ChooseRange(seen, method, TensorType::kInt8);
    const Parameters p = ParametersFor(range, TensorType::kInt8);
    double error = 0;
    for (const float value : values) {
      const double q = std::clamp(
          std::round(static_cast<double>(value / p.scale)) + p.zero_point,
          -128.0, 127.0);
      const double back = (q - p.zero_point) * static_cast<double>(p.scale);
      error += (back - static_cast<double>(value)) *
               (back - static_cast<double>(value));
    }
    return error;
  };
  const double mse = measured(RangeMethod::kMse);
  for (const RangeMethod method :
       {RangeMethod::kMinMax, RangeMethod::kPercentile,
        RangeMethod::kEntropy}) {
    EXPECT_LE(mse, measured(method) * 1.02) << RangeMethodName(method);
  }
  const Range chosen = ChooseRange(seen, RangeMethod::kMse, TensorType::kInt8);
  const double estimate =
      SquaredError(seen.histogram, chosen, TensorType::kInt8);
  EXPECT_NEAR(estimate / mse, 1.0, 0.15);
}

TEST(ClippedShare, CountsWhatIsOut) {
  const TensorStatistics seen = BellWith(100);
  EXPECT_EQ(ClippedShare(seen.histogram, {-10, 200}), 0);
  EXPECT_NEAR(ClippedShare(seen.histogram, {-10, 50}), 1.0 / 10'001, 1e-9);
}

}  // namespace
}  // namespace tinyml::quantize
