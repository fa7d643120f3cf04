// What form each operator of the format takes: how many inputs and outputs it
// has, and which options table goes with it.
#ifndef TINYML_MODEL_OPERATOR_FORMS_H_
#define TINYML_MODEL_OPERATOR_FORMS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "tinyml/operators.h"

namespace tinyml {

// An inclusive range of counts.
struct CountRange {
  uint16_t least = 0;
  uint16_t most = 0;

  bool Contains(size_t count) const {
    return least <= count && (most == kUnlimited || count <= most);
  }
  static constexpr uint16_t kUnlimited = 0xffff;
};

// "2", "2 or 3", "20 to 24", "at least 1".
std::string CountRangeText(CountRange range);

struct OperatorForm {
  BuiltinOperator code;
  CountRange inputs;  // Counting omitted optional inputs (-1).
  CountRange outputs;
  // The format's options table, or empty if the operator has none.
  std::string_view options;
  // Takes any options: what it means is not the format's business.
  bool any_options = false;
};

// Returns the form of `code`, or null for a number that the format lacks.
//
// The ranges are those of the format over its history, and wider where the
// runtime loads, or itself refuses, an operator with more; they promise that
// the inputs which an operator cannot do without have an index.
const OperatorForm* FindOperatorForm(BuiltinOperator code);

}  // namespace tinyml

#endif  // TINYML_MODEL_OPERATOR_FORMS_H_
