// Slice and Pad.
#include <algorithm>
#include <limits>
#include <numeric>
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

// The kernels take 5 dimensions, STRIDED_SLICE 4. Neighbours that the operator
// leaves alone may be seen as one axis.
constexpr size_t kMaxRank = 5;
constexpr size_t kMaxStridedRank = 4;

// Dimensions in memory with runs of axes that are not `active` made one, where
// there are more than `most`. `place[i]` is where active axis i went.
Shape Joined(const Shape& dims, const std::vector<bool>& active, size_t most,
             std::vector<size_t>& place) {
  place.resize(dims.size());
  if (dims.size() <= most) {
    std::iota(place.begin(), place.end(), size_t{0});
    return dims;
  }
  Shape joined;
  bool open = false;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (open && !active[i]) {
      joined.back() *= dims[i];
    } else {
      joined.push_back(dims[i]);
    }
    open = !active[i];
    place[i] = joined.size() - 1;
  }
  return joined;
}

// What a slice takes of one axis.
struct Span {
  int64_t start = 0;
  int64_t step = 1;
  int64_t count = 0;
};

// ONNX's clamping of out-of-range bounds. Requires step != 0.
Span SpanOf(int64_t size, int64_t start, int64_t end, int64_t step) {
  const int64_t low = step > 0 ? 0 : -1;
  const int64_t high = step > 0 ? size : size - 1;
  if (start < 0) start += size;
  if (end < 0) end += size;
  start = std::clamp(start, int64_t{0}, high);
  end = std::clamp(end, low, high);
  // A step longer than the axis takes one element, whatever its length.
  step = std::clamp(step, -size, size);
  const int64_t extent = step > 0 ? end - start : start - end;
  const int64_t stride = step > 0 ? step : -step;
  const int64_t count = extent <= 0 ? 0 : (extent + stride - 1) / stride;
  return {start, count == 1 ? 1 : step, count};
}

// `tensor` cut to `spans`, which are in the order of memory.
Result<TensorIndex> Cut(Lowering& lowering, const Node& node,
                        TensorIndex tensor, const std::vector<Span>& spans,
                        const std::string& name) {
  const Shape dims = DimsOf(lowering, tensor);
  Shape result;
  bool strided = false;
  std::vector<bool> active;
  for (size_t i = 0; i < dims.size(); ++i) {
    result.push_back(spans[i].count);
    strided = strided || spans[i].step != 1;
    active.push_back(spans[i].count != dims[i] || spans[i].step != 1);
  }
  if (!strided && result == dims) return tensor;
  const size_t most = strided ? kMaxStridedRank : kMaxRank;
  std::vector<size_t> place;
  const Shape joined = Joined(dims, active, most, place);
  TINYML_ONNX_REQUIRE(lowering, node, joined.size() <= most,
                      strided ? "TFLM's STRIDED_SLICE takes up to 4 dimensions"
                              : "TFLM's SLICE takes up to 5 dimensions");
  std::vector<int64_t> begin(joined.size(), 0);
  std::vector<int64_t> step(joined.size(), 1);
  Shape size = joined;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (!active[i]) continue;
    begin[place[i]] = spans[i].start;
    step[place[i]] = spans[i].step;
    size[place[i]] = spans[i].count;
  }
  tensor = EmitShaped(lowering, tensor, joined, name);
  if (!strided) {
    tensor = EmitSlice(lowering, tensor, begin, size, name);
    return EmitShaped(lowering, tensor, result, name);
  }
  std::vector<int64_t> end;
  for (size_t i = 0; i < joined.size(); ++i) {
    const int64_t past = begin[i] + step[i] * size[i];
    // Below 0 an index counts from the back, so that one before the first
    // needs two turns.
    end.push_back(step[i] > 0 ? std::min(past, joined[i])
                              : (past < 0 ? -1 - joined[i] : past));
  }
  const TensorIndex output =
      lowering.NewTensor(lowering.tensor(tensor).type, size, name);
  std::vector<TensorIndex> inputs = {tensor};
  inputs.push_back(lowering.NewInt32(begin, name + "/begin"));
  inputs.push_back(lowering.NewInt32(end, name + "/end"));
  inputs.push_back(lowering.NewInt32(step, name + "/strides"));
  lowering.Emit(Op::kStridedSlice, std::move(inputs), {output},
                StridedSliceOptions());
  return EmitShaped(lowering, output, result, name);
}

// --- Pad

// Axis `axis` (in memory) continued by its first and last element.
Result<TensorIndex> PadEdge(Lowering& lowering, const Node& node,
                            TensorIndex tensor, size_t axis, int64_t before,
                            int64_t after, const std::string& name) {
  const Shape dims = DimsOf(lowering, tensor);
  TINYML_ONNX_REQUIRE(lowering, node, dims.size() <= kMaxRank,
                      "TFLM's BROADCAST_TO takes up to 5 dimensions");
  Shape one = dims;
  one[axis] = 1;
  std::vector<TensorIndex> parts;
  const auto add = [&](int64_t from, int64_t count) {
    if (count == 0) return;
    std::vector<int64_t> begin(dims.size(), 0);
    begin[axis] = from;
    Shape wide = dims;
    wide[axis] = count;
    parts.push_back(EmitBroadcast(
        lowering, EmitSlice(lowering, tensor, begin, one, name), wide, name));
  };
  add(0, before);
  parts.push_back(tensor);
  add(dims[axis] - 1, after);
  return EmitConcat(lowering, std::move(parts), static_cast<int>(axis), name);
}

// Axis `axis` continued by itself.
Result<TensorIndex> PadWrap(Lowering& lowering, const Node& node,
                            TensorIndex tensor, size_t axis, int64_t before,
                            int64_t after, const std::string& name) {
  const Shape dims = DimsOf(lowering, tensor);
  TINYML_ONNX_REQUIRE(
      lowering, node, before <= dims[axis] && after <= dims[axis],
      "it wraps around more than once, which no TFLM operator does");
  std::vector<TensorIndex> parts;
  const auto add = [&](int64_t from, int64_t count) -> Status {
    if (count == 0) return {};
    std::vector<Span> spans;
    for (const int64_t dim : dims) spans.push_back({0, 1, dim});
    spans[axis] = {from, 1, count};
    TINYML_ASSIGN_OR_RETURN(const TensorIndex part,
                            Cut(lowering, node, tensor, spans, name));
    parts.push_back(part);
    return {};
  };
  TINYML_RETURN_IF_ERROR(add(dims[axis] - before, before));
  parts.push_back(tensor);
  TINYML_RETURN_IF_ERROR(add(0, after));
  return EmitConcat(lowering, std::move(parts), static_cast<int>(axis), name);
}

Result<TensorIndex> PadReflect(Lowering& lowering, const Node& node,
                               TensorIndex tensor,
                               const std::vector<int64_t>& before,
                               const std::vector<int64_t>& after,
                               const std::string& name) {
  Shape dims = DimsOf(lowering, tensor);
  TINYML_ONNX_REQUIRE(lowering, node, dims.size() <= kMaxRank,
                      "TFLM's MIRROR_PAD takes up to 5 dimensions");
  std::vector<int64_t> pairs;
  for (size_t i = 0; i < dims.size(); ++i) {
    TINYML_ONNX_REQUIRE(
        lowering, node, before[i] < dims[i] && after[i] < dims[i],
        "it reflects more than TFLM's MIRROR_PAD, which takes less than the "
        "axis is long");
    pairs.push_back(before[i]);
    pairs.push_back(after[i]);
    dims[i] += before[i] + after[i];
  }
  const TensorIndex output =
      lowering.NewTensor(lowering.tensor(tensor).type, dims, name);
  const TensorIndex paddings = lowering.NewConstant(
      Constant::OfType(TensorType::kInt32,
                       {static_cast<int64_t>(dims.size()), 2}, pairs),
      name + "/paddings");
  lowering.Emit(Op::kMirrorPad, {tensor, paddings}, {output},
                MirrorPadOptions());
  return output;
}

Result<TensorIndex> PadConstant(Lowering& lowering, const Node& node,
                                TensorIndex tensor,
                                const std::vector<int64_t>& before,
                                const std::vector<int64_t>& after,
                                const std::string& name) {
  double value = static_cast<double>(node.Float("value", 0));
  if (const ValueId id = Lowering::Input(node, 2); id != kNoValue) {
    const Constant* constant = lowering.ConstantOf(id);
    TINYML_ONNX_REQUIRE(
        lowering, node, constant != nullptr && Elements(constant->shape) == 1,
        "the value that it pads with is not a constant, as TFLM's "
        "PADV2 needs it");
    value = static_cast<double>(constant->AsFloat()[0]);
  }
  const Shape dims = DimsOf(lowering, tensor);
  std::vector<bool> active;
  Shape result;
  for (size_t i = 0; i < dims.size(); ++i) {
    active.push_back(before[i] != 0 || after[i] != 0);
    result.push_back(dims[i] + before[i] + after[i]);
  }
  std::vector<size_t> place;
  const Shape joined = Joined(dims, active, kMaxRank, place);
  TINYML_ONNX_REQUIRE(lowering, node, joined.size() <= kMaxRank,
                      "TFLM's PAD takes up to 5 dimensions");
  std::vector<int64_t> front(joined.size(), 0);
  std::vector<int64_t> back(joined.size(), 0);
  for (size_t i = 0; i < dims.size(); ++i) {
    if (!active[i]) continue;
    front[place[i]] = before[i];
    back[place[i]] = after[i];
  }
  tensor = EmitShaped(lowering, tensor, joined, name);
  tensor = EmitPad(lowering, tensor, front, back, value, name);
  return EmitShaped(lowering, tensor, result, name);
}

// The pads of each axis of the input.
struct Pads {
  std::vector<int64_t> before;
  std::vector<int64_t> after;
};

Result<Pads> PadsOf(const Lowering& lowering, const Node& node,
                    const Shape& shape) {
  std::vector<int64_t> given = node.Ints("pads");
  if (Lowering::Input(node, 1) != kNoValue) {
    TINYML_ASSIGN_OR_RETURN(given, ConstantInts(lowering, node, 1, "pads"));
  }
  std::vector<int64_t> axes(shape.size());
  std::iota(axes.begin(), axes.end(), int64_t{0});
  if (Lowering::Input(node, 3) != kNoValue) {
    TINYML_ASSIGN_OR_RETURN(axes, ConstantInts(lowering, node, 3, "axes"));
    TINYML_ASSIGN_OR_RETURN(axes, AxesOf(lowering, node, axes, shape.size()));
  }
  TINYML_ONNX_REQUIRE(lowering, node, given.size() == 2 * axes.size(),
                      "its pads are not two for each axis");
  Pads pads = {std::vector<int64_t>(shape.size(), 0),
               std::vector<int64_t>(shape.size(), 0)};
  for (size_t i = 0; i < axes.size(); ++i) {
    const size_t axis = axes[i];
    constexpr int64_t kMax = std::numeric_limits<int32_t>::max();
    for (const int64_t pad : {given[i], given[i + axes.size()]}) {
      TINYML_ONNX_REQUIRE(lowering, node, pad > -kMax && pad < kMax,
                          "its pads are too large");
    }
    pads.before[axis] = given[i];
    pads.after[axis] = given[i + axes.size()];
  }
  return pads;
}

template <typename T>
std::vector<T> Permuted(const std::vector<T>& values, const Layout& layout) {
  std::vector<T> permuted;
  for (const int axis : layout) {
    permuted.push_back(values[axis]);
  }
  return permuted;
}

}  // namespace

Status LowerSlice(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 1, 5));
  const ValueId input = node.inputs[0];
  Shape shape = lowering.ShapeOf(input);
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, shape));
  std::vector<int64_t> starts = node.Ints("starts");
  std::vector<int64_t> ends = node.Ints("ends");
  std::vector<int64_t> axes = node.Ints("axes");
  std::vector<int64_t> steps;
  bool axes_given = node.Has("axes");
  if (node.inputs.size() > 1) {  // Since opset 10.
    TINYML_ASSIGN_OR_RETURN(starts, ConstantInts(lowering, node, 1, "starts"));
    TINYML_ASSIGN_OR_RETURN(ends, ConstantInts(lowering, node, 2, "ends"));
    if (Lowering::Input(node, 3) != kNoValue) {
      TINYML_ASSIGN_OR_RETURN(axes, ConstantInts(lowering, node, 3, "axes"));
      axes_given = true;
    }
    if (Lowering::Input(node, 4) != kNoValue) {
      TINYML_ASSIGN_OR_RETURN(steps, ConstantInts(lowering, node, 4, "steps"));
    }
  }
  if (!axes_given) {
    axes.resize(std::min(starts.size(), shape.size()));
    std::iota(axes.begin(), axes.end(), int64_t{0});
  }
  if (steps.empty()) steps.assign(axes.size(), 1);
  TINYML_ONNX_REQUIRE(lowering, node,
                      starts.size() == axes.size() &&
                          ends.size() == axes.size() &&
                          steps.size() == axes.size(),
                      "starts, ends, axes and steps differ in number");
  TINYML_ASSIGN_OR_RETURN(axes, AxesOf(lowering, node, axes, shape.size()));
  std::vector<Span> spans;
  for (const int64_t dim : shape) spans.push_back({0, 1, dim});
  for (size_t i = 0; i < axes.size(); ++i) {
    TINYML_ONNX_REQUIRE(lowering, node, steps[i] != 0, "one of its steps is 0");
    const size_t axis = axes[i];
    spans[axis] = SpanOf(shape[axis], starts[i], ends[i], steps[i]);
    shape[axis] = spans[axis].count;
  }
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, shape));
  TINYML_RETURN_IF_ERROR(CheckKernelType(
      lowering, node, input, "SLICE",
      {TensorType::kFloat32, TensorType::kInt32, TensorType::kInt8,
       TensorType::kInt16, TensorType::kBool}));
  const Layout layout = lowering.LayoutOf(input);
  TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor,
                          lowering.Get(input, layout));
  TINYML_ASSIGN_OR_RETURN(const TensorIndex output,
                          Cut(lowering, node, tensor, Permuted(spans, layout),
                              lowering.OutputName(node, 0)));
  lowering.Define(node, 0, lowering.TypeOf(input), std::move(shape), output,
                  layout);
  return {};
}

Status LowerPad(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 1, 4));
  const ValueId input = node.inputs[0];
  Shape shape = lowering.ShapeOf(input);
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, shape));
  TINYML_ASSIGN_OR_RETURN(Pads pads, PadsOf(lowering, node, shape));
  const std::string mode = node.String("mode", "constant");
  const bool constant = mode == "constant";
  TINYML_ONNX_REQUIRE(
      lowering, node,
      constant || mode == "reflect" || mode == "edge" || mode == "wrap",
      "no TFLM operator pads in its mode");
  if (mode == "reflect") {
    TINYML_RETURN_IF_ERROR(
        CheckKernelType(lowering, node, input, "MIRROR_PAD",
                        {TensorType::kFloat32, TensorType::kInt8}));
  } else {
    TINYML_RETURN_IF_ERROR(CheckKernelType(
        lowering, node, input, constant ? "PAD" : "CONCATENATION",
        {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16,
         TensorType::kInt32}));
  }
  const Layout layout = lowering.LayoutOf(input);
  const std::string name = lowering.OutputName(node, 0);
  TINYML_ASSIGN_OR_RETURN(TensorIndex tensor, lowering.Get(input, layout));
  // Negative pads cut.
  std::vector<Span> spans;
  for (size_t i = 0; i < shape.size(); ++i) {
    Span& span = spans.emplace_back();
    span.start = std::max<int64_t>(-pads.before[i], 0);
    span.count = shape[i] - span.start - std::max<int64_t>(-pads.after[i], 0);
    shape[i] = span.count;
    pads.before[i] = std::max<int64_t>(pads.before[i], 0);
    pads.after[i] = std::max<int64_t>(pads.after[i], 0);
  }
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, shape));
  for (size_t i = 0; i < shape.size(); ++i) {
    shape[i] += pads.before[i] + pads.after[i];
  }
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, shape));
  TINYML_ASSIGN_OR_RETURN(
      tensor, Cut(lowering, node, tensor, Permuted(spans, layout), name));
  const auto before = Permuted(pads.before, layout);
  const auto after = Permuted(pads.after, layout);
  const auto none = [](int64_t pad) { return pad == 0; };
  if (std::all_of(before.begin(), before.end(), none) &&
      std::all_of(after.begin(), after.end(), none)) {
    // Only cut, if that.
  } else if (constant) {
    TINYML_ASSIGN_OR_RETURN(
        tensor, PadConstant(lowering, node, tensor, before, after, name));
  } else if (mode == "reflect") {
    TINYML_ASSIGN_OR_RETURN(
        tensor, PadReflect(lowering, node, tensor, before, after, name));
  } else {
    for (size_t i = 0; i < before.size(); ++i) {
      const auto pad = mode == "edge" ? PadEdge : PadWrap;
      if (before[i] == 0 && after[i] == 0) continue;
      TINYML_ASSIGN_OR_RETURN(
          tensor, pad(lowering, node, tensor, i, before[i], after[i], name));
    }
  }
  lowering.Define(node, 0, lowering.TypeOf(input), std::move(shape), tensor,
                  layout);
  return {};
}

}  // namespace tinyml::onnx_import
