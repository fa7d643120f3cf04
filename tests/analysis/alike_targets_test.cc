#include "analysis/alike_targets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/reference/one_operator.h"

namespace tinyml::analysis {
namespace {

using ::testing::HasSubstr;

TEST(AlikeTargets, ARefusalNamesItsOwnTarget) {
  const Model model = runtime::OneCustomOperator(
      "ethos-u",
      {runtime::MakeTensor(TensorType::kUInt8, {10}),
       runtime::MakeTensor(TensorType::kInt8, {1, 4})},
      1, [](flexbuffers::Builder& builder) { builder.Int("type", 1); });
  std::vector<Target> targets;
  for (const char* name : {"cortex-m0", "cortex-m0plus"}) {
    targets.push_back(Target::Parse(name).value());
  }
  const auto reports = SizeArenas(model, targets);
  ASSERT_FALSE(reports[0]);
  ASSERT_FALSE(reports[1]);
  EXPECT_THAT(reports[0].error().message, HasSubstr("cortex-m0 does"));
  EXPECT_THAT(reports[1].error().message, HasSubstr("cortex-m0plus does"));
}

}  // namespace
}  // namespace tinyml::analysis
