// Operators that a target's runtime does not have, because it is older than
// they are or because its makers left them out.
#ifndef TINYML_RUNTIME_TARGETS_MISSING_OPERATOR_H_
#define TINYML_RUNTIME_TARGETS_MISSING_OPERATOR_H_

#include <string>
#include <string_view>

#include "model/operator_table.h"
#include "runtime/targets/target.h"

namespace tinyml::runtime {

// Why the resolver of `target` does not have the operator, and which of the
// distributions that are built for its core do; "" if it has it.
std::string MissingOperator(const Target& target, const OperatorRow& row);

// The row of the operator that the format calls `name`, custom ones by their
// code; null if there is none.
const OperatorRow* OperatorNamed(std::string_view name);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_TARGETS_MISSING_OPERATOR_H_
