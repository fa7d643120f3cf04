#include "tests/support/float_net.h"

#include <gtest/gtest.h>

#include "ops/window.h"
#include "tinyml/interpreter.h"
#include "tinyml/target.h"

namespace tinyml::testing {

std::string FloatNet::NameOr(std::string name) {
  const int number = tensors_++;
  if (name.empty()) name = "t" + std::to_string(number);
  return name;
}

TensorIndex FloatNet::Input(Dims shape, std::string name) {
  return AddInput(NameOr(std::move(name)), TensorType::kFloat32,
                  std::move(shape));
}

TensorIndex FloatNet::Floats(Dims shape, const std::vector<float>& values) {
  return AddConstant(NameOr(""), std::move(shape), values);
}

TensorIndex FloatNet::Floats(Dims shape) {
  const auto count = static_cast<size_t>(*ElementCount(shape));
  return Floats(std::move(shape), made_up_.Many(count));
}

TensorIndex FloatNet::Ints(Dims shape, const std::vector<int32_t>& values) {
  return AddConstant(NameOr(""), std::move(shape), values);
}

TensorIndex FloatNet::AddWithOutput(BuiltinOperator code,
                                    std::vector<TensorIndex> inputs, Dims shape,
                                    OperatorOptions options, std::string name) {
  const TensorIndex output = AddTensor(NameOr(std::move(name)),
                                       TensorType::kFloat32, std::move(shape));
  AddOperator(code, std::move(inputs), {output}, std::move(options));
  return output;
}

FloatNet::Dims FloatNet::Slid(TensorIndex input, int32_t channels, int32_t size,
                              const Window& window) {
  const Dims& in = ShapeOf(input);
  const auto out = [&](int32_t length) {
    return WindowOutput(window.padding,
                        {length, size, window.stride, window.dilation});
  };
  return {in[0], out(in[1]), out(in[2]), channels};
}

TensorIndex FloatNet::Conv(TensorIndex input, int32_t outputs, int32_t size,
                           Window window, int32_t groups) {
  const Dims shape = Slid(input, outputs, size, window);
  const int32_t depth = ShapeOf(input)[3] / groups;
  const TensorIndex weights = Floats({outputs, size, size, depth});
  const TensorIndex bias = Floats({outputs});
  return Add(BuiltinOperator::kConv2D, {input, weights, bias}, shape,
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
  const Dims shape = Slid(input, outputs, size, window);
  const TensorIndex weights = Floats({1, size, size, outputs});
  const TensorIndex bias = Floats({outputs});
  return Add(
      BuiltinOperator::kDepthwiseConv2D, {input, weights, bias}, shape,
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
                                    int32_t size, const Dims& shape,
                                    Window window) {
  const TensorIndex dims = Ints({4}, shape);
  const TensorIndex weights = Floats({outputs, size, size, ShapeOf(input)[3]});
  const TensorIndex bias = Floats({outputs});
  return Add(
      BuiltinOperator::kTransposeConv, {dims, weights, input, bias}, shape,
      TransposeConvOptions{.padding = window.padding,
                           .stride_w = window.stride,
                           .stride_h = window.stride,
                           .fused_activation_function = window.activation});
}

TensorIndex FloatNet::Relu(TensorIndex input, std::string name) {
  return Same(BuiltinOperator::kRelu, {input}, std::move(name));
}

TensorIndex FloatNet::Reshape(TensorIndex input, const Dims& shape) {
  ReshapeOptions options;
  options.new_shape = shape;
  return Add(BuiltinOperator::kReshape, {input}, shape, options);
}

TensorIndex FloatNet::Transpose(TensorIndex input,
                                const std::vector<int32_t>& axes) {
  Dims shape;
  for (const int32_t axis : axes) shape.push_back(ShapeOf(input)[axis]);
  const TensorIndex permutation =
      Ints({static_cast<int32_t>(axes.size())}, axes);
  return Add(BuiltinOperator::kTranspose, {input, permutation}, shape,
             TransposeOptions());
}

Model FloatNet::Take(std::vector<TensorIndex> outputs) {
  SetOutputs(std::move(outputs));
  Result<Model> model = Build();
  EXPECT_TRUE(model.has_value()) << model.error().message;
  return model ? *std::move(model) : Model();
}

std::vector<std::string> OperatorNames(const Model& model) {
  std::vector<std::string> names;
  for (const Operator& op : model.subgraphs[0].operators) {
    names.push_back(OperatorName(model, op));
  }
  return names;
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
