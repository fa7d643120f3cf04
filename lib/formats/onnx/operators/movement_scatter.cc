// Operators that put values at indices: ScatterND, ScatterElements, OneHot.
#include <array>
#include <cstring>
#include <string>
#include <utility>

#include "base/macros.h"
#include "formats/onnx/fold_parts.h"
#include "formats/onnx/lowering.h"
#include "formats/onnx/operators/compose.h"
#include "formats/onnx/operators/movement.h"
#include "formats/onnx/operators/numeric.h"

namespace tinyml::onnx_import {
namespace {

using Op = BuiltinOperator;

// A tensor seen as rows, some of which are replaced.
struct Scatter {
  int64_t rows = 0;     // Of the data.
  int64_t row = 0;      // Elements of each.
  int64_t updates = 0;  // Rows that are put into it.
  // For each row of the data: the row that takes its place, counted over the
  // data's own and then the updates.
  std::vector<int64_t> source;
};

Result<Scatter> ScatterOf(Lowering& lowering, const Node& node, int64_t rows,
                          int64_t row, int64_t updates) {
  TINYML_ONNX_REQUIRE(
      lowering, node,
      lowering.TakeFoldingBytes((rows + updates) *
                                static_cast<int64_t>(sizeof(int64_t))),
      "its indices are too many to be kept");
  Scatter scatter;
  scatter.rows = rows;
  scatter.row = row;
  scatter.updates = updates;
  scatter.source.resize(rows);
  for (int64_t i = 0; i < rows; ++i) {
    scatter.source[i] = i;
  }
  return scatter;
}

// An index of an axis of `size`, which may count from the back.
Result<int64_t> IndexOf(const Lowering& lowering, const Node& node,
                        int64_t index, int64_t size) {
  TINYML_ONNX_REQUIRE(lowering, node, index >= -size && index < size,
                      "its index " + std::to_string(index) +
                          " is out of range: there are " +
                          std::to_string(size));
  return index < 0 ? index + size : index;
}

// The rows of both are joined, and each row is taken from where it comes.
Status EmitScatter(Lowering& lowering, const Node& node,
                   const Scatter& scatter) {
  const ValueId data = node.inputs[0];
  const ValueId updates = node.inputs[2];
  const Shape shape = lowering.ShapeOf(data);
  const std::string name = lowering.OutputName(node, 0);
  const Constant* known = lowering.ConstantOf(data);
  const Constant* known_updates = lowering.ConstantOf(updates);
  if (known != nullptr && known_updates != nullptr) {
    const size_t bytes =
        WidthOf(known->type) * static_cast<size_t>(scatter.row);
    const auto a = known->data.bytes();
    const auto b = known_updates->data.bytes();
    std::vector<uint8_t> result(a.size());
    for (size_t i = 0; i < scatter.source.size(); ++i) {
      const size_t at = scatter.source[i];
      const size_t rows = scatter.rows;
      const uint8_t* from =
          at < rows ? a.data() + at * bytes : b.data() + (at - rows) * bytes;
      std::memcpy(result.data() + i * bytes, from, bytes);
    }
    Constant constant;
    constant.type = known->type;
    constant.shape = shape;
    constant.data = BufferData(std::move(result));
    lowering.DefineConstant(node, 0, std::move(constant));
    return {};
  }
  TINYML_RETURN_IF_ERROR(
      CheckKernelType(lowering, node, data, "GATHER",
                      {TensorType::kFloat32, TensorType::kInt8}));
  TINYML_RETURN_IF_ERROR(CheckShape(
      lowering, node, {scatter.rows + scatter.updates, scatter.row}));
  TINYML_ASSIGN_OR_RETURN(TensorIndex a, lowering.Get(data));
  TINYML_ASSIGN_OR_RETURN(TensorIndex b, lowering.Get(updates));
  a = EmitShaped(lowering, a, {scatter.rows, scatter.row}, name);
  b = EmitShaped(lowering, b, {scatter.updates, scatter.row}, name);
  const TensorIndex both = EmitConcat(lowering, {a, b}, 0, name);
  const TensorIndex picked = lowering.NewTensor(
      lowering.tensor(a).type, {scatter.rows, scatter.row}, name);
  lowering.Emit(Op::kGather,
                {both, lowering.NewInt32(scatter.source, name + "/rows")},
                {picked}, GatherOptions());
  lowering.Define(node, 0, lowering.TypeOf(data), shape,
                  EmitShaped(lowering, picked, shape, name));
  return {};
}

// What both kinds check first. Returns the indices.
Result<std::vector<int64_t>> CheckScatter(const Lowering& lowering,
                                          const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 3, 3));
  TINYML_ONNX_REQUIRE(lowering, node,
                      node.String("reduction", "none") == "none",
                      "its reduction is not supported");
  for (const ValueId id : node.inputs) {
    TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, lowering.ShapeOf(id)));
  }
  TINYML_ONNX_REQUIRE(
      lowering, node,
      lowering.TypeOf(node.inputs[0]) == lowering.TypeOf(node.inputs[2]),
      "its data and updates differ in type");
  const Constant* indices = lowering.ConstantOf(node.inputs[1]);
  TINYML_ONNX_REQUIRE(lowering, node, indices != nullptr,
                      "the model computes its indices; no kernel of TFLM "
                      "writes to places that it is told");
  return indices->AsInt64();
}

}  // namespace

Status LowerScatterNd(Lowering& lowering, const Node& node) {
  TINYML_ASSIGN_OR_RETURN(const std::vector<int64_t> indices,
                          CheckScatter(lowering, node));
  const Shape& data = lowering.ShapeOf(node.inputs[0]);
  Shape front = lowering.ShapeOf(node.inputs[1]);
  TINYML_ONNX_REQUIRE(
      lowering, node,
      !front.empty() && front.back() <= static_cast<int64_t>(data.size()),
      "its indices have more parts than its data has axes");
  const auto parts = static_cast<size_t>(front.back());
  front.pop_back();
  Shape expected = front;
  expected.insert(expected.end(), data.begin() + static_cast<ptrdiff_t>(parts),
                  data.end());
  TINYML_ONNX_REQUIRE(lowering, node,
                      lowering.ShapeOf(node.inputs[2]) == expected,
                      "its updates have another shape than its indices ask");
  int64_t rows = 1;
  for (size_t i = 0; i < parts; ++i) rows *= data[i];
  const int64_t updates = Elements(front);
  TINYML_ASSIGN_OR_RETURN(
      Scatter scatter,
      ScatterOf(lowering, node, rows, Elements(data) / rows, updates));
  size_t next = 0;
  for (int64_t k = 0; k < updates; ++k) {
    int64_t at = 0;
    for (size_t i = 0; i < parts; ++i) {
      TINYML_ASSIGN_OR_RETURN(
          const int64_t index,
          IndexOf(lowering, node, indices[next++], data[i]));
      at = at * data[i] + index;
    }
    scatter.source[at] = rows + k;
  }
  return EmitScatter(lowering, node, scatter);
}

Status LowerScatterElements(Lowering& lowering, const Node& node) {
  TINYML_ASSIGN_OR_RETURN(const std::vector<int64_t> indices,
                          CheckScatter(lowering, node));
  const Shape& data = lowering.ShapeOf(node.inputs[0]);
  const Shape& shape = lowering.ShapeOf(node.inputs[1]);
  TINYML_ONNX_REQUIRE(
      lowering, node,
      shape.size() == data.size() && lowering.ShapeOf(node.inputs[2]) == shape,
      "its indices and updates differ in shape, or in rank from its data");
  TINYML_ASSIGN_OR_RETURN(
      const int64_t axis,
      AxisOf(lowering, node, node.Int("axis", 0), data.size()));
  for (size_t i = 0; i < data.size(); ++i) {
    TINYML_ONNX_REQUIRE(lowering, node,
                        i == static_cast<size_t>(axis) || shape[i] <= data[i],
                        "its indices reach beyond its data");
  }
  const int64_t updates = Elements(shape);
  TINYML_ASSIGN_OR_RETURN(
      Scatter scatter, ScatterOf(lowering, node, Elements(data), 1, updates));
  std::vector<int64_t> position(data.size(), 0);
  for (int64_t k = 0; k < updates; ++k) {
    int64_t at = 0;
    for (size_t i = 0; i < data.size(); ++i) {
      int64_t index = position[i];
      if (i == static_cast<size_t>(axis)) {
        TINYML_ASSIGN_OR_RETURN(index,
                                IndexOf(lowering, node, indices[k], data[i]));
      }
      at = at * data[i] + index;
    }
    scatter.source[at] = scatter.rows + k;
    for (size_t i = data.size(); i-- > 0;) {
      if (++position[i] < shape[i]) break;
      position[i] = 0;
    }
  }
  return EmitScatter(lowering, node, scatter);
}

Status LowerOneHot(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 3, 3));
  const ValueId input = node.inputs[0];
  const Constant* depths = lowering.ConstantOf(node.inputs[1]);
  const Constant* values = lowering.ConstantOf(node.inputs[2]);
  TINYML_ONNX_REQUIRE(lowering, node,
                      depths != nullptr && Elements(depths->shape) == 1 &&
                          values != nullptr && values->shape == Shape{2},
                      "its depth and its two values must be constant");
  const int64_t depth = depths->AsInt64()[0];
  Shape shape = lowering.ShapeOf(input);
  TINYML_ASSIGN_OR_RETURN(
      const int64_t axis,
      AxisOf(lowering, node, node.Int("axis", -1), shape.size() + 1));
  const auto at = shape.begin() + static_cast<ptrdiff_t>(axis);
  const int64_t before = Elements(Shape(shape.begin(), at));
  const int64_t behind = Elements(Shape(at, shape.end()));
  shape.insert(at, depth);
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, shape));
  TINYML_ONNX_REQUIRE(
      lowering, node,
      lowering.TakeFoldingBytes(depth * static_cast<int64_t>(sizeof(int64_t))),
      "its depth is too large");
  const TensorType held = TensorTypeFor(values->type);
  TINYML_ONNX_REQUIRE(
      lowering, node,
      held == TensorType::kFloat32 || held == TensorType::kInt32,
      "its values must be float32 or int32, not " +
          TensorTypeName(values->type));
  Formula f(lowering, node);
  TINYML_ASSIGN_OR_RETURN(TensorIndex index, lowering.Get(input));
  const TensorType wide = lowering.tensor(index).type == TensorType::kFloat32
                              ? TensorType::kFloat32
                              : TensorType::kInt32;
  TINYML_ASSIGN_OR_RETURN(index,
                          Convert(lowering, node, index, wide, f.name()));
  // Three axes, since the comparisons broadcast over no more than four.
  index = EmitShaped(lowering, index, {before, 1, behind}, f.name());
  // Indices may count from the back.
  TensorIndex hot = kNoTensor;
  for (const int64_t first : {int64_t{0}, -depth}) {
    std::vector<int64_t> classes;
    for (int64_t i = 0; i < depth; ++i) classes.push_back(first + i);
    Constant constant =
        wide == TensorType::kInt32
            ? Constant::OfType(wide, {1, depth, 1}, classes)
            : Constant::Of({1, depth, 1},
                           std::vector<float>(classes.begin(), classes.end()));
    const TensorIndex equal =
        f.Compare(Op::kEqual, index,
                  lowering.NewConstant(constant, f.name() + "/classes"));
    hot = hot == kNoTensor ? equal : f.Compare(Op::kLogicalOr, hot, equal);
  }
  const auto scalar = [&](size_t i) {
    const Shape none;
    return lowering.NewConstant(
        held == TensorType::kFloat32
            ? Constant::Of(none, std::vector<float>{values->AsFloat()[i]})
            : Constant::OfType(values->type, none, {values->AsInt64()[i]}),
        f.name() + (i == 0 ? "/off" : "/on"));
  };
  const std::vector<float> numbers = values->AsFloat();
  TensorIndex result = kNoTensor;
  if (numbers[0] == 0 && numbers[1] == 1) {
    TINYML_ASSIGN_OR_RETURN(result,
                            Convert(lowering, node, hot, held, f.name()));
  } else {
    result = f.Choose(hot, scalar(1), scalar(0));
  }
  const TensorType type = values->type;
  result = EmitShaped(lowering, result, shape, f.name());
  lowering.Define(node, 0, type, std::move(shape), result);
  return {};
}

}  // namespace tinyml::onnx_import
