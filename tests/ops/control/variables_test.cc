// VAR_HANDLE, READ_VARIABLE and ASSIGN_VARIABLE.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tinyml/interpreter.h"
#include "tinyml/model_builder.h"
#include "tinyml/target.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using Op = BuiltinOperator;

// y is the x of the invocation before.
Model Delay() {
  ModelBuilder b;
  const TensorIndex x = b.AddInput("x", TensorType::kFloat32, {2});
  const TensorIndex handle = b.AddTensor("handle", TensorType::kResource, {1});
  const TensorIndex y = b.AddTensor("y", TensorType::kFloat32, {2});
  b.AddOperator(Op::kVarHandle, {}, {handle},
                MakeOptions(VarHandleOptions{.shared_name = "last"}));
  b.AddOperator(Op::kReadVariable, {handle}, {y});
  b.AddOperator(Op::kAssignVariable, {handle, x}, {});
  b.SetOutputs({y});
  return b.Build().value();
}

TEST(Variables, KeepWhatIsAssignedUntilTheNextInvocation) {
  const Model model = Delay();
  Interpreter interpreter =
      Interpreter::Create(model, *Target::Parse("x86-64")).value();
  for (const float value : {1.0F, 2.0F, 3.0F}) {
    const float x[] = {value, -value};
    ASSERT_TRUE(interpreter.SetInput(0, x).has_value());
    ASSERT_TRUE(interpreter.Invoke().has_value());
    EXPECT_THAT(interpreter.GetOutput(0).value(),
                ElementsAre(value - 1, 1 - value));
  }
  ASSERT_TRUE(interpreter.Reset().has_value());
  ASSERT_TRUE(interpreter.Invoke().has_value());
  EXPECT_THAT(interpreter.GetOutput(0).value(), ElementsAre(0, 0));
}

}  // namespace
}  // namespace tinyml
