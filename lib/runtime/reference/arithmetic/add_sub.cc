// Source: tflite-micro 90b983c2b3f1, micro/kernels/add.cc and add_common.cc.
#include "runtime/reference/arithmetic/add_sub.h"

#include <algorithm>

#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/quantization_checks.h"

namespace tinyml::runtime {
Status AddInit(KernelContext& context) {
  context.Persistent(kOpDataAdd);
  return {};
}

Status CalculateOpDataAdd(const KernelContext& context,
                          const BinaryOperands& operands) {
  const auto& [input1, input2, output] = operands;
  if (output.type != TensorType::kInt8 && output.type != TensorType::kInt16) {
    return {};
  }
  const int left_shift = output.type == TensorType::kInt16 ? 15 : 20;
  const double twice_max =
      2 * static_cast<double>(std::max(input1.scale, input2.scale));
  TINYML_RETURN_IF_ERROR(CheckMultiplierBelowOne(
      context, static_cast<double>(input1.scale) / twice_max,
      "the multiplier of input 0"));
  TINYML_RETURN_IF_ERROR(CheckMultiplierBelowOne(
      context, static_cast<double>(input2.scale) / twice_max,
      "the multiplier of input 1"));
  TINYML_RETURN_IF_ERROR(CheckMultiplierBelowOne(
      context,
      twice_max / ((1 << left_shift) * static_cast<double>(output.scale)),
      "the output's multiplier"));
  return CheckActivationRangeQuantized(
      context, context.Options<AddOptions>().fused_activation_function, output);
}

Status CheckUnquantizedInt32Add(const KernelContext& context,
                                const BinaryOperands& operands) {
  if (operands.output.type != TensorType::kInt32) return {};
  TINYML_ENSURE(context,
                !operands.input1.IsAffine() && !operands.input2.IsAffine(),
                "int32 inputs must not be quantized");
  return {};
}

Status CheckAddEval(KernelContext& context, const BinaryOperands& operands) {
  const auto& [input1, input2, output] = operands;
  if (!RunsType(context, output,
                {TensorType::kFloat32, TensorType::kInt32, TensorType::kInt8,
                 TensorType::kInt16})) {
    return {};
  }
  WarnMixedTypes(context, input1, output);
  WarnMixedTypes(context, input2, output);
  const bool quantized =
      output.type == TensorType::kInt8 || output.type == TensorType::kInt16;
  const bool broadcast = quantized ? !SameExtendedShape(input1, input2)
                                   : input1.dims != input2.dims;
  // CMSIS-NN's own loops assert nothing.
  const bool own_loop =
      !broadcast && context.target().kernels.library == KernelLibrary::kCmsisNn;
  if (output.type == TensorType::kInt8 && !own_loop) {
    TINYML_RETURN_IF_ERROR(CheckZeroPointRange(context, input1, -128, 127));
    TINYML_RETURN_IF_ERROR(CheckZeroPointRange(context, input2, -128, 127));
  } else if (output.type == TensorType::kInt16 && !broadcast && !own_loop) {
    TINYML_RETURN_IF_ERROR(CheckZeroPointRange(context, input1, -32766, 32766));
    TINYML_RETURN_IF_ERROR(CheckZeroPointRange(context, input2, -32766, 32766));
  }
  if (broadcast) return CheckBroadcast(context, operands);
  return CheckEqualElements(context, {&input1, &input2, &output});
}

Status AddPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeBinary(context));
  const RuntimeTensor& output = operands.output;
  if (output.type == TensorType::kInt8 || output.type == TensorType::kInt16) {
    TINYML_ENSURE(context, output.IsAffine(),
                  "output " + output.Describe() +
                      " has no quantization parameters (scale and zero point)");
  }
  TINYML_RETURN_IF_ERROR(CalculateOpDataAdd(context, operands));
  TINYML_RETURN_IF_ERROR(CheckUnquantizedInt32Add(context, operands));
  return CheckAddEval(context, operands);
}

}  // namespace tinyml::runtime
