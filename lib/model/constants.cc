#include "model/constants.h"

#include <utility>

namespace tinyml {

bool IsFloatConstant(const Model& model, const Tensor& tensor) {
  return tensor.type == TensorType::kFloat32 && !tensor.is_variable &&
         !model.DataOf(tensor).empty();
}

std::vector<float> FloatsOf(const Model& model, const Tensor& tensor) {
  return ValuesIn<float>(model.DataOf(tensor));
}

void SetData(Model& model, Tensor& tensor, std::vector<uint8_t> bytes) {
  tensor.buffer = static_cast<uint32_t>(model.buffers.size());
  model.buffers.push_back({.data = BufferData(std::move(bytes))});
}

}  // namespace tinyml
