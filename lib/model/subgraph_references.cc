#include "model/subgraph_references.h"

#include <iterator>

#include "tinyml/options.h"

namespace tinyml {
namespace {

void AddAll(const std::vector<int32_t>& subgraphs, std::string_view role,
            std::vector<SubgraphReference>& references) {
  for (int32_t subgraph : subgraphs) references.push_back({role, subgraph});
}

std::vector<SubgraphReference> References2(const OperatorOptions& options) {
  std::vector<SubgraphReference> out;
  if (const auto* o = options.As<StablehloWhileOptions>()) {
    out = {{"loop condition", o->cond_subgraph_index},
           {"loop body", o->body_subgraph_index}};
  } else if (const auto* o = options.As<StablehloCaseOptions>()) {
    AddAll(o->branch_subgraph_indices, "branch", out);
  } else if (const auto* o = options.As<StablehloReduceOptions>()) {
    out = {{"body", o->body_subgraph_index}};
  } else if (const auto* o = options.As<StablehloReduceWindowOptions>()) {
    out = {{"body", o->body_subgraph_index}};
  } else if (const auto* o = options.As<StablehloSortOptions>()) {
    out = {{"comparator", o->comparator_subgraph_index}};
  } else if (const auto* o = options.As<StablehloScatterOptions>()) {
    out = {{"update computation", o->update_computation_subgraph_index}};
  } else if (const auto* o = options.As<StablehloCustomCallOptions>()) {
    AddAll(o->called_computations, "called computation", out);
  } else if (const auto* o = options.As<StableHLOCompositeOptions>()) {
    out = {{"decomposition", o->decomposition_subgraph_index}};
  }
  return out;
}

}  // namespace

std::vector<SubgraphReference> SubgraphReferences(const Operator& op) {
  if (op.options_2.has_value()) return References2(op.options_2);
  if (const auto* o = op.options.As<IfOptions>()) {
    return {{"then branch", o->then_subgraph_index},
            {"else branch", o->else_subgraph_index}};
  }
  if (const auto* o = op.options.As<WhileOptions>()) {
    return {{"loop condition", o->cond_subgraph_index},
            {"loop body", o->body_subgraph_index}};
  }
  if (const auto* o = op.options.As<CallOnceOptions>()) {
    return {{"initialisation", o->init_subgraph_index}};
  }
  if (const auto* o = op.options.As<CallOptions>()) {
    return {{"called subgraph", o->subgraph}};
  }
  return {};
}

std::vector<int> EnteredSubgraphs(const Model& model, const Operator& op) {
  const BuiltinOperator code = model.CodeOf(op).builtin_code;
  if (code != BuiltinOperator::kIf && code != BuiltinOperator::kWhile &&
      code != BuiltinOperator::kCallOnce) {
    return {};
  }
  std::vector<int> entered;
  for (const SubgraphReference& reference : SubgraphReferences(op)) {
    if (reference.subgraph >= 0 &&
        reference.subgraph < std::ssize(model.subgraphs)) {
      entered.push_back(static_cast<int>(reference.subgraph));
    }
  }
  return entered;
}

}  // namespace tinyml
