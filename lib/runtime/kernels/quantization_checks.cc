#include "runtime/kernels/quantization_checks.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "base/macros.h"
#include "ops/fixed_point.h"

namespace tinyml::runtime {
namespace {

Status CheckBound(const KernelContext& context, float scale, float bound) {
  const float quantized = std::round(bound / scale);
  constexpr auto kMin = static_cast<float>(std::numeric_limits<int32_t>::min());
  constexpr auto kMax = static_cast<float>(std::numeric_limits<int32_t>::max());
  TINYML_ENSURE(context, quantized >= kMin && quantized <= kMax,
                "the bound of the fused activation overflows in the output's "
                "scale " +
                    std::to_string(scale));
  return {};
}

}  // namespace

Status CheckActivationRangeQuantized(const KernelContext& context,
                                     ActivationFunctionType activation,
                                     const RuntimeTensor& output) {
  TINYML_ENSURE(context,
                output.type == TensorType::kUInt8 ||
                    output.type == TensorType::kInt8 ||
                    output.type == TensorType::kInt16,
                "output " + output.Describe() +
                    " has no quantized range (int8, uint8 or int16)");
  switch (activation) {
    case ActivationFunctionType::kRelu:
      return CheckBound(context, output.scale, 0.0F);
    case ActivationFunctionType::kRelu6:
      TINYML_RETURN_IF_ERROR(CheckBound(context, output.scale, 0.0F));
      return CheckBound(context, output.scale, 6.0F);
    case ActivationFunctionType::kReluN1To1:
      TINYML_RETURN_IF_ERROR(CheckBound(context, output.scale, -1.0F));
      return CheckBound(context, output.scale, 1.0F);
    default:
      return {};
  }
}

Status CheckMultiplierAboveOne(const KernelContext& context, double multiplier,
                               std::string_view what) {
  TINYML_ENSURE(context, multiplier > 1.0,
                fmt::format("{} is {:.6g}, but the runtime needs it above 1 "
                            "(it follows from the scales)",
                            what, multiplier));
  return {};
}

Status CheckMultiplierBelowOne(const KernelContext& context, double multiplier,
                               std::string_view what) {
  const bool fits = multiplier > 0.0 && multiplier < 1.0 &&
                    QuantizeMultiplier(multiplier).shift <= 0;
  TINYML_ENSURE(
      context, fits,
      fmt::format("{} is {:.6g}, but the runtime needs it between 0 and 1 "
                  "(it follows from the scales)",
                  what, multiplier));
  return {};
}

Status CheckSumScales(const KernelContext& context, const RuntimeTensor& input,
                      const RuntimeTensor& output, int left_shift) {
  const double twice_max = 2 * static_cast<double>(input.scale);
  TINYML_RETURN_IF_ERROR(CheckMultiplierBelowOne(
      context, static_cast<double>(input.scale) / twice_max,
      "the input's multiplier"));
  return CheckMultiplierBelowOne(
      context,
      twice_max / ((1 << left_shift) * static_cast<double>(output.scale)),
      "the output's multiplier");
}

void WarnMultiplier(KernelContext& context, double multiplier) {
  if (std::isfinite(multiplier)) return;
  context.Warn(
      "the scales give no finite multiplier (is a tensor without quantization "
      "parameters?): the results at Invoke are meaningless");
}

Status CheckProductMultiplier(KernelContext& context,
                              const RuntimeTensor& input,
                              const RuntimeTensor& filter,
                              const RuntimeTensor* bias,
                              const RuntimeTensor& output) {
  const auto output_scale = static_cast<double>(output.scale);
  if (bias != nullptr) {
    const double product =
        static_cast<double>(input.scale) * static_cast<double>(filter.scale);
    const double difference =
        std::abs(product - static_cast<double>(bias->scale));
    TINYML_ENSURE(context, difference / output_scale <= 0.02,
                  "the scale of bias " + bias->Describe() + " is " +
                      std::to_string(bias->scale) +
                      ", not input scale x filter scale");
  }
  // The runtime multiplies these two in single precision.
  const auto product = static_cast<double>(input.scale * filter.scale);
  TINYML_ENSURE(context, product >= 0,
                "the product of input and filter scale is negative");
  WarnMultiplier(context, product / output_scale);
  return {};
}

Status CheckConvolutionQuantization(KernelContext& context,
                                    const RuntimeTensor& input,
                                    const RuntimeTensor& filter,
                                    const RuntimeTensor* bias,
                                    const RuntimeTensor& output,
                                    ActivationFunctionType activation,
                                    int32_t channels) {
  TINYML_ENSURE(context, input.IsAffine(),
                "input " + input.Describe() +
                    " has no quantization parameters (scale and zero point)");
  TINYML_ENSURE(context, filter.IsAffine(),
                "filter " + filter.Describe() +
                    " has no quantization parameters (scale and zero point)");
  const auto scales = static_cast<int64_t>(filter.Scales().size());
  if (scales > 1) {
    TINYML_ENSURE(
        context,
        input.type == TensorType::kInt8 || input.type == TensorType::kInt16,
        "per-channel quantization needs int8 or int16 input");
    TINYML_ENSURE(
        context,
        filter.type == TensorType::kInt8 || filter.type == TensorType::kInt4,
        "per-channel quantization needs an int8 or int4 filter");
    TINYML_ENSURE(context, scales == channels,
                  "filter " + filter.Describe() + " has " +
                      std::to_string(scales) + " scales for " +
                      std::to_string(channels) + " channels");
    TINYML_ENSURE(
        context, filter.Dim(filter.QuantizedDimension()) == channels,
        "filter " + filter.Describe() + " is quantized along dimension " +
            std::to_string(filter.QuantizedDimension()) +
            ", which does not have " + std::to_string(channels) + " elements");
  }
  for (float scale : filter.Scales()) {
    const double multiplier = static_cast<double>(input.scale) *
                              static_cast<double>(scale) /
                              static_cast<double>(output.scale);
    if (std::isfinite(multiplier)) continue;
    WarnMultiplier(context, multiplier);
    break;
  }
  if (input.type == TensorType::kUInt8) {
    TINYML_RETURN_IF_ERROR(
        CheckProductMultiplier(context, input, filter, bias, output));
  }
  const bool has_range = input.type == TensorType::kInt8 ||
                         input.type == TensorType::kUInt8 ||
                         input.type == TensorType::kInt16;
  if (!has_range) return {};
  return CheckActivationRangeQuantized(context, activation, output);
}

}  // namespace tinyml::runtime
