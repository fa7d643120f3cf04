// Folding of operators that move elements or rename axes.
#include <cstring>
#include <limits>
#include <numeric>

#include "base/checked.h"
#include "base/macros.h"
#include "formats/onnx/fold_parts.h"

namespace tinyml::onnx_import {
namespace {

// The same bytes with another shape.
Constant Reshaped(const Constant& constant, Shape shape) {
  Constant result = constant;
  result.shape = std::move(shape);
  return result;
}

int64_t ProductOf(const Shape& shape, size_t from, size_t to) {
  return Elements(Shape(shape.begin() + static_cast<ptrdiff_t>(from),
                        shape.begin() + static_cast<ptrdiff_t>(to)));
}

Result<bool> FoldReshape(const Folding& folding) {
  const Constant& data = folding.In(0);
  Shape shape = folding.In(1).AsInt64();
  const bool zeros = folding.node().Int("allowzero", 0) != 0;
  int64_t known = 1;
  std::optional<size_t> rest;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 0 && !zeros && i < data.shape.size()) {
      shape[i] = data.shape[i];
    }
    if (shape[i] == -1 && !rest) {
      rest = i;
      continue;
    }
    const auto product = CheckedMul(known, shape[i]);
    if (shape[i] < 0 || !product) {
      return folding.Refuse("it cannot have the shape " + ShapeText(shape));
    }
    known = *product;
  }
  if (rest && known != 0) shape[*rest] = Elements(data.shape) / known;
  const bool fits =
      !(rest && known == 0) &&
      CheckedMul(known, rest ? shape[*rest] : 1) == Elements(data.shape);
  if (!fits) {
    return folding.Refuse("its input of shape " + ShapeText(data.shape) +
                          " cannot have the shape " + ShapeText(shape));
  }
  if (!CountOf(shape)) return false;
  return folding.Make(Reshaped(data, std::move(shape)));
}

Result<bool> FoldFlatten(const Folding& folding) {
  const Constant& data = folding.In(0);
  const size_t rank = data.shape.size();
  const int64_t given = folding.node().Int("axis", 1);
  size_t axis = rank;  // One past the last axis is allowed.
  if (given != static_cast<int64_t>(rank)) {
    TINYML_ASSIGN_OR_RETURN(axis, folding.Axis(given, rank));
  }
  return folding.Make(Reshaped(data, {ProductOf(data.shape, 0, axis),
                                      ProductOf(data.shape, axis, rank)}));
}

Result<bool> FoldSqueeze(const Folding& folding) {
  const Constant& data = folding.In(0);
  const auto given = folding.Ints("axes", 1);
  TINYML_ASSIGN_OR_RETURN(
      const std::vector<bool> marks,
      folding.Axes(given.value_or(std::vector<int64_t>()), data.shape.size()));
  Shape shape;
  for (size_t i = 0; i < marks.size(); ++i) {
    if (given && marks[i] && data.shape[i] != 1) {
      return folding.Refuse("axis " + std::to_string(i) + " of " +
                            ShapeText(data.shape) + " is not 1");
    }
    if (given ? !marks[i] : data.shape[i] != 1) shape.push_back(data.shape[i]);
  }
  return folding.Make(Reshaped(data, std::move(shape)));
}

Result<bool> FoldUnsqueeze(const Folding& folding) {
  const Constant& data = folding.In(0);
  const auto given = folding.Ints("axes", 1);
  if (!given) return folding.Refuse("it has no axes");
  constexpr size_t kMost = 64;
  if (given->size() > kMost) return false;
  TINYML_ASSIGN_OR_RETURN(
      const std::vector<bool> marks,
      folding.Axes(*given, data.shape.size() + given->size()));
  Shape shape;
  size_t next = 0;
  for (const bool added : marks) {
    shape.push_back(added ? 1 : data.shape[next++]);
  }
  return folding.Make(Reshaped(data, std::move(shape)));
}

Result<bool> FoldTranspose(const Folding& folding) {
  const Constant& data = folding.In(0);
  const size_t rank = data.shape.size();
  std::vector<int64_t> axes(rank);
  std::iota(axes.rbegin(), axes.rend(), 0);
  if (folding.node().Has("perm")) axes = folding.node().Ints("perm");
  TINYML_ASSIGN_OR_RETURN(const std::vector<bool> marks,
                          folding.Axes(axes, rank));
  if (axes.size() != rank ||
      std::any_of(axes.begin(), axes.end(), [](int64_t a) { return a < 0; })) {
    return folding.Refuse("perm is not an order of the axes of its input");
  }
  if (!folding.Afford(data.shape, data.type)) return false;
  return folding.Make(Transposed(data, Layout(axes.begin(), axes.end())));
}

Result<bool> FoldConcat(const Folding& folding) {
  Shape shape = folding.In(0).shape;
  TINYML_ASSIGN_OR_RETURN(
      const size_t axis,
      folding.Axis(folding.node().Int("axis", 0), shape.size()));
  for (size_t i = 1; i < folding.Count(); ++i) {
    if (!folding.Has(i)) return folding.Refuse("an input is missing");
    Shape part = folding.In(i).shape;
    if (part.size() != shape.size()) {
      return folding.Refuse("its inputs differ in rank");
    }
    const auto sum = CheckedAdd(shape[axis], part[axis]);
    part[axis] = shape[axis];
    if (part != shape || !sum || folding.In(i).type != folding.In(0).type) {
      return folding.Refuse("its inputs differ in shape or type");
    }
    shape[axis] = *sum;
  }
  const TensorType type = folding.In(0).type;
  if (!folding.Afford(shape, type)) return false;
  const auto inner =
      static_cast<size_t>(ProductOf(shape, axis + 1, shape.size())) *
      WidthOf(type);
  std::vector<uint8_t> bytes;
  bytes.reserve(static_cast<size_t>(Elements(shape)) * WidthOf(type));
  for (int64_t outer = 0; outer < ProductOf(shape, 0, axis); ++outer) {
    for (size_t i = 0; i < folding.Count(); ++i) {
      const Constant& part = folding.In(i);
      const size_t block = static_cast<size_t>(part.shape[axis]) * inner;
      const auto from =
          part.data.bytes().subspan(static_cast<size_t>(outer) * block, block);
      bytes.insert(bytes.end(), from.begin(), from.end());
    }
  }
  return folding.Make({type, std::move(shape), BufferData(std::move(bytes))});
}

Result<bool> FoldGather(const Folding& folding) {
  const Constant& data = folding.In(0);
  TINYML_ASSIGN_OR_RETURN(
      const size_t axis,
      folding.Axis(folding.node().Int("axis", 0), data.shape.size()));
  const int64_t size = data.shape[axis];
  Shape shape(data.shape.begin(),
              data.shape.begin() + static_cast<ptrdiff_t>(axis));
  const Shape& positions = folding.In(1).shape;
  shape.insert(shape.end(), positions.begin(), positions.end());
  shape.insert(shape.end(),
               data.shape.begin() + static_cast<ptrdiff_t>(axis) + 1,
               data.shape.end());
  if (!folding.Afford(shape, data.type)) return false;
  const std::vector<int64_t> indices = folding.In(1).AsInt64();
  for (const int64_t index : indices) {
    if (index >= -size && index < size) continue;
    return folding.Refuse("index " + std::to_string(index) +
                          " is outside of its input of shape " +
                          ShapeText(data.shape));
  }
  const size_t inner =
      static_cast<size_t>(ProductOf(data.shape, axis + 1, data.shape.size())) *
      WidthOf(data.type);
  const auto from = data.data.bytes();
  std::vector<uint8_t> bytes;
  bytes.reserve(static_cast<size_t>(Elements(shape)) * WidthOf(data.type));
  const int64_t rows = inner == 0 ? 0 : ProductOf(data.shape, 0, axis);
  for (int64_t outer = 0; outer < rows; ++outer) {
    for (const int64_t index : indices) {
      const int64_t row = outer * size + (index < 0 ? index + size : index);
      const auto part = from.subspan(static_cast<size_t>(row) * inner, inner);
      bytes.insert(bytes.end(), part.begin(), part.end());
    }
  }
  return folding.Make(
      {data.type, std::move(shape), BufferData(std::move(bytes))});
}

// One axis of a slice.
struct Range {
  int64_t start = 0;
  int64_t count = 0;
};

// Source: ONNX, Slice: what is out of range is cut; the end of a backward slice
// may lie in front of the first element.
Range Cut(int64_t size, int64_t start, int64_t end, int64_t step) {
  const auto clip = [size, step](int64_t at) {
    // Far beyond both ends, nothing may overflow.
    if (at < 0) at = at < -size ? -1 : at + size;
    return step > 0 ? std::clamp<int64_t>(at, 0, size)
                    : std::clamp<int64_t>(at, -1, size - 1);
  };
  const int64_t from = clip(start);
  const int64_t to = clip(end);
  const int64_t distance = step > 0 ? to - from : from - to;
  if (distance <= 0) return {0, 0};
  // -2^63 has no positive counterpart; one element is left at most.
  const int64_t stride =
      step == std::numeric_limits<int64_t>::min() ? distance : std::abs(step);
  return {from, (distance - 1) / stride + 1};
}

Result<bool> FoldSlice(const Folding& folding) {
  const Constant& data = folding.In(0);
  const auto starts = folding.Ints("starts", 1);
  const auto ends = folding.Ints("ends", 2);
  if (!starts || !ends) return folding.Refuse("it has no starts or ends");
  std::vector<int64_t> all(starts->size());
  std::iota(all.begin(), all.end(), 0);
  const auto axes = folding.Ints("axes", 3).value_or(all);
  const auto steps = folding.Ints("steps", 4)
                         .value_or(std::vector<int64_t>(starts->size(), 1));
  if (ends->size() != starts->size() || axes.size() != starts->size() ||
      steps.size() != starts->size()) {
    return folding.Refuse("starts, ends, axes and steps differ in length");
  }
  TINYML_RETURN_IF_ERROR(folding.Axes(axes, data.shape.size()));
  Shape shape = data.shape;
  std::vector<int64_t> strides = StridesOf(shape);
  int64_t first = 0;
  for (size_t i = 0; i < axes.size(); ++i) {
    TINYML_ASSIGN_OR_RETURN(const size_t axis,
                            folding.Axis(axes[i], shape.size()));
    if (steps[i] == 0) return folding.Refuse("a step is 0");
    const Range range =
        Cut(data.shape[axis], (*starts)[i], (*ends)[i], steps[i]);
    first += range.start * strides[axis];
    shape[axis] = range.count;
    // Of one element there is no next one, however far it would be.
    strides[axis] = range.count > 1 ? strides[axis] * steps[i] : 0;
  }
  if (!folding.Afford(shape, data.type)) return false;
  return folding.Make(Walk(data, std::move(shape), first, strides));
}

// `data` repeated to `shape`, in which each of its dimensions is its own or
// comes from 1.
Constant Repeated(const Constant& data, const Shape& shape) {
  const size_t added = shape.size() - data.shape.size();
  const std::vector<int64_t> own = StridesOf(data.shape);
  std::vector<int64_t> strides(shape.size(), 0);
  for (size_t i = added; i < shape.size(); ++i) {
    if (data.shape[i - added] != 1) strides[i] = own[i - added];
  }
  return Walk(data, shape, 0, strides);
}

Result<bool> FoldExpand(const Folding& folding) {
  const Constant& data = folding.In(0);
  const Shape wanted = folding.In(1).AsInt64();
  const auto shape = BroadcastTogether(std::vector<Shape>{data.shape, wanted});
  if (!shape || std::any_of(wanted.begin(), wanted.end(),
                            [](int64_t dim) { return dim < 0; })) {
    return folding.Refuse("its input of shape " + ShapeText(data.shape) +
                          " cannot be expanded to " + ShapeText(wanted));
  }
  if (!folding.Afford(*shape, data.type)) return false;
  return folding.Make(Repeated(data, *shape));
}

Result<bool> FoldTile(const Folding& folding) {
  const Constant& data = folding.In(0);
  const std::vector<int64_t> repeats = folding.In(1).AsInt64();
  const size_t rank = data.shape.size();
  if (repeats.size() != rank) {
    return folding.Refuse("repeats must have a number for each axis");
  }
  // [a, b] as [1, a, 1, b], whose ones are repeated.
  Shape shape;
  Shape walked;
  std::vector<int64_t> strides;
  const std::vector<int64_t> own = StridesOf(data.shape);
  for (size_t i = 0; i < rank; ++i) {
    const auto dim = CheckedMul(data.shape[i], repeats[i]);
    if (!dim || repeats[i] < 0) {
      return folding.Refuse("it cannot be repeated " + ShapeText(repeats) +
                            " times");
    }
    shape.push_back(*dim);
    walked.insert(walked.end(), {repeats[i], data.shape[i]});
    strides.insert(strides.end(), {0, own[i]});
  }
  if (!folding.Afford(shape, data.type)) return false;
  return folding.Make(Reshaped(Walk(data, walked, 0, strides), shape));
}

Result<bool> FoldWhere(const Folding& folding) {
  const Constant& x = folding.In(1);
  const Constant& y = folding.In(2);
  if (x.type != y.type || folding.In(0).type != TensorType::kBool) {
    return folding.Refuse("it needs a bool and two values of one type");
  }
  const auto shape = BroadcastTogether(
      std::vector<Shape>{folding.In(0).shape, x.shape, y.shape});
  if (!shape) return folding.Refuse("its operands do not broadcast");
  if (!folding.Afford(*shape, x.type)) return false;
  const Constant choice = Repeated(folding.In(0), *shape);
  const Constant other = Repeated(y, *shape);
  const Constant wide = Repeated(x, *shape);
  std::vector<uint8_t> bytes(wide.data.bytes().begin(),
                             wide.data.bytes().end());
  const size_t width = WidthOf(x.type);
  for (size_t i = 0; i < choice.data.size(); ++i) {
    if (choice.data.bytes()[i] != 0) continue;
    std::memcpy(bytes.data() + i * width, other.data.bytes().data() + i * width,
                width);
  }
  return folding.Make({x.type, *shape, BufferData(std::move(bytes))});
}

Result<bool> FoldSplit(const Folding& folding) {
  const Constant& data = folding.In(0);
  const Node& node = folding.node();
  TINYML_ASSIGN_OR_RETURN(const size_t axis,
                          folding.Axis(node.Int("axis", 0), data.shape.size()));
  const int64_t size = data.shape[axis];
  const auto parts = static_cast<int64_t>(node.outputs.size());
  if (parts == 0) return folding.Refuse("it has no outputs");
  std::vector<int64_t> sizes;
  if (const auto given = folding.Ints("split", 1)) {
    sizes = *given;
  } else {  // Equal parts, of which the last may be smaller.
    const int64_t each = size / parts + (size % parts != 0 ? 1 : 0);
    for (int64_t i = 0; i < parts; ++i) {
      sizes.push_back(std::clamp<int64_t>(size - i * each, 0, each));
    }
  }
  int64_t left = size;
  for (const int64_t part : sizes) {
    if (part < 0 || part > left) left = -1;
    if (left < 0) break;
    left -= part;
  }
  if (left != 0 || static_cast<int64_t>(sizes.size()) != parts) {
    return folding.Refuse("its parts " + ShapeText(sizes) +
                          " are not the axis of " + std::to_string(size));
  }
  if (!folding.Afford(data.shape, data.type)) return false;
  const std::vector<int64_t> strides = StridesOf(data.shape);
  int64_t start = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    Shape shape = data.shape;
    shape[axis] = sizes[i];
    folding.lowering().DefineConstant(
        node, i, Walk(data, std::move(shape), start * strides[axis], strides));
    start += sizes[i];
  }
  return true;
}

Result<bool> FoldNonZero(const Folding& folding) {
  const Constant& data = folding.In(0);
  const size_t rank = data.shape.size();
  if (!folding.Afford(data.shape, TensorType::kInt64)) return false;
  const size_t width = WidthOf(data.type);
  std::vector<int64_t> found;
  const std::vector<float> values = data.AsFloat();
  for (size_t i = 0; i < values.size(); ++i) {
    const auto bytes = data.data.bytes().subspan(i * width, width);
    const bool zero = data.type == TensorType::kFloat32
                          ? values[i] == 0.0F
                          : std::all_of(bytes.begin(), bytes.end(),
                                        [](uint8_t byte) { return byte == 0; });
    if (!zero) found.push_back(static_cast<int64_t>(i));
  }
  const Shape shape = {static_cast<int64_t>(rank),
                       static_cast<int64_t>(found.size())};
  if (!folding.Afford(shape, TensorType::kInt64)) return false;
  const std::vector<int64_t> strides = StridesOf(data.shape);
  std::vector<int64_t> positions;
  for (size_t axis = 0; axis < rank; ++axis) {
    for (const int64_t at : found) {
      positions.push_back(at / strides[axis] % data.shape[axis]);
    }
  }
  return folding.Make(Constant::Of(shape, positions));
}

}  // namespace

std::span<const FoldableOperator> FoldableMovement() {
  static constexpr FoldableOperator kOperators[] = {
      {"Concat", FoldConcat, 1, kAnyInputs},
      {"Expand", FoldExpand, 2, 2},
      {"Flatten", FoldFlatten, 1, 1},
      {"Gather", FoldGather, 2, 2},
      {"NonZero", FoldNonZero, 1, 1},
      {"Reshape", FoldReshape, 2, 2},
      {"Slice", FoldSlice, 1, 5},
      {"Split", FoldSplit, 1, 2},
      {"Squeeze", FoldSqueeze, 1, 2},
      {"Tile", FoldTile, 2, 2},
      {"Transpose", FoldTranspose, 1, 1},
      {"Unsqueeze", FoldUnsqueeze, 1, 2},
      {"Where", FoldWhere, 3, 3},
  };
  return kOperators;
}

}  // namespace tinyml::onnx_import
