#include "ops/broadcast.h"

namespace tinyml::ops {
namespace {

// Dimension `i` of `shape` extended by leading ones to `rank` dimensions.
int32_t DimAt(std::span<const int32_t> shape, size_t rank, size_t i) {
  const size_t missing = rank - shape.size();
  return i < missing ? 1 : shape[i - missing];
}

size_t LargestRank(std::span<const std::vector<int32_t>> operands,
                   size_t rank) {
  for (const auto& shape : operands) rank = std::max(rank, shape.size());
  return rank;
}

}  // namespace

std::optional<Broadcast> Broadcast::Make(
    std::span<const int32_t> output,
    std::span<const std::vector<int32_t>> operands) {
  const size_t rank = LargestRank(operands, output.size());
  Broadcast result;
  result.elements_ = 1;
  for (size_t i = 0; i < rank; ++i) {
    result.dims_.push_back(DimAt(output, rank, i));
    result.elements_ *= result.dims_[i];
  }
  for (const auto& shape : operands) {
    auto& strides = result.strides_.emplace_back(rank);
    int64_t stride = 1;
    for (size_t i = rank; i-- > 0;) {
      const int32_t dim = DimAt(shape, rank, i);
      if (dim != 1 && dim != result.dims_[i]) return std::nullopt;
      strides[i] = dim == 1 ? 0 : stride;
      stride *= dim;
    }
  }
  result.position_.resize(rank);
  result.indices_.resize(operands.size());
  return result;
}

std::optional<std::vector<int32_t>> Broadcast::OutputShape(
    std::span<const std::vector<int32_t>> operands) {
  const size_t rank = LargestRank(operands, 0);
  std::vector<int32_t> output(rank, 1);
  for (const auto& shape : operands) {
    for (size_t i = 0; i < rank; ++i) {
      const int32_t dim = DimAt(shape, rank, i);
      if (dim == 1 || dim == output[i]) continue;
      if (output[i] != 1) return std::nullopt;
      output[i] = dim;
    }
  }
  return output;
}

void Broadcast::Advance() {
  for (size_t i = dims_.size(); i-- > 0;) {
    if (++position_[i] < dims_[i]) {
      for (size_t k = 0; k < indices_.size(); ++k) {
        indices_[k] += strides_[k][i];
      }
      return;
    }
    for (size_t k = 0; k < indices_.size(); ++k) {
      indices_[k] -= strides_[k][i] * (dims_[i] - 1);
    }
    position_[i] = 0;
  }
}

}  // namespace tinyml::ops
