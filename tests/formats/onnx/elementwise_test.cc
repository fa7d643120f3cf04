#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "tests/formats/onnx/lowered_graph.h"

namespace tinyml::onnx_import {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pointwise;

TEST(OnnxElementwise, KeepsTheOrderOfItsOperand) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 3, 2, 2}, ChannelsLast(4));
  const ValueId scale =
      graph.Known(Constant::Of({3, 1, 1}, std::vector<float>{1, 10, 100}));
  const ValueId y = graph.Node("Mul", {graph.Node("Relu", {x}), scale});
  EXPECT_THAT(graph.Lower(y), ElementsAre("RELU", "MUL"));
  EXPECT_EQ(graph.At(y).layout, ChannelsLast(4));
  EXPECT_THAT(graph.Run<float>({{1, 2, 3, -4, 5, 6, 7, 8, 9, 1, 1, 1}}),
              ElementsAre(1, 20, 300, 0, 50, 600, 7, 80, 900, 1, 10, 100));
}

TEST(OnnxElementwise, OperandsInTwoOrdersNeedOneTranspose) {
  LoweredGraph graph;
  const ValueId a = graph.Input({1, 3, 4, 4}, ChannelsLast(4));
  const ValueId b = graph.Input({1, 3, 4, 4});
  const ValueId y = graph.Node("Add", {a, b});
  EXPECT_THAT(graph.Lower(y), ElementsAre("TRANSPOSE", "ADD"));
}

TEST(OnnxElementwise, MoreThanSixDimensionsAreSeenAsFewer) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 2, 1, 1, 2, 1, 1, 2});
  const ValueId y = graph.Node("Add", {x, graph.Floats({1, 2})});
  const ValueId z = graph.Node("Exp", {y});
  EXPECT_THAT(graph.Lower(z), ElementsAre("RESHAPE", "ADD", "RESHAPE",
                                          "RESHAPE", "EXP", "RESHAPE"));
  EXPECT_EQ(graph.At(z).shape, Shape({1, 2, 1, 1, 2, 1, 1, 2}));
}

TEST(OnnxElementwise, ClipBecomesAnActivationWhereItIsOne) {
  const auto operators = [](std::vector<float> low, std::vector<float> high) {
    LoweredGraph graph;
    std::vector<ValueId> inputs = {graph.Input({4}), kNoValue, kNoValue};
    if (!low.empty()) inputs[1] = graph.Scalar(low[0]);
    if (!high.empty()) inputs[2] = graph.Scalar(high[0]);
    return graph.Lower(graph.Node("Clip", inputs));
  };
  EXPECT_THAT(operators({0}, {6}), ElementsAre("RELU6"));
  EXPECT_THAT(operators({0}, {}), ElementsAre("RELU"));
  EXPECT_THAT(operators({-1}, {1}), ElementsAre("MUL"));
  EXPECT_THAT(operators({0}, {1}), ElementsAre("MAXIMUM", "MINIMUM"));
  EXPECT_THAT(operators({}, {}), IsEmpty());
}

TEST(OnnxElementwise, ClipByAttributesOfOlderOpsets) {
  LoweredGraph graph(10);
  const ValueId y =
      graph.Node("Clip", {graph.Input({4})}, {{"min", 0.0F}, {"max", 6.0F}});
  EXPECT_THAT(graph.Lower(y), ElementsAre("RELU6"));
}

TEST(OnnxElementwise, BoundsBeyondTheTypeAreItsEnds) {
  LoweredGraph graph;
  const ValueId x = graph.Input({3}, {}, TensorType::kInt8);
  const auto bound = [&](int64_t value) {
    return graph.Known(Constant::OfType(TensorType::kInt8, {}, {value}));
  };
  EXPECT_THAT(graph.Lower(graph.Node("Clip", {x, bound(-3), bound(127)})),
              ElementsAre("MAXIMUM", "MINIMUM"));
  EXPECT_THAT(graph.Run<int8_t>({{-128, -3, 127}}), ElementsAre(-3, -3, 127));
  LoweredGraph wide;
  const ValueId far = wide.Known(Constant::Of(
      {}, std::vector<int64_t>{std::numeric_limits<int64_t>::max()}));
  wide.Lower(wide.Node("Clip", {wide.Input({1}, {}, TensorType::kInt64), far}));
  EXPECT_THAT(wide.Run<int32_t>({{5}}),
              ElementsAre(std::numeric_limits<int32_t>::max()));
}

TEST(OnnxElementwise, ErfIsGoodToAMillionth) {
  LoweredGraph graph;
  std::vector<float> values;
  std::vector<float> expected;
  for (int i = -600; i <= 600; ++i) {
    values.push_back(static_cast<float>(i) * 0.01F);
    expected.push_back(std::erf(values.back()));
  }
  for (const float far : {50.0F, -1e10F, 1e30F}) {
    values.push_back(far);
    expected.push_back(far > 0 ? 1.0F : -1.0F);
  }
  const auto count = static_cast<int64_t>(values.size());
  const ValueId y = graph.Node("Erf", {graph.Input({count})});
  graph.Lower(y);
  EXPECT_THAT(graph.Run<float>({values}),
              Pointwise(FloatNear(1e-6F), expected));
}

TEST(OnnxElementwise, GeluInBothForms) {
  for (const bool tanh : {false, true}) {
    LoweredGraph graph(20);
    std::vector<float> values;
    std::vector<float> expected;
    for (int i = -80; i <= 80; ++i) {
      const double x = i * 0.1;
      values.push_back(static_cast<float>(x));
      const double inner = tanh ? std::tanh(std::sqrt(2 / std::acos(-1.0)) *
                                            (x + 0.044715 * x * x * x))
                                : std::erf(x / std::sqrt(2.0));
      expected.push_back(static_cast<float>(x / 2 * (1 + inner)));
    }
    const auto count = static_cast<int64_t>(values.size());
    const ValueId y =
        graph.Node("Gelu", {graph.Input({count})},
                   {{"approximate", std::string(tanh ? "tanh" : "none")}});
    EXPECT_EQ(graph.Lower(y).size(), tanh ? 6U : 12U);
    EXPECT_THAT(graph.Run<float>({values}),
                Pointwise(FloatNear(1e-5F), expected));
  }
}

TEST(OnnxElementwise, SoftplusAndMishDoNotOverflow) {
  for (const std::string op : {"Softplus", "Mish"}) {
    LoweredGraph graph;
    const ValueId y = graph.Node(op, {graph.Input({3})});
    graph.Lower(y);
    EXPECT_THAT(graph.Run<float>({{200, 1000, 30}}),
                ElementsAre(200, 1000, 30));
  }
}

TEST(OnnxElementwise, PowersWithoutPow) {
  const auto operators = [](float exponent) {
    LoweredGraph graph;
    return graph.Lower(
        graph.Node("Pow", {graph.Input({4}), graph.Scalar(exponent)}));
  };
  EXPECT_THAT(operators(2), ElementsAre("SQUARE"));
  EXPECT_THAT(operators(3), ElementsAre("SQUARE", "MUL"));
  EXPECT_THAT(operators(0.5), ElementsAre("SQRT"));
  EXPECT_THAT(operators(-0.5), ElementsAre("RSQRT"));
  EXPECT_THAT(operators(-1), ElementsAre("DIV"));
  EXPECT_THAT(operators(1), IsEmpty());
  EXPECT_THAT(operators(1.5), ElementsAre("LOG", "MUL", "EXP"));
  LoweredGraph integers;
  const ValueId x = integers.Input({2}, {}, TensorType::kInt32);
  const ValueId e = integers.Input({2}, {}, TensorType::kInt32);
  EXPECT_THAT(integers.Lower(integers.Node("Pow", {x, e})),
              ElementsAre(HasSubstr("the runtime has no POW")));
}

TEST(OnnxElementwise, IntegersOfOtherWidthsGoThroughInt32) {
  LoweredGraph graph;
  const ValueId a = graph.Input({2}, {}, TensorType::kInt16);
  const ValueId b = graph.Input({2}, {}, TensorType::kInt16);
  const ValueId y = graph.Node("Add", {a, b});
  EXPECT_THAT(graph.Lower(y), ElementsAre("CAST", "CAST", "ADD", "CAST"));
  EXPECT_THAT(graph.Run<int16_t>({{32767, -5}, {1, 3}}),
              ElementsAre(-32768, -2));
}

TEST(OnnxElementwise, RemaindersHaveTheSignThatOnnxWants) {
  for (const int64_t fmod : {0, 1}) {
    LoweredGraph graph;
    const ValueId a = graph.Input({4}, {}, TensorType::kInt64);
    const ValueId b = graph.Input({4}, {}, TensorType::kInt64);
    graph.Lower(graph.Node("Mod", {a, b}, {{"fmod", fmod}}));
    const auto rest = graph.Run<int32_t>({{7, -7, 7, -6}, {3, 3, -3, 3}});
    if (fmod != 0) {
      EXPECT_THAT(rest, ElementsAre(1, -1, 1, 0));
    } else {
      EXPECT_THAT(rest, ElementsAre(1, 2, -2, 0));
    }
  }
}

TEST(OnnxElementwise, WhereOfIntegersAndBools) {
  LoweredGraph graph;
  const ValueId c =
      graph.Known(Constant::OfType(TensorType::kBool, {3}, {1, 0, 1}));
  const ValueId x = graph.Input({3}, {}, TensorType::kInt32);
  const ValueId y = graph.Input({3}, {}, TensorType::kInt32);
  const ValueId z = graph.Node("Where", {c, x, y});
  EXPECT_THAT(graph.Lower(z), ElementsAre("CAST", "SUB", "MUL", "ADD"));
  constexpr int32_t kMax = std::numeric_limits<int32_t>::max();
  EXPECT_THAT(graph.Run<int32_t>({{kMax, 1, 2}, {-kMax, -1, kMax}}),
              ElementsAre(kMax, -1, 2));
}

TEST(OnnxElementwise, CastsOfBytesGoThroughQuantize) {
  LoweredGraph graph;
  const ValueId x = graph.Input({4}, {}, TensorType::kUInt8);
  const ValueId half = graph.Node(
      "Mul",
      {graph.Node("Cast", {x}, {{"to", int64_t{1}}}), graph.Scalar(0.5F)});
  const ValueId y = graph.Node("Cast", {half}, {{"to", int64_t{2}}});
  EXPECT_THAT(graph.Lower(y), ElementsAre("DEQUANTIZE", "MUL", "FLOOR",
                                          "QUANTIZE", "QUANTIZE"));
  EXPECT_THAT(graph.Run<uint8_t>({{0, 1, 255, 200}}),
              ElementsAre(0, 0, 127, 100));
}

TEST(OnnxElementwise, RefusalsNameTheRuntimesLimit) {
  LoweredGraph graph;
  const ValueId x = graph.Input({2}, {}, TensorType::kUInt8);
  EXPECT_THAT(graph.Lower(graph.Node("Add", {x, x})),
              ElementsAre(HasSubstr("no arithmetic for uint8")));
  LoweredGraph mixed;
  EXPECT_THAT(
      mixed.Lower(mixed.Node(
          "Add", {mixed.Input({2}), mixed.Input({2}, {}, TensorType::kInt32)})),
      ElementsAre(HasSubstr("differ in type")));
  LoweredGraph missing;
  EXPECT_THAT(
      missing.Lower(missing.Node("Max", {missing.Input({2}), kNoValue})),
      ElementsAre(HasSubstr("inputs")));
}

}  // namespace
}  // namespace tinyml::onnx_import
