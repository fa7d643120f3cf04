// What is reported about a model that cannot be imported: everything at once.
#include <gmock/gmock.h>

#include <memory>
#include <string>

#include "tests/formats/onnx/lowered_graph.h"

namespace tinyml::onnx_import {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// A branch whose one node reads the value `name` of the graph around it.
std::shared_ptr<Graph> Branch(const std::string& op, const std::string& name) {
  auto graph = std::make_shared<Graph>();
  graph->opset = 18;
  graph->values.resize(2);
  graph->values[0].name = name;
  graph->values[1].name = "inside";
  graph->captured = {0};
  Node& node = graph->nodes.emplace_back();
  node.op_type = op;
  node.name = "in_branch";
  node.inputs = {0};
  node.outputs = {1};
  graph->outputs = {1};
  return graph;
}

TEST(OnnxRefusals, NameEveryNodeAtFault) {
  LoweredGraph graph;
  const ValueId x = graph.Input({2, 3});
  const ValueId a = graph.Node("Imagined", {x});
  const ValueId b = graph.Node("Relu", {a});  // After it: no fault of its own.
  const ValueId c = graph.Node("Gelu", {graph.Node("Det", {b})});
  const ValueId d = graph.Node("Reshape", {x, graph.Ints({7})});
  const ValueId y = graph.Node("Sum", {c, d});
  const auto said = graph.Lower(y);
  EXPECT_THAT(said, ElementsAre(AllOf(
                        HasSubstr("not supported: node 'v1' (Imagined), "
                                  "node 'v3' (Det); and node 'v6' (Reshape): "),
                        Not(HasSubstr("Relu")), Not(HasSubstr("Sum")))));
}

TEST(OnnxRefusals, LookOnlyAtTheBranchThatIsTaken) {
  for (const bool taken : {false, true}) {
    LoweredGraph graph;
    const ValueId x = graph.Input({2, 3});
    const ValueId condition =
        graph.Known(Constant::OfType(TensorType::kBool, {}, {taken ? 1 : 0}));
    const ValueId y = graph.Node("If", {condition},
                                 {{"then_branch", Branch("Imagined", "v0")},
                                  {"else_branch", Branch("Relu", "v0")}});
    ASSERT_EQ(x, 0);
    if (taken) {
      EXPECT_THAT(
          graph.Lower(y),
          ElementsAre("these operators are not supported: node 'in_branch' "
                      "(Imagined)"));
    } else {
      EXPECT_THAT(graph.Lower(y), ElementsAre("RELU"));
    }
  }
}

TEST(OnnxRefusals, DoNotFollowWhatWasRefusedIntoABranch) {
  LoweredGraph graph;
  graph.Input({2, 3});
  graph.Node("Imagined", {0});
  const ValueId condition =
      graph.Known(Constant::OfType(TensorType::kBool, {}, {1}));
  const ValueId y = graph.Node("If", {condition},
                               {{"then_branch", Branch("Relu", "v1")},
                                {"else_branch", Branch("Relu", "v1")}});
  EXPECT_THAT(graph.Lower(y),
              ElementsAre("these operators are not supported: node 'v1' "
                          "(Imagined)"));
}

}  // namespace
}  // namespace tinyml::onnx_import
