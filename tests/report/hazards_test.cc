// What is said of hazards: which share a note, and the lists of known ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "report/hazard_words.h"
#include "tinyml/arena_parts.h"
#include "tinyml/hazard.h"
#include "tinyml/report.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

Hazard At(OperatorId op, std::string what = "it breaks") {
  Hazard hazard;
  hazard.id = "some-hazard";
  hazard.severity = HazardSeverity::kMemory;
  hazard.op = op;
  hazard.operator_name = "CONV_2D";
  hazard.what = std::move(what);
  hazard.remedy = "do not";
  return hazard;
}

std::vector<std::string> TitlesOf(const std::vector<TargetHazards>& targets) {
  std::vector<std::string> titles;
  for (const HazardNote& note : DescribeHazards(targets)) {
    titles.push_back(note.title);
  }
  return titles;
}

TEST(HazardNotes, OperatorsThatMeetItAlikeShareOne) {
  EXPECT_THAT(
      TitlesOf({{"a", {At({0, 1}), At({0, 4}), At({0, 7})}}}),
      ElementsAre(
          "some-hazard (memory), operators 1, 4 and 7 (CONV_2D): it breaks"));
  EXPECT_THAT(TitlesOf({{"a", {At({0, 1}, "3 bytes"), At({0, 4}, "5 bytes")}}}),
              SizeIs(2));
  // Another subgraph counts from 0 again.
  EXPECT_THAT(
      TitlesOf({{"a", {At({0, 1}), At({2, 1})}}}),
      ElementsAre("some-hazard (memory), operator 1 (CONV_2D): it breaks",
                  "some-hazard (memory), subgraph 2, operator 1 (CONV_2D): it "
                  "breaks"));
  std::vector<Hazard> many;
  for (int i = 0; i < 20; ++i) many.push_back(At({0, i}));
  EXPECT_THAT(TitlesOf({{"a", many}}),
              ElementsAre(HasSubstr("5, 6, 7 and 12 more (CONV_2D)")));
}

TEST(HazardNotes, OfTheModelNameNoOperator) {
  EXPECT_THAT(TitlesOf({{"a", {At({0, kNoOperatorIndex})}}}),
              ElementsAre("some-hazard (memory), the model: it breaks"));
}

TEST(HazardNotes, TargetsAreNamedIfThereAreSeveral) {
  const std::vector<TargetHazards> one = {{"a", {At({0, 1})}}};
  EXPECT_EQ(DescribeHazards(one).at(0).advice, "do not");
  std::vector<TargetHazards> three = {
      {"a", {At({0, 1})}}, {"b", {}}, {"c", {At({0, 1})}}};
  EXPECT_EQ(DescribeHazards(three).at(0).advice, "on a, c; do not");
  three[0].hazards[0].fixed_in = three[2].hazards[0].fixed_in = "lib 123, day";
  EXPECT_EQ(DescribeHazards(three).at(0).advice,
            "on a, c; fixed in lib 123, day; do not");
  EXPECT_THAT(DescribeHazards({}), IsEmpty());
}

TEST(HazardNotes, InTextBeginTheirLines) {
  const std::vector<TargetHazards> targets = {{"a", {At({0, 1})}}};
  EXPECT_EQ(report::HazardText(targets, /*color=*/false),
            "hazard: some-hazard (memory), operator 1 (CONV_2D): it breaks\n"
            "    do not\n");
  EXPECT_THAT(report::HazardMarkdown(targets), StartsWith("* **hazard**: "));
}

TEST(HazardList, HasAllInEveryFormat) {
  const std::vector<KnownHazard> known = KnownHazards();
  ASSERT_THAT(known, Not(IsEmpty()));
  for (const ReportFormat format :
       {ReportFormat::kText, ReportFormat::kJson, ReportFormat::kMarkdown}) {
    const auto text = FormatHazards(known, format);
    ASSERT_TRUE(text.has_value());
    for (const KnownHazard& hazard : known) {
      EXPECT_THAT(*text, HasSubstr(hazard.id));
    }
  }
  EXPECT_FALSE(FormatHazards(known, ReportFormat::kCsv).has_value());
}

}  // namespace
}  // namespace tinyml
