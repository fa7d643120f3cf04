#include "quantize/parameters/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/float_net.h"
#include "tinyml/options.h"

namespace tinyml::quantize {
namespace {

using ::testing::HasSubstr;
using tinyml::testing::FloatNet;
using Op = BuiltinOperator;

Plan Planned(const Model& model, const PlanOptions& options = {}) {
  auto plan = MakePlan(model, options);
  EXPECT_TRUE(plan.has_value()) << plan.error().message;
  return plan ? std::move(*plan) : Plan();
}

const ParameterClass& HomeOf(const Plan& plan, TensorIndex t) {
  const int home = plan.subgraphs[0].home[t];
  EXPECT_GE(home, 0);
  return plan.classes[std::max(home, 0)];
}
int Home(const Plan& plan, TensorIndex t) { return plan.subgraphs[0].home[t]; }

TEST(Plan, WhatMovesValuesKeepsTheirClass) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 4, 4, 2});
  const TensorIndex conv = net.Conv(x, 3, 3);
  const TensorIndex flat = net.Reshape(conv, {1, 48});
  const TensorIndex dense = net.FullyConnected(flat, 5);
  const Plan plan = Planned(net.Take({dense}));
  EXPECT_EQ(Home(plan, conv), Home(plan, flat));
  EXPECT_NE(Home(plan, conv), Home(plan, x));
  EXPECT_NE(Home(plan, flat), Home(plan, dense));
  const OperatorPlan& op = plan.subgraphs[0].operators[0];
  EXPECT_EQ(op.type, TensorType::kInt8);
  EXPECT_EQ(op.inputs, (std::vector<int>{Home(plan, x), kOwnForm, kOwnForm}));
}

TEST(Plan, SoftmaxDictatesItsOutput) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 10});
  SoftmaxOptions options;
  options.beta = 1;
  const TensorIndex y = net.Add(Op::kSoftmax, {x}, {1, 10}, options);
  const TensorIndex z = net.Reshape(y, {10});
  const Model model = net.Take({z});
  const Plan plan = Planned(model);
  EXPECT_TRUE(HomeOf(plan, y).is_fixed);
  EXPECT_EQ(HomeOf(plan, y).scale, 1.0F / 256);
  EXPECT_EQ(HomeOf(plan, y).zero_point, -128);
  EXPECT_EQ(Home(plan, z), Home(plan, y));
  PlanOptions int16;
  int16.activations = int16.input = int16.output = TensorType::kInt16;
  EXPECT_EQ(HomeOf(Planned(model, int16), y).scale, 1.0F / 32768);
}

// LOGISTIC's scale would clip the other operand: it stays out, with a QUANTIZE
// between.
TEST(Plan, ConcatenationOfDictatedAndFree) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 8});
  const TensorIndex sure = net.Plain(Op::kLogistic, {x}, {1, 8});
  const TensorIndex free = net.FullyConnected(x, 8);
  ConcatenationOptions options;
  options.axis = 1;
  const TensorIndex y =
      net.Add(Op::kConcatenation, {sure, free}, {1, 16}, options);
  const Plan plan = Planned(net.Take({y}));
  EXPECT_EQ(Home(plan, free), Home(plan, y));
  EXPECT_NE(Home(plan, sure), Home(plan, y));
  const OperatorPlan& concat = plan.subgraphs[0].operators.back();
  EXPECT_EQ(concat.inputs[0], Home(plan, y));
  EXPECT_EQ(concat.inputs[1], Home(plan, y));
  EXPECT_FALSE(HomeOf(plan, y).is_fixed);
}

TEST(Plan, ConcatenationOfDictatedAloneIsDictated) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 8});
  const TensorIndex a = net.Plain(Op::kLogistic, {x}, {1, 8});
  const TensorIndex b = net.Plain(Op::kLogistic, {x}, {1, 8});
  ConcatenationOptions options;
  options.axis = 1;
  const TensorIndex y = net.Add(Op::kConcatenation, {a, b}, {1, 16}, options);
  const Plan plan = Planned(net.Take({y}));
  EXPECT_TRUE(HomeOf(plan, y).is_fixed);
  EXPECT_EQ(plan.subgraphs[0].operators.back().inputs,
            (std::vector<int>{Home(plan, y), Home(plan, y)}));
}

TEST(Plan, OperatorsWithoutAnIntegerKernelStayFloat) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 8});
  const TensorIndex dense = net.FullyConnected(x, 8);
  const TensorIndex y = net.Plain(Op::kExp, {dense}, {1, 8});
  const TensorIndex z = net.Reshape(y, {8});
  const Plan plan = Planned(net.Take({z}));
  const auto& operators = plan.subgraphs[0].operators;
  EXPECT_EQ(operators[1].type, TensorType::kFloat32);
  EXPECT_THAT(operators[1].why_float, HasSubstr("no int8 kernel"));
  EXPECT_EQ(operators[1].inputs[0], kFloatClass);
  EXPECT_GE(Home(plan, dense), 0);
  EXPECT_EQ(Home(plan, y), kFloatClass);
  // A RESHAPE does not quantize in passing; the graph's output does.
  EXPECT_EQ(operators[2].type, TensorType::kFloat32);
  EXPECT_GE(plan.subgraphs[0].outputs[0], 0);
}

TEST(Plan, NamesChooseTypes) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 8});
  const TensorIndex a = net.FullyConnected(x, 8);
  const TensorIndex b = net.FullyConnected(a, 8);
  const TensorIndex c = net.FullyConnected(b, 8);
  net.At(a).name = "first";
  net.At(b).name = "second";
  net.At(c).name = "third";
  const Model model = net.Take({c});
  PlanOptions options;
  options.keep_float = {"second"};
  options.int16 = {"first"};
  const Plan plan = Planned(model, options);
  EXPECT_EQ(HomeOf(plan, a).type, TensorType::kInt16);
  EXPECT_EQ(Home(plan, b), kFloatClass);
  EXPECT_EQ(HomeOf(plan, c).type, TensorType::kInt8);
  options.keep_float = {"nobody"};
  const auto none = MakePlan(model, options);
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().code, ErrorCode::kUsage);
  EXPECT_THAT(none.error().message, HasSubstr("nobody"));
}

TEST(Plan, Int16WhereThereIsNoKernelIsRefused) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 8});
  const TensorIndex y = net.Plain(Op::kElu, {x}, {1, 8});
  net.At(y).name = "elu";
  const Model model = net.Take({y});
  PlanOptions options;
  options.int16 = {"elu"};
  const auto plan = MakePlan(model, options);
  ASSERT_FALSE(plan.has_value());
  EXPECT_EQ(plan.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(plan.error().message, HasSubstr("no int16 kernel"));
}

TEST(Plan, InputsAndOutputsOfOtherTypes) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 8});
  const TensorIndex y = net.FullyConnected(x, 8);
  PlanOptions options;
  options.input = TensorType::kFloat32;
  options.output = TensorType::kInt16;
  const Plan plan = Planned(net.Take({y}), options);
  EXPECT_EQ(Home(plan, x), kFloatClass);
  EXPECT_GE(plan.subgraphs[0].operators[0].inputs[0], 0);
  const int output = plan.subgraphs[0].outputs[0];
  EXPECT_NE(output, Home(plan, y));
  EXPECT_EQ(plan.classes[output].type, TensorType::kInt16);
}

}  // namespace
}  // namespace tinyml::quantize
