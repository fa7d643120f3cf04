// The values of constant tensors, and new ones.
#ifndef TINYML_MODEL_CONSTANTS_H_
#define TINYML_MODEL_CONSTANTS_H_

#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "tinyml/model.h"

namespace tinyml {

// Elements as they lie in a buffer, and back.
template <typename T>
std::vector<T> ValuesIn(std::span<const uint8_t> bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!values.empty()) {
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  }
  return values;
}
template <typename T>
std::vector<uint8_t> BytesOf(const std::vector<T>& values) {
  std::vector<uint8_t> bytes(values.size() * sizeof(T));
  if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

// Whether the tensor holds float32 values that no operator writes.
bool IsFloatConstant(const Model& model, const Tensor& tensor);

// The elements of a float32 tensor's buffer.
std::vector<float> FloatsOf(const Model& model, const Tensor& tensor);

// Gives the tensor a buffer of its own; others may share the one that it has.
void SetData(Model& model, Tensor& tensor, std::vector<uint8_t> bytes);

}  // namespace tinyml

#endif  // TINYML_MODEL_CONSTANTS_H_
