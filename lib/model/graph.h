// The order in which a subgraph's operators can run.
#ifndef TINYML_MODEL_GRAPH_H_
#define TINYML_MODEL_GRAPH_H_

#include <cstdint>
#include <vector>

#include "tinyml/model.h"
#include "tinyml/status.h"

namespace tinyml {

// Index of an operator within its subgraph.
using OperatorIndex = int32_t;

// Returns the operators in topological order, each after those that write its
// inputs; otherwise in the order of the file, so that a sorted subgraph keeps
// its order. Fails with kInvalid if operators form a cycle. Variable tensors,
// which carry a value from one run to the next, impose no order.
Result<std::vector<OperatorIndex>> TopologicalOrder(const Subgraph& subgraph);

}  // namespace tinyml

#endif  // TINYML_MODEL_GRAPH_H_
