// Runtimes of vendors and of old Arduino libraries: what their own code asks
// of the arena, by hand. The sizes of structs are those of structs.json, which
// each vendor's compiler wrote (Ambiq, Infineon, Harvard_TinyMLx; Arm, short
// enums).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "runtime/abi/core_structs.h"
#include "runtime/allocation_sequence.h"
#include "tests/runtime/reference/one_operator.h"
#include "tinyml/target.h"

namespace tinyml::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Abi kArm = {
    .pointer_bytes = 4, .int64_alignment = 8, .short_enums = true};

Target TargetOf(const std::string& spec) {
  const auto target = ::tinyml::Target::Parse(spec);
  EXPECT_TRUE(target.has_value()) << target.error().message;
  return target->runtime();
}

Target M4(const std::string& distribution) {
  return TargetOf("cortex-m4:runtime=" + distribution);
}

std::vector<int64_t> InitBytes(const Model& model, const Target& target) {
  const auto simulation = Simulate(model, target);
  EXPECT_TRUE(simulation.has_value()) << simulation.error().message;
  return PersistentBytes(*simulation, Phase::kInit);
}

std::vector<int64_t> PrepareBytes(const Model& model, const Target& target) {
  const auto simulation = Simulate(model, target);
  EXPECT_TRUE(simulation.has_value()) << simulation.error().message;
  return PersistentBytes(*simulation, Phase::kPrepare);
}

std::vector<int64_t> ScratchOn(const Model& model, const Target& target) {
  const auto simulation = Simulate(model, target);
  EXPECT_TRUE(simulation.has_value()) << simulation.error().message;
  return ScratchBytes(*simulation);
}

Model Unary(BuiltinOperator code, TensorType type, float scale = 0.5F,
            int64_t output_zero_point = 0) {
  return OneOperator(code,
                     {MakeTensor(type, {1, 4}, scale),
                      MakeTensor(type, {1, 4}, scale, output_zero_point)});
}

Model Binary(BuiltinOperator code, TensorType type, OperatorOptions options) {
  const Tensor tensor = MakeTensor(type, {1, 4}, 0.5F);
  return OneOperator(code, {tensor, tensor, tensor}, std::move(options));
}

// 1x1, 4 channels to 4, with a constant filter.
Model Conv(TensorType type, TensorType filter, bool constant = true) {
  Model model =
      OneOperator(BuiltinOperator::kConv2D,
                  {MakeTensor(type, {1, 2, 2, 4}, 0.5F),
                   MakeTensor(filter, {4, 1, 1, 4}, 0.5F),
                   MakeTensor(type, {1, 2, 2, 4}, 0.5F)},
                  MakeOptions(Conv2DOptions{.stride_w = 1, .stride_h = 1}));
  if (constant) SetConstant(model, 1, {1, 2, 3, 4});
  return model;
}

Model FullyConnected(TensorType type, TensorType filter) {
  Model model = OneOperator(
      BuiltinOperator::kFullyConnected,
      {MakeTensor(type, {1, 4}, 0.5F), MakeTensor(filter, {2, 4}, 0.5F),
       MakeTensor(type, {1, 2}, 0.5F)},
      MakeOptions(FullyConnectedOptions{}));
  return model;
}

int64_t SizeOf(const StructDef* def) { return LayoutOf(*def, kArm).size; }

// --- Ambiq

TEST(Ambiq, LogisticAndTanhKeepATableOfInt8Results) {
  const Model logistic =
      Unary(BuiltinOperator::kLogistic, TensorType::kInt8, 0.5F, -128);
  EXPECT_THAT(InitBytes(logistic, M4("ambiq-helia-1.6.0")), ElementsAre(272));
  EXPECT_THAT(InitBytes(logistic, M4("ambiq-tflm-2025-11")), ElementsAre(272));
  EXPECT_THAT(InitBytes(logistic, M4("2025-09")), ElementsAre(16));
  EXPECT_THAT(InitBytes(Unary(BuiltinOperator::kTanh, TensorType::kInt8),
                        M4("ambiq-ns-tflm-1.7.0")),
              ElementsAre(272));
}

TEST(Ambiq, NegKeepsItsZeroPoint) {
  const Model neg = Unary(BuiltinOperator::kNeg, TensorType::kInt8);
  EXPECT_THAT(InitBytes(neg, M4("ambiq-helia-1.3.0")), ElementsAre(4));
  EXPECT_THAT(InitBytes(neg, M4("2025-03")), IsEmpty());
}

TEST(Ambiq, TakesInt16WhereUpstreamDoesNot) {
  const Model block =
      OneOperator(BuiltinOperator::kSpaceToDepth,
                  {MakeTensor(TensorType::kInt16, {1, 2, 2, 1}, 0.5F),
                   MakeTensor(TensorType::kInt16, {1, 1, 1, 4}, 0.5F)},
                  MakeOptions(SpaceToDepthOptions{.block_size = 2}));
  EXPECT_EQ(ErrorOf(block, M4("ambiq-tflm-2025-11")), "");
  EXPECT_NE(ErrorOf(block, M4("2025-09")), "");
}

TEST(Ambiq, ConcatenationKeepsScalesOfInt8) {
  const Model joined =
      OneOperator(BuiltinOperator::kConcatenation,
                  {MakeTensor(TensorType::kInt8, {1, 2}, 0.5F),
                   MakeTensor(TensorType::kInt8, {1, 2}, 0.25F),
                   MakeTensor(TensorType::kInt8, {1, 4}, 0.5F)},
                  MakeOptions(ConcatenationOptions{.axis = 1}));
  EXPECT_THAT(PrepareBytes(joined, M4("ambiq-ns-tflm-1.7.0")),
              ElementsAre(8, 8));
  EXPECT_THAT(ErrorOf(joined, M4("2025-09")), HasSubstr("rescale"));
}

TEST(Ambiq, ConvolutionsHaveTwoMoreMembers) {
  const Model conv = Conv(TensorType::kInt8, TensorType::kInt8);
  EXPECT_THAT(InitBytes(conv, M4("ambiq-helia-1.6.0")), ElementsAre(68));
  EXPECT_THAT(InitBytes(conv, M4("ambiq-ns-tflm-1.7.0")), ElementsAre(60));
  EXPECT_THAT(InitBytes(FullyConnected(TensorType::kInt8, TensorType::kInt8),
                        M4("ambiq-helia-1.6.0")),
              ElementsAre(76));
}

// A sum of 4 bytes for each of 4 channels, after multipliers and shifts.
TEST(Ambiq, ConvolutionsKeepSumsOfTheirWeightsWithHelium) {
  const Model conv = Conv(TensorType::kInt8, TensorType::kInt8);
  EXPECT_THAT(PrepareBytes(conv, M4("ambiq-helia-1.6.0")), ElementsAre(16, 16));
  const std::string m55 = "cortex-m55:runtime=ambiq-helia-1.6.0";
  EXPECT_THAT(PrepareBytes(conv, TargetOf(m55)), ElementsAre(16, 16, 16));
  EXPECT_THAT(PrepareBytes(Conv(TensorType::kInt8, TensorType::kInt8, false),
                           TargetOf(m55)),
              ElementsAre(16, 16));
  const Target small = TargetOf(m55 + ",kernels.optimize_for=size");
  EXPECT_THAT(PrepareBytes(conv, small), ElementsAre(16, 16));
  EXPECT_THAT(ScratchOn(conv, small), ElementsAre(16));
}

TEST(Ambiq, SubIsLikeAddSinceRelease17) {
  const Model sub = Binary(BuiltinOperator::kSub, TensorType::kInt8,
                           MakeOptions(SubOptions{}));
  EXPECT_THAT(InitBytes(sub, M4("ambiq-helia-1.7.0")), ElementsAre(60));
  EXPECT_THAT(InitBytes(sub, M4("ambiq-helia-1.6.0")), ElementsAre(52));
}

TEST(Ambiq, HardSwishHasOtherDataSinceRelease16) {
  const Model swish = Unary(BuiltinOperator::kHardSwish, TensorType::kInt16);
  EXPECT_THAT(InitBytes(swish, M4("ambiq-helia-1.6.0")), ElementsAre(40));
  EXPECT_THAT(InitBytes(swish, M4("ambiq-helia-1.3.0")), ElementsAre(20));
}

// --- Infineon

TEST(Infineon, AllocatorsHaveOneMoreMember) {
  const AllocationSequence sequence = SequenceOf(M4("infineon-ml-3.4.0"));
  EXPECT_EQ(SizeOf(sequence.allocator), 40);
  EXPECT_EQ(SizeOf(sequence.micro_allocator), 40);
  EXPECT_EQ(SizeOf(sequence.planner), 44);
}

TEST(Infineon, KernelsHaveMoreData) {
  const Target target = M4("infineon-ml-3.4.0");
  EXPECT_THAT(InitBytes(Conv(TensorType::kInt8, TensorType::kInt8), target),
              ElementsAre(72));
  EXPECT_THAT(
      InitBytes(FullyConnected(TensorType::kInt8, TensorType::kInt8), target),
      ElementsAre(88));
  EXPECT_THAT(InitBytes(Binary(BuiltinOperator::kAdd, TensorType::kInt8,
                               MakeOptions(AddOptions{})),
                        target),
              ElementsAre(64));
  EXPECT_THAT(InitBytes(Binary(BuiltinOperator::kSub, TensorType::kInt8,
                               MakeOptions(SubOptions{})),
                        target),
              ElementsAre(64));
  EXPECT_THAT(InitBytes(Binary(BuiltinOperator::kMul, TensorType::kInt8,
                               MakeOptions(MulOptions{})),
                        target),
              ElementsAre(40));
  const Model softmax = OneOperator(BuiltinOperator::kSoftmax,
                                    {MakeTensor(TensorType::kFloat32, {1, 4}),
                                     MakeTensor(TensorType::kFloat32, {1, 4})},
                                    MakeOptions(SoftmaxOptions{.beta = 1.0F}));
  EXPECT_THAT(InitBytes(softmax, target), ElementsAre(72));
}

// A FULLY_CONNECTED has 5 bytes of parameters, which upstream packs.
TEST(Infineon, AlignsParametersToAPointer) {
  const Model model = FullyConnected(TensorType::kInt8, TensorType::kInt8);
  const auto alignment = [&](const Target& target) {
    const auto simulation = Simulate(model, target);
    EXPECT_TRUE(simulation.has_value());
    const auto event = std::ranges::find(simulation->events,
                                         Phase::kBuiltinData, &Event::phase);
    EXPECT_EQ(event->size, 5);
    return event->alignment;
  };
  EXPECT_EQ(alignment(M4("infineon-ml-3.4.0")), 4);
  EXPECT_EQ(alignment(M4("2025-12")), 1);
}

TEST(Infineon, OnlyInt8ConvolutionsHaveGroups) {
  const auto grouped = [](TensorType type) {
    return OneOperator(
        BuiltinOperator::kConv2D,
        {MakeTensor(type, {1, 2, 2, 4}, 0.5F),
         MakeTensor(TensorType::kInt8, {4, 1, 1, 2}, 0.5F),
         MakeTensor(TensorType::kInt32, {4}, 0.25F),
         MakeTensor(type, {1, 2, 2, 4}, 0.5F)},
        MakeOptions(Conv2DOptions{.stride_w = 1, .stride_h = 1}));
  };
  const Target target = M4("infineon-ml-3.4.0");
  EXPECT_EQ(ErrorOf(grouped(TensorType::kInt8), target), "");
  EXPECT_THAT(ErrorOf(grouped(TensorType::kInt16), target),
              HasSubstr("only int8 convolutions"));
}

// --- Harvard_TinyMLx

TEST(Harvard, KeepsLessInTheArena) {
  const AllocationSequence sequence = SequenceOf(M4("harvard-tinymlx-1.2"));
  EXPECT_EQ(SizeOf(sequence.allocator), 28);
  EXPECT_EQ(SizeOf(sequence.micro_allocator), 24);
  EXPECT_EQ(sequence.planner, nullptr);
  EXPECT_EQ(sequence.builtin_data_allocator, nullptr);
  EXPECT_EQ(sequence.subgraph_table, nullptr);
  EXPECT_EQ(SizeOf(sequence.node), 40);
  EXPECT_EQ(SizeOf(sequence.scratch_request), 8);
}

TEST(Harvard, KernelsHaveLessData) {
  const Target target = M4("harvard-tinymlx-1.2");
  EXPECT_THAT(InitBytes(Conv(TensorType::kInt8, TensorType::kInt8), target),
              ElementsAre(56));
  EXPECT_THAT(
      InitBytes(FullyConnected(TensorType::kInt8, TensorType::kInt8), target),
      ElementsAre(36));
  EXPECT_THAT(InitBytes(Binary(BuiltinOperator::kAdd, TensorType::kInt8,
                               MakeOptions(AddOptions{})),
                        target),
              ElementsAre(52));
  EXPECT_THAT(InitBytes(Binary(BuiltinOperator::kMul, TensorType::kInt8,
                               MakeOptions(MulOptions{})),
                        target),
              ElementsAre(28));
}

// Multipliers and shifts of 4 channels, though floats have no use for them.
TEST(Harvard, FloatConvolutionsHaveMultipliers) {
  EXPECT_THAT(
      PrepareBytes(Conv(TensorType::kFloat32, TensorType::kFloat32, false),
                   M4("harvard-tinymlx-1.2")),
      ElementsAre(16, 16));
}

// input(0) and output(0): 64 for the tensor, 12 for its quantization and 8 for
// one zero point.
TEST(Harvard, InputAndOutputAllocateWhenAskedFor) {
  const Model model = FullyConnected(TensorType::kInt8, TensorType::kInt8);
  const auto simulation = Simulate(model, M4("harvard-tinymlx-1.2"));
  ASSERT_TRUE(simulation.has_value());
  ASSERT_TRUE(simulation->with_io_tensors.has_value());
  EXPECT_EQ(simulation->with_io_tensors->tail_bytes,
            simulation->replay.tail_bytes + 2 * (64 + 12 + 8));
  EXPECT_FALSE(Simulate(model, M4("2025-09"))->with_io_tensors.has_value());
}

TEST(Harvard, VariablesComeAfterThePlan) {
  Model model = FullyConnected(TensorType::kInt8, TensorType::kInt8);
  Tensor variable = MakeTensor(TensorType::kInt8, {1, 100}, 0.5F);
  variable.is_variable = true;
  model.subgraphs[0].tensors.push_back(variable);
  const auto simulation = Simulate(model, M4("harvard-tinymlx-1.2"));
  ASSERT_TRUE(simulation.has_value());
  EXPECT_EQ(simulation->events.back().purpose, Purpose::kVariableTensor);
}

TEST(Harvard, TakesOneSubgraph) {
  Model model = FullyConnected(TensorType::kInt8, TensorType::kInt8);
  model.subgraphs.push_back(model.subgraphs[0]);
  EXPECT_THAT(ErrorOf(model, M4("harvard-tinymlx-1.2")),
              HasSubstr("2 subgraphs"));
}

TEST(Harvard, RefusesATensorThatNothingReads) {
  Model model = FullyConnected(TensorType::kInt8, TensorType::kInt8);
  model.subgraphs[0].inputs.push_back(3);
  model.subgraphs[0].tensors.push_back(
      MakeTensor(TensorType::kInt8, {1, 4}, 0.5F));
  EXPECT_THAT(ErrorOf(model, M4("harvard-tinymlx-1.2")),
              HasSubstr("nothing reads"));
  EXPECT_EQ(ErrorOf(model, M4("2025-09")), "");
}

TEST(Harvard, TakesUInt8) {
  const Model model = FullyConnected(TensorType::kUInt8, TensorType::kUInt8);
  EXPECT_EQ(ErrorOf(model, M4("harvard-tinymlx-1.2")), "");
  EXPECT_NE(ErrorOf(model, M4("2025-09")), "");
}

TEST(Harvard, RefusesHybridModelsAndLaterOperators) {
  const Target target = M4("harvard-tinymlx-1.2");
  EXPECT_THAT(
      ErrorOf(FullyConnected(TensorType::kFloat32, TensorType::kInt8), target),
      HasSubstr("hybrid"));
  const Model leaky = OneOperator(BuiltinOperator::kLeakyRelu,
                                  {MakeTensor(TensorType::kFloat32, {1, 4}),
                                   MakeTensor(TensorType::kFloat32, {1, 4})},
                                  MakeOptions(LeakyReluOptions{.alpha = 0.1F}));
  EXPECT_THAT(ErrorOf(leaky, target), HasSubstr("its makers left it out"));
}

}  // namespace
}  // namespace tinyml::runtime
