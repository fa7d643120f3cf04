// Refinements on whole nets: rounding by reconstruction and bias correction
// must bring the quantized model's outputs closer to the float model's, on
// samples that they have not seen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <optional>

#include "quantize/calibration/calibrate.h"
#include "quantize/comparison/compare.h"
#include "quantize/parameters/parameters.h"
#include "quantize/refinements/bias_correction.h"
#include "quantize/refinements/equalize.h"
#include "quantize/refinements/reconstruct.h"
#include "quantize/rewrite/rewrite.h"
#include "tests/support/float_net.h"

namespace tinyml::quantize {
namespace {

using testing::FloatNet;
using testing::MadeUpSamples;
using testing::Window;

// Neighbours resemble each other, as in pictures and spectra.
MadeUpSamples Smooth(int64_t count, uint32_t seed) {
  MadeUpSamples samples(count, seed);
  samples.Shape([](std::vector<float>& values) {
    float last = 0;
    for (float& value : values) {
      last = 0.9f * last + value;
      value = std::max(0.0f, last);
    }
  });
  return samples;
}

Model SomeNet() {
  FloatNet net;
  const Window relu = {.activation = ActivationFunctionType::kRelu};
  const TensorIndex x = net.Input({1, 12, 12, 4});
  const TensorIndex a = net.Conv(x, 16, 3, relu);
  const TensorIndex b = net.Depthwise(a, 1, 3, relu);
  const TensorIndex c = net.Conv(
      b, 8, 1, {.stride = 2, .activation = ActivationFunctionType::kRelu});
  const TensorIndex flat = net.Reshape(c, {1, 288});
  return net.Take({net.FullyConnected(flat, 10)});
}

// A float model, and what is needed to quantize it repeatedly.
class Work {
 public:
  explicit Work(Model model, TensorType type = TensorType::kInt8)
      : model_(std::move(model)) {
    auto calibration = Calibrate(model_, "", calibration_samples_, {});
    EXPECT_TRUE(calibration.has_value());
    statistics_ = calibration->statistics;
    PlanOptions options;
    options.activations = options.input = options.output = type;
    auto plan = MakePlan(model_, options);
    EXPECT_TRUE(plan.has_value());
    plan_ = *plan;
    std::vector<std::string> unseen;
    ChooseParameters(model_, StatisticsOfClasses(model_, plan_, statistics_),
                     RangeMethod::kMinMax, plan_, unseen);
    RoundLayers(model_, plan_, false, nearest_);
  }

  const Model& model() const { return model_; }
  const Statistics& statistics() const { return statistics_; }
  const WeightsPlan& nearest() const { return nearest_; }
  const MadeUpSamples& samples() const { return calibration_samples_; }

  Result<Model> Rewritten(const WeightsPlan& weights) const {
    return Rewrite(model_, plan_, weights, statistics_);
  }

  WeightsPlan Reconstructed(int threads, bool per_channel = true,
                            bool biases = true) const {
    ReconstructOptions options;
    options.grams.threads = threads;
    options.biases = biases;
    std::vector<LayerToRound> layers;
    for (const Layer& layer : LayersOf(model_)) {
      layers.push_back({layer, per_channel});
    }
    WeightsPlan weights = nearest_;
    const Status status =
        ReconstructLayers(model_, *Target::Parse("x86-64"), layers,
                          calibration_samples_, options, weights);
    EXPECT_TRUE(status.has_value()) << (status ? "" : status.error().message);
    return weights;
  }

  BiasCorrection Correct(WeightsPlan& weights, BiasOptions options = {}) const {
    const auto correction = CorrectBiases(
        model_, LayersOf(model_), calibration_samples_,
        [&](const WeightsPlan& plan) { return Rewritten(plan); }, options,
        weights);
    EXPECT_TRUE(correction.has_value());
    return correction.value_or(BiasCorrection());
  }

  // Signal to noise of the output, in dB, on other samples.
  double Snr(const WeightsPlan& weights) const {
    const auto quantized = Rewritten(weights);
    EXPECT_TRUE(quantized.has_value());
    const auto comparison = Compare(model_, *quantized, Smooth(40, 999), {});
    EXPECT_TRUE(comparison.has_value());
    return comparison->outputs[0].SnrDb();
  }

 private:
  Model model_;
  MadeUpSamples calibration_samples_ = Smooth(60, 4);
  Statistics statistics_;
  Plan plan_;
  WeightsPlan nearest_;
};

TEST(Reconstruct, BringsOutputsNearer) {
  // With int16 activations, the loss is due to the weights.
  const Work work(SomeNet(), TensorType::kInt16);
  const double nearest = work.Snr(work.nearest());
  EXPECT_GT(work.Snr(work.Reconstructed(2)), nearest + 3);
  EXPECT_GT(work.Snr(work.Reconstructed(2, false)), nearest + 1);
  EXPECT_GT(work.Snr(work.Reconstructed(2, true, false)), nearest + 2);
}

TEST(Reconstruct, BringsOutputsNearerWithInt8Activations) {
  const Work work(SomeNet());
  EXPECT_GT(work.Snr(work.Reconstructed(2)), work.Snr(work.nearest()));
}

TEST(Reconstruct, GivesAllLayersWeightsOfTheirShape) {
  const Work work(SomeNet());
  const WeightsPlan weights = work.Reconstructed(1);
  ASSERT_EQ(weights.layers.size(), 4u);
  for (const auto& [key, layer] : weights.layers) {
    EXPECT_EQ(layer.method, "reconstruction");
    EXPECT_EQ(layer.values.size(), work.nearest().layers.at(key).values.size());
    EXPECT_EQ(layer.scales.size(), work.nearest().layers.at(key).scales.size());
    EXPECT_EQ(weights.bias_addends.at(key).size(), layer.scales.size());
  }
  for (const auto& [key, layer] : work.Reconstructed(1, false).layers) {
    EXPECT_EQ(layer.scales.size(), 1u);
  }
  EXPECT_TRUE(work.Reconstructed(1, true, false).bias_addends.empty());
}

TEST(Reconstruct, DoesNotDependOnThreads) {
  const Work work(SomeNet());
  const WeightsPlan one = work.Reconstructed(1);
  const WeightsPlan three = work.Reconstructed(3);
  for (const auto& [key, layer] : one.layers) {
    EXPECT_EQ(layer.values, three.layers.at(key).values);
    EXPECT_EQ(layer.scales, three.layers.at(key).scales);
    EXPECT_EQ(one.bias_addends.at(key), three.bias_addends.at(key));
  }
}

TEST(Reconstruct, ChannelsOfZerosKeepAScaleThatIsFineEnoughForTheirBias) {
  FloatNet net;
  const TensorIndex x = net.Input({1, 4});
  const TensorIndex weights =
      net.Floats({3, 4}, {0, 0, 0, 0, 1, 2, 3, 4, 0.1f, 0.2f, 0, 0});
  const TensorIndex bias = net.Floats({3}, {0.3f, 0.2f, 0.1f});
  const Work work(
      net.Take({net.Add(BuiltinOperator::kFullyConnected, {x, weights, bias},
                        {1, 3}, FullyConnectedOptions())}));
  const auto made = work.Reconstructed(1).layers.at({0, 0});
  EXPECT_EQ(made.scales[0], work.nearest().layers.at({0, 0}).scales[0]);
  EXPECT_EQ(made.values[0], 0);
}

// The nearest weights, shifted so that every output is off on average.
WeightsPlan Skewed(const Work& work) {
  WeightsPlan weights = work.nearest();
  for (auto& [key, layer] : weights.layers) {
    for (size_t i = 0; i < layer.values.size(); ++i) {
      if (i % 3 != 0 && layer.values[i] < 124) layer.values[i] += 3;
    }
  }
  return weights;
}

TEST(CorrectBiases, BringsOutputsNearer) {
  const Work work(SomeNet());
  WeightsPlan weights = Skewed(work);
  const double before = work.Snr(weights);
  const BiasCorrection correction = work.Correct(weights);
  EXPECT_GT(correction.after, correction.before + 3);
  EXPECT_GT(correction.layers, 0);
  EXPECT_GT(work.Snr(weights), before + 3);
}

TEST(CorrectBiases, LayersTakeTurns) {
  const Work work(SomeNet());
  WeightsPlan in_turn = Skewed(work);
  WeightsPlan at_once = Skewed(work);
  const double after = work.Correct(in_turn).after;
  EXPECT_GT(after, work.Correct(at_once, {.rounds = 1}).after);
}

TEST(CorrectBiases, IsNotKeptWhereItDoesNotHelp) {
  const Work work(SomeNet());
  WeightsPlan weights = Skewed(work);
  work.Correct(weights);
  const WeightsPlan once = weights;
  // The rest cannot gain that much.
  const BiasCorrection again = work.Correct(weights, {.least_gain = 20});
  EXPECT_EQ(again.layers, 0);
  EXPECT_EQ(again.before, again.after);
  EXPECT_EQ(weights.bias_addends, once.bias_addends);
}

TEST(CorrectBiases, DoesNotDependOnThreads) {
  const Work work(SomeNet());
  WeightsPlan one = Skewed(work);
  WeightsPlan three = Skewed(work);
  work.Correct(one, {.threads = 1});
  work.Correct(three, {.threads = 3});
  EXPECT_EQ(one.bias_addends, three.bias_addends);
}

TEST(CorrectBiases, CountsOutputsThatABiasMoves) {
  // One layer whose second channel is entirely cut off by RELU.
  FloatNet net;
  const TensorIndex x = net.Input({1, 2});
  const TensorIndex weights = net.Floats({2, 2}, {1, 1, 1, 1});
  const TensorIndex bias = net.Floats({2}, {1, -1000});
  const Work work(net.Take(
      {net.Add(BuiltinOperator::kFullyConnected, {x, weights, bias}, {1, 2},
               FullyConnectedOptions{.fused_activation_function =
                                         ActivationFunctionType::kRelu})}));
  WeightsPlan plan = work.nearest();
  plan.bias_addends[{0, 0}] = {0.25, 0.0};
  const auto quantized = work.Rewritten(plan);
  ASSERT_TRUE(quantized.has_value());
  const auto errors =
      MeasureBiasErrors(work.model(), *quantized, LayersOf(work.model()),
                        work.samples(), {.most_samples = 60});
  ASSERT_TRUE(errors.has_value());
  const std::vector<ChannelError>& channels = errors->layers.at(0);
  ASSERT_EQ(channels.size(), 2u);
  EXPECT_GT(channels[0].count, 30);
  EXPECT_EQ(channels[1].count, 0);
  const std::vector<double> addends = BiasAddends(channels);
  EXPECT_NEAR(addends[0], -0.25, 0.02);
  EXPECT_EQ(addends[1], 0);
}

TEST(BiasAddends, AreTheMeanErrorTurnedRound) {
  EXPECT_THAT(BiasAddends(std::vector<ChannelError>{{6.0, 12}, {-3.0, 30}}),
              ::testing::ElementsAre(-0.5, 0.1));
  // Too few to tell.
  EXPECT_THAT(BiasAddends(std::vector<ChannelError>{{6.0, 3}, {0, 0}}),
              ::testing::ElementsAre(0.0, 0.0));
}

TEST(Refinements, EqualizationHelpsWhereChannelsDiffer) {
  // Channels of the depthwise layer's input differ by a factor of up to 64.
  FloatNet net;
  const TensorIndex x = net.Input({1, 12, 12, 2});
  std::vector<float> weights(16 * 2);
  testing::MadeUp made_up(3);
  for (size_t i = 0; i < weights.size(); ++i) {
    weights[i] = std::ldexp(1.5f + made_up(), -static_cast<int>(i / 2 % 7));
  }
  const TensorIndex a =
      net.Add(BuiltinOperator::kConv2D, {x, net.Floats({16, 1, 1, 2}, weights)},
              {1, 12, 12, 16},
              Conv2DOptions{
                  .stride_w = 1,
                  .stride_h = 1,
                  .fused_activation_function = ActivationFunctionType::kRelu});
  std::vector<float> filters(3 * 3 * 16);
  for (size_t i = 0; i < filters.size(); ++i) {
    filters[i] = std::ldexp(made_up(), static_cast<int>(i % 16 % 7));
  }
  const TensorIndex b =
      net.Add(BuiltinOperator::kDepthwiseConv2D,
              {a, net.Floats({1, 3, 3, 16}, filters), net.Floats({16})},
              {1, 12, 12, 16},
              DepthwiseConv2DOptions{
                  .stride_w = 1, .stride_h = 1, .depth_multiplier = 1});
  const Work plain(net.Take({b}));
  const Equalized equalized = Equalize(plain.model(), plain.statistics(), {});
  ASSERT_EQ(equalized.pairs.size(), 1u);
  const Work better(equalized.model);
  EXPECT_GT(better.Snr(better.nearest()), plain.Snr(plain.nearest()) + 3);
}

}  // namespace
}  // namespace tinyml::quantize
