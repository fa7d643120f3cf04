// Scopes and lifetimes of graphs that can be drawn. Scope 0 holds the inputs;
// each operator, and each subgraph that it enters, opens the next.
#include "runtime/arena/lifetimes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Op = BuiltinOperator;

MATCHER_P2(Lives, first, last, "") {
  *result_listener << "lives from " << arg.first_used << " to "
                   << arg.last_used;
  return arg.first_used == first && arg.last_used == last;
}
MATCHER_P2(IsScope, subgraph, index, "") {
  return arg.subgraph == subgraph && arg.index == index;
}

Subgraph Graph(size_t tensors, std::vector<TensorIndex> inputs,
               std::vector<TensorIndex> outputs) {
  Subgraph graph;
  graph.tensors.resize(tensors);
  graph.inputs = std::move(inputs);
  graph.outputs = std::move(outputs);
  return graph;
}

// Adds an operator to subgraph `s`.
void Add(Model& model, size_t s, Op code, std::vector<TensorIndex> inputs,
         std::vector<TensorIndex> outputs, OperatorOptions options = {}) {
  Operator op;
  op.opcode_index = static_cast<uint32_t>(model.operator_codes.size());
  op.inputs = std::move(inputs);
  op.outputs = std::move(outputs);
  op.options = std::move(options);
  model.operator_codes.emplace_back().builtin_code = code;
  model.subgraphs[s].operators.push_back(std::move(op));
}

OperatorOptions If(int32_t yes, int32_t no) {
  return MakeOptions(
      IfOptions{.then_subgraph_index = yes, .else_subgraph_index = no});
}

Lifetimes LifetimesOf(
    const Model& model,
    const std::vector<KernelContext::ScratchRequest>& scratch = {}) {
  const auto lifetimes = ComputeLifetimes(model, scratch);
  EXPECT_TRUE(lifetimes) << lifetimes.error().message;
  return lifetimes.value_or(Lifetimes());
}

// scope   0      1       2
//         0 --> [A] -1-> [B] --> 2
TEST(LifetimesTest, OfAChain) {
  Model model;
  model.subgraphs = {Graph(3, {0}, {2})};
  Add(model, 0, Op::kRelu, {0}, {1});
  Add(model, 0, Op::kRelu, {1}, {2});
  const Lifetimes lifetimes = LifetimesOf(model);
  EXPECT_THAT(lifetimes.scopes,
              ElementsAre(IsScope(0, -1), IsScope(0, 0), IsScope(0, 1)));
  EXPECT_THAT(lifetimes.tensors[0],
              ElementsAre(Lives(0, 1), Lives(1, 2), Lives(2, 2)));
  EXPECT_THAT(lifetimes.scratch, IsEmpty());
}

// The last use counts, and an output of the graph is live to the end:
//
// scope   0      1       2             3
//         0 --> [A] -1-> [B] -2-> [ADD 1, 2] --> 3     outputs 1, 3
TEST(LifetimesTest, OfABranch) {
  Model model;
  model.subgraphs = {Graph(4, {0}, {1, 3})};
  Add(model, 0, Op::kRelu, {0}, {1});
  Add(model, 0, Op::kRelu, {1}, {2});
  Add(model, 0, Op::kAdd, {2, 2}, {3});
  EXPECT_THAT(LifetimesOf(model).tensors[0],
              ElementsAre(Lives(0, 1), Lives(1, 3), Lives(2, 3), Lives(3, 3)));
}

TEST(LifetimesTest, OfTensorsAtTheEdges) {
  Model model;
  // Input 1 is not read, input 2 is an output; nothing writes output 3, nothing
  // uses 4, and nothing reads 5.
  model.subgraphs = {Graph(6, {0, 1, 2}, {2, 3})};
  Add(model, 0, Op::kRelu, {0, kNoTensor}, {5, kNoTensor});
  EXPECT_THAT(LifetimesOf(model).tensors[0],
              ElementsAre(Lives(0, 1), Lives(0, 0), Lives(0, 1), Lives(1, 1),
                          Lives(-1, -1), Lives(1, 1)));
}

// Constants and variables are read without ever being created.
TEST(LifetimesTest, OfWhatNoOperatorWrites) {
  Model model;
  model.subgraphs = {Graph(3, {0}, {2})};
  model.subgraphs[0].tensors[1].is_variable = true;
  Add(model, 0, Op::kAdd, {0, 1}, {2});
  EXPECT_THAT(LifetimesOf(model).tensors[0],
              ElementsAre(Lives(0, 1), Lives(-1, 1), Lives(1, 1)));
}

// scope   1    2        3      4        5
//        [IF] (then 1) [RELU] (else 2) [RELU]  [A] is 6
TEST(LifetimesTest, AnIfLivesAsLongAsBothOfItsSubgraphs) {
  Model model;
  model.subgraphs = {Graph(4, {0, 1}, {3}), Graph(2, {0}, {1}),
                     Graph(2, {0}, {1})};
  Add(model, 0, Op::kIf, {0, 1}, {2}, If(1, 2));
  Add(model, 0, Op::kRelu, {2}, {3});
  Add(model, 1, Op::kRelu, {0}, {1});
  Add(model, 2, Op::kRelu, {0}, {1});
  const Lifetimes lifetimes = LifetimesOf(model);
  EXPECT_THAT(
      lifetimes.scopes,
      ElementsAre(IsScope(0, -1), IsScope(0, 0), IsScope(1, -1), IsScope(1, 0),
                  IsScope(2, -1), IsScope(2, 0), IsScope(0, 1)));
  EXPECT_THAT(lifetimes.tensors[0],
              ElementsAre(Lives(0, 5), Lives(0, 5), Lives(1, 6), Lives(6, 6)));
  EXPECT_THAT(lifetimes.tensors[1], ElementsAre(Lives(2, 3), Lives(3, 3)));
  EXPECT_THAT(lifetimes.tensors[2], ElementsAre(Lives(4, 5), Lives(5, 5)));
}

TEST(LifetimesTest, AWhileEntersItsConditionAndThenItsBody) {
  Model model;
  model.subgraphs = {Graph(2, {0}, {1}), Graph(2, {0}, {1}),
                     Graph(2, {0}, {1})};
  Add(model, 0, Op::kWhile, {0}, {1},
      MakeOptions(
          WhileOptions{.cond_subgraph_index = 2, .body_subgraph_index = 1}));
  Add(model, 1, Op::kRelu, {0}, {1});
  Add(model, 2, Op::kLogicalNot, {0}, {1});
  EXPECT_THAT(LifetimesOf(model).scopes,
              ElementsAre(IsScope(0, -1), IsScope(0, 0), IsScope(2, -1),
                          IsScope(2, 0), IsScope(1, -1), IsScope(1, 0)));
}

TEST(LifetimesTest, ACallOnceEntersItsSubgraph) {
  Model model;
  model.subgraphs = {Graph(0, {}, {}), Graph(1, {}, {})};
  Add(model, 0, Op::kCallOnce, {}, {},
      MakeOptions(CallOnceOptions{.init_subgraph_index = 1}));
  Add(model, 1, Op::kVarHandle, {}, {0});
  const Lifetimes lifetimes = LifetimesOf(model);
  EXPECT_THAT(lifetimes.scopes, ElementsAre(IsScope(0, -1), IsScope(0, 0),
                                            IsScope(1, -1), IsScope(1, 0)));
  EXPECT_THAT(lifetimes.tensors[1], ElementsAre(Lives(3, 3)));
}

// What a subgraph needs is live from its first call to its last.
TEST(LifetimesTest, ASubgraphThatIsCalledTwiceLivesAcrossBothCalls) {
  Model model;
  model.subgraphs = {Graph(3, {0}, {2}), Graph(2, {0}, {1})};
  Add(model, 0, Op::kIf, {0, 0}, {1}, If(1, 1));
  Add(model, 1, Op::kRelu, {0}, {1});
  EXPECT_THAT(LifetimesOf(model).tensors[1],
              ElementsAre(Lives(2, 5), Lives(3, 5)));
}

TEST(LifetimesTest, SubgraphsThatNothingCallsNeverLive) {
  Model model;
  model.subgraphs = {Graph(1, {0}, {0}), Graph(2, {0}, {1})};
  Add(model, 1, Op::kRelu, {0}, {1});
  const Lifetimes lifetimes = LifetimesOf(model, {{.op = {1, 0}, .bytes = 16}});
  EXPECT_THAT(lifetimes.tensors[1], ElementsAre(Lives(-1, -1), Lives(-1, -1)));
  EXPECT_THAT(lifetimes.scratch, ElementsAre(Lives(-1, -1)));
}

// Older files have only the older number of an operator, which the runtime does
// not look at here.
TEST(LifetimesTest, AnIfByItsOldNumberEntersNothing) {
  Model model;
  model.subgraphs = {Graph(2, {0}, {1}), Graph(1, {0}, {0})};
  Add(model, 0, Op::kIf, {0, 0}, {1}, If(1, 1));
  model.operator_codes[0] = {};
  model.operator_codes[0].deprecated_builtin_code =
      static_cast<int8_t>(Op::kIf);
  EXPECT_EQ(LifetimesOf(model).scopes.size(), 2U);
}

TEST(LifetimesTest, ScratchLivesWhileItsOperatorDoes) {
  Model model;
  model.subgraphs = {Graph(3, {0}, {2}), Graph(2, {0}, {1})};
  Add(model, 0, Op::kConv2D, {0}, {1});
  Add(model, 0, Op::kIf, {1, 1}, {2}, If(1, 1));
  Add(model, 1, Op::kRelu, {0}, {1});
  const Lifetimes lifetimes = LifetimesOf(model, {{.op = {0, 0}, .bytes = 16},
                                                  {.op = {0, 0}, .bytes = 32},
                                                  {.op = {0, 1}, .bytes = 16}});
  EXPECT_THAT(lifetimes.scratch,
              ElementsAre(Lives(1, 1), Lives(1, 1), Lives(2, 6)));
}

TEST(LifetimesTest, SubgraphsThatCallEachOtherWithoutEndAreRefused) {
  Model model;
  model.subgraphs = {Graph(1, {0}, {0}), Graph(1, {0}, {0})};
  Add(model, 0, Op::kIf, {0, 0}, {0}, If(1, 1));
  Add(model, 1, Op::kIf, {0, 0}, {0}, If(0, 0));
  const auto lifetimes = ComputeLifetimes(model, {});
  ASSERT_FALSE(lifetimes);
  EXPECT_EQ(lifetimes.error().code, ErrorCode::kUnsupported);
}

// A model with three tensors in two subgraphs, and offline plans of these
// words.
Model WithPlans(const std::vector<std::vector<int32_t>>& plans) {
  Model model;
  model.subgraphs = {Graph(2, {}, {}), Graph(1, {}, {})};
  model.buffers.emplace_back();
  for (const std::vector<int32_t>& words : plans) {
    std::vector<uint8_t> bytes(words.size() * sizeof(int32_t));
    if (!words.empty()) std::memcpy(bytes.data(), words.data(), bytes.size());
    model.metadata.push_back({"OfflineMemoryAllocation",
                              static_cast<uint32_t>(model.buffers.size())});
    model.buffers.emplace_back().data = BufferData(std::move(bytes));
  }
  return model;
}

ErrorCode OfflineFault(const std::vector<int32_t>& words) {
  const auto plan = OfflinePlan(WithPlans({words}));
  EXPECT_FALSE(plan);
  return plan ? ErrorCode::kInternal : plan.error().code;
}

TEST(OfflinePlanTest, IsThereOnlyIfTheModelHasOne) {
  Model model = WithPlans({{1, 0, 3, 0, -1, 64}});
  EXPECT_THAT(**OfflinePlan(model), ElementsAre(0, -1, 64));
  model.metadata[0].name = "min_runtime_version";
  EXPECT_EQ(*OfflinePlan(model), std::nullopt);
}

TEST(OfflinePlanTest, TheLastOneCounts) {
  EXPECT_THAT(
      **OfflinePlan(WithPlans({{1, 0, 3, 0, 0, 0}, {1, 0, 3, 1, 2, 3}})),
      ElementsAre(1, 2, 3));
}

TEST(OfflinePlanTest, WordsAfterItsEndAreIgnored) {
  EXPECT_THAT(**OfflinePlan(WithPlans({{1, 0, 3, 16, 32, 48, 7, 7}})),
              ElementsAre(16, 32, 48));
}

TEST(OfflinePlanTest, NeedsAnOffsetForEachTensorOfAllSubgraphs) {
  EXPECT_EQ(OfflineFault({1, 0, 2, 0, 0}), ErrorCode::kUnsupported);
  EXPECT_EQ(OfflineFault({1, 0, 4, 0, 0, 0, 0}), ErrorCode::kUnsupported);
}

TEST(OfflinePlanTest, HasTheWordsOfWhichItsHeaderSpeaks) {
  EXPECT_EQ(OfflineFault({}), ErrorCode::kInvalid);
  EXPECT_EQ(OfflineFault({1, 0}), ErrorCode::kInvalid);
  EXPECT_EQ(OfflineFault({1, 0, 3, 0, 0}), ErrorCode::kInvalid);
  EXPECT_EQ(OfflineFault({1, 0, -1, 0, 0}), ErrorCode::kInvalid);
}

}  // namespace
}  // namespace tinyml::runtime
