// What is unused: operators, tensors, buffers, operator codes; and equal
// constants, which are stored once.
#include <functional>
#include <string_view>
#include <unordered_map>
#include <variant>

#include "model/operator_table.h"
#include "transform/passes_internal.h"
#include "transform/rewriter.h"

namespace tinyml::transform {
namespace {

// Whether the operator does something besides writing its results.
bool HasEffects(const Model& model, const Subgraph& graph, const Operator& op) {
  const BuiltinOperator code = model.CodeOf(op).Code();
  const OperatorRow* row = FindOperator(code);
  if (code == BuiltinOperator::kCustom || row == nullptr || row->keeps_state ||
      row->kind == OperatorKind::kControl) {
    return true;
  }
  for (const TensorIndex input : op.inputs) {
    if (input != kNoTensor && graph.tensors[input].is_variable) {
      return true;
    }
  }
  return op.outputs.empty();
}

bool RemoveDeadOperators(Model& model, Subgraph& graph) {
  std::vector<bool> read(graph.tensors.size(), false);
  for (const TensorIndex output : graph.outputs) {
    read[output] = true;
  }
  // Writing to a tensor that has been read before it is written, in the order
  // of the operators, happens only for variables.
  std::vector<bool> alive(graph.operators.size(), false);
  size_t count = 0;
  for (size_t i = graph.operators.size(); i-- > 0;) {
    const Operator& op = graph.operators[i];
    bool needed = HasEffects(model, graph, op);
    for (const TensorIndex output : op.outputs) {
      needed |= output != kNoTensor && read[output];
    }
    if (!needed) continue;
    alive[i] = true;
    ++count;
    for (const TensorIndex input : op.inputs) {
      if (input != kNoTensor) read[input] = true;
    }
  }
  if (count == graph.operators.size()) return false;
  std::vector<Operator> kept;
  kept.reserve(count);
  for (size_t i = 0; i < alive.size(); ++i) {
    if (alive[i]) kept.push_back(std::move(graph.operators[i]));
  }
  graph.operators = std::move(kept);
  return true;
}

// The tensors that a quantization names by number.
template <typename Visit>
void ForEachReference(Tensor& tensor, Visit visit) {
  if (!tensor.quantization) return;
  auto& details = tensor.quantization->details;
  if (auto* blockwise = std::get_if<BlockwiseQuantization>(&details)) {
    visit(blockwise->scales);
    visit(blockwise->zero_points);
  } else if (auto* axes = std::get_if<MultiAxisQuantization>(&details)) {
    visit(axes->scales);
    visit(axes->zero_points);
  }
}

bool DropTensors(Model& model, size_t index) {
  Subgraph& graph = model.subgraphs[index];
  std::vector<bool> used(graph.tensors.size(), false);
  const auto mark = [&](TensorIndex tensor) {
    if (tensor >= 0 && static_cast<size_t>(tensor) < used.size()) {
      used[tensor] = true;
    }
  };
  for (const TensorIndex tensor : graph.inputs) mark(tensor);
  for (const TensorIndex tensor : graph.outputs) mark(tensor);
  for (const Operator& op : graph.operators) {
    for (const auto* list : {&op.inputs, &op.outputs, &op.intermediates}) {
      for (const TensorIndex tensor : *list) mark(tensor);
    }
  }
  for (const SignatureDef& signature : model.signature_defs) {
    if (signature.subgraph_index != index) continue;
    for (const auto* maps : {&signature.inputs, &signature.outputs}) {
      for (const TensorMap& map : *maps) {
        mark(static_cast<TensorIndex>(map.tensor_index));
      }
    }
  }
  for (size_t i = 0; i < used.size(); ++i) {
    if (used[i]) ForEachReference(graph.tensors[i], mark);
  }
  std::vector<TensorIndex> number(used.size(), kNoTensor);
  std::vector<Tensor> kept;
  for (size_t i = 0; i < used.size(); ++i) {
    if (!used[i]) continue;
    number[i] = static_cast<TensorIndex>(kept.size());
    kept.push_back(std::move(graph.tensors[i]));
  }
  const bool changed = kept.size() != used.size();
  graph.tensors = std::move(kept);
  if (!changed) return false;
  const auto renumber = [&](TensorIndex& tensor) {
    if (tensor >= 0 && static_cast<size_t>(tensor) < number.size()) {
      tensor = number[tensor];
    }
  };
  for (TensorIndex& tensor : graph.inputs) renumber(tensor);
  for (TensorIndex& tensor : graph.outputs) renumber(tensor);
  for (Operator& op : graph.operators) {
    for (auto* list : {&op.inputs, &op.outputs, &op.intermediates}) {
      for (TensorIndex& tensor : *list) renumber(tensor);
    }
  }
  for (Tensor& tensor : graph.tensors) ForEachReference(tensor, renumber);
  for (SignatureDef& signature : model.signature_defs) {
    if (signature.subgraph_index != index) continue;
    for (auto* maps : {&signature.inputs, &signature.outputs}) {
      for (TensorMap& map : *maps) {
        map.tensor_index = static_cast<uint32_t>(number[map.tensor_index]);
      }
    }
  }
  return true;
}

// Calls `visit` with every number of a buffer.
template <typename Visit>
void ForEachBuffer(Model& model, Visit visit) {
  for (Subgraph& graph : model.subgraphs) {
    for (Tensor& tensor : graph.tensors) visit(tensor.buffer);
  }
  for (Metadata& metadata : model.metadata) visit(metadata.buffer);
}

bool DropBuffers(Model& model) {
  constexpr uint32_t kUnused = UINT32_MAX;
  std::vector<bool> used(model.buffers.size(), false);
  if (!used.empty()) used[0] = true;
  ForEachBuffer(model, [&](uint32_t& buffer) { used[buffer] = true; });
  for (const int32_t buffer : model.metadata_buffer) {
    // An old field, of indices: leave such a model's buffers as they are.
    if (buffer >= 0) return false;
  }
  std::vector<uint32_t> number(used.size(), kUnused);
  std::vector<Buffer> kept;
  for (size_t i = 0; i < used.size(); ++i) {
    if (!used[i]) continue;
    number[i] = static_cast<uint32_t>(kept.size());
    kept.push_back(std::move(model.buffers[i]));
  }
  const bool changed = kept.size() != used.size();
  model.buffers = std::move(kept);
  if (!changed) return false;
  ForEachBuffer(model, [&](uint32_t& buffer) { buffer = number[buffer]; });
  return true;
}

bool DropOperatorCodes(Model& model) {
  std::vector<uint32_t> number(model.operator_codes.size(), UINT32_MAX);
  std::vector<OperatorCode> kept;
  for (Subgraph& graph : model.subgraphs) {
    for (const Operator& op : graph.operators) number[op.opcode_index] = 0;
  }
  for (size_t i = 0; i < number.size(); ++i) {
    if (number[i] == UINT32_MAX) continue;
    number[i] = static_cast<uint32_t>(kept.size());
    kept.push_back(std::move(model.operator_codes[i]));
  }
  const bool changed = kept.size() != number.size();
  model.operator_codes = std::move(kept);
  if (!changed) return false;
  for (Subgraph& graph : model.subgraphs) {
    for (Operator& op : graph.operators) {
      op.opcode_index = number[op.opcode_index];
    }
  }
  return true;
}

}  // namespace

Result<bool> RemoveDeadOperators(Model& model) {
  bool changed = false;
  for (Subgraph& graph : model.subgraphs) {
    changed |= RemoveDeadOperators(model, graph);
  }
  return changed;
}

Result<bool> ShareBuffers(Model& model) {
  std::unordered_map<std::string_view, uint32_t> first;
  std::vector<uint32_t> number(model.buffers.size());
  for (size_t i = 0; i < model.buffers.size(); ++i) {
    number[i] = static_cast<uint32_t>(i);
    const auto bytes = model.buffers[i].data.bytes();
    if (bytes.empty()) continue;
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()),
                                bytes.size());
    number[i] = first.emplace(text, number[i]).first->second;
  }
  bool changed = false;
  for (Subgraph& graph : model.subgraphs) {
    for (Tensor& tensor : graph.tensors) {
      changed |= number[tensor.buffer] != tensor.buffer;
      tensor.buffer = number[tensor.buffer];
    }
  }
  return changed;
}

Result<bool> RemoveUnused(Model& model) {
  bool changed = false;
  for (size_t i = 0; i < model.subgraphs.size(); ++i) {
    changed |= DropTensors(model, i);
  }
  changed |= DropBuffers(model);
  changed |= DropOperatorCodes(model);
  return changed;
}

}  // namespace tinyml::transform
