// SOFTMAX. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{softmax,softmax_common}.cc.
#include "runtime/reference/sequence/softmax.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/macros.h"
#include "model/operator_table.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/layers/layer_checks.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

// lite/kernels/internal/common.h, LUTSize<int16_t>.
constexpr int64_t kInt16TableEntries = 513;

// TF_LITE_ENSURE_NEAR with the tolerance that the kernel asks for.
Status CheckOutputScale(const KernelContext& context,
                        const RuntimeTensor& output, float expected) {
  const float tolerance = 0.001F * expected;
  TINYML_ENSURE(context, !(std::abs(output.scale - expected) > tolerance),
                "output " + output.Describe() + " should have scale 1/" +
                    std::to_string(std::lround(1.0F / expected)));
  return {};
}

Status CheckInt8(KernelContext& context, const RuntimeTensor& input,
                 const RuntimeTensor& output, double beta) {
  if (output.type == TensorType::kInt16) {
    TINYML_ENSURE(context, output.zero_point == -32768,
                  "int16 output " + output.Describe() +
                      " of an int8 input should have zero point -32768");
    TINYML_RETURN_IF_ERROR(CheckOutputScale(context, output, 1.0F / 65536.0F));
  } else {
    TINYML_RETURN_IF_ERROR(
        CheckFixedResult(context, BuiltinOperator::kSoftmax, output));
  }
  return CheckMultiplierAboveOne(
      context, SoftmaxInputMultiplier(beta, static_cast<double>(input.scale)),
      "2^26 x beta x input scale");
}

Status CheckInt16(KernelContext& context, const RuntimeTensor& input,
                  const RuntimeTensor& output, double beta) {
  const bool checks_input = context.Has(Change::kInt16ZeroPoints);
  TINYML_ENSURE(
      context,
      output.zero_point == 0 && (input.zero_point == 0 || !checks_input),
      "int16 input and output need zero point 0");
  TINYML_RETURN_IF_ERROR(CheckOutputScale(context, output, 1.0F / 32768.0F));
  WarnMultiplier(context,
                 static_cast<double>(input.scale) * beta / (10.0 / 65535.0));
  return {};
}

// Without Change::kWithoutUInt8.
Status CheckUInt8(const KernelContext& context, const RuntimeTensor& input,
                  const RuntimeTensor& output, double beta) {
  TINYML_ENSURE(context,
                output.type == TensorType::kUInt8 && output.zero_point == 0,
                "output " + output.Describe() +
                    " of a uint8 input should be uint8 with zero point 0");
  return CheckMultiplierAboveOne(
      context, SoftmaxInputMultiplier(beta, static_cast<double>(input.scale)),
      "2^26 x beta x input scale");
}

Status CalculateSoftmaxParams(KernelContext& context,
                              const RuntimeTensor& input,
                              const RuntimeTensor& output) {
  if (input.type == TensorType::kInt16) {
    context.Persistent("exponent table", kInt16TableEntries * 2);
    context.Persistent("reciprocal table", kInt16TableEntries * 2);
  }
  const bool takes_uint8 = !context.Has(Change::kWithoutUInt8);
  const bool widens = output.type == TensorType::kInt16 &&
                      (input.type == TensorType::kInt8 ||
                       (takes_uint8 && input.type == TensorType::kUInt8));
  const bool types_fit = input.type == output.type || widens;
  TINYML_ENSURE(context, types_fit,
                "input " + input.Describe() + " and output " +
                    output.Describe() + " do not match");
  const auto beta = static_cast<double>(context.Options<SoftmaxOptions>().beta);
  switch (input.type) {
    case TensorType::kFloat32:
      return {};
    case TensorType::kInt8:
      return CheckInt8(context, input, output, beta);
    case TensorType::kInt16:
      return CheckInt16(context, input, output, beta);
    case TensorType::kUInt8:
      if (takes_uint8) return CheckUInt8(context, input, output, beta);
      [[fallthrough]];
    default:
      return context.Refuse("input " + input.Describe() +
                            " has a type other than float32, int8 and int16");
  }
}

Status Prepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckSoftmax(context));
  // lite/kernels/internal/reference/softmax.h
  return AssertLeadingShape(context, *context.Input(0), *context.Output(0));
}

}  // namespace

Status CheckFixedResult(const KernelContext& context, BuiltinOperator code,
                        const RuntimeTensor& output) {
  const FixedParameters fixed = QuantizationRuleOf(code)->fixed_int8;
  TINYML_ENSURE(
      context,
      output.scale == fixed.scale && output.zero_point == fixed.zero_point,
      "output " + output.Describe() + " should have scale " +
          std::to_string(std::lround(fixed.scale * 256)) +
          "/256 and zero point " + std::to_string(fixed.zero_point));
  return {};
}

double SoftmaxInputMultiplier(double beta, double input_scale) {
  constexpr int kIntegerBits = 5;
  constexpr double kLargest = 2147483647.0;
  const double product = beta * input_scale * (1 << (31 - kIntegerBits));
  return std::min(product, kLargest);
}

Status CheckSoftmax(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  TINYML_ENSURE(context, input->Rank() >= 1, "the input is a scalar");
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  return CalculateSoftmaxParams(context, *input, *output);
}

const OperatorKernel reference::kSoftmax = {
    .builtin_data = &kTfLiteSoftmaxParams,
    .init = InitWith<kSoftmaxParams>,
    .prepare = Prepare};

}  // namespace tinyml::runtime
