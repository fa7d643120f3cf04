// Remedies applied for targets: the hazard is gone, the results are the same,
// and models that do not meet it stay as they are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

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
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::OperatorNames;
using testing::ReferenceResults;
using ::testing::SizeIs;
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

// One that meets a hazard, and where.
struct Case {
  std::string hazard;
  std::string target;
  std::function<Model()> build;
  std::string remedy;
  // The runtime's reference kernel does something else than is meant, or what
  // the remedy makes it compute is rounded in another way.
  bool other_results = false;
};

Model TransposeConv(TensorType type, ActivationFunctionType activation =
                                         ActivationFunctionType::kNone) {
  TypedNet b(type);
  const TensorIndex x = b.Input({1, 4, 4, 8});
  const bool relu = activation != ActivationFunctionType::kNone;
  return b.Take(
      b.Add(Op::kTransposeConv,
            {b.Ints({4}, {1, 8, 8, 4}), b.Weights({4, relu ? 2 : 4, 4, 8}, 0),
             x, b.Bias(4)},
            b.Values({1, 8, 8, 4}),
            TransposeConvOptions{.padding = Padding::kSame,
                                 .stride_w = 2,
                                 .stride_h = 2,
                                 .fused_activation_function = activation}));
}

Model Conv(TypedNet::Dims in, int32_t outputs, TypedNet::Dims out,
           int32_t stride) {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, in[0], in[1], in[2]});
  return b.Take(b.Conv(
      x, outputs, {3, 3}, {1, out[0], out[1], outputs},
      {.padding = Padding::kSame, .stride_w = stride, .stride_h = stride}));
}

Model Depthwise(TypedNet::Dims in, TypedNet::Dims out, Padding padding) {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, in[0], in[1], in[2]});
  return b.Take(
      b.Depthwise(x, {3, 3}, {1, out[0], out[1], in[2]},
                  {.padding = padding, .stride_w = 2, .stride_h = 2}));
}

Model GroupedConv() {
  TypedNet b(TensorType::kInt16);
  const TensorIndex x = b.Input({1, 6, 6, 4});
  return b.Take(b.Add(
      Op::kConv2D, {x, b.Weights({6, 3, 3, 2}, 0), b.Bias(6)},
      b.Values({1, 4, 4, 6}),
      Conv2DOptions{.padding = Padding::kValid, .stride_w = 1, .stride_h = 1}));
}

Model Int4Conv(bool depthwise) {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, 4, 4, depthwise ? 3 : 4});
  const std::vector<int32_t> shape = depthwise
                                         ? std::vector<int32_t>{1, 3, 3, 3}
                                         : std::vector<int32_t>{6, 3, 3, 2};
  const int32_t channels = depthwise ? 3 : 6;
  std::vector<uint8_t> packed;
  for (int i = 0; i < (depthwise ? 14 : 54); ++i) {
    packed.push_back(static_cast<uint8_t>(i * 37));
  }
  if (depthwise) packed.back() &= 15;
  const TensorIndex weights = b.AddConstant(
      "w", TensorType::kInt4, shape, BufferData(packed),
      PerChannel(std::vector<float>(channels, 0.1f), depthwise ? 3 : 0));
  const TensorIndex bias = b.Bias(channels);
  const TensorIndex y = b.Values({1, 2, 2, channels});
  if (depthwise) {
    return b.Take(b.Add(Op::kDepthwiseConv2D, {x, weights, bias}, y,
                        DepthwiseConv2DOptions{.padding = Padding::kValid,
                                               .stride_w = 1,
                                               .stride_h = 1,
                                               .depth_multiplier = 1}));
  }
  return b.Take(b.Add(
      Op::kConv2D, {x, weights, bias}, y,
      Conv2DOptions{.padding = Padding::kValid, .stride_w = 1, .stride_h = 1}));
}

Model FullyConnected(TensorType type, std::optional<TensorType> bias,
                     bool per_channel) {
  TypedNet b(type);
  const TensorIndex x = b.Input({1, 8});
  const TensorIndex weights = b.Weights({4, 8}, 0);
  if (!per_channel) b.At(weights).quantization = PerTensor(0.01f, 0);
  return b.Take(b.Add(Op::kFullyConnected, {x, weights, b.Bias(4, bias)},
                      b.Values({1, 4}), FullyConnectedOptions()));
}

Model Pad5() {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({2, 3, 2, 4, 3});
  return b.Take(b.Add(Op::kPad,
                      {x, b.Ints({5, 2}, {0, 0, 1, 2, 0, 0, 0, 1, 0, 0})},
                      b.Moved(x, {2, 6, 2, 5, 3}), PadOptions()));
}

Model Transpose5() {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({2, 3, 1, 4, 3});
  return b.Take(b.Add(Op::kTranspose, {x, b.Ints({5}, {3, 4, 2, 0, 1})},
                      b.Moved(x, {4, 3, 1, 2, 3}), TransposeOptions()));
}

Model Maximum(TypedNet::Dims shape) {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input(shape);
  const TensorIndex y =
      b.AddInput("y", TensorType::kInt8, shape, b.At(x).quantization);
  return b.Take(
      b.Add(Op::kMaximum, {x, y}, b.Moved(x, shape), MaximumMinimumOptions()));
}

Model Softmax() {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, 2, 3, 50});
  const TensorIndex y = b.Values({1, 2, 3, 50});
  b.At(y).quantization = PerTensor(1.0f / 256, -128);
  return b.Take(b.Add(Op::kSoftmax, {x}, y, SoftmaxOptions{.beta = 1.0f}));
}

Model AddInt32() {
  ModelBuilder b("add");
  const TensorIndex x = b.AddInput("x", TensorType::kInt32, {5});
  const TensorIndex y = b.AddTensor("y", TensorType::kInt32, {5});
  b.AddOperator(Op::kAdd, {x, x}, {y},
                MakeOptions(AddOptions{.fused_activation_function =
                                           ActivationFunctionType::kRelu}));
  b.SetOutputs({y});
  return *b.Build();
}

Model Mean3() {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({2, 3, 2, 2, 3});
  return b.Take(b.Add(Op::kMean, {x, b.Ints({3}, {1, 2, 3})}, b.Values({2, 3}),
                      ReducerOptions{.keep_dims = false}));
}

Model ScalarReshape() {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, 1});
  return b.Take(b.Add(Op::kReshape, {x}, b.Moved(x, {0}), ReshapeOptions()));
}

// A dilated convolution as converters write it, or only its first operator.
Model SpaceToBatch(bool chain) {
  TypedNet b(TensorType::kFloat32);
  TensorIndex x = b.Input({1, 8, 8, 3});
  const TensorIndex block = b.Ints({2}, {2, 2});
  x = b.Add(Op::kSpaceToBatchNd, {x, block, b.Ints({2, 2}, {2, 2, 2, 2})},
            b.Moved(x, {4, 6, 6, 3}), SpaceToBatchNDOptions());
  if (!chain) return b.Take(x);
  x = b.Conv(x, 4, {3, 3}, {4, 4, 4, 4}, {.padding = Padding::kValid});
  return b.Take(b.Add(Op::kBatchToSpaceNd,
                      {x, block, b.Ints({2, 2}, {0, 0, 0, 0})},
                      b.Moved(x, {1, 8, 8, 4}), BatchToSpaceNDOptions()));
}

const std::vector<Case>& Cases() {
  constexpr auto kRelu = ActivationFunctionType::kRelu;
  static const std::vector<Case> kCases = {
      {"cmsis-nn-transpose-conv-partial-rows", "cortex-m4",
       [] { return TransposeConv(TensorType::kInt8); }, "whole-transpose-conv"},
      {"cmsis-nn-transpose-conv-activation", "cortex-m4",
       [] { return TransposeConv(TensorType::kInt8, kRelu); },
       "unfuse-activation"},
      {"tflm-transpose-conv-activation", "cortex-m4+reference:runtime=2024-05",
       [] { return TransposeConv(TensorType::kInt8, kRelu); },
       "unfuse-activation"},
      {"cmsis-nn-conv-int16-groups", "cortex-m4", GroupedConv, "split-groups"},
      {"cmsis-nn-conv-int4-groups", "cortex-m4", [] { return Int4Conv(false); },
       "unpack-int4-weights"},
      {"cmsis-nn-depthwise-int4-channels", "cortex-m4",
       [] { return Int4Conv(true); }, "unpack-int4-weights"},
      {"cmsis-nn-fully-connected-int16-bias", "cortex-m4",
       [] {
         return FullyConnected(TensorType::kInt16, TensorType::kInt32, false);
       },
       "widen-bias", true},
      {"tflm-fully-connected-first-scale",
       "cortex-m4+reference:runtime=2024-01",
       [] { return FullyConnected(TensorType::kInt8, {}, true); },
       "convolve-fully-connected"},
      {"cmsis-nn-pad-dimensions", "cortex-m4", Pad5, "merge-dimensions"},
      {"cmsis-nn-transpose-dimensions", "cortex-m4", Transpose5,
       "merge-dimensions"},
      {"cmsis-nn-maximum-minimum-dimensions",
       "cortex-m4:runtime=2025-02,kernels.revision=2025-02",
       [] { return Maximum({7}); }, "merge-dimensions"},
      {"esp-nn-softmax-scratch", "esp32s3", Softmax, "merge-dimensions"},
      {"esp-nn-conv-unequal-padding", "esp32s3",
       [] {
         return Conv({8, 9, 16}, 8, {4, 5}, 2);
       },
       "explicit-padding-of-strides"},
      {"esp-nn-conv-end-padding", "esp32s3:kernels.revision=1.1.2",
       [] {
         return Conv({8, 8, 16}, 8, {4, 4}, 2);
       },
       "explicit-padding-of-strides"},
      {"esp-nn-depthwise-unequal-padding", "esp32s3",
       [] {
         return Depthwise({49, 20, 32}, {25, 10}, Padding::kSame);
       },
       "explicit-padding-of-strides"},
      {"esp-nn-depthwise-strips", "esp32s3",
       [] {
         return Depthwise({48, 48, 48}, {24, 24}, Padding::kSame);
       },
       "explicit-padding-of-strides"},
      {"esp-nn-depthwise-strips", "esp32s3",
       [] {
         return Depthwise({49, 49, 48}, {24, 24}, Padding::kValid);
       },
       "explicit-padding-of-strides"},
      {"tflm-space-to-batch-padding", "cortex-m4",
       [] { return SpaceToBatch(true); }, "fold-space-to-batch"},
      {"tflm-space-to-batch-padding", "esp32s3",
       [] { return SpaceToBatch(false); }, "pad-before-space-to-batch"},
      {"tflm-add-int32-activation", "cortex-m4", AddInt32, "unfuse-activation",
       true},
      {"tflm-reduce-stack", "cortex-m4:runtime=2024-05", Mean3,
       "merge-dimensions"},
      {"tflm-reshape-writes-model", "cortex-m4", ScalarReshape, "scalar-shape",
       true},
  };
  return kCases;
}

TEST(ApplyRemedies, TheHazardIsGoneAndTheResultsAreTheSame) {
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.hazard + " on " + c.target);
    const Model model = c.build();
    EXPECT_THAT(HazardsOf(model, c.target), Contains(c.hazard));
    const RemedyResult result = Remedied(model, {c.target});
    ASSERT_THAT(result.applied, Not(IsEmpty()));
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
    EXPECT_TRUE(std::ranges::any_of(Cases(), [&](const Case& c) {
      return c.hazard == known.id;
    })) << known.id;
  }
  for (const Case& c : Cases()) {
    EXPECT_THAT(RemediesFor(c.hazard), Contains(c.remedy));
    EXPECT_TRUE(FindKnownHazard(c.hazard).has_value()) << c.hazard;
  }
  EXPECT_THAT(RemediesFor("no such"), IsEmpty());
}

TEST(ApplyRemedies, NothingWhereTheTargetIsNotConcerned) {
  for (const Model& model :
       {TransposeConv(TensorType::kInt8),
        Depthwise({49, 20, 32}, {25, 10}, Padding::kSame), GroupedConv()}) {
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
  Model model = TransposeConv(TensorType::kInt8);
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
