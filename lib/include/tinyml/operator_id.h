// Which operator or tensor of a model.
#ifndef TINYML_OPERATOR_ID_H_
#define TINYML_OPERATOR_ID_H_

#include <compare>
#include <concepts>

namespace tinyml {

// An operator by its subgraph and its place in that subgraph's list, both as in
// the file and from 0.
struct OperatorId {
  int subgraph = 0;
  int index = 0;

  constexpr OperatorId() = default;
  // From indices of any integer type, including those of containers.
  template <std::integral S, std::integral I>
  constexpr OperatorId(S subgraph_index, I operator_index)
      : subgraph(static_cast<int>(subgraph_index)),
        index(static_cast<int>(operator_index)) {}

  friend auto operator<=>(const OperatorId&, const OperatorId&) = default;
};

// A tensor by its subgraph and its index there.
struct TensorId {
  int subgraph = 0;
  int index = 0;

  constexpr TensorId() = default;
  template <std::integral S, std::integral I>
  constexpr TensorId(S subgraph_index, I tensor_index)
      : subgraph(static_cast<int>(subgraph_index)),
        index(static_cast<int>(tensor_index)) {}

  friend auto operator<=>(const TensorId&, const TensorId&) = default;
};

}  // namespace tinyml

#endif  // TINYML_OPERATOR_ID_H_
