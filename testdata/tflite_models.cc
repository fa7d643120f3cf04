#include "testdata/tflite_models.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "testdata/builder.h"

namespace tinyml {

Result<Model> SineFloat() {
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
  const TensorIndex ones = b.AddConstant<float>(
      "ramps/weights", {kRamps, 1}, std::vector<float>(kRamps, 1.0f));
  const TensorIndex knots = b.AddConstant<float>("ramps/bias", {kRamps}, bias);
  const TensorIndex ramps =
      b.Activation("ramps", TensorType::kFloat32, {1, kRamps});
  b.AddOperator(
      Op::kFullyConnected, {x, ones, knots}, {ramps},
      MakeOptions(FullyConnectedOptions{.fused_activation_function = kRelu}));
  const TensorIndex weights =
      b.AddConstant<float>("y/weights", {1, kRamps}, slopes);
  const TensorIndex zero = b.AddConstant<float>("y/bias", {1}, {0.0f});
  const TensorIndex y = b.Activation("y", TensorType::kFloat32, {1, 1});
  b.AddOperator(Op::kFullyConnected, {ramps, weights, zero}, {y},
                MakeOptions(FullyConnectedOptions{}));
  b.SetInputs({x});
  b.SetOutputs({y});
  b.AddSignature();
  return b.Build();
}

Result<Model> GesturesWithState() {
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
  const TensorIndex feature = b.AddConstant(
      "svdf/feature", TensorType::kInt8, {kFilters, kInputs},
      BufferOf(weights(kFilters * kInputs)), PerTensor(kFeatureScale, 0));
  std::vector<int16_t> time;
  for (int i = 0; i < kFilters * kMemory; ++i) {
    time.push_back(static_cast<int16_t>(random.Weight() * 256));
  }
  const TensorIndex time_weights =
      b.AddConstant("svdf/time", TensorType::kInt16, {kFilters, kMemory},
                    BufferOf(time), PerTensor(kTimeScale, 0));
  const TensorIndex svdf_bias =
      b.AddConstant("svdf/bias", TensorType::kInt32, {kUnits},
                    BufferOf(std::vector<int32_t>(kUnits, 64)),
                    PerTensor(kStateScale * kTimeScale, 0));
  const TensorIndex state =
      b.Variable("svdf/state", TensorType::kInt16, {1, kFilters * kMemory},
                 PerTensor(kStateScale, 0));
  const TensorIndex hidden = b.Activation(
      "hidden", TensorType::kInt8, {1, kUnits}, PerTensor(kHiddenScale, -128));
  b.AddOperator(Op::kSvdf, {motion, feature, time_weights, svdf_bias, state},
                {hidden},
                MakeOptions(SVDFOptions{.rank = kRank,
                                        .fused_activation_function = kRelu}),
                3);

  const TensorIndex classes = b.AddConstant(
      "logits/weights", TensorType::kInt8, {kGestures, kUnits},
      BufferOf(weights(kGestures * kUnits)), PerTensor(1.0f / 128, 0));
  const TensorIndex bias =
      b.AddConstant("logits/bias", TensorType::kInt32, {kGestures},
                    BufferOf(std::vector<int32_t>{10, -20, 30, -40}),
                    PerTensor(kHiddenScale * (1.0f / 128), 0));
  const TensorIndex logits = b.Activation("logits", TensorType::kInt8,
                                          {1, kGestures}, PerTensor(0.25f, 3));
  b.AddOperator(Op::kFullyConnected, {hidden, classes, bias}, {logits},
                MakeOptions(FullyConnectedOptions{}), 4);
  const TensorIndex output =
      b.Activation("gesture", TensorType::kInt8, {1, kGestures},
                   PerTensor(1.0f / 256, -128));
  b.AddOperator(Op::kSoftmax, {logits}, {output},
                MakeOptions(SoftmaxOptions{.beta = 1.0f}), 2);
  b.SetInputs({motion});
  b.SetOutputs({output});
  b.AddSignature();
  return b.Build();
}

Result<Model> ControlFlow() {
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
    b.AddOperator(
        Op::kVarHandle, {}, {index},
        MakeOptions(VarHandleOptions{.container = "", .shared_name = "sum"}));
    return index;
  };

  Builder b("control_flow");
  const TensorIndex start = count(b, "start");
  const TensorIndex values = data(b, "values");
  const TensorIndex keep = b.Activation("keep", TensorType::kBool, {1});
  b.AddOperator(Op::kCallOnce, {}, {},
                MakeOptions(CallOnceOptions{.init_subgraph_index = 1}));
  const TensorIndex end = count(b, "end");
  const TensorIndex scaled = data(b, "scaled");
  b.AddOperator(Op::kWhile, {start, values}, {end, scaled},
                MakeOptions(WhileOptions{.cond_subgraph_index = 2,
                                         .body_subgraph_index = 3}));
  const TensorIndex chosen = data(b, "chosen");
  b.AddOperator(Op::kIf, {keep, scaled}, {chosen},
                MakeOptions(IfOptions{.then_subgraph_index = 4,
                                      .else_subgraph_index = 5}));
  const TensorIndex sum = handle(b);
  const TensorIndex before = data(b, "before");
  b.AddOperator(Op::kReadVariable, {sum}, {before},
                MakeOptions(ReadVariableOptions{}));
  const TensorIndex after = data(b, "after");
  b.AddOperator(Op::kAdd, {before, chosen}, {after}, MakeOptions(AddOptions{}));
  b.AddOperator(Op::kAssignVariable, {sum, after}, {},
                MakeOptions(AssignVariableOptions{}));
  b.SetInputs({start, values, keep});
  b.SetOutputs({after});

  b.AddSubgraph("init");
  const TensorIndex zeros =
      b.AddConstant<float>("zeros", data_shape, std::vector<float>(8, 0.0f));
  const TensorIndex initial = handle(b);
  b.AddOperator(Op::kAssignVariable, {initial, zeros}, {},
                MakeOptions(AssignVariableOptions{}));
  b.SetInputs({});
  b.SetOutputs({});

  b.AddSubgraph("condition");
  const TensorIndex counter = count(b, "counter");
  const TensorIndex unused = data(b, "unused");
  const TensorIndex limit = b.Int32s("limit", {3});
  const TensorIndex go_on = b.Activation("go_on", TensorType::kBool, {1});
  b.AddOperator(Op::kLess, {counter, limit}, {go_on},
                MakeOptions(LessOptions{}));
  b.SetInputs({counter, unused});
  b.SetOutputs({go_on});

  b.AddSubgraph("body");
  const TensorIndex old_counter = count(b, "counter");
  const TensorIndex old_data = data(b, "data");
  const TensorIndex one = b.Int32s("one", {1});
  const TensorIndex new_counter = count(b, "counter_plus_one");
  b.AddOperator(Op::kAdd, {old_counter, one}, {new_counter},
                MakeOptions(AddOptions{}));
  const TensorIndex factor = b.AddConstant<float>("factor", {1}, {0.5f});
  const TensorIndex new_data = data(b, "halved");
  b.AddOperator(Op::kMul, {old_data, factor}, {new_data},
                MakeOptions(MulOptions{}));
  b.SetInputs({old_counter, old_data});
  b.SetOutputs({new_counter, new_data});

  b.AddSubgraph("then");
  const TensorIndex kept = data(b, "data");
  const TensorIndex positive = data(b, "positive");
  b.AddOperator(Op::kRelu, {kept}, {positive});
  b.SetInputs({kept});
  b.SetOutputs({positive});

  b.AddSubgraph("else");
  const TensorIndex given = data(b, "data");
  const TensorIndex negated = data(b, "negated");
  b.AddOperator(Op::kNeg, {given}, {negated}, MakeOptions(NegOptions{}));
  b.SetInputs({given});
  b.SetOutputs({negated});
  return b.Build();
}

Result<Model> HybridRefused() {
  Lcg random(3);
  std::vector<int8_t> weights(4 * 16);
  for (int8_t& weight : weights) weight = random.Weight();
  Builder b("hybrid_refused");
  const TensorIndex input =
      b.Activation("input", TensorType::kFloat32, {1, 16});
  const TensorIndex filter =
      b.AddConstant("weights", TensorType::kInt8, {4, 16}, BufferOf(weights),
                    PerTensor(1.0f / 128, 0));
  const TensorIndex bias =
      b.AddConstant<float>("bias", {4}, {0.0f, 0.5f, 1.0f, 1.5f});
  const TensorIndex output =
      b.Activation("output", TensorType::kFloat32, {1, 4});
  b.AddOperator(Op::kFullyConnected, {input, filter, bias}, {output},
                MakeOptions(FullyConnectedOptions{}), 3);
  b.SetInputs({input});
  b.SetOutputs({output});
  return b.Build();
}

Result<Model> DynamicShape() {
  Builder b("dynamic_shape");
  const TensorIndex input =
      b.Activation("input", TensorType::kFloat32, {0, 4, 8});
  b.At(input).shape_signature = {-1, 4, 8};
  const TensorIndex shape = b.Int32s("shape", {-1, 32});
  const TensorIndex flat = b.Activation("flat", TensorType::kFloat32, {0, 32});
  b.At(flat).shape_signature = {-1, 32};
  b.AddOperator(Op::kReshape, {input, shape}, {flat},
                MakeOptions(ReshapeOptions{.new_shape = {-1, 32}}));
  const TensorIndex output =
      b.Activation("output", TensorType::kFloat32, {0, 32});
  b.At(output).shape_signature = {-1, 32};
  b.AddOperator(Op::kRelu, {flat}, {output});
  b.SetInputs({input});
  b.SetOutputs({output});
  return b.Build();
}

Result<Model> UnknownCustomOp() {
  Builder b("unknown_custom_op");
  const TensorIndex audio = b.Activation("audio", TensorType::kInt16, {1, 160},
                                         PerTensor(1.0f / 32768, 0));
  const TensorIndex features =
      b.Activation("features", TensorType::kFloat32, {1, 8});
  b.AddCustomOperator("AcmeFrontend", {audio}, {features}, {1, 2, 3, 4, 5});
  const TensorIndex output =
      b.Activation("output", TensorType::kFloat32, {1, 8});
  b.AddOperator(Op::kSoftmax, {features}, {output},
                MakeOptions(SoftmaxOptions{.beta = 1.0f}));
  b.SetInputs({audio});
  b.SetOutputs({output});
  return b.Build();
}

Result<Model> OfflinePlan() {
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
  b.AddOperator(Op::kMaxPool2D, {input}, {first}, options, 2);
  b.AddOperator(Op::kAdd, {input, first}, {second}, MakeOptions(AddOptions{}),
                2);
  b.AddOperator(Op::kMaxPool2D, {second}, {output}, options, 2);
  b.SetInputs({input});
  b.SetOutputs({output});
  // Version, subgraph, count, then an offset for each tensor.
  b.AddMetadata("OfflineMemoryAllocation",
                BufferOf(std::vector<int32_t>{1, 0, 4, 0, 512, 256, -1}));
  return b.Build();
}

Result<Model> ManyWeights(int64_t bytes) {
  constexpr int32_t kDepth = 1024;
  const auto units = static_cast<int32_t>(bytes / kDepth);
  Lcg random(1);
  std::vector<int8_t> weights(static_cast<size_t>(units) * kDepth);
  for (int8_t& weight : weights) weight = random.Weight();
  Builder b("weights");
  const TensorIndex input = b.Activation("input", TensorType::kInt8,
                                         {1, kDepth}, PerTensor(1.0f / 64, 0));
  const TensorIndex filter =
      b.AddConstant("weights", TensorType::kInt8, {units, kDepth},
                    BufferOf(weights), PerTensor(1.0f / 128, 0));
  const TensorIndex output = b.Activation("output", TensorType::kInt8,
                                          {1, units}, PerTensor(1.0f / 8, 0));
  b.AddOperator(Op::kFullyConnected, {input, filter, kNoTensor}, {output},
                MakeOptions(FullyConnectedOptions{}), 4);
  b.SetInputs({input});
  b.SetOutputs({output});
  return b.Build();
}

Result<Model> ManyOperators(int64_t count) {
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
      b.AddOperator(Op::kMaxPool2D, {recent.back()}, {output},
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
      b.AddOperator(Op::kAdd,
                    {recent[last], recent[last - std::min(last, back)]},
                    {output}, MakeOptions(AddOptions{}), 2);
    }
    recent.push_back(output);
    if (recent.size() > 8) recent.erase(recent.begin());
  }
  b.SetInputs({input});
  b.SetOutputs({recent.back()});
  return b.Build();
}

}  // namespace tinyml
