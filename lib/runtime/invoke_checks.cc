#include "runtime/invoke_checks.h"

#include <algorithm>
#include <string>

namespace tinyml::runtime {

Status AbortsAtInvoke(KernelContext& context, std::string_view reason) {
  const std::string text =
      "the kernel aborts when it runs: " + std::string(reason);
  const KernelLibrary library = context.target().kernels.library;
  const bool esp =
      library == KernelLibrary::kEspNn || library == KernelLibrary::kEspNnAnsi;
  if (context.subgraph_index() == 0 && !esp) return context.Refuse(text);
  context.Warn(text);
  return {};
}

Status InvokeNeedsRank(KernelContext& context, const RuntimeTensor& tensor,
                       int rank) {
  TINYML_ENSURE_AT_INVOKE(
      context, tensor.Rank() == rank,
      tensor.Describe() + " should have rank " + std::to_string(rank));
  return {};
}

Status InvokeNeedsSameDim(KernelContext& context, const RuntimeTensor& a, int i,
                          const RuntimeTensor& b, int j) {
  const bool in_range = i >= 0 && i < a.Rank() && j >= 0 && j < b.Rank();
  TINYML_ENSURE_AT_INVOKE(context, in_range && a.Dim(i) == b.Dim(j),
                          "dimension " + std::to_string(i) + " of " +
                              a.Describe() + " and dimension " +
                              std::to_string(j) + " of " + b.Describe() +
                              " should be equal");
  return {};
}

bool HasLeadingShape(const RuntimeTensor& a, const RuntimeTensor& b) {
  constexpr int kMaxRank = 6;  // lite/kernels/internal/runtime_shape.h
  if (a.Rank() < 1 || a.Rank() > b.Rank() || b.Rank() > kMaxRank) return false;
  return std::equal(a.dims.begin(), a.dims.end(), b.dims.begin());
}

Status InvokeNeedsSameShape(KernelContext& context, const RuntimeTensor& a,
                            const RuntimeTensor& b) {
  TINYML_ENSURE_AT_INVOKE(
      context, HasLeadingShape(a, b),
      a.Describe() + " and " + b.Describe() + " should have the same shape");
  return {};
}

Status InvokeNeedsBiasSize(KernelContext& context, const RuntimeTensor* bias,
                           int32_t channels) {
  TINYML_ENSURE_AT_INVOKE(context,
                          bias == nullptr || bias->Elements() == channels,
                          "bias " + bias->Describe() + " should have " +
                              std::to_string(channels) + " elements");
  return {};
}

}  // namespace tinyml::runtime
