// Quantized ONNX models become integer ones, with nothing float inside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

#include "formats/onnx/import.h"

namespace tinyml::onnx_import {
namespace {

using onnx::TensorProto;
using ::testing::ElementsAre;

class Builder {
 public:
  Builder() {
    model_.set_ir_version(8);
    model_.add_opset_import()->set_version(13);
    auto* microsoft = model_.add_opset_import();
    microsoft->set_domain("com.microsoft");
    microsoft->set_version(1);
  }
  void Input(const std::string& name, int type, std::vector<int64_t> dims) {
    Describe(model_.mutable_graph()->add_input(), name, type, dims);
  }
  void Output(const std::string& name, int type, std::vector<int64_t> dims) {
    Describe(model_.mutable_graph()->add_output(), name, type, dims);
  }
  void Scales(const std::string& name, std::vector<float> values) {
    TensorProto* tensor = New(name, TensorProto::FLOAT);
    if (values.size() > 1)
      tensor->add_dims(static_cast<int64_t>(values.size()));
    for (const float value : values) tensor->add_float_data(value);
  }
  // i, i + 1, ... modulo 7, less 3.
  void Integers(const std::string& name, int type, std::vector<int64_t> dims,
                int32_t offset = -3) {
    TensorProto* tensor = New(name, type);
    int64_t count = 1;
    for (const int64_t dim : dims) {
      tensor->add_dims(dim);
      count *= dim;
    }
    for (int64_t i = 0; i < count; ++i) {
      tensor->add_int32_data(static_cast<int32_t>(i % 7) + offset);
    }
  }
  void Zero(const std::string& name, int type, int32_t value) {
    New(name, type)->add_int32_data(value);
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
  Imported Import() {
    const std::string bytes = model_.SerializeAsString();
    auto imported = ImportOnnx(
        {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, "", {});
    EXPECT_TRUE(imported.has_value()) << imported.error().message;
    if (!imported) return {};
    const Status valid = ValidateModel(imported->model);
    EXPECT_TRUE(valid.has_value()) << valid.error().message;
    return std::move(*imported);
  }

 private:
  TensorProto* New(const std::string& name, int type) {
    TensorProto* tensor = model_.mutable_graph()->add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(type);
    return tensor;
  }
  static void Describe(onnx::ValueInfoProto* value, const std::string& name,
                       int type, const std::vector<int64_t>& dims) {
    value->set_name(name);
    auto* tensor = value->mutable_type()->mutable_tensor_type();
    tensor->set_elem_type(type);
    for (const int64_t dim : dims) {
      tensor->mutable_shape()->add_dim()->set_dim_value(dim);
    }
  }
  onnx::ModelProto model_;
};

std::vector<std::string> Names(const Model& model) {
  std::vector<std::string> names;
  for (const Operator& op : model.subgraphs[0].operators) {
    names.push_back(OperatorName(model, op));
  }
  return names;
}

bool HasFloats(const Model& model) {
  for (const Tensor& tensor : model.subgraphs[0].tensors) {
    if (tensor.type == TensorType::kFloat32) return true;
  }
  return false;
}

// A convolution with a scale for each channel, and a sum behind it.
Imported ConvAndSum(int type, int32_t zero) {
  Builder b;
  b.Input("x", type, {1, 2, 5, 5});
  b.Output("y", type, {1, 4, 3, 3});
  b.Scales("s", {0.125F});
  b.Scales("ws", {0.5F, 0.25F, 0.125F, 1.0F});
  b.Zero("z", type, zero);
  b.Integers("w", TensorProto::INT8, {4, 2, 3, 3});
  b.Integers("wz", TensorProto::INT8, {4}, 0);
  b.Integers("bias", TensorProto::INT32, {4});
  b.Node("QLinearConv", {"x", "s", "z", "w", "ws", "wz", "s", "z", "bias"},
         "conv");
  b.Node("QLinearAdd", {"conv", "s", "z", "conv", "s", "z", "s", "z"}, "y",
         "com.microsoft");
  return b.Import();
}

TEST(QuantizedOnnx, LayersOfInt8StayInt8) {
  // All zero points of the weights are 0 for the kernels: 0, 1, 2, 3 is none.
  Builder b;
  b.Input("x", TensorProto::INT8, {1, 2, 5, 5});
  b.Output("y", TensorProto::INT8, {1, 4, 3, 3});
  b.Scales("s", {0.125F});
  b.Scales("ws", {0.5F, 0.25F, 0.125F, 1.0F});
  b.Zero("z", TensorProto::INT8, 3);
  b.Zero("wz", TensorProto::INT8, 0);
  b.Integers("w", TensorProto::INT8, {4, 2, 3, 3});
  b.Integers("bias", TensorProto::INT32, {4});
  b.Node("QLinearConv", {"x", "s", "z", "w", "ws", "wz", "s", "z", "bias"},
         "conv");
  b.Node("QLinearAdd", {"conv", "s", "z", "conv", "s", "z", "s", "z"}, "y",
         "com.microsoft");
  const Imported imported = b.Import();
  EXPECT_THAT(Names(imported.model), ElementsAre("CONV_2D", "ADD"));
  EXPECT_FALSE(HasFloats(imported.model));
  const Subgraph& graph = imported.model.subgraphs[0];
  const auto tensor = [&](size_t input) -> const Tensor& {
    return graph.tensors[static_cast<size_t>(graph.operators[0].inputs[input])];
  };
  EXPECT_EQ(tensor(0).quantization->zero_point, std::vector<int64_t>{3});
  EXPECT_THAT(tensor(1).shape, ElementsAre(4, 3, 3, 2));
  EXPECT_THAT(tensor(1).quantization->scale,
              ElementsAre(0.5F, 0.25F, 0.125F, 1.0F));
  EXPECT_EQ(tensor(1).quantization->quantized_dimension, 0);
  EXPECT_EQ(tensor(2).type, TensorType::kInt32);
  // As in the file: -3, -2, -1, 0.
  const auto bias = imported.model.DataOf(tensor(2));
  EXPECT_EQ(static_cast<int8_t>(bias[0]), -3);
  EXPECT_EQ(static_cast<int8_t>(bias[8]), -1);
}

TEST(QuantizedOnnx, UnsignedValuesAreShiftedAtTheEdges) {
  const Imported imported = [] {
    return ConvAndSum(TensorProto::UINT8, 128);
  }();
  // The weights' zero points are not 0, so that the convolution stays float,
  // and the import says so.
  EXPECT_THAT(Names(imported.model).front(), "QUANTIZE");
  EXPECT_THAT(Names(imported.model).back(), "QUANTIZE");
  EXPECT_THAT(Names(imported.model), ::testing::Contains("ADD"));
}

TEST(QuantizedOnnx, WhatStaysFloatIsSaid) {
  Builder b;
  b.Input("x", TensorProto::INT8, {1, 4});
  b.Output("y", TensorProto::INT8, {1, 4});
  b.Scales("s", {0.5F});
  b.Zero("z", TensorProto::INT8, 0);
  b.Node("DequantizeLinear", {"x", "s", "z"}, "real");
  b.Node("Softmax", {"real"}, "soft");
  b.Node("QuantizeLinear", {"soft", "s", "z"}, "y");
  const Imported imported = b.Import();
  EXPECT_THAT(Names(imported.model),
              ElementsAre("DEQUANTIZE", "SOFTMAX", "QUANTIZE"));
  EXPECT_THAT(imported.notes, ElementsAre(::testing::HasSubstr("stay float")));
}

}  // namespace
}  // namespace tinyml::onnx_import
