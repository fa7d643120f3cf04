#include "tests/support/random_model.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tinyml/model_builder.h"
#include "tinyml/options.h"

namespace tinyml::testing {
namespace {

// A small generator of our own: std::mt19937's distributions differ between
// libraries, and the models must not.
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

class RandomModelBuilder {
 public:
  explicit RandomModelBuilder(uint32_t seed) : random_(seed) {}

  Model Build() {
    std::vector<TensorIndex> outputs;
    const int inputs = 1 + random_.Below(2);
    for (int i = 0; i < inputs; ++i) {
      live_.push_back(Input(RandomShape()));
    }
    if (random_.OneIn(4)) AddResourceVariable();
    const int steps = 3 + random_.Below(20);
    for (int i = 0; i < steps; ++i) AddRandomOperator();
    outputs.push_back(live_.back());
    if (random_.OneIn(3)) outputs.push_back(Pick());
    b_.SetOutputs(outputs);
    if (random_.OneIn(4)) AddOfflinePlan();
    return b_.Build().value();
  }

 private:
  std::vector<int32_t> RandomShape() {
    return {1, 1 + random_.Below(12), 1 + random_.Below(12),
            1 + random_.Below(24)};
  }

  std::string NextName() { return "t" + std::to_string(tensors_++); }

  TensorIndex Activation(std::vector<int32_t> shape) {
    return b_.AddTensor(NextName(), TensorType::kInt8, std::move(shape),
                        PerTensor(kScale, -3));
  }

  TensorIndex Input(std::vector<int32_t> shape) {
    return b_.AddInput(NextName(), TensorType::kInt8, std::move(shape),
                       PerTensor(kScale, -3));
  }

  TensorIndex Constant(TensorType type, std::vector<int32_t> shape,
                       Quantization quantization) {
    std::vector<uint8_t> data(
        static_cast<size_t>(StoredBytes(type, shape).value()));
    for (uint8_t& byte : data) byte = static_cast<uint8_t>(random_.Below(256));
    return b_.AddConstant(NextName(), type, std::move(shape),
                          BufferData(std::move(data)), std::move(quantization));
  }

  TensorIndex Int32Constant(const std::vector<int32_t>& values) {
    return b_.AddConstant(NextName(), {static_cast<int32_t>(values.size())},
                          values);
  }

  const std::vector<int32_t>& ShapeOf(TensorIndex index) {
    return b_.At(index).shape;
  }

  TensorIndex Pick() {
    // Mostly recent tensors, sometimes old ones: long lifetimes.
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
    b_.AddOperator(BuiltinOperator::kAdd, {a, b}, {out},
                   MakeOptions(AddOptions{}));
    live_.push_back(out);
  }

  Quantization Channels(int channels, int32_t dimension) {
    return PerChannel(std::vector<float>(channels, 0.01F), dimension);
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
    b_.AddOperator(BuiltinOperator::kConv2D, {in, filter, bias}, {out},
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
    b_.AddOperator(BuiltinOperator::kDepthwiseConv2D, {in, filter, bias}, {out},
                   MakeOptions(options));
    live_.push_back(out);
  }

  void AddMean() {
    const TensorIndex in = Pick();
    const auto shape = ShapeOf(in);
    if (shape.size() != 4) return;
    const TensorIndex axes = Int32Constant({1, 2});
    const TensorIndex out = Activation({1, 1, 1, shape[3]});
    b_.AddOperator(BuiltinOperator::kMean, {in, axes}, {out},
                   MakeOptions(ReducerOptions{.keep_dims = true}));
    live_.push_back(out);
  }

  void AddSoftmax() {
    const TensorIndex in = Pick();
    const TensorIndex out = Activation(ShapeOf(in));
    b_.At(out).quantization = PerTensor(1.0F / 256.0F, -128);
    b_.AddOperator(BuiltinOperator::kSoftmax, {in}, {out},
                   MakeOptions(SoftmaxOptions{.beta = 1.0F}));
    // Its scale is its own: it ends here, as an output that nothing reads.
  }

  void AddConcatenation() {
    const TensorIndex in = Pick();
    auto shape = ShapeOf(in);
    if (shape.size() != 4 || shape[3] > 200) return;
    shape[3] *= 2;
    const TensorIndex out = Activation(shape);
    b_.AddOperator(BuiltinOperator::kConcatenation, {in, in}, {out},
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
    b_.AddOperator(random_.OneIn(2) ? BuiltinOperator::kAveragePool2D
                                    : BuiltinOperator::kMaxPool2D,
                   {in}, {out}, MakeOptions(options));
    live_.push_back(out);
  }

  void AddSvdf() {
    const int32_t features = 2 + random_.Below(8);
    const int32_t units = 1 + random_.Below(6);
    const int32_t memory = 2 + random_.Below(5);
    const TensorIndex in = Input({1, features});
    const TensorIndex weights_feature =
        Constant(TensorType::kInt8, {units, features}, PerTensor(0.01F, 0));
    const TensorIndex weights_time =
        Constant(TensorType::kInt16, {units, memory}, PerTensor(0.5F, 0));
    const TensorIndex bias =
        Constant(TensorType::kInt32, {units}, PerTensor(0.25F, 0));
    const TensorIndex variable =
        b_.AddVariable(NextName(), TensorType::kInt16, {1, units * memory},
                       PerTensor(0.5F, 0));
    const TensorIndex out = Activation({1, units});
    SVDFOptions options;
    options.rank = 1;
    options.fused_activation_function = ActivationFunctionType::kRelu;
    b_.AddOperator(BuiltinOperator::kSvdf,
                   {in, weights_feature, weights_time, bias, variable}, {out},
                   MakeOptions(options));
  }

  // A subgraph of a few additions from one input to one output.
  int32_t AddBody(const std::vector<int32_t>& shape) {
    const int32_t subgraph = b_.AddSubgraph("");
    TensorIndex last = Input(shape);
    const int steps = 1 + random_.Below(3);
    for (int i = 0; i < steps; ++i) {
      const TensorIndex next = Activation(shape);
      b_.AddOperator(BuiltinOperator::kAdd, {last, last}, {next},
                     MakeOptions(AddOptions{}));
      last = next;
    }
    b_.SetOutputs({last});
    b_.SelectSubgraph(0);
    return subgraph;
  }

  void AddBranch() {
    const TensorIndex in = Pick();
    const auto shape = ShapeOf(in);
    const TensorIndex condition =
        b_.AddInput(NextName(), TensorType::kBool, {1});
    const int32_t then_index = AddBody(shape);
    const int32_t else_index = AddBody(shape);
    const TensorIndex out = Activation(shape);
    b_.AddOperator(BuiltinOperator::kIf, {condition, in}, {out},
                   MakeOptions(IfOptions{.then_subgraph_index = then_index,
                                         .else_subgraph_index = else_index}));
    live_.push_back(out);
  }

  void AddLoop() {
    const TensorIndex in = Pick();
    const auto shape = ShapeOf(in);
    // The condition passes on a flag that the graph does not change.
    const int32_t condition = b_.AddSubgraph("");
    const TensorIndex value = Input(shape);
    const TensorIndex flag = b_.AddTensor(NextName(), TensorType::kBool, shape);
    b_.AddOperator(BuiltinOperator::kLess, {value, value}, {flag},
                   MakeOptions(LessOptions{}));
    b_.SetOutputs({flag});
    const int32_t body = AddBody(shape);
    const TensorIndex out = Activation(shape);
    b_.AddOperator(BuiltinOperator::kWhile, {in}, {out},
                   MakeOptions(WhileOptions{.cond_subgraph_index = condition,
                                            .body_subgraph_index = body}));
    live_.push_back(out);
  }

  void AddResourceVariable() {
    const TensorIndex id = b_.AddTensor(NextName(), TensorType::kResource, {1});
    b_.AddOperator(
        BuiltinOperator::kVarHandle, {}, {id},
        MakeOptions(VarHandleOptions{.container = "", .shared_name = "state"}));
    const TensorIndex value = Pick();
    b_.AddOperator(BuiltinOperator::kAssignVariable, {id, value}, {},
                   MakeOptions(AssignVariableOptions{}));
    const TensorIndex out = Activation(ShapeOf(value));
    b_.AddOperator(BuiltinOperator::kReadVariable, {id}, {out},
                   MakeOptions(ReadVariableOptions{}));
    live_.push_back(out);
  }

  // Prescribes a high offset for some activations.
  void AddOfflinePlan() {
    std::vector<int32_t> words = {1, 1, 0};
    for (const Subgraph& subgraph : b_.model().subgraphs) {
      for (const Tensor& tensor : subgraph.tensors) {
        const bool planned = tensor.buffer == 0 && !tensor.is_variable &&
                             tensor.type == TensorType::kInt8 &&
                             random_.OneIn(6);
        words.push_back(planned ? 16 * (64 + random_.Below(512)) : -1);
        ++words[2];
      }
    }
    b_.AddMetadata("OfflineMemoryAllocation", BufferOf(words));
  }

  Random random_;
  ModelBuilder b_;
  int tensors_ = 0;
  std::vector<TensorIndex> live_;  // Tensors of the main graph with a value.
};

}  // namespace

Model RandomModel(uint32_t seed) { return RandomModelBuilder(seed).Build(); }

}  // namespace tinyml::testing
