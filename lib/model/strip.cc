#include "model/strip.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace tinyml {
namespace {

bool RuntimeReads(const Metadata& metadata) {
  return metadata.name == kOfflinePlanMetadata ||
         metadata.name == kCompressionMetadata;
}

bool IsCompressed(const Model& model) {
  return std::ranges::any_of(model.metadata, [](const Metadata& metadata) {
    return metadata.name == kCompressionMetadata;
  });
}

// Keeps scales and zero points, the channel axis, and block-wise parameters,
// which refer to tensors.
void StripQuantization(std::optional<Quantization>& quantization) {
  if (!quantization.has_value()) return;
  quantization->min.clear();
  quantization->max.clear();
  if (std::holds_alternative<CustomQuantization>(quantization->details)) {
    quantization->details = std::monostate();
  }
  const bool says_nothing =
      quantization->scale.empty() && quantization->zero_point.empty() &&
      std::holds_alternative<std::monostate>(quantization->details);
  if (says_nothing) quantization.reset();
}

// Sparsity stays: the tensor's bytes are meaningless without it.
void StripTensor(Tensor& tensor) {
  tensor.name.clear();
  tensor.shape_signature.clear();
  tensor.has_rank = false;
  tensor.variant_tensors.clear();
  StripQuantization(tensor.quantization);
}

void StripSubgraph(Subgraph& subgraph) {
  subgraph.name.clear();
  subgraph.debug_metadata_index = -1;
  for (Tensor& tensor : subgraph.tensors) StripTensor(tensor);
  for (Operator& op : subgraph.operators) {
    op.mutating_variable_inputs.clear();
    op.debug_metadata_index = -1;
  }
}

// External data stays only if a tensor refers to it.
void StripExternalBuffers(Model& model) {
  for (const Subgraph& subgraph : model.subgraphs) {
    for (const Tensor& tensor : subgraph.tensors) {
      if (tensor.external_buffer != 0) return;
    }
  }
  model.external_buffers.clear();
  model.external_buffer_groups.clear();
}

void DropUnusedOperatorCodes(Model& model) {
  constexpr uint32_t kUnused = UINT32_MAX;
  std::vector<uint32_t> renumbered(model.operator_codes.size(), kUnused);
  for (const Subgraph& subgraph : model.subgraphs) {
    for (const Operator& op : subgraph.operators) {
      renumbered[op.opcode_index] = 0;
    }
  }
  std::vector<OperatorCode> used;
  for (size_t i = 0; i < renumbered.size(); ++i) {
    if (renumbered[i] == kUnused) continue;
    renumbered[i] = static_cast<uint32_t>(used.size());
    used.push_back(std::move(model.operator_codes[i]));
  }
  model.operator_codes = std::move(used);
  for (Subgraph& subgraph : model.subgraphs) {
    for (Operator& op : subgraph.operators) {
      op.opcode_index = renumbered[op.opcode_index];
    }
  }
}

// Every reference to an empty buffer becomes one to buffer 0, which is empty by
// the format's rule; the runtime treats both as "no constant data".
void DropUnusedBuffers(Model& model) {
  constexpr uint32_t kUnused = UINT32_MAX;
  std::vector<uint32_t> renumbered(model.buffers.size(), kUnused);
  std::vector<Buffer> used(1);
  const auto renumber = [&](uint32_t buffer) {
    if (model.buffers[buffer].data.empty()) return uint32_t{0};
    if (renumbered[buffer] == kUnused) {
      renumbered[buffer] = static_cast<uint32_t>(used.size());
      used.push_back(model.buffers[buffer]);
    }
    return renumbered[buffer];
  };
  for (Subgraph& subgraph : model.subgraphs) {
    for (Tensor& tensor : subgraph.tensors) {
      tensor.buffer = renumber(tensor.buffer);
    }
  }
  for (Metadata& metadata : model.metadata) {
    metadata.buffer = renumber(metadata.buffer);
  }
  model.buffers = std::move(used);
}

}  // namespace

Model StripModel(const Model& model) {
  Model stripped = model;
  stripped.description.clear();
  stripped.signature_defs.clear();
  stripped.metadata_buffer.clear();
  std::erase_if(stripped.metadata, [](const Metadata& metadata) {
    return !RuntimeReads(metadata);
  });
  for (Subgraph& subgraph : stripped.subgraphs) StripSubgraph(subgraph);
  StripExternalBuffers(stripped);
  DropUnusedOperatorCodes(stripped);
  // The compression metadata refers to buffers by number, inside its own bytes.
  if (!IsCompressed(stripped)) DropUnusedBuffers(stripped);
  return stripped;
}

}  // namespace tinyml
