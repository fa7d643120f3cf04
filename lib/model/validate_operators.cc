#include <vector>

#include "base/macros.h"
#include "model/operator_table.h"
#include "model/options_base.h"
#include "model/validate_internal.h"
#include "tinyml/model.h"

namespace tinyml {
namespace {

Status ValidateArity(const OperatorRow& row, const Operator& op) {
  if (!row.inputs.Contains(op.inputs.size())) {
    return Invalid("it has {} inputs, {} takes {}", op.inputs.size(),
                   BuiltinOperatorName(row.code), CountRangeText(row.inputs));
  }
  if (!row.outputs.Contains(op.outputs.size())) {
    return Invalid("it has {} outputs, {} makes {}", op.outputs.size(),
                   BuiltinOperatorName(row.code), CountRangeText(row.outputs));
  }
  const size_t mutating = op.mutating_variable_inputs.size();
  if (mutating != 0 && mutating != op.inputs.size()) {
    return Invalid("it marks {} inputs as mutated or not, it has {} inputs",
                   mutating, op.inputs.size());
  }
  return {};
}

Status ValidateIndices(const std::vector<TensorIndex>& indices,
                       std::string_view what, bool may_omit, size_t tensors) {
  for (size_t i = 0; i < indices.size(); ++i) {
    const TensorIndex index = indices[i];
    if (index == kNoTensor && may_omit) continue;
    if (index < 0 || static_cast<size_t>(index) >= tensors) {
      return Invalid(
          "{} tensor {} is out of range, the subgraph has {} tensors", what,
          index, tensors);
    }
  }
  return {};
}

Status ValidateOptions(const OperatorRow& row, const Operator& op) {
  for (const OperatorOptions* options : {&op.options, &op.options_2}) {
    if (!options->has_value()) continue;
    if (!row.any_options && options->TypeName() != row.options) {
      return Invalid("its options are {}, {} takes {}", options->TypeName(),
                     BuiltinOperatorName(row.code),
                     row.options.empty() ? "none" : row.options);
    }
    const int expected_union = options == &op.options ? 1 : 2;
    if (options->get()->union_index() != expected_union) {
      return Invalid("its {} are in the wrong union of options",
                     options->TypeName());
    }
    if (const auto unknown = options->get()->FindUnknownEnumValue()) {
      return Invalid("{} of its {} is {}, which the format lacks",
                     unknown->field, options->TypeName(), unknown->number);
    }
  }
  if (op.custom_options_format != 0) {
    return Invalid("its custom options have unknown format {}",
                   static_cast<int>(op.custom_options_format));
  }
  return {};
}

Status ValidateOperator(const Model& model, const Operator& op,
                        size_t tensors) {
  if (op.opcode_index >= model.operator_codes.size()) {
    return Invalid(
        "operator code {} is out of range, the model has {} operator codes",
        op.opcode_index, model.operator_codes.size());
  }
  const OperatorRow* row = FindOperator(model.CodeOf(op).Code());
  if (row == nullptr) return Invalid("the format has no such operator");
  TINYML_RETURN_IF_ERROR(ValidateIndices(op.inputs, "input", true, tensors));
  TINYML_RETURN_IF_ERROR(ValidateIndices(op.outputs, "output", false, tensors));
  TINYML_RETURN_IF_ERROR(
      ValidateIndices(op.intermediates, "intermediate", true, tensors));
  TINYML_RETURN_IF_ERROR(ValidateArity(*row, op));
  return ValidateOptions(*row, op);
}

}  // namespace

Status ValidateOperators(const Model& model, size_t subgraph) {
  const auto& operators = model.subgraphs[subgraph].operators;
  const size_t tensors = model.subgraphs[subgraph].tensors.size();
  for (size_t i = 0; i < operators.size(); ++i) {
    TINYML_RETURN_IF_ERROR(
        About(model, OperatorId(subgraph, i),
              ValidateOperator(model, operators[i], tensors)));
  }
  return {};
}

}  // namespace tinyml
