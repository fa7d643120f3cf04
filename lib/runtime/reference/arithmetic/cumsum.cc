// ADD_N and CUMSUM. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{add_n,cumsum}.cc.
#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/operands.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/reference/arithmetic/arithmetic_kernels.h"

namespace tinyml::runtime::reference {
namespace {

// micro/kernels/add_n.cc, OpData.
inline constexpr Field kOpDataAddNFields[] = {Int32(10)};
inline constexpr StructDef kOpDataAddN = {"OpData (ADD_N)", kOpDataAddNFields};

// micro/kernels/cumsum.cc, OpData.
inline constexpr Field kOpDataCumsumFields[] = {Int32(9)};
inline constexpr StructDef kOpDataCumsum = {"OpData (CUMSUM)",
                                            kOpDataCumsumFields};

// Both rescale sums of one int8 scale to another in the same way.
Status CheckInt8Scales(const KernelContext& context, const RuntimeTensor& input,
                       const RuntimeTensor& output) {
  const double twice_max = 2 * static_cast<double>(input.scale);
  TINYML_RETURN_IF_ERROR(CheckMultiplierBelowOne(
      context, static_cast<double>(input.scale) / twice_max,
      "the input's multiplier"));
  return CheckMultiplierBelowOne(
      context, twice_max / ((1 << 20) * static_cast<double>(output.scale)),
      "the output's multiplier");
}

Status AddNPrepare(KernelContext& context) {
  const int count = context.NumInputs();
  TINYML_ENSURE(context, count >= 2, "it needs 2 inputs or more");
  TINYML_ENSURE(context, context.NumOutputs() == 1, "it needs 1 output");
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(context));
  const auto& [first, output] = operands;
  TINYML_RETURN_IF_ERROR(CheckSameType(context, output, first));
  for (int i = 1; i < count; ++i) {
    const RuntimeTensor* input = context.TempInput(i);
    TINYML_ENSURE(context, input != nullptr,
                  "input " + std::to_string(i) + " is missing");
    TINYML_ENSURE(context, input->dims == first.dims,
                  first.Describe() + " and " + input->Describe() +
                      " must have the same shape");
    TINYML_RETURN_IF_ERROR(CheckSameType(context, first, *input));
    if (first.type == TensorType::kInt8) {
      TINYML_ENSURE(
          context,
          first.zero_point == input->zero_point && first.scale == input->scale,
          first.Describe() + " and " + input->Describe() +
              " must have the same scale and zero point");
    }
  }

  const int64_t pointers = int64_t{context.abi().pointer_bytes} * count;
  if (output.type == TensorType::kFloat32) {
    TINYML_RETURN_IF_ERROR(context.Scratch(pointers));
  } else if (output.type == TensorType::kInt8) {
    context.Persistent(kOpDataAddN);
    TINYML_RETURN_IF_ERROR(context.Scratch(pointers));
    TINYML_RETURN_IF_ERROR(CheckInt8Scales(context, first, output));
    TINYML_RETURN_IF_ERROR(CheckZeroPointRange(context, first, -128, 127));
  } else {
    return context.Refuse("output " + output.Describe() +
                          " must be float32 or int8");
  }
  if (output.Elements() > first.Elements()) {
    context.Warn("output " + output.Describe() +
                 " has more elements than the inputs, past whose end the "
                 "kernel reads at Invoke");
  }
  return CheckShapeRanks(context, {&output});
}

// CumSumEval.
Status CheckCumsumEval(KernelContext& context, const RuntimeTensor& input,
                       const RuntimeTensor& axis) {
  TINYML_RETURN_IF_ERROR(CheckShapeRanks(context, {&input}));
  const auto values = axis.DataAs<int32_t>();
  if (!values.empty()) {
    const int32_t value = values[0] < 0 ? values[0] + input.Rank() : values[0];
    if (value < 0 || value >= input.Rank()) {
      FailsAtInvoke(context, "axis " + std::to_string(values[0]) +
                                 " is not one of " + input.Describe());
      return {};
    }
  }
  if (input.type == TensorType::kInt8) {
    return CheckZeroPointRange(context, input, -128, 127);
  }
  return {};
}

Status CumsumPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 2, 1));
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_ENSURE(context, input != nullptr, "input 0 is missing");
  const RuntimeTensor* axis = context.TempInput(1);
  TINYML_ENSURE(context, axis != nullptr, "the axis is missing");
  TINYML_ENSURE(
      context,
      input->type == TensorType::kFloat32 || input->type == TensorType::kInt8,
      "input " + input->Describe() + " must be float32 or int8");
  TINYML_RETURN_IF_ERROR(CheckType(context, *axis, TensorType::kInt32));
  TINYML_ENSURE(context, axis->Elements() == 1,
                "axis " + axis->Describe() + " must have 1 element");
  TINYML_ENSURE(context, input->Rank() >= 1, "the input must not be a scalar");
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_ENSURE(context, output != nullptr, "the output is missing");
  TINYML_RETURN_IF_ERROR(CheckSameType(context, *input, *output));
  TINYML_ENSURE(context, input->dims == output->dims,
                input->Describe() + " and " + output->Describe() +
                    " must have the same shape");
  if (output->type == TensorType::kInt8) {
    context.Persistent(kOpDataCumsum);
    TINYML_RETURN_IF_ERROR(CheckInt8Scales(context, *input, *output));
  }
  return CheckCumsumEval(context, *input, *axis);
}

}  // namespace

const Kernel kAddN = {nullptr, AddNPrepare};
const Kernel kCumsum = {nullptr, CumsumPrepare};

}  // namespace tinyml::runtime::reference
