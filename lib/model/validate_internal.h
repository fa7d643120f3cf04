// The parts of ValidateModel. Each returns the first fault that it finds.
#ifndef TINYML_MODEL_VALIDATE_INTERNAL_H_
#define TINYML_MODEL_VALIDATE_INTERNAL_H_

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
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

// "subgraph 0, tensor 3 (conv1/weights)".
std::string DescribeTensor(const Model& model, size_t subgraph, size_t index);

// Shapes, types, buffers, quantization and sparsity of one subgraph's tensors.
Status ValidateTensors(const Model& model, size_t subgraph);

// Called by ValidateTensors for each tensor that has it. `where` names the
// tensor.
Status ValidateQuantization(const Model& model, size_t subgraph,
                            const Tensor& tensor, const std::string& where);
Status ValidateSparsity(const Tensor& tensor, const std::string& where);

// Codes, arity, tensor indices and options of one subgraph's operators.
// Requires valid operator codes.
Status ValidateOperators(const Model& model, size_t subgraph);

// The references from operators to subgraphs: in range, not recursive, and not
// multiplying. Requires valid operators.
Status ValidateControlFlow(const Model& model);

}  // namespace tinyml

#endif  // TINYML_MODEL_VALIDATE_INTERNAL_H_
