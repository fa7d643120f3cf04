// Operators that join, cut and repeat.
#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "base/macros.h"
#include "formats/onnx/lowering.h"
#include "formats/onnx/operators/compose.h"
#include "formats/onnx/operators/movement.h"

namespace tinyml::onnx_import {
namespace {

using Op = BuiltinOperator;

// How many elements each output of Split takes of `length`.
Result<std::vector<int64_t>> SplitSizes(const Lowering& lowering,
                                        const Node& node, int64_t length) {
  std::vector<int64_t> sizes;
  const auto count = static_cast<int64_t>(node.outputs.size());
  const ValueId given = Lowering::Input(node, 1);
  if (given != kNoValue && lowering.ConstantOf(given) == nullptr) {
    // The shapes of the outputs say the same, where they are declared.
    int64_t axis = node.Int("axis", 0);
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      const auto shape = DeclaredShape(lowering, node, i);
      TINYML_ONNX_REQUIRE(
          lowering, node, shape.has_value() && !shape->empty(),
          "the model computes its split; TFLM's shapes are fixed");
      TINYML_ASSIGN_OR_RETURN(axis,
                              AxisOf(lowering, node, axis, shape->size()));
      sizes.push_back((*shape)[axis]);
    }
  } else if (given != kNoValue) {
    TINYML_ASSIGN_OR_RETURN(sizes, ConstantInts(lowering, node, 1, "split"));
  } else if (node.Has("split")) {
    sizes = node.Ints("split");
  } else {
    // The last one is smaller where they cannot be equal (opset 18).
    const int64_t parts = node.Int("num_outputs", count);
    TINYML_ONNX_REQUIRE(lowering, node, parts == count,
                        "num_outputs is not the number of its outputs");
    const int64_t size = (length + parts - 1) / parts;
    for (int64_t i = 0; i < parts; ++i) {
      sizes.push_back(std::min(size, length - i * size));
    }
  }
  TINYML_ONNX_REQUIRE(lowering, node,
                      static_cast<int64_t>(sizes.size()) == count,
                      "it does not have one size for each output");
  int64_t rest = length;
  for (const int64_t size : sizes) {
    TINYML_ONNX_REQUIRE(lowering, node, size > 0 && size <= rest,
                        "its sizes do not fit; TFLM has no empty tensors");
    rest -= size;
  }
  TINYML_ONNX_REQUIRE(lowering, node, rest == 0,
                      "its sizes do not make up its input");
  return sizes;
}

}  // namespace

TensorIndex EmitBroadcast(Lowering& lowering, TensorIndex input,
                          const Shape& dims, std::string_view name) {
  if (DimsOf(lowering, input) == dims) return input;
  const TensorIndex output =
      lowering.NewTensor(lowering.tensor(input).type, dims, name);
  const TensorIndex shape =
      lowering.NewInt32(dims, std::string(name) + "/shape");
  lowering.Emit(Op::kBroadcastTo, {input, shape}, {output},
                BroadcastToOptions());
  return output;
}

Status LowerConcat(Lowering& lowering, const Node& node) {
  TINYML_ONNX_REQUIRE(lowering, node, !node.inputs.empty(), "it has no inputs");
  TINYML_RETURN_IF_ERROR(
      CheckInputs(lowering, node, node.inputs.size(), node.inputs.size()));
  const size_t rank = lowering.RankOf(node.inputs[0]);
  TINYML_ASSIGN_OR_RETURN(const int64_t axis,
                          AxisOf(lowering, node, node.Int("axis", 1), rank));
  const size_t at = axis;
  std::vector<ValueId> parts;
  Shape shape = lowering.ShapeOf(node.inputs[0]);
  shape[at] = 0;
  for (const ValueId id : node.inputs) {
    Shape part = lowering.ShapeOf(id);
    TINYML_ONNX_REQUIRE(lowering, node, part.size() == rank,
                        "its inputs differ in rank");
    const bool empty = part[at] == 0;  // Adds nothing.
    if (!empty) TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, part));
    shape[at] += part[at];
    part[at] = shape[at];
    TINYML_ONNX_REQUIRE(lowering, node, part == shape,
                        "its inputs differ in other axes than the one that "
                        "joins them");
    if (!empty) parts.push_back(id);
  }
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, shape));
  if (parts.size() == 1) {
    lowering.DefineAlias(node, 0, parts[0]);
    return {};
  }
  TINYML_RETURN_IF_ERROR(CheckKernelType(
      lowering, node, parts[0], "CONCATENATION",
      {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16,
       TensorType::kInt32, TensorType::kBool}));
  const Layout layout = lowering.CommonLayout(parts, rank);
  std::vector<TensorIndex> tensors;
  for (const ValueId id : parts) {
    TINYML_ONNX_REQUIRE(lowering, node,
                        lowering.TypeOf(id) == lowering.TypeOf(parts[0]),
                        "its inputs differ in type");
    TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor, lowering.Get(id, layout));
    tensors.push_back(tensor);
  }
  const TensorIndex output =
      EmitConcat(lowering, std::move(tensors), AxisIn(layout, axis),
                 lowering.OutputName(node, 0));
  lowering.Define(node, 0, lowering.TypeOf(parts[0]), std::move(shape), output,
                  layout);
  return {};
}

Status LowerSplit(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckOperands(lowering, node, 1, 2));
  const ValueId input = node.inputs[0];
  const Shape shape = lowering.ShapeOf(input);
  TINYML_ASSIGN_OR_RETURN(
      const int64_t axis,
      AxisOf(lowering, node, node.Int("axis", 0), shape.size()));
  const size_t at = axis;
  TINYML_ASSIGN_OR_RETURN(const std::vector<int64_t> sizes,
                          SplitSizes(lowering, node, shape[at]));
  if (sizes.size() == 1) {
    lowering.DefineAlias(node, 0, input);
    return {};
  }
  TINYML_RETURN_IF_ERROR(
      CheckKernelType(lowering, node, input, "SPLIT",
                      {TensorType::kFloat32, TensorType::kInt8,
                       TensorType::kInt16, TensorType::kInt32}));
  const Layout layout = lowering.LayoutOf(input);
  TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor,
                          lowering.Get(input, layout));
  std::vector<TensorIndex> outputs;
  for (size_t i = 0; i < sizes.size(); ++i) {
    Shape part = shape;
    part[at] = sizes[i];
    const std::string name = node.outputs[i] == kNoValue
                                 ? lowering.OutputName(node, 0) + "/unused"
                                 : lowering.OutputName(node, i);
    outputs.push_back(lowering.NewTensor(lowering.TypeOf(input),
                                         InLayout(part, layout), name));
    lowering.Define(node, i, lowering.TypeOf(input), std::move(part),
                    outputs.back(), layout);
  }
  const std::string name = lowering.OutputName(node, 0);
  const TensorIndex axis_tensor = lowering.NewConstant(
      Constant::OfType(TensorType::kInt32, {}, {AxisIn(layout, axis)}),
      name + "/axis");
  const bool equal = std::count(sizes.begin(), sizes.end(), sizes[0]) ==
                     static_cast<ptrdiff_t>(sizes.size());
  if (equal) {
    SplitOptions options;
    options.num_splits = static_cast<int32_t>(sizes.size());
    lowering.Emit(Op::kSplit, {axis_tensor, tensor}, std::move(outputs),
                  options);
  } else {
    SplitVOptions options;
    options.num_splits = static_cast<int32_t>(sizes.size());
    const TensorIndex size_tensor = lowering.NewInt32(sizes, name + "/sizes");
    lowering.Emit(Op::kSplitV, {tensor, size_tensor, axis_tensor},
                  std::move(outputs), options);
  }
  return {};
}

Status LowerExpand(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckOperands(lowering, node, 2, 2));
  const ValueId input = node.inputs[0];
  const Shape& from = lowering.ShapeOf(input);
  Shape asked;
  if (lowering.ConstantOf(node.inputs[1]) != nullptr) {
    TINYML_ASSIGN_OR_RETURN(asked, ConstantInts(lowering, node, 1, "shape"));
  } else {
    const auto declared = DeclaredShape(lowering, node, 0);
    TINYML_ONNX_REQUIRE(
        lowering, node, declared.has_value(),
        "the model computes its shape; TFLM's shapes are fixed");
    asked = *declared;
  }
  Shape shape = asked;
  if (shape.size() < from.size()) {
    shape.insert(shape.begin(), from.size() - shape.size(), 1);
  }
  const size_t added = shape.size() - from.size();
  for (size_t i = 0; i < from.size(); ++i) {
    int64_t& dim = shape[added + i];
    TINYML_ONNX_REQUIRE(lowering, node,
                        from[i] == 1 || dim == 1 || dim == from[i],
                        "its input does not broadcast to its shape");
    if (dim == 1) dim = from[i];
  }
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, shape));
  if (Elements(shape) == Elements(from)) {
    lowering.DefineReshaped(node, 0, input, std::move(shape));
    return {};
  }
  TINYML_ONNX_REQUIRE(lowering, node, shape.size() <= 5,
                      "TFLM's BROADCAST_TO takes up to 5 dimensions");
  const Layout layout = lowering.CommonLayout(std::array{input}, shape.size());
  TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor,
                          lowering.GetBroadcast(input, layout));
  const TensorIndex output = EmitBroadcast(
      lowering, tensor, InLayout(shape, layout), lowering.OutputName(node, 0));
  lowering.Define(node, 0, lowering.TypeOf(input), std::move(shape), output,
                  layout);
  return {};
}

Status LowerTile(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckOperands(lowering, node, 2, 2));
  const ValueId input = node.inputs[0];
  const Shape& from = lowering.ShapeOf(input);
  std::vector<int64_t> repeats;
  if (lowering.ConstantOf(node.inputs[1]) != nullptr) {
    TINYML_ASSIGN_OR_RETURN(repeats,
                            ConstantInts(lowering, node, 1, "repeats"));
  } else if (const auto declared = DeclaredShape(lowering, node, 0)) {
    for (size_t i = 0; i < std::min(from.size(), declared->size()); ++i) {
      repeats.push_back((*declared)[i] / from[i]);
    }
  }
  TINYML_ONNX_REQUIRE(lowering, node, repeats.size() == from.size(),
                      "its repeats are not one for each axis, or the model "
                      "computes them; TFLM's shapes are fixed");
  Shape shape = from;
  for (size_t i = 0; i < from.size(); ++i) {
    TINYML_ONNX_REQUIRE(
        lowering, node,
        repeats[i] > 0 &&
            repeats[i] <= std::numeric_limits<int32_t>::max() / from[i],
        "its repeats are 0 or too large; TFLM has no empty tensors");
    shape[i] *= repeats[i];
  }
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, shape));
  const Layout layout = lowering.LayoutOf(input);
  TINYML_ASSIGN_OR_RETURN(TensorIndex tensor, lowering.Get(input, layout));
  const std::string name = lowering.OutputName(node, 0);
  // TFLM has no TILE: what lies after an axis is repeated as a block.
  for (size_t i = layout.size(); i-- > 0;) {
    const int64_t times = repeats[layout[i]];
    if (times == 1) continue;
    Shape dims = DimsOf(lowering, tensor);
    const auto at = static_cast<ptrdiff_t>(i);
    const int64_t before = Elements(Shape(dims.begin(), dims.begin() + at));
    const int64_t block = Elements(Shape(dims.begin() + at, dims.end()));
    dims[i] *= times;
    tensor = EmitShaped(lowering, tensor, {before, 1, block}, name);
    tensor = EmitBroadcast(lowering, tensor, {before, times, block}, name);
    tensor = EmitShaped(lowering, tensor, dims, name);
  }
  lowering.Define(node, 0, lowering.TypeOf(input), std::move(shape), tensor,
                  layout);
  return {};
}

}  // namespace tinyml::onnx_import
