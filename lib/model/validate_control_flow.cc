// The runtime walks control flow by recursion, once for each call: a cycle
// never ends, a chain uses stack, and subgraphs that call others twice take
// time that doubles with each level. All three are refused here, so that no
// later walk needs a guard. Source: tflite-micro 90b983c2b3f1, micro/
// micro_allocation_info.cc, MarkSubgraphLifetimesIfNecessary.
#include <algorithm>
#include <vector>

#include "base/macros.h"
#include "model/subgraph_references.h"
#include "model/validate_internal.h"
#include "tinyml/model.h"

namespace tinyml {
namespace {

constexpr size_t kDeepest = 64;
constexpr int64_t kMostExpandedOperators = int64_t{1} << 22;

struct Call {
  size_t op;
  size_t subgraph;
};

// The runtime reads these operators' options without checking that they exist.
// Source: ibid., and micro/kernels/if.cc, while.cc, call_once.cc, Init.
bool NeedsSubgraphs(BuiltinOperator code) {
  return code == BuiltinOperator::kIf || code == BuiltinOperator::kWhile ||
         code == BuiltinOperator::kCallOnce || code == BuiltinOperator::kCall;
}

Status CollectCalls(const Model& model, size_t subgraph,
                    std::vector<Call>& calls) {
  const auto& operators = model.subgraphs[subgraph].operators;
  for (size_t i = 0; i < operators.size(); ++i) {
    const auto references = SubgraphReferences(operators[i]);
    if (references.empty() &&
        NeedsSubgraphs(model.CodeOf(operators[i]).Code())) {
      return About(model, OperatorId(subgraph, i),
                   Invalid("it has no options, which would say what it calls"));
    }
    for (const SubgraphReference& reference : references) {
      if (reference.subgraph < 0 ||
          reference.subgraph >= static_cast<int64_t>(model.subgraphs.size())) {
        return About(
            model, OperatorId(subgraph, i),
            Invalid("its {} is subgraph {}, which is out of range, the model "
                    "has {} subgraphs",
                    reference.role, reference.subgraph,
                    model.subgraphs.size()));
      }
      calls.push_back({i, static_cast<size_t>(reference.subgraph)});
    }
  }
  return {};
}

// Depth-first over the calls, with its own stack.
class CallWalk {
 public:
  CallWalk(const Model& model, const std::vector<std::vector<Call>>& calls)
      : model_(model),
        calls_(calls),
        state_(calls.size(), State::kNew),
        expanded_(calls.size(), 0),
        height_(calls.size(), 1) {}

  Status From(size_t root) {
    if (state_[root] != State::kNew) return {};
    Enter(root);
    while (!stack_.empty()) {
      Frame& frame = stack_.back();
      if (frame.next == calls_[frame.subgraph].size()) {
        TINYML_RETURN_IF_ERROR(Leave());
        continue;
      }
      const Call& call = calls_[frame.subgraph][frame.next];
      if (state_[call.subgraph] == State::kOpen) {
        return About(
            model_, OperatorId(frame.subgraph, call.op),
            Invalid("it calls subgraph {}, which is already being called; the "
                    "runtime cannot recurse",
                    call.subgraph));
      }
      if (state_[call.subgraph] == State::kNew) {
        Enter(call.subgraph);
        continue;
      }
      ++frame.next;
      expanded_[frame.subgraph] =
          std::min(expanded_[frame.subgraph] + expanded_[call.subgraph],
                   kMostExpandedOperators + 1);
      height_[frame.subgraph] =
          std::max(height_[frame.subgraph], height_[call.subgraph] + 1);
    }
    return {};
  }

 private:
  enum class State : uint8_t { kNew, kOpen, kDone };
  struct Frame {
    size_t subgraph;
    size_t next;  // Index into calls_[subgraph].
  };

  void Enter(size_t subgraph) {
    state_[subgraph] = State::kOpen;
    expanded_[subgraph] =
        static_cast<int64_t>(model_.subgraphs[subgraph].operators.size()) + 1;
    stack_.push_back({subgraph, 0});
  }

  Status Leave() {
    const size_t subgraph = stack_.back().subgraph;
    stack_.pop_back();
    state_[subgraph] = State::kDone;
    if (height_[subgraph] > kDeepest) {
      return Invalid("subgraph {}: its calls nest more than {} deep", subgraph,
                     kDeepest);
    }
    if (!calls_[subgraph].empty() &&
        expanded_[subgraph] > kMostExpandedOperators) {
      return Invalid(
          "subgraph {}: with the subgraphs that it calls, it has more than {} "
          "operators",
          subgraph, kMostExpandedOperators);
    }
    return {};
  }

  const Model& model_;
  const std::vector<std::vector<Call>>& calls_;
  std::vector<State> state_;
  std::vector<int64_t> expanded_;
  std::vector<size_t> height_;
  std::vector<Frame> stack_;
};

}  // namespace

Status ValidateControlFlow(const Model& model) {
  std::vector<std::vector<Call>> calls(model.subgraphs.size());
  for (size_t i = 0; i < model.subgraphs.size(); ++i) {
    TINYML_RETURN_IF_ERROR(CollectCalls(model, i, calls[i]));
  }
  CallWalk walk(model, calls);
  for (size_t i = 0; i < model.subgraphs.size(); ++i) {
    TINYML_RETURN_IF_ERROR(walk.From(i));
  }
  return {};
}

}  // namespace tinyml
