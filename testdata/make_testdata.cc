// Writes the models of testdata/, and synthetic ones for the benchmarks.
//
// usage: make_testdata DIR             writes every model into DIR
//        make_testdata --check DIR     exit 1 if a file in DIR differs
//        make_testdata --weights BYTES FILE    one layer with that many weights
//        make_testdata --operators COUNT FILE  that many operators in a row
//
// All content is computed here: weights come from a linear congruential
// generator, so that the files are the same wherever they are made. The
// quantization parameters are such as the runtime accepts.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/tflite/writer.h"
#include "model/options.h"
#include "testdata/onnx_models.h"
#include "tinyml/model.h"

namespace tinyml {
namespace {

using Op = BuiltinOperator;
using Shape = std::vector<int32_t>;
using Indices = std::vector<TensorIndex>;
constexpr auto kRelu = ActivationFunctionType::kRelu;

// The files are little-endian, as this program assumes the machine to be.
static_assert(std::endian::native == std::endian::little);

// Numerical Recipes' generator; the high bits are the good ones.
class Lcg {
 public:
  explicit Lcg(uint32_t seed) : state_(seed) {}

  // A weight in [-127, 127].
  int8_t Weight() {
    state_ = state_ * 1664525u + 1013904223u;
    return static_cast<int8_t>(static_cast<int>((state_ >> 8) % 255u) - 127);
  }

 private:
  uint32_t state_;
};

template <typename T>
BufferData Bytes(const std::vector<T>& values) {
  const auto* first = reinterpret_cast<const uint8_t*>(values.data());
  return BufferData(
      std::vector<uint8_t>(first, first + values.size() * sizeof(T)));
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

// Builds a model piece by piece; everything goes into the last subgraph.
class Builder {
 public:
  explicit Builder(std::string description) {
    model_.description = std::move(description);
    model_.buffers.emplace_back();  // Buffer 0 is the empty one.
    BeginSubgraph("main");
  }

  void BeginSubgraph(std::string name) {
    model_.subgraphs.emplace_back().name = std::move(name);
  }

  TensorIndex Activation(std::string name, TensorType type, Shape shape,
                         std::optional<Quantization> quantization = {}) {
    Tensor tensor;
    tensor.name = std::move(name);
    tensor.type = type;
    tensor.shape = std::move(shape);
    tensor.quantization = std::move(quantization);
    // As converters do, each tensor gets an (empty) buffer of its own.
    tensor.buffer = AddBuffer(BufferData());
    return AddTensor(std::move(tensor));
  }

  TensorIndex Constant(std::string name, TensorType type, Shape shape,
                       BufferData data,
                       std::optional<Quantization> quantization = {}) {
    const TensorIndex index = Activation(
        std::move(name), type, std::move(shape), std::move(quantization));
    model_.buffers[At(index).buffer].data = std::move(data);
    return index;
  }

  TensorIndex Int32s(std::string name, const std::vector<int32_t>& values) {
    return Constant(std::move(name), TensorType::kInt32,
                    {static_cast<int32_t>(values.size())}, Bytes(values));
  }

  TensorIndex Floats(std::string name, Shape shape,
                     const std::vector<float>& values) {
    return Constant(std::move(name), TensorType::kFloat32, std::move(shape),
                    Bytes(values));
  }

  TensorIndex Variable(std::string name, TensorType type, Shape shape,
                       std::optional<Quantization> quantization = {}) {
    const TensorIndex index = Activation(
        std::move(name), type, std::move(shape), std::move(quantization));
    At(index).is_variable = true;
    return index;
  }

  void Add(Op code, Indices inputs, Indices outputs,
           OperatorOptions options = {}, int32_t version = 1) {
    AddWithCode(CodeIndex(code, "", version), std::move(inputs),
                std::move(outputs), std::move(options));
  }

  void AddCustom(const std::string& code, Indices inputs, Indices outputs,
                 std::vector<uint8_t> custom_options) {
    AddWithCode(CodeIndex(Op::kCustom, code, 1), std::move(inputs),
                std::move(outputs), {});
    model_.subgraphs.back().operators.back().custom_options =
        BufferData(std::move(custom_options));
  }

  void SetIo(Indices inputs, Indices outputs) {
    model_.subgraphs.back().inputs = std::move(inputs);
    model_.subgraphs.back().outputs = std::move(outputs);
  }

  void AddMetadata(std::string name, BufferData data) {
    model_.metadata.push_back({std::move(name), AddBuffer(std::move(data))});
  }

  // Names the inputs and outputs of subgraph 0 by their tensors.
  void AddSignature() {
    const Subgraph& main = model_.subgraphs.front();
    SignatureDef signature;
    signature.signature_key = "serving_default";
    for (TensorIndex index : main.inputs) {
      signature.inputs.push_back(
          {main.tensors[index].name, static_cast<uint32_t>(index)});
    }
    for (TensorIndex index : main.outputs) {
      signature.outputs.push_back(
          {main.tensors[index].name, static_cast<uint32_t>(index)});
    }
    model_.signature_defs.push_back(std::move(signature));
  }

  Tensor& At(TensorIndex index) {
    return model_.subgraphs.back().tensors[index];
  }

  Model Take() { return std::move(model_); }

 private:
  uint32_t AddBuffer(BufferData data) {
    model_.buffers.push_back({std::move(data), false});
    return static_cast<uint32_t>(model_.buffers.size() - 1);
  }

  TensorIndex AddTensor(Tensor tensor) {
    std::vector<Tensor>& tensors = model_.subgraphs.back().tensors;
    tensors.push_back(std::move(tensor));
    return static_cast<TensorIndex>(tensors.size() - 1);
  }

  uint32_t CodeIndex(Op code, const std::string& custom, int32_t version) {
    for (size_t i = 0; i < model_.operator_codes.size(); ++i) {
      const OperatorCode& known = model_.operator_codes[i];
      if (known.builtin_code == code && known.custom_code == custom &&
          known.version == version) {
        return static_cast<uint32_t>(i);
      }
    }
    OperatorCode added;
    const auto number = static_cast<int32_t>(code);
    // Older readers look only at the byte; 127 says "see the other field".
    added.deprecated_builtin_code =
        static_cast<int8_t>(number < 127 ? number : 127);
    added.builtin_code = code;
    added.custom_code = custom;
    added.version = version;
    model_.operator_codes.push_back(std::move(added));
    return static_cast<uint32_t>(model_.operator_codes.size() - 1);
  }

  void AddWithCode(uint32_t code, Indices inputs, Indices outputs,
                   OperatorOptions options) {
    Operator op;
    op.opcode_index = code;
    op.inputs = std::move(inputs);
    op.outputs = std::move(outputs);
    op.options = std::move(options);
    model_.subgraphs.back().operators.push_back(std::move(op));
  }

  Model model_;
};

// A network of convolutions over a spectrogram, written twice: as int8 with one
// scale for each output channel, and as float32 with the same weights.
class KeywordNet {
 public:
  explicit KeywordNet(bool quantized)
      : quantized_(quantized),
        builder_(quantized ? "keyword_int8" : "keyword_float") {}

  Model Build() {
    TensorIndex x = Activation("mfcc", {1, 49, 10, 1}, kInputScale, 4);
    const TensorIndex input = x;
    float scale = kInputScale;

    x = Layer(
        Op::kConv2D, "conv", x, scale, {kChannels, 10, 4, 1},
        {1, 25, 5, kChannels}, 40,
        MakeOptions(Conv2DOptions{
            .stride_w = 2, .stride_h = 2, .fused_activation_function = kRelu}));
    scale = kHiddenScale;
    for (int block = 1; block <= 4; ++block) {
      const std::string number = std::to_string(block);
      x = Layer(Op::kDepthwiseConv2D, "depthwise_" + number, x, scale,
                {1, 3, 3, kChannels}, {1, 25, 5, kChannels}, 9,
                MakeOptions(DepthwiseConv2DOptions{
                    .stride_w = 1,
                    .stride_h = 1,
                    .depth_multiplier = 1,
                    .fused_activation_function = kRelu}));
      x = Layer(Op::kConv2D, "pointwise_" + number, x, scale,
                {kChannels, 1, 1, kChannels}, {1, 25, 5, kChannels}, kChannels,
                MakeOptions(Conv2DOptions{.stride_w = 1,
                                          .stride_h = 1,
                                          .fused_activation_function = kRelu}));
    }

    const TensorIndex pooled =
        Activation("average", {1, 1, 1, kChannels}, scale, -128);
    builder_.Add(Op::kAveragePool2D, {x}, {pooled},
                 MakeOptions(Pool2DOptions{.padding = Padding::kValid,
                                           .stride_w = 5,
                                           .stride_h = 25,
                                           .filter_width = 5,
                                           .filter_height = 25}),
                 quantized_ ? 2 : 1);
    const TensorIndex flat = Activation("flat", {1, kChannels}, scale, -128);
    const TensorIndex shape = builder_.Int32s("flat/shape", {1, kChannels});
    builder_.Add(Op::kReshape, {pooled, shape}, {flat},
                 MakeOptions(ReshapeOptions{.new_shape = {1, kChannels}}));

    const TensorIndex logits =
        FullyConnected("logits", flat, scale, kKeywords, 0.125f, 12);
    const TensorIndex output =
        Activation("probabilities", {1, kKeywords}, 1.0f / 256, -128);
    builder_.Add(Op::kSoftmax, {logits}, {output},
                 MakeOptions(SoftmaxOptions{.beta = 1.0f}), quantized_ ? 2 : 1);
    builder_.SetIo({input}, {output});
    builder_.AddSignature();
    return builder_.Take();
  }

 private:
  static constexpr int32_t kChannels = 40;
  static constexpr int32_t kKeywords = 12;
  static constexpr float kInputScale = 5.0f / 128;
  static constexpr float kHiddenScale = 6.0f / 256;

  TensorIndex Activation(const std::string& name, Shape shape, float scale,
                         int64_t zero_point) {
    if (!quantized_) {
      return builder_.Activation(name, TensorType::kFloat32, std::move(shape));
    }
    return builder_.Activation(name, TensorType::kInt8, std::move(shape),
                               PerTensor(scale, zero_point));
  }

  // Weights and bias; channel c has the scale scales[c], or the only one.
  Indices Parameters(const std::string& name, TensorIndex input,
                     float input_scale, Shape filter_shape, int32_t dimension,
                     int32_t channels, std::vector<float> scales) {
    const std::vector<int8_t> weights = Weights(filter_shape);
    std::vector<int32_t> bias(static_cast<size_t>(channels));
    for (int32_t& value : bias) value = 8 * random_.Weight();
    const auto scale_of = [&](size_t channel) {
      return scales.size() == 1 ? scales[0] : scales[channel];
    };
    if (!quantized_) {
      // The quantized dimension is the first or the last.
      const auto count = static_cast<size_t>(channels);
      std::vector<float> values(weights.size());
      for (size_t i = 0; i < weights.size(); ++i) {
        const size_t channel =
            dimension == 0 ? i / (weights.size() / count) : i % count;
        values[i] = static_cast<float>(weights[i]) * scale_of(channel);
      }
      std::vector<float> offsets(count);
      for (size_t i = 0; i < count; ++i) {
        offsets[i] = static_cast<float>(bias[i]) * (input_scale * scale_of(i));
      }
      return {input, builder_.Floats(name + "/weights", filter_shape, values),
              builder_.Floats(name + "/bias", {channels}, offsets)};
    }
    std::vector<float> bias_scales;
    for (float scale : scales) bias_scales.push_back(input_scale * scale);
    const TensorIndex weights_index =
        builder_.Constant(name + "/weights", TensorType::kInt8, filter_shape,
                          Bytes(weights), PerChannel(scales, dimension));
    return {input, weights_index,
            builder_.Constant(name + "/bias", TensorType::kInt32, {channels},
                              Bytes(bias), PerChannel(bias_scales, 0))};
  }

  // A convolution with `fan_in` products in each sum.
  TensorIndex Layer(Op code, const std::string& name, TensorIndex input,
                    float input_scale, Shape filter_shape, Shape output_shape,
                    int fan_in, OperatorOptions options) {
    const int32_t channels = output_shape.back();
    const int32_t dimension = code == Op::kDepthwiseConv2D ? 3 : 0;
    // Uniform weights of this size keep the variance from layer to layer; the
    // channels differ by up to half as much again.
    const float base = std::sqrt(2.0f / static_cast<float>(fan_in)) / 73.0f;
    std::vector<float> scales(static_cast<size_t>(channels));
    for (size_t c = 0; c < scales.size(); ++c) {
      scales[c] = base * (1.0f + static_cast<float>(c) / 96.0f);
    }
    const Indices inputs =
        Parameters(name, input, input_scale, std::move(filter_shape), dimension,
                   channels, std::move(scales));
    const TensorIndex output =
        Activation(name, std::move(output_shape), kHiddenScale, -128);
    builder_.Add(code, inputs, {output}, std::move(options),
                 quantized_ ? 3 : 1);
    return output;
  }

  TensorIndex FullyConnected(const std::string& name, TensorIndex input,
                             float input_scale, int32_t units, float scale,
                             int64_t zero_point) {
    const Indices inputs = Parameters(
        name, input, input_scale, {units, kChannels}, 0, units, {1.0f / 256});
    const TensorIndex output = Activation(name, {1, units}, scale, zero_point);
    builder_.Add(Op::kFullyConnected, inputs, {output},
                 MakeOptions(FullyConnectedOptions{}), quantized_ ? 4 : 1);
    return output;
  }

  std::vector<int8_t> Weights(const Shape& shape) {
    std::vector<int8_t> weights(static_cast<size_t>(*ElementCount(shape)));
    for (int8_t& weight : weights) weight = random_.Weight();
    return weights;
  }

  const bool quantized_;
  Builder builder_;
  Lcg random_{20260801};
};

// sin(x) on [0, 2 pi] as the sum of 16 ramps: two fully connected layers.
Model SineFloat() {
  constexpr int32_t kRamps = 16;
  // Rounded, so that the last bit of a sine does not decide the file.
  const auto rounded = [](double value) {
    return static_cast<float>(std::round(value * 65536) / 65536);
  };
  const double step = 2 * 3.14159265358979323846 / kRamps;
  std::vector<float> bias;
  std::vector<float> slopes;
  double slope = 0;
  for (int i = 0; i < kRamps; ++i) {
    const double knot = i * step;
    const double next = (std::sin(knot + step) - std::sin(knot)) / step;
    bias.push_back(rounded(-knot));
    slopes.push_back(rounded(next - slope));
    slope = next;
  }

  Builder b("sine_float");
  const TensorIndex x = b.Activation("x", TensorType::kFloat32, {1, 1});
  const TensorIndex ones =
      b.Floats("ramps/weights", {kRamps, 1}, std::vector<float>(kRamps, 1.0f));
  const TensorIndex knots = b.Floats("ramps/bias", {kRamps}, bias);
  const TensorIndex ramps =
      b.Activation("ramps", TensorType::kFloat32, {1, kRamps});
  b.Add(Op::kFullyConnected, {x, ones, knots}, {ramps},
        MakeOptions(FullyConnectedOptions{.fused_activation_function = kRelu}));
  const TensorIndex weights = b.Floats("y/weights", {1, kRamps}, slopes);
  const TensorIndex zero = b.Floats("y/bias", {1}, {0.0f});
  const TensorIndex y = b.Activation("y", TensorType::kFloat32, {1, 1});
  b.Add(Op::kFullyConnected, {ramps, weights, zero}, {y},
        MakeOptions(FullyConnectedOptions{}));
  b.SetIo({x}, {y});
  b.AddSignature();
  return b.Take();
}

// A gesture classifier over a stream of accelerometer and gyroscope samples:
// SVDF, which keeps its state in a variable tensor, then a classifier.
Model GesturesWithState() {
  constexpr int32_t kInputs = 6;
  constexpr int32_t kUnits = 16;
  constexpr int32_t kRank = 2;
  constexpr int32_t kFilters = kUnits * kRank;
  constexpr int32_t kMemory = 10;
  constexpr int32_t kGestures = 4;
  constexpr float kInputScale = 1.0f / 32;
  constexpr float kFeatureScale = 1.0f / 128;
  constexpr float kTimeScale = 1.0f / 32768;
  constexpr float kStateScale = 1.0f / 2048;
  constexpr float kHiddenScale = 1.0f / 16;

  Lcg random(7);
  const auto weights = [&random](int32_t count) {
    std::vector<int8_t> values(static_cast<size_t>(count));
    for (int8_t& value : values) value = random.Weight();
    return values;
  };

  Builder b("gestures_with_state");
  const TensorIndex motion = b.Activation(
      "motion", TensorType::kInt8, {1, kInputs}, PerTensor(kInputScale, -1));
  const TensorIndex feature = b.Constant(
      "svdf/feature", TensorType::kInt8, {kFilters, kInputs},
      Bytes(weights(kFilters * kInputs)), PerTensor(kFeatureScale, 0));
  std::vector<int16_t> time;
  for (int i = 0; i < kFilters * kMemory; ++i) {
    time.push_back(static_cast<int16_t>(random.Weight() * 256));
  }
  const TensorIndex time_weights =
      b.Constant("svdf/time", TensorType::kInt16, {kFilters, kMemory},
                 Bytes(time), PerTensor(kTimeScale, 0));
  const TensorIndex svdf_bias =
      b.Constant("svdf/bias", TensorType::kInt32, {kUnits},
                 Bytes(std::vector<int32_t>(kUnits, 64)),
                 PerTensor(kStateScale * kTimeScale, 0));
  const TensorIndex state =
      b.Variable("svdf/state", TensorType::kInt16, {1, kFilters * kMemory},
                 PerTensor(kStateScale, 0));
  const TensorIndex hidden = b.Activation(
      "hidden", TensorType::kInt8, {1, kUnits}, PerTensor(kHiddenScale, -128));
  b.Add(Op::kSvdf, {motion, feature, time_weights, svdf_bias, state}, {hidden},
        MakeOptions(
            SVDFOptions{.rank = kRank, .fused_activation_function = kRelu}),
        3);

  const TensorIndex classes =
      b.Constant("logits/weights", TensorType::kInt8, {kGestures, kUnits},
                 Bytes(weights(kGestures * kUnits)), PerTensor(1.0f / 128, 0));
  const TensorIndex bias =
      b.Constant("logits/bias", TensorType::kInt32, {kGestures},
                 Bytes(std::vector<int32_t>{10, -20, 30, -40}),
                 PerTensor(kHiddenScale * (1.0f / 128), 0));
  const TensorIndex logits = b.Activation("logits", TensorType::kInt8,
                                          {1, kGestures}, PerTensor(0.25f, 3));
  b.Add(Op::kFullyConnected, {hidden, classes, bias}, {logits},
        MakeOptions(FullyConnectedOptions{}), 4);
  const TensorIndex output =
      b.Activation("gesture", TensorType::kInt8, {1, kGestures},
                   PerTensor(1.0f / 256, -128));
  b.Add(Op::kSoftmax, {logits}, {output},
        MakeOptions(SoftmaxOptions{.beta = 1.0f}), 2);
  b.SetIo({motion}, {output});
  b.AddSignature();
  return b.Take();
}

// A WHILE that scales its data a few times, an IF that keeps or negates it, and
// a running sum in a resource variable that a CALL_ONCE sets to zero.
Model ControlFlow() {
  const Shape data_shape = {1, 8};
  const auto data = [&](Builder& b, std::string name) {
    return b.Activation(std::move(name), TensorType::kFloat32, data_shape);
  };
  const auto count = [](Builder& b, std::string name) {
    return b.Activation(std::move(name), TensorType::kInt32, {1});
  };
  const auto handle = [](Builder& b) {
    const TensorIndex index =
        b.Activation("sum/handle", TensorType::kResource, {1});
    b.Add(Op::kVarHandle, {}, {index},
          MakeOptions(VarHandleOptions{.container = "", .shared_name = "sum"}));
    return index;
  };

  Builder b("control_flow");
  const TensorIndex start = count(b, "start");
  const TensorIndex values = data(b, "values");
  const TensorIndex keep = b.Activation("keep", TensorType::kBool, {1});
  b.Add(Op::kCallOnce, {}, {},
        MakeOptions(CallOnceOptions{.init_subgraph_index = 1}));
  const TensorIndex end = count(b, "end");
  const TensorIndex scaled = data(b, "scaled");
  b.Add(Op::kWhile, {start, values}, {end, scaled},
        MakeOptions(
            WhileOptions{.cond_subgraph_index = 2, .body_subgraph_index = 3}));
  const TensorIndex chosen = data(b, "chosen");
  b.Add(Op::kIf, {keep, scaled}, {chosen},
        MakeOptions(
            IfOptions{.then_subgraph_index = 4, .else_subgraph_index = 5}));
  const TensorIndex sum = handle(b);
  const TensorIndex before = data(b, "before");
  b.Add(Op::kReadVariable, {sum}, {before}, MakeOptions(ReadVariableOptions{}));
  const TensorIndex after = data(b, "after");
  b.Add(Op::kAdd, {before, chosen}, {after}, MakeOptions(AddOptions{}));
  b.Add(Op::kAssignVariable, {sum, after}, {},
        MakeOptions(AssignVariableOptions{}));
  b.SetIo({start, values, keep}, {after});

  b.BeginSubgraph("init");
  const TensorIndex zeros =
      b.Floats("zeros", data_shape, std::vector<float>(8, 0.0f));
  const TensorIndex initial = handle(b);
  b.Add(Op::kAssignVariable, {initial, zeros}, {},
        MakeOptions(AssignVariableOptions{}));
  b.SetIo({}, {});

  b.BeginSubgraph("condition");
  const TensorIndex counter = count(b, "counter");
  const TensorIndex unused = data(b, "unused");
  const TensorIndex limit = b.Int32s("limit", {3});
  const TensorIndex go_on = b.Activation("go_on", TensorType::kBool, {1});
  b.Add(Op::kLess, {counter, limit}, {go_on}, MakeOptions(LessOptions{}));
  b.SetIo({counter, unused}, {go_on});

  b.BeginSubgraph("body");
  const TensorIndex old_counter = count(b, "counter");
  const TensorIndex old_data = data(b, "data");
  const TensorIndex one = b.Int32s("one", {1});
  const TensorIndex new_counter = count(b, "counter_plus_one");
  b.Add(Op::kAdd, {old_counter, one}, {new_counter}, MakeOptions(AddOptions{}));
  const TensorIndex factor = b.Floats("factor", {1}, {0.5f});
  const TensorIndex new_data = data(b, "halved");
  b.Add(Op::kMul, {old_data, factor}, {new_data}, MakeOptions(MulOptions{}));
  b.SetIo({old_counter, old_data}, {new_counter, new_data});

  b.BeginSubgraph("then");
  const TensorIndex kept = data(b, "data");
  const TensorIndex positive = data(b, "positive");
  b.Add(Op::kRelu, {kept}, {positive});
  b.SetIo({kept}, {positive});

  b.BeginSubgraph("else");
  const TensorIndex given = data(b, "data");
  const TensorIndex negated = data(b, "negated");
  b.Add(Op::kNeg, {given}, {negated}, MakeOptions(NegOptions{}));
  b.SetIo({given}, {negated});
  return b.Take();
}

// Float activations with int8 weights, as "dynamic range quantization" gives
// them: the runtime refuses that in Prepare.
Model HybridRefused() {
  Lcg random(3);
  std::vector<int8_t> weights(4 * 16);
  for (int8_t& weight : weights) weight = random.Weight();
  Builder b("hybrid_refused");
  const TensorIndex input =
      b.Activation("input", TensorType::kFloat32, {1, 16});
  const TensorIndex filter =
      b.Constant("weights", TensorType::kInt8, {4, 16}, Bytes(weights),
                 PerTensor(1.0f / 128, 0));
  const TensorIndex bias = b.Floats("bias", {4}, {0.0f, 0.5f, 1.0f, 1.5f});
  const TensorIndex output =
      b.Activation("output", TensorType::kFloat32, {1, 4});
  b.Add(Op::kFullyConnected, {input, filter, bias}, {output},
        MakeOptions(FullyConnectedOptions{}), 3);
  b.SetIo({input}, {output});
  return b.Take();
}

// A batch size that is known only at run time, which the runtime cannot plan.
Model DynamicShape() {
  Builder b("dynamic_shape");
  const TensorIndex input =
      b.Activation("input", TensorType::kFloat32, {0, 4, 8});
  b.At(input).shape_signature = {-1, 4, 8};
  const TensorIndex shape = b.Int32s("shape", {-1, 32});
  const TensorIndex flat = b.Activation("flat", TensorType::kFloat32, {0, 32});
  b.At(flat).shape_signature = {-1, 32};
  b.Add(Op::kReshape, {input, shape}, {flat},
        MakeOptions(ReshapeOptions{.new_shape = {-1, 32}}));
  const TensorIndex output =
      b.Activation("output", TensorType::kFloat32, {0, 32});
  b.At(output).shape_signature = {-1, 32};
  b.Add(Op::kRelu, {flat}, {output});
  b.SetIo({input}, {output});
  return b.Take();
}

// An operator that only the application knows, before one that everybody does.
Model UnknownCustomOp() {
  Builder b("unknown_custom_op");
  const TensorIndex audio = b.Activation("audio", TensorType::kInt16, {1, 160},
                                         PerTensor(1.0f / 32768, 0));
  const TensorIndex features =
      b.Activation("features", TensorType::kFloat32, {1, 8});
  b.AddCustom("AcmeFrontend", {audio}, {features}, {1, 2, 3, 4, 5});
  const TensorIndex output =
      b.Activation("output", TensorType::kFloat32, {1, 8});
  b.Add(Op::kSoftmax, {features}, {output},
        MakeOptions(SoftmaxOptions{.beta = 1.0f}));
  b.SetIo({audio}, {output});
  return b.Take();
}

// A chain whose memory plan was made ahead of time, in the metadata that the
// runtime honours: one tensor is left to the runtime (-1).
Model OfflinePlan() {
  Builder b("offline_plan");
  const Quantization quantization = PerTensor(1.0f / 16, 0);
  const auto tensor = [&](std::string name) {
    return b.Activation(std::move(name), TensorType::kInt8, {1, 4, 4, 16},
                        quantization);
  };
  const TensorIndex input = tensor("input");
  const TensorIndex first = tensor("first");
  const TensorIndex second = tensor("second");
  const TensorIndex output = tensor("output");
  const auto options = MakeOptions(Pool2DOptions{.padding = Padding::kSame,
                                                 .stride_w = 1,
                                                 .stride_h = 1,
                                                 .filter_width = 2,
                                                 .filter_height = 2});
  b.Add(Op::kMaxPool2D, {input}, {first}, options, 2);
  b.Add(Op::kAdd, {input, first}, {second}, MakeOptions(AddOptions{}), 2);
  b.Add(Op::kMaxPool2D, {second}, {output}, options, 2);
  b.SetIo({input}, {output});
  // Version, subgraph, count, then an offset for each tensor.
  b.AddMetadata("OfflineMemoryAllocation",
                Bytes(std::vector<int32_t>{1, 0, 4, 0, 512, 256, -1}));
  return b.Take();
}

// For the benchmarks: one fully connected layer whose weights take `bytes`.
Model ManyWeights(int64_t bytes) {
  constexpr int32_t kDepth = 1024;
  const auto units = static_cast<int32_t>(bytes / kDepth);
  Lcg random(1);
  std::vector<int8_t> weights(static_cast<size_t>(units) * kDepth);
  for (int8_t& weight : weights) weight = random.Weight();
  Builder b("weights");
  const TensorIndex input = b.Activation("input", TensorType::kInt8,
                                         {1, kDepth}, PerTensor(1.0f / 64, 0));
  const TensorIndex filter =
      b.Constant("weights", TensorType::kInt8, {units, kDepth}, Bytes(weights),
                 PerTensor(1.0f / 128, 0));
  const TensorIndex output = b.Activation("output", TensorType::kInt8,
                                          {1, units}, PerTensor(1.0f / 8, 0));
  b.Add(Op::kFullyConnected, {input, filter, kNoTensor}, {output},
        MakeOptions(FullyConnectedOptions{}), 4);
  b.SetIo({input}, {output});
  return b.Take();
}

// For the benchmarks: `count` operators with tensors of many sizes and
// lifetimes, so that the planner has work.
Model ManyOperators(int64_t count) {
  Lcg random(2);
  Builder b("operators");
  const Quantization quantization = PerTensor(1.0f / 16, 0);
  const auto tensor = [&](int64_t i) {
    return b.Activation("t" + std::to_string(i), TensorType::kInt8,
                        {1, 4, 4, 16}, quantization);
  };
  Indices recent = {tensor(0)};
  const TensorIndex input = recent[0];
  for (int64_t i = 1; i <= count; ++i) {
    const TensorIndex output = tensor(i);
    if (i % 4 == 0) {
      b.Add(Op::kMaxPool2D, {recent.back()}, {output},
            MakeOptions(Pool2DOptions{.padding = Padding::kSame,
                                      .stride_w = 1,
                                      .stride_h = 1,
                                      .filter_width = 2,
                                      .filter_height = 2}),
            2);
    } else {
      // The other operand was made up to eight operators ago.
      const size_t back = static_cast<size_t>(random.Weight() + 127) % 8;
      const size_t last = recent.size() - 1;
      b.Add(Op::kAdd, {recent[last], recent[last - std::min(last, back)]},
            {output}, MakeOptions(AddOptions{}), 2);
    }
    recent.push_back(output);
    if (recent.size() > 8) recent.erase(recent.begin());
  }
  b.SetIo({input}, {recent.back()});
  return b.Take();
}

struct Entry {
  std::string_view file;
  std::function<Model()> make;
};

const std::vector<Entry>& Entries() {
  static const std::vector<Entry> entries = {
      {"keyword_int8.tflite", [] { return KeywordNet(true).Build(); }},
      {"keyword_float.tflite", [] { return KeywordNet(false).Build(); }},
      {"sine_float.tflite", SineFloat},
      {"gestures_with_state.tflite", GesturesWithState},
      {"control_flow.tflite", ControlFlow},
      {"hybrid_refused.tflite", HybridRefused},
      {"dynamic_shape.tflite", DynamicShape},
      {"unknown_custom_op.tflite", UnknownCustomOp},
      {"offline_plan.tflite", OfflinePlan},
  };
  return entries;
}

// The file of a model, or nothing after saying why there is none.
std::optional<std::string> Serialise(std::string_view name,
                                     const Model& model) {
  const std::string label(name);
  if (const Status valid = ValidateModel(model); !valid) {
    std::fprintf(stderr, "%s: %s\n", label.c_str(),
                 valid.error().message.c_str());
    return std::nullopt;
  }
  Result<std::vector<uint8_t>> bytes = WriteTflite(model);
  if (!bytes) {
    std::fprintf(stderr, "%s: %s\n", label.c_str(),
                 bytes.error().message.c_str());
    return std::nullopt;
  }
  return std::string(bytes->begin(), bytes->end());
}

bool Write(const std::filesystem::path& path,
           const std::optional<std::string>& bytes) {
  if (!bytes) return false;
  std::ofstream out(path, std::ios::binary);
  out << *bytes;
  out.close();
  if (!out) std::fprintf(stderr, "cannot write %s\n", path.c_str());
  return out.good();
}

bool Check(const std::filesystem::path& path,
           const std::optional<std::string>& bytes) {
  if (!bytes) return false;
  std::ifstream in(path, std::ios::binary);
  const std::string on_disk{std::istreambuf_iterator<char>(in), {}};
  if (on_disk == *bytes) return true;
  std::fprintf(stderr,
               "%s is not what make_testdata writes (%zu bytes, not %zu)\n",
               path.c_str(), on_disk.size(), bytes->size());
  return false;
}

int Usage() {
  std::fprintf(stderr,
               "usage: make_testdata DIR\n"
               "       make_testdata --check DIR\n"
               "       make_testdata --weights BYTES FILE\n"
               "       make_testdata --operators COUNT FILE\n");
  return 2;
}

int Main(const std::vector<std::string>& arguments) {
  if (arguments.size() == 3) {
    const int64_t number = std::atoll(arguments[1].c_str());
    const auto write_model = [&](const Model& model) {
      return Write(arguments[2], Serialise(arguments[2], model)) ? 0 : 1;
    };
    if (arguments[0] == "--weights" && number >= 1024) {
      return write_model(ManyWeights(number));
    }
    if (arguments[0] == "--operators" && number >= 1) {
      return write_model(ManyOperators(number));
    }
    return Usage();
  }
  const bool check = arguments.size() == 2 && arguments[0] == "--check";
  if (!check && arguments.size() != 1) return Usage();
  const std::filesystem::path folder = arguments.back();
  bool right = true;
  const auto handle = [&](std::string_view file,
                          const std::optional<std::string>& bytes) {
    const std::filesystem::path path = folder / file;
    right = (check ? Check(path, bytes) : Write(path, bytes)) && right;
  };
  for (const Entry& entry : Entries()) {
    handle(entry.file, Serialise(entry.file, entry.make()));
  }
  handle("gestures.onnx", GesturesOnnx());
  handle("gestures_quantized.onnx", GesturesQuantizedOnnx());
  handle("residual.onnx", ResidualOnnx());
  handle("streaming.onnx", StreamingOnnx());
  handle("unsupported.onnx", UnsupportedOnnx());
  return right ? 0 : 1;
}

}  // namespace
}  // namespace tinyml

int main(int argc, char** argv) {
  return tinyml::Main(std::vector<std::string>(argv + 1, argv + argc));
}
