#include "analysis/share_names.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>

namespace tinyml {
namespace {

// By enumerator. Reports contain these words: a comparison with an earlier
// report finds its shares by them.
constexpr std::string_view kShareNames[] = {
    "tensors and scratch buffers (head)",
    "interpreter and allocator objects",
    "resource variable table",
    "TfLiteEvalTensor of every tensor",
    "node and registration of every operator",
    "operator parameters",
    "operator data (Init and Prepare)",
    "variable tensors",
    "scratch buffer handles",
    "TfLiteTensor of inputs and outputs",
    "alignment between them",
    "tensors where the arena is fullest",
    "inputs of the model and its subgraphs",
    "gaps between buffers in the plan",
    "temporary memory of the allocation",
    "interpreter, tensor and operator objects",
    "alignment and rounding",
};
static_assert(std::size(kShareNames) ==
              static_cast<size_t>(ArenaShareKind::kOther));

constexpr std::string_view kPhaseNames[] = {
    "constructor",    "resource_variables",
    "start_model",    "eval_tensors",
    "nodes",          "builtin_data",
    "init",           "prepare",
    "finish_prepare", "plan",
    "io_tensors",
};
static_assert(std::size(kPhaseNames) ==
              static_cast<size_t>(ArenaPhase::kIoTensors) + 1);

}  // namespace

std::string_view ArenaPhaseName(ArenaPhase phase) {
  return kPhaseNames[static_cast<size_t>(phase)];
}

std::string_view ArenaShareName(ArenaShareKind kind) {
  return kind == ArenaShareKind::kOther
             ? std::string_view()
             : kShareNames[static_cast<size_t>(kind)];
}

ArenaShareId analysis::FindShare(std::string_view name) {
  const auto* found = std::ranges::find(kShareNames, name);
  if (found == std::end(kShareNames)) {
    return {ArenaShareKind::kOther, std::string(name)};
  }
  return {static_cast<ArenaShareKind>(found - kShareNames), {}};
}

}  // namespace tinyml
