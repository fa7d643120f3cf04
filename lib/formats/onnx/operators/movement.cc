// Operators that rename axes and change the shape; the table of all movement.
#include "formats/onnx/operators/movement.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "base/macros.h"
#include "formats/onnx/lowering.h"
#include "formats/onnx/operators/compose.h"

namespace tinyml::onnx_import {
namespace {

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
        "perm is not an order of the " + std::to_string(rank) +
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
  TINYML_RETURN_IF_ERROR(CheckOperands(lowering, node, 1, 2));
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
  TINYML_RETURN_IF_ERROR(CheckOperands(lowering, node, 1, 1));
  const Shape& input = lowering.ShapeOf(node.inputs[0]);
  const auto rank = static_cast<int64_t>(input.size());
  int64_t axis = node.Int("axis", 1);
  if (axis < 0) axis += rank;
  TINYML_ONNX_REQUIRE(lowering, node, axis >= 0 && axis <= rank,
                      "its input does not have its axis");
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
  TINYML_RETURN_IF_ERROR(CheckOperands(lowering, node, 1, 2));
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
  TINYML_RETURN_IF_ERROR(CheckOperands(lowering, node, 1, 2));
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

}  // namespace

std::span<const OnnxOperator> MovementOperators() {
  static constexpr std::string_view kScattered =
      "constant indices; float32 and int8; no reduction";
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
      {"OneHot", LowerOneHot, "EQUAL, LOGICAL_OR, CAST or SELECT_V2",
       "constant depth and values, float32 or int32"},
      {"Scatter", LowerScatterElements, "CONCATENATION, GATHER", kScattered},
      {"ScatterElements", LowerScatterElements, "CONCATENATION, GATHER",
       kScattered},
      {"ScatterND", LowerScatterNd, "CONCATENATION, GATHER", kScattered},
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
