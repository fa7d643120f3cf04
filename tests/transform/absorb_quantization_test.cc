// What becomes integer, and what must stay float.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "tests/support/float_net.h"
#include "tinyml/options.h"
#include "transform/passes.h"

namespace tinyml::transform {
namespace {

using ::testing::ElementsAre;
using testing::FloatNet;
using testing::MadeUpSamples;
using testing::OperatorNames;
using testing::OutputsOf;
using Op = BuiltinOperator;
using Dims = FloatNet::Dims;

class QuantizedBuilder : public FloatNet {
 public:
  TensorIndex Quantized(TensorIndex real, Dims shape, float scale,
                        int64_t zero_point) {
    const TensorIndex output =
        Add(Op::kQuantize, {real}, std::move(shape), QuantizeOptions());
    At(output).type = TensorType::kInt8;
    At(output).quantization = PerTensor(scale, zero_point);
    return output;
  }
  TensorIndex Real(TensorIndex quantized, Dims shape) {
    return Add(Op::kDequantize, {quantized}, std::move(shape),
               DequantizeOptions());
  }
  // Through int8 and back.
  TensorIndex Through(TensorIndex real, const Dims& shape, float scale,
                      int64_t zero_point) {
    return Real(Quantized(real, shape, scale, zero_point), shape);
  }
  // Floats that are integers times 1/64.
  TensorIndex Weights(Dims shape) {
    std::vector<float> values(static_cast<size_t>(*ElementCount(shape)));
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<float>(static_cast<int>(i * 37 % 255) - 127) / 64;
    }
    const TensorIndex weights = Floats(std::move(shape), values);
    At(weights).quantization = PerTensor(1.0f / 64, 0);
    return weights;
  }
  TensorIndex Layer(TensorIndex x, TensorIndex weights) {
    return Add(Op::kFullyConnected, {x, weights, Floats({5})}, {2, 5},
               FullyConnectedOptions());
  }
};

// The result, within `tolerance` of the float model with its QUANTIZEs.
Model Absorbed(const Model& model, size_t expected_left, float tolerance) {
  Model integer = model;
  const std::vector<std::string> left = AbsorbQuantization(integer);
  EXPECT_EQ(left.size(), expected_left) << ::testing::PrintToString(left);
  EXPECT_TRUE(Simplify(integer).has_value());
  const Status valid = ValidateModel(integer);
  EXPECT_TRUE(valid.has_value()) << valid.error().message;
  Model real = model;  // The runtime does not take quantized floats.
  for (Tensor& tensor : real.subgraphs[0].tensors) {
    if (tensor.type == TensorType::kFloat32) tensor.quantization.reset();
  }
  const std::vector<float> expected = OutputsOf(real, MadeUpSamples(1, 7));
  const std::vector<float> actual = OutputsOf(integer, MadeUpSamples(1, 7));
  EXPECT_EQ(expected.size(), actual.size());
  for (size_t i = 0; i < std::min(expected.size(), actual.size()); ++i) {
    EXPECT_NEAR(expected[i], actual[i], tolerance) << i;
  }
  return integer;
}

TEST(AbsorbQuantization, LayersAndWhatIsBetweenThem) {
  QuantizedBuilder b;
  const TensorIndex x = b.Input({2, 3}, "x");
  TensorIndex y = b.Through(x, {2, 3}, 1.0f / 32, 4);
  y = b.Through(b.Layer(y, b.Weights({5, 3})), {2, 5}, 1.0f / 8, -3);
  y = b.Through(b.Reshape(y, {10}), {10}, 1.0f / 8, -3);
  y = b.Through(b.Add(Op::kAdd, {y, y}, {10}, AddOptions()), {10}, 1.0f / 4, 0);
  const Model simple = Absorbed(b.Take({y}), 0, 0.51f);
  EXPECT_THAT(OperatorNames(simple),
              ElementsAre("QUANTIZE", "FULLY_CONNECTED", "RESHAPE", "ADD",
                          "DEQUANTIZE"));
}

// Its kernel has one scale, from which a coarser one follows.
TEST(AbsorbQuantization, SoftmaxHasAScaleOfItsOwn) {
  for (const int steps : {256, 128, 512}) {
    QuantizedBuilder b;
    const TensorIndex x = b.Input({2, 3}, "x");
    TensorIndex y = b.Through(x, {2, 3}, 1.0f / 32, 0);
    y = b.Add(Op::kSoftmax, {y}, {2, 3}, SoftmaxOptions{.beta = 1.0f});
    y = b.Through(y, {2, 3}, 1.0f / static_cast<float>(steps), -128);
    const Model simple = Absorbed(b.Take({y}), steps == 512 ? 1 : 0, 0.01f);
    if (steps == 256) {
      EXPECT_THAT(OperatorNames(simple),
                  ElementsAre("QUANTIZE", "SOFTMAX", "DEQUANTIZE"));
    } else if (steps == 128) {
      EXPECT_THAT(OperatorNames(simple),
                  ElementsAre("QUANTIZE", "SOFTMAX", "QUANTIZE", "DEQUANTIZE"));
    } else {
      EXPECT_THAT(OperatorNames(simple),
                  ElementsAre("QUANTIZE", "DEQUANTIZE", "SOFTMAX", "QUANTIZE",
                              "DEQUANTIZE"));
    }
  }
}

// The result for one operand that has been quantized, and a second one if
// `pair`.
Model AbsorbedAlone(Op code, bool pair, float result_scale, size_t left) {
  QuantizedBuilder b;
  const TensorIndex x = b.Input({2, 3}, "x");
  const TensorIndex real = b.Through(x, {2, 3}, 1.0f / 32, 4);
  std::vector<TensorIndex> inputs = {real};
  if (pair) inputs.push_back(b.Through(x, {2, 3}, 1.0f / 16, 0));
  TensorIndex y = code == Op::kAbs
                      ? b.Add(code, inputs, {2, 3}, AbsOptions())
                      : b.Add(code, inputs, {2, 3}, SquaredDifferenceOptions());
  y = b.Through(y, {2, 3}, result_scale, -128);
  return Absorbed(b.Take({y}), left, 2 * result_scale);
}

TEST(AbsorbQuantization, AbsHasAnIntegerKernel) {
  EXPECT_THAT(OperatorNames(AbsorbedAlone(Op::kAbs, false, 1.0f / 32, 0)),
              ElementsAre("QUANTIZE", "ABS", "DEQUANTIZE"));
}

TEST(AbsorbQuantization, SquaredDifferencesNeedAScaleThatIsNotTooSmall) {
  EXPECT_THAT(
      OperatorNames(AbsorbedAlone(Op::kSquaredDifference, true, 1.0f / 64, 0)),
      ElementsAre("QUANTIZE", "QUANTIZE", "SQUARED_DIFFERENCE", "DEQUANTIZE"));
  EXPECT_THAT(OperatorNames(AbsorbedAlone(Op::kSquaredDifference, true,
                                          1.0f / (1 << 21), 1)),
              ::testing::Contains("DEQUANTIZE").Times(3));
}

TEST(AbsorbQuantization, GatheringMovesIntegers) {
  QuantizedBuilder b;
  const TensorIndex x = b.Input({2, 3}, "x");
  TensorIndex y = b.Through(x, {2, 3}, 1.0f / 32, 4);
  y = b.Add(Op::kGatherNd, {y, b.Ints({2, 1}, {1, 0})}, {2, 3},
            GatherNdOptions());
  y = b.Through(y, {2, 3}, 1.0f / 32, 4);
  EXPECT_THAT(OperatorNames(Absorbed(b.Take({y}), 0, 0.0f)),
              ElementsAre("QUANTIZE", "GATHER_ND", "DEQUANTIZE"));
}

// The factors go into the weights, and into their scales.
TEST(AbsorbQuantization, ScalesByChannelGoIntoTheWeights) {
  QuantizedBuilder b;
  const TensorIndex x = b.Input({2, 3}, "x");
  TensorIndex y =
      b.Layer(b.Through(x, {2, 3}, 1.0f / 32, 4), b.Weights({5, 3}));
  y = b.Add(Op::kMul, {y, b.Floats({5}, {0.5f, 2.0f, 1.25f, 0.3f, -1.0f})},
            {2, 5}, MulOptions());
  y = b.Through(y, {2, 5}, 1.0f / 8, -3);
  Model model = b.Take({y});
  ASSERT_TRUE(Simplify(model).has_value());
  const Model simple = Absorbed(model, 0, 0.126f);
  EXPECT_THAT(OperatorNames(simple),
              ElementsAre("QUANTIZE", "FULLY_CONNECTED", "DEQUANTIZE"));
}

TEST(AbsorbQuantization, WeightsThatAreNoIntegersStayFloat) {
  QuantizedBuilder b;
  const TensorIndex x = b.Input({2, 3}, "x");
  TensorIndex y = b.Through(x, {2, 3}, 1.0f / 32, 0);
  y = b.Through(b.Layer(y, b.Floats({5, 3})), {2, 5}, 1.0f / 8, 0);
  const Model simple = Absorbed(b.Take({y}), 1, 0.01f);
  EXPECT_THAT(OperatorNames(simple),
              ElementsAre("QUANTIZE", "DEQUANTIZE", "FULLY_CONNECTED",
                          "QUANTIZE", "DEQUANTIZE"));
}

TEST(AbsorbQuantization, AResultThatIsWantedAsItIsStaysFloat) {
  QuantizedBuilder b;
  const TensorIndex x = b.Input({2, 3}, "x");
  const TensorIndex y =
      b.Layer(b.Through(x, {2, 3}, 1.0f / 32, 0), b.Weights({5, 3}));
  const TensorIndex z = b.Through(y, {2, 5}, 1.0f / 8, 0);
  const Model simple = Absorbed(b.Take({y, z}), 1, 0.01f);
  EXPECT_THAT(OperatorNames(simple),
              ElementsAre("QUANTIZE", "DEQUANTIZE", "FULLY_CONNECTED",
                          "QUANTIZE", "DEQUANTIZE"));
}

}  // namespace
}  // namespace tinyml::transform
