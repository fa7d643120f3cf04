// Resource variables: what they share and where their memory comes from.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/runtime/reference/one_operator.h"

namespace tinyml::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// A model of one subgraph, built tensor by tensor.
class Builder {
 public:
  Builder() {
    model_.buffers.resize(1);
    model_.subgraphs.resize(1);
  }

  TensorIndex Add(TensorType type, std::vector<int32_t> shape) {
    Tensor tensor;
    tensor.name = "t" + std::to_string(main().tensors.size());
    tensor.type = type;
    tensor.shape = std::move(shape);
    main().tensors.push_back(tensor);
    return static_cast<TensorIndex>(main().tensors.size()) - 1;
  }

  void Operator(BuiltinOperator code, std::vector<TensorIndex> inputs,
                std::vector<TensorIndex> outputs, OperatorOptions options) {
    tinyml::Operator op;
    op.opcode_index = static_cast<uint32_t>(model_.operator_codes.size());
    op.inputs = std::move(inputs);
    op.outputs = std::move(outputs);
    op.options = std::move(options);
    main().operators.push_back(op);
    OperatorCode operator_code;
    operator_code.builtin_code = code;
    model_.operator_codes.push_back(operator_code);
  }

  Result<Simulation> Run() const { return Allocate(model_); }

  Subgraph& main() { return model_.subgraphs[0]; }

 private:
  Model model_;
};

TEST(ResourceVariableTest, OneVariableForTwoHandlesOfAName) {
  Builder builder;
  const auto value = builder.Add(TensorType::kFloat32, {5});
  const auto first = builder.Add(TensorType::kResource, {1});
  const auto second = builder.Add(TensorType::kResource, {1});
  const auto read = builder.Add(TensorType::kFloat32, {5});
  builder.main().inputs = {value};
  builder.main().outputs = {read};
  const auto options = MakeOptions(VarHandleOptions{"", "state"});
  builder.Operator(BuiltinOperator::kVarHandle, {}, {first}, options);
  builder.Operator(BuiltinOperator::kVarHandle, {}, {second}, options);
  builder.Operator(BuiltinOperator::kAssignVariable, {first, value}, {}, {});
  builder.Operator(BuiltinOperator::kReadVariable, {second}, {read}, {});
  const auto result = builder.Run();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->resource_variables, 1);
  EXPECT_THAT(PersistentBytes(*result, Phase::kPrepare), ElementsAre(20));
  // The handles point to their ids, so only value and read are planned.
  EXPECT_THAT(result->buffers, SizeIs(2));
}

TEST(ResourceVariableTest, RefusesToReadWhatNothingAssigns) {
  Builder builder;
  const auto handle = builder.Add(TensorType::kResource, {1});
  const auto read = builder.Add(TensorType::kFloat32, {5});
  builder.main().outputs = {read};
  builder.Operator(BuiltinOperator::kVarHandle, {}, {handle},
                   MakeOptions(VarHandleOptions{"", "state"}));
  builder.Operator(BuiltinOperator::kReadVariable, {handle}, {read}, {});
  const auto result = builder.Run();
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("nothing assigns"));
}

}  // namespace
}  // namespace tinyml::runtime
