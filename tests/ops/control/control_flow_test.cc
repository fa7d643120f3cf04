// IF and WHILE, in models of several subgraphs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/op_runner.h"
#include "tinyml/interpreter.h"
#include "tinyml/model_builder.h"
#include "tinyml/target.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;
using Op = BuiltinOperator;

constexpr TensorType kFloat = TensorType::kFloat32;

// The results of invoking `model` with each of `inputs` in turn.
std::vector<float> ResultsOf(const Model& model,
                             const std::vector<float>& inputs) {
  Interpreter interpreter =
      Interpreter::Create(model, *Target::Parse("x86-64")).value();
  std::vector<float> results;
  for (const float input : inputs) {
    EXPECT_TRUE(interpreter.SetInput(0, {&input, 1}).has_value());
    EXPECT_TRUE(interpreter.Invoke().has_value());
    results.push_back(interpreter.GetOutput(0).value()[0]);
  }
  return results;
}

// A subgraph that applies `code` to its input.
int32_t AddBranch(ModelBuilder& b, Op code) {
  const int32_t index = b.AddSubgraph(std::string(BuiltinOperatorName(code)));
  const TensorIndex x = b.AddInput("x", kFloat, {1});
  const TensorIndex y = b.AddTensor("y", kFloat, {1});
  b.AddOperator(code, {x}, {y});
  b.SetOutputs({y});
  return index;
}

TEST(ControlFlow, IfRunsOneBranch) {
  ModelBuilder b;
  const TensorIndex x = b.AddInput("x", kFloat, {1});
  const TensorIndex zero = b.AddConstant<float>("zero", {1}, {0});
  const TensorIndex is_positive = b.AddTensor("cond", TensorType::kBool, {1});
  const TensorIndex y = b.AddTensor("y", kFloat, {1});
  b.AddOperator(Op::kGreater, {x, zero}, {is_positive});
  b.AddOperator(Op::kIf, {is_positive, x}, {y},
                MakeOptions(IfOptions{.then_subgraph_index = 1,
                                      .else_subgraph_index = 2}));
  b.SetOutputs({y});
  AddBranch(b, Op::kNeg);
  AddBranch(b, Op::kFloor);
  EXPECT_THAT(ResultsOf(b.Build().value(), {2.5F, -2.5F}),
              ElementsAre(-2.5F, -3.0F));
}

TEST(ControlFlow, WhileRunsItsBodyAsLongAsItsConditionHolds) {
  ModelBuilder b;
  const TensorIndex start = b.AddInput("start", kFloat, {1});
  const TensorIndex end = b.AddTensor("end", kFloat, {1});
  b.AddOperator(Op::kWhile, {start}, {end},
                MakeOptions(WhileOptions{.cond_subgraph_index = 1,
                                         .body_subgraph_index = 2}));
  b.SetOutputs({end});
  b.AddSubgraph("condition");
  {
    const TensorIndex x = b.AddInput("x", kFloat, {1});
    const TensorIndex limit = b.AddConstant<float>("limit", {1}, {3});
    const TensorIndex is_less = b.AddTensor("less", TensorType::kBool, {1});
    b.AddOperator(Op::kLess, {x, limit}, {is_less});
    b.SetOutputs({is_less});
  }
  b.AddSubgraph("body");
  {
    const TensorIndex x = b.AddInput("x", kFloat, {1});
    const TensorIndex one = b.AddConstant<float>("one", {1}, {1});
    const TensorIndex next = b.AddTensor("next", kFloat, {1});
    b.AddOperator(Op::kAdd, {x, one}, {next}, MakeOptions(AddOptions()));
    b.SetOutputs({next});
  }
  EXPECT_THAT(ResultsOf(b.Build().value(), {0.5F, 7.0F}),
              ElementsAre(3.5F, 7.0F));
}

// A branch that does not exist fails only when it is taken.
TEST(ControlFlow, AnUnknownSubgraphIsRefused) {
  IfOptions options;
  options.then_subgraph_index = 3;
  EXPECT_THAT(OpRunner(BuiltinOperator::kIf)
                  .Options(options)
                  .Input<bool>({1}, {true})
                  .Output<float>({1})
                  .Error(),
              HasSubstr("subgraph 3"));
}

}  // namespace
}  // namespace tinyml
