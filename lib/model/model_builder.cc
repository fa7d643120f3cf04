#include "tinyml/model_builder.h"

#include <algorithm>

#include "base/macros.h"
#include "model/append.h"
#include "model/options_base.h"

namespace tinyml {

uint32_t OpcodeFor(Model& model, BuiltinOperator code,
                   std::string_view custom_code,
                   std::optional<int32_t> version) {
  std::vector<OperatorCode>& codes = model.operator_codes;
  const auto found =
      std::ranges::find_if(codes, [&](const OperatorCode& known) {
        return known.Code() == code &&
               (code != BuiltinOperator::kCustom ||
                known.custom_code == custom_code) &&
               (!version || known.version == *version);
      });
  if (found != codes.end()) {
    return static_cast<uint32_t>(found - codes.begin());
  }
  OperatorCode& added = codes.emplace_back();
  // Older readers look only at the byte; 127 says "see the other field".
  added.deprecated_builtin_code =
      static_cast<int8_t>(std::min(static_cast<int32_t>(code), 127));
  added.builtin_code = code;
  added.custom_code = custom_code;
  added.version = version.value_or(1);
  return static_cast<uint32_t>(codes.size() - 1);
}

uint32_t AppendBuffer(Model& model, BufferData data) {
  model.buffers.push_back({.data = std::move(data)});
  return static_cast<uint32_t>(model.buffers.size() - 1);
}

TensorIndex AppendTensor(Subgraph& graph, Tensor tensor) {
  graph.tensors.push_back(std::move(tensor));
  return static_cast<TensorIndex>(graph.tensors.size() - 1);
}

TensorIndex AppendConstant(Model& model, Subgraph& graph, Tensor tensor,
                           BufferData values) {
  tensor.buffer = AppendBuffer(model, std::move(values));
  return AppendTensor(graph, std::move(tensor));
}

Quantization PerTensor(float scale, int64_t zero_point) {
  Quantization quantization;
  quantization.scale = {scale};
  quantization.zero_point = {zero_point};
  return quantization;
}

Quantization PerChannel(std::vector<float> scales, int32_t dimension) {
  Quantization quantization;
  quantization.zero_point.assign(scales.size(), 0);
  quantization.scale = std::move(scales);
  quantization.quantized_dimension = dimension;
  return quantization;
}

ModelBuilder::ModelBuilder(std::string description) {
  model_.description = std::move(description);
  model_.buffers.emplace_back();  // Buffer 0 is the empty one.
  AddSubgraph("main");
}

int32_t ModelBuilder::AddSubgraph(std::string name) {
  model_.subgraphs.emplace_back().name = std::move(name);
  current_ = static_cast<int32_t>(model_.subgraphs.size() - 1);
  return current_;
}

TensorIndex ModelBuilder::AddTensor(std::string name, TensorType type,
                                    std::vector<int32_t> shape,
                                    std::optional<Quantization> quantization) {
  Tensor tensor;
  tensor.name = std::move(name);
  tensor.type = type;
  tensor.shape = std::move(shape);
  tensor.quantization = std::move(quantization);
  return AppendTensor(graph(), std::move(tensor));
}

TensorIndex ModelBuilder::AddInput(std::string name, TensorType type,
                                   std::vector<int32_t> shape,
                                   std::optional<Quantization> quantization) {
  const TensorIndex index = AddTensor(std::move(name), type, std::move(shape),
                                      std::move(quantization));
  graph().inputs.push_back(index);
  return index;
}

TensorIndex ModelBuilder::AddVariable(
    std::string name, TensorType type, std::vector<int32_t> shape,
    std::optional<Quantization> quantization) {
  const TensorIndex index = AddTensor(std::move(name), type, std::move(shape),
                                      std::move(quantization));
  At(index).is_variable = true;
  return index;
}

TensorIndex ModelBuilder::AddConstant(
    std::string name, TensorType type, std::vector<int32_t> shape,
    BufferData values, std::optional<Quantization> quantization) {
  const TensorIndex index = AddTensor(std::move(name), type, std::move(shape),
                                      std::move(quantization));
  At(index).buffer = AddBuffer(std::move(values));
  return index;
}

void ModelBuilder::AddOperator(BuiltinOperator code,
                               std::vector<TensorIndex> inputs,
                               std::vector<TensorIndex> outputs,
                               OperatorOptions options, int32_t version) {
  Operator& op = graph().operators.emplace_back();
  op.opcode_index = OpcodeFor(model_, code, {}, version);
  op.inputs = std::move(inputs);
  op.outputs = std::move(outputs);
  const bool second = options.has_value() && options.get()->union_index() == 2;
  (second ? op.options_2 : op.options) = std::move(options);
}

void ModelBuilder::AddCustomOperator(std::string custom_code,
                                     std::vector<TensorIndex> inputs,
                                     std::vector<TensorIndex> outputs,
                                     std::vector<uint8_t> custom_options) {
  Operator& op = graph().operators.emplace_back();
  op.opcode_index = OpcodeFor(model_, BuiltinOperator::kCustom, custom_code, 1);
  op.inputs = std::move(inputs);
  op.outputs = std::move(outputs);
  if (!custom_options.empty()) {
    op.custom_options = BufferData(std::move(custom_options));
  }
}

void ModelBuilder::SetInputs(std::vector<TensorIndex> inputs) {
  graph().inputs = std::move(inputs);
}

void ModelBuilder::SetOutputs(std::vector<TensorIndex> outputs) {
  graph().outputs = std::move(outputs);
}

void ModelBuilder::AddSignature(std::string key) {
  const Subgraph& main = model_.subgraphs.front();
  const auto named = [&main](const std::vector<TensorIndex>& indices) {
    std::vector<TensorMap> maps;
    for (const TensorIndex index : indices) {
      // Build() reports what is out of range.
      const bool known =
          index >= 0 && static_cast<size_t>(index) < main.tensors.size();
      maps.push_back({known ? main.tensors[index].name : "",
                      static_cast<uint32_t>(index)});
    }
    return maps;
  };
  SignatureDef signature;
  signature.inputs = named(main.inputs);
  signature.outputs = named(main.outputs);
  signature.signature_key = std::move(key);
  model_.signature_defs.push_back(std::move(signature));
}

void ModelBuilder::AddMetadata(std::string name, BufferData data) {
  const uint32_t buffer = AddBuffer(std::move(data));
  model_.metadata.push_back({std::move(name), buffer});
}

uint32_t ModelBuilder::AddBuffer(BufferData data) {
  return AppendBuffer(model_, std::move(data));
}

Tensor& ModelBuilder::At(TensorIndex index) { return graph().tensors[index]; }

Operator& ModelBuilder::LastOperator() { return graph().operators.back(); }

Result<Model> ModelBuilder::Build() {
  Model built = std::exchange(*this, ModelBuilder()).model_;
  TINYML_RETURN_IF_ERROR(ValidateModel(built));
  return built;
}

}  // namespace tinyml
