// RELU, RELU6, LEAKY_RELU and PRELU. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{activations,activations_common,leaky_relu,
// leaky_relu_common,prelu,prelu_common}.cc.
#include <algorithm>

#include "base/macros.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/operands.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime {
namespace {

// lite/kernels/internal/types.h, ActivationParams and ReluParams, in
// micro/kernels/activations.h, ReluOpData.
inline constexpr Field kActivationParamsFields[] = {Int8(), Int32(2)};
inline constexpr StructDef kActivationParams = {"ActivationParams",
                                                kActivationParamsFields};
inline constexpr Field kReluOpDataFields[] = {Struct(kActivationParams),
                                              Int32(4)};
inline constexpr StructDef kReluOpData = {"ReluOpData", kReluOpDataFields};

// micro/kernels/activations.h, Relu6OpData.
inline constexpr Field kRelu6OpDataFields[] = {Int32(2)};
inline constexpr StructDef kRelu6OpData = {"Relu6OpData", kRelu6OpDataFields};

// Without Change::kRelu6Int16.
inline constexpr Field kRelu6Int8OpDataFields[] = {Int8(2)};
inline constexpr StructDef kRelu6Int8OpData = {"Relu6OpData",
                                               kRelu6Int8OpDataFields};

// micro/kernels/leaky_relu.h, LeakyReluOpData.
// Without Change::kWithoutUInt8: bounds of both types.
inline constexpr Field kRelu6UInt8OpDataFields[] = {Int8(4)};
inline constexpr StructDef kRelu6UInt8OpData = {"Relu6OpData",
                                                kRelu6UInt8OpDataFields};

inline constexpr Field kLeakyReluOpDataFields[] = {Int32(6)};
inline constexpr StructDef kLeakyReluOpData = {"LeakyReluOpData",
                                               kLeakyReluOpDataFields};

// lite/kernels/internal/types.h, PreluParams.
inline constexpr Field kPreluParamsFields[] = {Int32(7)};
inline constexpr StructDef kPreluParams = {"PreluParams", kPreluParamsFields};

Status ReluPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(context));
  const auto& [input, output] = operands;
  const bool takes_int16 = context.Has(Change::kReluInt16);
  const bool is_int16 = takes_int16 && input.type == TensorType::kInt16;
  if (is_int16) {
    TINYML_RETURN_IF_ERROR(CheckZeroPointIsZero(context, input));
    TINYML_RETURN_IF_ERROR(CheckZeroPointIsZero(context, output));
  }
  if (input.type == TensorType::kInt8 || is_int16) {
    // CalculateReluOpData makes a RuntimeShape of each.
    TINYML_ENSURE(context, input.Rank() <= 6 && output.Rank() <= 6,
                  "input and output must not have more than 6 dimensions");
    WarnMultiplier(context, static_cast<double>(input.scale / output.scale));
  }
  return CheckUnaryEval(
      context, operands,
      {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16},
      takes_int16);
}

Status Relu6Init(KernelContext& context) {
  if (!context.Has(Change::kWithoutUInt8)) {
    return InitWith<kRelu6UInt8OpData>(context);
  }
  return InitWith<kRelu6OpData, Change::kRelu6Int16, kRelu6Int8OpData>(context);
}

// The bound 6 is clamped to the type before it is checked: it always fits.
Status Relu6Prepare(KernelContext& context) {
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_ENSURE(context, input != nullptr, "input 0 is missing");
  const RuntimeTensor* output = context.Output(0);
  if (output == nullptr) {
    return AbortsAtInvoke(context, "the output is missing");
  }
  return CheckUnaryEval(
      context, {*input, *output},
      {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16},
      context.Has(Change::kRelu6Int16));
}

Status LeakyReluPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(context));
  const auto& [input, output] = operands;
  TINYML_RETURN_IF_ERROR(CheckSameType(context, input, output));
  if (IsInt8OrInt16(output)) {
    WarnMultiplier(context, static_cast<double>(input.scale / output.scale));
  }
  return CheckUnaryEval(
      context, operands,
      {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16});
}

// prelu_common.cc, BroadcastPrelu4DSlowFloat.
Status CheckPreluFloat(KernelContext& context, const BinaryOperands& operands) {
  const auto& [input, alpha, output] = operands;
  for (const RuntimeTensor* tensor : {&input, &alpha, &output}) {
    if (tensor->Rank() > 4) {
      return AbortsAtInvoke(context,
                            tensor->Describe() + " has more than 4 dimensions");
    }
  }
  for (int i = 1; i <= 4; ++i) {  // From the last dimension to the first.
    const auto dim = [i](const RuntimeTensor& tensor) {
      return i <= tensor.Rank() ? tensor.Dim(tensor.Rank() - i) : 1;
    };
    const int32_t dim1 = dim(input);
    const int32_t dim2 = dim(alpha);
    const bool compatible = dim1 == dim2 || dim1 == 1 || dim2 == 1;
    if (!compatible || dim(output) > std::max(dim1, dim2)) {
      return AbortsAtInvoke(context,
                            input.Describe() + " and " + alpha.Describe() +
                                " do not broadcast to " + output.Describe());
    }
  }
  return {};
}

Status PreluPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeBinary(context));
  const auto& [input, alpha, output] = operands;
  if (IsInt8OrInt16(output)) {
    WarnMultiplier(context, static_cast<double>(input.scale) /
                                static_cast<double>(output.scale));
  }
  const bool int8_alpha = context.Has(Change::kPreluInt16);
  const bool takes_int16 =
      int8_alpha || context.Has(Change::kAmbiqPreluInt16Alpha);
  if (int8_alpha && output.type == TensorType::kInt16) {
    TINYML_RETURN_IF_ERROR(CheckType(context, alpha, TensorType::kInt8));
  }
  // PreluEval.
  if (!RunsType(context, input,
                {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16},
                takes_int16)) {
    return {};
  }
  WarnMixedTypes(context, input, output);
  if (input.type == TensorType::kFloat32) {
    return CheckPreluFloat(context, operands);
  }
  return CheckBroadcast(context, operands);
}

}  // namespace

const OperatorKernel reference::kRelu = {.init = InitWith<kReluOpData>,
                                         .prepare = ReluPrepare};
const OperatorKernel reference::kRelu6 = {.init = Relu6Init,
                                          .prepare = Relu6Prepare};
const OperatorKernel reference::kLeakyRelu = {
    .builtin_data = &kTfLiteLeakyReluParams,
    .init = InitWith<kLeakyReluOpData>,
    .prepare = LeakyReluPrepare};
const OperatorKernel reference::kPrelu = {.init = InitWith<kPreluParams>,
                                          .prepare = PreluPrepare};

}  // namespace tinyml::runtime
