// What the families of foldable operators share.
#ifndef TINYML_FORMATS_ONNX_FOLD_PARTS_H_
#define TINYML_FORMATS_ONNX_FOLD_PARTS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/onnx/graph.h"
#include "formats/onnx/lowering.h"
#include "ops/broadcast.h"
#include "tinyml/status.h"

namespace tinyml::onnx_import {

// A node whose inputs are constant, on its way to constant outputs.
class Folding {
 public:
  Folding(Lowering& lowering, const Node& node)
      : lowering_(lowering), node_(node) {}

  Lowering& lowering() const { return lowering_; }
  const Node& node() const { return node_; }
  size_t Count() const { return node_.inputs.size(); }
  bool Has(size_t i) const { return Lowering::Input(node_, i) != kNoValue; }
  // Requires Has(i).
  const Constant& In(size_t i) const {
    return *lowering_.ConstantOf(node_.inputs[i]);
  }
  tl::unexpected<Error> Refuse(std::string_view reason) const {
    return lowering_.Refuse(node_, reason);
  }
  // Whether a result of this size may be made: the number of its elements if
  // so. If not, the node is to be lowered.
  std::optional<int64_t> Afford(const Shape& shape, TensorType type) const;
  // The list in attribute `key`, or else in input `i`, if there is one.
  std::optional<std::vector<int64_t>> Ints(std::string_view key,
                                           size_t i) const;
  // `axis` counted from the front.
  Result<size_t> Axis(int64_t axis, size_t rank) const;
  // A mark for each axis of `axes`, which must differ.
  Result<std::vector<bool>> Axes(const std::vector<int64_t>& axes,
                                 size_t rank) const;
  // Defines output 0.
  bool Make(Constant constant) const {
    lowering_.DefineConstant(node_, 0, std::move(constant));
    return true;
  }

 private:
  Lowering& lowering_;
  const Node& node_;
};

using FoldNode = Result<bool> (*)(const Folding& folding);

struct FoldableOperator {
  std::string_view name;
  FoldNode fold = nullptr;
  size_t least_inputs = 0;  // That may not be omitted.
  size_t most_inputs = 0;
};

inline constexpr size_t kAnyInputs = static_cast<size_t>(-1);

std::span<const FoldableOperator> FoldableElementwise();
std::span<const FoldableOperator> FoldableMovement();
std::span<const FoldableOperator> FoldableShapes();

// Elements of a shape, or nothing if there are too many dimensions or elements
// to compute with.
std::optional<int64_t> CountOf(const Shape& shape);

// Bytes of an element.
size_t WidthOf(TensorType type);

// The elements that a walk over `shape` meets that starts at element `start` of
// `source` and steps strides[i] elements along axis i.
Constant Walk(const Constant& source, Shape shape, int64_t start,
              const std::vector<int64_t>& strides);

// Elements between neighbours along each axis.
std::vector<int64_t> StridesOf(const Shape& shape);

// The shape that `shapes` are repeated to, or nothing if they do not agree.
std::optional<Shape> BroadcastTogether(std::span<const Shape> shapes);

}  // namespace tinyml::onnx_import

#endif  // TINYML_FORMATS_ONNX_FOLD_PARTS_H_
