// The words of reports: shares of a baseline from any earlier version are found
// by them.
#include "analysis/share_names.h"

#include <gtest/gtest.h>

#include <iterator>
#include <utility>

namespace tinyml::analysis {
namespace {

using Kind = ArenaShareKind;

TEST(ShareNames, AreThoseThatReportsHave) {
  const std::pair<Kind, const char*> names[] = {
      {Kind::kHead, "tensors and scratch buffers (head)"},
      {Kind::kRuntimeObjects, "interpreter and allocator objects"},
      {Kind::kResourceTable, "resource variable table"},
      {Kind::kEvalTensors, "TfLiteEvalTensor of every tensor"},
      {Kind::kNodes, "node and registration of every operator"},
      {Kind::kOperatorParameters, "operator parameters"},
      {Kind::kOperatorData, "operator data (Init and Prepare)"},
      {Kind::kVariableTensors, "variable tensors"},
      {Kind::kScratchHandles, "scratch buffer handles"},
      {Kind::kIoTensors, "TfLiteTensor of inputs and outputs"},
      {Kind::kTailAlignment, "alignment between them"},
      {Kind::kLiveTensors, "tensors where the arena is fullest"},
      {Kind::kGraphInputs, "inputs of the model and its subgraphs"},
      {Kind::kGaps, "gaps between buffers in the plan"},
      {Kind::kTemporaries, "temporary memory of the allocation"},
      {Kind::kAllObjects, "interpreter, tensor and operator objects"},
      {Kind::kRounding, "alignment and rounding"}};
  EXPECT_EQ(std::size(names), static_cast<size_t>(Kind::kOther));
  for (const auto& [kind, name] : names) {
    EXPECT_EQ(ArenaShareName(kind), name);
    EXPECT_EQ(FindShare(name), (ArenaShareId{kind, {}}));
  }
}

TEST(ShareNames, AnUnknownShareKeepsItsName) {
  const ArenaShareId share = FindShare("operator parameter");
  EXPECT_EQ(share.kind, Kind::kOther);
  EXPECT_EQ(share.Name(), "operator parameter");
  EXPECT_NE(share, FindShare("operator parameters"));
}

TEST(PhaseNames, AreThoseThatReportsHave) {
  EXPECT_EQ(ArenaPhaseName(ArenaPhase::kConstructor), "constructor");
  EXPECT_EQ(ArenaPhaseName(ArenaPhase::kBuiltinData), "builtin_data");
  EXPECT_EQ(ArenaPhaseName(ArenaPhase::kFinishPrepare), "finish_prepare");
  EXPECT_EQ(ArenaPhaseName(ArenaPhase::kPlan), "plan");
  EXPECT_EQ(ArenaPhaseName(ArenaPhase::kIoTensors), "io_tensors");
}

}  // namespace
}  // namespace tinyml::analysis
