#include "quantize/calibration/statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/support/float_net.h"

namespace tinyml::quantize {
namespace {

using tinyml::testing::MadeUp;

TensorStatistics Of(const std::vector<float>& values, int32_t channels) {
  TensorStatistics statistics;
  statistics.Add(values, channels);
  return statistics;
}

Statistics Holding(TensorStatistics tensor) {
  Statistics statistics;
  statistics.model_sha256 = "abc";
  statistics.samples = 1;
  statistics.tensors = {{std::move(tensor), {}}};
  return statistics;
}

TEST(FixedSum, DoesNotDependOnTheOrder) {
  MadeUp made_up(3);
  std::vector<double> terms;
  for (int i = 0; i < 1000; ++i) {
    terms.push_back(std::ldexp(static_cast<double>(made_up()), i % 60 - 20));
  }
  FixedSum forwards;
  for (const double term : terms) forwards.Add(term);
  std::ranges::reverse(terms);
  FixedSum backwards;
  for (const double term : terms) backwards.Add(term);
  EXPECT_EQ(forwards, backwards);
  FixedSum cancelled;
  cancelled.Add(1e12);
  cancelled.Add(0.5);
  cancelled.Add(-1e12);
  EXPECT_EQ(cancelled.Value(), 0.5);
}

TEST(FixedSum, SurvivesItsParts) {
  FixedSum sum;
  sum.Add(-123.625);
  EXPECT_EQ(FixedSum::FromParts(sum.high(), sum.low()), sum);
  EXPECT_EQ(sum.Value(), -123.625);
}

TEST(Histogram, BinsAreAThirtySecondOfAnOctaveWide) {
  Histogram histogram;
  const std::vector<float> values = {1.0F, 1.02F,  1.04F, -3.0F,
                                     0.0F, 1e-30F, 1e30F};
  for (const float value : values) histogram.Add(value);
  std::vector<std::pair<double, int64_t>> seen;
  histogram.ForEach(
      [&](double value, int64_t count) { seen.emplace_back(value, count); });
  ASSERT_EQ(seen.size(), 5U);
  EXPECT_NEAR(seen[0].first, -3.0, 0.05);
  EXPECT_EQ(seen[1], (std::pair{0.0, int64_t{2}}));  // With tiny values.
  EXPECT_NEAR(seen[2].first, 1.0, 0.02);
  EXPECT_EQ(seen[2].second, 2);
  EXPECT_NEAR(seen[3].first, 1.04, 0.02);
  EXPECT_EQ(seen[4].first, Histogram::Middle(Histogram::kBins - 1));
}

TEST(TensorStatistics, MergedPartsEqualTheWhole) {
  MadeUp made_up(5);
  const std::vector<float> all = made_up.Many(600);
  const std::vector<float> front(all.begin(), all.begin() + 150);
  const std::vector<float> back(all.begin() + 150, all.end());
  const TensorStatistics whole = Of(all, 3);
  TensorStatistics parts = Of(back, 3);
  parts.Merge(Of(front, 3));
  EXPECT_EQ(parts.count, whole.count);
  EXPECT_EQ(parts.min, whole.min);
  EXPECT_EQ(parts.max, whole.max);
  EXPECT_EQ(parts.histogram, whole.histogram);
  for (size_t c = 0; c < 3; ++c) {
    EXPECT_EQ(parts.channels[c].min, whole.channels[c].min);
    EXPECT_NEAR(parts.channels[c].sum.Value(), whole.channels[c].sum.Value(),
                1e-12);
  }
}

TEST(TensorStatistics, ChannelsLieAlongTheLastAxis) {
  const TensorStatistics statistics = Of({1, -10, 2, 20, 3, 30}, 2);
  ASSERT_EQ(statistics.channels.size(), 2U);
  EXPECT_EQ(statistics.channels[0].min, 1);
  EXPECT_EQ(statistics.channels[0].max, 3);
  EXPECT_EQ(statistics.channels[1].min, -10);
  EXPECT_EQ(statistics.channels[1].sum.Value(), 40);
}

TEST(Statistics, SurviveTheirFile) {
  Statistics statistics = Holding(Of({0.1F, -2.5F, 3e-20F, 7.0F}, 2));
  statistics.internals[{OperatorId(0, 3), 0}] = Of({1.5F}, 0);
  const auto read = ParseStatistics("s.json", FormatStatistics(statistics));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(*read, statistics);
}

TEST(Statistics, OfOtherModelsAreNotMerged) {
  Statistics a = Holding(Of({1}, 0));
  Statistics b = a;
  ASSERT_TRUE(a.Merge(b).has_value());
  EXPECT_EQ(a.samples, 2);
  EXPECT_EQ(a.tensors[0][0].count, 2);
  b.model_sha256 = "other";
  EXPECT_FALSE(a.Merge(b).has_value());
  b = a;
  b.tensors[0].pop_back();
  EXPECT_FALSE(a.Merge(b).has_value());
}

TEST(Statistics, DamagedFilesAreRefusedByName) {
  const std::string good = FormatStatistics(Holding(Of({1, 2, -3, 4}, 2)));
  const auto refuse = [](const std::string& text) {
    const auto read = ParseStatistics("s.json", text);
    return !read && read.error().code == ErrorCode::kInvalid &&
           read.error().message.starts_with("s.json");
  };
  EXPECT_TRUE(refuse(""));
  EXPECT_TRUE(refuse("[]"));
  EXPECT_TRUE(refuse("{}"));
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  };
  EXPECT_TRUE(
      refuse(with("\"tinyml_statistics\":1", "\"tinyml_statistics\":9")));
  EXPECT_TRUE(refuse(with("\"count\":4", "\"count\":-4")));
  EXPECT_TRUE(refuse(with("\"max\":4.0", "\"max\":\"x\"")));
  EXPECT_TRUE(refuse(with("\"tensor\":0", "\"tensor\":2")));
  EXPECT_TRUE(refuse(with("\"first\":", "\"first\":9999999")));
  EXPECT_TRUE(refuse(with("\"tensors\":2", "\"tensors\":99999999999")));
  // No changed byte makes it crash.
  for (size_t i = 0; i < good.size(); i += 3) {
    std::string text = good;
    text[i] = static_cast<char>(text[i] ^ 0x15);
    (void)ParseStatistics("s.json", text);
    (void)ParseStatistics("s.json", good.substr(0, i));
  }
}

}  // namespace
}  // namespace tinyml::quantize
