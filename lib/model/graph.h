// Queries on one subgraph: who makes a tensor, who uses it, in which order.
#ifndef TINYML_MODEL_GRAPH_H_
#define TINYML_MODEL_GRAPH_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tinyml/model.h"
#include "tinyml/status.h"

namespace tinyml {

// Index of an operator within its subgraph.
using OperatorIndex = int32_t;
inline constexpr OperatorIndex kNoOperator = -1;

// An index of a valid subgraph, made once in linear time. It does not follow
// later changes of the subgraph, and holds no reference to it. Const methods
// may be called from several threads.
class SubgraphIndex {
 public:
  explicit SubgraphIndex(const Subgraph& subgraph);

  // Operators that write `tensor`, in their order. Sound models have at most
  // one, but the runtime loads others too. Requires a valid index.
  std::span<const OperatorIndex> Producers(TensorIndex tensor) const {
    return producers_.Of(tensor);
  }
  // The first of them, or kNoOperator for inputs and constants.
  OperatorIndex Producer(TensorIndex tensor) const {
    const auto producers = Producers(tensor);
    return producers.empty() ? kNoOperator : producers.front();
  }
  // Operators that read `tensor`, in their order, each once.
  std::span<const OperatorIndex> Consumers(TensorIndex tensor) const {
    return consumers_.Of(tensor);
  }
  bool IsSubgraphInput(TensorIndex tensor) const { return is_input_[tensor]; }
  bool IsSubgraphOutput(TensorIndex tensor) const { return is_output_[tensor]; }

 private:
  // For each tensor a list of operators, all in one array.
  struct Lists {
    std::vector<size_t> begin;  // One more than there are tensors.
    std::vector<OperatorIndex> operators;
    std::span<const OperatorIndex> Of(TensorIndex tensor) const {
      const size_t t = tensor;
      return std::span(operators).subspan(begin[t], begin[t + 1] - begin[t]);
    }
  };
  static Lists MakeLists(const Subgraph& subgraph,
                         std::vector<TensorIndex> Operator::*tensors);

  Lists producers_;
  Lists consumers_;
  std::vector<bool> is_input_;
  std::vector<bool> is_output_;
};

// Returns the operators so ordered that each comes after those that write its
// inputs; otherwise in the order of the file, so that a sorted subgraph keeps
// its order. Fails with kInvalid if operators need each other in a circle.
// Variable tensors, which carry a value from one run to the next, order
// nothing.
Result<std::vector<OperatorIndex>> TopologicalOrder(const Subgraph& subgraph);

}  // namespace tinyml

#endif  // TINYML_MODEL_GRAPH_H_
