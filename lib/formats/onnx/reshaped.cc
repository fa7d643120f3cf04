// Values under another shape, and in another order.
//
// A shape is turned into another by joining and splitting runs of neighbouring
// axes. Runs that lie in memory as a whole, in ONNX's order, can be joined and
// split in place, wherever they lie: [N,C,H,W] held as N, H, W, C is reshaped
// to [N,C,HW] by a RESHAPE to N, HW, C. A run that is torn apart in memory (the
// C, H, W of that value for [N,CHW]) must be brought together first.
#include <algorithm>

#include "base/macros.h"
#include "base/text.h"
#include "formats/onnx/lowering.h"
#include "formats/onnx/operators/numeric.h"

namespace tinyml::onnx_import {
namespace {

// Axes of one shape that have as many elements together as those of the other.
struct Run {
  std::vector<int> from;
  std::vector<int> to;
};

std::vector<int> AxesAboveOne(const Shape& shape) {
  std::vector<int> axes;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] != 1) axes.push_back(static_cast<int>(i));
  }
  return axes;
}

// The shortest runs; axes of size 1 are in none. Requires shapes of as many
// elements, none of them empty.
std::vector<Run> Runs(const Shape& from, const Shape& to) {
  const std::vector<int> a = AxesAboveOne(from);
  const std::vector<int> b = AxesAboveOne(to);
  std::vector<Run> runs;
  size_t i = 0;
  size_t j = 0;
  while (i < a.size() && j < b.size()) {
    Run& run = runs.emplace_back();
    int64_t left = 1;
    int64_t right = 1;
    do {
      if (left <= right && i < a.size()) {
        left *= from[a[i]];
        run.from.push_back(a[i++]);
      } else if (j < b.size()) {
        right *= to[b[j]];
        run.to.push_back(b[j++]);
      }
    } while (left != right && (i < a.size() || j < b.size()));
  }
  return runs;
}

// The runs in the order in which they begin in memory.
void SortByMemory(std::vector<Run>& runs, const Layout& layout) {
  const auto first = [&](const Run& run) {
    int least = static_cast<int>(layout.size());
    for (const int axis : run.from) {
      least = std::min(least, AxisIn(layout, axis));
    }
    return least;
  };
  std::stable_sort(runs.begin(), runs.end(), [&](const Run& a, const Run& b) {
    return first(a) < first(b);
  });
}

// An order with the axes above 1 as in `axes`; those of 1, which may lie
// anywhere, as in ONNX's order, or else as in channels last.
Layout PlaceOnes(const Shape& shape, const std::vector<int>& axes) {
  const auto fits = [&](const Layout& layout) {
    std::vector<int> above;
    for (const int axis : layout) {
      if (shape[axis] != 1) above.push_back(axis);
    }
    return above == axes;
  };
  const Layout canonical = Canonical(shape.size());
  if (fits(canonical)) return canonical;
  const Layout last = ChannelsLast(shape.size());
  if (fits(last)) return last;
  Layout layout = axes;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] != 1) continue;
    // Behind the axis that is before it in ONNX's order.
    const auto axis = static_cast<int>(i);
    const auto before = std::find(layout.begin(), layout.end(), axis - 1);
    layout.insert(i == 0 ? layout.begin() : before + 1, axis);
  }
  return layout;
}

std::vector<int> Joined(const std::vector<Run>& runs,
                        std::vector<int> Run::*part) {
  std::vector<int> axes;
  for (const Run& run : runs) {
    axes.insert(axes.end(), (run.*part).begin(), (run.*part).end());
  }
  return axes;
}

}  // namespace

void Lowering::DefineReshaped(const Node& node, size_t i, ValueId source,
                              Shape shape) {
  if (i >= node.outputs.size() || node.outputs[i] == kNoValue) return;
  if (const Constant* constant = ConstantOf(source)) {
    Constant reshaped = *constant;
    reshaped.shape = std::move(shape);
    DefineConstant(node, i, std::move(reshaped));
    return;
  }
  if (ReshapedFrom(source) != kNoValue) source = ReshapedFrom(source);
  const Lowered& from = At(source);
  if (from.shape == shape) return DefineAlias(node, i, source);
  std::vector<Run> runs = Runs(from.shape, shape);
  // As it lies, or as somebody else has needed it already.
  std::vector<std::pair<Layout, TensorIndex>> held = {
      {from.layout, from.tensor}};
  held.insert(held.end(), from.others.begin(), from.others.end());
  for (const auto& [layout, tensor] : held) {
    SortByMemory(runs, layout);
    const Layout wanted = PlaceOnes(from.shape, Joined(runs, &Run::from));
    if (!SameBytes(from.shape, layout, wanted)) continue;
    Layout order = PlaceOnes(shape, Joined(runs, &Run::to));
    const Shape dims = InLayout(shape, order);
    const TensorIndex made =
        dims == InLayout(from.shape, layout)
            ? tensor
            : EmitReshape(tensor, dims, OutputName(node, i));
    Define(node, i, from.type, std::move(shape), made, std::move(order));
    return;
  }
  SortByMemory(runs, from.layout);
  Lowered value;
  value.defined = true;
  value.type = from.type;
  value.source = source;
  value.source_layout = PlaceOnes(from.shape, Joined(runs, &Run::from));
  value.layout = PlaceOnes(shape, Joined(runs, &Run::to));
  value.shape = std::move(shape);
  Slot(node.outputs[i]) = std::move(value);
}

Status Lowering::Settle(ValueId id) {
  if (At(id).tensor != kNoTensor || At(id).source == kNoValue) return {};
  TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor,
                          Get(At(id).source, At(id).source_layout));
  const Shape dims = InLayout(At(id).shape, At(id).layout);
  const std::string name = graph_->values[id].name;
  Slot(id).tensor = EmitReshape(tensor, dims, name);
  return {};
}

Result<TensorIndex> Lowering::Transpose(TensorIndex input,
                                        const std::vector<int>& axes,
                                        std::string_view name) {
  const TensorType type = tensor(input).type;
  const Node none;  // Of errors, which types that are known here never give.
  const Node& node = current_ != nullptr ? *current_ : none;
  const auto convert = [&](TensorIndex x, TensorType to) {
    return Convert(*this, node, x, to, name);
  };
  switch (type) {  // transpose.cc, TransposeEval.
    case TensorType::kFloat32:
    case TensorType::kInt8:
    case TensorType::kInt16:
      return TransposeInKernel(input, axes, name);
    case TensorType::kBool:
    case TensorType::kUInt8: {
      TINYML_ASSIGN_OR_RETURN(TensorIndex x,
                              convert(input, TensorType::kFloat32));
      TINYML_ASSIGN_OR_RETURN(x, TransposeInKernel(x, axes, name));
      return convert(x, type);
    }
    case TensorType::kInt32: {
      // A float does not hold every int32. CAST to int16 keeps the lower half;
      // what is left without it is a multiple of 2^16, which a float holds.
      TINYML_ASSIGN_OR_RETURN(TensorIndex low,
                              convert(input, TensorType::kInt16));
      TINYML_ASSIGN_OR_RETURN(const TensorIndex wide,
                              convert(low, TensorType::kInt32));
      TINYML_ASSIGN_OR_RETURN(
          TensorIndex high,
          convert(EmitBinary(BuiltinOperator::kSub, input, wide, name),
                  TensorType::kFloat32));
      TINYML_ASSIGN_OR_RETURN(low, TransposeInKernel(low, axes, name));
      TINYML_ASSIGN_OR_RETURN(high, TransposeInKernel(high, axes, name));
      TINYML_ASSIGN_OR_RETURN(low, convert(low, type));
      TINYML_ASSIGN_OR_RETURN(high, convert(high, type));
      return EmitBinary(BuiltinOperator::kAdd, low, high, name);
    }
    default:
      return Fail(ErrorCode::kUnsupported,
                  "'" + Printable(name) + "' is " + TensorTypeName(type) +
                      " and would have to be transposed; TFLM's TRANSPOSE "
                      "takes float32, int8, int16");
  }
}

Result<TensorIndex> Lowering::TransposeInKernel(TensorIndex input,
                                                const std::vector<int>& axes,
                                                std::string_view name) {
  constexpr size_t kMaxRank = 5;  // transpose_common.cc
  if (axes.size() <= kMaxRank) return EmitTranspose(input, axes, name);
  // Axes that stay neighbours move as one, those of size 1 do not count.
  const auto& shape = tensor(input).shape;
  std::vector<std::vector<int>> runs;  // In their new order.
  for (const int axis : axes) {
    if (shape[axis] == 1) continue;
    const auto between = [&](int from) {
      return std::all_of(shape.begin() + from + 1, shape.begin() + axis,
                         [](int32_t dim) { return dim == 1; });
    };
    if (!runs.empty() && runs.back().back() < axis &&
        between(runs.back().back())) {
      runs.back().push_back(axis);
    } else {
      runs.push_back({axis});
    }
  }
  if (runs.size() > kMaxRank) {
    return Fail(ErrorCode::kUnsupported,
                "'" + Printable(name) + "' has " + std::to_string(axes.size()) +
                    " dimensions; TFLM's TRANSPOSE takes up to 5");
  }
  std::vector<std::vector<int>> sorted = runs;
  std::sort(sorted.begin(), sorted.end());
  Shape merged;
  for (const auto& run : sorted) {
    int64_t size = 1;
    for (const int axis : run) size *= shape[axis];
    merged.push_back(size);
  }
  std::vector<int> order;
  for (const auto& run : runs) {
    order.push_back(static_cast<int>(
        std::find(sorted.begin(), sorted.end(), run) - sorted.begin()));
  }
  Shape dims;
  for (const int axis : axes) dims.push_back(shape[axis]);
  const TensorIndex narrow = EmitReshape(input, merged, name);
  return EmitReshape(EmitTranspose(narrow, order, name), dims, name);
}

}  // namespace tinyml::onnx_import
