// The table of hazards as a whole.
#include "runtime/hazards/hazards.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

#include "model/operator_table.h"
#include "tests/runtime/hazards/hazard_pair.h"
#include "tinyml/interpreter.h"
#include "tinyml/options.h"
#include "tinyml/target.h"

namespace tinyml::runtime {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;

bool IsOperator(std::string_view name) {
  for (const OperatorRow& row : AllOperators()) {
    if (row.custom_code == name || BuiltinOperatorName(row.code) == name) {
      return true;
    }
  }
  return false;
}

TEST(HazardsTest, EveryRowHasAPairOfTests) {
  for (const HazardRow* row : AllHazards()) {
    EXPECT_TRUE(PairedHazards().contains(row->id))
        << row->id << " has no HAZARD_PAIR";
  }
  for (const std::string_view id : PairedHazards()) {
    EXPECT_TRUE(FindKnownHazard(id).has_value()) << id << " is no hazard";
  }
}

TEST(HazardsTest, RowsAreWellFormed) {
  std::set<std::string_view> ids;
  for (const HazardRow* row : AllHazards()) {
    SCOPED_TRACE(row->id);
    EXPECT_TRUE(ids.insert(row->id).second);
    EXPECT_THAT(std::string(row->id), MatchesRegex("[a-z0-9]+(-[a-z0-9]+)+"));
    for (const std::string_view text : {row->what, row->source, row->remedy}) {
      EXPECT_FALSE(text.empty());
      EXPECT_FALSE(text.ends_with('.')) << text;
      EXPECT_THAT(std::string(text), Not(HasSubstr("  ")));
    }
    std::string_view names = row->operators;
    while (!names.empty()) {
      const size_t end = std::min(names.find(", "), names.size());
      EXPECT_TRUE(IsOperator(names.substr(0, end))) << names;
      names.remove_prefix(std::min(end + 2, names.size()));
    }
    // A change cannot both bring a defect and mend it.
    EXPECT_TRUE(!row->since || row->since != row->fixed_by);
  }
}

TEST(HazardsTest, WhatIsReportedNamesTheChanges) {
  const auto known = FindKnownHazard("cmsis-nn-transpose-conv-partial-rows");
  ASSERT_TRUE(known.has_value());
  EXPECT_EQ(known->since, "cmsis-nn 628c103e8564, 2024-11-11");
  EXPECT_EQ(known->fixed_in, "cmsis-nn 4a8f5b5de3ab, 2026-07-14");
  EXPECT_FALSE(FindKnownHazard("no-such-hazard").has_value());
}

// `tinyml run` gives what the device gives, or says that it does not.
TEST(HazardsTest, ARunSaysWhichItDoesNotCompute) {
  const auto warnings_of = [](Model model) {
    const auto target = tinyml::Target::Parse("cortex-m4:runtime=2026-08");
    EXPECT_TRUE(target.has_value());
    const auto interpreter = Interpreter::Create(model, *target);
    EXPECT_TRUE(interpreter.has_value());
    return interpreter->Warnings();
  };
  const auto add = [](ActivationFunctionType activation) {
    AddOptions options;
    options.fused_activation_function = activation;
    const Tensor tensor = MakeTensor(TensorType::kInt32, {4});
    return OneOperator(BuiltinOperator::kAdd, {tensor, tensor, tensor},
                       MakeOptions(options));
  };
  EXPECT_THAT(warnings_of(add(ActivationFunctionType::kRelu)), IsEmpty());
  const Tensor tensor = MakeTensor(TensorType::kInt16, {4}, 0.5F);
  EXPECT_THAT(warnings_of(OneOperator(
                  BuiltinOperator::kGreater,
                  {tensor, tensor, MakeTensor(TensorType::kBool, {4})})),
              Contains(AllOf(HasSubstr("without the hazard tflm-greater-int16"),
                             HasSubstr("GREATER"))));
}

}  // namespace
}  // namespace tinyml::runtime
