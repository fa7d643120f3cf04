#include "formats/onnx/operators/compose.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/macros.h"

namespace tinyml::onnx_import {
namespace {

using Op = BuiltinOperator;

constexpr size_t kMaxConcatInputs = 10;  // concatenation.cc, kMaxInputNum.

}  // namespace

Status CheckInputs(const Lowering& lowering, const Node& node, size_t least,
                   size_t most) {
  bool sound = node.inputs.size() >= least && node.inputs.size() <= most;
  for (size_t i = 0; sound && i < least; ++i) {
    sound = node.inputs[i] != kNoValue;
  }
  TINYML_ONNX_REQUIRE(lowering, node, sound && !node.outputs.empty(),
                      "it has too few or too many inputs");
  return {};
}

Status CheckKernelType(const Lowering& lowering, const Node& node, ValueId id,
                       std::string_view kernel,
                       std::initializer_list<TensorType> types) {
  const TensorType type = TensorTypeFor(lowering.TypeOf(id));
  std::string names;
  for (const TensorType known : types) {
    if (type == known) return {};
    names += (names.empty() ? "" : ", ") + TensorTypeName(known);
  }
  return lowering.Refuse(node, "TFLM's " + std::string(kernel) + " takes " +
                                   names + ", not " +
                                   TensorTypeName(lowering.TypeOf(id)));
}

Status CheckShape(const Lowering& lowering, const Node& node,
                  const Shape& shape) {
  int64_t elements = 1;
  for (const int64_t dim : shape) {
    constexpr int64_t kMax = std::numeric_limits<int32_t>::max();
    TINYML_ONNX_REQUIRE(lowering, node, dim > 0,
                        "its result has the shape " + ShapeText(shape) +
                            "; TFLM has no empty tensors");
    TINYML_ONNX_REQUIRE(lowering, node, elements <= kMax / dim,
                        "its result has more elements than TFLM can count");
    elements *= dim;
  }
  return {};
}

Status CheckOperands(const Lowering& lowering, const Node& node, size_t least,
                     size_t most) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, least, most));
  return CheckShape(lowering, node, lowering.ShapeOf(node.inputs[0]));
}

Status CheckOutputsUnused(const Lowering& lowering, const Node& node,
                          size_t first, std::string_view reason) {
  for (size_t i = first; i < node.outputs.size(); ++i) {
    const ValueId id = node.outputs[i];
    if (id == kNoValue) continue;
    const Graph& graph = lowering.graph();
    bool used = std::count(graph.outputs.begin(), graph.outputs.end(), id) > 0;
    for (const Node& reader : graph.nodes) {
      used = used || std::count(reader.inputs.begin(), reader.inputs.end(), id);
    }
    TINYML_ONNX_REQUIRE(lowering, node, !used, reason);
  }
  return {};
}

Result<int64_t> AxisOf(const Lowering& lowering, const Node& node, int64_t axis,
                       size_t rank) {
  const auto signed_rank = static_cast<int64_t>(rank);
  TINYML_ONNX_REQUIRE(
      lowering, node, axis >= -signed_rank && axis < signed_rank,
      "axis " + std::to_string(axis) + " is out of range: there are " +
          std::to_string(rank));
  return axis < 0 ? axis + signed_rank : axis;
}

Result<std::vector<int64_t>> AxesOf(const Lowering& lowering, const Node& node,
                                    std::vector<int64_t> axes, size_t rank) {
  TINYML_ONNX_REQUIRE(lowering, node, axes.size() <= rank,
                      "it has more axes than its input");
  for (int64_t& axis : axes) {
    TINYML_ASSIGN_OR_RETURN(axis, AxisOf(lowering, node, axis, rank));
  }
  std::vector<int64_t> sorted = axes;
  std::sort(sorted.begin(), sorted.end());
  TINYML_ONNX_REQUIRE(
      lowering, node,
      std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end(),
      "it names an axis twice");
  return axes;
}

Result<std::vector<int64_t>> ConstantInts(const Lowering& lowering,
                                          const Node& node, size_t i,
                                          std::string_view what) {
  const ValueId id = Lowering::Input(node, i);
  TINYML_ONNX_REQUIRE(lowering, node, id != kNoValue,
                      "it has no " + std::string(what));
  const Constant* constant = lowering.ConstantOf(id);
  TINYML_ONNX_REQUIRE(lowering, node, constant != nullptr,
                      "the model computes its " + std::string(what) +
                          "; TFLM's shapes are fixed");
  return constant->AsInt64();
}

std::optional<Shape> DeclaredShape(const Lowering& lowering, const Node& node,
                                   size_t i) {
  if (i >= node.outputs.size() || node.outputs[i] == kNoValue) {
    return std::nullopt;
  }
  const Value& value = lowering.graph().values[node.outputs[i]];
  if (!value.declared) return std::nullopt;
  Shape shape;
  for (const DeclaredDim& dim : *value.declared) {
    if (dim.value < 0) return std::nullopt;
    shape.push_back(dim.value);
  }
  return shape;
}

Layout WithLast(const Layout& layout, const std::vector<int64_t>& axes) {
  const auto chosen = [&](int axis) {
    return std::find(axes.begin(), axes.end(), axis) != axes.end();
  };
  Layout moved = layout;
  std::stable_partition(moved.begin(), moved.end(),
                        [&](int axis) { return !chosen(axis); });
  return moved;
}

Shape DimsOf(const Lowering& lowering, TensorIndex tensor) {
  const auto& shape = lowering.tensor(tensor).shape;
  return {shape.begin(), shape.end()};
}

TensorIndex EmitShaped(Lowering& lowering, TensorIndex input, const Shape& dims,
                       std::string_view name) {
  if (DimsOf(lowering, input) == dims) return input;
  return lowering.EmitReshape(input, dims, name);
}

TensorIndex EmitPad(Lowering& lowering, TensorIndex input,
                    const std::vector<int64_t>& before,
                    const std::vector<int64_t>& after, double value,
                    std::string_view name) {
  Shape dims = DimsOf(lowering, input);
  std::vector<int64_t> pairs;
  for (size_t i = 0; i < dims.size(); ++i) {
    pairs.push_back(before[i]);
    pairs.push_back(after[i]);
    dims[i] += before[i] + after[i];
  }
  if (dims == DimsOf(lowering, input)) return input;
  const TensorType type = lowering.tensor(input).type;
  const TensorIndex output = lowering.NewTensor(type, dims, name);
  const std::string label(name);
  const TensorIndex paddings = lowering.NewConstant(
      Constant::OfType(TensorType::kInt32,
                       {static_cast<int64_t>(dims.size()), 2}, pairs),
      label + "/paddings");
  if (value == 0) {
    lowering.Emit(Op::kPad, {input, paddings}, {output}, PadOptions());
    return output;
  }
  const Constant fill =
      type == TensorType::kFloat32
          ? Constant::Of(Shape(), std::vector<float>{static_cast<float>(value)})
          : Constant::OfType(type, {}, {static_cast<int64_t>(value)});
  const TensorIndex constant = lowering.NewConstant(fill, label + "/value");
  lowering.Emit(Op::kPadv2, {input, paddings, constant}, {output},
                PadV2Options());
  return output;
}

TensorIndex EmitSlice(Lowering& lowering, TensorIndex input,
                      const std::vector<int64_t>& begin, const Shape& size,
                      std::string_view name) {
  if (DimsOf(lowering, input) == size) return input;
  const std::string label(name);
  const TensorIndex output =
      lowering.NewTensor(lowering.tensor(input).type, size, name);
  const TensorIndex from = lowering.NewConstant(
      Constant::OfType(TensorType::kInt32, {static_cast<int64_t>(begin.size())},
                       begin),
      label + "/begin");
  const TensorIndex count = lowering.NewConstant(
      Constant::OfType(TensorType::kInt32, {static_cast<int64_t>(size.size())},
                       size),
      label + "/size");
  lowering.Emit(Op::kSlice, {input, from, count}, {output}, SliceOptions());
  return output;
}

TensorIndex EmitConcat(Lowering& lowering, std::vector<TensorIndex> inputs,
                       int axis, std::string_view name) {
  const size_t at = axis;
  const auto join = [&](std::span<const TensorIndex> parts) {
    if (parts.size() == 1) return parts[0];
    Shape dims = DimsOf(lowering, parts[0]);
    dims[at] = 0;
    for (const TensorIndex part : parts) {
      dims[at] += DimsOf(lowering, part)[at];
    }
    const TensorIndex output =
        lowering.NewTensor(lowering.tensor(parts[0]).type, dims, name);
    ConcatenationOptions options;
    options.axis = axis;
    lowering.Emit(Op::kConcatenation, {parts.begin(), parts.end()}, {output},
                  options);
    return output;
  };
  // Each round joins just what one operator more could not take, so that there
  // are as few operators as can be, and little is copied twice.
  while (inputs.size() > kMaxConcatInputs) {
    const std::span<const TensorIndex> all = inputs;
    std::vector<TensorIndex> joined;
    size_t first = 0;
    while (first < all.size()) {
      const size_t surplus =
          joined.size() + (all.size() - first) - kMaxConcatInputs;
      const bool enough =
          joined.size() + (all.size() - first) <= kMaxConcatInputs;
      const size_t count = std::min({enough ? size_t{1} : surplus + 1,
                                     kMaxConcatInputs, all.size() - first});
      joined.push_back(join(all.subspan(first, count)));
      first += count;
    }
    inputs = std::move(joined);
  }
  return join(inputs);
}

std::vector<TensorIndex> EmitSplit(Lowering& lowering, TensorIndex input,
                                   int axis, const std::vector<int64_t>& sizes,
                                   std::string_view name) {
  if (sizes.size() == 1) return {input};
  std::vector<TensorIndex> outputs;
  Shape dims = DimsOf(lowering, input);
  for (const int64_t size : sizes) {
    dims[axis] = size;
    outputs.push_back(
        lowering.NewTensor(lowering.tensor(input).type, dims, name));
  }
  const std::string label(name);
  const TensorIndex axis_tensor = lowering.NewConstant(
      Constant::OfType(TensorType::kInt32, {}, {axis}), label + "/axis");
  const auto count = static_cast<int32_t>(sizes.size());
  if (std::count(sizes.begin(), sizes.end(), sizes[0]) == count) {
    SplitOptions options;
    options.num_splits = count;
    lowering.Emit(Op::kSplit, {axis_tensor, input}, outputs, options);
  } else {
    SplitVOptions options;
    options.num_splits = count;
    const TensorIndex size_tensor = lowering.NewInt32(sizes, label + "/sizes");
    lowering.Emit(Op::kSplitV, {input, size_tensor, axis_tensor}, outputs,
                  options);
  }
  return outputs;
}

TensorIndex EmitReduce(Lowering& lowering, BuiltinOperator code,
                       TensorIndex input, const std::vector<int64_t>& axes,
                       std::string_view name) {
  Shape dims = DimsOf(lowering, input);
  for (const int64_t axis : axes) dims[axis] = 1;
  const TensorIndex output =
      lowering.NewTensor(lowering.tensor(input).type, dims, name);
  const TensorIndex list = lowering.NewInt32(axes, std::string(name) + "/axes");
  ReducerOptions options;
  options.keep_dims = true;
  lowering.Emit(code, {input, list}, {output}, options);
  return output;
}

}  // namespace tinyml::onnx_import
