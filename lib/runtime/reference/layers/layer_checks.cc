#include "runtime/reference/layers/layer_checks.h"

#include <algorithm>
#include <string>

#include "ops/fixed_point.h"

namespace tinyml::runtime {
namespace {

// Whether every int64 in the bias keeps the sums within 48 bits.
bool FitsSums(const RuntimeTensor& bias) {
  // How far products can bring it back into range: 2^20 of int16 x int8.
  constexpr int64_t kProducts = int64_t{1} << 42;
  constexpr int64_t kLimit = (int64_t{1} << 47) + kProducts;
  const std::vector<int64_t> values = bias.DataAs<int64_t>();
  return std::all_of(values.begin(), values.end(), [](int64_t value) {
    return value >= -kLimit && value <= kLimit;
  });
}

}  // namespace

Status AssertRank4(KernelContext& context, TensorList tensors) {
  for (const RuntimeTensor* tensor : tensors) {
    TINYML_ENSURE_AT_INVOKE(context, tensor->Rank() == 4,
                            tensor->Describe() + " must have rank 4");
  }
  return {};
}

Status AssertSameDim(KernelContext& context, const RuntimeTensor& a, int i,
                     const RuntimeTensor& b, int j) {
  const bool in_range = i >= 0 && i < a.Rank() && j >= 0 && j < b.Rank();
  TINYML_ENSURE_AT_INVOKE(context, in_range && a.Dim(i) == b.Dim(j),
                          "dimension " + std::to_string(i) + " of " +
                              a.Describe() + " and dimension " +
                              std::to_string(j) + " of " + b.Describe() +
                              " must be equal");
  return {};
}

bool HasLeadingShape(const RuntimeTensor& a, const RuntimeTensor& b) {
  constexpr int kMaxRank = 6;  // lite/kernels/internal/runtime_shape.h
  if (a.Rank() < 1 || a.Rank() > b.Rank() || b.Rank() > kMaxRank) return false;
  return std::equal(a.dims.begin(), a.dims.end(), b.dims.begin());
}

Status AssertLeadingShape(KernelContext& context, const RuntimeTensor& a,
                          const RuntimeTensor& b) {
  TINYML_ENSURE_AT_INVOKE(
      context, HasLeadingShape(a, b),
      a.Describe() + " and " + b.Describe() +
          " must have the same shape, with 1 to 6 dimensions");
  return {};
}

Status AssertBiasSize(KernelContext& context, const RuntimeTensor* bias,
                      int32_t channels) {
  TINYML_ENSURE_AT_INVOKE(context,
                          bias == nullptr || bias->Elements() == channels,
                          "bias " + bias->Describe() + " must have " +
                              std::to_string(channels) + " elements");
  return {};
}

Status AssertInt64Sums(KernelContext& context, const RuntimeTensor& input,
                       const RuntimeTensor& filter, const RuntimeTensor* bias,
                       const RuntimeTensor& output) {
  const std::vector<float> none;
  for (float scale : filter.IsAffine() ? filter.Scales() : none) {
    const double factor = static_cast<double>(input.scale) *
                          static_cast<double>(scale) /
                          static_cast<double>(output.scale);
    const QuantizedMultiplier fixed = QuantizeMultiplier(factor);
    TINYML_ENSURE_AT_INVOKE(
        context, fixed.multiplier >= 0 && fixed.shift <= 7,
        "the scales give a factor of " + std::to_string(factor) +
            ", which must be at least 0 and below 128 for int16");
  }
  if (bias == nullptr) return {};
  TINYML_ENSURE_AT_INVOKE(context, FitsSums(*bias),
                          "bias " + bias->Describe() +
                              " is read as int64 and has values beyond 2^47");
  if (bias->type != TensorType::kInt64) {
    context.Warn("bias " + bias->Describe() + " is read as int64");
  }
  return {};
}

}  // namespace tinyml::runtime
