// QUANTIZE, DEQUANTIZE and CAST. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{quantize,quantize_common,dequantize,dequantize_common,cast}.cc;
// ParseCast in lite/core/api/flatbuffer_conversions.cc.
#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/operands.h"
#include "runtime/kernels/parse_checks.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/reference/arithmetic/arithmetic_kernels.h"

namespace tinyml::runtime::reference {
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

// --- QUANTIZE

Status QuantizeInit(KernelContext& context) {
  context.Persistent(kOpDataQuantize);
  return {};
}

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
                    " is quantized per channel; the kernel takes one scale");
  TINYML_RETURN_IF_ERROR(
      CheckType(context, input, "input",
                {TensorType::kFloat32, TensorType::kInt32, TensorType::kInt16,
                 TensorType::kInt8, TensorType::kUInt8}));
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
  if (output.Elements() < input.Elements()) {
    context.Warn("output " + output.Describe() +
                 " has fewer elements than the input: the kernel writes past "
                 "its end at Invoke");
  }
  return {};
}

// --- DEQUANTIZE

Status DequantizeInit(KernelContext& context) {
  context.Persistent(kDequantizeOpData);
  return {};
}

Status DequantizePrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(context));
  const auto& [input, output] = operands;
  TINYML_RETURN_IF_ERROR(
      CheckType(context, input, "input",
                {TensorType::kInt8, TensorType::kInt16, TensorType::kUInt8}));
  TINYML_RETURN_IF_ERROR(CheckType(context, output, TensorType::kFloat32));
  return CheckEqualShapes(context, {&input, &output});
}

// --- CAST

Status CastPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(context));
  const auto& [input, output] = operands;
  // CastEval.
  TINYML_RETURN_IF_ERROR(CheckEqualShapes(context, {&input, &output}));
  if (input.type == TensorType::kBool && !context.Has(Change::kBoolCast)) {
    FailsAtInvoke(context, "this revision has no code for " + input.Describe());
    return {};
  }
  const bool runs =
      RunsType(
          context, input,
          {TensorType::kInt8, TensorType::kInt16, TensorType::kInt32,
           TensorType::kUInt32, TensorType::kFloat32, TensorType::kBool}) &&
      RunsType(context, output,
               {TensorType::kInt8, TensorType::kInt16, TensorType::kInt32,
                TensorType::kUInt32, TensorType::kFloat32});
  if (!runs && !context.Has(Change::kCastChecksTypes)) {
    context.Warn(
        "this revision does not tell: Invoke leaves the output as it is");
  }
  return {};
}

}  // namespace

Status ParseCast(KernelContext& context) {
  const auto& options = context.Options<CastOptions>();
  TINYML_RETURN_IF_ERROR(CheckOptionType(context, options.in_data_type));
  return CheckOptionType(context, options.out_data_type);
}

const Kernel kQuantize = {QuantizeInit, QuantizePrepare};
const Kernel kDequantize = {DequantizeInit, DequantizePrepare};
const Kernel kCast = {nullptr, CastPrepare};

}  // namespace tinyml::runtime::reference
