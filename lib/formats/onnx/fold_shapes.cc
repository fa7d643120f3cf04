// Folding of operators that make constants, or tell shapes.
#include <cmath>
#include <limits>

#include "base/checked.h"
#include "base/macros.h"
#include "formats/onnx/fold_parts.h"

namespace tinyml::onnx_import {
namespace {

Result<bool> FoldShape(const Folding& folding) {
  const Shape& shape = folding.lowering().ShapeOf(folding.node().inputs[0]);
  const auto rank = static_cast<int64_t>(shape.size());
  const auto clip = [rank](int64_t at) {
    return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  // start and end came with opset 15; nothing older can have them.
  const int64_t start = clip(folding.node().Int("start", 0));
  const int64_t end = std::max(start, clip(folding.node().Int("end", rank)));
  return folding.Make(Constant::Of(
      {end - start},
      std::vector<int64_t>(shape.begin() + static_cast<ptrdiff_t>(start),
                           shape.begin() + static_cast<ptrdiff_t>(end))));
}

Result<bool> FoldSize(const Folding& folding) {
  const Shape& shape = folding.lowering().ShapeOf(folding.node().inputs[0]);
  return folding.Make(Constant::Of({}, std::vector<int64_t>{Elements(shape)}));
}

Result<bool> FoldConstant(const Folding& folding) {
  const Node& node = folding.node();
  if (const auto* value = node.Find<Constant>("value")) {
    return folding.Make(*value);
  }
  if (const auto* value = node.Find<float>("value_float")) {
    return folding.Make(Constant::Of({}, std::vector<float>{*value}));
  }
  if (const auto* values = node.Find<std::vector<float>>("value_floats")) {
    return folding.Make(
        Constant::Of({static_cast<int64_t>(values->size())}, *values));
  }
  if (const auto* value = node.Find<int64_t>("value_int")) {
    return folding.Make(Constant::Of({}, std::vector<int64_t>{*value}));
  }
  if (const auto* values = node.Find<std::vector<int64_t>>("value_ints")) {
    return folding.Make(
        Constant::Of({static_cast<int64_t>(values->size())}, *values));
  }
  return false;
}

Result<bool> FoldConstantOfShape(const Folding& folding) {
  const Shape shape = folding.In(0).AsInt64();
  Constant value = Constant::Of({1}, std::vector<float>{0.0F});
  if (const auto* given = folding.node().Find<Constant>("value")) {
    value = *given;
  }
  if (Elements(value.shape) != 1) {
    return folding.Refuse("its value must have one element");
  }
  if (std::any_of(shape.begin(), shape.end(),
                  [](int64_t dim) { return dim < 0; })) {
    return folding.Refuse("its shape " + ShapeText(shape) + " is negative");
  }
  if (!folding.Afford(shape, value.type)) return false;
  return folding.Make(
      Walk(value, shape, 0, std::vector<int64_t>(shape.size(), 0)));
}

Result<bool> FoldRange(const Folding& folding) {
  for (size_t i = 0; i < 3; ++i) {
    if (Elements(folding.In(i).shape) != 1) {
      return folding.Refuse("start, limit and delta must be scalars");
    }
  }
  const TensorType type = folding.In(0).type;
  if (type == TensorType::kFloat32) {
    const float start = folding.In(0).AsFloat()[0];
    const float limit = folding.In(1).AsFloat()[0];
    const float delta = folding.In(2).AsFloat()[0];
    const double count =
        std::ceil((static_cast<double>(limit) - static_cast<double>(start)) /
                  static_cast<double>(delta));
    if (!(count < 1e9)) return folding.Refuse("it does not end");
    const Shape shape = {static_cast<int64_t>(std::max(count, 0.0))};
    if (!folding.Afford(shape, type)) return false;
    std::vector<float> values;
    for (int64_t i = 0; i < shape[0]; ++i) {
      values.push_back(start + static_cast<float>(i) * delta);
    }
    return folding.Make(Constant::Of(shape, values));
  }
  const int64_t start = folding.In(0).AsInt64()[0];
  const int64_t limit = folding.In(1).AsInt64()[0];
  const int64_t delta = folding.In(2).AsInt64()[0];
  if (delta == 0) return folding.Refuse("its delta is 0");
  int64_t span = 0;
  constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
  if (__builtin_sub_overflow(limit, start, &span) || span == kLowest ||
      delta == kLowest) {
    return folding.Refuse("it has too many values");
  }
  const bool empty = (span > 0) != (delta > 0) || span == 0;
  const int64_t steps = std::abs(span) - 1;
  const Shape shape = {empty ? 0 : steps / std::abs(delta) + 1};
  if (!folding.Afford(shape, type)) return false;
  std::vector<int64_t> values;
  for (int64_t i = 0; i < shape[0]; ++i) values.push_back(start + i * delta);
  return folding.Make(Constant::OfType(type, shape, values));
}

Result<bool> FoldIdentity(const Folding& folding) {
  return folding.Make(folding.In(0));
}

}  // namespace

std::span<const FoldableOperator> FoldableShapes() {
  static constexpr FoldableOperator kOperators[] = {
      {"Constant", FoldConstant, 0, 0},
      {"ConstantOfShape", FoldConstantOfShape, 1, 1},
      {"Identity", FoldIdentity, 1, 1},
      {"Range", FoldRange, 3, 3},
      {"Shape", FoldShape, 1, 1},
      {"Size", FoldSize, 1, 1},
  };
  return kOperators;
}

}  // namespace tinyml::onnx_import
