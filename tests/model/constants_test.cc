// Constants and errors of a model made by hand.
#include "model/constants.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "model/append.h"
#include "model/fault.h"
#include "tinyml/model_builder.h"

namespace tinyml {
namespace {

// One ADD of a tensor "x" to a constant.
Model AddOfConstant() {
  Model model;
  model.buffers.resize(1);
  model.operator_codes.emplace_back();  // ADD.
  Subgraph& graph = model.subgraphs.emplace_back();
  for (const char* name : {"x", "constant", "y"}) {
    Tensor& tensor = graph.tensors.emplace_back();
    tensor.name = name;
    tensor.shape = {2};
  }
  graph.tensors[1].buffer = AppendBuffer(model, BufferOf<float>({1.5F, -2.0F}));
  Operator& op = graph.operators.emplace_back();
  op.inputs = {0, 1};
  op.outputs = {2};
  return model;
}

TEST(Constants, KeepTheirValues) {
  const Model model = AddOfConstant();
  const auto& tensors = model.subgraphs[0].tensors;
  EXPECT_FALSE(IsFloatConstant(model, tensors[0]));
  EXPECT_TRUE(IsFloatConstant(model, tensors[1]));
  EXPECT_EQ(FloatsOf(model, tensors[1]), (std::vector<float>{1.5F, -2.0F}));
  EXPECT_TRUE(FloatsOf(model, tensors[0]).empty());
}

TEST(Fault, NamesTheOperatorAndTheTensor) {
  const Model model = AddOfConstant();
  const Error op =
      FailAt(model, OperatorId(0, 0), ErrorCode::kUnsupported, "no kernel")
          .value();
  EXPECT_EQ(op.message, "subgraph 0, operator 0 (ADD): no kernel");
  EXPECT_EQ(op.Reason(), "no kernel");
  EXPECT_EQ(op.subject.op, OperatorId(0, 0));
  const Error tensor =
      FailAt(model, TensorId(0, 1), ErrorCode::kInvalid, "no type").value();
  EXPECT_EQ(tensor.message, "subgraph 0, tensor 1 (constant): no type");
  EXPECT_EQ(tensor.subject.tensor, TensorId(0, 1));
}

TEST(Fault, TheValidatorSaysWhatItIsAbout) {
  Model model = AddOfConstant();
  model.subgraphs[0].operators[0].inputs[1] = 7;
  const Status of_op = ValidateModel(model);
  ASSERT_FALSE(of_op.has_value());
  EXPECT_EQ(of_op.error().subject.op, OperatorId(0, 0));
  model.subgraphs[0].tensors[2].shape = {-3};
  const Status of_tensor = ValidateModel(model);
  ASSERT_FALSE(of_tensor.has_value());
  EXPECT_EQ(of_tensor.error().subject.tensor, TensorId(0, 2));
  EXPECT_EQ(of_tensor.error().Reason(), "dimension 0 is -3");
}

}  // namespace
}  // namespace tinyml
