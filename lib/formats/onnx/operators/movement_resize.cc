// Resize and Upsample. Both are made of resizing along single axes, each a
// choice of elements (nearest) or a matrix; TFLM's two kernels do two
// neighbouring axes at once for a few of ONNX's many modes.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "base/macros.h"
#include "formats/onnx/lowering.h"
#include "formats/onnx/operators/compose.h"
#include "formats/onnx/operators/movement.h"
#include "formats/onnx/operators/resize_axis.h"

namespace tinyml::onnx_import {
namespace {

using Op = BuiltinOperator;

struct ResizePlan {
  ResizeMode mode = ResizeMode::kNearest;
  std::vector<ResizeAxis> axes;  // One for each of the input, in ONNX's order.
};

// The values of input `i` of type float, or nothing if there are none.
Result<std::vector<float>> ConstantFloats(const Lowering& lowering,
                                          const Node& node, size_t i,
                                          std::string_view what) {
  const ValueId id = Lowering::Input(node, i);
  if (id == kNoValue) return std::vector<float>();
  const Constant* constant = lowering.ConstantOf(id);
  TINYML_ONNX_REQUIRE(lowering, node, constant != nullptr,
                      "the model computes its " + std::string(what) +
                          "; TFLM's shapes are fixed");
  return constant->AsFloat();
}

Status SetScales(const Lowering& lowering, const Node& node,
                 const std::vector<float>& scales,
                 const std::vector<size_t>& which, ResizePlan& plan) {
  TINYML_ONNX_REQUIRE(lowering, node, scales.size() == which.size(),
                      "its scales are not one for each axis");
  for (size_t i = 0; i < which.size(); ++i) {
    ResizeAxis& axis = plan.axes[which[i]];
    axis.scale = static_cast<double>(scales[i]);
    const double length =
        std::floor(static_cast<double>(axis.input) * axis.scale);
    TINYML_ONNX_REQUIRE(
        lowering, node,
        length >= 1 && length < std::numeric_limits<int32_t>::max(),
        "one of its scales is out of range");
    axis.output = static_cast<int64_t>(length);
  }
  return {};
}

Status SetSizes(const Lowering& lowering, const Node& node,
                const std::vector<int64_t>& sizes,
                const std::vector<size_t>& which, ResizePlan& plan) {
  TINYML_ONNX_REQUIRE(lowering, node, sizes.size() == which.size(),
                      "its sizes are not one for each axis");
  const std::string policy = node.String("keep_aspect_ratio_policy", "stretch");
  std::optional<double> common;
  for (size_t i = 0; i < which.size(); ++i) {
    ResizeAxis& axis = plan.axes[which[i]];
    TINYML_ONNX_REQUIRE(
        lowering, node,
        sizes[i] > 0 && sizes[i] < std::numeric_limits<int32_t>::max(),
        "one of its sizes is out of range");
    axis.output = sizes[i];
    axis.scale =
        static_cast<double>(axis.output) / static_cast<double>(axis.input);
    if (!common) {
      common = axis.scale;
    } else if (policy == "not_larger") {
      common = std::min(*common, axis.scale);
    } else {
      common = std::max(*common, axis.scale);
    }
  }
  if (policy == "stretch") return {};
  for (const size_t i : which) {
    ResizeAxis& axis = plan.axes[i];
    axis.scale = *common;
    const double length =
        std::floor(*common * static_cast<double>(axis.input) + 0.5);
    TINYML_ONNX_REQUIRE(lowering, node,
                        length < std::numeric_limits<int32_t>::max(),
                        "one of its sizes is out of range");
    axis.output = std::max<int64_t>(static_cast<int64_t>(length), 1);
  }
  return {};
}

Result<ResizePlan> PlanOf(const Lowering& lowering, const Node& node,
                          const Shape& from) {
  // Upsample, and Resize until opset 10, know one way.
  const bool upsample = node.op_type == "Upsample";
  const bool old = upsample || lowering.opset() < 11;
  ResizePlan plan;
  const std::string mode = node.String("mode", "nearest");
  TINYML_ONNX_REQUIRE(lowering, node,
                      mode == "nearest" || mode == "linear" ||
                          mode == "bilinear" || (mode == "cubic" && !old),
                      "its mode is unknown to ONNX");
  if (mode != "nearest") {
    plan.mode = mode == "cubic" ? ResizeMode::kCubic : ResizeMode::kLinear;
  }
  ResizeAxis common;
  common.coordinates =
      old ? "asymmetric"
          : node.String("coordinate_transformation_mode", "half_pixel");
  common.nearest =
      old ? "floor" : node.String("nearest_mode", "round_prefer_floor");
  common.antialias = node.Int("antialias", 0) != 0;
  common.exclude_outside = node.Int("exclude_outside", 0) != 0;
  common.cubic_a = static_cast<double>(node.Float("cubic_coeff_a", -0.75F));
  TINYML_ONNX_REQUIRE(lowering, node, KnownCoordinates(common.coordinates),
                      "its coordinate_transformation_mode is unknown to ONNX");
  plan.axes.assign(from.size(), common);
  std::vector<size_t> which(from.size());
  std::iota(which.begin(), which.end(), size_t{0});
  for (const size_t i : which) plan.axes[i].input = from[i];
  for (const size_t i : which) plan.axes[i].output = from[i];
  if (node.Has("axes")) {
    TINYML_ASSIGN_OR_RETURN(
        const auto axes,
        AxesOf(lowering, node, node.Ints("axes"), from.size()));
    which.assign(axes.begin(), axes.end());
  }
  std::vector<float> scales;
  if (node.Has("scales")) {
    scales = node.Floats("scales");
  } else {
    TINYML_ASSIGN_OR_RETURN(
        scales, ConstantFloats(lowering, node, old ? 1 : 2, "scales"));
  }
  const ValueId sizes_input = Lowering::Input(node, 3);
  const auto declared = DeclaredShape(lowering, node, 0);
  if (scales.empty() && sizes_input != kNoValue && declared &&
      lowering.ConstantOf(sizes_input) == nullptr &&
      declared->size() == from.size()) {
    // The sizes are computed by the model, but the file says what they are.
    std::vector<int64_t> sizes;
    for (const size_t i : which) sizes.push_back((*declared)[i]);
    TINYML_RETURN_IF_ERROR(SetSizes(lowering, node, sizes, which, plan));
  } else if (!scales.empty()) {
    TINYML_RETURN_IF_ERROR(SetScales(lowering, node, scales, which, plan));
  } else {
    TINYML_ASSIGN_OR_RETURN(const auto sizes,
                            ConstantInts(lowering, node, 3, "sizes"));
    TINYML_RETURN_IF_ERROR(SetSizes(lowering, node, sizes, which, plan));
  }
  if (common.coordinates != "tf_crop_and_resize") return plan;
  TINYML_ASSIGN_OR_RETURN(
      const auto region,
      ConstantFloats(lowering, node, 1, "regions of interest"));
  TINYML_ONNX_REQUIRE(lowering, node, region.size() == 2 * which.size(),
                      "its region of interest is not two for each axis");
  for (size_t i = 0; i < which.size(); ++i) {
    plan.axes[which[i]].start = static_cast<double>(region[i]);
    plan.axes[which[i]].end = static_cast<double>(region[i + which.size()]);
    // Bounds that the arithmetic of indices can bear.
    TINYML_ONNX_REQUIRE(lowering, node,
                        std::fabs(region[i]) < 1e6F &&
                            std::fabs(region[i + which.size()]) < 1e6F,
                        "its region of interest is out of range");
  }
  return plan;
}

bool Unchanged(const ResizeAxis& axis) {
  if (axis.input != axis.output) return false;
  return axis.coordinates != "tf_crop_and_resize" || axis.input == 1 ||
         (axis.start == 0 && axis.end == 1);
}

// A matrix or a table of indices of this size is no longer sensible.
constexpr int64_t kMaxWeights = int64_t{1} << 24;

// What one axis needs.
struct AxisTable {
  std::vector<int64_t> indices;  // Nearest.
  std::vector<float> weights;    // The others.
};

Result<AxisTable> TableOf(const Lowering& lowering, const Node& node,
                          const ResizeAxis& axis, ResizeMode mode) {
  constexpr std::string_view kOutside =
      "it extrapolates outside of its input, which no TFLM operator does";
  AxisTable table;
  if (mode == ResizeMode::kNearest) {
    auto indices = NearestIndices(axis);
    TINYML_ONNX_REQUIRE(lowering, node, indices.has_value(), kOutside);
    table.indices = std::move(*indices);
    return table;
  }
  TINYML_ONNX_REQUIRE(lowering, node, axis.input <= kMaxWeights / axis.output,
                      "its axes are too long");
  auto weights = ResizeWeights(axis, mode);
  TINYML_ONNX_REQUIRE(lowering, node, weights.has_value(), kOutside);
  table.weights = std::move(*weights);
  return table;
}

bool Reproduces(const ResizeOptions& options, const ResizeAxis& axis,
                const AxisTable& table, ResizeMode mode) {
  if (mode == ResizeMode::kNearest) {
    return RuntimeIndices(axis.input, axis.output, options) == table.indices;
  }
  const auto weights = RuntimeWeights(axis.input, axis.output, options);
  return std::equal(weights.begin(), weights.end(), table.weights.begin(),
                    table.weights.end(), [](float a, float b) {
                      constexpr float kTolerance = 1e-5F;
                      return std::fabs(a - b) <= kTolerance;
                    });
}

// The options with which TFLM's kernel does all of `axes`, if there are any.
std::optional<ResizeOptions> OptionsFor(
    std::initializer_list<std::pair<const ResizeAxis*, const AxisTable*>> axes,
    ResizeMode mode) {
  constexpr std::array<ResizeOptions, 3> kAll = {ResizeOptions{false, true},
                                                 ResizeOptions{false, false},
                                                 ResizeOptions{true, false}};
  for (const ResizeOptions& options : kAll) {
    const bool all =
        std::all_of(axes.begin(), axes.end(), [&](const auto& entry) {
          return Reproduces(options, *entry.first, *entry.second, mode);
        });
    if (all) return options;
  }
  return std::nullopt;
}

// [before, height, width, behind] to the new height and width.
TensorIndex EmitResize(Lowering& lowering, TensorIndex input, Shape dims,
                       std::pair<int64_t, int64_t> size, ResizeMode mode,
                       const ResizeOptions& options, const std::string& name) {
  input = EmitShaped(lowering, input, dims, name);
  dims[1] = size.first;
  dims[2] = size.second;
  const TensorIndex output =
      lowering.NewTensor(lowering.tensor(input).type, dims, name);
  const TensorIndex sizes =
      lowering.NewInt32({size.first, size.second}, name + "/size");
  if (mode == ResizeMode::kNearest) {
    lowering.Emit(Op::kResizeNearestNeighbor, {input, sizes}, {output},
                  ResizeNearestNeighborOptions{options.align_corners,
                                               options.half_pixel_centers});
  } else {
    lowering.Emit(Op::kResizeBilinear, {input, sizes}, {output},
                  ResizeBilinearOptions{options.align_corners,
                                        options.half_pixel_centers});
  }
  return output;
}

// One axis by GATHER, or by a product with the matrix.
Result<TensorIndex> EmitTable(Lowering& lowering, const Node& node,
                              TensorIndex input, int64_t before,
                              const ResizeAxis& axis, int64_t behind,
                              const AxisTable& table, ResizeMode mode,
                              const std::string& name) {
  const TensorType type = lowering.tensor(input).type;
  const Shape dims = {before, axis.output, behind};
  input = EmitShaped(lowering, input, {before, axis.input, behind}, name);
  const TensorIndex output = lowering.NewTensor(type, dims, name);
  if (mode == ResizeMode::kNearest) {
    TINYML_ONNX_REQUIRE(
        lowering, node,
        type == TensorType::kFloat32 || type == TensorType::kInt8,
        "TFLM's GATHER takes float32 and int8 only");
    GatherOptions options;
    options.axis = 1;
    const TensorIndex indices =
        lowering.NewInt32(table.indices, name + "/indices");
    lowering.Emit(Op::kGather, {input, indices}, {output}, options);
    return output;
  }
  TINYML_ONNX_REQUIRE(lowering, node, type == TensorType::kFloat32,
                      "TFLM's BATCH_MATMUL takes float32 only");
  const TensorIndex weights = lowering.NewFloat(
      {1, axis.output, axis.input}, table.weights, name + "/weights");
  lowering.Emit(Op::kBatchMatmul, {weights, input}, {output},
                BatchMatMulOptions());
  return output;
}

}  // namespace

Status LowerResize(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckOperands(lowering, node, 1, 4));
  const ValueId input = node.inputs[0];
  const Shape from = lowering.ShapeOf(input);
  TINYML_ASSIGN_OR_RETURN(const ResizePlan plan, PlanOf(lowering, node, from));
  Shape shape;
  for (const ResizeAxis& axis : plan.axes) shape.push_back(axis.output);
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, shape));
  if (plan.mode == ResizeMode::kNearest) {
    TINYML_RETURN_IF_ERROR(CheckKernelType(
        lowering, node, input, "RESIZE_NEAREST_NEIGHBOR",
        {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16}));
  } else {
    TINYML_RETURN_IF_ERROR(
        CheckFloat(lowering, node, input, "RESIZE_BILINEAR"));
  }
  const Layout layout = lowering.LayoutOf(input);
  TINYML_ASSIGN_OR_RETURN(TensorIndex tensor, lowering.Get(input, layout));
  const std::string name = lowering.OutputName(node, 0);
  const auto at = [&](size_t i) -> const ResizeAxis& {
    return plan.axes[layout[i]];
  };
  for (size_t i = 0; i < layout.size(); ++i) {
    if (Unchanged(at(i))) continue;
    Shape dims = DimsOf(lowering, tensor);
    const auto place = static_cast<ptrdiff_t>(i);
    const int64_t before = Elements(Shape(dims.begin(), dims.begin() + place));
    const int64_t behind =
        Elements(Shape(dims.begin() + place + 1, dims.end()));
    TINYML_ASSIGN_OR_RETURN(const AxisTable table,
                            TableOf(lowering, node, at(i), plan.mode));
    Shape result = dims;
    result[i] = at(i).output;
    if (i + 1 < layout.size() && !Unchanged(at(i + 1))) {
      TINYML_ASSIGN_OR_RETURN(const AxisTable next,
                              TableOf(lowering, node, at(i + 1), plan.mode));
      const auto options =
          OptionsFor({{&at(i), &table}, {&at(i + 1), &next}}, plan.mode);
      if (options) {
        result[i + 1] = at(i + 1).output;
        tensor = EmitResize(
            lowering, tensor,
            {before, dims[i], dims[i + 1], behind / dims[i + 1]},
            {at(i).output, at(i + 1).output}, plan.mode, *options, name);
        tensor = EmitShaped(lowering, tensor, result, name);
        ++i;
        continue;
      }
    }
    if (const auto options = OptionsFor({{&at(i), &table}}, plan.mode)) {
      tensor = EmitResize(lowering, tensor, {before, dims[i], 1, behind},
                          {at(i).output, 1}, plan.mode, *options, name);
    } else {
      TINYML_ASSIGN_OR_RETURN(
          tensor, EmitTable(lowering, node, tensor, before, at(i), behind,
                            table, plan.mode, name));
    }
    tensor = EmitShaped(lowering, tensor, result, name);
  }
  lowering.Define(node, 0, lowering.TypeOf(input), std::move(shape), tensor,
                  layout);
  return {};
}

}  // namespace tinyml::onnx_import
