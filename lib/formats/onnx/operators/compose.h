// What the lowerings of several families check and build.
#ifndef TINYML_FORMATS_ONNX_OPERATORS_COMPOSE_H_
#define TINYML_FORMATS_ONNX_OPERATORS_COMPOSE_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/onnx/lowering.h"

namespace tinyml::onnx_import {

// --- Checks. Each refuses the node, with a reason, if it does not hold.

// Between `least` and `most` inputs, the first `least` of them given.
Status CheckInputs(const Lowering& lowering, const Node& node, size_t least,
                   size_t most);
// The type of `id` is one of `types`; `kernel` is the TFLM kernel that takes no
// other.
Status CheckKernelType(const Lowering& lowering, const Node& node, ValueId id,
                       std::string_view kernel,
                       std::initializer_list<TensorType> types);
inline Status CheckFloat(const Lowering& lowering, const Node& node, ValueId id,
                         std::string_view kernel) {
  return CheckKernelType(lowering, node, id, kernel, {TensorType::kFloat32});
}
// A result that the runtime can have: no dimension below 1, not more elements
// than it can count.
Status CheckShape(const Lowering& lowering, const Node& node,
                  const Shape& shape);
// CheckInputs, and CheckShape of the first input.
Status CheckOperands(const Lowering& lowering, const Node& node, size_t least,
                     size_t most);
// No output from number `first` on is used.
Status CheckOutputsUnused(const Lowering& lowering, const Node& node,
                          size_t first, std::string_view reason);
// `axis`, which may count from the back, as one of `rank` axes.
Result<int64_t> AxisOf(const Lowering& lowering, const Node& node, int64_t axis,
                       size_t rank);
// The same for a list of different axes.
Result<std::vector<int64_t>> AxesOf(const Lowering& lowering, const Node& node,
                                    std::vector<int64_t> axes, size_t rank);
// The values of input `i`, which must be constant.
Result<std::vector<int64_t>> ConstantInts(const Lowering& lowering,
                                          const Node& node, size_t i,
                                          std::string_view what);
// The shape that the file declares for output `i`, if it is fixed there: what
// remains to go by where the shape is computed by the model.
std::optional<Shape> DeclaredShape(const Lowering& lowering, const Node& node,
                                   size_t i);

// --- Orders of axes.

// `layout` with `axes` moved to its end, all else in the order that it has.
// Unchanged where they lie there, in any order.
Layout WithLast(const Layout& layout, const std::vector<int64_t>& axes);

// --- Operators. Dimensions and axes are those in memory.

// The shape of a tensor.
Shape DimsOf(const Lowering& lowering, TensorIndex tensor);
// RESHAPE, or the tensor itself if it has the shape.
TensorIndex EmitShaped(Lowering& lowering, TensorIndex input, const Shape& dims,
                       std::string_view name);
// PAD, or PADV2 for a value other than 0; the tensor itself without padding.
TensorIndex EmitPad(Lowering& lowering, TensorIndex input,
                    const std::vector<int64_t>& before,
                    const std::vector<int64_t>& after, double value,
                    std::string_view name);
// SLICE; the tensor itself for all of it.
TensorIndex EmitSlice(Lowering& lowering, TensorIndex input,
                      const std::vector<int64_t>& begin, const Shape& size,
                      std::string_view name);
// CONCATENATION, in several steps where there are more inputs than the kernel
// takes.
TensorIndex EmitConcat(Lowering& lowering, std::vector<TensorIndex> inputs,
                       int axis, std::string_view name);
// SPLIT, or SPLIT_V for `sizes` that differ; the tensor itself for one part.
std::vector<TensorIndex> EmitSplit(Lowering& lowering, TensorIndex input,
                                   int axis, const std::vector<int64_t>& sizes,
                                   std::string_view name);
// MEAN, SUM, REDUCE_MAX and the like over `axes`, which stay as 1.
TensorIndex EmitReduce(Lowering& lowering, BuiltinOperator code,
                       TensorIndex input, const std::vector<int64_t>& axes,
                       std::string_view name);

}  // namespace tinyml::onnx_import

#endif  // TINYML_FORMATS_ONNX_OPERATORS_COMPOSE_H_
