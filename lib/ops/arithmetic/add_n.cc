// ADD_N. Source: tflite-micro 90b983c2b3f1, micro/kernels/add_n.cc;
// lite/kernels/internal/reference/add_n.h.
#include <vector>

#include "base/macros.h"
#include "ops/arithmetic/int8_sum.h"
#include "ops/arithmetic/operands.h"

namespace tinyml::ops {
namespace {

template <typename T>
std::vector<const T*> AllInputs(const OpContext& op) {
  std::vector<const T*> inputs;
  for (int i = 0; i < op.NumInputs(); ++i) {
    inputs.push_back(op.Input(i)->As<T>().data());
  }
  return inputs;
}

}  // namespace

Result<Invocation> PrepareAddN(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(op));
  const auto& [first, output, count, rest] = operands;
  for (int i = 0; i < op.NumInputs(); ++i) {
    const TensorView* input = op.Input(i);
    TINYML_REQUIRE(op, input != nullptr, "an input is missing");
    TINYML_RETURN_IF_ERROR(RequireType(op, *input, output.type));
    // The output's size decides.
    TINYML_REQUIRE(op, input->Elements() == count && rest == 0,
                   first.Describe() + ", " + input->Describe() + " and " +
                       output.Describe() + " must have as many elements");
  }
  switch (output.type) {
    case TensorType::kFloat32:
      return Invocation([inputs = AllInputs<float>(op), count = count,
                         out = output.Mutable<float>().data()]() -> Status {
        for (int64_t i = 0; i < count; ++i) {
          float sum = 0.0F;
          for (const float* input : inputs) sum += input[i];
          out[i] = sum;
        }
        return {};
      });
    case TensorType::kInt8: {
      TINYML_ASSIGN_OR_RETURN(const Int8Sum sums,
                              MakeInt8Sum(op, first, output));
      return Invocation([inputs = AllInputs<int8_t>(op), count = count, sums,
                         out = output.Mutable<int8_t>().data()]() -> Status {
        for (int64_t i = 0; i < count; ++i) {
          int32_t sum = sums.initial;
          for (const int8_t* input : inputs) {
            sum = WrapAdd(sum, sums.Term(input[i]));
          }
          out[i] = sums.Finish(sum);
        }
        return {};
      });
    }
    default:
      return RefuseType(op, output);
  }
}

}  // namespace tinyml::ops
