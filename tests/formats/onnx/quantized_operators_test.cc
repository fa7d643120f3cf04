// Each operator that has an integer kernel, between DequantizeLinear and
// QuantizeLinear: it becomes that kernel and matches the float result.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/formats/onnx/quantized_model.h"

namespace tinyml::onnx_import {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

constexpr int kInt8 = TensorProto::INT8;

// A model of one operator: `build` adds nodes that read "x_real" and write
// "result", which is quantized to int8 by `scale` and `zero`.
struct Case {
  std::string name;
  Dims input;
  float scale;  // Of the result; the input's is 0.05 with a zero point of 7.
  int32_t zero;
  std::vector<std::string> expected;
  std::function<void(QuantizedModel&)> build;
  double quantum = 1;
};

QuantizedModel Model1(const Case& test) {
  QuantizedModel m;
  m.Input("x", kInt8, test.input);
  m.Floats("x_scale", {0.05F});
  m.Integer("x_zero", kInt8, 7);
  m.Dequantize("x");
  test.build(m);
  m.Quantize("result", "y", kInt8, test.scale, test.zero);
  m.Output("y", kInt8, {});
  return m;
}

class QuantizedOperator : public ::testing::TestWithParam<Case> {};

TEST_P(QuantizedOperator, GivesWhatFloatsGive) {
  const Imported imported =
      ExpectInteger(Model1(GetParam()), GetParam().quantum);
  EXPECT_THAT(Names(imported.model), ElementsAreArray(GetParam().expected));
}

using M = QuantizedModel;

void Plain(M& m, const std::string& op) { m.Node(op, {"x_real"}, "result"); }

std::function<void(M&)> Unary(const std::string& op) {
  return [op](M& m) { Plain(m, op); };
}

// An operator of the operand and of constants, which are in int8 too.
std::function<void(M&)> WithConstant(const std::string& op) {
  return [op](M& m) {
    m.Node(op, {"x_real", m.Weights("c", kInt8, {1, 3, 1, 1}, {0.03F}, -5)},
           "result");
  };
}

std::vector<Case> Cases() {
  const float same = 0.05F;
  return {
      {"Add",
       {1, 3, 4, 4},
       0.08F,
       -2,
       {"ADD"},
       [](M& m) {
         m.Node("Add", {"x_real", "x_real"}, "result");
       }},
      {"AddConstant", {1, 3, 4, 4}, 0.08F, -2, {"ADD"}, WithConstant("Add")},
      {"SubConstant", {1, 3, 4, 4}, 0.08F, -2, {"SUB"}, WithConstant("Sub")},
      {"MulConstant", {1, 3, 4, 4}, 0.12F, -2, {"MUL"}, WithConstant("Mul")},
      {"MulScalar",
       {2, 9},
       0.03F,
       4,
       {"MUL"},
       [](M& m) {
         m.Node("Mul", {"x_real", m.Floats("half", {-0.4F})}, "result");
       }},
      {"Sigmoid", {2, 40}, 1.0F / 256, -128, {"LOGISTIC"}, Unary("Sigmoid")},
      {"SigmoidCoarser",
       {2, 40},
       1.0F / 200,
       -100,
       {"LOGISTIC", "QUANTIZE"},
       Unary("Sigmoid")},
      {"Tanh", {2, 40}, 1.0F / 128, 0, {"TANH"}, Unary("Tanh")},
      {"Softmax", {2, 5}, 1.0F / 256, -128, {"SOFTMAX"}, Unary("Softmax")},
      {"LogSoftmax",
       {2, 5},
       16.0F / 256,
       127,
       {"LOG_SOFTMAX"},
       Unary("LogSoftmax")},
      {"Relu", {2, 40}, 0.03F, -128, {"RELU"}, Unary("Relu")},
      {"Elu", {2, 40}, 0.03F, -90, {"ELU"}, Unary("Elu")},
      {"HardSwish", {2, 40}, 0.03F, -100, {"HARD_SWISH"}, Unary("HardSwish")},
      {"LeakyRelu", {2, 40}, 0.04F, -20, {"LEAKY_RELU"}, Unary("LeakyRelu")},
      {"PRelu",
       {1, 3, 4, 4},
       0.06F,
       10,
       {"PRELU"},
       [](M& m) {
         m.Node("PRelu", {"x_real", m.Weights("c", kInt8, {3, 1, 1}, {0.004F})},
                "result");
       }},
      {"Relu6",
       {2, 40},
       same,
       7,
       {"RELU6"},
       [](M& m) {
         m.Node("Clip", {"x_real", m.Floats("l", {0}), m.Floats("h", {6})},
                "result");
       }},
      // The range of the result is that of the clamp.
      {"ClipIsTheRange",
       {2, 40},
       6.0F / 255,
       -128,
       {"QUANTIZE"},
       [](M& m) {
         m.Node("Clip", {"x_real", m.Floats("l", {0}), m.Floats("h", {6})},
                "result");
       }},
      {"ClipOther",
       {2, 40},
       0.04F,
       0,
       {"QUANTIZE", "MAXIMUM", "MINIMUM"},
       [](M& m) {
         m.Node("Clip", {"x_real", m.Floats("l", {-2}), m.Floats("h", {3})},
                "result");
       }},
      {"AveragePool",
       {1, 3, 7, 7},
       same,
       7,
       {"TRANSPOSE", "AVERAGE_POOL_2D", "TRANSPOSE"},
       [](M& m) {
         m.Set(m.Node("AveragePool", {"x_real"}, "result"), "kernel_shape",
               Dims{2, 3});
       }},
      {"AveragePoolRescaled",
       {1, 1, 7, 7},
       0.06F,
       0,
       {"RESHAPE", "AVERAGE_POOL_2D", "QUANTIZE", "RESHAPE"},
       [](M& m) {
         m.Set(m.Node("AveragePool", {"x_real"}, "result"), "kernel_shape",
               Dims{2, 3});
       }},
      {"MaxPoolPadded",
       {1, 1, 7, 7},
       0.06F,
       0,
       {"QUANTIZE", "RESHAPE", "PADV2", "MAX_POOL_2D", "RESHAPE"},
       [](M& m) {
         auto& pool = m.Node("MaxPool", {"x_real"}, "result");
         m.Set(pool, "kernel_shape", Dims{3, 3});
         m.Set(pool, "pads", Dims{1, 0, 0, 1});
       }},
      {"GlobalMaxPool",
       {1, 9, 7, 7},
       same,
       7,
       {"REDUCE_MAX"},
       Unary("GlobalMaxPool")},
      {"ReduceMean",
       {2, 8, 3},
       0.02F,
       1,
       {"MEAN"},
       [](M& m) {
         m.Set(m.Node("ReduceMean", {"x_real"}, "result"), "axes", Dims{2});
       }},
      {"ReduceSum",
       {2, 8, 3},
       0.1F,
       1,
       {"SUM"},
       [](M& m) {
         m.Node("ReduceSum", {"x_real", m.Int64s("axes", {1})}, "result");
       }},
      {"Transpose",
       {2, 3, 4},
       same,
       7,
       {"TRANSPOSE"},
       [](M& m) {
         m.Set(m.Node("Transpose", {"x_real"}, "result"), "perm",
               Dims{1, 2, 0});
       }},
      {"Pad",
       {2, 3, 4},
       same,
       7,
       {"PAD"},
       [](M& m) {
         m.Node("Pad", {"x_real", m.Int64s("pads", {0, 1, 2, 1, 0, 1})},
                "result");
       }},
      {"PadValue",
       {2, 3, 4},
       0.06F,
       3,
       {"QUANTIZE", "PADV2"},
       [](M& m) {
         m.Node("Pad",
                {"x_real", m.Int64s("pads", {0, 1, 2, 1, 0, 1}),
                 m.Floats("pad", {-1.5F})},
                "result");
       }},
      {"Slice",
       {2, 30},
       same,
       7,
       {"SLICE"},
       [](M& m) {
         m.Node("Slice",
                {"x_real", m.Int64s("b", {3}), m.Int64s("e", {19}),
                 m.Int64s("a", {1})},
                "result");
       }},
      {"ConcatRescales",
       {2, 9},
       0.06F,
       0,
       {"MUL", "QUANTIZE", "QUANTIZE", "CONCATENATION"},
       [](M& m) {
         m.Node("Mul", {"x_real", m.Floats("half", {0.4F})}, "h");
         const std::string h = m.Through("h", "hq", kInt8, 0.02F, 5);
         m.Set(m.Node("Concat", {"x_real", h}, "result"), "axis", 1);
       }},
      {"Conv1D",
       {1, 3, 20},
       0.6F,
       4,
       {"TRANSPOSE", "RESHAPE", "CONV_2D", "RESHAPE", "TRANSPOSE"},
       [](M& m) {
         m.Node("Conv", {"x_real", m.Weights("w", kInt8, {4, 3, 5}, {0.01F})},
                "result");
       }},
      {"ConvDepthwise",
       {1, 4, 6, 6},
       0.5F,
       4,
       {"TRANSPOSE", "PAD", "DEPTHWISE_CONV_2D", "TRANSPOSE"},
       [](M& m) {
         auto& conv =
             m.Node("Conv",
                    {"x_real", m.Weights("w", kInt8, {8, 1, 3, 3},
                                         {0.01F, 0.02F, 0.015F, 0.012F, 0.01F,
                                          0.02F, 0.015F, 0.012F})},
                    "result");
         m.Set(conv, "group", 4);
         m.Set(conv, "pads", Dims{2, 1, 0, 1});
       }},
      // A bias in floats.
      {"ConvGrouped",
       {1, 4, 6, 6},
       0.9F,
       4,
       {"TRANSPOSE", "CONV_2D", "TRANSPOSE"},
       [](M& m) {
         m.Set(m.Node("Conv",
                      {"x_real", m.Weights("w", kInt8, {2, 2, 3, 3}, {0.01F}),
                       m.Floats("b", {1.7F, -2.9F})},
                      "result"),
               "group", 2);
       }},
      {"ConvTranspose",
       {1, 4, 5, 5},
       0.6F,
       4,
       {"TRANSPOSE", "TRANSPOSE_CONV", "TRANSPOSE"},
       [](M& m) {
         auto& conv =
             m.Node("ConvTranspose",
                    {"x_real", m.Weights("w", kInt8, {4, 3, 2, 2},
                                         {0.01F, 0.02F, 0.015F}, 0, 1)},
                    "result");
         m.Set(conv, "strides", Dims{2, 2});
       }},
      {"MatMulPerColumn",
       {3, 4, 6},
       0.5F,
       4,
       {"FULLY_CONNECTED"},
       [](M& m) {
         m.Node("MatMul",
                {"x_real",
                 m.Weights("w", kInt8, {6, 3}, {0.01F, 0.02F, 0.015F}, 0, 1)},
                "result");
       }},
      {"MatMulOfActivations",
       {3, 4, 4},
       1.2F,
       4,
       {"BATCH_MATMUL"},
       [](M& m) {
         m.Node("MatMul", {"x_real", "x_real"}, "result");
       }},
      {"ResizeNearest",
       {1, 1, 4, 4},
       same,
       7,
       {"RESHAPE", "RESIZE_NEAREST_NEIGHBOR", "RESHAPE"},
       [](M& m) {
         auto& resize = m.Node(
             "Resize", {"x_real", "", m.Floats("by", {1, 1, 2, 2})}, "result");
         auto* mode = resize.add_attribute();
         mode->set_name("coordinate_transformation_mode");
         mode->set_type(onnx::AttributeProto::STRING);
         mode->set_s("asymmetric");
         auto* nearest = resize.add_attribute();
         nearest->set_name("nearest_mode");
         nearest->set_type(onnx::AttributeProto::STRING);
         nearest->set_s("floor");
       }},
  };
}

INSTANTIATE_TEST_SUITE_P(All, QuantizedOperator, ::testing::ValuesIn(Cases()),
                         [](const auto& info) { return info.param.name; });

TEST(QuantizedOperators, SplitGivesItsParts) {
  QuantizedModel m;
  m.Input("x", kInt8, {2, 8});
  m.Floats("x_scale", {0.05F});
  m.Integer("x_zero", kInt8, 7);
  auto& split = m.Node("Split", {m.Dequantize("x")}, "a");
  split.add_output("b");
  m.Set(split, "axis", 1);
  const std::string a = m.Through("a", "aq", kInt8, 0.05F, 7);
  const std::string b = m.Through("b", "bq", kInt8, 0.05F, 7);
  m.Node("Sub", {a, b}, "d");
  m.Quantize("d", "y", kInt8, 0.1F, 0);
  m.Output("y", kInt8, {2, 4});
  EXPECT_THAT(Names(ExpectInteger(m, 1.0).model), ElementsAre("SPLIT", "SUB"));
}

TEST(QuantizedOperators, TheLargestIsFoundAmongIntegers) {
  QuantizedModel m;
  m.Input("x", TensorProto::UINT8, {2, 20});
  m.Floats("x_scale", {0.05F});
  m.Integer("x_zero", TensorProto::UINT8, 100);
  m.Set(m.Node("ArgMax", {m.Dequantize("x")}, "y"), "axis", 1);
  m.Output("y", TensorProto::INT64, {2, 1});
  const Imported imported = m.Import();
  EXPECT_EQ(FloatsInside(imported.model), std::vector<std::string>());
  EXPECT_EQ(RunFirst(imported.model), RunFirst(m.Real()));
}

// What the kernels do not support, and the reasons.
struct Refusal {
  std::string name;
  float scale;
  int32_t zero;
  std::string kernel;
  std::string reason;
  std::function<void(M&)> build;
};

class StaysFloat : public ::testing::TestWithParam<Refusal> {};

TEST_P(StaysFloat, AndSaysWhy) {
  const auto& test = GetParam();
  const QuantizedModel m =
      Model1({test.name, {1, 3, 4, 4}, test.scale, test.zero, {}, test.build});
  const Imported imported = m.Import();
  EXPECT_THAT(Names(imported.model), ::testing::Contains(test.kernel));
  EXPECT_NE(FloatsInside(imported.model), std::vector<std::string>());
  ASSERT_THAT(imported.notes, ElementsAre(HasSubstr(test.reason)));
  EXPECT_THAT(imported.notes[0], HasSubstr(test.kernel + " 'result'"));
  const std::vector<double> actual = RunFirst(imported.model);
  const std::vector<double> expected = RunFirst(m.Real());
  EXPECT_EQ(actual, expected);
}

INSTANTIATE_TEST_SUITE_P(
    All, StaysFloat,
    ::testing::Values(
        Refusal{"FinerSoftmax", 1.0F / 1024, -128, "SOFTMAX", "coarser",
                Unary("Softmax")},
        Refusal{"NoKernel", 0.2F, 0, "EXP", "no integer kernel", Unary("Exp")},
        Refusal{"SumTooFine", 5e-8F, 0, "ADD", "too small",
                WithConstant("Add")},
        Refusal{"PlainConstant", 0.05F, 0, "ADD", "constant operand",
                [](M& m) {
                  m.Node("Add",
                         {"x_real", m.Floats("c", {1, 2, 4}, {1, 3, 1, 1})},
                         "result");
                }},
        Refusal{"PlainWeights", 0.05F, 0, "CONV_2D", "weights",
                [](M& m) {
                  m.Node("Conv",
                         {"x_real", m.Floats("c", {1, 2, 4}, {1, 3, 1, 1})},
                         "result");
                }},
        Refusal{"FinerAverage", 0.01F, 0, "AVERAGE_POOL_2D", "coarser",
                [](M& m) {
                  m.Set(m.Node("AveragePool", {"x_real"}, "result"),
                        "kernel_shape", Dims{2, 2});
                }}),
    [](const auto& info) { return info.param.name; });

TEST(QuantizedOperators, AResultThatIsWantedAsFloatsStaysSo) {
  QuantizedModel m;
  m.Input("x", kInt8, {2, 8});
  m.Floats("x_scale", {0.05F});
  m.Integer("x_zero", kInt8, 7);
  m.Node("Tanh", {m.Dequantize("x")}, "t");
  m.Quantize("t", "y", kInt8, 1.0F / 128, 0);
  m.Output("y", kInt8, {2, 8});
  m.Output("t", TensorProto::FLOAT, {2, 8});
  const Imported imported = m.Import();
  EXPECT_THAT(imported.notes,
              ElementsAre(HasSubstr("TANH 't' stays float after a "
                                    "DEQUANTIZE: its result is also read as "
                                    "floats")));
}

}  // namespace
}  // namespace tinyml::onnx_import
