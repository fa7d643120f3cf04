// QUANTIZE and DEQUANTIZE. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{quantize,quantize_common,dequantize,dequantize_common}.cc.
#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/operands.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime {
namespace {

// lite/kernels/internal/types.h, QuantizationParams, in
// micro/kernels/quantize.h, OpDataQuantizeReference.
inline constexpr Field kQuantizationParamsFields[] = {Int32(), Double()};
inline constexpr StructDef kQuantizationParams = {"QuantizationParams",
                                                  kQuantizationParamsFields};
inline constexpr Field kOpDataQuantizeFields[] = {Struct(kQuantizationParams),
                                                  Int32(3)};
inline constexpr StructDef kOpDataQuantize = {"OpDataQuantizeReference",
                                              kOpDataQuantizeFields};

// lite/kernels/internal/types.h, DequantizationParams, in
// micro/kernels/dequantize.h, DequantizeOpData.
inline constexpr Field kDequantizationParamsFields[] = {Double(), Int32()};
inline constexpr StructDef kDequantizationParams = {
    "DequantizationParams", kDequantizationParamsFields};
inline constexpr Field kDequantizeOpDataFields[] = {
    Struct(kDequantizationParams), Int32(3)};
inline constexpr StructDef kDequantizeOpData = {"DequantizeOpData",
                                                kDequantizeOpDataFields};

// Whether EvalQuantizeReference has code for the pair of types.
bool RunsQuantizePair(const RuntimeTensor& input, const RuntimeTensor& output) {
  switch (input.type) {
    case TensorType::kFloat32:
    case TensorType::kInt32:
      return HasType(output, {TensorType::kInt8, TensorType::kInt16});
    case TensorType::kInt16:
      return HasType(
          output, {TensorType::kInt8, TensorType::kInt16, TensorType::kInt32});
    case TensorType::kInt8:
      return HasType(output, {TensorType::kInt8, TensorType::kUInt8,
                              TensorType::kInt16, TensorType::kInt32});
    case TensorType::kUInt8:
      return output.type == TensorType::kInt8;
    default:
      return false;
  }
}

Status QuantizePrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(context));
  const auto& [input, output] = operands;
  TINYML_ENSURE(context, output.IsAffine(),
                "output " + output.Describe() +
                    " has no quantization parameters (scale and zero point)");
  TINYML_ENSURE(context, output.Scales().size() == 1,
                "output " + output.Describe() +
                    " is quantized per channel; the kernel uses one scale");
  TINYML_RETURN_IF_ERROR(
      context.Has(Change::kKernelsOf2022)
          ? CheckType(
                context, input, "input",
                {TensorType::kFloat32, TensorType::kInt32, TensorType::kInt16,
                 TensorType::kInt8, TensorType::kUInt8})
          : CheckType(
                context, input, "input",
                {TensorType::kFloat32, TensorType::kInt16, TensorType::kInt8}));
  TINYML_RETURN_IF_ERROR(CheckType(context, output, "output",
                                   {TensorType::kInt8, TensorType::kInt16,
                                    TensorType::kInt32, TensorType::kUInt8}));
  // EvalQuantizeReference.
  if (!RunsQuantizePair(input, output)) {
    FailsAtInvoke(context, "the kernel has no code from " +
                               TensorTypeName(input.type) + " to " +
                               TensorTypeName(output.type));
    return {};
  }
  if (input.type == TensorType::kFloat32) {
    return CheckEqualShapes(context, {&input, &output});
  }
  WarnMultiplier(context, static_cast<double>(input.scale) /
                              static_cast<double>(output.scale));
  WarnSmallOutput(context, operands);
  return {};
}

Status DequantizePrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(context));
  const auto& [input, output] = operands;
  TINYML_RETURN_IF_ERROR(
      CheckType(context, input, "input",
                {TensorType::kInt8, TensorType::kInt16, TensorType::kUInt8}));
  if (context.Has(Change::kKernelsOf2022)) {
    TINYML_RETURN_IF_ERROR(CheckType(context, output, TensorType::kFloat32));
  } else {
    TINYML_RETURN_IF_ERROR(CheckType(
        context, output, "output", {TensorType::kFloat32, TensorType::kInt32}));
  }
  return CheckEqualShapes(context, {&input, &output});
}

}  // namespace

const OperatorKernel reference::kQuantize = {.init = InitWith<kOpDataQuantize>,
                                             .prepare = QuantizePrepare};
const OperatorKernel reference::kDequantize = {
    .init = InitWith<kDequantizeOpData>, .prepare = DequantizePrepare};

}  // namespace tinyml::runtime
