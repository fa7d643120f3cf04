#include "tinyml/inspect.h"

#include <set>

#include "analysis/alike_targets.h"
#include "model/operator_table.h"
#include "ops/macs.h"
#include "runtime/simulate.h"

namespace tinyml {
namespace {

bool IsInteger(TensorType type) {
  return type == TensorType::kInt8 || type == TensorType::kInt16 ||
         type == TensorType::kUInt8 || type == TensorType::kInt4;
}

// Whether it multiplies by weights, its second input.
bool HasWeights(BuiltinOperator code) {
  const OperatorRow* row = FindOperator(code);
  return row != nullptr && row->macs != MacFormula::kNone;
}

ModelKind KindOf(const Model& model) {
  bool float_activations = false;
  bool integer_activations = false;
  bool hybrid = false;
  for (const Subgraph& subgraph : model.subgraphs) {
    for (const Operator& op : subgraph.operators) {
      const BuiltinOperator code = model.CodeOf(op).Code();
      if (op.outputs.empty() || op.outputs[0] < 0) continue;
      const auto type_of = [&](TensorIndex index) {
        return subgraph.tensors[index].type;
      };
      const TensorType output = type_of(op.outputs[0]);
      const bool conversion = code == BuiltinOperator::kQuantize ||
                              code == BuiltinOperator::kDequantize;
      if (!conversion && output == TensorType::kFloat32) {
        float_activations = true;
      }
      if (!conversion && IsInteger(output)) integer_activations = true;
      if (HasWeights(code) && op.inputs.size() > 1 && op.inputs[1] >= 0 &&
          output == TensorType::kFloat32 && IsInteger(type_of(op.inputs[1]))) {
        hybrid = true;
      }
    }
  }
  if (hybrid) return ModelKind::kHybrid;
  if (float_activations && integer_activations) return ModelKind::kMixed;
  return integer_activations ? ModelKind::kInteger : ModelKind::kFloat;
}

InspectedTensor InspectTensor(const Model& model, int subgraph, size_t index) {
  const Tensor& tensor = model.subgraphs[subgraph].tensors[index];
  InspectedTensor result;
  result.subgraph = subgraph;
  result.index = static_cast<TensorIndex>(index);
  result.name = tensor.name;
  result.type = tensor.type;
  result.shape = tensor.shape;
  if (tensor.quantization) {
    result.scales = tensor.quantization->scale;
    result.zero_points = tensor.quantization->zero_point;
    result.quantized_dimension = tensor.quantization->quantized_dimension;
  }
  result.constant_bytes = static_cast<int64_t>(model.DataOf(tensor).size());
  result.is_variable = tensor.is_variable;
  return result;
}

InspectedOperator InspectOperator(const Model& model, int subgraph_index,
                                  size_t index) {
  const Subgraph& subgraph = model.subgraphs[subgraph_index];
  const Operator& op = subgraph.operators[index];
  InspectedOperator result;
  result.id = {subgraph_index, index};
  result.name = OperatorName(model, op);
  result.version = model.CodeOf(op).version;
  result.inputs = op.inputs;
  result.outputs = op.outputs;
  result.macs = CountMacs(model, subgraph, op);
  for (TensorIndex input : op.inputs) {
    if (input < 0) continue;
    result.weight_bytes +=
        static_cast<int64_t>(model.DataOf(subgraph.tensors[input]).size());
  }
  return result;
}

void CountWeights(const Model& model, Inspection* inspection) {
  std::set<uint32_t> seen;
  for (const Subgraph& subgraph : model.subgraphs) {
    for (const Tensor& tensor : subgraph.tensors) {
      const auto bytes = static_cast<int64_t>(model.DataOf(tensor).size());
      if (bytes == 0 || !seen.insert(tensor.buffer).second) continue;
      inspection->weight_bytes += bytes;
      inspection->weight_count += ElementCount(tensor.shape).value_or(0);
    }
  }
}

}  // namespace

Inspection Inspect(const Model& model, const std::vector<Target>& targets) {
  Inspection result;
  result.format_version = model.version;
  result.description = model.description;
  result.kind = KindOf(model);
  result.subgraphs = static_cast<int>(model.subgraphs.size());
  result.inputs = model.subgraphs[0].inputs;
  result.outputs = model.subgraphs[0].outputs;
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    const Subgraph& subgraph = model.subgraphs[s];
    for (size_t i = 0; i < subgraph.tensors.size(); ++i) {
      result.tensors.push_back(InspectTensor(model, static_cast<int>(s), i));
    }
    for (size_t i = 0; i < subgraph.operators.size(); ++i) {
      result.operators.push_back(
          InspectOperator(model, static_cast<int>(s), i));
      result.macs += result.operators.back().macs;
    }
  }
  CountWeights(model, &result);
  for (const Metadata& metadata : model.metadata) {
    result.metadata.push_back(metadata.name);
  }
  for (const SignatureDef& signature : model.signature_defs) {
    result.signatures.push_back(signature.signature_key);
  }
  result.resource_variables = runtime::CountResourceVariables(model);
  const auto reports = analysis::SizeArenas(model, targets);
  for (size_t i = 0; i < targets.size(); ++i) {
    TargetVerdict& verdict = result.targets.emplace_back();
    verdict.target = targets[i].info().name;
    verdict.distribution_title = targets[i].info().distribution_title;
    if (const auto& report = reports[i]) {
      verdict.required_arena_bytes = report->DeclareBytes();
      verdict.warnings = report->warnings;
      verdict.hazards = report->hazards;
    } else {
      verdict.refusal = report.error().message;
    }
  }
  return result;
}

}  // namespace tinyml
