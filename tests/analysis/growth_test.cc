// Comparisons with an earlier report: what grew, and which operator did it.
#include "tinyml/growth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "analysis/match_operators.h"
#include "report/growth_words.h"
#include "tests/support/paths.h"
#include "tinyml/model_file.h"
#include "tinyml/report.h"

namespace tinyml {
namespace {

using analysis::MatchOperators;
using analysis::OperatorKey;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using tinyml::testing::TestdataPath;

TEST(MatchOperators, FindsInsertedRemovedAndChangedOperators) {
  const OperatorKey a{"CONV_2D", {1}};
  const OperatorKey b{"CONV_2D", {2}};
  const OperatorKey c{"SOFTMAX", {3}};
  const OperatorKey changed{"CONV_2D", {9}};
  EXPECT_THAT(MatchOperators({a, b, c}, {a, b, c}), ElementsAre(0, 1, 2));
  EXPECT_THAT(MatchOperators({a, b, c}, {changed, a, b, c}),
              ElementsAre(-1, 0, 1, 2));
  EXPECT_THAT(MatchOperators({a, b, c}, {b, c}), ElementsAre(1, 2));
  EXPECT_THAT(MatchOperators({a, b, c}, {a, changed, c}), ElementsAre(0, 1, 2));
  EXPECT_THAT(MatchOperators({a}, {c}), ElementsAre(-1));
  EXPECT_THAT(MatchOperators({}, {c}), ElementsAre(-1));
  EXPECT_THAT(MatchOperators({a}, {}), ElementsAre());
}

TEST(MatchOperators, LongModelsAreMatchedByPosition) {
  std::vector<OperatorKey> before(4000, {"ADD", {1}});
  std::vector<OperatorKey> after(4000, {"ADD", {2}});
  const std::vector<int> matches = MatchOperators(before, after);
  EXPECT_EQ(matches.front(), 0);
  EXPECT_EQ(matches.back(), 3999);
}

ArenaDocument Size(const std::string& name, const std::string& target) {
  const auto file = ReadModelFile(TestdataPath(name));
  EXPECT_TRUE(file.has_value());
  const auto parsed = Target::Parse(target);
  EXPECT_TRUE(parsed.has_value());
  return SizeOnTargets(*file, {*parsed});
}

int64_t SumOf(const TargetGrowth& growth) {
  int64_t sum = 0;
  for (const OperatorGrowth& op : growth.operators) sum += op.Change();
  for (const ShareGrowth& share : growth.shares) {
    sum += share.after - share.before;
  }
  return sum;
}

TEST(Growth, AReportReadBackIsTheSame) {
  for (const char* name : {"keyword_int8.tflite", "control_flow.tflite",
                           "gestures_with_state.tflite"}) {
    const ArenaDocument document = Size(name, "cortex-m4");
    const auto read =
        ParseArenaReport(FormatArena(document, ReportFormat::kJson));
    ASSERT_TRUE(read.has_value()) << read.error().message;
    const GrowthReport growth = CompareArenas(*read, document, GrowthLimit());
    const TargetGrowth& target = growth.targets.front();
    EXPECT_EQ(target.kind, TargetGrowth::Kind::kCompared);
    EXPECT_EQ(target.required_change, 0) << name;
    EXPECT_TRUE(target.operators.empty()) << name;
    EXPECT_TRUE(target.shares.empty()) << name;
    EXPECT_FALSE(target.revisions_changed);
    EXPECT_TRUE(target.allowed);
    EXPECT_EQ(growth.model_sha256, document.model.sha256);
  }
}

TEST(Growth, CausesAddUpToTheChange) {
  const ArenaDocument before = Size("keyword_int8.tflite", "cortex-m4");
  const ArenaDocument after = Size("keyword_float.tflite", "cortex-m4");
  const GrowthReport growth = CompareArenas(before, after, GrowthLimit());
  const TargetGrowth& target = growth.targets.front();
  EXPECT_GT(target.required_change, 0);
  EXPECT_EQ(SumOf(target), target.required_change);
  EXPECT_FALSE(target.allowed);
  ASSERT_FALSE(target.operators.empty());
  EXPECT_GT(target.operators.front().tensors_change, 0);
}

TEST(Growth, AnotherRevisionIsReportedAsSuch) {
  const ArenaDocument before =
      Size("keyword_int8.tflite", "esp32s3:kernels.revision=1.1.2");
  ArenaDocument after = Size("keyword_int8.tflite", "esp32s3");
  after.targets.front().target.name = before.targets.front().target.name;
  const TargetGrowth target =
      CompareArenas(before, after, std::nullopt).targets.front();
  EXPECT_TRUE(target.revisions_changed);
  EXPECT_THAT(report::RevisionText(target, after.targets.front().target),
              HasSubstr("kernels esp-nn"));
  EXPECT_EQ(SumOf(target), target.required_change);
}

// An earlier version may have named a share differently: it is compared by that
// name, and the parts still add up.
TEST(Growth, AShareOfAnotherVersionIsComparedByItsName) {
  const ArenaDocument now = Size("keyword_int8.tflite", "cortex-m4");
  std::string text = FormatArena(now, ReportFormat::kJson);
  const std::string known = "TfLiteEvalTensor of every tensor";
  text.replace(text.find(known), known.size(), "eval tensors");
  const auto read = ParseArenaReport(text);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(FormatArena(*read, ReportFormat::kText).find(known),
            std::string::npos);
  const TargetGrowth growth =
      CompareArenas(*read, now, std::nullopt).targets.front();
  ASSERT_EQ(growth.shares.size(), 2U);
  EXPECT_EQ(growth.shares[0].what.kind, ArenaShareKind::kEvalTensors);
  EXPECT_EQ(growth.shares[0].before, 0);
  EXPECT_EQ(growth.shares[1].what.Name(), "eval tensors");
  EXPECT_EQ(growth.shares[1].after, 0);
  EXPECT_EQ(SumOf(growth), growth.required_change);
}

TEST(Growth, TargetsComeAndGo) {
  const ArenaDocument before = Size("keyword_int8.tflite", "cortex-m4");
  const ArenaDocument after = Size("keyword_int8.tflite", "cortex-m0");
  const GrowthReport growth = CompareArenas(before, after, GrowthLimit());
  EXPECT_EQ(growth.targets.front().kind, TargetGrowth::Kind::kNew);
  EXPECT_TRUE(growth.targets.front().allowed);
  EXPECT_THAT(growth.missing, ElementsAre("cortex-m4"));
}

TEST(Growth, AModelThatIsRefusedNowIsNotAllowed) {
  const ArenaDocument before = Size("keyword_int8.tflite", "cortex-m4");
  const ArenaDocument after = Size("hybrid_refused.tflite", "cortex-m4");
  const TargetGrowth now =
      CompareArenas(before, after, GrowthLimit()).targets.front();
  EXPECT_EQ(now.kind, TargetGrowth::Kind::kRefusedNow);
  EXPECT_FALSE(now.allowed);
  const TargetGrowth then =
      CompareArenas(after, before, GrowthLimit()).targets.front();
  EXPECT_EQ(then.kind, TargetGrowth::Kind::kRefusedBefore);
  EXPECT_TRUE(then.allowed);
}

TEST(Growth, ATargetThatNoLongerFitsIsNamed) {
  ArenaDocument before = Size("keyword_int8.tflite", "nano-33-ble-sense");
  ArenaDocument after = Size("keyword_float.tflite", "nano-33-ble-sense");
  before.targets.front().target.ram_bytes = 20000;
  after.targets.front().target.ram_bytes = 20000;
  after.growth = CompareArenas(before, after, std::nullopt);
  EXPECT_THAT(report::NoLongerFits(after, 0), ElementsAre("RAM"));
  EXPECT_THAT(FormatArena(after, ReportFormat::kMarkdown),
              HasSubstr("**It no longer fits the RAM of nano-33-ble-sense**"));
}

TEST(Growth, LimitsAreBytesOrAShare) {
  EXPECT_TRUE((GrowthLimit{16, {}}).Allows(100, 16));
  EXPECT_FALSE((GrowthLimit{16, {}}).Allows(100, 17));
  EXPECT_TRUE((GrowthLimit{0, 2.0}).Allows(1000, 20));
  EXPECT_FALSE((GrowthLimit{0, 2.0}).Allows(1000, 21));
}

TEST(ParseArenaReport, RefusesWhatIsNoReportInOneSentence) {
  const std::string right = FormatArena(
      Size("keyword_int8.tflite", "cortex-m4"), ReportFormat::kJson);
  const auto message = [](const std::string& text) {
    const auto read = ParseArenaReport(text);
    return read ? "" : read.error().message;
  };
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = right;
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  };
  EXPECT_THAT(message(""), HasSubstr("not what tinyml"));
  EXPECT_THAT(message("[]"), HasSubstr("not what tinyml"));
  EXPECT_THAT(message(std::string(100000, '[')), HasSubstr("not what tinyml"));
  EXPECT_THAT(message(with("\"schema_version\": 1", "\"schema_version\": 2")),
              HasSubstr("'schema_version' must be 1"));
  EXPECT_THAT(message(with("\"head_bytes\": ", "\"head_bytes\": -")),
              HasSubstr("'targets[0]': 'head_bytes' must be an integer"));
  EXPECT_THAT(message(with("\"tail_bytes\": ", "\"tail_bytes\": 0.5, \"x\": ")),
              HasSubstr("'targets[0]': 'tail_bytes' must be an integer"));
  EXPECT_THAT(message(with("\"first_used\"", "\"first\"")),
              HasSubstr("'buffers[0]': 'first_used' is missing"));
  EXPECT_THAT(message(with("\"kind\": \"tensor\"", "\"kind\": \"x\"")),
              HasSubstr("'buffers[0]': 'kind' must be \"tensor\" or"));
  EXPECT_THAT(message(with("\"breakdown\": [", "\"breakdown\": {}, \"x\": [")),
              HasSubstr("'targets[0]': 'breakdown' must be a list"));
}

TEST(ParseArenaReport, SurvivesDamage) {
  const std::string right = FormatArena(
      Size("control_flow.tflite", "cortex-m4"), ReportFormat::kJson);
  const ArenaDocument now = Size("control_flow.tflite", "cortex-m4");
  uint32_t random = 1;
  for (int i = 0; i < 400; ++i) {
    std::string text = right;
    for (int flips = 0; flips < 3; ++flips) {
      random = random * 1664525 + 1013904223;
      const size_t at = random % text.size();
      random = random * 1664525 + 1013904223;
      text[at] = "0123456789-[]{},\"e"[random % 18];
    }
    if (const auto read = ParseArenaReport(text)) {
      CompareArenas(*read, now, GrowthLimit());
    }
  }
}

}  // namespace
}  // namespace tinyml
