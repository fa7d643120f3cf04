// The pass over the nodes of a graph, and of the bodies in it.
#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/macros.h"
#include "base/text.h"
#include "formats/onnx/fold.h"
#include "formats/onnx/lowering.h"

namespace tinyml::onnx_import {
namespace {

// As many as a reader takes in.
std::string Listed(const std::vector<std::string>& items,
                   std::string_view separator) {
  constexpr size_t kShown = 50;
  std::string text;
  for (size_t i = 0; i < std::min(kShown, items.size()); ++i) {
    text += (i > 0 ? std::string(separator) : "") + items[i];
  }
  if (items.size() > kShown) {
    text += " and " + std::to_string(items.size() - kShown) + " more";
  }
  return text;
}

}  // namespace

std::string NotSupported(const std::vector<std::string>& names) {
  return "these operators are not supported: " + Listed(names, ", ");
}

Status Lowering::LowerNodes() {
  TINYML_RETURN_IF_ERROR(LowerEach());
  current_ = nullptr;
  if (unknown_.empty() && refused_.empty()) return {};
  std::string message = unknown_.empty() ? "" : NotSupported(unknown_);
  if (!unknown_.empty() && !refused_.empty()) message += "; and ";
  return Fail(ErrorCode::kUnsupported, message + Listed(refused_, "; "));
}

Status Lowering::LowerEach() {
  for (const Node& node : graph_->nodes) {
    current_ = &node;
    const bool behind_refused = std::any_of(
        node.inputs.begin(), node.inputs.end(),
        [&](ValueId id) { return id != kNoValue && At(id).refused; });
    bool refused = behind_refused;
    if (FindOnnxOperator(node.domain, node.op_type) == nullptr) {
      refused = true;
      unknown_.push_back(Describe(*graph_, node));
    } else if (!behind_refused) {
      if (const Status lowered = LowerOne(node); !lowered) {
        const Error& error = lowered.error();
        if (error.code != ErrorCode::kUnsupported) return lowered;
        refused = true;
        if (!std::exchange(body_refused_, false)) {
          refused_.push_back(error.reason_at > 0 ? error.message
                                                 : Describe(*graph_, node) +
                                                       ": " + error.message);
        }
      }
    }
    if (!refused) continue;
    for (const ValueId id : node.outputs) {
      if (id != kNoValue) Slot(id).refused = true;
    }
  }
  return {};
}

Status Lowering::LowerOne(const Node& node) {
  for (const ValueId id : node.inputs) {
    if (id != kNoValue && !At(id).defined) {
      return Refuse(node, "its input '" + Printable(graph_->values[id].name) +
                              "' is a result that is not supported");
    }
  }
  TINYML_ASSIGN_OR_RETURN(const bool folded, Fold(*this, node));
  if (folded) return {};
  return FindOnnxOperator(node.domain, node.op_type)->lower(*this, node);
}

Result<std::vector<Lowered>> Lowering::LowerBody(const Graph& body) {
  // The body has values of its own; those of this graph that it reads are
  // found by name.
  std::unordered_map<std::string_view, size_t> names;
  for (size_t i = 0; i < graph_->values.size(); ++i) {
    names.emplace(graph_->values[i].name, i);
  }
  std::vector<Lowered> inner(body.values.size());
  for (size_t i = 0; i < body.values.size(); ++i) {
    if (body.values[i].constant) {
      Lowered& value = inner[i];
      value.defined = true;
      value.constant = body.values[i].constant;
      value.type = value.constant->type;
      value.shape = value.constant->shape;
      value.layout = Canonical(value.shape.size());
    }
  }
  for (const ValueId id : body.captured) {
    const auto& name = body.values[id].name;
    const auto found = names.find(name);
    if (found != names.end() && values_[found->second].refused) {
      inner[id].refused = true;
      continue;
    }
    if (found == names.end() || !values_[found->second].defined) {
      return Fail(ErrorCode::kInvalid, "a branch reads '" + Printable(name) +
                                           "', which nothing writes");
    }
    // Its source has another number in the body.
    TINYML_RETURN_IF_ERROR(Settle(static_cast<ValueId>(found->second)));
    inner[id] = values_[found->second];
  }
  const Graph* const outer_graph = graph_;
  const Node* const outer_node = current_;
  std::vector<Lowered> outer_values = std::move(values_);
  graph_ = &body;
  values_ = std::move(inner);
  Status lowered = LowerEach();
  std::vector<Lowered> outputs;
  for (const ValueId id : body.outputs) {
    if (lowered && At(id).refused) {
      // Said of the node that makes it.
      body_refused_ = true;
      lowered = Fail(ErrorCode::kUnsupported, "a branch is not supported");
    }
    if (lowered) lowered = Settle(id);
    outputs.push_back(At(id));
  }
  graph_ = outer_graph;
  values_ = std::move(outer_values);
  current_ = outer_node;
  if (!lowered) return Fail(lowered.error());
  return outputs;
}

}  // namespace tinyml::onnx_import
