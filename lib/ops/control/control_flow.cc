// IF, WHILE and CALL_ONCE. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/if.cc, while.cc, call_once.cc; copying: kernel_util.cc.
#include <cstring>

#include "ops/kernel.h"

namespace tinyml::ops {
namespace {

using Views = std::span<const TensorView* const>;

Status Copy(const OpContext& op, const TensorView* from, const TensorView* to) {
  TINYML_REQUIRE(op, from != nullptr && to != nullptr,
                 "an input or output of it or of its subgraph is missing");
  TINYML_REQUIRE(op, !to->IsConstant() || to->bytes.empty(),
                 to->Describe() + " is a constant, and would be written");
  const auto bytes =
      static_cast<size_t>(from->Elements() * TensorTypeBits(from->type) / 8);
  TINYML_REQUIRE(op,
                 from->type == to->type && from->Elements() == to->Elements() &&
                     bytes <= from->bytes.size() && bytes <= to->bytes.size(),
                 from->Describe() + " is copied to " + to->Describe() +
                     ", which differs in size or type");
  if (bytes > 0) std::memmove(to->writable, from->bytes.data(), bytes);
  return {};
}

// Copies inputs from `first` on to those of `subgraph`.
Status CopyInputs(const OpContext& op, int subgraph, int first) {
  const Views inner = op.session().Inputs(subgraph);
  TINYML_REQUIRE(
      op, op.NumInputs() - first == static_cast<int>(inner.size()),
      "subgraph " + std::to_string(subgraph) + " has another number of inputs");
  for (size_t i = 0; i < inner.size(); ++i) {
    TINYML_RETURN_IF_ERROR(
        Copy(op, op.Input(first + static_cast<int>(i)), inner[i]));
  }
  return {};
}

Status CopyOutputsBack(const OpContext& op, int subgraph) {
  const Views inner = op.session().Inputs(subgraph);
  TINYML_REQUIRE(
      op, op.NumOutputs() == static_cast<int>(inner.size()),
      "subgraph " + std::to_string(subgraph) + " has another number of inputs");
  for (size_t i = 0; i < inner.size(); ++i) {
    TINYML_RETURN_IF_ERROR(Copy(op, op.Output(static_cast<int>(i)), inner[i]));
  }
  return {};
}

Status CopyOutputs(const OpContext& op, int subgraph) {
  const Views inner = op.session().Outputs(subgraph);
  TINYML_REQUIRE(op, op.NumOutputs() == static_cast<int>(inner.size()),
                 "subgraph " + std::to_string(subgraph) +
                     " has a different number of outputs");
  for (size_t i = 0; i < inner.size(); ++i) {
    TINYML_RETURN_IF_ERROR(Copy(op, inner[i], op.Output(static_cast<int>(i))));
  }
  return {};
}

Status CheckSubgraph(const OpContext& op, int32_t index) {
  TINYML_REQUIRE(
      op,
      index >= 0 && static_cast<size_t>(index) < op.model().subgraphs.size(),
      "there is no subgraph " + std::to_string(index));
  return {};
}

// The first byte of what a condition subgraph computed, as a bool.
Result<bool> Condition(const OpContext& op, int subgraph) {
  const Views outputs = op.session().Outputs(subgraph);
  TINYML_REQUIRE(op, !outputs.empty() && !outputs[0]->bytes.empty(),
                 "subgraph " + std::to_string(subgraph) + " has no result");
  return outputs[0]->bytes[0] != 0;
}

}  // namespace

Result<Invocation> PrepareIf(OpContext& op) {
  const TensorView* condition = op.Input(0);
  TINYML_REQUIRE(op, condition != nullptr && !condition->bytes.empty(),
                 "its condition is missing");
  const auto& options = op.Options<IfOptions>();
  return [&op, condition, &options]() -> Status {
    const int32_t branch = condition->bytes[0] != 0
                               ? options.then_subgraph_index
                               : options.else_subgraph_index;
    TINYML_RETURN_IF_ERROR(CheckSubgraph(op, branch));
    TINYML_RETURN_IF_ERROR(CopyInputs(op, branch, 1));
    TINYML_RETURN_IF_ERROR(op.session().Run(branch));
    return CopyOutputs(op, branch);
  };
}

Result<Invocation> PrepareWhile(OpContext& op) {
  const auto& options = op.Options<WhileOptions>();
  const int32_t test = options.cond_subgraph_index;
  const int32_t body = options.body_subgraph_index;
  TINYML_RETURN_IF_ERROR(CheckSubgraph(op, test));
  TINYML_RETURN_IF_ERROR(CheckSubgraph(op, body));
  return [&op, test, body]() -> Status {
    Session& session = op.session();
    TINYML_RETURN_IF_ERROR(CopyInputs(op, test, 0));
    for (int i = 0; i < op.NumInputs(); ++i) {
      TINYML_RETURN_IF_ERROR(Copy(op, op.Input(i), op.Output(i)));
    }
    TINYML_RETURN_IF_ERROR(session.Run(test));
    // The runtime would loop for ever, too; here it ends at some point.
    constexpr int64_t kMaxTurns = 10'000'000;
    for (int64_t turn = 0;; ++turn) {
      TINYML_ASSIGN_OR_RETURN(const bool again, Condition(op, test));
      if (!again) return {};
      TINYML_REQUIRE(op, turn < kMaxTurns,
                     "it has looped 10,000,000 times without ending");
      TINYML_RETURN_IF_ERROR(CopyOutputsBack(op, body));
      TINYML_RETURN_IF_ERROR(session.Run(body));
      TINYML_RETURN_IF_ERROR(CopyOutputs(op, body));
      TINYML_RETURN_IF_ERROR(CopyOutputsBack(op, test));
      TINYML_RETURN_IF_ERROR(session.Run(test));
    }
  };
}

Result<Invocation> PrepareCallOnce(OpContext& op) {
  const int32_t index = op.Options<CallOnceOptions>().init_subgraph_index;
  TINYML_RETURN_IF_ERROR(CheckSubgraph(op, index));
  return [&op, index, has_run = false]() mutable -> Status {
    if (has_run) return {};
    TINYML_RETURN_IF_ERROR(op.session().Run(index));
    has_run = true;
    return {};
  };
}

}  // namespace tinyml::ops
