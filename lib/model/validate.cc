// The model as a whole. Tensors, operators and control flow have files of their
// own.
#include <cstring>
#include <unordered_set>

#include "base/macros.h"
#include "model/operator_table.h"
#include "model/validate_internal.h"
#include "tinyml/model.h"

namespace tinyml {
namespace {

constexpr uint32_t kSchemaVersion = 3;

// The memory plan that a compiler made for the arena. Source: tflite-micro
// 90b983c2b3f1, micro/micro_allocation_info.cc, GetOfflinePlannedOffsets: a
// header of three words, the third of which counts the offsets that follow.
constexpr std::string_view kOfflinePlanName = "OfflineMemoryAllocation";
constexpr size_t kOfflinePlanHeadBytes = 12;
constexpr size_t kOfflinePlanCountAt = 8;

Status ValidateOperatorCodes(const Model& model) {
  for (size_t i = 0; i < model.operator_codes.size(); ++i) {
    const OperatorCode& code = model.operator_codes[i];
    if (FindOperator(code.Code()) == nullptr) {
      return Invalid("operator code {}: the format has no operator {}", i,
                     static_cast<int32_t>(code.Code()));
    }
    if (code.Code() == BuiltinOperator::kCustom && code.custom_code.empty()) {
      return Invalid("operator code {}: a custom operator has no name", i);
    }
  }
  return {};
}

Status ValidateOfflinePlan(const Model& model, size_t index,
                           const Metadata& metadata) {
  const auto bytes = model.buffers[metadata.buffer].data.bytes();
  if (bytes.size() < kOfflinePlanHeadBytes) {
    return Invalid(
        "metadata {} ({}): its buffer has {} bytes, a plan has at least {}",
        index, metadata.name, bytes.size(), kOfflinePlanHeadBytes);
  }
  uint32_t count = 0;
  std::memcpy(&count, bytes.data() + kOfflinePlanCountAt, sizeof(count));
  const uint64_t needed = kOfflinePlanHeadBytes + uint64_t{count} * 4;
  if (bytes.size() < needed) {
    return Invalid(
        "metadata {} ({}): its buffer has {} bytes, a plan of {} offsets has "
        "{}",
        index, metadata.name, bytes.size(), count, needed);
  }
  return {};
}

Status ValidateMetadata(const Model& model) {
  const size_t buffers = model.buffers.size();
  for (size_t i = 0; i < model.metadata.size(); ++i) {
    const Metadata& metadata = model.metadata[i];
    if (metadata.buffer >= buffers) {
      return Invalid(
          "metadata {} ({}): buffer {} is out of range, the model has {} "
          "buffers",
          i, Printable(metadata.name), metadata.buffer, buffers);
    }
    if (metadata.name == kOfflinePlanName) {
      TINYML_RETURN_IF_ERROR(ValidateOfflinePlan(model, i, metadata));
    }
  }
  for (size_t i = 0; i < model.metadata_buffer.size(); ++i) {
    const int32_t buffer = model.metadata_buffer[i];
    if (buffer < 0 || static_cast<size_t>(buffer) >= buffers) {
      return Invalid(
          "metadata_buffer entry {}: buffer {} is out of range, the model has "
          "{} buffers",
          i, buffer, buffers);
    }
  }
  return {};
}

Status ValidateSignatures(const Model& model) {
  for (size_t i = 0; i < model.signature_defs.size(); ++i) {
    const SignatureDef& signature = model.signature_defs[i];
    const std::string where =
        fmt::format("signature {} ({})", i, Printable(signature.signature_key));
    if (signature.subgraph_index >= model.subgraphs.size()) {
      return Invalid(
          "{}: subgraph {} is out of range, the model has {} subgraphs", where,
          signature.subgraph_index, model.subgraphs.size());
    }
    const size_t tensors =
        model.subgraphs[signature.subgraph_index].tensors.size();
    for (const auto* maps : {&signature.inputs, &signature.outputs}) {
      for (const TensorMap& map : *maps) {
        if (map.tensor_index < tensors) continue;
        return Invalid(
            "{}: {} {} is tensor {}, which is out of range, subgraph {} has {} "
            "tensors",
            where, maps == &signature.inputs ? "input" : "output",
            Printable(map.name), map.tensor_index, signature.subgraph_index,
            tensors);
      }
    }
  }
  return {};
}

Status ValidateExternalBuffers(const Model& model) {
  std::unordered_set<uint32_t> ids;
  for (size_t i = 0; i < model.external_buffers.size(); ++i) {
    const ExternalBuffer& external = model.external_buffers[i];
    if (external.group >= model.external_buffer_groups.size()) {
      return Invalid(
          "external buffer {}: group {} is out of range, the model has {} "
          "groups",
          i, external.group, model.external_buffer_groups.size());
    }
    ids.insert(external.id);
  }
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    const auto& tensors = model.subgraphs[s].tensors;
    for (size_t t = 0; t < tensors.size(); ++t) {
      const uint32_t id = tensors[t].external_buffer;
      if (id != 0 && !ids.contains(id)) {
        return About(
            model, TensorId(s, t),
            Invalid("the model has no external buffer with id {}", id));
      }
    }
  }
  return {};
}

Status ValidateSubgraphEnds(const Model& model, size_t index) {
  const Subgraph& subgraph = model.subgraphs[index];
  const size_t tensors = subgraph.tensors.size();
  for (const auto* ends : {&subgraph.inputs, &subgraph.outputs}) {
    for (size_t i = 0; i < ends->size(); ++i) {
      const TensorIndex tensor = (*ends)[i];
      if (tensor >= 0 && static_cast<size_t>(tensor) < tensors) continue;
      return Invalid(
          "subgraph {}: {} {} is tensor {}, which is out of range, the "
          "subgraph has {} tensors",
          index, ends == &subgraph.inputs ? "input" : "output", i, tensor,
          tensors);
    }
  }
  return {};
}

}  // namespace

Status ValidateModel(const Model& model) {
  if (model.version != kSchemaVersion) {
    return Invalid("the model has schema version {}, only version {} is read",
                   model.version, kSchemaVersion);
  }
  if (model.subgraphs.empty()) return Invalid("the model has no subgraph");
  TINYML_RETURN_IF_ERROR(ValidateOperatorCodes(model));
  for (size_t i = 0; i < model.subgraphs.size(); ++i) {
    TINYML_RETURN_IF_ERROR(ValidateTensors(model, i));
    TINYML_RETURN_IF_ERROR(ValidateSubgraphEnds(model, i));
    TINYML_RETURN_IF_ERROR(ValidateOperators(model, i));
  }
  TINYML_RETURN_IF_ERROR(ValidateControlFlow(model));
  TINYML_RETURN_IF_ERROR(ValidateMetadata(model));
  TINYML_RETURN_IF_ERROR(ValidateSignatures(model));
  return ValidateExternalBuffers(model);
}

}  // namespace tinyml
