// Operators that rename axes, change the shape, join and cut.
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

// Renames axes; nothing is moved until somebody needs them in place.
Status LowerTranspose(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 1, 1));
  const size_t rank = lowering.RankOf(node.inputs[0]);
  const std::vector<int64_t> given = node.Ints("perm");
  std::vector<int> axes = Canonical(rank);
  if (given.empty()) {
    std::reverse(axes.begin(), axes.end());
  } else {
    std::vector<int64_t> sorted = given;
    std::sort(sorted.begin(), sorted.end());
    TINYML_ONNX_REQUIRE(
        lowering, node,
        std::equal(sorted.begin(), sorted.end(), axes.begin(), axes.end()),
        "perm is no order of the " + std::to_string(rank) +
            " axes of its input");
    axes.assign(given.begin(), given.end());
  }
  lowering.DefineTransposed(node, 0, node.inputs[0], axes);
  return {};
}

// --- Shapes

// The shape that Reshape asks for: 0 stands for the input's dimension (unless
// `allow_zero`), one -1 for what remains.
Result<Shape> AskedShape(const Lowering& lowering, const Node& node,
                         const Shape& input, Shape shape, bool allow_zero) {
  const int64_t elements = Elements(input);
  int64_t known = 1;
  size_t open = shape.size();
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 0 && !allow_zero) {
      TINYML_ONNX_REQUIRE(lowering, node, i < input.size(),
                          "its shape copies a dimension that is not there");
      shape[i] = input[i];
    }
    TINYML_ONNX_REQUIRE(lowering, node, shape[i] >= -1,
                        "its shape has a negative dimension");
    if (shape[i] == -1) {
      TINYML_ONNX_REQUIRE(lowering, node, open == shape.size(),
                          "its shape has more than one -1");
      open = i;
      continue;
    }
    TINYML_ONNX_REQUIRE(
        lowering, node,
        shape[i] == 0 ||
            known <= std::numeric_limits<int64_t>::max() / shape[i],
        "its shape is too large");
    known *= shape[i];
  }
  if (open < shape.size()) {
    TINYML_ONNX_REQUIRE(lowering, node, known > 0 && elements % known == 0,
                        "its shape does not fit the " +
                            std::to_string(elements) +
                            " elements of its input");
    shape[open] = elements / known;
    known = elements;
  }
  TINYML_ONNX_REQUIRE(lowering, node, known == elements,
                      "its shape " + ShapeText(shape) + " does not have the " +
                          std::to_string(elements) + " elements of its input");
  return shape;
}

// `shape` replaces that of the input. The dimensions were checked to have as
// many elements.
Status Reshape(Lowering& lowering, const Node& node, Shape shape) {
  if (lowering.ConstantOf(node.inputs[0]) == nullptr) {
    TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, shape));
  }
  lowering.DefineReshaped(node, 0, node.inputs[0], std::move(shape));
  return {};
}

// The shape that the file declares, where the one that is asked for is computed
// by the model: the elements and their order are the same.
Result<Shape> DeclaredReshape(const Lowering& lowering, const Node& node,
                              std::string_view what) {
  const auto declared = DeclaredShape(lowering, node, 0);
  TINYML_ONNX_REQUIRE(lowering, node, declared.has_value(),
                      "the model computes its " + std::string(what) +
                          "; TFLM's shapes are fixed");
  return AskedShape(lowering, node, lowering.ShapeOf(node.inputs[0]), *declared,
                    true);
}

Status LowerReshape(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 1, 2));
  TINYML_RETURN_IF_ERROR(
      CheckShape(lowering, node, lowering.ShapeOf(node.inputs[0])));
  const Shape& input = lowering.ShapeOf(node.inputs[0]);
  const ValueId asked = Lowering::Input(node, 1);
  Shape shape;
  if (asked == kNoValue) {
    shape = node.Ints("shape");  // Opset 1 to 4, and some exporters since.
  } else if (const Constant* constant = lowering.ConstantOf(asked)) {
    shape = constant->AsInt64();
  } else {
    TINYML_ASSIGN_OR_RETURN(shape, DeclaredReshape(lowering, node, "shape"));
    return Reshape(lowering, node, std::move(shape));
  }
  TINYML_ASSIGN_OR_RETURN(shape,
                          AskedShape(lowering, node, input, std::move(shape),
                                     node.Int("allowzero", 0) != 0));
  return Reshape(lowering, node, std::move(shape));
}

Status LowerFlatten(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 1, 1));
  TINYML_RETURN_IF_ERROR(
      CheckShape(lowering, node, lowering.ShapeOf(node.inputs[0])));
  const Shape& input = lowering.ShapeOf(node.inputs[0]);
  const auto rank = static_cast<int64_t>(input.size());
  int64_t axis = node.Int("axis", 1);
  if (axis < 0) axis += rank;
  TINYML_ONNX_REQUIRE(lowering, node, axis >= 0 && axis <= rank,
                      "its axis is none of its input");
  const Shape front(input.begin(), input.begin() + axis);
  const Shape back(input.begin() + axis, input.end());
  return Reshape(lowering, node, {Elements(front), Elements(back)});
}

// The axes of Squeeze and Unsqueeze: an input since opset 13.
Result<std::optional<std::vector<int64_t>>> AxesOperand(
    const Lowering& lowering, const Node& node) {
  const ValueId id = Lowering::Input(node, 1);
  if (id == kNoValue) {
    if (!node.Has("axes")) return std::optional<std::vector<int64_t>>();
    return std::optional(node.Ints("axes"));
  }
  TINYML_ASSIGN_OR_RETURN(auto axes, ConstantInts(lowering, node, 1, "axes"));
  return std::optional(std::move(axes));
}

Status LowerSqueeze(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 1, 2));
  TINYML_RETURN_IF_ERROR(
      CheckShape(lowering, node, lowering.ShapeOf(node.inputs[0])));
  const Shape& input = lowering.ShapeOf(node.inputs[0]);
  const ValueId given = Lowering::Input(node, 1);
  Shape shape;
  if (given != kNoValue && lowering.ConstantOf(given) == nullptr) {
    TINYML_ASSIGN_OR_RETURN(shape, DeclaredReshape(lowering, node, "axes"));
    return Reshape(lowering, node, std::move(shape));
  }
  TINYML_ASSIGN_OR_RETURN(auto axes, AxesOperand(lowering, node));
  if (axes) {
    TINYML_ASSIGN_OR_RETURN(*axes, AxesOf(lowering, node, *axes, input.size()));
  }
  for (size_t i = 0; i < input.size(); ++i) {
    const bool named = axes && std::count(axes->begin(), axes->end(),
                                          static_cast<int64_t>(i)) > 0;
    TINYML_ONNX_REQUIRE(lowering, node, !named || input[i] == 1,
                        "it squeezes an axis whose size is not 1");
    if (!(axes ? named : input[i] == 1)) shape.push_back(input[i]);
  }
  return Reshape(lowering, node, std::move(shape));
}

Status LowerUnsqueeze(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 1, 2));
  TINYML_RETURN_IF_ERROR(
      CheckShape(lowering, node, lowering.ShapeOf(node.inputs[0])));
  const Shape& input = lowering.ShapeOf(node.inputs[0]);
  const ValueId given = Lowering::Input(node, 1);
  Shape shape;
  if (given != kNoValue && lowering.ConstantOf(given) == nullptr) {
    TINYML_ASSIGN_OR_RETURN(shape, DeclaredReshape(lowering, node, "axes"));
    return Reshape(lowering, node, std::move(shape));
  }
  TINYML_ASSIGN_OR_RETURN(auto axes, AxesOperand(lowering, node));
  TINYML_ONNX_REQUIRE(lowering, node, axes.has_value(), "it has no axes");
  constexpr size_t kMaxRank = 64;  // Of anything that makes sense.
  const size_t rank = input.size() + axes->size();
  TINYML_ONNX_REQUIRE(lowering, node, rank <= kMaxRank,
                      "it adds too many axes");
  TINYML_ASSIGN_OR_RETURN(*axes, AxesOf(lowering, node, *axes, rank));
  size_t next = 0;
  for (size_t i = 0; i < rank; ++i) {
    const bool added =
        std::count(axes->begin(), axes->end(), static_cast<int64_t>(i)) > 0;
    shape.push_back(added ? 1 : input[next++]);
  }
  return Reshape(lowering, node, std::move(shape));
}

// --- Joining and cutting

Status LowerConcat(Lowering& lowering, const Node& node) {
  TINYML_ONNX_REQUIRE(lowering, node, !node.inputs.empty(), "it has no inputs");
  TINYML_RETURN_IF_ERROR(
      CheckInputs(lowering, node, node.inputs.size(), node.inputs.size()));
  const size_t rank = lowering.RankOf(node.inputs[0]);
  TINYML_ASSIGN_OR_RETURN(const int64_t axis,
                          AxisOf(lowering, node, node.Int("axis", 1), rank));
  const auto at = static_cast<size_t>(axis);
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
      sizes.push_back((*shape)[static_cast<size_t>(axis)]);
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
                      "it has not one size for each output");
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

Status LowerSplit(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 1, 2));
  TINYML_RETURN_IF_ERROR(
      CheckShape(lowering, node, lowering.ShapeOf(node.inputs[0])));
  const ValueId input = node.inputs[0];
  const Shape shape = lowering.ShapeOf(input);
  TINYML_ASSIGN_OR_RETURN(
      const int64_t axis,
      AxisOf(lowering, node, node.Int("axis", 0), shape.size()));
  const auto at = static_cast<size_t>(axis);
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

// --- Repeating

Status LowerExpand(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 2, 2));
  TINYML_RETURN_IF_ERROR(
      CheckShape(lowering, node, lowering.ShapeOf(node.inputs[0])));
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
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 2, 2));
  TINYML_RETURN_IF_ERROR(
      CheckShape(lowering, node, lowering.ShapeOf(node.inputs[0])));
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
  // TFLM has no TILE: what lies behind an axis is repeated as a block.
  for (size_t i = layout.size(); i-- > 0;) {
    const int64_t times = repeats[static_cast<size_t>(layout[i])];
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

std::span<const OnnxOperator> MovementOperators() {
  static constexpr OnnxOperator kOperators[] = {
      {"Transpose", LowerTranspose, "nothing, or TRANSPOSE", ""},
      {"Reshape", LowerReshape, "RESHAPE",
       "a shape that the model computes must be declared in the file"},
      {"Flatten", LowerFlatten, "RESHAPE", ""},
      {"Squeeze", LowerSqueeze, "RESHAPE", ""},
      {"Unsqueeze", LowerUnsqueeze, "RESHAPE", ""},
      {"Concat", LowerConcat, "CONCATENATION", ""},
      {"Split", LowerSplit, "SPLIT, SPLIT_V", "no empty parts"},
      {"Expand", LowerExpand, "BROADCAST_TO, RESHAPE", "up to 5 dimensions"},
      {"Tile", LowerTile, "RESHAPE, BROADCAST_TO", "constant repeats"},
      {"Slice", LowerSlice, "SLICE, STRIDED_SLICE",
       "constant starts, ends, axes and steps"},
      {"Gather", LowerGather, "GATHER, SLICE",
       "float32 and int8, others with one constant index"},
      {"GatherElements", LowerGatherElements, "GATHER_ND, GATHER",
       "float32 and int8"},
      {"GatherND", LowerGatherNd, "GATHER_ND",
       "float32 and int8; batch_dims with constant indices only"},
      {"Pad", LowerPad, "PAD, PADV2, MIRROR_PAD, SLICE, CONCATENATION",
       "constant pads; up to 5 dimensions"},
      {"Resize", LowerResize,
       "RESIZE_NEAREST_NEIGHBOR, RESIZE_BILINEAR, GATHER, BATCH_MATMUL",
       "constant scales or sizes"},
      {"Upsample", LowerResize, "as Resize", "constant scales"},
      {"SpaceToDepth", LowerSpaceToDepth, "SPACE_TO_DEPTH", ""},
      {"DepthToSpace", LowerDepthToSpace, "DEPTH_TO_SPACE",
       "CRD: with a TRANSPOSE"},
  };
  return kOperators;
}

}  // namespace tinyml::onnx_import
