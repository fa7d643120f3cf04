#include "model/subgraph_references.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tinyml/options.h"

namespace tinyml {
namespace {

// The references of an operator with these options: "loop body 2, ...".
std::string References(OperatorOptions options, bool second_union = false) {
  Operator op;
  (second_union ? op.options_2 : op.options) = std::move(options);
  std::string text;
  for (const SubgraphReference& reference : SubgraphReferences(op)) {
    if (!text.empty()) text += ", ";
    text +=
        std::string(reference.role) + " " + std::to_string(reference.subgraph);
  }
  return text;
}

TEST(SubgraphReferencesTest, OfEachOperatorThatCalls) {
  EXPECT_EQ(References(MakeOptions(
                IfOptions{.then_subgraph_index = 1, .else_subgraph_index = 2})),
            "then branch 1, else branch 2");
  EXPECT_EQ(References(MakeOptions(WhileOptions{.cond_subgraph_index = 3,
                                                .body_subgraph_index = 4})),
            "loop condition 3, loop body 4");
  EXPECT_EQ(References(MakeOptions(CallOnceOptions{.init_subgraph_index = 5})),
            "initialisation 5");
  EXPECT_EQ(References(MakeOptions(CallOptions{.subgraph = 6})),
            "called subgraph 6");
}

TEST(SubgraphReferencesTest, OfStableHlo) {
  EXPECT_EQ(References(MakeOptions(StablehloWhileOptions{
                           .cond_subgraph_index = 1, .body_subgraph_index = 2}),
                       true),
            "loop condition 1, loop body 2");
  StablehloCaseOptions branches;
  branches.branch_subgraph_indices = {3, 1};
  EXPECT_EQ(References(MakeOptions(branches), true), "branch 3, branch 1");
  StableHLOCompositeOptions composite;
  composite.decomposition_subgraph_index = 7;
  EXPECT_EQ(References(MakeOptions(composite), true), "decomposition 7");
}

TEST(SubgraphReferencesTest, OfOthersAreNone) {
  EXPECT_EQ(References({}), "");
  EXPECT_EQ(References(MakeOptions(SoftmaxOptions{})), "");
}

}  // namespace
}  // namespace tinyml
