// TFLite_Detection_PostProcess.
#include <flatbuffers/flexbuffers.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/kernel.h"
#include "ops/sequence/detection_postprocess_boxes.h"
#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;

struct Settings {
  int max_detections = 3;
  int max_classes = 1;
  int per_class = 100;
  int classes = 2;
  bool regular = false;
  float score_threshold = 0.1F;
};

std::vector<uint8_t> Options(const Settings& settings) {
  flexbuffers::Builder builder;
  builder.Map([&] {
    builder.Int("max_detections", settings.max_detections);
    builder.Int("max_classes_per_detection", settings.max_classes);
    builder.Int("detections_per_class", settings.per_class);
    builder.Int("num_classes", settings.classes);
    builder.Bool("use_regular_nms", settings.regular);
    builder.Float("nms_score_threshold", settings.score_threshold);
    builder.Float("nms_iou_threshold", 0.5F);
    builder.Float("y_scale", 10.0F);
    builder.Float("x_scale", 10.0F);
    builder.Float("h_scale", 5.0F);
    builder.Float("w_scale", 5.0F);
  });
  builder.Finish();
  return builder.GetBuffer();
}

// Three boxes of size 1 at their anchors: the first two are 0.2 apart (an
// overlap of 0.8 / 1.2 = 2/3), the third far away. Scores: background, A, B.
OpRunner ThreeBoxes(const Settings& settings,
                    const std::vector<float>& scores = {0, .6F, .3F,  //
                                                        0, .8F, .1F,  //
                                                        0, .2F, .7F},
                    int32_t detections = 3) {
  OpRunner runner("TFLite_Detection_PostProcess", Options(settings));
  runner.Input<float>({1, 3, 4}, {0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0})
      .Input<float>({1, 3, 3}, scores)
      .Constant<float>({3, 4}, {0.5F, 0.5F, 1, 1, 0.5F, 0.5F, 1, 1, 9, 9, 1, 1})
      .Output<float>({1, detections, 4})
      .Output<float>({1, detections})
      .Output<float>({1, detections})
      .Output<float>({1});
  return runner;
}

// By their best class, the second box (A, 0.8) suppresses the first, and the
// third (B, 0.7) remains.
TEST(DetectionPostprocess, FastMode) {
  EXPECT_THAT(ThreeBoxes({}).Run<float>(0),
              ElementsAre(::testing::FloatEq(0.2F), 0, ::testing::FloatEq(1.2F),
                          1, 8.5F, 8.5F, 9.5F, 9.5F, 0, 0, 0, 0));
  EXPECT_THAT(ThreeBoxes({}).Run<float>(1), ElementsAre(0, 1, 0));
  EXPECT_THAT(ThreeBoxes({}).Run<float>(2), ElementsAre(0.8F, 0.7F, 0));
  EXPECT_THAT(ThreeBoxes({}).Run<float>(3), ElementsAre(2));
}

// Class A: the second box, then the third (0.2). Class B: the third (0.7), then
// the first (0.3), which suppresses the second. The best three of these.
TEST(DetectionPostprocess, RegularMode) {
  Settings settings;
  settings.regular = true;
  EXPECT_THAT(ThreeBoxes(settings).Run<float>(1), ElementsAre(0, 1, 1));
  EXPECT_THAT(ThreeBoxes(settings).Run<float>(2),
              ElementsAre(0.8F, 0.7F, 0.3F));
  EXPECT_THAT(ThreeBoxes(settings).Run<float>(3), ElementsAre(3));
}

TEST(DetectionPostprocess, RegularModeFillsUp) {
  Settings settings;
  settings.regular = true;
  settings.per_class = 1;
  settings.score_threshold = 0.75F;
  EXPECT_THAT(ThreeBoxes(settings).Run<float>(2), ElementsAre(0.8F, 0, 0));
  EXPECT_THAT(ThreeBoxes(settings).Run<float>(3), ElementsAre(1));
}

// Two classes for each of two boxes, at 2 * (number of detections so far) and
// after that: 0, 2 + 1, 4, 6 + 1; outputs of 8 hold them, of 7 do not.
TEST(DetectionPostprocess, FastModeOfTwoClassesLeavesGaps) {
  Settings settings;
  settings.max_classes = 2;
  EXPECT_THAT(ThreeBoxes(settings, {0, .6F, .3F, 0, .8F, .1F, 0, .2F, .7F}, 8)
                  .Run<float>(2),
              ElementsAre(0.8F, 0, 0, 0.1F, 0.7F, 0, 0, 0.2F));
  EXPECT_THAT(
      ThreeBoxes(settings, {0, .6F, .3F, 0, .8F, .1F, 0, .2F, .7F}, 7).Error(),
      HasSubstr("past the end"));
}

TEST(DetectionPostprocess, OutputsMustHoldAllDetections) {
  Settings settings;
  settings.regular = true;
  settings.max_detections = 4;
  EXPECT_THAT(ThreeBoxes(settings).Error(), HasSubstr("no room"));
}

TEST(DetectionPostprocess, EmptyBoxesAreRefused) {
  OpRunner runner = ThreeBoxes({});
  // exp(-infinity) is a height of zero.
  runner.Set<float>(0, {0, 0, -1e9F, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_THAT(runner.Error(), HasSubstr("inside out"));
}

TEST(DetectionPostprocess, EqualScoresStayInOrder) {
  std::vector<int32_t> indices(4);
  const std::vector<float> values = {1, 3, 3, 2};
  ops::SortLargest(values, 3, indices);
  indices.resize(3);
  EXPECT_THAT(indices, ElementsAre(1, 2, 3));
}

}  // namespace
}  // namespace tinyml
