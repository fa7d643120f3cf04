#include <algorithm>
#include <cmath>
#include <vector>

#include "base/macros.h"
#include "model/options_base.h"
#include "model/validate_internal.h"
#include "tinyml/model.h"

namespace tinyml {
namespace {

bool IsKnown(TensorType type) { return !KnownTensorTypeName(type).empty(); }

std::string ShapeText(std::span<const int32_t> shape) {
  return fmt::format("[{}]", fmt::join(shape, ","));
}

Status ValidateShape(const Tensor& tensor) {
  // -1 is a dimension that is known later: the runtime's RESHAPE fills it in.
  // Source: tflite-micro 90b983c2b3f1, micro/kernels/reshape_common.cc.
  std::vector<int32_t> known;
  for (size_t i = 0; i < tensor.shape.size(); ++i) {
    if (tensor.shape[i] < -1) {
      return Invalid("dimension {} is {}", i, tensor.shape[i]);
    }
    if (tensor.shape[i] >= 0) known.push_back(tensor.shape[i]);
  }
  // Far below where a count of bits would overflow.
  constexpr int64_t kMostElements = int64_t{1} << 40;
  if (ElementCount(known).value_or(kMostElements + 1) > kMostElements) {
    return Invalid("its shape {} has too many elements",
                   ShapeText(tensor.shape));
  }
  const auto& signature = tensor.shape_signature;
  if (!signature.empty() && signature.size() != tensor.shape.size()) {
    return Invalid("its shape has {} dimensions, its shape signature {}",
                   tensor.shape.size(), signature.size());
  }
  for (size_t i = 0; i < signature.size(); ++i) {
    if (signature[i] < -1) {
      return Invalid("dimension {} of its shape signature is {}", i,
                     signature[i]);
    }
  }
  return {};
}

Status ValidateBuffer(const Model& model, const Tensor& tensor) {
  if (tensor.buffer >= model.buffers.size()) {
    return Invalid("buffer {} is out of range, the model has {} buffers",
                   tensor.buffer, model.buffers.size());
  }
  const size_t size = model.DataOf(tensor).size();
  // Sparse data are shorter than the shape; strings have no width.
  if (size == 0 || tensor.sparsity) return {};
  const auto unknown = std::find(tensor.shape.begin(), tensor.shape.end(), -1);
  if (unknown != tensor.shape.end()) {
    return Invalid("it is constant, but dimension {} is -1",
                   unknown - tensor.shape.begin());
  }
  const auto needed = StoredBytes(tensor.type, tensor.shape);
  if (needed && static_cast<uint64_t>(*needed) != size) {
    return Invalid("its buffer {} has {} bytes, {} {} takes {}", tensor.buffer,
                   size, TensorTypeName(tensor.type), ShapeText(tensor.shape),
                   *needed);
  }
  return {};
}

Status ValidateVariants(const Tensor& tensor) {
  for (size_t i = 0; i < tensor.variant_tensors.size(); ++i) {
    if (!IsKnown(tensor.variant_tensors[i].type)) {
      return Invalid("variant {} has type {}, which the format lacks", i,
                     static_cast<int>(tensor.variant_tensors[i].type));
    }
  }
  return {};
}

// Checks a tensor index that quantization details hold.
Status ValidateDetailTensor(const Model& model, size_t subgraph, int32_t index,
                            std::string_view what) {
  const size_t tensors = model.subgraphs[subgraph].tensors.size();
  if (index >= -1 && index < static_cast<int64_t>(tensors)) return {};
  return Invalid(
      "the tensor {} of its {} is out of range, the subgraph has {} "
      "tensors",
      index, what, tensors);
}

Status ValidateDetails(const Model& model, size_t subgraph,
                       const Quantization& q) {
  const auto check = [&](const auto& details) -> Status {
    TINYML_RETURN_IF_ERROR(
        ValidateDetailTensor(model, subgraph, details.scales, "block scales"));
    TINYML_RETURN_IF_ERROR(ValidateDetailTensor(
        model, subgraph, details.zero_points, "block zero points"));
    if (details.block_size < 0) {
      return Invalid("its quantization has a block size of {}",
                     details.block_size);
    }
    return {};
  };
  if (const auto* block = std::get_if<BlockwiseQuantization>(&q.details)) {
    return check(*block);
  }
  if (const auto* axes = std::get_if<MultiAxisQuantization>(&q.details)) {
    return check(*axes);
  }
  return {};
}

// The dimension that has a scale for each index. Old converters gave a bias the
// quantized dimension of its filter, which the runtime never reads; a vector
// has only one dimension anyway.
int32_t QuantizedAxis(const Tensor& tensor) {
  return tensor.shape.size() == 1 ? 0
                                  : tensor.quantization->quantized_dimension;
}

Status ValidateTensor(const Model& model, size_t subgraph,
                      const Tensor& tensor) {
  if (!IsKnown(tensor.type)) {
    return Invalid("type {} is not a type of the format",
                   static_cast<int>(tensor.type));
  }
  TINYML_RETURN_IF_ERROR(ValidateShape(tensor));
  TINYML_RETURN_IF_ERROR(ValidateBuffer(model, tensor));
  TINYML_RETURN_IF_ERROR(ValidateVariants(tensor));
  if (tensor.quantization) {
    TINYML_RETURN_IF_ERROR(ValidateQuantization(model, subgraph, tensor));
  }
  if (tensor.sparsity) TINYML_RETURN_IF_ERROR(ValidateSparsity(tensor));
  return {};
}

}  // namespace

Status ValidateQuantization(const Model& model, size_t subgraph,
                            const Tensor& tensor) {
  const Quantization& q = *tensor.quantization;
  for (size_t i = 0; i < q.scale.size(); ++i) {
    if (!std::isfinite(q.scale[i]) || q.scale[i] < 0) {
      return Invalid("scale {} is {}", i, q.scale[i]);
    }
  }
  if (q.scale.size() > 1) {
    const int32_t axis = QuantizedAxis(tensor);
    if (axis < 0 || static_cast<size_t>(axis) >= tensor.shape.size()) {
      return Invalid(
          "its quantized dimension {} is out of range, it has {} "
          "dimensions",
          axis, tensor.shape.size());
    }
    const int32_t length = tensor.shape[axis];
    if (q.scale.size() != static_cast<uint64_t>(length)) {
      return Invalid("it has {} scales, dimension {} has {}", q.scale.size(),
                     axis, length);
    }
  }
  if (!q.scale.empty() && q.zero_point.size() > 1 &&
      q.zero_point.size() != q.scale.size()) {
    return Invalid("it has {} zero points and {} scales", q.zero_point.size(),
                   q.scale.size());
  }
  if (!q.min.empty() && !q.max.empty() && q.min.size() != q.max.size()) {
    return Invalid("its range has {} minima and {} maxima", q.min.size(),
                   q.max.size());
  }
  return ValidateDetails(model, subgraph, q);
}

Status ValidateTensors(const Model& model, size_t subgraph) {
  const auto& tensors = model.subgraphs[subgraph].tensors;
  for (size_t i = 0; i < tensors.size(); ++i) {
    TINYML_RETURN_IF_ERROR(About(model, TensorId(subgraph, i),
                                 ValidateTensor(model, subgraph, tensors[i])));
  }
  return {};
}

}  // namespace tinyml
