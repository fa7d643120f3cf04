// Makes the ONNX models of testdata/. Their weights are computed here.
#include "testdata/onnx_models.h"

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

  // A scalar, or one value for each channel.
  void Scales(std::string_view name, const std::vector<float>& values) {
    TensorProto* tensor = New(name, TensorProto::FLOAT);
    if (values.size() > 1) {
      tensor->add_dims(static_cast<int64_t>(values.size()));
    }
    for (const float value : values) tensor->add_float_data(value);
  }
  void ZeroPoints(std::string_view name, int type, int32_t value,
                  size_t count) {
    TensorProto* tensor = New(name, type);
    if (count > 1) tensor->add_dims(static_cast<int64_t>(count));
    for (size_t i = 0; i < count; ++i) tensor->add_int32_data(value);
  }
  // Integers from -most to most, and DequantizeLinear to `name`; one scale for
  // each index of axis 0, or one.
  void Integers(const std::string& name, int type,
                std::initializer_list<int64_t> dims, int32_t most,
                const std::vector<float>& scales) {
    TensorProto* tensor = New(name + "_quantized", type);
    int64_t count = 1;
    for (const int64_t dim : dims) {
      tensor->add_dims(dim);
      count *= dim;
    }
    for (int64_t i = 0; i < count; ++i) {
      state_ = state_ * 1664525u + 1013904223u;
      tensor->add_int32_data(
          static_cast<int32_t>((state_ >> 8) %
                               static_cast<uint32_t>(2 * most + 1)) -
          most);
    }
    Scales(name + "_scale", scales);
    ZeroPoints(name + "_zero_point", type, 0, scales.size());
    NodeProto& node = Node(
        "DequantizeLinear",
        {name + "_quantized", name + "_scale", name + "_zero_point"}, name);
    if (scales.size() > 1) {
      AttributeProto* axis = node.add_attribute();
      axis->set_name("axis");
      axis->set_type(AttributeProto::INT);
      axis->set_i(0);
    }
  }
  // `real` through uint8 and back.
  std::string Through(const std::string& real, float scale,
                      int32_t zero_point) {
    const std::string scale_name = real + "_scale";
    const std::string zero_name = real + "_zero_point";
    Scales(scale_name, {scale});
    ZeroPoints(zero_name, TensorProto::UINT8, zero_point, 1);
    Node("QuantizeLinear", {real, scale_name, zero_name}, real + "_q");
    Node("DequantizeLinear", {real + "_q", scale_name, zero_name},
         real + "_dq");
    return real + "_dq";
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
  TensorProto* New(std::string_view name, int type) {
    TensorProto* tensor = model_.mutable_graph()->add_initializer();
    tensor->set_name(std::string(name));
    tensor->set_data_type(type);
    return tensor;
  }
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

std::string GesturesQuantizedOnnx() {
  Builder b("gestures_quantized", 13);
  b.Input("image", {"N", 1, 24, 24});
  b.Output("probabilities_dq", {"N", 4});
  constexpr float kImage = 1.0f / 128;
  constexpr float kFirst = 0.031f;
  constexpr float kSecond = 0.047f;
  constexpr float kScores = 0.05f;
  const std::vector<float> conv1 = {0.004f, 0.003f, 0.005f, 0.002f,
                                    0.004f, 0.003f, 0.005f, 0.002f};
  const std::vector<float> conv2 = {0.003f, 0.003f, 0.004f, 0.004f,
                                    0.005f, 0.005f, 0.006f, 0.006f};
  const auto times = [](std::vector<float> scales, float by) {
    for (float& scale : scales) scale *= by;
    return scales;
  };
  std::string x = b.Through("image", kImage, 128);
  b.Integers("conv1.weight", TensorProto::INT8, {8, 1, 3, 3}, 127, conv1);
  b.Integers("conv1.bias", TensorProto::INT32, {8}, 4000, times(conv1, kImage));
  NodeProto& first = b.Node("Conv", {x, "conv1.weight", "conv1.bias"}, "conv1");
  Ints(first, "kernel_shape", {3, 3});
  Ints(first, "pads", {1, 1, 1, 1});
  Ints(first, "strides", {2, 2});
  b.Node("Relu", {"conv1"}, "relu1");
  x = b.Through("relu1", kFirst, 0);
  b.Integers("conv2.weight", TensorProto::INT8, {8, 1, 3, 3}, 127, conv2);
  b.Integers("conv2.bias", TensorProto::INT32, {8}, 4000, times(conv2, kFirst));
  NodeProto& second =
      b.Node("Conv", {x, "conv2.weight", "conv2.bias"}, "conv2");
  Ints(second, "kernel_shape", {3, 3});
  Ints(second, "pads", {1, 1, 1, 1});
  Int(second, "group", 8);
  x = b.Through("conv2", kSecond, 121);
  NodeProto& pool = b.Node("MaxPool", {x}, "pool");
  Ints(pool, "kernel_shape", {2, 2});
  Ints(pool, "strides", {2, 2});
  x = b.Through("pool", kSecond, 121);
  b.Node("GlobalAveragePool", {x}, "mean");
  x = b.Through("mean", kFirst, 93);
  b.Node("Flatten", {x}, "features");
  x = b.Through("features", kFirst, 93);
  b.Integers("fc.weight", TensorProto::INT8, {4, 8}, 127, {0.005f});
  b.Integers("fc.bias", TensorProto::INT32, {4}, 4000, {0.005f * kFirst});
  Int(b.Node("Gemm", {x, "fc.weight", "fc.bias"}, "scores"), "transB", 1);
  x = b.Through("scores", kScores, 128);
  Int(b.Node("Softmax", {x}, "probabilities"), "axis", 1);
  b.Through("probabilities", 1.0f / 256, 0);
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

std::string UpsamplingOnnx() {
  Builder b("upsampling", 13);
  b.Input("image", {1, 16, 8, 9});
  b.Output("mask", {1, 4, 8, 10});
  b.Weights("down.weight", {16, 16, 3, 3}, 0.2f);
  b.Weights("down.bias", {16}, 0.1f);
  NodeProto& down =
      b.Node("Conv", {"image", "down.weight", "down.bias"}, "down");
  Ints(down, "kernel_shape", {3, 3});
  // One row below, one column on each side.
  Ints(down, "pads", {0, 1, 1, 1});
  Ints(down, "strides", {2, 2});
  b.Node("Relu", {"down"}, "features");
  b.Weights("up.weight", {16, 4, 4, 4}, 0.2f);
  b.Weights("up.bias", {4}, 0.1f);
  NodeProto& up =
      b.Node("ConvTranspose", {"features", "up.weight", "up.bias"}, "mask");
  Ints(up, "kernel_shape", {4, 4});
  Ints(up, "pads", {1, 1, 1, 1});
  Ints(up, "strides", {2, 2});
  return b.Take();
}

}  // namespace tinyml
