// The parts of ValidateModel. Each returns the first fault that it finds.
#ifndef TINYML_MODEL_VALIDATE_INTERNAL_H_
#define TINYML_MODEL_VALIDATE_INTERNAL_H_

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "model/fault.h"
#include "tinyml/model.h"
#include "tinyml/status.h"

namespace tinyml {

// A fault of the model, as a sentence.
template <typename... Args>
tl::unexpected<Error> Invalid(fmt::format_string<Args...> format,
                              Args&&... args) {
  return Fail(ErrorCode::kInvalid,
              fmt::format(format, std::forward<Args>(args)...));
}

// Shapes, types, buffers, quantization and sparsity of one subgraph's tensors.
Status ValidateTensors(const Model& model, size_t subgraph);

// Called by ValidateTensors, which names the tensor, for each that has it.
Status ValidateQuantization(const Model& model, size_t subgraph,
                            const Tensor& tensor);
Status ValidateSparsity(const Tensor& tensor);

// Codes, arity, tensor indices and options of one subgraph's operators.
// Requires valid operator codes.
Status ValidateOperators(const Model& model, size_t subgraph);

// The references from operators to subgraphs: in range, not recursive, and not
// multiplying. Requires valid operators.
Status ValidateControlFlow(const Model& model);

}  // namespace tinyml

#endif  // TINYML_MODEL_VALIDATE_INTERNAL_H_
