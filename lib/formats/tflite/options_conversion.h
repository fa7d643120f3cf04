// Conversion of operators' options between the FlatBuffer and tinyml/options.h.
#ifndef TINYML_FORMATS_TFLITE_OPTIONS_CONVERSION_H_
#define TINYML_FORMATS_TFLITE_OPTIONS_CONVERSION_H_

#include <flatbuffers/flatbuffers.h>

#include "formats/tflite/expansion_budget.h"
#include "model/options_base.h"
#include "tinyml/model.h"

namespace tinyml {
namespace fbs {
struct Operator;
}  // namespace fbs

// Returns the table of the first or the second options union; no table if the
// operator has none, or one of a type that the schema does not know.
OperatorOptions ReadOptions1(const fbs::Operator& op, ExpansionBudget& budget);
OperatorOptions ReadOptions2(const fbs::Operator& op, ExpansionBudget& budget);

// Writes `options`; fields at their defaults are left out.
flatbuffers::Offset<void> WriteOptions(flatbuffers::FlatBufferBuilder& builder,
                                       const OptionsBase& options);

}  // namespace tinyml

#endif  // TINYML_FORMATS_TFLITE_OPTIONS_CONVERSION_H_
