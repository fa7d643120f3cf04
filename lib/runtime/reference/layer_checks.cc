#include "runtime/reference/layer_checks.h"

#include <algorithm>
#include <string>

namespace tinyml::runtime {

Status AssertRank(KernelContext& context, const RuntimeTensor& tensor,
                  int rank) {
  TINYML_ENSURE_AT_INVOKE(
      context, tensor.Rank() == rank,
      tensor.Describe() + " must have rank " + std::to_string(rank));
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

}  // namespace tinyml::runtime
