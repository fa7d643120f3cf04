// Errors about an operator or a tensor of a model.
#ifndef TINYML_MODEL_FAULT_H_
#define TINYML_MODEL_FAULT_H_

#include <string>
#include <string_view>

#include "tinyml/model.h"
#include "tinyml/operator_id.h"
#include "tinyml/status.h"

namespace tinyml {

// "subgraph 0, tensor 3 (conv1/weights)". Requires a tensor of the model.
std::string DescribeTensor(const Model& model, TensorId tensor);

// "subgraph 0, operator 3 (ADD): reason".
tl::unexpected<Error> FailAt(const Model& model, OperatorId op, ErrorCode code,
                             std::string_view reason);
// "subgraph 0, tensor 3 (conv1/weights): reason".
tl::unexpected<Error> FailAt(const Model& model, TensorId tensor,
                             ErrorCode code, std::string_view reason);

// `status`; if it is an error, with the operator or the tensor before its
// message.
Status About(const Model& model, OperatorId op, Status status);
Status About(const Model& model, TensorId tensor, Status status);

}  // namespace tinyml

#endif  // TINYML_MODEL_FAULT_H_
