// Small models for the tests of the passes, and what they compute.
#ifndef TINYML_TESTS_TRANSFORM_MODEL_BUILDER_H_
#define TINYML_TESTS_TRANSFORM_MODEL_BUILDER_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "model/options.h"
#include "tinyml/interpreter.h"
#include "tinyml/model.h"
#include "tinyml/target.h"
#include "transform/rewriter.h"

namespace tinyml::transform {

using Op = BuiltinOperator;
using Dims = std::vector<int32_t>;

class Builder {
 public:
  Builder() {
    model_.buffers.resize(1);
    model_.subgraphs.resize(1);
  }

  TensorIndex Activation(Dims shape, const std::string& name = "",
                         TensorType type = TensorType::kFloat32) {
    Tensor& tensor = graph().tensors.emplace_back();
    tensor.name = name;
    tensor.shape = std::move(shape);
    tensor.type = type;
    return static_cast<TensorIndex>(graph().tensors.size() - 1);
  }

  template <typename T>
  TensorIndex Constant(Dims shape, std::vector<T> values, TensorType type) {
    std::vector<uint8_t> bytes(values.size() * sizeof(T));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    const TensorIndex index = Activation(std::move(shape), "constant", type);
    graph().tensors.back().buffer =
        static_cast<uint32_t>(model_.buffers.size());
    model_.buffers.push_back({.data = BufferData(std::move(bytes))});
    return index;
  }
  TensorIndex Floats(Dims shape, std::vector<float> values) {
    return Constant(std::move(shape), std::move(values), TensorType::kFloat32);
  }
  // As many as the shape says, all different.
  TensorIndex Floats(Dims shape) {
    std::vector<float> values(static_cast<size_t>(*ElementCount(shape)));
    for (float& value : values) {
      state_ = state_ * 1664525u + 1013904223u;
      value = static_cast<float>(state_ >> 8) / float{1 << 23} - 1.0f;
    }
    return Floats(std::move(shape), std::move(values));
  }
  TensorIndex Ints(Dims shape, std::vector<int32_t> values) {
    return Constant(std::move(shape), std::move(values), TensorType::kInt32);
  }

  void Retype(TensorIndex tensor, TensorType type) {
    graph().tensors[tensor].type = type;
  }
  void Quantize(TensorIndex tensor, std::vector<float> scale,
                std::vector<int64_t> zero_point, int32_t axis = 0) {
    Quantization quantization;
    quantization.scale = std::move(scale);
    quantization.zero_point = std::move(zero_point);
    quantization.quantized_dimension = axis;
    graph().tensors[tensor].quantization = std::move(quantization);
  }

  template <typename Options>
  TensorIndex Add(Op code, std::vector<TensorIndex> inputs, Dims shape,
                  Options options, const std::string& name = "") {
    const TensorIndex output = Activation(std::move(shape), name);
    Operator& op = graph().operators.emplace_back();
    op.opcode_index = OpcodeFor(model_, code);
    op.inputs = std::move(inputs);
    op.outputs = {output};
    op.options = MakeOptions(std::move(options));
    return output;
  }
  TensorIndex Relu(TensorIndex input, const std::string& name = "") {
    return Plain(Op::kRelu, {input}, name);
  }
  // Without options; the shape of the first input.
  TensorIndex Plain(Op code, std::vector<TensorIndex> inputs,
                    const std::string& name = "") {
    const Dims shape = graph().tensors[inputs[0]].shape;
    const TensorIndex output = Activation(shape, name);
    Operator& op = graph().operators.emplace_back();
    op.opcode_index = OpcodeFor(model_, code);
    op.inputs = std::move(inputs);
    op.outputs = {output};
    return output;
  }
  TensorIndex Reshape(TensorIndex input, Dims shape) {
    ReshapeOptions options;
    options.new_shape = shape;
    return Add(Op::kReshape, {input}, shape, options);
  }
  TensorIndex Transpose(TensorIndex input, std::vector<int32_t> axes) {
    Dims shape;
    for (const int32_t axis : axes) {
      shape.push_back(graph().tensors[input].shape[axis]);
    }
    const auto rank = static_cast<int32_t>(axes.size());
    const TensorIndex permutation = Ints({rank}, std::move(axes));
    return Add(Op::kTranspose, {input, permutation}, std::move(shape),
               TransposeOptions());
  }
  // 3 x 3 filters, 4 of them over 2 channels.
  TensorIndex Conv(TensorIndex input, Dims shape, Padding padding,
                   int32_t stride = 1) {
    return Add(Op::kConv2D, {input, Floats({4, 3, 3, 2}), Floats({4})},
               std::move(shape),
               Conv2DOptions{
                   .padding = padding, .stride_w = stride, .stride_h = stride});
  }

  Model Take(std::vector<TensorIndex> inputs,
             std::vector<TensorIndex> outputs) {
    graph().inputs = std::move(inputs);
    graph().outputs = std::move(outputs);
    return std::move(model_);
  }

 private:
  Subgraph& graph() { return model_.subgraphs[0]; }

  Model model_;
  uint32_t state_ = 1;
};

inline std::vector<std::string> Names(const Model& model) {
  std::vector<std::string> names;
  for (const Operator& op : model.subgraphs[0].operators) {
    names.push_back(OperatorName(model, op));
  }
  return names;
}

// All outputs, one behind the other, for inputs that are made up.
inline std::vector<float> Results(const Model& model) {
  const Result<Target> target = Target::Parse(Target::kDefaultName);
  InterpreterOptions options;
  options.separate_memory = true;
  auto interpreter = Interpreter::Create(model, *target, options);
  EXPECT_TRUE(interpreter.has_value())
      << (interpreter ? "" : interpreter.error().message);
  if (!interpreter) return {};
  uint32_t state = 7;
  for (const RunningTensor& input : interpreter->Inputs()) {
    std::vector<float> values(input.writable.size() / sizeof(float));
    for (float& value : values) {
      state = state * 1664525u + 1013904223u;
      value = static_cast<float>(state >> 8) / float{1 << 22} - 2.0f;
    }
    std::memcpy(input.writable.data(), values.data(), input.writable.size());
  }
  EXPECT_TRUE(interpreter->Invoke().has_value());
  std::vector<float> results;
  for (const RunningTensor& output : interpreter->Outputs()) {
    const size_t before = results.size();
    results.resize(before + output.bytes.size() / sizeof(float));
    std::memcpy(results.data() + before, output.bytes.data(),
                output.bytes.size());
  }
  return results;
}

}  // namespace tinyml::transform

#endif  // TINYML_TESTS_TRANSFORM_MODEL_BUILDER_H_
