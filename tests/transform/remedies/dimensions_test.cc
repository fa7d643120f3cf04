// The remedies that change shapes: what each rewrites, what it leaves alone,
// and that the reference kernels compute the same bits.
#include "transform/remedies/remedies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/support/float_net.h"
#include "tests/support/typed_net.h"
#include "tests/transform/remedies/apply.h"
#include "tinyml/options.h"

namespace tinyml::transform {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::OperatorNames;
using testing::ReferenceResults;
using ::testing::SizeIs;
using testing::TypedNet;
using Op = BuiltinOperator;
using Dims = TypedNet::Dims;

class ShapeRemedies : public OfEveryType {};
INSTANTIATE_TEST_SUITE_P(Types, ShapeRemedies,
                         ::testing::Values(TensorType::kFloat32,
                                           TensorType::kInt8,
                                           TensorType::kInt16),
                         [](const auto& info) {
                           return TensorTypeName(info.param);
                         });

TEST_P(ShapeRemedies, MergeDimensionsOfAPad) {
  TypedNet b(GetParam());
  const TensorIndex x = b.Input({2, 3, 2, 4, 3});
  const TensorIndex pads = b.Ints({5, 2}, {0, 0, 1, 2, 0, 0, 0, 1, 0, 0});
  const Model model = b.Take(
      b.Add(Op::kPad, {x, pads}, b.Moved(x, {2, 6, 2, 5, 3}), PadOptions()));
  EXPECT_THAT(OperatorNames(Remedied("merge-dimensions", model)),
              ElementsAre("RESHAPE", "PAD", "RESHAPE"));
}

TEST(MergeDimensions, OfATranspose) {
  for (const TensorType type : {TensorType::kFloat32, TensorType::kInt8}) {
    TypedNet b(type);
    const TensorIndex x = b.Input({2, 3, 1, 4, 3});
    const TensorIndex axes = b.Ints({5}, {3, 4, 2, 0, 1});
    const Model model =
        b.Take(b.Add(Op::kTranspose, {x, axes}, b.Moved(x, {4, 3, 1, 2, 3}),
                     TransposeOptions()));
    const Model changed = Remedied("merge-dimensions", model);
    EXPECT_THAT(OperatorNames(changed),
                ElementsAre("RESHAPE", "TRANSPOSE", "RESHAPE"));
    EXPECT_THAT(changed.subgraphs[0]
                    .tensors[changed.subgraphs[0].operators[1].inputs[0]]
                    .shape,
                ElementsAre(6, 12));
  }
}

TEST(MergeDimensions, ATransposeThatMovesNothingIsAReshape) {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({4, 6});
  const Model model = b.Take(b.Add(Op::kTranspose, {x, b.Ints({2}, {0, 1})},
                                   b.Moved(x, {4, 6}), TransposeOptions()));
  EXPECT_THAT(OperatorNames(Remedied("merge-dimensions", model)),
              ElementsAre("RESHAPE"));
}

TEST(MergeDimensions, NotOfFiveThatAllMove) {
  TypedNet b(TensorType::kFloat32);
  const TensorIndex x = b.Input({2, 3, 2, 2, 3});
  const TensorIndex axes = b.Ints({5}, {4, 3, 2, 1, 0});
  ExpectUntouched("merge-dimensions", b.Take(b.Add(Op::kTranspose, {x, axes},
                                                   b.Moved(x, {3, 2, 2, 3, 2}),
                                                   TransposeOptions())));
}

TEST_P(ShapeRemedies, MergeDimensionsOfTwoOperands) {
  TypedNet b(GetParam());
  const TensorIndex x = b.Input({1, 2, 3, 2, 3});
  const TensorIndex y =
      b.AddInput("y", GetParam(), {3, 2, 1}, b.At(x).quantization);
  const Model model =
      b.Take(b.Add(Op::kMaximum, {x, y}, b.Moved(x, {1, 2, 3, 2, 3}),
                   MaximumMinimumOptions()));
  const Model changed = Remedied("merge-dimensions", model);
  EXPECT_THAT(OperatorNames(changed),
              ElementsAre("RESHAPE", "RESHAPE", "MAXIMUM", "RESHAPE"));
}

TEST_P(ShapeRemedies, MergeDimensionsOfVectors) {
  TypedNet b(GetParam());
  const TensorIndex x = b.Input({5});
  const TensorIndex y = b.AddInput("y", GetParam(), {}, b.At(x).quantization);
  const Model model = b.Take(
      b.Add(Op::kMinimum, {x, y}, b.Moved(x, {5}), MaximumMinimumOptions()));
  const Model changed = Remedied("merge-dimensions", model);
  const Subgraph& graph = changed.subgraphs[0];
  EXPECT_THAT(graph.tensors[graph.operators[2].inputs[0]].shape,
              ElementsAre(1, 5));
  EXPECT_THAT(graph.tensors[graph.operators[2].inputs[1]].shape,
              ElementsAre(1, 1));
}

TEST(MergeDimensions, OfASoftmax) {
  for (const TensorType type : {TensorType::kFloat32, TensorType::kInt8}) {
    TypedNet b(type);
    const TensorIndex x = b.Input({1, 2, 3, 7});
    const TensorIndex y = b.Values({1, 2, 3, 7});
    if (!b.IsFloat()) b.At(y).quantization = PerTensor(1.0f / 256, -128);
    const Model model =
        b.Take(b.Add(Op::kSoftmax, {x}, y, SoftmaxOptions{.beta = 1.0f}));
    EXPECT_THAT(OperatorNames(Remedied("merge-dimensions", model)),
                ElementsAre("RESHAPE", "SOFTMAX", "RESHAPE"));
  }
}

TEST_P(ShapeRemedies, MergeDimensionsOfAMean) {
  for (const bool keep : {false, true}) {
    TypedNet b(GetParam());
    const TensorIndex x = b.Input({2, 3, 2, 2, 3});
    const TensorIndex axes = b.Ints({3}, {1, 2, -2});
    const Model model = b.Take(b.Add(
        Op::kMean, {x, axes}, b.Values(keep ? Dims{2, 1, 1, 1, 3} : Dims{2, 3}),
        ReducerOptions{.keep_dims = keep}));
    EXPECT_THAT(OperatorNames(Remedied("merge-dimensions", model)),
                ElementsAre("RESHAPE", "MEAN", "RESHAPE"));
  }
}

TEST(ConvolveFullyConnected, OfAnyWeights) {
  for (const TensorType type : {TensorType::kFloat32, TensorType::kInt8}) {
    TypedNet b(type);
    const TensorIndex x = b.Input({2, 3, 8});
    const Model model =
        b.Take(b.Add(Op::kFullyConnected, {x, b.Weights({4, 8}, 0), b.Bias(4)},
                     b.Values({6, 4}),
                     FullyConnectedOptions{.fused_activation_function =
                                               ActivationFunctionType::kRelu}));
    EXPECT_THAT(OperatorNames(Remedied("convolve-fully-connected", model)),
                ElementsAre("RESHAPE", "CONV_2D", "RESHAPE"));
  }
}

TEST(PadBeforeSpaceToBatch, SaysWhatItPadsWith) {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, 3, 2});
  Model model = b.Take(b.Add(Op::kSpaceToBatchNd,
                             {x, b.Ints({1}, {2}), b.Ints({1, 2}, {2, 1})},
                             b.Moved(x, {2, 3, 2}), SpaceToBatchNDOptions()));
  EXPECT_EQ(Apply("pad-before-space-to-batch", model), 1u);
  EXPECT_THAT(OperatorNames(model), ElementsAre("PAD", "SPACE_TO_BATCH_ND"));
  // Rows 0, 2 and 4 of the padded input, of which the first is padding.
  const auto results = ReferenceResults(model);
  ASSERT_THAT(results, SizeIs(12));
  EXPECT_EQ(static_cast<int8_t>(results[0]), -3);
  EXPECT_EQ(static_cast<int8_t>(results[1]), -3);
  EXPECT_NE(static_cast<int8_t>(results[2]), -3);
  ExpectUntouched("pad-before-space-to-batch", model);
}

TEST_P(ShapeRemedies, BroadcastOperands) {
  TypedNet b(GetParam());
  const TensorIndex x = b.Input({1, 4, 6, 5});
  const TensorIndex y =
      b.AddInput("y", GetParam(), {4, 6, 1}, b.At(x).quantization);
  const Model model = b.Take(b.Add(
      Op::kMaximum, {x, y}, b.Moved(x, {1, 4, 6, 5}), MaximumMinimumOptions()));
  const Model changed = Remedied("broadcast-operands", model);
  EXPECT_THAT(OperatorNames(changed), ElementsAre("BROADCAST_TO", "MAXIMUM"));
  ExpectUntouched("broadcast-operands", changed);
}

TEST(ScalarShape, OfAReshape) {
  TypedNet b(TensorType::kInt8);
  const TensorIndex x = b.Input({1, 1});
  const Model model =
      b.Take(b.Add(Op::kReshape, {x}, b.Moved(x, {0}), ReshapeOptions()));
  Model changed = model;
  EXPECT_EQ(Apply("scalar-shape", changed), 1u);
  EXPECT_THAT(changed.subgraphs[0].tensors[1].shape, IsEmpty());
  ExpectUntouched("scalar-shape", changed);
}

TEST_P(ShapeRemedies, FlattenFullyConnected) {
  TypedNet b(GetParam());
  const TensorIndex x = b.Input({2, 3, 8});
  const TensorIndex weights = b.Weights({4, 8}, 0);
  if (!b.IsFloat()) b.At(weights).quantization = PerTensor(0.01f, 0);
  const Model model = b.Take(
      b.Add(Op::kFullyConnected, {x, weights, b.Bias(4)}, b.Values({2, 3, 4}),
            FullyConnectedOptions{.keep_num_dims = true}));
  const Model changed = Remedied("flatten-fully-connected", model);
  EXPECT_THAT(OperatorNames(changed),
              ElementsAre("FULLY_CONNECTED", "RESHAPE"));
  ExpectUntouched("flatten-fully-connected", changed);
}

}  // namespace
}  // namespace tinyml::transform
