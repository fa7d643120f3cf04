// Makes the ONNX models of testdata/. Their weights are computed here.
#include "onnx_models.h"

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace tinyml {
namespace {

using onnx::AttributeProto;
using onnx::NodeProto;
using onnx::TensorProto;

// A dimension: its size, or its name.
struct Dim {
  Dim(int64_t size) : value(size) {}         // NOLINT: written as a number.
  Dim(const char* symbol) : name(symbol) {}  // NOLINT: written as a word.
  int64_t value = 0;
  std::string_view name;
};

class Builder {
 public:
  explicit Builder(std::string_view name, int64_t opset) {
    model_.set_ir_version(8);
    model_.set_producer_name("tinyml");
    model_.add_opset_import()->set_version(opset);
    model_.mutable_graph()->set_name(std::string(name));
  }

  void Input(std::string_view name, std::initializer_list<Dim> dims) {
    Describe(model_.mutable_graph()->add_input(), name, dims);
  }
  void Output(std::string_view name, std::initializer_list<Dim> dims) {
    Describe(model_.mutable_graph()->add_output(), name, dims);
  }

  // Weights in (-scale, scale) from a linear congruential generator.
  void Weights(std::string_view name, std::initializer_list<int64_t> dims,
               float scale) {
    TensorProto* tensor = model_.mutable_graph()->add_initializer();
    tensor->set_name(std::string(name));
    tensor->set_data_type(TensorProto::FLOAT);
    int64_t count = 1;
    for (const int64_t dim : dims) {
      tensor->add_dims(dim);
      count *= dim;
    }
    for (int64_t i = 0; i < count; ++i) {
      state_ = state_ * 1664525u + 1013904223u;
      const auto step = static_cast<int>((state_ >> 8) % 255u) - 127;
      tensor->add_float_data(scale * static_cast<float>(step) / 128.0f);
    }
  }

  NodeProto& Node(std::string_view op,
                  std::initializer_list<std::string_view> inputs,
                  std::string_view output) {
    NodeProto* node = model_.mutable_graph()->add_node();
    node->set_op_type(std::string(op));
    node->set_name(std::string(output));
    for (const std::string_view input : inputs) {
      node->add_input(std::string(input));
    }
    node->add_output(std::string(output));
    return *node;
  }

  std::string Take() { return model_.SerializeAsString(); }

 private:
  static void Describe(onnx::ValueInfoProto* value, std::string_view name,
                       std::initializer_list<Dim> dims) {
    value->set_name(std::string(name));
    auto* type = value->mutable_type()->mutable_tensor_type();
    type->set_elem_type(TensorProto::FLOAT);
    for (const Dim& dim : dims) {
      auto* entry = type->mutable_shape()->add_dim();
      if (dim.name.empty()) {
        entry->set_dim_value(dim.value);
      } else {
        entry->set_dim_param(std::string(dim.name));
      }
    }
  }

  onnx::ModelProto model_;
  uint32_t state_ = 1;
};

void Ints(NodeProto& node, std::string_view name,
          std::initializer_list<int64_t> values) {
  AttributeProto* attribute = node.add_attribute();
  attribute->set_name(std::string(name));
  attribute->set_type(AttributeProto::INTS);
  for (const int64_t value : values) attribute->add_ints(value);
}

void Int(NodeProto& node, std::string_view name, int64_t value) {
  AttributeProto* attribute = node.add_attribute();
  attribute->set_name(std::string(name));
  attribute->set_type(AttributeProto::INT);
  attribute->set_i(value);
}

}  // namespace

std::string GesturesOnnx() {
  Builder b("gestures", 13);
  b.Input("image", {"N", 1, 24, 24});
  b.Output("probabilities", {"N", 4});
  b.Weights("conv1.weight", {8, 1, 3, 3}, 0.5f);
  b.Weights("conv1.bias", {8}, 0.1f);
  NodeProto& conv1 =
      b.Node("Conv", {"image", "conv1.weight", "conv1.bias"}, "conv1");
  Ints(conv1, "kernel_shape", {3, 3});
  Ints(conv1, "pads", {1, 1, 1, 1});
  Ints(conv1, "strides", {2, 2});
  b.Node("Relu", {"conv1"}, "relu1");
  // One filter for each channel, then all channels of each pixel.
  b.Weights("conv2.weight", {8, 1, 3, 3}, 0.5f);
  NodeProto& conv2 = b.Node("Conv", {"relu1", "conv2.weight"}, "conv2");
  Ints(conv2, "kernel_shape", {3, 3});
  Ints(conv2, "pads", {1, 1, 1, 1});
  Int(conv2, "group", 8);
  b.Weights("conv3.weight", {16, 8, 1, 1}, 0.5f);
  b.Weights("conv3.bias", {16}, 0.1f);
  Ints(b.Node("Conv", {"conv2", "conv3.weight", "conv3.bias"}, "conv3"),
       "kernel_shape", {1, 1});
  b.Node("Relu", {"conv3"}, "relu3");
  NodeProto& pool = b.Node("MaxPool", {"relu3"}, "pool");
  Ints(pool, "kernel_shape", {2, 2});
  Ints(pool, "strides", {2, 2});
  b.Node("Flatten", {"pool"}, "features");
  b.Weights("fc.weight", {4, 576}, 0.1f);
  b.Weights("fc.bias", {4}, 0.1f);
  Int(b.Node("Gemm", {"features", "fc.weight", "fc.bias"}, "scores"), "transB",
      1);
  Int(b.Node("Softmax", {"scores"}, "probabilities"), "axis", 1);
  return b.Take();
}

std::string ResidualOnnx() {
  Builder b("residual", 13);
  b.Input("samples", {"N", "channels", "time"});
  b.Output("sum", {"N", "time", "channels"});
  b.Node("Relu", {"samples"}, "positive");
  Ints(b.Node("Transpose", {"positive"}, "positive_last"), "perm", {0, 2, 1});
  Ints(b.Node("Transpose", {"samples"}, "samples_last"), "perm", {0, 2, 1});
  b.Node("Add", {"positive_last", "samples_last"}, "sum");
  return b.Take();
}

std::string StreamingOnnx() {
  Builder b("streaming", 14);
  b.Input("frame", {1, 1, 16});
  b.Input("h", {1, 1, 8});
  b.Input("c", {1, 1, 8});
  b.Output("voice", {1, 1, 1, 1});
  b.Output("h_next", {1, 1, 8});
  b.Output("c_next", {1, 1, 8});
  b.Weights("W", {1, 32, 16}, 0.5f);
  b.Weights("R", {1, 32, 8}, 0.5f);
  b.Weights("B", {1, 64}, 0.1f);
  NodeProto& lstm =
      b.Node("LSTM", {"frame", "W", "R", "B", "", "h", "c"}, "features");
  lstm.add_output("h_next");
  lstm.add_output("c_next");
  Int(lstm, "hidden_size", 8);
  b.Weights("out.weight", {8, 1}, 0.5f);
  b.Node("MatMul", {"features", "out.weight"}, "score");
  b.Node("Sigmoid", {"score"}, "voice");
  return b.Take();
}

std::string UnsupportedOnnx() {
  Builder b("unsupported", 14);
  b.Input("frame", {1, 4, 4});
  b.Output("result", {1});
  b.Node("Det", {"frame"}, "determinant");
  b.Weights("weight", {8, 4}, 0.5f);
  b.Node("MatMul", {"frame", "weight"}, "product");
  b.Node("Atanh", {"determinant"}, "angle");
  b.Node("Add", {"product", "angle"}, "result");
  return b.Take();
}

}  // namespace tinyml
