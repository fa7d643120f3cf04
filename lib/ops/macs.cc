#include "ops/macs.h"

#include <span>
#include <vector>

#include "base/checked.h"
#include "model/operator_table.h"

namespace tinyml {
namespace {

// The shapes of one operator's tensors.
class Shapes {
 public:
  Shapes(const Subgraph& subgraph, const Operator& op)
      : subgraph_(subgraph), op_(op) {}

  // The shape of input `i`; empty if it is missing.
  std::span<const int32_t> Input(size_t i) const { return At(op_.inputs, i); }
  std::span<const int32_t> Output(size_t i) const { return At(op_.outputs, i); }

  int64_t InputElements(size_t i) const { return Elements(Input(i)); }
  int64_t OutputElements(size_t i) const { return Elements(Output(i)); }

 private:
  static int64_t Elements(std::span<const int32_t> shape) {
    return ElementCount(shape).value_or(0);
  }
  std::span<const int32_t> At(const std::vector<TensorIndex>& list,
                              size_t i) const {
    if (i >= list.size() || list[i] < 0) return {};
    return subgraph_.tensors[list[i]].shape;
  }

  const Subgraph& subgraph_;
  const Operator& op_;
};

// Dimension `i`, from the end if negative; 0 if there is none.
int64_t Dim(std::span<const int32_t> shape, int i) {
  const int index = i < 0 ? static_cast<int>(shape.size()) + i : i;
  if (index < 0 || static_cast<size_t>(index) >= shape.size()) return 0;
  return shape[index];
}

int64_t Product(std::initializer_list<int64_t> factors) {
  int64_t product = 1;
  for (int64_t factor : factors) {
    product = CheckedMul(product, factor).value_or(0);
  }
  return product;
}

}  // namespace

int64_t CountMacs(const Model& model, const Subgraph& subgraph,
                  const Operator& op) {
  const Shapes shapes(subgraph, op);
  const auto filter = shapes.Input(1);
  const OperatorRow* row = FindOperator(model.CodeOf(op).Code());
  switch (row != nullptr ? row->macs : MacFormula::kNone) {
    case MacFormula::kFilter:
      return Product({shapes.OutputElements(0), Dim(filter, 1), Dim(filter, 2),
                      Dim(filter, 3)});
    case MacFormula::kPlane:
      return Product(
          {shapes.OutputElements(0), Dim(filter, 1), Dim(filter, 2)});
    case MacFormula::kSpread:
      return Product({shapes.InputElements(2), Dim(filter, 0), Dim(filter, 1),
                      Dim(filter, 2)});
    case MacFormula::kRow:
      return Product({shapes.OutputElements(0), Dim(filter, -1)});
    case MacFormula::kProduct:
      return Product({shapes.OutputElements(0), Dim(shapes.Input(0), -1)});
    case MacFormula::kSvdf: {
      // Each filter: the newest input by its feature weights, its memory by its
      // time weights.
      const int64_t filters = Dim(filter, 0);
      const int64_t per_filter = Dim(filter, 1) + Dim(shapes.Input(2), 1);
      return Product({Dim(shapes.Input(0), 0), filters, per_filter});
    }
    case MacFormula::kLstm: {
      // Four gates, each from the input and from the last output, at every
      // step of every sequence.
      const auto input = shapes.Input(0);
      const auto weights = shapes.Input(2);
      const int64_t units = Dim(weights, 0);
      return Product(
          {Dim(input, 0), Dim(input, 1), 4, units, Dim(weights, 1) + units});
    }
    case MacFormula::kNone:
      break;
  }
  return 0;
}

}  // namespace tinyml
