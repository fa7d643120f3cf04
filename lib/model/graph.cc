#include "model/graph.h"

#include <fmt/format.h>

#include <functional>
#include <queue>

namespace tinyml {

Result<std::vector<OperatorIndex>> TopologicalOrder(const Subgraph& subgraph) {
  const size_t count = subgraph.operators.size();
  const size_t tensor_count = subgraph.tensors.size();
  // A tensor waits for the operators that write it, an operator for the tensors
  // that it reads. One that appears twice in a list is counted twice.
  std::vector<size_t> unwritten(tensor_count, 0);
  for (const Operator& op : subgraph.operators) {
    for (TensorIndex tensor : op.outputs) {
      if (tensor >= 0 && !subgraph.tensors[tensor].is_variable) {
        ++unwritten[tensor];
      }
    }
  }
  std::vector<std::vector<OperatorIndex>> readers(tensor_count);
  std::vector<size_t> waiting(count, 0);
  std::priority_queue<OperatorIndex, std::vector<OperatorIndex>, std::greater<>>
      ready;
  for (size_t i = 0; i < count; ++i) {
    const auto op = static_cast<OperatorIndex>(i);
    for (TensorIndex tensor : subgraph.operators[i].inputs) {
      if (tensor < 0 || unwritten[tensor] == 0) continue;
      readers[tensor].push_back(op);
      ++waiting[i];
    }
    if (waiting[i] == 0) ready.push(op);
  }
  std::vector<OperatorIndex> order;
  order.reserve(count);
  while (!ready.empty()) {
    const OperatorIndex op = ready.top();
    ready.pop();
    order.push_back(op);
    for (TensorIndex tensor : subgraph.operators[op].outputs) {
      if (tensor < 0 || unwritten[tensor] == 0) continue;
      if (--unwritten[tensor] != 0) continue;
      for (OperatorIndex reader : readers[tensor]) {
        if (--waiting[reader] == 0) ready.push(reader);
      }
    }
  }
  for (size_t i = 0; i < count; ++i) {
    if (waiting[i] != 0) {
      return Fail(ErrorCode::kInvalid,
                  fmt::format("operator {} needs, through others, its own "
                              "output",
                              i));
    }
  }
  return order;
}

}  // namespace tinyml
