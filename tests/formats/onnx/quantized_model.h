// Quantized ONNX models for the tests, and two ways to run them: as the import
// makes them, and as the float operators between their QuantizeLinear and
// DequantizeLinear.
#ifndef TINYML_TESTS_FORMATS_ONNX_QUANTIZED_MODEL_H_
#define TINYML_TESTS_FORMATS_ONNX_QUANTIZED_MODEL_H_

#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "formats/onnx/expand_quantized.h"
#include "formats/onnx/import.h"
#include "formats/onnx/lowering.h"
#include "tinyml/interpreter.h"
#include "tinyml/target.h"

namespace tinyml::onnx_import {

using onnx::TensorProto;
using Dims = std::vector<int64_t>;

class QuantizedModel {
 public:
  // Opset 17 of ONNX.
  QuantizedModel() {
    model_.set_ir_version(8);
    model_.add_opset_import()->set_version(17);
    auto* microsoft = model_.add_opset_import();
    microsoft->set_domain("com.microsoft");
    microsoft->set_version(1);
  }
  void Input(const std::string& name, int type, const Dims& dims) {
    Describe(model_.mutable_graph()->add_input(), name, type, dims);
  }
  void Output(const std::string& name, int type, const Dims& dims) {
    Describe(model_.mutable_graph()->add_output(), name, type, dims);
  }
  // A scalar if it is one.
  std::string Floats(const std::string& name, const std::vector<float>& values,
                     Dims dims = {}) {
    if (values.size() > 1 && dims.empty()) {
      dims = {static_cast<int64_t>(values.size())};
    }
    TensorProto* tensor = New(name, TensorProto::FLOAT, dims);
    for (const float value : values) tensor->add_float_data(value);
    return name;
  }
  std::string Int64s(const std::string& name,
                     const std::vector<int64_t>& values) {
    TensorProto* tensor =
        New(name, TensorProto::INT64, {static_cast<int64_t>(values.size())});
    for (const int64_t value : values) tensor->add_int64_data(value);
    return name;
  }
  // Made up, from `middle - spread` to `middle + spread`.
  std::string Integers(const std::string& name, int type, const Dims& dims,
                       int32_t middle = 0, int32_t spread = 127) {
    TensorProto* tensor = New(name, type, dims);
    int64_t count = 1;
    for (const int64_t dim : dims) count *= dim;
    for (int64_t i = 0; i < count; ++i) {
      tensor->add_int32_data(
          middle - spread +
          static_cast<int32_t>(Random() %
                               static_cast<uint32_t>(2 * spread + 1)));
    }
    return name;
  }
  std::string Integer(const std::string& name, int type, int32_t value,
                      const Dims& dims = {}) {
    TensorProto* tensor = New(name, type, dims);
    const int64_t count = dims.empty() ? 1 : dims[0];
    for (int64_t i = 0; i < count; ++i) tensor->add_int32_data(value);
    return name;
  }
  onnx::NodeProto& Node(const std::string& op,
                        const std::vector<std::string>& inputs,
                        const std::string& output,
                        const std::string& domain = "") {
    onnx::NodeProto* node = model_.mutable_graph()->add_node();
    node->set_op_type(op);
    node->set_domain(domain);
    for (const std::string& input : inputs) node->add_input(input);
    node->add_output(output);
    return *node;
  }
  static void Set(onnx::NodeProto& node, const std::string& key,
                  const std::vector<int64_t>& values) {
    auto* attribute = node.add_attribute();
    attribute->set_name(key);
    attribute->set_type(onnx::AttributeProto::INTS);
    for (const int64_t value : values) attribute->add_ints(value);
  }
  static void Set(onnx::NodeProto& node, const std::string& key,
                  int64_t value) {
    auto* attribute = node.add_attribute();
    attribute->set_name(key);
    attribute->set_type(onnx::AttributeProto::INT);
    attribute->set_i(value);
  }

  // QuantizeLinear of `real` to `name`.
  std::string Quantize(const std::string& real, const std::string& name,
                       int type, float scale, int32_t zero) {
    Floats(name + "_scale", {scale});
    Integer(name + "_zero", type, zero);
    Node("QuantizeLinear", {real, name + "_scale", name + "_zero"}, name);
    return name;
  }
  // DequantizeLinear of `name`, by the parameters of Quantize.
  std::string Dequantize(const std::string& name) {
    const std::string real = name + "_real";
    Node("DequantizeLinear", {name, name + "_scale", name + "_zero"}, real);
    return real;
  }
  // Both.
  std::string Through(const std::string& real, const std::string& name,
                      int type, float scale, int32_t zero) {
    return Dequantize(Quantize(real, name, type, scale, zero));
  }
  // Constant integers and DequantizeLinear.
  std::string Weights(const std::string& name, int type, const Dims& dims,
                      const std::vector<float>& scales, int32_t zero = 0,
                      int64_t axis = 0) {
    Integers(name, type, dims, zero, type == TensorProto::INT32 ? 3000 : 127);
    Floats(name + "_scale", scales);
    Integer(
        name + "_zero", type, zero,
        scales.size() > 1 ? Dims{static_cast<int64_t>(scales.size())} : Dims{});
    Node("DequantizeLinear", {name, name + "_scale", name + "_zero"},
         name + "_real");
    if (scales.size() > 1) {
      Set(*model_.mutable_graph()->mutable_node(model_.graph().node_size() - 1),
          "axis", axis);
    }
    return name + "_real";
  }

  std::string Bytes() const { return model_.SerializeAsString(); }
  Result<Imported> TryImport() const {
    const std::string bytes = Bytes();
    OnnxOptions options;
    options.io_layout = IoLayout::kOriginal;
    return ImportOnnx(
        {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, "",
        options);
  }
  Imported Import() const {
    auto imported = TryImport();
    EXPECT_TRUE(imported.has_value())
        << (imported ? "" : imported.error().message);
    if (!imported) return {};
    const Status valid = ValidateModel(imported->model);
    EXPECT_TRUE(valid.has_value()) << (valid ? "" : valid.error().message);
    return std::move(*imported);
  }
  // As it was lowered, all in floats but QUANTIZE and DEQUANTIZE.
  Model Real() const {
    const std::string bytes = Bytes();
    Result<Graph> graph = ReadGraph(
        {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, "");
    EXPECT_TRUE(graph.has_value());
    if (!graph) return {};
    ExpandQuantized(*graph);
    Lowering lowering(*graph);
    for (size_t i = 0; i < graph->values.size(); ++i) {
      if (!graph->values[i].constant) continue;
      lowering.DefineInitializer(static_cast<ValueId>(i),
                                 *graph->values[i].constant);
    }
    for (const ValueId id : graph->inputs) {
      const Value& value = graph->values[id];
      Shape shape;
      for (const DeclaredDim& dim : *value.declared) shape.push_back(dim.value);
      const TensorIndex tensor =
          lowering.NewTensor(value.type, shape, value.name);
      lowering.subgraph().inputs.push_back(tensor);
      const Layout layout = Canonical(shape.size());
      lowering.DefineInput(id, value.type, shape, tensor, layout);
    }
    const Status lowered = lowering.LowerNodes();
    EXPECT_TRUE(lowered.has_value())
        << (lowered ? "" : lowered.error().message);
    if (!lowered) return {};
    for (const ValueId id : graph->outputs) {
      lowering.subgraph().outputs.push_back(*lowering.Get(id));
    }
    Model model = lowering.TakeModel();
    for (Tensor& tensor : model.subgraphs[0].tensors) {
      if (tensor.type == TensorType::kFloat32) tensor.quantization.reset();
    }
    return model;
  }

 private:
  uint32_t Random() {
    state_ = state_ * 1664525U + 1013904223U;
    return state_ >> 8;
  }
  TensorProto* New(const std::string& name, int type, const Dims& dims) {
    TensorProto* tensor = model_.mutable_graph()->add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(type);
    for (const int64_t dim : dims) tensor->add_dims(dim);
    return tensor;
  }
  static void Describe(onnx::ValueInfoProto* value, const std::string& name,
                       int type, const Dims& dims) {
    value->set_name(name);
    auto* tensor = value->mutable_type()->mutable_tensor_type();
    tensor->set_elem_type(type);
    tensor->mutable_shape();  // A scalar's is empty.
    for (const int64_t dim : dims) {
      tensor->mutable_shape()->add_dim()->set_dim_value(dim);
    }
  }

  onnx::ModelProto model_;
  uint32_t state_ = 1;
};

inline std::vector<std::string> Names(const Model& model) {
  std::vector<std::string> names;
  for (const Operator& op : model.subgraphs[0].operators) {
    names.push_back(OperatorName(model, op));
  }
  return names;
}

// Names of the float tensors that are neither inputs nor outputs.
inline std::vector<std::string> FloatsInside(const Model& model) {
  const Subgraph& graph = model.subgraphs[0];
  std::vector<bool> is_border(graph.tensors.size(), false);
  for (const auto& list : {graph.inputs, graph.outputs}) {
    for (const TensorIndex index : list) {
      is_border[index] = true;
    }
  }
  std::vector<std::string> names;
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    if (graph.tensors[i].type == TensorType::kFloat32 && !is_border[i]) {
      names.push_back(graph.tensors[i].name);
    }
  }
  return names;
}

// Values of the first output for made-up inputs: all bytes, or floats from -4
// to 4.
inline std::vector<double> RunFirst(const Model& model) {
  InterpreterOptions options;
  options.separate_memory = true;
  auto interpreter =
      Interpreter::Create(model, *Target::Parse("x86-64"), options);
  EXPECT_TRUE(interpreter.has_value())
      << (interpreter ? "" : interpreter.error().message);
  if (!interpreter) return {};
  uint32_t state = 7;
  for (const RunningTensor& input : interpreter->Inputs()) {
    const bool is_float = input.tensor->type == TensorType::kFloat32;
    for (size_t i = 0; i < input.writable.size(); i += is_float ? 4 : 1) {
      state = state * 1664525U + 1013904223U;
      if (is_float) {
        const float value = static_cast<float>(state >> 8) / (1 << 21) - 4.0F;
        std::memcpy(input.writable.data() + i, &value, sizeof(value));
      } else {
        input.writable[i] = static_cast<uint8_t>(state >> 16);
      }
    }
  }
  const Status ran = interpreter->Invoke();
  EXPECT_TRUE(ran.has_value()) << (ran ? "" : ran.error().message);
  if (!ran) return {};
  const RunningTensor output = interpreter->Outputs()[0];
  std::vector<double> values;
  for (size_t i = 0; i < output.bytes.size(); ++i) {
    switch (output.tensor->type) {
      case TensorType::kFloat32: {
        if (i % 4 != 0) break;
        float value = 0;
        std::memcpy(&value, output.bytes.data() + i, sizeof(value));
        values.push_back(static_cast<double>(value));
        break;
      }
      case TensorType::kInt8:
        values.push_back(static_cast<int8_t>(output.bytes[i]));
        break;
      default:
        values.push_back(output.bytes[i]);
        break;
    }
  }
  return values;
}

// The import, which must have no floats inside and match the float results
// within `quantum`; the results must not all be equal.
inline Imported ExpectInteger(const QuantizedModel& model, double quantum) {
  Imported imported = model.Import();
  EXPECT_EQ(FloatsInside(imported.model), std::vector<std::string>());
  EXPECT_EQ(imported.notes, std::vector<std::string>());
  const std::vector<double> actual = RunFirst(imported.model);
  const std::vector<double> expected = RunFirst(model.Real());
  EXPECT_EQ(actual.size(), expected.size());
  double least = 1e9;
  double most = -1e9;
  for (size_t i = 0; i < std::min(actual.size(), expected.size()); ++i) {
    EXPECT_NEAR(actual[i], expected[i], quantum * 1.001) << i;
    least = std::min(least, expected[i]);
    most = std::max(most, expected[i]);
  }
  EXPECT_GT(most - least, 8 * quantum);
  return imported;
}

}  // namespace tinyml::onnx_import

#endif  // TINYML_TESTS_FORMATS_ONNX_QUANTIZED_MODEL_H_
