// Adding to a model: what passes, importers and ModelBuilder have in common.
#ifndef TINYML_MODEL_APPEND_H_
#define TINYML_MODEL_APPEND_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "tinyml/model.h"

namespace tinyml {

// Returns the index of an operator code for `code`, or `custom_code` if that is
// kCustom, in any version, or in `version`; adds one if there is none.
uint32_t OpcodeFor(Model& model, BuiltinOperator code,
                   std::string_view custom_code = {},
                   std::optional<int32_t> version = {});

// Each returns the index of what was added.
uint32_t AppendBuffer(Model& model, BufferData data);
TensorIndex AppendTensor(Subgraph& graph, Tensor tensor);
// `tensor` with `values`, in a buffer of its own.
TensorIndex AppendConstant(Model& model, Subgraph& graph, Tensor tensor,
                           BufferData values);

}  // namespace tinyml

#endif  // TINYML_MODEL_APPEND_H_
