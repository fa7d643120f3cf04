// Remedies applied for targets: the hazard is gone, the results are the same,
// and models that do not meet it stay as they are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/analysis/remedy_cases.h"
#include "tests/support/float_net.h"
#include "tests/support/paths.h"
#include "tests/support/typed_net.h"
#include "tinyml/arena.h"
#include "tinyml/hazard.h"
#include "tinyml/model_file.h"
#include "tinyml/options.h"
#include "tinyml/remedy.h"
#include "transform/remedies/remedies.h"

namespace tinyml {
namespace {

using ::testing::Contains;
using testing::DepthwiseForRemedies;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::OperatorNames;
using testing::ReferenceResults;
using testing::RemedyCase;
using testing::RemedyCases;
using ::testing::SizeIs;
using testing::TransposeConvForRemedies;
using testing::TypedNet;
using Op = BuiltinOperator;

std::vector<Target> Targets(const std::vector<std::string>& specs) {
  std::vector<Target> targets;
  for (const std::string& spec : specs) {
    auto target = Target::Parse(spec);
    EXPECT_TRUE(target.has_value()) << spec;
    if (target) targets.push_back(*target);
  }
  return targets;
}

std::vector<std::string> HazardsOf(const Model& model,
                                   const std::string& target) {
  const auto report = SizeArena(model, Targets({target}).at(0));
  EXPECT_TRUE(report.has_value()) << (report ? "" : report.error().message);
  std::vector<std::string> ids;
  if (report) {
    for (const Hazard& hazard : report->hazards) ids.push_back(hazard.id);
  }
  return ids;
}

RemedyResult Remedied(const Model& model,
                      const std::vector<std::string>& targets) {
  auto result = ApplyRemedies(model, Targets(targets));
  EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().message);
  return result ? *std::move(result) : RemedyResult{model, {}, {}};
}

TEST(ApplyRemedies, TheHazardIsGoneAndTheResultsAreTheSame) {
  for (const RemedyCase& c : RemedyCases()) {
    SCOPED_TRACE(c.hazard + " on " + c.target);
    const Model model = c.build();
    EXPECT_THAT(HazardsOf(model, c.target), Contains(c.hazard));
    const RemedyResult result = Remedied(model, {c.target});
    EXPECT_THAT(result.applied, Not(IsEmpty()));
    if (result.applied.empty()) continue;
    EXPECT_EQ(result.applied[0].remedy, c.remedy);
    EXPECT_EQ(result.applied[0].hazard, c.hazard);
    EXPECT_EQ(result.applied[0].target, c.target);
    EXPECT_EQ(result.applied[0].op, OperatorId(0, 0));
    EXPECT_THAT(HazardsOf(result.model, c.target), IsEmpty());
    ASSERT_THAT(result.arenas, SizeIs(1));
    EXPECT_TRUE(result.arenas[0].before_bytes.has_value());
    EXPECT_EQ(
        result.arenas[0].after_bytes,
        SizeArena(result.model, Targets({c.target})[0])->required_arena_bytes);
    if (!c.other_results) {
      EXPECT_EQ(ReferenceResults(model), ReferenceResults(result.model));
    }
    // Once is enough.
    EXPECT_THAT(Remedied(result.model, {c.target}).applied, IsEmpty());
  }
}

TEST(ApplyRemedies, EveryRemedyOfTheTableIsMet) {
  for (const KnownHazard& known : KnownHazards()) {
    const auto remedies = RemediesFor(known.id);
    for (const std::string_view name : remedies) {
      EXPECT_NE(transform::FindRemedy(name), nullptr) << name;
    }
    if (remedies.empty()) continue;
    EXPECT_TRUE(std::ranges::any_of(RemedyCases(), [&](const RemedyCase& c) {
      return c.hazard == known.id;
    })) << known.id;
  }
  for (const RemedyCase& c : RemedyCases()) {
    EXPECT_THAT(RemediesFor(c.hazard), Contains(c.remedy));
    EXPECT_TRUE(FindKnownHazard(c.hazard).has_value()) << c.hazard;
  }
  EXPECT_THAT(RemediesFor("no such"), IsEmpty());
}

TEST(ApplyRemedies, NothingWhereTheTargetIsNotConcerned) {
  for (const Model& model :
       {TransposeConvForRemedies(TensorType::kInt8),
        DepthwiseForRemedies({49, 20, 32}, {25, 10}, Padding::kSame)}) {
    const RemedyResult result = Remedied(model, {"cortex-m4+reference"});
    EXPECT_THAT(result.applied, IsEmpty());
    EXPECT_THAT(result.arenas, IsEmpty());
    EXPECT_EQ(result.model, model);
  }
}

TEST(ApplyRemedies, ForSeveralTargetsAndOperators) {
  // The first layer is a hazard on the ESP32-S3, the last on CMSIS-NN.
  TypedNet b(TensorType::kInt8);
  TensorIndex x = b.Input({1, 8, 9, 16});
  x = b.Conv(x, 16, {3, 3}, {1, 4, 5, 16},
             {.padding = Padding::kSame, .stride_w = 2, .stride_h = 2});
  x = b.Conv(x, 8, {1, 1}, {1, 4, 5, 8}, {.padding = Padding::kSame});
  x = b.Add(
      Op::kTransposeConv,
      {b.Ints({4}, {1, 8, 10, 4}), b.Weights({4, 4, 4, 8}, 0), x, b.Bias(4)},
      b.Values({1, 8, 10, 4}),
      TransposeConvOptions{
          .padding = Padding::kSame, .stride_w = 2, .stride_h = 2});
  const Model model = b.Take(x);
  const RemedyResult result =
      Remedied(model, {"cortex-m4", "esp32s3", "cortex-m0"});
  EXPECT_THAT(
      OperatorNames(result.model),
      ElementsAre("PAD", "CONV_2D", "CONV_2D", "TRANSPOSE_CONV", "SLICE"));
  ASSERT_THAT(result.applied, SizeIs(2));
  EXPECT_EQ(result.applied[0].op, OperatorId(0, 0));
  EXPECT_EQ(result.applied[0].target, "esp32s3");
  EXPECT_EQ(result.applied[1].op, OperatorId(0, 2));
  EXPECT_EQ(result.applied[1].target, "cortex-m4");
  EXPECT_THAT(result.arenas, SizeIs(3));
  EXPECT_EQ(ReferenceResults(model), ReferenceResults(result.model));
  EXPECT_THAT(RemedyLines(result.applied),
              ElementsAre("operator 0 (CONV_2D) became VALID after a PAD that "
                          "makes its input whole strides long: "
                          "esp-nn-conv-unequal-padding on esp32s3",
                          "operator 2 (TRANSPOSE_CONV) became VALID before a "
                          "SLICE: cmsis-nn-transpose-conv-partial-rows on "
                          "cortex-m4"));
}

TEST(ApplyRemedies, WhatATargetRefuses) {
  // CMSIS-NN's int16 kernel crashes without a bias.
  TypedNet b(TensorType::kInt16);
  const TensorIndex x = b.Input({1, 4, 4, 2});
  const Model model = b.Take(
      b.Add(Op::kTransposeConv,
            {b.Ints({4}, {1, 8, 8, 3}), b.Weights({3, 2, 2, 2}, 0), x},
            b.Values({1, 8, 8, 3}),
            TransposeConvOptions{
                .padding = Padding::kValid, .stride_w = 2, .stride_h = 2}));
  const auto target = Targets({"cortex-m4"});
  ASSERT_FALSE(SizeArena(model, target[0]).has_value());
  const RemedyResult result = Remedied(model, {"cortex-m4"});
  ASSERT_THAT(result.applied, SizeIs(1));
  EXPECT_EQ(result.applied[0].remedy, "add-zero-bias");
  EXPECT_EQ(result.applied[0].hazard, "");
  EXPECT_THAT(RemedyLines(result.applied),
              ElementsAre("operator 0 (TRANSPOSE_CONV) got a bias of zeros: "
                          "refused by cortex-m4"));
  ASSERT_THAT(result.arenas, SizeIs(1));
  EXPECT_FALSE(result.arenas[0].before_bytes.has_value());
  EXPECT_TRUE(result.arenas[0].after_bytes.has_value());
  EXPECT_EQ(ReferenceResults(model), ReferenceResults(result.model));
}

TEST(ApplyRemedies, AnOperatorWithoutARemedyStaysRefused) {
  // No kernel takes an int8 filter for float input.
  TypedNet b(TensorType::kFloat32);
  const TensorIndex x = b.Input({1, 4, 4, 2});
  const TensorIndex weights =
      b.AddConstant<int8_t>("w", {1, 1, 1, 2}, {1, 2}, PerTensor(0.1f, 0));
  const Model model = b.Take(b.Add(
      Op::kConv2D, {x, weights, b.Bias(1)}, b.Values({1, 4, 4, 1}),
      Conv2DOptions{.padding = Padding::kValid, .stride_w = 1, .stride_h = 1}));
  const RemedyResult result = Remedied(model, {"cortex-m4"});
  EXPECT_THAT(result.applied, IsEmpty());
  EXPECT_EQ(result.model, model);
}

TEST(ApplyRemedies, NotToAModelWithAnOfflinePlan) {
  Model model = TransposeConvForRemedies(TensorType::kInt8);
  model.metadata.push_back(
      {"OfflineMemoryAllocation", static_cast<uint32_t>(model.buffers.size())});
  model.buffers.push_back({BufferOf<int32_t>({1, 0, 5, -1, -1, -1, -1, -1})});
  EXPECT_THAT(Remedied(model, {"cortex-m4"}).applied, IsEmpty());
}

TEST(ApplyRemedies, ToTheModelsThatUsersReported) {
  TINYML_REQUIRE_SHARED(shared);
  const std::string cases = *shared + "/cases/";
  if (!ReadModelFile(cases + "F05_dilated_conv/dil.tflite")) {
    GTEST_SKIP() << "no cases in " << *shared;
  }
  struct Reported {
    std::string file;
    std::string target;
    bool other_results = false;
  };
  for (const auto& [file, target, other_results] : std::vector<Reported>{
           {"F01_espnn_dw_overflow/dw_48x48x48_s2.tflite", "esp32s3"},
           {"F01_espnn_dw_overflow/dw_49x20x32_s2.tflite", "esp32s3"},
           {"F03_espnn_conv_wrong/conv_48x49x16_s2.tflite", "esp32s3"},
           {"F04_transpose_conv_silent/tconv_k4s2.tflite", "cortex-m4"},
           {"F05_dilated_conv/dil.tflite", "cortex-m4"},
           {"F19_bias16x8_int32/fc16_INT32.tflite", "cortex-m4", true}}) {
    SCOPED_TRACE(file);
    const auto read = ReadModelFile(cases + file);
    ASSERT_TRUE(read.has_value());
    EXPECT_THAT(HazardsOf(read->model, target), Not(IsEmpty()));
    const RemedyResult result = Remedied(read->model, {target});
    EXPECT_THAT(result.applied, SizeIs(1));
    EXPECT_THAT(HazardsOf(result.model, target), IsEmpty());
    if (!other_results) {
      EXPECT_EQ(ReferenceResults(read->model), ReferenceResults(result.model));
    }
  }
}

}  // namespace
}  // namespace tinyml
