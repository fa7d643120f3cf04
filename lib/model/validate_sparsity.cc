// Sparse constants. A tensor of rank r with b blocked dimensions is stored as
// r + b dimensions in traversal order: numbers below r are the tensor's own,
// the others are blocks of the dimension that block_map names. Each is dense,
// or compressed by segments and indices. Source: tflite-micro 90b983c2b3f1,
// tensorflow/compiler/mlir/lite/schema/schema.fbs, SparsityParameters.
#include <vector>

#include "base/macros.h"
#include "model/validate_internal.h"
#include "tinyml/model.h"

namespace tinyml {
namespace {

size_t SizeOf(const SparseIndexVector& indices) {
  return std::visit(
      [](const auto& values) -> size_t {
        if constexpr (requires { values.size(); }) return values.size();
        return 0;
      },
      indices);
}

int64_t ValueAt(const SparseIndexVector& indices, size_t at) {
  return std::visit(
      [at](const auto& values) -> int64_t {
        if constexpr (requires { values.size(); }) return values[at];
        return 0;
      },
      indices);
}

Status ValidateTraversalOrder(const Sparsity& sparsity, size_t rank) {
  const size_t stored = rank + sparsity.block_map.size();
  if (sparsity.traversal_order.size() != stored ||
      sparsity.dimensions.size() != stored) {
    return Invalid(
        "its sparsity orders {} and describes {} dimensions, it has {} "
        "with {} blocked",
        sparsity.traversal_order.size(), sparsity.dimensions.size(), rank,
        sparsity.block_map.size());
  }
  std::vector<bool> seen(stored);
  for (int32_t dimension : sparsity.traversal_order) {
    if (dimension < 0 || static_cast<size_t>(dimension) >= stored ||
        seen[dimension]) {
      return Invalid(
          "the traversal order of its sparsity is not a permutation of {} "
          "dimensions",
          stored);
    }
    seen[dimension] = true;
  }
  for (int32_t dimension : sparsity.block_map) {
    if (dimension < 0 || static_cast<size_t>(dimension) >= rank) {
      return Invalid(
          "its sparsity blocks dimension {}, which is out of range, it has "
          "{} dimensions",
          dimension, rank);
    }
  }
  return {};
}

// Checks one compressed dimension below `parents` stored positions.
Status ValidateCompressed(const SparseDimension& dimension, size_t index,
                          int64_t parents) {
  const size_t segments = SizeOf(dimension.array_segments);
  const size_t indices = SizeOf(dimension.array_indices);
  if (static_cast<int64_t>(segments) != parents + 1) {
    return Invalid("sparse dimension {} has {} segments, it needs {}", index,
                   segments, parents + 1);
  }
  int64_t last = 0;
  for (size_t i = 0; i < segments; ++i) {
    const int64_t segment = ValueAt(dimension.array_segments, i);
    if (segment < last || (i == 0 && segment != 0) ||
        segment > static_cast<int64_t>(indices)) {
      return Invalid(
          "segment {} of sparse dimension {} begins at {}, out of order or "
          "past its {} indices",
          i, index, segment, indices);
    }
    last = segment;
  }
  if (last != static_cast<int64_t>(indices)) {
    return Invalid(
        "the segments of sparse dimension {} cover {} of its {} indices", index,
        last, indices);
  }
  return {};
}

}  // namespace

Status ValidateSparsity(const Tensor& tensor) {
  const Sparsity& sparsity = *tensor.sparsity;
  TINYML_RETURN_IF_ERROR(ValidateTraversalOrder(sparsity, tensor.shape.size()));
  // Positions stored so far: the product of dense sizes, or the last array of
  // indices.
  int64_t positions = 1;
  constexpr int64_t kMostPositions = int64_t{1} << 40;
  for (size_t i = 0; i < sparsity.dimensions.size(); ++i) {
    const SparseDimension& dimension = sparsity.dimensions[i];
    if (!dimension.sparse_csr) {
      if (dimension.dense_size <= 0 ||
          positions > kMostPositions / dimension.dense_size) {
        return Invalid("dense dimension {} of its sparsity has size {}", i,
                       dimension.dense_size);
      }
      positions *= dimension.dense_size;
      continue;
    }
    TINYML_RETURN_IF_ERROR(ValidateCompressed(dimension, i, positions));
    const size_t number = sparsity.traversal_order[i];
    const size_t count = SizeOf(dimension.array_indices);
    if (number < tensor.shape.size()) {
      for (size_t k = 0; k < count; ++k) {
        const int64_t value = ValueAt(dimension.array_indices, k);
        if (value < 0 || value >= tensor.shape[number]) {
          return Invalid(
              "index {} of sparse dimension {} is {}, the dimension has {}", k,
              i, value, tensor.shape[number]);
        }
      }
    }
    positions = static_cast<int64_t>(count);
  }
  return {};
}

}  // namespace tinyml
