// ELU, RELU, RELU6, LEAKY_RELU, PRELU and HARD_SWISH. Source: tflite-micro
// 90b983c2b3f1, micro/kernels/{elu,activations,activations_common,leaky_relu,
// leaky_relu_common,prelu,prelu_common,hard_swish,hard_swish_common}.cc.
#include <algorithm>

#include "base/macros.h"
#include "ops/fixed_point.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/operands.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/reference/arithmetic/arithmetic_kernels.h"

namespace tinyml::runtime::reference {
namespace {

// micro/kernels/elu.cc, OpData.
inline constexpr Field kOpDataEluFields[] = {Int8(256)};
inline constexpr StructDef kOpDataElu = {"OpData (ELU)", kOpDataEluFields};

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
inline constexpr Field kLeakyReluOpDataFields[] = {Int32(6)};
inline constexpr StructDef kLeakyReluOpData = {"LeakyReluOpData",
                                               kLeakyReluOpDataFields};

// lite/kernels/internal/types.h, PreluParams.
inline constexpr Field kPreluParamsFields[] = {Int32(7)};
inline constexpr StructDef kPreluParams = {"PreluParams", kPreluParamsFields};

// lite/kernels/internal/types.h, HardSwishParams.
inline constexpr Field kHardSwishParamsFields[] = {Int16(3), Int32(), Int16(),
                                                   Int32()};
inline constexpr StructDef kHardSwishParams = {"HardSwishParams",
                                               kHardSwishParamsFields};

// What a kernel that switches over the input's type and then takes both shapes
// for equal asserts when it runs. int16 counts as one of `types` only if the
// revision `takes_int16`.
Status CheckUnaryEval(KernelContext& context, const UnaryOperands& operands,
                      std::initializer_list<TensorType> types,
                      bool takes_int16 = true) {
  const auto& [input, output] = operands;
  if (!RunsType(context, input, types, takes_int16)) return {};
  WarnMixedTypes(context, input, output);
  return CheckEqualShapes(context, {&input, &output});
}

// --- ELU

Status EluInit(KernelContext& context) {
  context.Persistent(kOpDataElu);
  return {};
}

Status EluPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(context));
  TINYML_RETURN_IF_ERROR(
      CheckSameType(context, operands.input, operands.output));
  return CheckUnaryEval(context, operands,
                        {TensorType::kFloat32, TensorType::kInt8});
}

// --- RELU

Status ReluInit(KernelContext& context) {
  context.Persistent(kReluOpData);
  return {};
}

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
    // CalculateReluOpData makes a RuntimeShape of both.
    TINYML_ENSURE(context, input.Rank() <= 6 && output.Rank() <= 6,
                  "input and output must not have more than 6 dimensions");
    WarnMultiplier(context, static_cast<double>(input.scale / output.scale));
  }
  return CheckUnaryEval(
      context, operands,
      {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16},
      takes_int16);
}

// --- RELU6

Status Relu6Init(KernelContext& context) {
  context.Persistent(context.Has(Change::kRelu6Int16) ? kRelu6OpData
                                                      : kRelu6Int8OpData);
  return {};
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

// --- LEAKY_RELU

Status LeakyReluInit(KernelContext& context) {
  context.Persistent(kLeakyReluOpData);
  return {};
}

Status LeakyReluPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(context));
  const auto& [input, output] = operands;
  TINYML_RETURN_IF_ERROR(CheckSameType(context, input, output));
  if (output.type == TensorType::kInt8 || output.type == TensorType::kInt16) {
    WarnMultiplier(context, static_cast<double>(input.scale / output.scale));
  }
  return CheckUnaryEval(
      context, operands,
      {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16});
}

// --- PRELU

Status PreluInit(KernelContext& context) {
  context.Persistent(kPreluParams);
  return {};
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
  if (output.type == TensorType::kInt8 || output.type == TensorType::kInt16) {
    WarnMultiplier(context, static_cast<double>(input.scale) /
                                static_cast<double>(output.scale));
  }
  const bool takes_int16 = context.Has(Change::kPreluInt16);
  if (takes_int16 && output.type == TensorType::kInt16) {
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

// --- HARD_SWISH

Status HardSwishInit(KernelContext& context) {
  context.Persistent(kHardSwishParams);
  return {};
}

Status HardSwishPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(context));
  const auto& [input, output] = operands;
  if (input.type == TensorType::kInt8) {
    const float fine_scale = (1.0F / 128.0F) * input.scale;
    const auto multiplier = static_cast<double>(fine_scale / output.scale);
    WarnMultiplier(context, multiplier);
    // DownScaleInt32ToInt16Multiplier asserts the sign.
    TINYML_ENSURE(
        context,
        QuantizeMultiplier(multiplier).multiplier >= 0 && fine_scale >= 0.0F,
        "the scales must not be negative");
    TINYML_ENSURE(context, QuantizeMultiplier(multiplier).shift <= 0,
                  "the input's scale must be less than 128 times the output's");
  }
  return CheckUnaryEval(context, operands,
                        {TensorType::kFloat32, TensorType::kInt8});
}

}  // namespace

const Kernel kElu = {EluInit, EluPrepare};
const Kernel kRelu = {ReluInit, ReluPrepare};
const Kernel kRelu6 = {Relu6Init, Relu6Prepare};
const Kernel kLeakyRelu = {LeakyReluInit, LeakyReluPrepare};
const Kernel kPrelu = {PreluInit, PreluPrepare};
const Kernel kHardSwish = {HardSwishInit, HardSwishPrepare};

}  // namespace tinyml::runtime::reference
