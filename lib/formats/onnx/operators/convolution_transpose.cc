// ConvTranspose.
#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "base/macros.h"
#include "formats/onnx/lowering.h"
#include "formats/onnx/operators/compose.h"
#include "formats/onnx/operators/convolution.h"
#include "formats/onnx/operators/window.h"
#include "ops/window.h"

namespace tinyml::onnx_import {
namespace {

using Op = BuiltinOperator;

// Sizes of a transposed convolution; `axes` has the roles of input and output
// as this operator has them.
struct Spread {
  Window window;
  std::array<int64_t, 2> extent = {1, 1};  // Of the dilated kernel.
};

// Output size and the pads that are cut off, by the attributes' rules.
Result<Spread> SpreadOf(const Lowering& lowering, const Node& node,
                        const Shape& input, const Shape& kernel) {
  // The sizes and pads that follow are others than those of a convolution, the
  // checks of the attributes are the same. A large enough image keeps it from
  // refusing.
  Shape ample = {1, 1};
  const auto dilations = node.Ints("dilations");
  for (size_t i = 0; i < kernel.size(); ++i) {
    constexpr int64_t kMax = 1 << 12;
    const int64_t dilation = i < dilations.size() ? dilations[i] : 1;
    TINYML_ONNX_REQUIRE(lowering, node,
                        kernel[i] <= kMax && dilation > 0 && dilation <= kMax,
                        "its kernel is too large");
    ample.push_back(std::max(input[2 + i], (kernel[i] - 1) * dilation + 1));
  }
  TINYML_ASSIGN_OR_RETURN(
      Window window, WindowOf(lowering, node, ample, kernel, "TRANSPOSE_CONV"));
  const size_t count = kernel.size();
  auto extra = node.Ints("output_padding");
  if (extra.empty()) extra.assign(count, 0);
  const auto asked = node.Ints("output_shape");
  const std::string auto_pad = node.String("auto_pad", "NOTSET");
  TINYML_ONNX_REQUIRE(
      lowering, node,
      extra.size() == count &&
          (asked.empty() || asked.size() == count || asked.size() == count + 2),
      "output_padding or output_shape does not have one number for "
      "each axis");
  Spread spread;
  for (size_t i = 0; i < count; ++i) {
    SpatialAxis& axis = window.axes[2 - count + i];
    axis.input = input[2 + i];
    constexpr int64_t kMax = std::numeric_limits<int32_t>::max();
    TINYML_ONNX_REQUIRE(
        lowering, node,
        extra[i] >= 0 && extra[i] <= kMax && axis.stride <= kMax / axis.input,
        "its output is too large");
    const int64_t full =
        (axis.input - 1) * axis.stride + axis.Extent() + extra[i];
    int64_t wanted = -1;
    if (!asked.empty()) {
      wanted = asked[asked.size() - count + i];
    } else if (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER") {
      wanted = axis.input * axis.stride;
    } else if (auto_pad == "VALID") {
      wanted = full;
    }
    if (wanted >= 0) {
      // Odd pads go where the attribute says, or before.
      const int64_t total = std::max<int64_t>(full - wanted, 0);
      axis.before = auto_pad == "SAME_UPPER" ? total / 2 : total - total / 2;
      axis.after = total - axis.before;
      axis.output = wanted;
    } else {
      axis.output = full - axis.before - axis.after;
    }
    TINYML_ONNX_REQUIRE(lowering, node, axis.output > 0 && axis.output <= kMax,
                        "its output is empty or too large");
  }
  for (size_t i = 0; i < 2; ++i) spread.extent[i] = window.axes[i].Extent();
  spread.window = window;
  return spread;
}

// The filter C, O, H, W with zeros between the elements of a dilated kernel,
// which TRANSPOSE_CONV does not have.
Constant Dilated(const Constant& filter, const Spread& spread) {
  const auto& [height, width] = spread.window.axes;
  const Shape& from = filter.shape;
  const Shape to = {from[0], from[1], spread.extent[0], spread.extent[1]};
  const std::vector<float> values = filter.AsFloat();
  std::vector<float> dilated(static_cast<size_t>(Elements(to)), 0);
  size_t at = 0;
  for (int64_t plane = 0; plane < from[0] * from[1]; ++plane) {
    for (int64_t y = 0; y < height.kernel; ++y) {
      for (int64_t x = 0; x < width.kernel; ++x) {
        const int64_t row = plane * to[2] + y * height.dilation;
        dilated[row * to[3] + x * width.dilation] = values[at++];
      }
    }
  }
  return Constant::Of(to, dilated);
}

// `count` of the filters along its first axis, from `first` on.
Constant Part(const Constant& filter, int64_t first, int64_t count) {
  Constant part;
  part.type = filter.type;
  part.shape = filter.shape;
  part.shape[0] = count;
  const auto bytes = filter.data.bytes();
  const auto each = bytes.size() / static_cast<size_t>(filter.shape[0]);
  const auto begin =
      bytes.begin() + static_cast<ptrdiff_t>(each * static_cast<size_t>(first));
  part.data = BufferData(std::vector<uint8_t>(
      begin,
      begin + static_cast<ptrdiff_t>(each * static_cast<size_t>(count))));
  return part;
}

// One TRANSPOSE_CONV. `filter` lies O, H, W, I.
TensorIndex EmitTransposeConv(Lowering& lowering, const Spread& spread,
                              TensorIndex image, TensorIndex filter,
                              TensorIndex bias, int64_t channels,
                              const std::string& name) {
  const auto& axes = spread.window.axes;
  const Shape from = DimsOf(lowering, image);
  // The kernel derives the pads from the size of its output; where its are not
  // these, it makes all of it and a SLICE cuts.
  bool same = true;
  bool whole = true;
  Shape full = {from[0]};
  std::vector<int64_t> begin = {0};
  for (size_t i = 0; i < 2; ++i) {
    const SpatialAxis& axis = axes[i];
    const auto covered = (axis.input - 1) * axis.stride + spread.extent[i];
    const WindowAxis mirrored = {static_cast<int32_t>(axis.output),
                                 static_cast<int32_t>(spread.extent[i]),
                                 static_cast<int32_t>(axis.stride), 1};
    const int32_t steps = WindowOutput(Padding::kSame, mirrored);
    same = same && WindowPadding(mirrored, steps) == axis.before;
    whole = whole && axis.before == 0;
    begin.push_back(axis.before);
    full.push_back(std::max(covered, axis.before + axis.output));
  }
  begin.push_back(0);
  full.push_back(channels);
  const Shape dims = WindowDims(spread.window, from[0], channels);
  TransposeConvOptions options;
  options.padding = same && !whole ? Padding::kSame : Padding::kValid;
  options.stride_h = static_cast<int32_t>(axes[0].stride);
  options.stride_w = static_cast<int32_t>(axes[1].stride);
  const Shape& made = same || whole ? dims : full;
  const TensorIndex output =
      lowering.NewTensor(TensorType::kFloat32, made, name);
  const TensorIndex shape = lowering.NewInt32(made, name + "/shape");
  lowering.Emit(Op::kTransposeConv, {shape, filter, image, bias}, {output},
                options);
  return EmitSlice(lowering, output, begin, dims, name);
}

// The bias of one group.
Result<TensorIndex> GroupBias(Lowering& lowering, const Node& node,
                              int64_t group, int64_t channels, int64_t groups) {
  const ValueId id = Lowering::Input(node, 2);
  if (id == kNoValue || groups == 1) {
    return GetBias(lowering, node, id, channels);
  }
  TINYML_ONNX_REQUIRE(lowering, node,
                      lowering.ShapeOf(id) == Shape{channels * groups},
                      "its bias does not have one float32 for each channel");
  const std::string name = lowering.OutputName(node, 0) + "/bias";
  if (const Constant* constant = lowering.ConstantOf(id)) {
    return lowering.NewConstant(Part(*constant, group * channels, channels),
                                name);
  }
  TINYML_ASSIGN_OR_RETURN(const TensorIndex bias, lowering.Get(id));
  return EmitSlice(lowering, bias, {group * channels}, {channels}, name);
}

}  // namespace

Status LowerConvTranspose(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 2, 3));
  const ValueId input = node.inputs[0];
  const ValueId filter = node.inputs[1];
  const Shape from = lowering.ShapeOf(input);
  const Shape weights = lowering.ShapeOf(filter);
  for (const ValueId id : {input, filter}) {
    TINYML_RETURN_IF_ERROR(CheckFloat(lowering, node, id, "TRANSPOSE_CONV"));
    TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, lowering.ShapeOf(id)));
  }
  TINYML_ONNX_REQUIRE(lowering, node,
                      weights.size() >= 3 && weights.size() == from.size(),
                      "its filter does not fit its input");
  TINYML_ONNX_REQUIRE(lowering, node, from.size() <= 4,
                      "TFLM's TRANSPOSE_CONV has two spatial axes");
  const int64_t groups = node.Int("group", 1);
  TINYML_ONNX_REQUIRE(
      lowering, node,
      groups > 0 && weights[0] == from[1] && from[1] % groups == 0,
      "its groups do not fit its channels");
  TINYML_ASSIGN_OR_RETURN(const Spread spread,
                          SpreadOf(lowering, node, from,
                                   Shape(weights.begin() + 2, weights.end())));
  const int64_t channels = weights[1];  // Of a group's output.
  TINYML_ONNX_REQUIRE(lowering, node,
                      channels <= std::numeric_limits<int32_t>::max() / groups,
                      "it has too many channels");
  const Shape shape = WindowShape(spread.window, from[0], channels * groups);
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, shape));
  for (const SpatialAxis& axis : spread.window.axes) {
    TINYML_RETURN_IF_ERROR(
        CheckShape(lowering, node,
                   {from[0], channels * groups,
                    axis.before + axis.output + axis.after + axis.Extent()}));
  }

  const std::string name = lowering.OutputName(node, 0);
  TINYML_ASSIGN_OR_RETURN(const TensorIndex image,
                          GetImage(lowering, input, name));
  const bool dilated = spread.extent[0] != spread.window.axes[0].kernel ||
                       spread.extent[1] != spread.window.axes[1].kernel;
  const Constant* constant = lowering.ConstantOf(filter);
  const Layout layout = {1, 2, 3, 0};  // O, H, W, I.
  if (groups == 1 && !dilated) {
    TINYML_ASSIGN_OR_RETURN(const TensorIndex kernel,
                            GetFilter(lowering, filter, layout));
    TINYML_ASSIGN_OR_RETURN(const TensorIndex bias,
                            GroupBias(lowering, node, 0, channels, 1));
    DefineImage(lowering, node, input,
                EmitTransposeConv(lowering, spread, image, kernel, bias,
                                  channels, name),
                shape);
    return {};
  }
  TINYML_ONNX_REQUIRE(lowering, node, constant != nullptr,
                      "its weights are computed by the model, and TFLM's "
                      "TRANSPOSE_CONV has neither groups nor dilations");
  constexpr int64_t kMaxWeights = int64_t{1} << 26;
  TINYML_ONNX_REQUIRE(lowering, node,
                      weights[0] * weights[1] <=
                          kMaxWeights / (spread.extent[0] * spread.extent[1]),
                      "its dilated weights are too large");
  Constant wide = *constant;
  if (wide.shape.size() == 3) wide.shape.insert(wide.shape.begin() + 2, 1);
  if (dilated) wide = Dilated(wide, spread);
  const int64_t each = from[1] / groups;
  std::vector<TensorIndex> parts;
  for (int64_t group = 0; group < groups; ++group) {
    Shape size = DimsOf(lowering, image);
    size[3] = each;
    const TensorIndex part =
        EmitSlice(lowering, image, {0, 0, 0, group * each}, size, name);
    const TensorIndex kernel = lowering.NewConstant(
        Transposed(Part(wide, group * each, each), layout), name + "/weights");
    TINYML_ASSIGN_OR_RETURN(const TensorIndex bias,
                            GroupBias(lowering, node, group, channels, groups));
    parts.push_back(EmitTransposeConv(lowering, spread, part, kernel, bias,
                                      channels, name));
  }
  DefineImage(lowering, node, input,
              EmitConcat(lowering, std::move(parts), 3, name), shape);
  return {};
}

}  // namespace tinyml::onnx_import
