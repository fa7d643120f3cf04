// Whole quantized ONNX models become integer ones, with no floats inside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "tests/formats/onnx/quantized_model.h"

namespace tinyml::onnx_import {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Settings that ONNX Runtime's quantizer may have used.
struct Style {
  std::string name;
  int activations = TensorProto::INT8;
  int weights = TensorProto::INT8;
  int32_t weight_zero = 0;
  bool per_channel = false;
  bool quantized_borders = false;

  bool Unsigned() const { return activations == TensorProto::UINT8; }
  // The middle of the range, and its lower end.
  int32_t Middle() const { return Unsigned() ? 131 : 3; }
  int32_t Least() const { return Unsigned() ? 0 : -128; }
};

std::vector<float> WeightScales(const Style& style, size_t channels) {
  std::vector<float> scales;
  for (size_t i = 0; i < (style.per_channel ? channels : 1); ++i) {
    scales.push_back(0.003F + 0.0007F * static_cast<float>(i % 5));
  }
  return scales;
}

// A scale that a sum of `taps` products fits.
float ResultScale(float input, int64_t taps) {
  return input * 0.0044F * std::sqrt(static_cast<float>(taps)) * 120;
}

class Net {
 public:
  explicit Net(const Style& style) : style_(style) {}

  // Weights and bias by DequantizeLinear; `taps` products for each result.
  std::vector<std::string> Layer(const std::string& x, const std::string& name,
                                 const Dims& weights, float input_scale) {
    const auto scales = WeightScales(style_, static_cast<size_t>(weights[0]));
    std::vector<float> bias_scales;
    for (const float scale : scales) bias_scales.push_back(scale * input_scale);
    return {x,
            model_.Weights(name + "_w", style_.weights, weights, scales,
                           style_.weight_zero),
            model_.Weights(name + "_b", TensorProto::INT32, {weights[0]},
                           bias_scales)};
  }
  std::string Through(const std::string& real, const std::string& name,
                      float scale, int32_t zero) {
    return model_.Through(real, name, style_.activations, scale, zero);
  }

  // Conv, Relu, MaxPool, Conv, GlobalAveragePool, Gemm, Softmax.
  QuantizedModel Build() {
    QuantizedModel& m = model_;
    const float in_scale = 0.031F;
    std::string x = "x";
    if (style_.quantized_borders) {
      m.Input("x", style_.activations, {1, 3, 10, 10});
      m.Floats("x_scale", {in_scale});
      m.Integer("x_zero", style_.activations, style_.Middle());
      x = m.Dequantize("x");
    } else {
      m.Input("x", TensorProto::FLOAT, {1, 3, 10, 10});
      x = Through("x", "xq", in_scale, style_.Middle());
    }
    auto& first = m.Node("Conv", Layer(x, "c1", {8, 3, 3, 3}, in_scale), "a");
    m.Set(first, "pads", Dims{1, 1, 1, 1});
    m.Node("Relu", {"a"}, "ar");
    const float a_scale = ResultScale(in_scale, 27);
    x = Through("ar", "aq", a_scale, style_.Least());
    auto& pool = m.Node("MaxPool", {x}, "p");
    m.Set(pool, "kernel_shape", Dims{2, 2});
    m.Set(pool, "strides", Dims{2, 2});
    x = Through("p", "pq", a_scale, style_.Least());
    m.Node("Conv", Layer(x, "c2", {6, 8, 3, 3}, a_scale), "b");
    const float b_scale = ResultScale(a_scale, 72);
    x = Through("b", "bq", b_scale, style_.Middle());
    m.Node("GlobalAveragePool", {x}, "g");
    const float g_scale = b_scale * 0.6F;
    x = Through("g", "gq", g_scale, style_.Middle() - 9);
    m.Set(m.Node("Flatten", {x}, "f"), "axis", 1);
    x = Through("f", "fq", g_scale, style_.Middle() - 9);
    m.Set(m.Node("Gemm", Layer(x, "fc", {5, 6}, g_scale), "l"), "transB", 1);
    const float l_scale = ResultScale(g_scale, 6) * 0.5F;
    x = Through("l", "lq", l_scale, style_.Middle());
    // Without it, one class would always win.
    x = Scaled(x, l_scale);
    m.Node("Softmax", {x}, "s");
    const std::string y =
        m.Quantize("s", "sq", style_.activations, 1.0F / 256, style_.Least());
    if (style_.quantized_borders) {
      m.Output(y, style_.activations, {1, 5});
    } else {
      m.Output(m.Dequantize(y), TensorProto::FLOAT, {1, 5});
    }
    return model_;
  }

 private:
  // Times a constant, so that the largest is about 3.
  std::string Scaled(const std::string& x, float scale) {
    const float factor = 3 / (scale * 127);
    model_.Floats("factor", {factor});
    model_.Node("Mul", {x, "factor"}, "lm");
    return Through("lm", "lmq", 3.0F / 127, style_.Middle());
  }

  Style style_;
  QuantizedModel model_;
};

class QuantizedNet : public ::testing::TestWithParam<Style> {};

TEST_P(QuantizedNet, IsIntegerInside) {
  const Style& style = GetParam();
  const QuantizedModel model = Net(style).Build();
  const Imported imported =
      ExpectInteger(model, style.quantized_borders ? 1.0 : 1.0 / 256);
  std::vector<std::string> names = {"CONV_2D", "MAX_POOL_2D", "CONV_2D",
                                    "MEAN",    "RESHAPE",     "FULLY_CONNECTED",
                                    "MUL",     "SOFTMAX"};
  // Weights are copied into place; what is at the border is converted.
  if (!style.quantized_borders) {
    names.insert(names.begin(), "QUANTIZE");
    names.push_back("DEQUANTIZE");
  } else if (style.Unsigned()) {
    names.insert(names.begin(), "QUANTIZE");
    names.push_back("QUANTIZE");
  }
  std::vector<std::string> actual = Names(imported.model);
  std::erase(actual, "TRANSPOSE");
  EXPECT_EQ(actual, names);
}

INSTANTIATE_TEST_SUITE_P(
    Styles, QuantizedNet,
    ::testing::Values(Style{"Int8", TensorProto::INT8, TensorProto::INT8, 0,
                            false, false},
                      Style{"Int8PerChannel", TensorProto::INT8,
                            TensorProto::INT8, 0, true, false},
                      Style{"Int8Borders", TensorProto::INT8, TensorProto::INT8,
                            0, true, true},
                      Style{"UInt8", TensorProto::UINT8, TensorProto::UINT8,
                            128, false, false},
                      Style{"UInt8PerChannel", TensorProto::UINT8,
                            TensorProto::INT8, 0, true, false},
                      Style{"UInt8Borders", TensorProto::UINT8,
                            TensorProto::INT8, 0, true, true}),
    [](const auto& info) { return info.param.name; });

// --- Operators with "QLinear" in their names

struct Linear {
  std::string name;
  int type = TensorProto::INT8;
  int32_t zero = 3;
};

class QLinearNet : public ::testing::TestWithParam<Linear> {};

// QLinearConv, MaxPool of integers, QLinearAdd, QLinearGlobalAveragePool,
// Flatten of integers, QGemm.
TEST_P(QLinearNet, IsIntegerInside) {
  const auto& [name, type, zero] = GetParam();
  QuantizedModel m;
  m.Input("x", type, {1, 2, 9, 9});
  m.Output("y", type, {1, 5});
  m.Floats("xs", {0.031F});
  m.Floats("ws", {0.003F, 0.004F, 0.005F, 0.0035F});
  m.Floats("as", {0.071F});
  m.Floats("bs", {0.12F});
  m.Floats("gs", {0.06F});
  m.Floats("ys", {0.043F});
  m.Integer("z", type, zero);
  m.Integer("wz", TensorProto::INT8, 0, {4});
  m.Integers("w", TensorProto::INT8, {4, 2, 3, 3});
  m.Integers("wb", TensorProto::INT32, {4}, 0, 2000);
  m.Node("QLinearConv", {"x", "xs", "z", "w", "ws", "wz", "as", "z", "wb"},
         "a");
  auto& pool = m.Node("MaxPool", {"a"}, "p");
  m.Set(pool, "kernel_shape", Dims{3, 3});
  m.Node("QLinearAdd", {"p", "as", "z", "p", "as", "z", "bs", "z"}, "b",
         "com.microsoft");
  m.Set(m.Node("QLinearGlobalAveragePool", {"b", "bs", "z", "gs", "z"}, "g",
               "com.microsoft"),
        "channels_last", 0);
  m.Node("Flatten", {"g"}, "f");
  m.Integers("v", TensorProto::INT8, {5, 4});
  m.Floats("vs", {0.004F});
  m.Integer("vz", TensorProto::INT8, 0);
  m.Integers("vb", TensorProto::INT32, {5}, 0, 9000);
  m.Set(m.Node("QGemm", {"f", "gs", "z", "v", "vs", "vz", "vb", "ys", "z"}, "y",
               "com.microsoft"),
        "transB", 1);
  const Imported imported = ExpectInteger(m, 1.0);
  std::vector<std::string> actual = Names(imported.model);
  std::erase(actual, "TRANSPOSE");
  std::erase(actual, "QUANTIZE");
  EXPECT_THAT(actual, ElementsAre("CONV_2D", "MAX_POOL_2D", "ADD", "MEAN",
                                  "RESHAPE", "FULLY_CONNECTED"));
}

INSTANTIATE_TEST_SUITE_P(Types, QLinearNet,
                         ::testing::Values(Linear{"Int8", TensorProto::INT8, 3},
                                           Linear{"UInt8", TensorProto::UINT8,
                                                  128}),
                         [](const auto& info) { return info.param.name; });

// The others, in a chain.
TEST_P(QLinearNet, RelativesAreIntegerToo) {
  const auto& [name, type, zero] = GetParam();
  const int32_t least = type == TensorProto::UINT8 ? 0 : -128;
  const std::string ms = "com.microsoft";
  QuantizedModel m;
  m.Input("x", type, {1, 2, 6, 6});
  m.Output("y", type, {1, 5});
  m.Floats("xs", {0.031F});
  m.Floats("us", {0.043F});
  m.Floats("one", {1.0F / 256});
  m.Floats("ws", {0.006F});
  m.Integer("z", type, zero);
  m.Integer("l", type, least);
  m.Integer("wz", TensorProto::INT8, 0);
  m.Node("QLinearLeakyRelu", {"x", "xs", "z", "us", "z"}, "a", ms);
  m.Node("QLinearSigmoid", {"x", "xs", "z", "one", "l"}, "b", ms);
  m.Node("QLinearMul", {"a", "us", "z", "b", "one", "l", "us", "z"}, "c", ms);
  m.Set(m.Node("QLinearConcat", {"us", "z", "a", "us", "z", "c", "us", "z"},
               "d", ms),
        "axis", 1);
  m.Set(m.Node("QLinearAveragePool", {"d", "us", "z", "us", "z"}, "e", ms),
        "kernel_shape", Dims{3, 3});
  m.Node("Reshape", {"e", m.Int64s("flat", {1, 64})}, "f");
  m.Integers("w", TensorProto::INT8, {64, 5});
  m.Node("QLinearMatMul", {"f", "us", "z", "w", "ws", "wz", "us", "z"}, "g");
  auto& softmax =
      m.Node("QLinearSoftmax", {"g", "us", "z", "one", "l"}, "y", ms);
  m.Set(softmax, "opset", 17);
  m.Set(softmax, "axis", 1);
  const std::vector<std::string> actual = Names(ExpectInteger(m, 1.0).model);
  for (const char* kernel : {"LEAKY_RELU", "LOGISTIC", "MUL", "CONCATENATION",
                             "AVERAGE_POOL_2D", "FULLY_CONNECTED", "SOFTMAX"}) {
    EXPECT_THAT(actual, Contains(kernel));
  }
}

TEST(QuantizedOnnx, ParametersAreThoseOfTheFile) {
  QuantizedModel m;
  m.Input("x", TensorProto::INT8, {1, 2, 5, 5});
  m.Output("y", TensorProto::INT8, {1, 4, 3, 3});
  m.Floats("s", {0.125F});
  m.Floats("ws", {0.5F, 0.25F, 0.125F, 1.0F});
  m.Integer("z", TensorProto::INT8, 3);
  m.Integer("wz", TensorProto::INT8, 0);
  m.Integer("w0", TensorProto::INT8, 0, {4});
  m.Integers("w", TensorProto::INT8, {4, 2, 3, 3}, 0, 3);
  m.Integer("bias", TensorProto::INT32, -70000, {4});
  m.Node("QLinearConv", {"x", "s", "z", "w", "ws", "w0", "s", "z", "bias"},
         "y");
  const Imported imported = m.Import();
  const Subgraph& graph = imported.model.subgraphs[0];
  const auto conv = std::find_if(
      graph.operators.begin(), graph.operators.end(), [&](const Operator& op) {
        return OperatorName(imported.model, op) == "CONV_2D";
      });
  ASSERT_NE(conv, graph.operators.end());
  const auto tensor = [&](size_t input) -> const Tensor& {
    return graph.tensors[conv->inputs[input]];
  };
  EXPECT_EQ(tensor(0).quantization->zero_point, std::vector<int64_t>{3});
  EXPECT_EQ(tensor(0).quantization->scale, std::vector<float>{0.125F});
  EXPECT_THAT(tensor(1).shape, ElementsAre(4, 3, 3, 2));
  EXPECT_EQ(tensor(1).type, TensorType::kInt8);
  EXPECT_THAT(tensor(1).quantization->scale,
              ElementsAre(0.5F, 0.25F, 0.125F, 1.0F));
  EXPECT_EQ(tensor(1).quantization->quantized_dimension, 0);
  EXPECT_EQ(tensor(2).type, TensorType::kInt32);
  EXPECT_THAT(tensor(2).quantization->scale,
              ElementsAre(0.0625F, 0.03125F, 0.015625F, 0.125F));
  int32_t first = 0;
  std::memcpy(&first, imported.model.DataOf(tensor(2)).data(), sizeof(first));
  EXPECT_EQ(first, -70000);
}

// Where a model was trained with quantized weights, the file has the floats.
TEST(QuantizedOnnx, WeightsMayBeQuantizedInTheGraph) {
  QuantizedModel m;
  m.Input("x", TensorProto::INT8, {3, 4});
  m.Output("y", TensorProto::INT8, {3, 2});
  m.Floats("x_scale", {0.05F});
  m.Integer("x_zero", TensorProto::INT8, -6);
  m.Floats("w", {0.31F, -1.27F, 0.2F, 0.8F, 1.1F, -0.42F, 2.4F, -0.9F}, {2, 4});
  m.Floats("ws", {0.01F, 0.02F});
  m.Integer("wz", TensorProto::INT8, 0, {2});
  m.Set(m.Node("QuantizeLinear", {"w", "ws", "wz"}, "wq"), "axis", 0);
  m.Set(m.Node("DequantizeLinear", {"wq", "ws", "wz"}, "wr"), "axis", 0);
  m.Node("Transpose", {"wr"}, "wt");
  m.Node("MatMul", {m.Dequantize("x"), "wt"}, "product");
  m.Quantize("product", "y", TensorProto::INT8, 0.1F, 0);
  EXPECT_THAT(Names(ExpectInteger(m, 1.0).model),
              ElementsAre("FULLY_CONNECTED"));
}

// --- What stays float

TEST(QuantizedOnnx, Int16StaysFloatAndIsNamed) {
  QuantizedModel m;
  m.Input("x", TensorProto::INT16, {2, 4});
  m.Output("y", TensorProto::INT16, {2, 4});
  m.Floats("s", {0.001F});
  m.Integer("z", TensorProto::INT16, 0);
  m.Node("DequantizeLinear", {"x", "s", "z"}, "r");
  m.Node("Tanh", {"r"}, "t");
  m.Node("QuantizeLinear", {"t", "s", "z"}, "y");
  const Imported imported = m.Import();
  EXPECT_THAT(Names(imported.model),
              ElementsAre("DEQUANTIZE", "TANH", "QUANTIZE"));
  EXPECT_THAT(imported.notes, ElementsAre(HasSubstr("its operand is int16")));
}

TEST(QuantizedOnnx, AsymmetricWeightsStayFloatAndAreNamed) {
  QuantizedModel m;
  m.Input("x", TensorProto::FLOAT, {2, 4});
  m.Output("y_real", TensorProto::FLOAT, {2, 3});
  const std::string x = m.Through("x", "xq", TensorProto::UINT8, 0.03F, 128);
  const std::string w = m.Weights("w", TensorProto::UINT8, {4, 3}, {0.01F}, 90);
  m.Node("MatMul", {x, w}, "product");
  m.Through("product", "y", TensorProto::UINT8, 0.05F, 128);
  const Imported imported = m.Import();
  EXPECT_THAT(Names(imported.model),
              ElementsAre("QUANTIZE", "DEQUANTIZE", "FULLY_CONNECTED",
                          "QUANTIZE", "DEQUANTIZE"));
  EXPECT_THAT(imported.notes,
              ElementsAre(HasSubstr("FULLY_CONNECTED 'product' stays float "
                                    "after a DEQUANTIZE: its weights are not "
                                    "int8 with a zero point of 0")));
}

TEST(QuantizedOnnx, ComputedScalesAreRefused) {
  QuantizedModel m;
  m.Input("x", TensorProto::FLOAT, {2, 4});
  m.Input("s", TensorProto::FLOAT, {});
  m.Output("y", TensorProto::UINT8, {2, 4});
  m.Integer("z", TensorProto::UINT8, 0);
  m.Node("QuantizeLinear", {"x", "s", "z"}, "y");
  const auto imported = m.TryImport();
  ASSERT_FALSE(imported.has_value());
  EXPECT_THAT(imported.error().message, HasSubstr("its scale is computed"));
}

TEST(QuantizedOnnx, DynamicQuantizationIsRefusedByName) {
  QuantizedModel m;
  m.Input("x", TensorProto::FLOAT, {2, 4});
  m.Output("y", TensorProto::UINT8, {2, 4});
  m.Node("DynamicQuantizeLinear", {"x"}, "y");
  const auto imported = m.TryImport();
  ASSERT_FALSE(imported.has_value());
  EXPECT_THAT(imported.error().message, HasSubstr("DynamicQuantizeLinear"));
}

TEST(QuantizedOnnx, AnotherDomainsOperatorsAreNotOnnxsOwn) {
  QuantizedModel m;
  m.Input("x", TensorProto::FLOAT, {2, 4});
  m.Output("y", TensorProto::FLOAT, {2, 4});
  m.Node("Relu", {"x"}, "y", "com.microsoft");
  EXPECT_FALSE(m.TryImport().has_value());
}

TEST(QuantizedOnnx, AMissingZeroPointIsNamed) {
  QuantizedModel m;
  m.Input("x", TensorProto::INT8, {2, 4});
  m.Output("y", TensorProto::INT8, {2, 4});
  m.Floats("s", {0.5F});
  m.Integer("z", TensorProto::INT8, 0);
  m.Node("QLinearAdd", {"x", "s", "z", "x", "s", "z", "s"}, "y",
         "com.microsoft");
  const auto imported = m.TryImport();
  ASSERT_FALSE(imported.has_value());
  EXPECT_THAT(imported.error().message, HasSubstr("QLinearAdd"));
  EXPECT_THAT(imported.error().message, HasSubstr("zero points"));
}

TEST(QuantizedOnnx, ScalesMustBePositiveAndFitTheirAxis) {
  for (const std::vector<float>& scales :
       {std::vector<float>{0.0F}, {-1.0F}, {INFINITY}, {1.0F, 2.0F, 3.0F}}) {
    QuantizedModel m;
    m.Input("x", TensorProto::FLOAT, {2, 4});
    m.Output("y", TensorProto::FLOAT, {2, 5});
    const std::string w = m.Weights("w", TensorProto::INT8, {4, 5}, scales, 0);
    m.Node("MatMul", {"x", w}, "y");
    const auto imported = m.TryImport();
    ASSERT_FALSE(imported.has_value());
    EXPECT_THAT(imported.error().message, HasSubstr("scale"));
  }
}

}  // namespace
}  // namespace tinyml::onnx_import
