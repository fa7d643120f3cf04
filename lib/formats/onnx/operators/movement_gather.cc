// Gather, GatherElements and GatherND.
#include <algorithm>
#include <string>
#include <utility>

#include "base/macros.h"
#include "formats/onnx/lowering.h"
#include "formats/onnx/operators/compose.h"
#include "formats/onnx/operators/movement.h"

namespace tinyml::onnx_import {
namespace {

using Op = BuiltinOperator;

Status CheckGatherTypes(const Lowering& lowering, const Node& node,
                        std::string_view kernel) {
  TINYML_RETURN_IF_ERROR(
      CheckKernelType(lowering, node, node.inputs[0], kernel,
                      {TensorType::kFloat32, TensorType::kInt8}));
  return CheckKernelType(lowering, node, node.inputs[1],
                         std::string(kernel) + " (indices)",
                         {TensorType::kInt32});
}

// Constant indices into `size` elements, those from the back counted from the
// front.
Result<Constant> Resolved(const Lowering& lowering, const Node& node,
                          const Constant& indices,
                          const std::vector<int64_t>& sizes) {
  std::vector<int64_t> values = indices.AsInt64();
  for (size_t i = 0; i < values.size(); ++i) {
    const int64_t size = sizes[i % sizes.size()];
    TINYML_ONNX_REQUIRE(lowering, node, values[i] >= -size && values[i] < size,
                        "one of its indices is out of range");
    if (values[i] < 0) values[i] += size;
  }
  return Constant::OfType(TensorType::kInt32, indices.shape, values);
}

// The tensor of the indices, in ONNX's order.
Result<TensorIndex> IndexTensor(Lowering& lowering, const Node& node,
                                const std::vector<int64_t>& sizes) {
  const ValueId id = node.inputs[1];
  if (const Constant* constant = lowering.ConstantOf(id)) {
    TINYML_ASSIGN_OR_RETURN(Constant resolved,
                            Resolved(lowering, node, *constant, sizes));
    return lowering.NewConstant(resolved,
                                lowering.OutputName(node, 0) + "/indices");
  }
  lowering.Warn(
      "GATHER and GATHER_ND take no indices from the back: those that the "
      "model computes must not be negative");
  return lowering.Get(id);
}

TensorIndex EmitGather(Lowering& lowering, const Node& node, TensorIndex input,
                       TensorIndex indices, const Shape& dims, int axis,
                       int batch_dims) {
  const TensorIndex output = lowering.NewTensor(
      lowering.tensor(input).type, dims, lowering.OutputName(node, 0));
  GatherOptions options;
  options.axis = axis;
  options.batch_dims = batch_dims;
  lowering.Emit(Op::kGather, {input, indices}, {output}, options);
  return output;
}

// The order of a result in which `count` axes, those of the indices, took the
// place of `axis`.
Layout Replaced(const Layout& layout, int64_t axis, size_t count) {
  const auto added = static_cast<int>(count);
  Layout order;
  for (const int old : layout) {
    if (old != axis) {
      order.push_back(old < axis ? old : old + added - 1);
      continue;
    }
    for (int i = 0; i < added; ++i) order.push_back(old + i);
  }
  return order;
}

// One constant index: a slice, of any type.
Status GatherOne(Lowering& lowering, const Node& node, int64_t axis,
                 int64_t index, Shape shape) {
  const ValueId input = node.inputs[0];
  const Layout layout = lowering.LayoutOf(input);
  const std::string name = lowering.OutputName(node, 0);
  TINYML_ASSIGN_OR_RETURN(TensorIndex tensor, lowering.Get(input, layout));
  const auto at = static_cast<size_t>(AxisIn(layout, axis));
  Shape size = DimsOf(lowering, tensor);
  std::vector<int64_t> begin(size.size(), 0);
  TINYML_ONNX_REQUIRE(lowering, node, size.size() <= 5,
                      "TFLM's SLICE takes up to 5 dimensions");
  begin[at] = index;
  size[at] = 1;
  tensor = EmitSlice(lowering, tensor, begin, size, name);
  Layout order =
      Replaced(layout, axis, shape.size() + 1 - lowering.RankOf(input));
  const Shape dims = InLayout(shape, order);
  lowering.Define(node, 0, lowering.TypeOf(input), std::move(shape),
                  EmitShaped(lowering, tensor, dims, name), std::move(order));
  return {};
}

// The coordinates of the elements that indices of GatherElements name, one row
// for each.
Constant Coordinates(const Constant& indices, size_t axis) {
  const std::vector<int64_t> values = indices.AsInt64();
  const size_t rank = indices.shape.size();
  std::vector<int64_t> rows;
  rows.reserve(values.size() * rank);
  std::vector<int64_t> position(rank, 0);
  for (const int64_t value : values) {
    for (size_t i = 0; i < rank; ++i) {
      rows.push_back(i == axis ? value : position[i]);
    }
    for (size_t i = rank; i-- > 0;) {
      if (++position[i] < indices.shape[i]) break;
      position[i] = 0;
    }
  }
  Shape shape = indices.shape;
  shape.push_back(static_cast<int64_t>(rank));
  return Constant::OfType(TensorType::kInt32, std::move(shape), rows);
}

}  // namespace

Status LowerGather(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckOperands(lowering, node, 2, 2));
  const ValueId input = node.inputs[0];
  const Shape from = lowering.ShapeOf(input);
  const Shape picked = lowering.ShapeOf(node.inputs[1]);
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, picked));
  TINYML_ASSIGN_OR_RETURN(
      const int64_t axis,
      AxisOf(lowering, node, node.Int("axis", 0), from.size()));
  const auto splice = [&](const Shape& dims, int64_t at) {
    Shape result(dims.begin(), dims.begin() + at);
    result.insert(result.end(), picked.begin(), picked.end());
    result.insert(result.end(), dims.begin() + at + 1, dims.end());
    return result;
  };
  Shape shape = splice(from, axis);
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, shape));
  const std::vector<int64_t> sizes = {from[axis]};
  const Constant* constant = lowering.ConstantOf(node.inputs[1]);
  if (constant != nullptr && Elements(picked) == 1) {
    TINYML_ASSIGN_OR_RETURN(const Constant index,
                            Resolved(lowering, node, *constant, sizes));
    TINYML_RETURN_IF_ERROR(CheckKernelType(
        lowering, node, input, "SLICE",
        {TensorType::kFloat32, TensorType::kInt32, TensorType::kInt8,
         TensorType::kInt16, TensorType::kBool}));
    return GatherOne(lowering, node, axis, index.AsInt64()[0],
                     std::move(shape));
  }
  TINYML_RETURN_IF_ERROR(CheckGatherTypes(lowering, node, "GATHER"));
  const Layout layout = lowering.LayoutOf(input);
  TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor,
                          lowering.Get(input, layout));
  TINYML_ASSIGN_OR_RETURN(const TensorIndex indices,
                          IndexTensor(lowering, node, sizes));
  const int at = AxisIn(layout, axis);
  Layout order = Replaced(layout, axis, picked.size());
  const TensorIndex output = EmitGather(lowering, node, tensor, indices,
                                        InLayout(shape, order), at, 0);
  lowering.Define(node, 0, lowering.TypeOf(input), std::move(shape), output,
                  std::move(order));
  return {};
}

Status LowerGatherElements(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckOperands(lowering, node, 2, 2));
  const ValueId input = node.inputs[0];
  const Shape from = lowering.ShapeOf(input);
  const Shape picked = lowering.ShapeOf(node.inputs[1]);
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, picked));
  TINYML_RETURN_IF_ERROR(CheckGatherTypes(lowering, node, "GATHER"));
  TINYML_ASSIGN_OR_RETURN(
      const int64_t axis,
      AxisOf(lowering, node, node.Int("axis", 0), from.size()));
  TINYML_ONNX_REQUIRE(lowering, node, picked.size() == from.size(),
                      "its inputs differ in rank");
  const size_t at = axis;
  bool same = true;  // In the axes that are not indexed.
  for (size_t i = 0; i < from.size(); ++i) {
    if (i == at) continue;
    same = same && picked[i] == from[i];
    TINYML_ONNX_REQUIRE(lowering, node, picked[i] <= from[i],
                        "its indices have more elements than its input");
  }
  if (const Constant* constant = lowering.ConstantOf(node.inputs[1])) {
    TINYML_ONNX_REQUIRE(lowering, node, from.size() <= 5,
                        "TFLM's GATHER_ND takes up to 5 dimensions");
    TINYML_ASSIGN_OR_RETURN(const Constant resolved,
                            Resolved(lowering, node, *constant, {from[at]}));
    TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor, lowering.Get(input));
    const std::string name = lowering.OutputName(node, 0);
    const TensorIndex output =
        lowering.NewTensor(lowering.TypeOf(input), picked, name);
    const TensorIndex rows =
        lowering.NewConstant(Coordinates(resolved, at), name + "/indices");
    lowering.Emit(Op::kGatherNd, {tensor, rows}, {output}, GatherNdOptions());
    lowering.Define(node, 0, lowering.TypeOf(input), picked, output);
    return {};
  }
  // GATHER with the other axes as its batch.
  TINYML_ONNX_REQUIRE(lowering, node, same,
                      "its indices, which the model computes, do not cover its "
                      "input's other axes, as TFLM's GATHER needs it");
  const Layout layout = WithLast(Canonical(from.size()), {axis});
  TINYML_ONNX_REQUIRE(
      lowering, node, at + 1 == from.size(),
      "its indices, which the model computes, are of an axis that is not the "
      "last; TFLM transposes no integers");
  TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor,
                          lowering.Get(input, layout));
  TINYML_ASSIGN_OR_RETURN(const TensorIndex indices,
                          IndexTensor(lowering, node, {from[at]}));
  const auto last = static_cast<int>(from.size()) - 1;
  const TensorIndex output =
      EmitGather(lowering, node, tensor, indices, picked, last, last);
  lowering.Define(node, 0, lowering.TypeOf(input), picked, output, layout);
  return {};
}

Status LowerGatherNd(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckOperands(lowering, node, 2, 2));
  const ValueId input = node.inputs[0];
  const Shape from = lowering.ShapeOf(input);
  const Shape picked = lowering.ShapeOf(node.inputs[1]);
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, picked));
  TINYML_RETURN_IF_ERROR(CheckGatherTypes(lowering, node, "GATHER_ND"));
  const int64_t batch = node.Int("batch_dims", 0);
  const auto rank = static_cast<int64_t>(from.size());
  TINYML_ONNX_REQUIRE(lowering, node,
                      !picked.empty() && batch >= 0 && batch < rank &&
                          batch < static_cast<int64_t>(picked.size()) &&
                          picked.back() <= rank - batch &&
                          picked.back() + batch <= 5,
                      "its indices do not fit its input, or name more axes "
                      "than the 5 of TFLM's GATHER_ND");
  const int64_t depth = picked.back();
  Shape shape(picked.begin(), picked.end() - 1);
  shape.insert(shape.end(), from.begin() + batch + depth, from.end());
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, shape));
  std::vector<int64_t> sizes(from.begin() + batch,
                             from.begin() + batch + depth);
  TensorIndex indices = kNoTensor;
  if (batch == 0) {
    TINYML_ASSIGN_OR_RETURN(indices, IndexTensor(lowering, node, sizes));
  } else {
    // The coordinates of the batch, put before each row.
    for (int64_t i = 0; i < batch; ++i) {
      const size_t at = i;
      TINYML_ONNX_REQUIRE(lowering, node, from[at] == picked[at],
                          "its inputs differ in the axes of the batch");
    }
    const Constant* constant = lowering.ConstantOf(node.inputs[1]);
    TINYML_ONNX_REQUIRE(lowering, node, constant != nullptr,
                        "its indices are computed by the model; TFLM's "
                        "GATHER_ND has no batch_dims");
    TINYML_ASSIGN_OR_RETURN(const Constant resolved,
                            Resolved(lowering, node, *constant, sizes));
    const std::vector<int64_t> values = resolved.AsInt64();
    const size_t width = depth;
    const Shape inner(picked.begin() + batch, picked.end() - 1);
    const auto per_batch = static_cast<size_t>(Elements(inner));
    std::vector<int64_t> rows;
    std::vector<int64_t> position(static_cast<size_t>(batch), 0);
    for (size_t row = 0; row * width < values.size(); ++row) {
      if (row > 0 && row % per_batch == 0) {
        for (size_t i = position.size(); i-- > 0;) {
          if (++position[i] < from[i]) break;
          position[i] = 0;
        }
      }
      rows.insert(rows.end(), position.begin(), position.end());
      const auto first = values.begin() + static_cast<ptrdiff_t>(row * width);
      rows.insert(rows.end(), first, first + static_cast<ptrdiff_t>(width));
    }
    Shape wide = picked;
    wide.back() += batch;
    indices = lowering.NewConstant(
        Constant::OfType(TensorType::kInt32, std::move(wide), rows),
        lowering.OutputName(node, 0) + "/indices");
  }
  TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor, lowering.Get(input));
  const TensorIndex output = lowering.NewTensor(lowering.TypeOf(input), shape,
                                                lowering.OutputName(node, 0));
  lowering.Emit(Op::kGatherNd, {tensor, indices}, {output}, GatherNdOptions());
  lowering.Define(node, 0, lowering.TypeOf(input), std::move(shape), output);
  return {};
}

}  // namespace tinyml::onnx_import
