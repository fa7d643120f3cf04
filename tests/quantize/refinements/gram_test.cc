// Gram matrices: rows of weights times windows are the kernel's outputs, sums
// are right, and the number of threads does not matter.
#include "quantize/refinements/gram.h"
#include "model/constants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "quantize/rewrite/weights.h"
#include "tests/support/float_net.h"
#include "tinyml/interpreter.h"

namespace tinyml::quantize {
namespace {

using testing::FloatNet;
using testing::MadeUpSamples;
using testing::Window;

const Target& Desk() {
  static const Target target = *Target::Parse("x86-64");
  return target;
}

using Grams = std::map<size_t, std::vector<Gram>>;

Grams Collect(const Model& model, const SampleSource& samples,
              const GramOptions& options = {}) {
  Grams grams;
  std::mutex mutex;
  const Status status = CollectGrams(
      model, Desk(), LayersOf(model), samples, options,
      [&](size_t layer, const LayerMatrix&, std::span<const Gram> of_layer) {
        const std::lock_guard lock(mutex);
        grams[layer].assign(of_layer.begin(), of_layer.end());
        return Status();
      });
  EXPECT_TRUE(status.has_value()) << (status ? "" : status.error().message);
  return grams;
}

// The outputs of the first layer as products of LayerMatrix, without bias and
// activation, must be those of the kernel.
void ExpectProductsAreOutputs(const Model& model) {
  const Layer layer = LayersOf(model).at(0);
  const auto matrix = LayerMatrix::Of(model, layer);
  ASSERT_TRUE(matrix.has_value());
  const Subgraph& graph = model.subgraphs[0];
  const auto floats = [&](TensorIndex tensor) {
    return FloatsOf(model, graph.tensors[tensor]);
  };
  const std::vector<float> rows =
      ToRows<float>(matrix->layout(), floats(layer.weights));
  EXPECT_EQ(FromRows<float>(matrix->layout(), rows), floats(layer.weights));
  const std::vector<float> bias = floats(layer.bias);
  testing::MadeUp made_up(5);
  const std::vector<float> input =
      made_up.Many(static_cast<size_t>(matrix->input_elements()));
  InterpreterOptions options;
  options.separate_memory = true;
  auto interpreter = Interpreter::Create(model, Desk(), options);
  ASSERT_TRUE(interpreter.has_value()) << interpreter.error().message;
  const RunningTensor running = interpreter->Inputs()[0];
  ASSERT_EQ(running.writable.size(), input.size() * sizeof(float));
  std::memcpy(running.writable.data(), input.data(), running.writable.size());
  ASSERT_TRUE(interpreter->Invoke().has_value());
  std::vector<float> outputs(
      static_cast<size_t>(matrix->positions() * matrix->rows()));
  const RunningTensor result = interpreter->Outputs()[0];
  ASSERT_EQ(result.bytes.size(), outputs.size() * sizeof(float));
  std::memcpy(outputs.data(), result.bytes.data(), result.bytes.size());

  const auto columns = static_cast<size_t>(matrix->columns());
  std::vector<float> windows(static_cast<size_t>(matrix->positions()) *
                             columns);
  for (int64_t r = 0; r < matrix->rows(); ++r) {
    matrix->CopyWindows(input, matrix->GroupOf(r), 0, 1, windows);
    for (int64_t p = 0; p < matrix->positions(); ++p) {
      double sum = static_cast<double>(bias[r]);
      for (size_t k = 0; k < columns; ++k) {
        sum +=
            static_cast<double>(rows[static_cast<size_t>(r) * columns + k]) *
            static_cast<double>(windows[static_cast<size_t>(p) * columns + k]);
      }
      EXPECT_NEAR(outputs[p * matrix->rows() + r], sum, 1e-4)
          << "channel " << r << ", position " << p;
    }
  }
}

TEST(LayerMatrix, ConvolutionsOfAllKindsAreProducts) {
  const auto conv = [](Window window, int32_t groups) {
    FloatNet net;
    return net.Take({net.Conv(net.Input({1, 7, 6, 4}), 6, 3, window, groups)});
  };
  ExpectProductsAreOutputs(conv({}, 1));
  ExpectProductsAreOutputs(conv({.padding = Padding::kValid}, 1));
  ExpectProductsAreOutputs(conv({.stride = 2}, 1));
  ExpectProductsAreOutputs(conv({.dilation = 2}, 1));
  ExpectProductsAreOutputs(conv({.stride = 2}, 2));
}

TEST(LayerMatrix, BatchesFollowEachOther) {
  FloatNet net;
  ExpectProductsAreOutputs(
      net.Take({net.Conv(net.Input({2, 4, 5, 2}), 3, 3, {.stride = 2})}));
}

TEST(LayerMatrix, DepthwiseConvolutionsHaveAGroupForEachInput) {
  for (const int32_t multiplier : {1, 3}) {
    FloatNet net;
    const Model model = net.Take(
        {net.Depthwise(net.Input({1, 6, 5, 3}), multiplier, 3, {.stride = 2})});
    EXPECT_EQ(LayerMatrix::Of(model, LayersOf(model).at(0))->groups(), 3);
    ExpectProductsAreOutputs(model);
  }
}

TEST(LayerMatrix, FullyConnectedLayersOfSeveralRows) {
  FloatNet net;
  ExpectProductsAreOutputs(
      net.Take({net.FullyConnected(net.Input({3, 5}), 4)}));
}

TEST(LayerMatrix, TransposedConvolutionsAsTheirOutputsSeeThem) {
  for (const Padding padding : {Padding::kSame, Padding::kValid}) {
    FloatNet net;
    const int32_t size = padding == Padding::kSame ? 8 : 9;
    ExpectProductsAreOutputs(net.Take(
        {net.TransposeConv(net.Input({1, 4, 4, 2}), 3, 3, {1, size, size, 3},
                           {.padding = padding, .stride = 2})}));
  }
}

TEST(LayerMatrix, OptionsThatDoNotFitAreNoMatrix) {
  FloatNet net;
  Model model = net.Take({net.Depthwise(net.Input({1, 6, 5, 3}), 2, 3)});
  const Layer layer = LayersOf(model).at(0);
  ASSERT_TRUE(LayerMatrix::Of(model, layer).has_value());
  model.subgraphs[0].operators[0].options = MakeOptions(DepthwiseConv2DOptions{
      .stride_w = 1, .stride_h = 1, .depth_multiplier = 3});
  EXPECT_FALSE(LayerMatrix::Of(model, layer).has_value());
  model.subgraphs[0].operators[0].options = {};
  EXPECT_FALSE(LayerMatrix::Of(model, layer).has_value());
}

TEST(Gram, IsTheSumOfProductsOfInputs) {
  FloatNet net;
  const Model model = net.Take({net.FullyConnected(net.Input({2, 3}), 4)});
  const MadeUpSamples samples(20, 3);
  const Grams grams = Collect(model, samples);
  ASSERT_EQ(grams.size(), 1u);
  const Gram& gram = grams.at(0).at(0);
  EXPECT_EQ(gram.windows, 40);
  EXPECT_EQ(gram.samples, 20);
  Eigen::MatrixXd products = Eigen::MatrixXd::Zero(3, 3);
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(3);
  for (int64_t i = 0; i < samples.Count(); ++i) {
    std::vector<float> values(6);
    const std::span<uint8_t> bytes(reinterpret_cast<uint8_t*>(values.data()),
                                   values.size() * sizeof(float));
    ASSERT_TRUE(samples.Read(i, std::vector{bytes}).has_value());
    for (size_t at = 0; at < 6; at += 3) {
      const Eigen::VectorXd x =
          Eigen::Map<Eigen::VectorXf>(values.data() + at, 3).cast<double>();
      products += x * x.transpose();
      sum += x;
    }
  }
  EXPECT_LT((gram.products - products).norm(), 1e-5 * products.norm());
  EXPECT_LT((gram.sum - sum).norm(), 1e-5 * products.norm());
  // Centred: what is left around the mean.
  const Eigen::MatrixXd centred = products - sum * sum.transpose() / 40.0;
  EXPECT_LT((gram.Centred() - centred).norm(), 1e-5 * products.norm());
}

Model SomeNet() {
  FloatNet net;
  const TensorIndex x = net.Input({1, 10, 10, 3});
  const Window relu = {.activation = ActivationFunctionType::kRelu};
  const TensorIndex a = net.Conv(x, 8, 3, relu);
  const TensorIndex b = net.Depthwise(a, 1, 3, relu);
  const TensorIndex c = net.Conv(b, 4, 1, relu);
  return net.Take({net.FullyConnected(net.Reshape(c, {1, 400}), 5)});
}

void ExpectSame(const Grams& a, const Grams& b) {
  ASSERT_EQ(a.size(), b.size());
  for (const auto& [layer, grams] : a) {
    for (size_t g = 0; g < grams.size(); ++g) {
      EXPECT_EQ(grams[g].products, b.at(layer)[g].products) << layer;
      EXPECT_EQ(grams[g].sum, b.at(layer)[g].sum) << layer;
      EXPECT_EQ(grams[g].windows, b.at(layer)[g].windows) << layer;
    }
  }
}

TEST(Gram, DoesNotDependOnThreadsOrMemory) {
  const Model model = SomeNet();
  const MadeUpSamples samples(37, 3);
  const Grams one = Collect(model, samples, {.threads = 1});
  EXPECT_EQ(one.size(), 4u);
  ExpectSame(one, Collect(model, samples, {.threads = 3}));
  // Hardly more memory than the largest layer at a time.
  ExpectSame(one,
             Collect(model, samples, {.most_bytes = 5 << 20, .threads = 2}));
}

TEST(Gram, LayersThatAreTooLargeAreLeftOut) {
  const Grams grams =
      Collect(SomeNet(), MadeUpSamples(3, 3), {.most_columns = 100});
  EXPECT_EQ(grams.count(3), 0u);
  EXPECT_EQ(grams.size(), 3u);
  EXPECT_EQ(
      Collect(SomeNet(), MadeUpSamples(3, 3), {.most_bytes = 1 << 20}).count(3),
      0u);
}

TEST(Gram, PositionsAndSamplesAreThinnedOut) {
  const Grams grams = Collect(SomeNet(), MadeUpSamples(30, 3),
                              {.most_samples = 10, .most_positions = 30});
  // Every fourth of 100, of ten samples.
  EXPECT_EQ(grams.at(0)[0].windows, 250);
  EXPECT_EQ(grams.at(0)[0].samples, 10);
}

TEST(Gram, SamplesThatCannotBeReadAreLeftOut) {
  MadeUpSamples samples(30, 3);
  samples.LeaveOut(3);
  EXPECT_EQ(Collect(SomeNet(), samples).at(0)[0].samples, 20);
}

TEST(Gram, LayersWhoseInputsAreNotFiniteAreLeftOut) {
  MadeUpSamples samples(3, 3);
  samples.Shape([](std::vector<float>& values) { values[0] = 1e30f; });
  EXPECT_EQ(Collect(SomeNet(), samples).count(0), 0u);
}

TEST(Gram, NoSamplesGiveNothing) {
  EXPECT_TRUE(Collect(SomeNet(), MadeUpSamples(0, 3)).empty());
}

TEST(Shrunk, KeepsWhatIsNoChance) {
  Eigen::MatrixXd products(2, 2);
  products << 4, 3, 3, 4;
  const Eigen::MatrixXd many = Shrunk(products, 1e9);
  EXPECT_NEAR(many(0, 1), 3, 1e-6);
  const Eigen::MatrixXd few = Shrunk(products, 4);
  EXPECT_GT(few(0, 1), 0);
  EXPECT_LT(few(0, 1), 3);
  EXPECT_EQ(few(0, 0), 4);
  EXPECT_EQ(few(0, 1), few(1, 0));
  EXPECT_EQ(Shrunk(products, 0)(0, 1),
            3 * (1 - (7.0 / 16) * (7.0 / 16) / (9.0 / 16)));
}

}  // namespace
}  // namespace tinyml::quantize
