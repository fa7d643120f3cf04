#include "model/fault.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace tinyml {

std::string DescribeTensor(const Model& model, TensorId tensor) {
  const std::string name =
      Printable(model.subgraphs[tensor.subgraph].tensors[tensor.index].name);
  std::string text =
      fmt::format("subgraph {}, tensor {}", tensor.subgraph, tensor.index);
  return name.empty() ? text : fmt::format("{} ({})", text, name);
}

tl::unexpected<Error> FailAt(const Model& model, OperatorId op, ErrorCode code,
                             std::string_view reason) {
  return FailAbout({.op = op}, DescribeOperator(model, op), code, reason);
}

tl::unexpected<Error> FailAt(const Model& model, TensorId tensor,
                             ErrorCode code, std::string_view reason) {
  return FailAbout({.tensor = tensor}, DescribeTensor(model, tensor), code,
                   reason);
}

Status About(const Model& model, OperatorId op, Status status) {
  if (status) return status;
  return FailAt(model, op, status.error().code, status.error().message);
}

Status About(const Model& model, TensorId tensor, Status status) {
  if (status) return status;
  return FailAt(model, tensor, status.error().code, status.error().message);
}

}  // namespace tinyml
