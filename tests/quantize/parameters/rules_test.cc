// The rules of model/operator_table.h against the kernels: what they promise
// must prepare and run, close to the float result.
#include "model/operator_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "tests/support/float_net.h"
#include "tinyml/interpreter.h"
#include "tinyml/options.h"
#include "tinyml/quantize.h"

namespace tinyml {
namespace {

using tinyml::testing::FloatNet;
using tinyml::testing::MadeUpSamples;
using Op = BuiltinOperator;

struct Case {
  Op op;
  // Builds a net whose result is that of the operator.
  std::function<TensorIndex(FloatNet& net)> build;
  double least_db = 25;  // Of its output.
};

template <typename Options = ReshapeOptions>
Case Unary(Op op, std::vector<int32_t> shape, Options options = {}) {
  return {op, [=](FloatNet& net) {
            return net.Add(op, {net.Input({1, 4, 4, 2})}, shape, options);
          }};
}

Case Plain(Op op, std::vector<std::vector<int32_t>> inputs,
           std::vector<int32_t> shape, std::vector<int32_t> ints = {},
           bool ints_first = false) {
  return {op, [=](FloatNet& net) {
            std::vector<TensorIndex> operands;
            for (const auto& input : inputs)
              operands.push_back(net.Input(input));
            if (!ints.empty()) {
              const TensorIndex constant =
                  net.Ints({static_cast<int32_t>(ints.size())}, ints);
              operands.insert(ints_first ? operands.begin() : operands.end(),
                              constant);
            }
            return net.Plain(op, operands, shape);
          }};
}

template <typename Options>
Case With(Op op, std::vector<std::vector<int32_t>> inputs,
          std::vector<int32_t> shape, Options options,
          std::vector<int32_t> ints = {},
          std::vector<int32_t> ints_shape = {}) {
  return {op, [=](FloatNet& net) {
            std::vector<TensorIndex> operands;
            for (const auto& input : inputs)
              operands.push_back(net.Input(input));
            if (!ints.empty()) {
              operands.push_back(net.Ints(
                  ints_shape.empty()
                      ? std::vector<int32_t>{static_cast<int32_t>(ints.size())}
                      : ints_shape,
                  ints));
            }
            return net.Add(op, operands, shape, options);
          }};
}

std::vector<Case> Cases() {
  const std::vector<int32_t> kImage = {1, 4, 4, 2};
  std::vector<Case> cases = {
      {Op::kConv2D,
       [](FloatNet& net) {
         return net.Conv(net.Input({1, 5, 5, 3}), 4, 3);
       }},
      {Op::kDepthwiseConv2D,
       [](FloatNet& net) {
         return net.Depthwise(net.Input({1, 5, 5, 3}), 2, 3);
       }},
      {Op::kTransposeConv,
       [](FloatNet& net) {
         return net.TransposeConv(net.Input({1, 3, 3, 2}), 3, 2, {1, 6, 6, 3},
                                  {.padding = Padding::kValid, .stride = 2});
       }},
      {Op::kFullyConnected,
       [](FloatNet& net) {
         return net.FullyConnected(net.Input({1, 12}), 5);
       }},
      Plain(Op::kLogistic, {kImage}, kImage),
      Plain(Op::kTanh, {kImage}, kImage),
      Plain(Op::kL2Normalization, {{1, 8}}, {1, 8}),
      Plain(Op::kLogSoftmax, {{1, 8}}, {1, 8}),
      With(Op::kAdd, {kImage, kImage}, kImage, AddOptions()),
      With(Op::kSub, {kImage, kImage}, kImage, SubOptions()),
      With(Op::kMul, {kImage, kImage}, kImage, MulOptions()),
      Plain(Op::kSquaredDifference, {kImage, kImage}, kImage),
      With(Op::kBatchMatmul, {{1, 3, 4}, {1, 4, 5}}, {1, 3, 5},
           BatchMatMulOptions()),
      With(Op::kMean, {kImage}, {1, 2}, ReducerOptions(), {1, 2}),
      With(Op::kSum, {kImage}, {1, 2}, ReducerOptions(), {1, 2}),
      With(Op::kReduceMax, {kImage}, {1, 2}, ReducerOptions(), {1, 2}),
      With(Op::kReduceMin, {kImage}, {1, 2}, ReducerOptions(), {1, 2}),
      Plain(Op::kAbs, {kImage}, kImage),
      Plain(Op::kRelu, {kImage}, kImage),
      Plain(Op::kRelu6, {kImage}, kImage),
      Plain(Op::kElu, {kImage}, kImage),
      Plain(Op::kHardSwish, {kImage}, kImage),
      With(Op::kLeakyRelu, {kImage}, kImage,
           [] {
             LeakyReluOptions options;
             options.alpha = 0.2F;
             return options;
           }()),
      {Op::kPrelu,
       [](FloatNet& net) {
         return net.Plain(Op::kPrelu,
                          {net.Input({1, 4, 4, 2}), net.Floats({1, 1, 2})},
                          {1, 4, 4, 2});
       }},
      With(Op::kCumsum, {{1, 6}}, {1, 6}, CumsumOptions(), {1}, {}),
      // One scale for terms and sum is coarse for the terms.
      {Op::kAddN,
       [kImage](FloatNet& net) {
         return net.Add(
             Op::kAddN,
             {net.Input(kImage), net.Input(kImage), net.Input(kImage)}, kImage,
             AddNOptions());
       },
       18},
      With(Op::kAveragePool2D, {kImage}, {1, 2, 2, 2},
           [] {
             Pool2DOptions options;
             options.filter_height = options.filter_width = 2;
             options.stride_h = options.stride_w = 2;
             return options;
           }()),
      With(Op::kMaxPool2D, {kImage}, {1, 2, 2, 2},
           [] {
             Pool2DOptions options;
             options.filter_height = options.filter_width = 2;
             options.stride_h = options.stride_w = 2;
             return options;
           }()),
      Plain(Op::kMaximum, {kImage, kImage}, kImage),
      Plain(Op::kMinimum, {kImage, kImage}, kImage),
      With(Op::kConcatenation, {kImage, kImage}, {1, 4, 4, 4},
           [] {
             ConcatenationOptions options;
             options.axis = 3;
             return options;
           }()),
      With(Op::kPad, {kImage}, {1, 6, 6, 2}, PadOptions(),
           {0, 0, 1, 1, 1, 1, 0, 0}, {4, 2}),
      {Op::kPadv2,
       [](FloatNet& net) {
         return net.Add(Op::kPadv2,
                        {net.Input({1, 4, 4, 2}),
                         net.Ints({4, 2}, {0, 0, 1, 1, 1, 1, 0, 0}),
                         net.Floats({1}, {0.5F})},
                        {1, 6, 6, 2}, PadV2Options());
       }},
      With(Op::kMirrorPad, {kImage}, {1, 6, 6, 2}, MirrorPadOptions(),
           {0, 0, 1, 1, 1, 1, 0, 0}, {4, 2}),
      With(Op::kReshape, {kImage}, {2, 16}, ReshapeOptions(), {2, 16}),
      Plain(Op::kSqueeze, {{1, 8}}, {8}),
      With(Op::kExpandDims, {{4, 2}}, {1, 4, 2}, ExpandDimsOptions(), {0}),
      With(Op::kTranspose, {kImage}, {1, 2, 4, 4}, TransposeOptions(),
           {0, 3, 1, 2}),
      {Op::kSlice,
       [](FloatNet& net) {
         return net.Plain(
             Op::kSlice,
             {net.Input({4, 6}), net.Ints({2}, {1, 2}), net.Ints({2}, {2, 3})},
             {2, 3});
       }},
      {Op::kStridedSlice,
       [](FloatNet& net) {
         return net.Add(Op::kStridedSlice,
                        {net.Input({4, 6}), net.Ints({2}, {0, 1}),
                         net.Ints({2}, {4, 6}), net.Ints({2}, {2, 2})},
                        {2, 3}, StridedSliceOptions());
       }},
      With(Op::kPack, {{1, 4}, {1, 4}}, {2, 1, 4},
           [] {
             PackOptions options;
             options.values_count = 2;
             return options;
           }()),
      Plain(Op::kBroadcastTo, {{1, 4}}, {3, 4}, {3, 4}),
      Plain(Op::kReverseV2, {kImage}, kImage, {3}),
      With(Op::kGather, {{4, 3}}, {2, 3}, GatherOptions(), {2, 0}),
      With(Op::kGatherNd, {{4, 3}}, {2, 3}, GatherNdOptions(), {2, 0}, {2, 1}),
      With(Op::kSpaceToDepth, {kImage}, {1, 2, 2, 8},
           [] {
             SpaceToDepthOptions options;
             options.block_size = 2;
             return options;
           }()),
      With(Op::kDepthToSpace, {{1, 2, 2, 8}}, kImage,
           [] {
             DepthToSpaceOptions options;
             options.block_size = 2;
             return options;
           }()),
      With(Op::kResizeBilinear, {kImage}, {1, 8, 8, 2}, ResizeBilinearOptions(),
           {8, 8}),
      With(Op::kResizeNearestNeighbor, {kImage}, {1, 8, 8, 2},
           ResizeNearestNeighborOptions(), {8, 8}),
  };
  cases.push_back(
      {Op::kSoftmax, [](FloatNet& net) {
         SoftmaxOptions options;
         options.beta = 1;
         return net.Add(Op::kSoftmax, {net.Input({1, 8})}, {1, 8}, options);
       }});
  return cases;
}

class Rules : public ::testing::TestWithParam<TensorType> {};

TEST_P(Rules, WhatTheyPromiseRuns) {
  for (const Case& tried : Cases()) {
    const QuantizationRule* rule = QuantizationRuleOf(tried.op);
    const std::string name(BuiltinOperatorName(tried.op));
    ASSERT_NE(rule, nullptr) << name;
    FloatNet net(5);
    const TensorIndex result = tried.build(net);
    const Model model = net.Take({result});
    ASSERT_TRUE(ValidateModel(model)) << name;
    const MadeUpSamples samples(8, 9);
    QuantizationOptions options;
    options.activations = GetParam();
    options.fast = true;
    const auto quantized = QuantizeModel(model, &samples, options);
    ASSERT_TRUE(quantized.has_value()) << name << quantized.error().message;
    const bool promised =
        GetParam() == TensorType::kInt8 ? rule->int8 : rule->int16;
    EXPECT_EQ(quantized->report.float_left.empty(), promised) << name;
    EXPECT_TRUE(quantized->report.warnings.empty()) << name;
    EXPECT_GT(quantized->report.outputs[0].snr_db, tried.least_db) << name;
    for (const char* target : {"cortex-m4", "cortex-m55", "esp32s3"}) {
      auto interpreter =
          Interpreter::Create(quantized->model, *Target::Parse(target));
      ASSERT_TRUE(interpreter.has_value()) << name << " on " << target;
      EXPECT_TRUE(interpreter->Invoke()) << name << " on " << target;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Types, Rules, ::testing::Values(TensorType::kInt8, TensorType::kInt16),
    [](const auto& type) { return TensorTypeName(type.param); });

}  // namespace
}  // namespace tinyml
