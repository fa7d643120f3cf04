#include "tests/quantize/float_net.h"

#include <gtest/gtest.h>

#include "ops/window.h"
#include "tinyml/interpreter.h"
#include "tinyml/target.h"
#include "transform/rewriter.h"

namespace tinyml::testing {

FloatNet::FloatNet(uint32_t seed) : made_up_(seed) {
  model_.buffers.resize(1);
  model_.subgraphs.resize(1);
}

TensorIndex FloatNet::NewTensor(Dims shape, TensorType type) {
  Tensor& tensor = graph().tensors.emplace_back();
  tensor.shape = std::move(shape);
  tensor.type = type;
  const auto index = static_cast<TensorIndex>(graph().tensors.size() - 1);
  tensor.name = "t" + std::to_string(index);
  return index;
}

TensorIndex FloatNet::Input(Dims shape) {
  const TensorIndex index = NewTensor(std::move(shape), TensorType::kFloat32);
  graph().inputs.push_back(index);
  return index;
}

TensorIndex FloatNet::Floats(Dims shape, const std::vector<float>& values) {
  const TensorIndex index = NewTensor(std::move(shape), TensorType::kFloat32);
  std::vector<uint8_t> bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  graph().tensors.back().buffer = static_cast<uint32_t>(model_.buffers.size());
  model_.buffers.push_back({.data = BufferData(std::move(bytes))});
  return index;
}

TensorIndex FloatNet::Floats(Dims shape) {
  const auto count = static_cast<size_t>(*ElementCount(shape));
  return Floats(std::move(shape), made_up_.Many(count));
}

TensorIndex FloatNet::Ints(Dims shape, const std::vector<int32_t>& values) {
  const TensorIndex index = NewTensor(std::move(shape), TensorType::kInt32);
  std::vector<uint8_t> bytes(values.size() * sizeof(int32_t));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  graph().tensors.back().buffer = static_cast<uint32_t>(model_.buffers.size());
  model_.buffers.push_back({.data = BufferData(std::move(bytes))});
  return index;
}

TensorIndex FloatNet::AddOperator(BuiltinOperator code,
                                  std::vector<TensorIndex> inputs, Dims shape,
                                  OperatorOptions options) {
  const TensorIndex output = NewTensor(std::move(shape), TensorType::kFloat32);
  Operator& op = graph().operators.emplace_back();
  op.opcode_index = transform::OpcodeFor(model_, code);
  op.inputs = std::move(inputs);
  op.outputs = {output};
  op.options = std::move(options);
  return output;
}

const FloatNet::Dims& FloatNet::ShapeOf(TensorIndex tensor) const {
  return model_.subgraphs[0].tensors[tensor].shape;
}

void FloatNet::Name(TensorIndex tensor, std::string name) {
  graph().tensors[tensor].name = std::move(name);
}

FloatNet::Dims FloatNet::Slid(TensorIndex input, int32_t channels, int32_t size,
                              const Window& window) const {
  const Dims& in = ShapeOf(input);
  const auto out = [&](int32_t length) {
    return WindowOutput(window.padding,
                        {length, size, window.stride, window.dilation});
  };
  return {in[0], out(in[1]), out(in[2]), channels};
}

TensorIndex FloatNet::Conv(TensorIndex input, int32_t outputs, int32_t size,
                           Window window, int32_t groups) {
  Dims shape = Slid(input, outputs, size, window);
  const int32_t depth = ShapeOf(input)[3] / groups;
  const TensorIndex weights = Floats({outputs, size, size, depth});
  const TensorIndex bias = Floats({outputs});
  return Add(BuiltinOperator::kConv2D, {input, weights, bias}, std::move(shape),
             Conv2DOptions{.padding = window.padding,
                           .stride_w = window.stride,
                           .stride_h = window.stride,
                           .fused_activation_function = window.activation,
                           .dilation_w_factor = window.dilation,
                           .dilation_h_factor = window.dilation});
}

TensorIndex FloatNet::Depthwise(TensorIndex input, int32_t multiplier,
                                int32_t size, Window window) {
  const int32_t outputs = ShapeOf(input)[3] * multiplier;
  Dims shape = Slid(input, outputs, size, window);
  const TensorIndex weights = Floats({1, size, size, outputs});
  const TensorIndex bias = Floats({outputs});
  return Add(
      BuiltinOperator::kDepthwiseConv2D, {input, weights, bias},
      std::move(shape),
      DepthwiseConv2DOptions{.padding = window.padding,
                             .stride_w = window.stride,
                             .stride_h = window.stride,
                             .depth_multiplier = multiplier,
                             .fused_activation_function = window.activation,
                             .dilation_w_factor = window.dilation,
                             .dilation_h_factor = window.dilation});
}

TensorIndex FloatNet::FullyConnected(TensorIndex input, int32_t outputs,
                                     ActivationFunctionType activation) {
  const auto elements = static_cast<int32_t>(*ElementCount(ShapeOf(input)));
  const int32_t rows = ShapeOf(input)[0];
  const TensorIndex weights = Floats({outputs, elements / rows});
  const TensorIndex bias = Floats({outputs});
  return Add(BuiltinOperator::kFullyConnected, {input, weights, bias},
             {rows, outputs},
             FullyConnectedOptions{.fused_activation_function = activation});
}

TensorIndex FloatNet::TransposeConv(TensorIndex input, int32_t outputs,
                                    int32_t size, Dims shape, Window window) {
  const TensorIndex dims = Ints({4}, shape);
  const TensorIndex weights = Floats({outputs, size, size, ShapeOf(input)[3]});
  const TensorIndex bias = Floats({outputs});
  return Add(
      BuiltinOperator::kTransposeConv, {dims, weights, input, bias},
      std::move(shape),
      TransposeConvOptions{.padding = window.padding,
                           .stride_w = window.stride,
                           .stride_h = window.stride,
                           .fused_activation_function = window.activation});
}

TensorIndex FloatNet::Relu(TensorIndex input) {
  return Plain(BuiltinOperator::kRelu, {input}, ShapeOf(input));
}

TensorIndex FloatNet::Reshape(TensorIndex input, Dims shape) {
  ReshapeOptions options;
  options.new_shape = shape;
  return Add(BuiltinOperator::kReshape, {input}, std::move(shape), options);
}

Model FloatNet::Take(std::vector<TensorIndex> outputs) {
  graph().outputs = std::move(outputs);
  const Status valid = ValidateModel(model_);
  EXPECT_TRUE(valid.has_value()) << (valid ? "" : valid.error().message);
  return std::move(model_);
}

Result<std::optional<std::string>> MadeUpSamples::Read(
    int64_t index, std::span<const std::span<uint8_t>> inputs) const {
  if (left_out_ != 0 && index % left_out_ == 0) return "it is damaged";
  MadeUp made_up(seed_ + static_cast<uint32_t>(index) * 7919u);
  for (const std::span<uint8_t>& input : inputs) {
    std::vector<float> values = made_up.Many(input.size() / sizeof(float));
    if (shape_) shape_(values);
    std::memcpy(input.data(), values.data(), input.size());
  }
  return std::nullopt;
}

std::vector<float> OutputsOf(const Model& model, const SampleSource& samples) {
  const Result<Target> target = Target::Parse("x86-64");
  InterpreterOptions options;
  options.separate_memory = true;
  auto interpreter = Interpreter::Create(model, *target, options);
  EXPECT_TRUE(interpreter.has_value())
      << (interpreter ? "" : interpreter.error().message);
  if (!interpreter) return {};
  std::vector<float> results;
  for (int64_t i = 0; i < samples.Count(); ++i) {
    std::vector<std::span<uint8_t>> inputs;
    for (const RunningTensor& input : interpreter->Inputs()) {
      inputs.push_back(input.writable);
    }
    EXPECT_TRUE(samples.Read(i, inputs).has_value());
    EXPECT_TRUE(interpreter->Invoke().has_value());
    for (const RunningTensor& output : interpreter->Outputs()) {
      const size_t before = results.size();
      results.resize(before + output.bytes.size() / sizeof(float));
      std::memcpy(results.data() + before, output.bytes.data(),
                  output.bytes.size());
    }
  }
  return results;
}

}  // namespace tinyml::testing
