// Options and tensors of signal kernels.
#ifndef TINYML_OPS_SIGNAL_OPERANDS_H_
#define TINYML_OPS_SIGNAL_OPERANDS_H_

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "base/macros.h"
#include "ops/kernel.h"

namespace tinyml::ops {

// Element `index` of the options, as the runtime reads it: by its position in
// the order of the keys, whatever its own type.
Result<int32_t> SignalOption(const OpContext& op, size_t index,
                             std::string_view name);

// The option "T", float32 (0) if it is missing.
Result<TensorType> SignalType(const OpContext& op);

// Refuses unless these are the types of the inputs and of the outputs.
Status CheckSignalTypes(const OpContext& op,
                        std::initializer_list<TensorType> inputs,
                        std::initializer_list<TensorType> outputs);

// Refuses unless `view` has `elements` elements.
Status CheckLength(const OpContext& op, const TensorView& view,
                   int64_t elements);

// The last dimension; refuses a scalar and an empty dimension.
Result<int32_t> InnermostDim(const OpContext& op, const TensorView& view);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_SIGNAL_OPERANDS_H_
