// SUB, DIV, FLOOR_DIV, FLOOR_MOD and SQUARED_DIFFERENCE. Source: tflite-micro
// 90b983c2b3f1, micro/kernels/{sub,sub_common,div,floor_div,floor_mod,
// squared_difference}.cc.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>

#include "base/macros.h"
#include "ops/fixed_point.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/operands.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/reference/arithmetic/arithmetic_kernels.h"

namespace tinyml::runtime::reference {
namespace {

// micro/kernels/sub.h, OpDataSub.
inline constexpr Field kOpDataSubFields[] = {Bool(),   Int32(2), Int32(2),
                                             Int32(3), Int32(2), Int32(3)};
inline constexpr StructDef kOpDataSub = {"OpDataSub", kOpDataSubFields};

// micro/kernels/div.cc, OpDataDiv.
inline constexpr Field kOpDataDivFields[] = {Int32(7)};
inline constexpr StructDef kOpDataDiv = {"OpDataDiv", kOpDataDivFields};

// lite/kernels/internal/types.h, ArithmeticParams.
inline constexpr Field kArithmeticParamsFields[] = {
    Int8(),   Int32(5), Int32(5), Int32(2),
    Float(2), Int64(2), Int16(2), Int32(5)};
inline constexpr StructDef kArithmeticParams = {"ArithmeticParams",
                                                kArithmeticParamsFields};

// micro/kernels/squared_difference.cc, OpData.
inline constexpr Field kOpDataSquaredDifferenceFields[] = {
    Bool(), Struct(kArithmeticParams)};
inline constexpr StructDef kOpDataSquaredDifference = {
    "OpData (SQUARED_DIFFERENCE)", kOpDataSquaredDifferenceFields};

bool IsInt8OrInt16(const RuntimeTensor& tensor) {
  return tensor.type == TensorType::kInt8 || tensor.type == TensorType::kInt16;
}

// --- SUB

Status SubInit(KernelContext& context) {
  context.Persistent(kOpDataSub);
  return {};
}

// SubEval.
Status CheckSubEval(KernelContext& context, const BinaryOperands& operands) {
  const auto& [input1, input2, output] = operands;
  if (output.type == TensorType::kInt32 && !context.Has(Change::kSubInt32)) {
    FailsAtInvoke(context,
                  "this revision has no code for int32 " + output.Describe());
    return {};
  }
  if (!RunsType(context, output,
                {TensorType::kFloat32, TensorType::kInt32, TensorType::kInt8,
                 TensorType::kInt16})) {
    return {};
  }
  WarnMixedTypes(context, input1, output);
  WarnMixedTypes(context, input2, output);
  const bool broadcast = IsInt8OrInt16(output)
                             ? !SameExtendedShape(input1, input2)
                             : input1.dims != input2.dims;
  if (broadcast) return CheckBroadcast(context, operands);
  TINYML_RETURN_IF_ERROR(
      CheckEqualElements(context, {&input1, &input2, &output}));
  for (const RuntimeTensor* input : {&input1, &input2}) {
    if (output.type == TensorType::kInt8) {
      TINYML_RETURN_IF_ERROR(CheckZeroPointRange(context, *input, -128, 128));
    } else if (output.type == TensorType::kInt16) {
      TINYML_RETURN_IF_ERROR(CheckZeroPointRange(context, *input, 0, 0));
    }
  }
  return {};
}

Status SubPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeBinary(context));
  const auto& [input1, input2, output] = operands;
  if (IsInt8OrInt16(output)) {
    // In single precision, unlike ADD.
    const int left_shift = output.type == TensorType::kInt16 ? 15 : 20;
    const float twice_max = 2 * std::max(input1.scale, input2.scale);
    TINYML_RETURN_IF_ERROR(CheckMultiplierBelowOne(
        context, static_cast<double>(input1.scale / twice_max),
        "the multiplier of input 0"));
    TINYML_RETURN_IF_ERROR(CheckMultiplierBelowOne(
        context, static_cast<double>(input2.scale / twice_max),
        "the multiplier of input 1"));
    const float scaled = static_cast<float>(1 << left_shift) * output.scale;
    TINYML_RETURN_IF_ERROR(CheckMultiplierBelowOne(
        context, static_cast<double>(twice_max / scaled),
        "the output's multiplier"));
    TINYML_RETURN_IF_ERROR(CheckActivationRangeQuantized(
        context, context.Options<SubOptions>().fused_activation_function,
        output));
  } else if (output.type == TensorType::kInt32 &&
             context.Has(Change::kSubInt32)) {
    TINYML_ENSURE(
        context, !input1.IsAffine() && !input2.IsAffine() && !output.IsAffine(),
        "int32 inputs and output must not be quantized");
  }
  return CheckSubEval(context, operands);
}

// --- DIV

Status DivInit(KernelContext& context) {
  context.Persistent(kOpDataDiv);
  return {};
}

// Whether the quotient's shift is one that the kernel asserts, for a divisor of
// magnitude `divisor` and a dividend with `headroom` leading sign bits.
bool DivShiftFits(int output_shift, uint32_t divisor, int headroom) {
  const int reciprocal_shift = std::bit_width(divisor) - 1;
  const int total = output_shift - reciprocal_shift - headroom;
  return total >= -31 && total <= 0;
}

// The int8 kernel's fixed-point arithmetic works for some values only
// (reference/div.h, DivElementwise). Refuses where no dividend fits.
Status CheckDivValues(KernelContext& context, const BinaryOperands& operands,
                      int output_shift) {
  const auto& [input1, input2, output] = operands;
  // Leading sign bits of the largest possible dividend; 0 has 31.
  const int largest =
      std::max(127 - input1.zero_point, input1.zero_point + 128);
  const int least_headroom =
      31 - std::bit_width(static_cast<uint32_t>(std::max(largest, 1)));
  bool always = true;  // Every dividend and divisor fits.
  const auto check = [&](uint32_t divisor) {
    bool some = false;
    for (int headroom = least_headroom; headroom <= 31; ++headroom) {
      const bool fits = DivShiftFits(output_shift, divisor, headroom);
      some |= fits;
      always &= fits;
    }
    return some;
  };
  if (!input2.IsConstant()) {
    bool some = false;
    for (uint32_t bit = 1; bit <= 128; bit *= 2) some |= check(bit);
    if (!some) {
      return AbortsAtInvoke(context, "the scales leave no quotient in range");
    }
    always = false;  // The divisor may be its zero point.
  } else {
    for (int8_t value : input2.DataAs<int8_t>()) {
      const int divisor = std::abs(value - input2.zero_point);
      if (divisor == 0) {
        return AbortsAtInvoke(context,
                              "divisor " + input2.Describe() + " contains 0");
      }
      if (!check(static_cast<uint32_t>(divisor))) {
        return AbortsAtInvoke(context, "with divisor " + input2.Describe() +
                                           " no quotient is in range");
      }
    }
  }
  if (!always) {
    context.Warn(
        "int8 division aborts at Invoke when the divisor is 0, and with these "
        "scales when the dividend is small or the divisor large");
  }
  return {};
}

// DivEval.
Status CheckDivEval(KernelContext& context, const BinaryOperands& operands) {
  const auto& [input1, input2, output] = operands;
  if (!RunsType(
          context, output,
          {TensorType::kFloat32, TensorType::kInt32, TensorType::kInt8})) {
    return {};
  }
  if (SameExtendedShape(input1, input2)) {
    TINYML_RETURN_IF_ERROR(
        CheckEqualElements(context, {&input1, &input2, &output}));
  } else {
    TINYML_RETURN_IF_ERROR(CheckBroadcast(context, operands));
  }
  if (output.type != TensorType::kInt8) return {};
  for (const RuntimeTensor* tensor : {&input1, &input2, &output}) {
    TINYML_RETURN_IF_ERROR(CheckZeroPointRange(context, *tensor, -128, 128));
  }
  const float multiplier = input1.scale / (input2.scale * output.scale);
  return CheckDivValues(
      context, operands,
      QuantizeMultiplier(static_cast<double>(multiplier)).shift);
}

Status DivPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeBinary(context));
  const auto& [input1, input2, output] = operands;
  TINYML_RETURN_IF_ERROR(CheckSameType(context, input1, input2));
  TINYML_RETURN_IF_ERROR(CheckSameType(context, input1, output));
  if (output.type == TensorType::kInt8) {
    TINYML_RETURN_IF_ERROR(CheckActivationRangeQuantized(
        context, context.Options<DivOptions>().fused_activation_function,
        output));
    WarnMultiplier(context, static_cast<double>(input1.scale /
                                                (input2.scale * output.scale)));
  } else if (output.type == TensorType::kInt32) {
    TINYML_ENSURE(context, !input1.IsAffine() && !input2.IsAffine(),
                  "int32 inputs must not be quantized");
  }
  return CheckDivEval(context, operands);
}

// --- FLOOR_DIV and FLOOR_MOD

// FloorDivPrepare and FloorModPrepare, and their Eval.
Status FloorPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 2, 1));
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeBinary(context));
  const auto& [input1, input2, output] = operands;
  TINYML_RETURN_IF_ERROR(CheckSameType(context, input1, input2));
  TINYML_RETURN_IF_ERROR(CheckSameType(context, input1, output));
  if (!RunsType(context, input1, {TensorType::kFloat32})) return {};
  if (input1.dims != input2.dims) return CheckBroadcast(context, operands);
  return CheckEqualShapes(context, {&input1, &input2, &output});
}

Status FloorDivPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(FloorPrepare(context));
  const RuntimeTensor& divisor = *context.Input(1);
  if (divisor.type == TensorType::kFloat32) {
    const auto values = divisor.DataAs<float>();
    if (std::find(values.begin(), values.end(), 0.0F) != values.end()) {
      FailsAtInvoke(context, "divisor " + divisor.Describe() + " contains 0");
    }
  }
  return {};
}

// --- SQUARED_DIFFERENCE

Status SquaredDifferenceInit(KernelContext& context) {
  context.Persistent(kOpDataSquaredDifference);
  return {};
}

// PrepareQuantized.
Status CheckSquaredDifferenceScales(KernelContext& context,
                                    const BinaryOperands& operands,
                                    int left_shift) {
  const auto& [input1, input2, output] = operands;
  const double twice_max =
      2.0 * static_cast<double>(std::max(input1.scale, input2.scale));
  TINYML_RETURN_IF_ERROR(CheckMultiplierBelowOne(
      context, static_cast<double>(input1.scale) / twice_max,
      "the multiplier of input 0"));
  TINYML_RETURN_IF_ERROR(CheckMultiplierBelowOne(
      context, static_cast<double>(input2.scale) / twice_max,
      "the multiplier of input 1"));
  const float scaled = static_cast<float>(1 << left_shift * 2) * output.scale;
  WarnMultiplier(context, twice_max * twice_max / static_cast<double>(scaled));
  return {};
}

// SquaredDifferenceEval.
Status CheckSquaredDifferenceEval(KernelContext& context,
                                  const BinaryOperands& operands) {
  const auto& [input1, input2, output] = operands;
  if (!RunsType(context, output,
                {TensorType::kFloat32, TensorType::kInt32, TensorType::kInt8,
                 TensorType::kInt16})) {
    return {};
  }
  WarnMixedTypes(context, input1, output);
  if (input1.dims != input2.dims) return CheckBroadcast(context, operands);
  if (IsInt8OrInt16(output)) {
    if (output.Elements() < input1.Elements()) {
      context.Warn("the kernel writes past the end of " + output.Describe() +
                   " at Invoke");
    }
    return CheckShapeRanks(context, {&input1});
  }
  return CheckEqualShapes(context, {&input1, &input2, &output});
}

Status SquaredDifferencePrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 2, 1));
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeBinary(context));
  const auto& [input1, input2, output] = operands;
  TINYML_RETURN_IF_ERROR(CheckSameType(context, input1, input2));
  if (input1.type == TensorType::kInt8) {
    for (const RuntimeTensor* tensor : {&input1, &input2, &output}) {
      TINYML_ENSURE(
          context, tensor->zero_point >= -128 && tensor->zero_point <= 127,
          "the zero point of " + tensor->Describe() + " is " +
              std::to_string(tensor->zero_point) + ", outside of int8");
    }
    TINYML_RETURN_IF_ERROR(CheckSquaredDifferenceScales(context, operands, 7));
  } else if (input1.type == TensorType::kInt16) {
    for (const RuntimeTensor* tensor : {&input1, &input2, &output}) {
      TINYML_RETURN_IF_ERROR(CheckZeroPointIsZero(context, *tensor));
    }
    TINYML_RETURN_IF_ERROR(CheckSquaredDifferenceScales(context, operands, 0));
  }
  return CheckSquaredDifferenceEval(context, operands);
}

}  // namespace

const Kernel kSub = {SubInit, SubPrepare};
const Kernel kDiv = {DivInit, DivPrepare};
const Kernel kFloorDiv = {nullptr, FloorDivPrepare};
const Kernel kFloorMod = {nullptr, FloorPrepare};
const Kernel kSquaredDifference = {SquaredDifferenceInit,
                                   SquaredDifferencePrepare};

}  // namespace tinyml::runtime::reference
