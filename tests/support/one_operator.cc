#include "tests/support/one_operator.h"

#include <utility>

#include "tinyml/model_builder.h"

namespace tinyml::testing {

Tensor MakeTensor(TensorType type, std::vector<int32_t> shape, float scale,
                  int64_t zero_point) {
  Tensor tensor;
  tensor.name = "t";
  tensor.type = type;
  tensor.shape = std::move(shape);
  if (scale != 0) tensor.quantization = PerTensor(scale, zero_point);
  return tensor;
}

Model OneOperator(BuiltinOperator code, const std::vector<Tensor>& tensors,
                  OperatorOptions options, size_t outputs) {
  ModelBuilder b;
  std::vector<TensorIndex> read;
  std::vector<TensorIndex> written;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const TensorIndex index = b.AddTensor("", TensorType::kFloat32, {});
    b.At(index) = tensors[i];
    (i + outputs < tensors.size() ? read : written).push_back(index);
  }
  b.SetInputs(read);
  b.SetOutputs(written);
  b.AddOperator(code, std::move(read), std::move(written), std::move(options));
  return b.model();
}

Model OneCustomOperator(const std::string& custom_code,
                        const std::vector<Tensor>& tensors, size_t outputs) {
  Model model = OneOperator(BuiltinOperator::kCustom, tensors, {}, outputs);
  model.operator_codes[0].custom_code = custom_code;
  return model;
}

}  // namespace tinyml::testing
