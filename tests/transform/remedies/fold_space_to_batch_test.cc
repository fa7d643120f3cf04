// SPACE_TO_BATCH_ND, convolution, BATCH_TO_SPACE_ND: the fold computes what the
// chain means, with a padding that stands for 0.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "tests/support/float_net.h"
#include "tests/support/typed_net.h"
#include "tinyml/options.h"
#include "transform/passes.h"
#include "transform/remedies/remedies.h"

namespace tinyml::transform {
namespace {

using ::testing::ElementsAre;
using testing::OperatorNames;
using testing::ReferenceResults;
using testing::TypedNet;
using Op = BuiltinOperator;
using Dims = TypedNet::Dims;

// One axis of a chain.
struct Axis {
  int32_t input;
  int32_t filter;
  int32_t block;
  std::array<int32_t, 2> pad;
  std::array<int32_t, 2> crop = {0, 0};
  Padding padding = Padding::kValid;  // Of the convolution.

  int32_t Padded() const { return input + pad[0] + pad[1]; }
  int32_t Dealt() const { return Padded() / block; }
  int32_t Convolved() const {
    return padding == Padding::kSame ? Dealt() : Dealt() - filter + 1;
  }
  int32_t Output() const { return Convolved() * block - crop[0] - crop[1]; }
};

// SPACE_TO_BATCH_ND never says what it pads with. With `pads_before`, a PAD
// does that instead: the same meaning, of operators that are defined.
Model Chain(TensorType type, const Axis& h, const Axis& w, bool depthwise,
            bool pads_before, int32_t images = 1) {
  constexpr int32_t kChannels = 3;
  constexpr int32_t kOutputs = 6;
  TypedNet b(type);
  TensorIndex x = b.Input({images, h.input, w.input, kChannels});
  std::vector<int32_t> pads = {h.pad[0], h.pad[1], w.pad[0], w.pad[1]};
  if (pads_before) {
    const TensorIndex amounts =
        b.Ints({4, 2}, {0, 0, pads[0], pads[1], pads[2], pads[3], 0, 0});
    x = b.Add(Op::kPad, {x, amounts},
              b.Moved(x, {images, h.Padded(), w.Padded(), kChannels}),
              PadOptions());
    pads = {0, 0, 0, 0};
  }
  const TensorIndex block = b.Ints({2}, {h.block, w.block});
  const int32_t dealt = images * h.block * w.block;
  x = b.Add(Op::kSpaceToBatchNd, {x, block, b.Ints({2, 2}, pads)},
            b.Moved(x, {dealt, h.Dealt(), w.Dealt(), kChannels}),
            SpaceToBatchNDOptions());
  const Dims out = {dealt, h.Convolved(), w.Convolved(), kOutputs};
  x = depthwise ? b.Depthwise(x, {h.filter, w.filter}, out,
                              {.padding = h.padding, .depth_multiplier = 2})
                : b.Conv(x, kOutputs, {h.filter, w.filter}, out,
                         {.padding = h.padding,
                          .fused_activation_function =
                              ActivationFunctionType::kRelu});
  const TensorIndex crops =
      b.Ints({2, 2}, {h.crop[0], h.crop[1], w.crop[0], w.crop[1]});
  return b.Take(b.Add(Op::kBatchToSpaceNd, {x, block, crops},
                      b.Moved(x, {images, h.Output(), w.Output(), kOutputs}),
                      BatchToSpaceNDOptions()));
}

Model Folded(const Model& model) {
  Model folded = model;
  const Remedy* remedy = FindRemedy("fold-space-to-batch");
  std::vector<OperatorId> all;
  for (size_t i = 0; i < model.subgraphs[0].operators.size(); ++i) {
    all.emplace_back(0, i);
  }
  EXPECT_TRUE(ApplyRemedy(*remedy, folded, all).has_value());
  return folded;
}

const Operator& ConvolutionOf(const Model& model) {
  return *std::ranges::find_if(
      model.subgraphs[0].operators, [&](const Operator& op) {
        return model.CodeOf(op).Code() == Op::kConv2D ||
               model.CodeOf(op).Code() == Op::kDepthwiseConv2D;
      });
}

// Padding and dilations of its convolution.
std::string WindowOf(const Model& model) {
  const Operator& op = ConvolutionOf(model);
  const auto say = [](const auto& options) {
    return std::string(EnumName(options.padding)) + " " +
           std::to_string(options.dilation_h_factor) + "x" +
           std::to_string(options.dilation_w_factor);
  };
  const auto* conv = op.options.As<Conv2DOptions>();
  return conv != nullptr ? say(*conv)
                         : say(*op.options.As<DepthwiseConv2DOptions>());
}

struct Case {
  Axis h;
  Axis w;
  std::string window;
  bool has_pad = false;
};

class Fold : public ::testing::TestWithParam<TensorType> {};
// SPACE_TO_BATCH_ND has no int16 kernel.
INSTANTIATE_TEST_SUITE_P(
    Types, Fold, ::testing::Values(TensorType::kFloat32, TensorType::kInt8),
    [](const auto& info) { return TensorTypeName(info.param); });

TEST_P(Fold, ComputesWhatTheChainMeans) {
  const Axis same8 = {8, 3, 2, {2, 2}};  // Keeps its 8 rows.
  const std::vector<Case> cases = {
      {same8, same8, "SAME 2x2"},
      // As converters write it: padded up to the block, cropped again.
      {{7, 3, 2, {2, 3}, {0, 1}}, {9, 3, 2, {2, 3}, {0, 1}}, "SAME 2x2"},
      {{10, 3, 4, {4, 6}, {0, 2}}, {8, 3, 2, {2, 2}}, "SAME 4x2"},
      {{8, 3, 2, {0, 0}}, {9, 3, 2, {0, 1}, {0, 1}}, "VALID 2x2"},
      {{9, 2, 3, {0, 0}}, {8, 3, 2, {0, 0}}, "VALID 3x2"},
      // Neither: as much before as a causal convolution has.
      {{8, 3, 2, {4, 0}}, {8, 1, 1, {0, 0}}, "VALID 2x1", true},
      {{8, 3, 2, {4, 0}}, {8, 3, 2, {1, 3}}, "VALID 2x2", true},
      // SAME of the convolution itself pads every image.
      {{8, 3, 2, {0, 0}, {0, 0}, Padding::kSame},
       {8, 3, 2, {0, 0}, {0, 0}, Padding::kSame},
       "SAME 2x2"},
      {{8, 2, 2, {0, 0}, {0, 0}, Padding::kSame},
       {8, 3, 2, {0, 0}, {0, 0}, Padding::kSame},
       "VALID 2x2",
       true},
  };
  for (const bool depthwise : {false, true}) {
    for (size_t i = 0; i < cases.size(); ++i) {
      SCOPED_TRACE(std::to_string(i) + (depthwise ? " depthwise" : ""));
      const auto& [h, w, window, has_pad] = cases[i];
      const Model folded =
          Folded(Chain(GetParam(), h, w, depthwise, false, i % 2 + 1));
      const std::string conv = depthwise ? "DEPTHWISE_CONV_2D" : "CONV_2D";
      if (has_pad) {
        EXPECT_THAT(OperatorNames(folded), ElementsAre("PAD", conv));
      } else {
        EXPECT_THAT(OperatorNames(folded), ElementsAre(conv));
      }
      EXPECT_EQ(WindowOf(folded), window);
      EXPECT_EQ(ReferenceResults(folded),
                ReferenceResults(
                    Chain(GetParam(), h, w, depthwise, true, i % 2 + 1)));
    }
  }
}

// A convolution of one dimension: the line is the second axis of the image, or
// the first.
Model Line(TensorType type, const Axis& line, bool first_axis,
           bool pads_before) {
  TypedNet b(type);
  TensorIndex x = b.Input({1, line.input, 3});
  std::vector<int32_t> pads = {line.pad[0], line.pad[1]};
  if (pads_before) {
    const TensorIndex amounts = b.Ints({3, 2}, {0, 0, pads[0], pads[1], 0, 0});
    x = b.Add(Op::kPad, {x, amounts}, b.Moved(x, {1, line.Padded(), 3}),
              PadOptions());
    pads = {0, 0};
  }
  const TensorIndex block = b.Ints({1}, {line.block});
  x = b.Add(Op::kSpaceToBatchNd, {x, block, b.Ints({1, 2}, pads)},
            b.Moved(x, {line.block, line.Dealt(), 3}), SpaceToBatchNDOptions());
  const auto image = [&](int32_t rows, int32_t channels) {
    return first_axis ? Dims{line.block, rows, 1, channels}
                      : Dims{line.block, 1, rows, channels};
  };
  x = b.Add(Op::kExpandDims, {x, b.Ints({}, {first_axis ? 2 : 1})},
            b.Moved(x, image(line.Dealt(), 3)), ExpandDimsOptions());
  x = b.Conv(x, 4, first_axis ? Dims{line.filter, 1} : Dims{1, line.filter},
             image(line.Convolved(), 4), {.padding = Padding::kValid});
  x = b.Add(Op::kReshape, {x, b.Ints({3}, {line.block, line.Convolved(), 4})},
            b.Moved(x, {line.block, line.Convolved(), 4}), ReshapeOptions());
  return b.Take(b.Add(Op::kBatchToSpaceNd,
                      {x, block, b.Ints({1, 2}, {line.crop[0], line.crop[1]})},
                      b.Moved(x, {1, line.Output(), 4}),
                      BatchToSpaceNDOptions()));
}

TEST_P(Fold, AConvolutionOfOneDimension) {
  for (const bool first_axis : {false, true}) {
    const Axis same = {9, 3, 2, {2, 3}, {0, 1}};
    const Model folded = Folded(Line(GetParam(), same, first_axis, false));
    EXPECT_THAT(OperatorNames(folded),
                ElementsAre("RESHAPE", "CONV_2D", "RESHAPE"));
    EXPECT_EQ(WindowOf(folded), first_axis ? "SAME 2x1" : "SAME 1x2");
    EXPECT_EQ(ReferenceResults(folded),
              ReferenceResults(Line(GetParam(), same, first_axis, true)));
    const Axis causal = {8, 2, 4, {4, 0}};
    const Model padded = Folded(Line(GetParam(), causal, first_axis, false));
    EXPECT_THAT(OperatorNames(padded),
                ElementsAre("RESHAPE", "PAD", "CONV_2D", "RESHAPE"));
    EXPECT_EQ(ReferenceResults(padded),
              ReferenceResults(Line(GetParam(), causal, first_axis, true)));
  }
}

TEST(FoldSpaceToBatch, IsAPassToo) {
  const Axis axis = {8, 3, 2, {2, 2}};
  Model model = Chain(TensorType::kFloat32, axis, axis, false, false);
  std::vector<std::string> done;
  EXPECT_TRUE(Simplify(model, {}, &done).has_value());
  EXPECT_THAT(OperatorNames(model), ElementsAre("CONV_2D"));
  EXPECT_THAT(done, ::testing::Contains("fold-space-to-batch"));
}

TEST(FoldSpaceToBatch, LeavesOtherThingsAlone) {
  const Axis axis = {8, 3, 2, {2, 2}};
  const Model chain = Chain(TensorType::kInt8, axis, axis, false, false);
  const auto expect_untouched = [](const Model& model) {
    EXPECT_TRUE(ValidateModel(model).has_value());
    EXPECT_EQ(Folded(model), model);
  };
  Model other = chain;
  // Other parameters on one side mean that the values change.
  Subgraph& graph = other.subgraphs[0];
  graph.tensors[graph.operators[0].outputs[0]].quantization =
      PerTensor(0.05f, 1);
  expect_untouched(other);
  other = chain;
  other.subgraphs[0].tensors[other.subgraphs[0].outputs[0]].quantization =
      PerTensor(0.7f, 4);
  expect_untouched(other);
  // The images are an output of the model.
  other = chain;
  other.subgraphs[0].outputs.push_back(
      other.subgraphs[0].operators[1].outputs[0]);
  expect_untouched(other);
  // Blocks that differ: the images are not those that went in.
  other = chain;
  const auto block = other.subgraphs[0].operators[2].inputs[1];
  Tensor odd = other.subgraphs[0].tensors[block];
  odd.buffer = static_cast<uint32_t>(other.buffers.size());
  other.buffers.push_back({BufferOf<int32_t>({1, 4})});
  other.subgraphs[0].tensors.push_back(odd);
  other.subgraphs[0].operators[2].inputs[1] =
      static_cast<TensorIndex>(other.subgraphs[0].tensors.size() - 1);
  expect_untouched(other);
}

}  // namespace
}  // namespace tinyml::transform
