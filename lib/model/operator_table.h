// The operator table: what is known about each operator, one row for each
// (model/operator_rows.inc).
#ifndef TINYML_MODEL_OPERATOR_TABLE_H_
#define TINYML_MODEL_OPERATOR_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/quantization_rule.h"
#include "model/upstream_change.h"
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

enum class OperatorKind : uint8_t {
  kLayer,        // A sum of products with weights: convolutions, dense layers.
  kRecurrent,    // Layers with a memory of earlier steps.
  kProduct,      // Of two matrices that are both activations.
  kPools,        // Windows of one operand.
  kUnary,        // Element by element, of one operand.
  kBinary,       // Element by element, of two; one may be broadcast.
  kAccumulates,  // Sums over any number of operands or along an axis.
  kNormalizes,   // Normalizes each row by its own values: softmax.
  kReduces,      // Along axes.
  kConverts,     // To another type or encoding.
  kMoves,        // Elements of one operand to other places.
  kJoins,        // Several operands into one.
  kSplits,       // One operand into several.
  kSelects,      // Elements of several operands, by a condition.
  kUpdates,      // A part of one operand by another.
  kMakes,        // Values from shapes and scalars.
  kLooksUp,      // Rows of a table.
  kControl,      // Runs other subgraphs.
  kVariable,     // Resource variables and tables.
  kSignal,       // The signal library's.
  kOther,
};

// Which shapes are multiplied to count multiply-accumulates (ops/macs.cc).
enum class MacFormula : uint8_t {
  kNone,     // None, or none that is counted.
  kFilter,   // Each output uses one filter over all channels.
  kPlane,    // Each output uses one channel of a filter.
  kSpread,   // Each input uses a whole filter.
  kRow,      // Each output uses one row of weights.
  kProduct,  // Each output uses one row of the other operand.
  kSvdf,
  kLstm,
};

// Whether something exists, and since which upstream change.
struct Availability {
  bool exists = false;
  std::optional<Change> since = {};  // Nothing: in every known revision.
};

// In the order of the cells. NOLINTNEXTLINE(*.Padding)
struct OperatorRow {
  BuiltinOperator code;          // kCustom for custom operators.
  std::string_view custom_code;  // Empty for the format's.
  CountRange inputs;             // Counting omitted optional inputs (-1).
  CountRange outputs;
  // The format's options table, or empty if the operator has none.
  std::string_view options;
  // Takes any options: the format does not define their meaning.
  bool any_options;
  OperatorKind kind;
  // Its results depend on earlier invocations, or later ones on it.
  bool keeps_state;
  std::string_view resolver_method;  // "AddConv2D"; empty without `runtime`.
  Availability runtime;
  QuantizationRule quantization;
  MacFormula macs;
  // Where its code is: lib/ops/<family>/<stem>.cc and so on. Empty without
  // `runtime`.
  std::string_view family;
  std::string_view stem;
  Availability cmsis_nn;
  Availability esp_nn;
};

// Every row, in the order of operator_rows.inc: a table made from the same rows
// has its entry for `row` at index `&row - AllOperators().data()`.
std::span<const OperatorRow> AllOperators();
inline size_t RowIndex(const OperatorRow& row) {
  return static_cast<size_t>(&row - AllOperators().data());
}

// Returns the row of an operator: that of CUSTOM for a custom operator that the
// runtime does not know, and null for a number that the format lacks.
const OperatorRow* FindOperator(BuiltinOperator code,
                                std::string_view custom_code = {});

// The row's rule, or null if there is no integer kernel.
const QuantizationRule* QuantizationRuleOf(BuiltinOperator code);

// Whether the runtime only passes values of any type between matching tensors:
// control flow and variables.
bool HandsValuesOn(BuiltinOperator code);

}  // namespace tinyml

#endif  // TINYML_MODEL_OPERATOR_TABLE_H_
