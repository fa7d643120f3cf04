// DIV, FLOOR_DIV and FLOOR_MOD. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{div,floor_div,floor_mod}.cc.
#include <algorithm>
#include <bit>
#include <cstdlib>
#include <string>

#include "base/macros.h"
#include "ops/fixed_point.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/operands.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/kernels/tensor_checks.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

// micro/kernels/div.cc, OpDataDiv.
inline constexpr Field kOpDataDivFields[] = {Int32(7)};
inline constexpr StructDef kOpDataDiv = {"OpDataDiv", kOpDataDivFields};

// Whether the quotient's shift passes the kernel's assertion, for a divisor of
// magnitude `divisor` and a dividend with `headroom` leading sign bits.
bool DivShiftFits(int output_shift, uint32_t divisor, int headroom) {
  const int reciprocal_shift = std::bit_width(divisor) - 1;
  const int total = output_shift - reciprocal_shift - headroom;
  return total >= -31 && total <= 0;
}

// Leading sign bits of a dividend: 31 of 0 and -1.
int Headroom(int dividend) {
  const int magnitude = dividend < 0 ? -dividend - 1 : dividend;
  return 31 - std::bit_width(static_cast<uint32_t>(magnitude));
}

// The least and the most leading sign bits of the dividends.
struct Headrooms {
  int least = 31;
  int most = 0;
};

Headrooms HeadroomsOf(const RuntimeTensor& dividend) {
  Headrooms headrooms;
  const auto add = [&headrooms](int value) {
    // The kernel changes the sign of the dividend with that of the divisor.
    for (const int signed_value : {value, -value}) {
      headrooms.least = std::min(headrooms.least, Headroom(signed_value));
      headrooms.most = std::max(headrooms.most, Headroom(signed_value));
    }
  };
  if (dividend.IsConstant()) {
    for (const int8_t value : dividend.DataAs<int8_t>()) {
      add(value - dividend.zero_point);
    }
  } else {
    for (int value = -128; value <= 127; ++value) {
      add(value - dividend.zero_point);
    }
  }
  return headrooms;
}

// The int8 kernel's fixed-point arithmetic works only for some values
// (reference/div.h, DivElementwise): it asserts a shift of 0 to 31. Refuses if
// a constant divisor leaves a dividend that the type can have without a
// quotient, or if all divisors do.
Status CheckDivValues(KernelContext& context, const BinaryOperands& operands,
                      int output_shift) {
  const auto& [input1, input2, output] = operands;
  const Headrooms headrooms = HeadroomsOf(input1);
  const auto fits = [&](uint32_t divisor) {
    return DivShiftFits(output_shift, divisor, headrooms.least) &&
           DivShiftFits(output_shift, divisor, headrooms.most);
  };
  if (input2.IsConstant()) {
    for (const int8_t value : input2.DataAs<int8_t>()) {
      const int divisor = std::abs(value - input2.zero_point);
      if (divisor == 0) {
        return AbortsAtInvoke(context,
                              "divisor " + input2.Describe() + " contains 0");
      }
      if (!fits(static_cast<uint32_t>(divisor))) {
        return AbortsAtInvoke(
            context, "with divisor " + input2.Describe() +
                         " and these scales, the quotients of some dividends "
                         "(0, or very large ones) are out of range");
      }
    }
    return {};
  }
  const int largest =
      std::max(127 - input2.zero_point, input2.zero_point + 128);
  bool some = false;
  bool all = true;
  for (int bit = 1; bit <= largest; bit *= 2) {
    const bool divisor_fits = fits(static_cast<uint32_t>(bit));
    some |= divisor_fits;
    all &= divisor_fits;
  }
  if (!some) {
    return AbortsAtInvoke(context,
                          "these scales leave quotients out of range whatever "
                          "the divisor");
  }
  std::string warning = "int8 division aborts at Invoke when the divisor is 0";
  if (!all) {
    warning +=
        ", and with these scales when the dividend is small or the divisor "
        "large";
  }
  context.Warn(warning);
  return {};
}

// DivEval.
Status CheckDivEval(KernelContext& context, const BinaryOperands& operands) {
  const auto& [input1, input2, output] = operands;
  if (output.type == TensorType::kInt32 && !context.Has(Change::kDivInt32)) {
    FailsAtInvoke(context,
                  "this revision has no code for int32 " + output.Describe());
    return {};
  }
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
  } else if (output.type == TensorType::kInt32 &&
             context.Has(Change::kDivInt32)) {
    TINYML_ENSURE(context, !input1.IsAffine() && !input2.IsAffine(),
                  "int32 inputs must not be quantized");
  }
  return CheckDivEval(context, operands);
}

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

}  // namespace

const OperatorKernel reference::kDiv = {.builtin_data = &kTfLiteDivParams,
                                        .init = InitWith<kOpDataDiv>,
                                        .prepare = DivPrepare};
const OperatorKernel reference::kFloorDiv = {.prepare = FloorDivPrepare};
const OperatorKernel reference::kFloorMod = {.prepare = FloorPrepare};

}  // namespace tinyml::runtime
