// A tensor while its model runs: where its elements are, and what they mean.
#ifndef TINYML_OPS_TENSOR_VIEW_H_
#define TINYML_OPS_TENSOR_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tinyml/model.h"

namespace tinyml::ops {

// What a kernel sees of a tensor. The interpreter that creates views makes sure
// that a view's bytes hold all elements of its `dims`; the kernel checks how
// the tensors of an operator relate to each other. Views and their memory stay
// where they are as long as the interpreter lives.
struct TensorView {
  const Tensor* source = nullptr;  // Name and quantization; never null.
  TensorType type = TensorType::kFloat32;
  // As in the runtime at Invoke; they may differ from the model's.
  std::vector<int32_t> dims;
  std::span<const uint8_t> bytes;
  uint8_t* writable = nullptr;  // The same bytes; null for a constant.
  // The first scale and zero point; 0 unless quantized in the runtime's view.
  float scale = 0.0F;
  int32_t zero_point = 0;

  int Rank() const { return static_cast<int>(dims.size()); }
  // Dimension `i`; requires 0 <= i < Rank().
  int32_t Dim(int i) const { return dims[i]; }
  // Product of `dims`; 1 for a scalar. Every dimension is >= 0, and the product
  // fits in int32 as in the runtime.
  int64_t Elements() const;
  bool IsConstant() const { return writable == nullptr; }
  // Whether it has both scales and zero points.
  bool IsAffine() const {
    return source->quantization.has_value() && source->quantization->IsAffine();
  }

  // The elements as T, whose width must be that of `type` (int4, of which two
  // share a byte in constants, is read through `bytes`). At least Elements().
  template <typename T>
  std::span<const T> As() const {
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
  // The same for writing. Requires !IsConstant().
  template <typename T>
  std::span<T> Mutable() const {
    return {reinterpret_cast<T*>(writable), bytes.size() / sizeof(T)};
  }

  // "'conv/Relu' (int8 [1,49,10,8])", for messages.
  std::string Describe() const;
};

// Number of elements of dims [first, last) of `dims`.
int64_t Product(std::span<const int32_t> dims, size_t first, size_t last);
int64_t Product(std::span<const int32_t> dims);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_TENSOR_VIEW_H_
