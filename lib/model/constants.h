// The values of constant tensors.
#ifndef TINYML_MODEL_CONSTANTS_H_
#define TINYML_MODEL_CONSTANTS_H_

#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "tinyml/model.h"

namespace tinyml {

// The elements of a buffer.
template <typename T>
std::vector<T> ValuesIn(std::span<const uint8_t> bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!values.empty()) {
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  }
  return values;
}

// The elements of a float32 tensor's buffer.
inline std::vector<float> FloatsOf(const Model& model, const Tensor& tensor) {
  return ValuesIn<float>(model.DataOf(tensor));
}

// Whether the tensor holds float32 values that no operator writes.
inline bool IsFloatConstant(const Model& model, const Tensor& tensor) {
  return tensor.type == TensorType::kFloat32 && !tensor.is_variable &&
         !model.DataOf(tensor).empty();
}

}  // namespace tinyml

#endif  // TINYML_MODEL_CONSTANTS_H_
