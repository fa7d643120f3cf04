#include "model/graph.h"

#include <fmt/format.h>

#include <functional>
#include <queue>

namespace tinyml {
namespace {

// Calls `visit` with each tensor of `tensors` once, in order of appearance.
// `last_seen` has, for each tensor, the number of the list that had it last.
template <typename Visitor>
void VisitOnce(const std::vector<TensorIndex>& tensors, int64_t list,
               std::vector<int64_t>& last_seen, Visitor visit) {
  for (TensorIndex tensor : tensors) {
    if (tensor < 0) continue;
    int64_t& seen = last_seen[tensor];
    if (seen == list) continue;
    seen = list;
    visit(static_cast<size_t>(tensor));
  }
}

}  // namespace

SubgraphIndex::Lists SubgraphIndex::MakeLists(
    const Subgraph& subgraph, std::vector<TensorIndex> Operator::*tensors) {
  const size_t tensor_count = subgraph.tensors.size();
  const auto operator_count = static_cast<int64_t>(subgraph.operators.size());
  Lists lists;
  lists.begin.assign(tensor_count + 1, 0);
  std::vector<int64_t> last_seen(tensor_count, -1);
  for (int64_t i = 0; i < operator_count; ++i) {
    VisitOnce(subgraph.operators[i].*tensors, i, last_seen,
              [&](size_t tensor) { ++lists.begin[tensor + 1]; });
  }
  for (size_t t = 0; t < tensor_count; ++t) {
    lists.begin[t + 1] += lists.begin[t];
  }
  lists.operators.resize(lists.begin.back());
  std::vector<size_t> next(lists.begin.begin(), lists.begin.end() - 1);
  last_seen.assign(tensor_count, -1);
  for (int64_t i = 0; i < operator_count; ++i) {
    VisitOnce(subgraph.operators[i].*tensors, i, last_seen, [&](size_t tensor) {
      lists.operators[next[tensor]++] = static_cast<OperatorIndex>(i);
    });
  }
  return lists;
}

SubgraphIndex::SubgraphIndex(const Subgraph& subgraph)
    : producers_(MakeLists(subgraph, &Operator::outputs)),
      consumers_(MakeLists(subgraph, &Operator::inputs)),
      is_input_(subgraph.tensors.size()),
      is_output_(subgraph.tensors.size()) {
  for (TensorIndex tensor : subgraph.inputs) {
    is_input_[tensor] = true;
  }
  for (TensorIndex tensor : subgraph.outputs) {
    is_output_[tensor] = true;
  }
}

Result<std::vector<OperatorIndex>> TopologicalOrder(const Subgraph& subgraph) {
  const SubgraphIndex index(subgraph);
  const size_t count = subgraph.operators.size();
  const auto tensor_count = static_cast<TensorIndex>(subgraph.tensors.size());
  // An operator waits for its input tensors, each once; a tensor waits for the
  // operators that write it. So the work is linear in inputs and outputs.
  std::vector<size_t> waiting(count, 0);
  std::vector<size_t> unwritten(subgraph.tensors.size(), 0);
  for (TensorIndex tensor = 0; tensor < tensor_count; ++tensor) {
    const size_t t = tensor;
    if (subgraph.tensors[t].is_variable) continue;
    unwritten[t] = index.Producers(tensor).size();
    if (unwritten[t] == 0) continue;
    for (OperatorIndex consumer : index.Consumers(tensor)) {
      ++waiting[consumer];
    }
  }
  std::priority_queue<OperatorIndex, std::vector<OperatorIndex>, std::greater<>>
      ready;
  for (size_t i = 0; i < count; ++i) {
    if (waiting[i] == 0) ready.push(static_cast<OperatorIndex>(i));
  }
  std::vector<OperatorIndex> order;
  order.reserve(count);
  std::vector<int64_t> last_seen(subgraph.tensors.size(), -1);
  const auto written = [&](size_t tensor) {
    if (unwritten[tensor] == 0 || --unwritten[tensor] != 0) return;
    for (OperatorIndex op : index.Consumers(static_cast<TensorIndex>(tensor))) {
      if (--waiting[op] == 0) ready.push(op);
    }
  };
  while (!ready.empty()) {
    const OperatorIndex op = ready.top();
    ready.pop();
    order.push_back(op);
    VisitOnce(subgraph.operators[op].outputs, op, last_seen, written);
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
