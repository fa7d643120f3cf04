// Real numbers into and out of a quantized model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "tinyml/interpreter.h"
#include "tinyml/model_builder.h"
#include "tinyml/target.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// RESHAPE of four elements, which any type can have.
Model Copy(TensorType type, std::optional<Quantization> quantization) {
  ModelBuilder b;
  const TensorIndex x = b.AddInput("x", type, {1, 4}, quantization);
  const TensorIndex y = b.AddTensor("y", type, {1, 4}, quantization);
  b.AddOperator(BuiltinOperator::kReshape, {x}, {y},
                MakeOptions(ReshapeOptions{.new_shape = {1, 4}}));
  b.SetOutputs({y});
  return b.Build().value();
}

class InterpreterFloats : public ::testing::Test {
 protected:
  Interpreter Make(Model model) {
    model_ = std::move(model);
    return Interpreter::Create(model_, *Target::Parse("cortex-m4")).value();
  }
  Model model_;
};

TEST_F(InterpreterFloats, GoThroughScaleAndZeroPoint) {
  for (const TensorType type :
       {TensorType::kInt8, TensorType::kUInt8, TensorType::kInt16}) {
    const int64_t zero_point = type == TensorType::kInt16 ? 0 : 10;
    Interpreter interpreter = Make(Copy(type, PerTensor(0.5F, zero_point)));
    const float values[] = {-1.0F, 0.25F, 0.5F, 3.2F};
    ASSERT_TRUE(interpreter.SetInput(0, values).has_value());
    ASSERT_TRUE(interpreter.Invoke().has_value());
    EXPECT_THAT(interpreter.GetOutput(0).value(),
                ElementsAre(-1.0F, 0.5F, 0.5F, 3.0F))
        << TensorTypeName(type);
  }
}

TEST_F(InterpreterFloats, BeyondTheEndsAreTheEnds) {
  Interpreter interpreter = Make(Copy(TensorType::kInt8, PerTensor(0.5F, 10)));
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const float values[] = {1e30F, kInfinity, -kInfinity, 58.5F};
  ASSERT_TRUE(interpreter.SetInput(0, values).has_value());
  EXPECT_THAT(interpreter.Inputs()[0].bytes, ElementsAre(127, 127, 128, 127));
  ASSERT_TRUE(interpreter.Invoke().has_value());
  EXPECT_THAT(interpreter.GetOutput(0).value(),
              ElementsAre(58.5F, 58.5F, -69.0F, 58.5F));
}

TEST_F(InterpreterFloats, AreCopiedIntoAFloatModel) {
  Interpreter interpreter = Make(Copy(TensorType::kFloat32, std::nullopt));
  const float values[] = {-1.0F, 0.25F, 1e30F, 3.2F};
  ASSERT_TRUE(interpreter.SetInput(0, values).has_value());
  ASSERT_TRUE(interpreter.Invoke().has_value());
  EXPECT_THAT(interpreter.GetOutput(0).value(),
              ElementsAre(-1.0F, 0.25F, 1e30F, 3.2F));
}

TEST_F(InterpreterFloats, WhatDoesNotFitIsAnErrorAndWritesNothing) {
  Interpreter interpreter = Make(Copy(TensorType::kInt8, PerTensor(0.5F, 10)));
  const float good[] = {1, 2, 3, 4};
  ASSERT_TRUE(interpreter.SetInput(0, good).has_value());
  const float nan[] = {9, 9, std::nanf(""), 9};
  const Status not_a_number = interpreter.SetInput(0, nan);
  ASSERT_FALSE(not_a_number.has_value());
  EXPECT_EQ(not_a_number.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(not_a_number.error().message,
            "element 2 for input 'x' is not a number");
  const Status too_few = interpreter.SetInput(0, std::span(good).first(3));
  ASSERT_FALSE(too_few.has_value());
  EXPECT_EQ(too_few.error().code, ErrorCode::kUsage);
  EXPECT_EQ(too_few.error().message, "input 'x' has 4 elements, not 3");
  EXPECT_EQ(interpreter.SetInput(1, good).error().code, ErrorCode::kUsage);
  EXPECT_EQ(interpreter.GetOutput(1).error().code, ErrorCode::kUsage);
  EXPECT_THAT(interpreter.Inputs()[0].bytes, ElementsAre(12, 14, 16, 18));
}

TEST_F(InterpreterFloats, NeedAScaleForATypeThatIsNotFloat) {
  ModelBuilder b;
  const TensorIndex x = b.AddInput("x", TensorType::kFloat32, {1, 4});
  const TensorIndex axis = b.AddConstant<int32_t>("axis", {1}, {1});
  const TensorIndex y = b.AddTensor("y", TensorType::kInt32, {1});
  b.AddOperator(BuiltinOperator::kArgMax, {x, axis}, {y},
                MakeOptions(ArgMaxOptions{.output_type = TensorType::kInt32}));
  b.SetOutputs({y});
  Interpreter interpreter = Make(b.Build().value());
  const auto output = interpreter.GetOutput(0);
  ASSERT_FALSE(output.has_value());
  EXPECT_EQ(output.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(output.error().message, HasSubstr("output 'y' (int32)"));
}

}  // namespace
}  // namespace tinyml
