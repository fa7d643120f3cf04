// Cross-layer equalization: float results stay, channels use the range evenly,
// and where it must not be done.
#include "quantize/refinements/equalize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "model/append.h"
#include "model/constants.h"
#include "quantize/calibration/calibrate.h"
#include "quantize/refinements/channel_paths.h"
#include "quantize/rewrite/weights.h"
#include "tests/support/float_net.h"

namespace tinyml::quantize {
namespace {

using testing::FloatNet;
using testing::MadeUpSamples;
using testing::OutputsOf;
using testing::Window;
using Activation = ActivationFunctionType;
using Op = BuiltinOperator;

const EqualizeOptions kPerTensor = {
    .per_channel = [](const Layer&) { return false; }, .least_gain = 0.05};
constexpr Window kRelu = {.activation = Activation::kRelu};

Statistics Seen(const Model& model, const SampleSource& samples) {
  auto calibration = Calibrate(model, "", samples, {});
  EXPECT_TRUE(calibration.has_value())
      << (calibration ? "" : calibration.error().message);
  return calibration ? calibration->statistics : Statistics();
}

// Multiplies each output channel of the first layer, which has a bias, by a
// different power of two, as training does in depthwise nets.
void MakeUneven(Model& model) {
  const Layer layer = LayersOf(model).at(0);
  const auto matrix = LayerMatrix::Of(model, layer);
  const auto scale = [&](TensorIndex index, const WeightLayout& layout) {
    Tensor& tensor = model.subgraphs[0].tensors[index];
    std::vector<float> values = FloatsOf(model, tensor);
    for (int64_t r = 0; r < layout.rows; ++r) {
      for (int64_t k = 0; k < layout.columns; ++k) {
        values[layout.IndexOf(r, k)] *=
            std::ldexp(1.0f, -static_cast<int>(r % 5));
      }
    }
    tensor.buffer = AppendBuffer(model, BufferOf(values));
  };
  scale(layer.weights, matrix->layout());
  scale(layer.bias, {.rows = matrix->rows(), .columns = 1});
}

// The range of the first layer's output over that of its narrowest channel.
double Unevenness(const Model& model, const SampleSource& samples) {
  const Statistics statistics = Seen(model, samples);
  const auto output = static_cast<size_t>(LayersOf(model).at(0).output);
  double least = 1e30;
  double most = 0;
  for (const ChannelStatistics& c : statistics.tensors[0][output].channels) {
    if (c.max == c.min) continue;  // After a RELU, always zero.
    least = std::min(least, static_cast<double>(c.max - c.min));
    most = std::max(most, static_cast<double>(c.max - c.min));
  }
  return most / least;
}

void ExpectSameFloats(const Model& a, const Model& b) {
  const Status valid = ValidateModel(b);
  ASSERT_TRUE(valid.has_value()) << valid.error().message;
  const MadeUpSamples samples(5, 77);
  const std::vector<float> expected = OutputsOf(a, samples);
  const std::vector<float> actual = OutputsOf(b, samples);
  ASSERT_EQ(expected.size(), actual.size());
  float most = 0;
  for (const float value : expected) most = std::max(most, std::abs(value));
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(expected[i], actual[i], 1e-5f * most) << i;
  }
}

// Equalises an uneven `model` both ways; expects `pairs` pairs in all.
void ExpectEqualized(Model model, size_t pairs) {
  MakeUneven(model);
  const MadeUpSamples samples(8, 3);
  const Statistics statistics = Seen(model, samples);
  const Equalized by_channel = Equalize(model, statistics, {.least_gain = 0.1});
  EXPECT_EQ(by_channel.pairs.size(), pairs);
  ExpectSameFloats(model, by_channel.model);
  const Equalized by_weights = Equalize(model, statistics, kPerTensor);
  EXPECT_EQ(by_weights.pairs.size(), pairs);
  ExpectSameFloats(model, by_weights.model);
  if (pairs == 0) {
    EXPECT_EQ(by_channel.model, model);
    EXPECT_EQ(by_weights.model, model);
    return;
  }
  EXPECT_LT(Unevenness(by_channel.model, samples),
            0.7 * Unevenness(model, samples));
  for (const EqualizedPair& pair : by_channel.pairs) {
    EXPECT_LT(pair.noise, 0.9);
    EXPECT_GT(pair.noise, 0);
    for (const double factor : pair.factors) {
      EXPECT_GE(factor, 1.0 / 8);
      EXPECT_LE(factor, 8);
    }
  }
}

TEST(Equalize, ConvolutionIntoDepthwise) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 6, 6, 3});
  const TensorIndex a = net.Conv(x, 10, 1, kRelu);
  ExpectEqualized(net.Take({net.Depthwise(a, 1, 3)}), 1);
}

TEST(Equalize, DepthwiseWithMultiplierIntoConvolution) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 6, 6, 5});
  const TensorIndex a = net.Depthwise(x, 2, 3, kRelu);
  ExpectEqualized(net.Take({net.Conv(a, 4, 3)}), 1);
}

TEST(Equalize, ConvolutionIntoAConvolutionOfGroups) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 6, 6, 3});
  const TensorIndex a = net.Conv(x, 10, 1, kRelu);
  ExpectEqualized(net.Take({net.Conv(a, 4, 3, {}, 2)}), 1);
}

TEST(Equalize, ConvolutionIntoTransposedConvolution) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 4, 4, 3});
  const TensorIndex a = net.Conv(x, 10, 1, kRelu);
  ExpectEqualized(
      net.Take({net.TransposeConv(a, 4, 3, {1, 8, 8, 4}, {.stride = 2})}), 1);
}

TEST(Equalize, ThroughOperatorsThatKeepChannels) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 8, 8, 3});
  TensorIndex y = net.Conv(x, 10, 1);
  y = net.Add(Op::kLeakyRelu, {y}, net.ShapeOf(y),
              LeakyReluOptions{.alpha = 0.1f});
  y = net.Add(Op::kPad, {y, net.Ints({4, 2}, {0, 0, 1, 1, 1, 1, 0, 0})},
              {1, 10, 10, 10}, PadOptions());
  y = net.Add(Op::kMaxPool2D, {y}, {1, 5, 5, 10},
              Pool2DOptions{.padding = Padding::kValid,
                            .stride_w = 2,
                            .stride_h = 2,
                            .filter_width = 2,
                            .filter_height = 2});
  y = net.Relu(y);
  y = net.Reshape(y, {1, 250});
  ExpectEqualized(net.Take({net.FullyConnected(y, 4)}), 1);
}

TEST(Equalize, ThroughAMeanOverPixels) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 8, 8, 3});
  const TensorIndex a = net.Conv(x, 10, 1, kRelu);
  const TensorIndex mean =
      net.Add(Op::kMean, {a, net.Ints({2}, {1, 2})}, {1, 10}, ReducerOptions());
  ExpectEqualized(net.Take({net.FullyConnected(mean, 4)}), 1);
}

TEST(Equalize, ChainsAreDonePairByPair) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 6, 6, 3});
  const TensorIndex a = net.Conv(x, 10, 1, kRelu);
  const TensorIndex b = net.Depthwise(a, 1, 3, kRelu);
  Model model = net.Take({net.Conv(b, 4, 1)});
  MakeUneven(model);
  EXPECT_EQ(ChannelPaths(model).size(), 2u);
  const Statistics statistics = Seen(model, MadeUpSamples(8, 3));
  const Equalized equalized =
      Equalize(model, statistics, {.least_gain = 0.001});
  EXPECT_EQ(equalized.pairs.size(), 2u);
  ExpectSameFloats(model, equalized.model);
}

// The largest weight of all rows of a layer over that of the smallest row.
double UnevennessOfWeights(const Model& model, size_t at) {
  const Layer layer = LayersOf(model).at(at);
  const auto matrix = LayerMatrix::Of(model, layer);
  const std::vector<float> rows =
      ToRows<float>(matrix->layout(),
                    FloatsOf(model, model.subgraphs[0].tensors[layer.weights]));
  std::vector<float> largest(static_cast<size_t>(matrix->rows()));
  for (size_t i = 0; i < rows.size(); ++i) {
    float& of_row = largest[i / static_cast<size_t>(matrix->columns())];
    of_row = std::max(of_row, std::abs(rows[i]));
  }
  const auto [least, most] = std::ranges::minmax(largest);
  return static_cast<double>(most / least);
}

TEST(Equalize, EvensOutWeightsThatShareAScale) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 6, 6, 3});
  const TensorIndex a = net.Conv(x, 10, 1, kRelu);
  Model model = net.Take({net.Depthwise(a, 1, 3)});
  MakeUneven(model);
  const Statistics statistics = Seen(model, MadeUpSamples(8, 3));
  const Equalized equalized = Equalize(model, statistics, kPerTensor);
  EXPECT_LT(UnevennessOfWeights(equalized.model, 0),
            0.7 * UnevennessOfWeights(model, 0));
}

TEST(Equalize, ChannelsThatAreAlwaysZeroStayAsTheyAre) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 2, 2, 1});
  const TensorIndex weights =
      net.Floats({4, 1, 1, 1}, {1.0f, 0.0f, 0.1f, 0.1f});
  const TensorIndex a =
      net.Add(Op::kConv2D, {x, weights}, {1, 2, 2, 4},
              Conv2DOptions{.stride_w = 1,
                            .stride_h = 1,
                            .fused_activation_function = Activation::kRelu});
  const TensorIndex ones = net.Floats({1, 1, 1, 4}, {1, 1, 1, 1});
  const TensorIndex bias = net.Floats({4});
  const Model model = net.Take(
      {net.Add(Op::kDepthwiseConv2D, {a, ones, bias}, {1, 2, 2, 4},
               DepthwiseConv2DOptions{
                   .stride_w = 1, .stride_h = 1, .depth_multiplier = 1})});
  const Statistics statistics = Seen(model, MadeUpSamples(8, 3));
  const Equalized equalized = Equalize(model, statistics, {.least_gain = 0.1});
  ASSERT_EQ(equalized.pairs.size(), 1u);
  EXPECT_EQ(equalized.pairs[0].factors[0], 1.0);
  EXPECT_EQ(equalized.pairs[0].factors[1], 1.0);
  EXPECT_LT(equalized.pairs[0].factors[2], 0.5);
  ExpectSameFloats(model, equalized.model);
}

TEST(Equalize, EvenChannelsStayAsTheyAre) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 2, 2, 1});
  const TensorIndex weights = net.Floats({3, 1, 1, 1}, {1.0f, 1.0f, 1.0f});
  const TensorIndex a = net.Add(Op::kConv2D, {x, weights}, {1, 2, 2, 3},
                                Conv2DOptions{.stride_w = 1, .stride_h = 1});
  const Model model = net.Take({net.Conv(a, 4, 1)});
  const Statistics statistics = Seen(model, MadeUpSamples(8, 3));
  EXPECT_EQ(Equalize(model, statistics, {.least_gain = 0.1}).model, model);
}

// What must not be done.

TEST(Equalize, NotAcrossRelu6) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 6, 6, 3});
  const TensorIndex a = net.Conv(x, 10, 1, {.activation = Activation::kRelu6});
  ExpectEqualized(net.Take({net.Depthwise(a, 1, 3)}), 0);
}

TEST(Equalize, NotAcrossOperatorsThatAreNotHomogeneous) {
  for (const Op op : {Op::kLogistic, Op::kTanh, Op::kRelu6, Op::kElu}) {
    FloatNet net;
    const TensorIndex x = net.Input({1, 6, 6, 3});
    const TensorIndex a = net.Conv(x, 10, 1);
    const TensorIndex b = net.Plain(op, {a}, net.ShapeOf(a));
    ExpectEqualized(net.Take({net.Depthwise(b, 1, 3)}), 0);
  }
}

TEST(Equalize, NotWhereSomeoneElseReads) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 6, 6, 3});
  const TensorIndex a = net.Conv(x, 10, 1, kRelu);
  const TensorIndex other = net.Relu(a);
  ExpectEqualized(net.Take({net.Depthwise(a, 1, 3), other}), 0);
}

TEST(Equalize, NotWhereTheTensorIsAnOutput) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 6, 6, 3});
  const TensorIndex a = net.Conv(x, 10, 1, kRelu);
  ExpectEqualized(net.Take({net.Depthwise(a, 1, 3), a}), 0);
}

TEST(Equalize, NotWhereWeightsBelongToTwo) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 6, 6, 3});
  const TensorIndex weights = net.Floats({10, 1, 1, 3});
  const Conv2DOptions options = {.stride_w = 1, .stride_h = 1};
  const TensorIndex a =
      net.Add(Op::kConv2D, {x, weights}, {1, 6, 6, 10}, options);
  const TensorIndex b =
      net.Add(Op::kConv2D, {x, weights}, {1, 6, 6, 10}, options);
  const Model model = net.Take({net.Depthwise(a, 1, 3), b});
  EXPECT_TRUE(ChannelPaths(model).empty());
}

TEST(Equalize, NotThroughPaddingOfChannels) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 6, 6, 3});
  const TensorIndex a = net.Conv(x, 10, 1, kRelu);
  const TensorIndex b =
      net.Add(Op::kPad, {a, net.Ints({4, 2}, {0, 0, 0, 0, 0, 0, 5, 5})},
              {1, 6, 6, 20}, PadOptions());
  ExpectEqualized(net.Take({net.Conv(b, 4, 1)}), 0);
}

TEST(Equalize, NotThroughAMeanOverChannels) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 10, 10, 3});
  const TensorIndex a = net.Conv(x, 10, 1, kRelu);
  const TensorIndex mean = net.Add(Op::kMean, {a, net.Ints({2}, {-1, 2})},
                                   {1, 10}, ReducerOptions());
  ExpectEqualized(net.Take({net.FullyConnected(mean, 4)}), 0);
}

TEST(Equalize, NotWhereAReshapeTearsChannelsApart) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 6, 6, 3});
  const TensorIndex a = net.Conv(x, 10, 1, kRelu);
  const TensorIndex b = net.Reshape(a, {1, 10, 12, 3});
  ExpectEqualized(net.Take({net.Conv(b, 4, 1)}), 0);
}

}  // namespace
}  // namespace tinyml::quantize
