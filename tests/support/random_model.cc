#include "tests/support/random_model.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "model/options.h"

namespace tinyml::testing {
namespace {

// A small generator of our own: std::mt19937's distributions differ between
// libraries, and the models shall not.
class Random {
 public:
  explicit Random(uint32_t seed) : state_(seed * 2654435761U + 1) {}
  // Uniform in [0, bound).
  int Below(int bound) {
    state_ = state_ * 1664525U + 1013904223U;
    return static_cast<int>((uint64_t{state_} * static_cast<uint64_t>(bound)) >>
                            32);
  }
  bool OneIn(int n) { return Below(n) == 0; }

 private:
  uint32_t state_;
};

constexpr float kScale = 0.05F;

Quantization PerTensor(float scale, int64_t zero_point) {
  Quantization quantization;
  quantization.scale = {scale};
  quantization.zero_point = {zero_point};
  return quantization;
}

class ModelBuilder {
 public:
  explicit ModelBuilder(uint32_t seed) : random_(seed) {
    model_.buffers.emplace_back();  // The empty buffer.
    model_.subgraphs.emplace_back();
  }

  Model Build() {
    const int inputs = 1 + random_.Below(2);
    for (int i = 0; i < inputs; ++i) {
      const TensorIndex input = Activation(RandomShape());
      main().inputs.push_back(input);
      live_.push_back(input);
    }
    if (random_.OneIn(4)) AddResourceVariable();
    const int steps = 3 + random_.Below(20);
    for (int i = 0; i < steps; ++i) AddRandomOperator();
    main().outputs.push_back(live_.back());
    if (random_.OneIn(3)) main().outputs.push_back(Pick());
    if (random_.OneIn(4)) AddOfflinePlan();
    return std::move(model_);
  }

 private:
  Subgraph& main() { return model_.subgraphs[0]; }

  std::vector<int32_t> RandomShape() {
    return {1, 1 + random_.Below(12), 1 + random_.Below(12),
            1 + random_.Below(24)};
  }

  TensorIndex AddTensor(size_t subgraph, Tensor tensor) {
    auto& tensors = model_.subgraphs[subgraph].tensors;
    tensor.name =
        "t" + std::to_string(subgraph) + "_" + std::to_string(tensors.size());
    tensors.push_back(std::move(tensor));
    return static_cast<TensorIndex>(tensors.size() - 1);
  }

  TensorIndex Activation(std::vector<int32_t> shape, size_t subgraph = 0) {
    Tensor tensor;
    tensor.type = TensorType::kInt8;
    tensor.shape = std::move(shape);
    tensor.quantization = PerTensor(kScale, -3);
    return AddTensor(subgraph, std::move(tensor));
  }

  uint32_t AddBuffer(size_t bytes) {
    std::vector<uint8_t> data(bytes);
    for (uint8_t& byte : data) byte = static_cast<uint8_t>(random_.Below(256));
    model_.buffers.push_back({BufferData(std::move(data)), false});
    return static_cast<uint32_t>(model_.buffers.size() - 1);
  }

  TensorIndex Constant(TensorType type, std::vector<int32_t> shape,
                       Quantization quantization) {
    Tensor tensor;
    tensor.type = type;
    tensor.buffer =
        AddBuffer(static_cast<size_t>(StoredBytes(type, shape).value()));
    tensor.shape = std::move(shape);
    tensor.quantization = std::move(quantization);
    return AddTensor(0, std::move(tensor));
  }

  TensorIndex Int32Constant(const std::vector<int32_t>& values) {
    Tensor tensor;
    tensor.type = TensorType::kInt32;
    tensor.shape = {static_cast<int32_t>(values.size())};
    std::vector<uint8_t> data(values.size() * sizeof(int32_t));
    std::memcpy(data.data(), values.data(), data.size());
    model_.buffers.push_back({BufferData(std::move(data)), false});
    tensor.buffer = static_cast<uint32_t>(model_.buffers.size() - 1);
    return AddTensor(0, std::move(tensor));
  }

  uint32_t Opcode(BuiltinOperator code) {
    auto& codes = model_.operator_codes;
    for (size_t i = 0; i < codes.size(); ++i) {
      if (codes[i].builtin_code == code) return static_cast<uint32_t>(i);
    }
    OperatorCode entry;
    entry.builtin_code = code;
    entry.deprecated_builtin_code =
        static_cast<int8_t>(std::min(static_cast<int>(code), 127));
    codes.push_back(entry);
    return static_cast<uint32_t>(codes.size() - 1);
  }

  void AddOperator(BuiltinOperator code, std::vector<TensorIndex> inputs,
                   std::vector<TensorIndex> outputs, OperatorOptions options,
                   size_t subgraph = 0) {
    Operator op;
    op.opcode_index = Opcode(code);
    op.inputs = std::move(inputs);
    op.outputs = std::move(outputs);
    op.options = std::move(options);
    model_.subgraphs[subgraph].operators.push_back(std::move(op));
  }

  const std::vector<int32_t>& ShapeOf(TensorIndex index) {
    return main().tensors[index].shape;
  }

  TensorIndex Pick() {
    // Mostly what is new, sometimes what is old: long lifetimes.
    const int count = static_cast<int>(live_.size());
    const int back = random_.OneIn(3) ? count : std::min(count, 3);
    return live_[count - 1 - random_.Below(back)];
  }

  void AddRandomOperator() {
    switch (random_.Below(9)) {
      case 0:
        return AddSum();
      case 1:
        return AddConvolution();
      case 2:
        return AddDepthwise();
      case 3:
        return AddMean();
      case 4:
        return AddSoftmax();
      case 5:
        return AddConcatenation();
      case 6:
        return AddPool();
      case 7:
        return random_.OneIn(2) ? AddBranch() : AddLoop();
      default:
        return AddSvdf();
    }
  }

  void AddSum() {
    const TensorIndex a = Pick();
    TensorIndex b = a;
    for (TensorIndex candidate : live_) {
      if (ShapeOf(candidate) == ShapeOf(a) && random_.OneIn(2)) b = candidate;
    }
    const TensorIndex out = Activation(ShapeOf(a));
    AddOperator(BuiltinOperator::kAdd, {a, b}, {out},
                MakeOptions(AddOptions{}));
    live_.push_back(out);
  }

  Quantization Channels(int channels, int32_t dimension) {
    Quantization quantization;
    quantization.scale.assign(channels, 0.01F);
    quantization.zero_point.assign(channels, 0);
    quantization.quantized_dimension = dimension;
    return quantization;
  }

  void AddConvolution() {
    const TensorIndex in = Pick();
    const auto shape = ShapeOf(in);
    if (shape.size() != 4) return;
    const int32_t channels = 1 + random_.Below(20);
    const int32_t kernel = 1 + 2 * random_.Below(2);
    const int32_t stride = 1 + random_.Below(2);
    const TensorIndex filter =
        Constant(TensorType::kInt8, {channels, kernel, kernel, shape[3]},
                 Channels(channels, 0));
    const TensorIndex bias =
        Constant(TensorType::kInt32, {channels}, Channels(channels, 0));
    const TensorIndex out =
        Activation({1, (shape[1] + stride - 1) / stride,
                    (shape[2] + stride - 1) / stride, channels});
    Conv2DOptions options;
    options.padding = Padding::kSame;
    options.stride_w = stride;
    options.stride_h = stride;
    AddOperator(BuiltinOperator::kConv2D, {in, filter, bias}, {out},
                MakeOptions(options));
    live_.push_back(out);
  }

  void AddDepthwise() {
    const TensorIndex in = Pick();
    const auto shape = ShapeOf(in);
    if (shape.size() != 4) return;
    const int32_t kernel = random_.OneIn(2) ? 3 : 5;
    const TensorIndex filter =
        Constant(TensorType::kInt8, {1, kernel, kernel, shape[3]},
                 Channels(shape[3], 3));
    const TensorIndex bias =
        Constant(TensorType::kInt32, {shape[3]}, Channels(shape[3], 0));
    const TensorIndex out = Activation(shape);
    DepthwiseConv2DOptions options;
    options.padding = Padding::kSame;
    options.stride_w = 1;
    options.stride_h = 1;
    options.depth_multiplier = 1;
    AddOperator(BuiltinOperator::kDepthwiseConv2D, {in, filter, bias}, {out},
                MakeOptions(options));
    live_.push_back(out);
  }

  void AddMean() {
    const TensorIndex in = Pick();
    const auto shape = ShapeOf(in);
    if (shape.size() != 4) return;
    const TensorIndex axes = Int32Constant({1, 2});
    const TensorIndex out = Activation({1, 1, 1, shape[3]});
    AddOperator(BuiltinOperator::kMean, {in, axes}, {out},
                MakeOptions(ReducerOptions{.keep_dims = true}));
    live_.push_back(out);
  }

  void AddSoftmax() {
    const TensorIndex in = Pick();
    const TensorIndex out = Activation(ShapeOf(in));
    main().tensors[out].quantization = PerTensor(1.0F / 256.0F, -128);
    AddOperator(BuiltinOperator::kSoftmax, {in}, {out},
                MakeOptions(SoftmaxOptions{.beta = 1.0F}));
    // Its scale is its own: it ends here, as an output that nobody reads.
  }

  void AddConcatenation() {
    const TensorIndex in = Pick();
    auto shape = ShapeOf(in);
    if (shape.size() != 4 || shape[3] > 200) return;
    shape[3] *= 2;
    const TensorIndex out = Activation(shape);
    AddOperator(BuiltinOperator::kConcatenation, {in, in}, {out},
                MakeOptions(ConcatenationOptions{.axis = 3}));
    live_.push_back(out);
  }

  void AddPool() {
    const TensorIndex in = Pick();
    const auto shape = ShapeOf(in);
    if (shape.size() != 4) return;
    const TensorIndex out =
        Activation({1, (shape[1] + 1) / 2, (shape[2] + 1) / 2, shape[3]});
    Pool2DOptions options;
    options.padding = Padding::kSame;
    options.stride_w = 2;
    options.stride_h = 2;
    options.filter_width = 2;
    options.filter_height = 2;
    AddOperator(random_.OneIn(2) ? BuiltinOperator::kAveragePool2D
                                 : BuiltinOperator::kMaxPool2D,
                {in}, {out}, MakeOptions(options));
    live_.push_back(out);
  }

  void AddSvdf() {
    const int32_t features = 2 + random_.Below(8);
    const int32_t units = 1 + random_.Below(6);
    const int32_t memory = 2 + random_.Below(5);
    const TensorIndex in = Activation({1, features});
    main().inputs.push_back(in);
    const TensorIndex weights_feature =
        Constant(TensorType::kInt8, {units, features}, PerTensor(0.01F, 0));
    const TensorIndex weights_time =
        Constant(TensorType::kInt16, {units, memory}, PerTensor(0.5F, 0));
    const TensorIndex bias =
        Constant(TensorType::kInt32, {units}, PerTensor(0.25F, 0));
    Tensor state;
    state.type = TensorType::kInt16;
    state.shape = {1, units * memory};
    state.is_variable = true;
    state.quantization = PerTensor(0.5F, 0);
    const TensorIndex variable = AddTensor(0, std::move(state));
    const TensorIndex out = Activation({1, units});
    SVDFOptions options;
    options.rank = 1;
    options.fused_activation_function = ActivationFunctionType::kRelu;
    AddOperator(BuiltinOperator::kSvdf,
                {in, weights_feature, weights_time, bias, variable}, {out},
                MakeOptions(options));
  }

  // A subgraph of a few additions from one input to one output.
  size_t AddBody(const std::vector<int32_t>& shape) {
    model_.subgraphs.emplace_back();
    const size_t subgraph = model_.subgraphs.size() - 1;
    TensorIndex last = Activation(shape, subgraph);
    model_.subgraphs[subgraph].inputs = {last};
    const int steps = 1 + random_.Below(3);
    for (int i = 0; i < steps; ++i) {
      const TensorIndex next = Activation(shape, subgraph);
      AddOperator(BuiltinOperator::kAdd, {last, last}, {next},
                  MakeOptions(AddOptions{}), subgraph);
      last = next;
    }
    model_.subgraphs[subgraph].outputs = {last};
    return subgraph;
  }

  TensorIndex BoolTensor(size_t subgraph) {
    Tensor tensor;
    tensor.type = TensorType::kBool;
    tensor.shape = {1};
    return AddTensor(subgraph, std::move(tensor));
  }

  void AddBranch() {
    const TensorIndex in = Pick();
    const auto shape = ShapeOf(in);
    const TensorIndex condition = BoolTensor(0);
    main().inputs.push_back(condition);
    const auto then_index = static_cast<int32_t>(AddBody(shape));
    const auto else_index = static_cast<int32_t>(AddBody(shape));
    const TensorIndex out = Activation(shape);
    AddOperator(BuiltinOperator::kIf, {condition, in}, {out},
                MakeOptions(IfOptions{.then_subgraph_index = then_index,
                                      .else_subgraph_index = else_index}));
    live_.push_back(out);
  }

  void AddLoop() {
    const TensorIndex in = Pick();
    const auto shape = ShapeOf(in);
    // The condition hands through a flag that the graph does not change.
    model_.subgraphs.emplace_back();
    const size_t condition = model_.subgraphs.size() - 1;
    const TensorIndex value = Activation(shape, condition);
    const TensorIndex flag = BoolTensor(condition);
    model_.subgraphs[condition].inputs = {value};
    model_.subgraphs[condition].outputs = {flag};
    AddOperator(BuiltinOperator::kLess, {value, value}, {flag},
                MakeOptions(LessOptions{}), condition);
    model_.subgraphs[condition].tensors[flag].shape = shape;
    const size_t body = AddBody(shape);
    const TensorIndex out = Activation(shape);
    AddOperator(BuiltinOperator::kWhile, {in}, {out},
                MakeOptions(WhileOptions{
                    .cond_subgraph_index = static_cast<int32_t>(condition),
                    .body_subgraph_index = static_cast<int32_t>(body)}));
    live_.push_back(out);
  }

  void AddResourceVariable() {
    Tensor handle;
    handle.type = TensorType::kResource;
    handle.shape = {1};
    const TensorIndex id = AddTensor(0, std::move(handle));
    AddOperator(
        BuiltinOperator::kVarHandle, {}, {id},
        MakeOptions(VarHandleOptions{.container = "", .shared_name = "state"}));
    const TensorIndex value = Pick();
    AddOperator(BuiltinOperator::kAssignVariable, {id, value}, {},
                MakeOptions(AssignVariableOptions{}));
    const TensorIndex out = Activation(ShapeOf(value));
    AddOperator(BuiltinOperator::kReadVariable, {id}, {out},
                MakeOptions(ReadVariableOptions{}));
    live_.push_back(out);
  }

  // Prescribes a place far up for some activations.
  void AddOfflinePlan() {
    std::vector<int32_t> words = {1, 1, 0};
    for (const Subgraph& subgraph : model_.subgraphs) {
      for (const Tensor& tensor : subgraph.tensors) {
        const bool planned = tensor.buffer == 0 && !tensor.is_variable &&
                             tensor.type == TensorType::kInt8 &&
                             random_.OneIn(6);
        words.push_back(planned ? 16 * (64 + random_.Below(512)) : -1);
        ++words[2];
      }
    }
    std::vector<uint8_t> data(words.size() * sizeof(int32_t));
    std::memcpy(data.data(), words.data(), data.size());
    model_.buffers.push_back({BufferData(std::move(data)), false});
    model_.metadata.push_back(
        {"OfflineMemoryAllocation",
         static_cast<uint32_t>(model_.buffers.size() - 1)});
  }

  Random random_;
  Model model_;
  std::vector<TensorIndex> live_;  // Tensors of the main graph with a value.
};

}  // namespace

Model RandomModel(uint32_t seed) { return ModelBuilder(seed).Build(); }

}  // namespace tinyml::testing
