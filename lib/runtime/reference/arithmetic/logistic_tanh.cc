// LOGISTIC and TANH. Source: tflite-micro 90b983c2b3f1, micro/kernels/
// {logistic,logistic_common,tanh}.cc; CheckedLog2 in lite/kernels/internal/
// quantization_util.cc.
#include <cmath>
#include <optional>
#include <string>

#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/operands.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime {
namespace {

// micro/kernels/logistic.h, OpDataLogistic; tanh.cc, OpData.
inline constexpr Field kOpDataFields[] = {Int32(4)};
inline constexpr StructDef kOpData = {"OpData (LOGISTIC, TANH)", kOpDataFields};
// With Change::kAmbiqLogisticTable. AmbiqAI/helia-rt b730fb0991d5, the same
// files.
inline constexpr Field kTableOpDataFields[] = {Int32(4), Int8(256)};
inline constexpr StructDef kTableOpData = {"OpData (LOGISTIC, TANH)",
                                           kTableOpDataFields};

// The exponent of a power of two, or nothing (CheckedLog2).
std::optional<int> ExactLog2(float value) {
  const float log2 = std::log(value) * (1.0F / std::log(2.0F));
  const float rounded = std::round(log2);
  if (!(std::abs(log2 - rounded) < 1e-3F)) return std::nullopt;
  return static_cast<int>(rounded);
}

// The int16 code of both: symmetric, the output with 15 fractional bits. An
// input scale of 2^-12 (for TANH also 2^-11) needs no multiplier.
Status CheckInt16(const KernelContext& context, const UnaryOperands& operands,
                  int most_left_shift) {
  const auto& [input, output] = operands;
  TINYML_RETURN_IF_ERROR(CheckZeroPointIsZero(context, input));
  TINYML_RETURN_IF_ERROR(CheckZeroPointIsZero(context, output));
  const std::optional<int> log2 = ExactLog2(input.scale);
  const bool direct =
      log2.has_value() && *log2 + 12 >= 0 && *log2 + 12 <= most_left_shift;
  // The multiplier without shift must fit 15 bits, or an assertion fails.
  TINYML_ENSURE(
      context,
      direct || !context.Has(Change::kLogisticTanhRange) ||
          std::trunc(static_cast<double>(input.scale) * 4096.0 * 3.0) <=
              32767.0,
      "the scale of " + input.Describe() + " must be less than 2.67 for int16");
  TINYML_ENSURE(
      context, ExactLog2(output.scale) == -15,
      "the scale of " + output.Describe() + " must be 2^-15 for int16");
  return {};
}

Status LogisticPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(context));
  const auto& [input, output] = operands;
  TINYML_RETURN_IF_ERROR(CheckSameType(context, input, output));
  if (input.type == TensorType::kInt8) {
    TINYML_ENSURE(context, output.zero_point == -128,
                  "the zero point of " + output.Describe() +
                      " must be -128, not " +
                      std::to_string(output.zero_point));
  } else if (input.type == TensorType::kInt16 &&
             context.Has(Change::kKernelsOf2022)) {
    TINYML_RETURN_IF_ERROR(CheckInt16(context, operands, 0));
  }
  // LogisticEval.
  if (!RunsType(
          context, input,
          {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16})) {
    return {};
  }
  if (input.type == TensorType::kFloat32) {
    return CheckEqualShapes(context, {&input, &output});
  }
  WarnSmallOutput(context, operands);
  return {};
}

Status TanhPrepare(KernelContext& context) {
  TINYML_ENSURE(context, context.TempInput(0) != nullptr, "input 0 is missing");
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(context));
  const auto& [input, output] = operands;
  TINYML_RETURN_IF_ERROR(CheckSameType(context, input, output));
  if (input.type == TensorType::kInt16 && context.Has(Change::kKernelsOf2022)) {
    TINYML_RETURN_IF_ERROR(CheckInt16(context, operands, 1));
  }
  // TanhEval.
  if (!RunsType(
          context, input,
          {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16})) {
    return {};
  }
  return CheckEqualShapes(context, {&input, &output});
}

}  // namespace

const OperatorKernel reference::kLogistic = {
    .init = InitWith<kTableOpData, Change::kAmbiqLogisticTable, kOpData>,
    .prepare = LogisticPrepare};
const OperatorKernel reference::kTanh = {
    .init = InitWith<kTableOpData, Change::kAmbiqLogisticTable, kOpData>,
    .prepare = TanhPrepare};

}  // namespace tinyml::runtime
