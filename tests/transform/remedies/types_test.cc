// The remedies that change types, scales and activations: what is computed with
// them is what the model says.
#include "transform/remedies/remedies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

#include "tests/support/float_net.h"
#include "tests/support/typed_net.h"
#include "tests/transform/remedies/apply.h"
#include "tinyml/options.h"

namespace tinyml::transform {
namespace {

using ::testing::ElementsAre;
using testing::OperatorNames;
using testing::ReferenceResults;
using ::testing::SizeIs;
using testing::TypedNet;
using Op = BuiltinOperator;

TEST(WidenBias, OfInt16Layers) {
  TypedNet b(TensorType::kInt16);
  const TensorIndex x = b.Input({1, 8});
  const TensorIndex weights = b.Weights({4, 8}, 0);
  b.At(weights).quantization = PerTensor(0.01f, 0);
  Model model = b.Take(b.Add(Op::kFullyConnected,
                             {x, weights, b.Bias(4, TensorType::kInt32)},
                             b.Values({1, 4}), FullyConnectedOptions()));
  Model changed = model;
  EXPECT_EQ(Apply("widen-bias", changed), 1u);
  const Subgraph& graph = changed.subgraphs[0];
  EXPECT_EQ(graph.tensors[graph.operators[0].inputs[2]].type,
            TensorType::kInt64);
  // The kernel for int64 rounds once where that for int32 rounds twice.
  const auto before = ReferenceResults(model);
  const auto after = ReferenceResults(changed);
  ASSERT_EQ(before.size(), after.size());
  const auto at = [](const std::vector<uint8_t>& bytes, size_t i) {
    return static_cast<int16_t>(bytes[i] | bytes[i + 1] << 8);
  };
  for (size_t i = 0; i < before.size(); i += 2) {
    EXPECT_NEAR(at(before, i), at(after, i), 1) << i;
  }
  // Nothing more is to be done.
  EXPECT_EQ(Apply("widen-bias", changed), 0u);
}

// The int8 results of `model`, as real numbers by the scale of its output.
std::vector<float> Reals(const Model& model) {
  const Subgraph& graph = model.subgraphs[0];
  const Quantization& scale = *graph.tensors[graph.outputs[0]].quantization;
  std::vector<float> values;
  for (const uint8_t byte : ReferenceResults(model)) {
    values.push_back(
        scale.scale[0] *
        static_cast<float>(static_cast<int8_t>(byte) - scale.zero_point[0]));
  }
  return values;
}

TEST(RequantizeOutput, ToWhatTheKernelAssumes) {
  for (const Op code : {Op::kLogistic, Op::kTanh, Op::kRelu6}) {
    TypedNet b(TensorType::kInt8);
    const TensorIndex x = b.Input({1, 40});
    const TensorIndex y =
        b.AddTensor("y", TensorType::kInt8, {1, 40}, PerTensor(0.04f, -128));
    if (code == Op::kTanh) b.At(y).quantization = PerTensor(0.01f, 3);
    b.AddOperator(code, {x}, {y});
    Model model = b.Take(y);
    const std::vector<float> wrong = Reals(model);
    EXPECT_EQ(Apply("requantize-output", model), 1u);
    EXPECT_THAT(OperatorNames(model), SizeIs(2));
    // With the parameters that the kernel assumes it writes the same integers.
    Model alone = model;
    alone.subgraphs[0].operators.pop_back();
    alone.subgraphs[0].outputs = alone.subgraphs[0].operators[0].outputs;
    const std::vector<float> right = Reals(alone);
    const std::vector<float> results = Reals(model);
    ASSERT_THAT(results, SizeIs(40));
    float error = 0;
    for (size_t i = 0; i < results.size(); ++i) {
      // Half a step of each scale.
      EXPECT_NEAR(results[i], right[i], 0.022f);
      error = std::max(error, std::abs(wrong[i] - right[i]));
    }
    EXPECT_GT(error, 0.1f);
    // The operator is as it should be.
    EXPECT_EQ(Apply("requantize-output", model), 0u);
  }
}

TEST(RequantizeInputs, OfAMaximum) {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, 40});
  const TensorIndex zero = b.AddConstant<int8_t>(
      "c", {1, 40}, std::vector<int8_t>(40, 10), PerTensor(0.1f, 10));
  const TensorIndex y = b.Moved(x, {1, 40});
  Model model =
      b.Take(b.Add(Op::kMaximum, {x, zero}, y, MaximumMinimumOptions()));
  EXPECT_EQ(Apply("requantize-inputs", model), 1u);
  EXPECT_THAT(OperatorNames(model), ElementsAre("QUANTIZE", "MAXIMUM"));
  // It is a RELU now.
  const auto results = Reals(model);
  EXPECT_GE(*std::ranges::min_element(results), 0.0f);
  EXPECT_GT(*std::ranges::max_element(results), 1.0f);
  EXPECT_EQ(Apply("requantize-inputs", model), 0u);
}

TEST(UnfuseActivation, OfAnAddOfInt32) {
  for (const auto& [activation, names] :
       std::vector<std::pair<ActivationFunctionType, size_t>>{
           {ActivationFunctionType::kRelu, 2},
           {ActivationFunctionType::kRelu6, 3},
           {ActivationFunctionType::kReluN1To1, 3}}) {
    ModelBuilder b("add");
    const TensorIndex x = b.AddInput("x", TensorType::kInt32, {5});
    const TensorIndex y = b.AddTensor("y", TensorType::kInt32, {5});
    b.AddOperator(
        Op::kAdd, {x, b.AddConstant<int32_t>("c", {5}, {1, 2, 3, 4, 5})}, {y},
        MakeOptions(AddOptions{.fused_activation_function = activation}));
    b.SetOutputs({y});
    Model model = *b.Build();
    const auto ignored = ReferenceResults(model);
    EXPECT_EQ(Apply("unfuse-activation", model), 1u);
    EXPECT_THAT(OperatorNames(model), SizeIs(names));
    const auto at = [](const std::vector<uint8_t>& bytes, size_t i) {
      int32_t value = 0;
      std::memcpy(&value, bytes.data() + 4 * i, 4);
      return value;
    };
    const auto results = ReferenceResults(model);
    const int32_t low =
        activation == ActivationFunctionType::kReluN1To1 ? -1 : 0;
    for (size_t i = 0; i < 5; ++i) {
      EXPECT_GE(at(results, i), low);
      EXPECT_EQ(at(results, i) == low, at(ignored, i) <= low);
    }
  }
}

TEST(UnpackInt4Weights, OfAConvolution) {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, 4, 4, 3});
  std::vector<uint8_t> packed;
  for (int i = 0; i < 45; ++i) packed.push_back(static_cast<uint8_t>(i * 37));
  packed.resize((5 * 3 * 3 * 3 + 1) / 2, 0x1F);
  const TensorIndex weights =
      b.AddConstant("w", TensorType::kInt4, {5, 3, 3, 3}, BufferData(packed),
                    PerChannel({0.1f, 0.2f, 0.1f, 0.3f, 0.1f}, 0));
  const Model model = b.Take(b.Add(
      Op::kConv2D, {x, weights, b.Bias(5)}, b.Values({1, 2, 2, 5}),
      Conv2DOptions{.padding = Padding::kValid, .stride_w = 1, .stride_h = 1}));
  ExpectUntouched("unpack-int4-weights",
                  Remedied("unpack-int4-weights", model));
}

}  // namespace
}  // namespace tinyml::transform
