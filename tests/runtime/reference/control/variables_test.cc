// Resource variables: what they share and where their memory comes from.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/runtime/reference/one_operator.h"
#include "tinyml/model_builder.h"

namespace tinyml::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(ResourceVariableTest, OneVariableForTwoHandlesOfAName) {
  ModelBuilder builder;
  const auto value = builder.AddTensor("t", TensorType::kFloat32, {5});
  const auto first = builder.AddTensor("t", TensorType::kResource, {1});
  const auto second = builder.AddTensor("t", TensorType::kResource, {1});
  const auto read = builder.AddTensor("t", TensorType::kFloat32, {5});
  builder.SetInputs({value});
  builder.SetOutputs({read});
  const auto options = MakeOptions(VarHandleOptions{"", "state"});
  builder.AddOperator(BuiltinOperator::kVarHandle, {}, {first}, options);
  builder.AddOperator(BuiltinOperator::kVarHandle, {}, {second}, options);
  builder.AddOperator(BuiltinOperator::kAssignVariable, {first, value}, {}, {});
  builder.AddOperator(BuiltinOperator::kReadVariable, {second}, {read}, {});
  const auto result = Allocate(builder.model());
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->resource_variables, 1);
  EXPECT_THAT(PersistentBytes(*result, Phase::kPrepare), ElementsAre(20));
  // The handles point to their ids, so only value and read are planned.
  EXPECT_THAT(result->buffers, SizeIs(2));
}

TEST(ResourceVariableTest, RefusesToReadWhatNothingAssigns) {
  ModelBuilder builder;
  const auto handle = builder.AddTensor("t", TensorType::kResource, {1});
  const auto read = builder.AddTensor("t", TensorType::kFloat32, {5});
  builder.SetOutputs({read});
  builder.AddOperator(BuiltinOperator::kVarHandle, {}, {handle},
                      MakeOptions(VarHandleOptions{"", "state"}));
  builder.AddOperator(BuiltinOperator::kReadVariable, {handle}, {read}, {});
  const auto result = Allocate(builder.model());
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("nothing assigns"));
}

}  // namespace
}  // namespace tinyml::runtime
