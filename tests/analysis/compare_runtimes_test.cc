// The runtimes that may be chosen for a target, and what they need.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "analysis/keyword_example.h"
#include "tests/support/paths.h"
#include "tinyml/model_file.h"
#include "tinyml/report.h"

namespace tinyml {
namespace {

using ::testing::HasSubstr;

const SizedRuntime* Find(const RuntimeComparison& comparison,
                         const std::string& name) {
  const auto found = std::ranges::find_if(
      comparison.choices,
      [&](const SizedRuntime& sized) { return sized.choice.name == name; });
  return found == comparison.choices.end() ? nullptr : &*found;
}

RuntimeComparison Compare(const std::string& spec) {
  const auto comparison = CompareRuntimes(Target::Parse(spec).value(), nullptr);
  EXPECT_TRUE(comparison) << comparison.error().message;
  return comparison ? *comparison : RuntimeComparison();
}

TEST(CompareRuntimesTest, ListsDistributionsAndReleasesForTheCore) {
  const RuntimeComparison comparison = Compare("cortex-m0plus");
  const SizedRuntime* pico = Find(comparison, "pico-tflmicro-2024-12");
  ASSERT_NE(pico, nullptr);
  EXPECT_TRUE(pico->choice.is_distribution);
  EXPECT_FALSE(pico->choice.is_chosen);
  const SizedRuntime* upstream = Find(comparison, "2026-08");
  ASSERT_NE(upstream, nullptr);
  EXPECT_FALSE(upstream->choice.is_distribution);
  EXPECT_TRUE(upstream->choice.is_chosen);
  EXPECT_EQ(Find(comparison, "esphome-1.3.3"), nullptr);
  EXPECT_EQ(std::ranges::count_if(comparison.choices,
                                  [](const SizedRuntime& sized) {
                                    return sized.choice.is_chosen;
                                  }),
            1);
}

// Choosing one gives the figure that the list has for it.
TEST(CompareRuntimesTest, AgreesWithTheTargetOfEach) {
  const Model example = analysis::KeywordExample().value();
  for (const SizedRuntime& sized :
       Compare("cortex-m4:abi.short_enums=false").choices) {
    ASSERT_TRUE(sized.report) << sized.report.error().message;
    EXPECT_EQ(sized.choice.target.info().name,
              "cortex-m4:abi.short_enums=false,runtime=" + sized.choice.name);
    EXPECT_EQ(sized.report->required_arena_bytes,
              SizeArena(example, sized.choice.target)->required_arena_bytes);
  }
}

TEST(CompareRuntimesTest, ShowsTheDifferenceFromTheChosenOne) {
  const Target target = Target::Parse("cortex-m0plus").value();
  const auto file =
      ReadModelFile(testing::TestdataPath("keyword_int8.tflite")).value();
  const auto comparison = CompareRuntimes(target, &file).value();
  const std::string text =
      FormatTargets({target.info()}, ReportFormat::kText, {}, &comparison)
          .value();
  EXPECT_THAT(text, HasSubstr("keyword_int8.tflite needs with each"));
  EXPECT_THAT(text, HasSubstr("pico-tflmicro of December 2024 (tflite-micro "
                              "87d5152c9 of 2024-12), cmsis-nn 7.0.0"));
}

}  // namespace
}  // namespace tinyml
