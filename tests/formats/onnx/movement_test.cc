#include <gmock/gmock.h>

#include <algorithm>
#include <limits>

#include "tests/formats/onnx/lowered_graph.h"

namespace tinyml::onnx_import {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Ints = std::vector<int64_t>;

TEST(OnnxMovement, TransposeOnlyRenames) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 2, 3, 4}, ChannelsLast(4));
  const ValueId y = graph.Node("Transpose", {x}, {{"perm", Ints{0, 2, 3, 1}}});
  EXPECT_THAT(graph.Lower(y), IsEmpty());
  EXPECT_TRUE(IsCanonical(graph.At(y).layout));
  EXPECT_EQ(graph.At(y).shape, Shape({1, 3, 4, 2}));
}

TEST(OnnxMovement, ConcatKeepsTheOrderAndDropsWhatIsEmpty) {
  LoweredGraph graph;
  const ValueId a = graph.Input({1, 2, 1, 1}, ChannelsLast(4));
  const ValueId b = graph.Input({1, 1, 1, 1}, ChannelsLast(4));
  const ValueId none =
      graph.Known(Constant::Of({1, 0, 1, 1}, std::vector<float>{}));
  const ValueId y = graph.Node("Concat", {a, none, b}, {{"axis", int64_t{1}}});
  EXPECT_THAT(graph.Lower(y), ElementsAre("CONCATENATION"));
  EXPECT_EQ(graph.At(y).layout, ChannelsLast(4));
  EXPECT_THAT(graph.Run<float>({{1, 2}, {3}}), ElementsAre(1, 2, 3));
}

TEST(OnnxMovement, ConcatOfMoreThanTheKernelTakes) {
  LoweredGraph graph;
  std::vector<ValueId> parts(11, graph.Input({1}));
  const ValueId y = graph.Node("Concat", parts, {{"axis", int64_t{0}}});
  EXPECT_THAT(graph.Lower(y), ElementsAre("CONCATENATION", "CONCATENATION"));
  EXPECT_THAT(graph.Run<float>({{7}}), SizeIs(11));
}

TEST(OnnxMovement, SplitByAttributeAndUnequal) {
  LoweredGraph graph(11);
  const ValueId x = graph.Input({5});
  const ValueId y = graph.Node("Split", {x}, {{"split", Ints{2, 3}}});
  graph.graph().nodes.back().outputs.push_back(kNoValue);
  EXPECT_THAT(graph.Lower(y), ElementsAre("SPLIT_V"));
  EXPECT_EQ(graph.At(y).shape, Shape({2}));
}

TEST(OnnxMovement, SliceBackwards) {
  LoweredGraph graph;
  const ValueId x = graph.Input({5});
  const ValueId y =
      graph.Node("Slice", {x, graph.Ints({-1}),
                           graph.Ints({std::numeric_limits<int64_t>::min()}),
                           graph.Ints({0}), graph.Ints({-2})});
  EXPECT_THAT(graph.Lower(y), ElementsAre("STRIDED_SLICE"));
  EXPECT_THAT(graph.Run<float>({{0, 1, 2, 3, 4}}), ElementsAre(4, 2, 0));
}

TEST(OnnxMovement, SliceWithAttributesOfAll) {
  LoweredGraph graph(9);
  const ValueId x = graph.Input({2, 3});
  const ValueId y =
      graph.Node("Slice", {x}, {{"starts", Ints{0, 0}}, {"ends", Ints{9, 9}}});
  EXPECT_THAT(graph.Lower(y), IsEmpty());
}

TEST(OnnxMovement, SliceOfMoreAxesThanTheKernelTakes) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 1, 1, 2, 2, 2});
  const ValueId y = graph.Node("Slice", {x, graph.Ints({1}), graph.Ints({9}),
                                         graph.Ints({4}), graph.Ints({1})});
  EXPECT_THAT(graph.Lower(y), ElementsAre("RESHAPE", "SLICE", "RESHAPE"));
  EXPECT_THAT(graph.Run<float>({{0, 1, 2, 3, 4, 5, 6, 7}}),
              ElementsAre(2, 3, 6, 7));
}

TEST(OnnxMovement, GatherOfOneIsASlice) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 3, 1, 2}, ChannelsLast(4));
  const ValueId y =
      graph.Node("Gather", {x, graph.Known(Constant::Of({}, Ints{-1}))},
                 {{"axis", int64_t{1}}});
  EXPECT_THAT(graph.Lower(y), ElementsAre("SLICE", "RESHAPE"));
  EXPECT_EQ(graph.At(y).shape, Shape({1, 1, 2}));
  EXPECT_THAT(graph.Run<float>({{1, 2, 3, 4, 5, 6}}), ElementsAre(3, 6));
}

TEST(OnnxMovement, GatherFindsItsAxis) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 3, 1, 2}, ChannelsLast(4));
  const ValueId y =
      graph.Node("Gather", {x, graph.Ints({2, -3})}, {{"axis", int64_t{1}}});
  EXPECT_THAT(graph.Lower(y), ElementsAre("GATHER"));
  EXPECT_EQ(graph.At(y).layout, ChannelsLast(4));
  EXPECT_THAT(graph.Run<float>({{1, 2, 3, 4, 5, 6}}), ElementsAre(3, 1, 6, 4));
}

TEST(OnnxMovement, GatherNdWithABatch) {
  LoweredGraph graph;
  const ValueId x = graph.Input({2, 2, 1});
  const ValueId y =
      graph.Node("GatherND", {x, graph.Known(Constant::Of({2, 1}, Ints{1, 0}))},
                 {{"batch_dims", int64_t{1}}});
  EXPECT_THAT(graph.Lower(y), ElementsAre("GATHER_ND"));
  EXPECT_THAT(graph.Run<float>({{1, 2, 3, 4}}), ElementsAre(2, 3));
}

TEST(OnnxMovement, GatherElementsByCoordinates) {
  LoweredGraph graph;
  const ValueId x = graph.Input({2, 2});
  const ValueId y = graph.Node(
      "GatherElements", {x, graph.Known(Constant::Of({1, 2}, Ints{1, -2}))},
      {{"axis", int64_t{0}}});
  EXPECT_THAT(graph.Lower(y), ElementsAre("GATHER_ND"));
  EXPECT_THAT(graph.Run<float>({{1, 2, 3, 4}}), ElementsAre(3, 2));
}

TEST(OnnxMovement, PadCutsAndContinues) {
  LoweredGraph graph;
  const ValueId x = graph.Input({3});
  const ValueId y =
      graph.Node("Pad", {x, graph.Ints({-1, 2}), graph.Scalar(9)});
  EXPECT_THAT(graph.Lower(y), ElementsAre("SLICE", "PADV2"));
  EXPECT_THAT(graph.Run<float>({{1, 2, 3}}), ElementsAre(2, 3, 9, 9));

  LoweredGraph edge;
  const ValueId a = edge.Input({2});
  const ValueId b =
      edge.Node("Pad", {a, edge.Ints({2, 1})}, {{"mode", std::string("edge")}});
  edge.Lower(b);
  EXPECT_THAT(edge.Run<float>({{1, 2}}), ElementsAre(1, 1, 1, 2, 2));

  LoweredGraph wrap(19);
  const ValueId c = wrap.Input({3});
  const ValueId d =
      wrap.Node("Pad", {c, wrap.Ints({1, 2})}, {{"mode", std::string("wrap")}});
  wrap.Lower(d);
  EXPECT_THAT(wrap.Run<float>({{1, 2, 3}}), ElementsAre(3, 1, 2, 3, 1, 2));

  LoweredGraph reflect;
  const ValueId e = reflect.Input({3});
  const ValueId f = reflect.Node("Pad", {e, reflect.Ints({2, 1})},
                                 {{"mode", std::string("reflect")}});
  EXPECT_THAT(reflect.Lower(f), ElementsAre("MIRROR_PAD"));
  EXPECT_THAT(reflect.Run<float>({{1, 2, 3}}), ElementsAre(3, 2, 1, 2, 3, 2));
}

TEST(OnnxMovement, PadOfSomeAxes) {
  LoweredGraph graph(18);
  const ValueId x = graph.Input({1, 2});
  const ValueId y =
      graph.Node("Pad", {x, graph.Ints({1, 0}), kNoValue, graph.Ints({-1})});
  EXPECT_THAT(graph.Lower(y), ElementsAre("PAD"));
  EXPECT_EQ(graph.At(y).shape, Shape({1, 3}));
}

TEST(OnnxMovement, TileRepeatsBlocks) {
  LoweredGraph graph;
  const ValueId x = graph.Input({2, 2});
  const ValueId y = graph.Node("Tile", {x, graph.Ints({1, 2})});
  EXPECT_THAT(graph.Lower(y),
              ElementsAre("RESHAPE", "BROADCAST_TO", "RESHAPE"));
  EXPECT_THAT(graph.Run<float>({{1, 2, 3, 4}}),
              ElementsAre(1, 2, 1, 2, 3, 4, 3, 4));
}

TEST(OnnxMovement, DepthAndSpace) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 8, 1, 1}, ChannelsLast(4));
  const ValueId y =
      graph.Node("DepthToSpace", {x},
                 {{"blocksize", int64_t{2}}, {"mode", std::string("CRD")}});
  graph.Lower(y);
  EXPECT_THAT(graph.Run<float>({{0, 1, 2, 3, 4, 5, 6, 7}}),
              ElementsAre(0, 4, 1, 5, 2, 6, 3, 7));
  LoweredGraph back;
  const ValueId a = back.Input({1, 1, 2, 2}, ChannelsLast(4));
  const ValueId b = back.Node("SpaceToDepth", {a}, {{"blocksize", int64_t{2}}});
  EXPECT_THAT(back.Lower(b), ElementsAre("SPACE_TO_DEPTH"));
  EXPECT_EQ(back.At(b).shape, Shape({1, 4, 1, 1}));
}

TEST(OnnxResize, OfNeighboursIsOneOperatorInAnyOrder) {
  for (const Layout& layout : {Canonical(4), ChannelsLast(4)}) {
    for (const char* mode : {"nearest", "linear"}) {
      LoweredGraph graph;
      const ValueId x = graph.Input({1, 1, 2, 2}, layout);
      const ValueId y =
          graph.Node("Resize", {x, kNoValue, graph.Floats({1, 1, 2, 2})},
                     {{"mode", std::string(mode)}});
      const auto names = graph.Lower(y);
      EXPECT_EQ(std::count_if(
                    names.begin(), names.end(),
                    [](const std::string& name) { return name != "RESHAPE"; }),
                1)
          << mode;
      EXPECT_EQ(graph.At(y).layout, layout);
      EXPECT_EQ(graph.At(y).shape, Shape({1, 1, 4, 4}));
    }
  }
}

TEST(OnnxResize, WhatTheKernelsDoNotDoIsATable) {
  LoweredGraph nearest;
  const ValueId x = nearest.Input({1, 1, 1, 2});
  const ValueId y = nearest.Node(
      "Resize", {x, kNoValue, nearest.Floats({1, 1, 1, 2})},
      {{"mode", std::string("nearest")},
       {"nearest_mode", std::string("ceil")},
       {"coordinate_transformation_mode", std::string("asymmetric")}});
  EXPECT_THAT(nearest.Lower(y), ::testing::Contains("GATHER"));
  EXPECT_THAT(nearest.Run<float>({{1, 2}}), ElementsAre(1, 2, 2, 2));

  LoweredGraph symmetric(19);
  const ValueId a = symmetric.Input({1, 1, 1, 2});
  const ValueId b =
      symmetric.Node("Resize", {a, kNoValue, symmetric.Floats({1, 1, 1, 1.5F})},
                     {{"mode", std::string("cubic")}});
  EXPECT_THAT(symmetric.Lower(b), ::testing::Contains("BATCH_MATMUL"));
}

TEST(OnnxResize, KeepsTheAspectRatio) {
  LoweredGraph graph(18);
  const ValueId x = graph.Input({1, 1, 2, 4});
  const ValueId y =
      graph.Node("Resize", {x, kNoValue, kNoValue, graph.Ints({8, 8})},
                 {{"axes", Ints{2, 3}},
                  {"keep_aspect_ratio_policy", std::string("not_larger")}});
  graph.Lower(y);
  EXPECT_EQ(graph.At(y).shape, Shape({1, 1, 4, 8}));
}

TEST(OnnxMovement, Refusals) {
  struct Case {
    const char* op;
    std::vector<Ints> inputs;
    LoweredGraph::Attributes attributes;
    const char* reason;
  };
  constexpr int64_t kLarge = int64_t{1} << 62;
  const std::vector<Case> cases = {
      {"Transpose", {}, {{"perm", Ints{0, 0}}}, "perm"},
      {"Transpose", {}, {{"perm", Ints{kLarge, 0}}}, "perm"},
      {"Slice", {{0}, {1}, {0}, {0}}, {}, "steps is 0"},
      {"Slice", {{0}, {1}, {2}, {1}}, {}, "axis"},
      {"Slice", {{0}, {0}, {0}, {1}}, {}, "no empty tensors"},
      {"Slice", {{0, 0}, {1, 1}, {0, 0}}, {}, "twice"},
      {"Pad", {{1, 2, 3}}, {}, "pads"},
      {"Pad", {{kLarge, 0, 0, 0}}, {}, "too large"},
      {"Pad", {{1 << 30, 1 << 30, 0, 0}}, {}, "more elements"},
      {"Pad", {{-9, 0, 0, 0}}, {}, "no empty tensors"},
      {"Pad", {{2, 0, 0, 0}}, {{"mode", std::string("reflect")}}, "MIRROR_PAD"},
      {"Pad", {{0, 0, 0, 0}}, {{"mode", std::string("?")}}, "mode"},
      {"Tile", {{0, 1}}, {}, "repeats"},
      {"Tile", {{kLarge, 1}}, {}, "repeats"},
      {"Tile", {{1 << 20, 1 << 20}}, {}, "more elements"},
      {"Expand", {{kLarge, kLarge, 1, 1}}, {}, "more elements"},
      {"Expand", {{5}}, {}, "broadcast"},
      {"Gather", {{2, 0}}, {}, "out of range"},
      {"Gather", {{0, 0}}, {{"axis", int64_t{7}}}, "axis"},
      {"Unsqueeze", {{9}}, {}, "axis"},
      {"Unsqueeze", {Ints(100, 0)}, {}, "too many"},
      {"Squeeze", {{0}}, {}, "not 1"},
      {"Split", {{1, 1}}, {}, "one size for each"},
      {"DepthToSpace", {}, {{"blocksize", int64_t{2}}}, "image"},
  };
  for (const Case& item : cases) {
    LoweredGraph graph;
    std::vector<ValueId> inputs = {graph.Input({2, 3})};
    for (const Ints& values : item.inputs) inputs.push_back(graph.Ints(values));
    const ValueId y = graph.Node(item.op, inputs, item.attributes);
    EXPECT_THAT(graph.Lower(y), ElementsAre(HasSubstr(item.reason)))
        << item.op << " " << item.reason;
  }
}

TEST(OnnxMovement, TooFewInputs) {
  for (const OnnxOperator* op : AllOnnxOperators()) {
    LoweredGraph graph;
    const ValueId y = graph.Node(std::string(op->name), {});
    graph.Lower(y);  // Whatever it says.
    LoweredGraph omitted;
    omitted.Lower(
        omitted.Node(std::string(op->name), {kNoValue, kNoValue, kNoValue}));
  }
}

}  // namespace
}  // namespace tinyml::onnx_import
