#include "tests/runtime/reference/one_operator.h"

#include <memory>
#include <utility>

#include "model/append.h"
#include "tinyml/model_builder.h"

namespace tinyml::runtime {

Tensor MakeTensor(TensorType type, std::vector<int32_t> shape, float scale,
                  int64_t zero_point) {
  Tensor tensor;
  tensor.name = "t";
  tensor.type = type;
  tensor.shape = std::move(shape);
  if (scale != 0.0F) tensor.quantization = PerTensor(scale, zero_point);
  return tensor;
}

Model OneOperator(BuiltinOperator code, std::vector<Tensor> tensors,
                  OperatorOptions options, size_t outputs) {
  ModelBuilder b;
  std::vector<TensorIndex> read;
  std::vector<TensorIndex> written;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const TensorIndex index = b.AddTensor("", TensorType::kFloat32, {});
    (i + outputs < tensors.size() ? read : written).push_back(index);
    b.At(index) = std::move(tensors[i]);
  }
  b.SetInputs(read);
  b.SetOutputs(written);
  b.AddOperator(code, std::move(read), std::move(written), std::move(options));
  // Not Build(): tests need faulty models.
  return b.model();
}

Model OneCustomOperator(
    const std::string& custom_code, std::vector<Tensor> tensors, size_t outputs,
    const std::function<void(flexbuffers::Builder&)>& fill) {
  Model model =
      OneOperator(BuiltinOperator::kCustom, std::move(tensors), {}, outputs);
  model.operator_codes[0].custom_code = custom_code;
  flexbuffers::Builder builder;
  builder.Map([&] { fill(builder); });
  builder.Finish();
  const auto owner =
      std::make_shared<const std::vector<uint8_t>>(builder.GetBuffer());
  model.subgraphs[0].operators[0].custom_options =
      BufferData(owner, std::span<const uint8_t>(*owner));
  return model;
}

void SetConstant(Model& model, size_t index,
                 const std::vector<int32_t>& values) {
  model.subgraphs[0].tensors[index].buffer =
      AppendBuffer(model, BufferOf(values));
  std::erase(model.subgraphs[0].inputs, static_cast<TensorIndex>(index));
}

Target MakeTarget(KernelLibrary library) {
  Target target;
  target.abi = {.pointer_bytes = 4, .int64_alignment = 8, .short_enums = true};
  target.kernels.library = library;
  return target;
}

Result<Simulation> Allocate(const Model& model, KernelLibrary library) {
  return Simulate(model, MakeTarget(library));
}

std::string ErrorOf(const Model& model, const Target& target) {
  const auto result = Simulate(model, target);
  return result.has_value() ? "" : result.error().message;
}

std::vector<int64_t> ScratchBytes(const Simulation& simulation) {
  std::vector<int64_t> bytes;
  for (const auto& request : simulation.scratch) bytes.push_back(request.bytes);
  return bytes;
}

std::vector<int64_t> PersistentBytes(const Simulation& simulation,
                                     Phase phase) {
  std::vector<int64_t> bytes;
  for (const Event& event : simulation.events) {
    if (event.kind == EventKind::kPersistent && event.phase == phase) {
      bytes.push_back(event.size);
    }
  }
  return bytes;
}

}  // namespace tinyml::runtime
