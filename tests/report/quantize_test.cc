#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "base/json.h"
#include "tests/support/models.h"
#include "tinyml/quantize_report.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

QuantizedTensor TensorOf(const std::string& name, double snr_db,
                         double clipped_share) {
  QuantizedTensor tensor;
  tensor.name = name;
  tensor.op = "CONV_2D";
  tensor.scale = 0.1F;
  tensor.zero_point = -128;
  tensor.method = "minmax";
  tensor.min = -1;
  tensor.max = 2.5F;
  tensor.snr_db = snr_db;
  tensor.clipped_share = clipped_share;
  return tensor;
}

QuantizeDocument Document() {
  QuantizeDocument document;
  document.model = {"float.onnx", std::string(64, 'a'), 4000, 3, 7};
  document.quantized = {"out.cc", std::string(64, 'b'), 1000, 4, 8};
  document.inputs = {{"in", TensorType::kInt8, {1, 2}, 0.5F, 3}};
  document.outputs = {{"out", TensorType::kFloat32, {1, 2}, 0, 0}};
  document.arenas = {{"cortex-m4", 2000, 500, "", {}},
                     {"rv32", std::nullopt, 600, "", {}}};
  QuantizeReport& report = document.report;
  report.samples = 20;
  report.compared = 10;
  report.left_out = {"cat.png: damaged"};
  report.passes = {"padding", "unused"};
  report.float_left = {"subgraph 0, operator 1 (EXP): no integer kernel"};
  report.outputs = {{"out", 31.26, 0.125}};
  for (int i = 0; i < 12; ++i) {
    report.tensors.push_back(
        TensorOf("t" + std::to_string(i), 50 - i, i == 3 ? 0.02 : 0.0005));
  }
  report.weights = {{.op = {0, 0},
                     .op_name = "operator 0",
                     .name = "w",
                     .channels = 8,
                     .snr_db = 40,
                     .method = "nearest"}};
  return document;
}

std::string Text(const QuantizeDocument& document, bool all = false) {
  ReportStyle style;
  style.per_operator = all;
  return FormatQuantization(document, ReportFormat::kText, style).value();
}

Json Parsed(const QuantizeDocument& document) {
  return Json::parse(FormatQuantization(document, ReportFormat::kJson).value());
}

TEST(QuantizeReport, TextSaysWhatItCost) {
  const std::string text = Text(Document());
  EXPECT_THAT(text, HasSubstr("out.cc from float.onnx\n"));
  EXPECT_THAT(text,
              HasSubstr("  model                           4,000        1,000  "
                        "  25.0 %\n"));
  EXPECT_THAT(text, HasSubstr("arena on cortex-m4 "));
  EXPECT_THAT(text, HasSubstr(" refused          600 "));
  EXPECT_THAT(text,
              HasSubstr("calibrated on 20 samples, compared with float on 10"));
  EXPECT_THAT(text, HasSubstr("1 sample could not be read"));
  EXPECT_THAT(text, HasSubstr("in  int8 [1,2]  scale 0.5, zero point 3\n"));
  EXPECT_THAT(text,
              HasSubstr("out  float32 [1,2]\n    signal to noise 31.3 dB, "
                        "largest error 0.125"));
  EXPECT_THAT(text, HasSubstr("no integer kernel"));
}

TEST(QuantizeReport, TextShowsTheWorstFirst) {
  const std::string text = Text(Document());
  EXPECT_LT(text.find("t11 (CONV_2D)"), text.find("t2 (CONV_2D)"));
  EXPECT_THAT(text, Not(HasSubstr("t1 (CONV_2D)")));
  EXPECT_THAT(Text(Document(), true), HasSubstr("t0 (CONV_2D)"));
  EXPECT_THAT(text, HasSubstr("  2.00 %  t3 (seen -1 to 2.5)"));
  EXPECT_THAT(text, Not(HasSubstr(" %  t4 (seen")));
}

TEST(QuantizeReport, NothingIsClaimedThatWasNotMeasured) {
  QuantizeDocument document = Document();
  document.report.compared = 0;
  document.report.outputs.clear();
  const std::string text = Text(document);
  EXPECT_THAT(text, Not(HasSubstr("signal to noise")));
  EXPECT_THAT(text, Not(HasSubstr("t11 (CONV_2D)")));
  EXPECT_FALSE(Parsed(document)["tensors"][0].contains("snr_db"));
}

TEST(QuantizeReport, AccuracyIsSideBySide) {
  QuantizeDocument document = Document();
  document.evaluated_on = "test.npy";
  document.accuracy = Accuracy{.samples = 8,
                               .classes = 2,
                               .float_correct = 7,
                               .quantized_correct = 6,
                               .agree = 5,
                               .confusion = {3, 1, 1, 3},
                               .outputs = {{"out", 30, 1}}};
  const std::string text = Text(document);
  EXPECT_THAT(text, HasSubstr("on 8 samples of test.npy"));
  EXPECT_THAT(text, HasSubstr("float          87.5 %  7 of 8\n"));
  EXPECT_THAT(text, HasSubstr("quantized      75.0 %  6 of 8\n"));
  EXPECT_THAT(text, HasSubstr("same class     62.5 %  5 of 8\n"));
  EXPECT_THAT(text, HasSubstr("            0     1\n"
                              "      0     3     1\n"
                              "      1     1     3\n"));
  const Json json = Parsed(document)["accuracy"];
  EXPECT_EQ(json["confusion"], Json({{3, 1}, {1, 3}}));
  EXPECT_EQ(json["float_correct"], 7);
}

// Without labels only the fidelity is known.
TEST(QuantizeReport, WithoutLabelsThereIsNoAccuracy) {
  QuantizeDocument document = Document();
  document.accuracy.emplace();
  document.accuracy->samples = 8;
  document.accuracy->outputs = {{"out", 30, 1}};
  EXPECT_THAT(Text(document), Not(HasSubstr("top-1")));
  EXPECT_FALSE(Parsed(document)["accuracy"].contains("confusion"));
}

TEST(QuantizeReport, JsonHasEverythingAndNoInfinities) {
  QuantizeDocument document = Document();
  document.report.outputs[0].snr_db = std::numeric_limits<double>::infinity();
  const Json json = Parsed(document);
  EXPECT_EQ(json["tensors"].size(), 12U);
  EXPECT_EQ(json["tensors"][0]["scale"].dump(), "0.1");
  EXPECT_TRUE(json["fidelity"][0]["snr_db"].is_null());
  EXPECT_EQ(json["arenas"][1], Json({{"target", "rv32"},
                                     {"after_bytes", 600},
                                     {"hazards", Json::array()}}));
  EXPECT_FALSE(json["outputs"][0].contains("scale"));
  EXPECT_EQ(json["inputs"][0]["zero_point"], 3);
}

TEST(QuantizeReport, DescribesTheModels) {
  ModelFile before;
  before.name = "a.tflite";
  before.model = testing::GoodModel();
  const QuantizeDocument document = DescribeQuantization(before, before, {});
  EXPECT_EQ(document.model.path, "a.tflite");
  EXPECT_EQ(document.model.operators, 5);
  ASSERT_EQ(document.inputs.size(), 1U);
  EXPECT_THAT(document.inputs[0].shape, ElementsAre(1, 4, 4, 3));
}

}  // namespace
}  // namespace tinyml
