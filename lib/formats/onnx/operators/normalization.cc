// Normalizations: TFLM has no operator for most of them, so that they are made
// of means and arithmetic.
#include "formats/onnx/operators/normalization.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "base/macros.h"
#include "formats/onnx/lowering.h"
#include "formats/onnx/operators/compose.h"

namespace tinyml::onnx_import {
namespace {

using Op = BuiltinOperator;

// The first input, float32, of a shape and rank that the kernels take.
Status CheckNormalized(const Lowering& lowering, const Node& node,
                       size_t least_rank) {
  const ValueId input = node.inputs[0];
  TINYML_RETURN_IF_ERROR(CheckFloat(lowering, node, input, "MUL"));
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, lowering.ShapeOf(input)));
  const size_t rank = lowering.RankOf(input);
  TINYML_ONNX_REQUIRE(lowering, node, rank >= least_rank && rank <= 6,
                      "its input has too few axes, or more than the 6 that "
                      "TFLM's MUL takes");
  return {};
}

// The dimensions in memory of one number for each element of axis 1.
Shape ChannelDims(const Shape& shape, const Layout& layout) {
  Shape ones(shape.size(), 1);
  ones[1] = shape[1];
  Shape dims = InLayout(ones, layout);
  // Axes in front that are 1 need not be there.
  while (dims.size() > 1 && dims.front() == 1) dims.erase(dims.begin());
  return dims;
}

// Input `i`, one float32 for each channel, as a tensor of `dims`.
Result<TensorIndex> ChannelOperand(Lowering& lowering, const Node& node,
                                   size_t i, int64_t channels,
                                   const Shape& dims, std::string_view name) {
  const ValueId id = node.inputs[i];
  TINYML_RETURN_IF_ERROR(CheckFloat(lowering, node, id, "MUL"));
  TINYML_ONNX_REQUIRE(lowering, node, lowering.ShapeOf(id) == Shape{channels},
                      "input " + std::to_string(i) +
                          " does not have one number for each channel");
  if (const Constant* constant = lowering.ConstantOf(id)) {
    return lowering.NewFloat(dims, constant->AsFloat(), name);
  }
  TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor, lowering.Get(id));
  return EmitShaped(lowering, tensor, dims, name);
}

// --- BatchNormalization

// x * factor + summand, if all four are constant.
struct Affine {
  std::vector<float> factor;
  std::vector<float> summand;
};

std::optional<Affine> ConstantAffine(const Lowering& lowering, const Node& node,
                                     double epsilon) {
  std::array<std::vector<float>, 4> values;
  for (size_t i = 0; i < 4; ++i) {
    const Constant* constant = lowering.ConstantOf(node.inputs[i + 1]);
    if (constant == nullptr) return std::nullopt;
    values[i] = constant->AsFloat();
  }
  const auto& [scale, bias, mean, variance] = values;
  Affine affine;
  for (size_t i = 0; i < scale.size(); ++i) {
    const double factor = static_cast<double>(scale[i]) /
                          std::sqrt(static_cast<double>(variance[i]) + epsilon);
    affine.factor.push_back(static_cast<float>(factor));
    affine.summand.push_back(static_cast<float>(
        static_cast<double>(bias[i]) - static_cast<double>(mean[i]) * factor));
  }
  return affine;
}

Status LowerBatchNormalization(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 5, 5));
  TINYML_RETURN_IF_ERROR(CheckNormalized(lowering, node, 2));
  TINYML_ONNX_REQUIRE(lowering, node, node.Int("training_mode", 0) == 0,
                      "it is in its training form");
  TINYML_RETURN_IF_ERROR(CheckOutputsUnused(
      lowering, node, 1, "only its first output is made in inference"));
  const ValueId input = node.inputs[0];
  const Shape shape = lowering.ShapeOf(input);
  const Layout layout = lowering.LayoutOf(input);
  const Shape dims = ChannelDims(shape, layout);
  const std::string name = lowering.OutputName(node, 0);
  for (size_t i = 1; i < 5; ++i) {
    TINYML_ONNX_REQUIRE(lowering, node,
                        lowering.ShapeOf(node.inputs[i]) == Shape{shape[1]},
                        "input " + std::to_string(i) +
                            " does not have one number for each channel");
  }
  const float epsilon = node.Float("epsilon", 1e-5F);
  TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor,
                          lowering.Get(input, layout));
  TensorIndex factor = kNoTensor;
  TensorIndex summand = kNoTensor;
  if (const auto affine =
          ConstantAffine(lowering, node, static_cast<double>(epsilon))) {
    factor = lowering.NewFloat(dims, affine->factor, name + "/factor");
    summand = lowering.NewFloat(dims, affine->summand, name + "/summand");
  } else {
    std::array<TensorIndex, 4> operands;
    for (size_t i = 0; i < 4; ++i) {
      TINYML_ASSIGN_OR_RETURN(
          operands[i],
          ChannelOperand(lowering, node, i + 1, shape[1], dims, name));
    }
    const auto& [scale, bias, mean, variance] = operands;
    const TensorIndex spread = lowering.EmitBinary(
        Op::kAdd, variance, lowering.NewScalar(epsilon, name + "/epsilon"),
        name);
    factor = lowering.EmitBinary(
        Op::kMul, scale, lowering.EmitUnary(Op::kRsqrt, spread, name), name);
    summand = lowering.EmitBinary(
        Op::kSub, bias, lowering.EmitBinary(Op::kMul, mean, factor, name),
        name);
  }
  const TensorIndex scaled =
      lowering.EmitBinary(Op::kMul, tensor, factor, name);
  lowering.Define(node, 0, TensorType::kFloat32, shape,
                  lowering.EmitBinary(Op::kAdd, scaled, summand, name), layout);
  return {};
}

// --- Mean and variance of the input itself

struct Centered {
  TensorIndex mean = kNoTensor;
  TensorIndex difference = kNoTensor;  // x - mean
  TensorIndex variance = kNoTensor;
};

// `axes` are those in memory, at most 4, which stay as 1.
Centered EmitCentered(Lowering& lowering, TensorIndex tensor,
                      const std::vector<int64_t>& axes,
                      const std::string& name) {
  Centered result;
  result.mean = EmitReduce(lowering, Op::kMean, tensor, axes, name + "/mean");
  result.difference = lowering.EmitBinary(Op::kSub, tensor, result.mean, name);
  const TensorIndex squares =
      lowering.EmitUnary(Op::kSquare, result.difference, name);
  result.variance =
      EmitReduce(lowering, Op::kMean, squares, axes, name + "/variance");
  return result;
}

TensorIndex EmitInverseDeviation(Lowering& lowering, TensorIndex variance,
                                 float epsilon, const std::string& name) {
  const TensorIndex sum = lowering.EmitBinary(
      Op::kAdd, variance, lowering.NewScalar(epsilon, name + "/epsilon"), name);
  return lowering.EmitUnary(Op::kRsqrt, sum, name);
}

std::vector<int64_t> AxesInMemory(const Layout& layout,
                                  const std::vector<int64_t>& axes) {
  std::vector<int64_t> places;
  for (const int64_t axis : axes) places.push_back(AxisIn(layout, axis));
  std::sort(places.begin(), places.end());
  return places;
}

Status LowerInstanceNormalization(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 3, 3));
  TINYML_RETURN_IF_ERROR(CheckNormalized(lowering, node, 3));
  const ValueId input = node.inputs[0];
  const Shape shape = lowering.ShapeOf(input);
  const Layout layout = lowering.LayoutOf(input);
  const Shape dims = ChannelDims(shape, layout);
  const std::string name = lowering.OutputName(node, 0);
  std::vector<int64_t> axes;
  for (size_t i = 2; i < shape.size(); ++i) {
    axes.push_back(static_cast<int64_t>(i));
  }
  TINYML_ASSIGN_OR_RETURN(
      const TensorIndex scale,
      ChannelOperand(lowering, node, 1, shape[1], dims, name + "/scale"));
  TINYML_ASSIGN_OR_RETURN(
      const TensorIndex bias,
      ChannelOperand(lowering, node, 2, shape[1], dims, name + "/bias"));
  TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor,
                          lowering.Get(input, layout));
  const Centered centered =
      EmitCentered(lowering, tensor, AxesInMemory(layout, axes), name);
  const TensorIndex inverse = EmitInverseDeviation(
      lowering, centered.variance, node.Float("epsilon", 1e-5F), name);
  // The factors are small, the images are not.
  const TensorIndex factor =
      lowering.EmitBinary(Op::kMul, inverse, scale, name);
  const TensorIndex scaled =
      lowering.EmitBinary(Op::kMul, centered.difference, factor, name);
  lowering.Define(node, 0, TensorType::kFloat32, shape,
                  lowering.EmitBinary(Op::kAdd, scaled, bias, name), layout);
  return {};
}

Status LowerLayerNormalization(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 2, 3));
  TINYML_RETURN_IF_ERROR(CheckNormalized(lowering, node, 1));
  const ValueId input = node.inputs[0];
  const Shape shape = lowering.ShapeOf(input);
  const size_t rank = shape.size();
  TINYML_ASSIGN_OR_RETURN(const int64_t first,
                          AxisOf(lowering, node, node.Int("axis", -1), rank));
  std::vector<int64_t> axes;
  Shape reduced = shape;
  for (auto i = static_cast<size_t>(first); i < rank; ++i) {
    axes.push_back(static_cast<int64_t>(i));
    reduced[i] = 1;
  }
  TINYML_ONNX_REQUIRE(lowering, node, axes.size() <= 4,
                      "TFLM's MEAN takes up to 4 axes");
  const Layout layout = lowering.LayoutOf(input);
  const std::string name = lowering.OutputName(node, 0);
  TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor,
                          lowering.Get(input, layout));
  const Centered centered =
      EmitCentered(lowering, tensor, AxesInMemory(layout, axes), name);
  const TensorIndex inverse = EmitInverseDeviation(
      lowering, centered.variance, node.Float("epsilon", 1e-5F), name);
  TensorIndex result =
      lowering.EmitBinary(Op::kMul, centered.difference, inverse, name);
  constexpr std::array<Op, 2> kCodes = {Op::kMul, Op::kAdd};
  for (size_t i = 0; i < 2; ++i) {  // Scale, bias.
    const ValueId id = Lowering::Input(node, i + 1);
    if (id == kNoValue) continue;
    TINYML_RETURN_IF_ERROR(CheckFloat(lowering, node, id, "MUL"));
    const Shape& own = lowering.ShapeOf(id);
    bool fits = own.size() <= rank;
    for (size_t k = 0; fits && k < own.size(); ++k) {
      fits = own[k] == 1 || own[k] == shape[rank - own.size() + k];
    }
    TINYML_ONNX_REQUIRE(lowering, node, fits,
                        "its scale or bias does not broadcast to its input");
    TINYML_ASSIGN_OR_RETURN(const TensorIndex operand,
                            lowering.GetBroadcast(id, layout));
    result = lowering.EmitBinary(kCodes[i], result, operand, name);
  }
  lowering.Define(node, 0, TensorType::kFloat32, shape, result, layout);
  lowering.Define(node, 1, TensorType::kFloat32, reduced, centered.mean,
                  layout);
  lowering.Define(node, 2, TensorType::kFloat32, reduced, inverse, layout);
  return {};
}

// Groups of channels, one instance each. With the channels last in memory an
// image is [N, pixels, G, C/G], in ONNX's order [N, G, C/G, pixels].
Status LowerGroupNormalization(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 3, 3));
  TINYML_RETURN_IF_ERROR(CheckNormalized(lowering, node, 2));
  const ValueId input = node.inputs[0];
  const Shape shape = lowering.ShapeOf(input);
  const int64_t groups = node.Int("num_groups", 0);
  const int64_t channels = shape[1];
  TINYML_ONNX_REQUIRE(lowering, node, groups > 0 && channels % groups == 0,
                      "its groups do not fit its channels");
  const int64_t each = channels / groups;
  const int64_t pixels = Elements(shape) / shape[0] / channels;
  Layout layout = lowering.LayoutOf(input);
  const bool last = layout == ChannelsLast(shape.size());
  if (!last) layout = Canonical(shape.size());
  const std::string name = lowering.OutputName(node, 0);
  TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor,
                          lowering.Get(input, layout));
  const Shape dims = last ? Shape{shape[0], pixels, groups, each}
                          : Shape{shape[0], groups, each, pixels};
  const std::vector<int64_t> axes =
      last ? std::vector<int64_t>{1, 3} : std::vector<int64_t>{2, 3};
  const TensorIndex grouped = EmitShaped(lowering, tensor, dims, name);
  const Centered centered = EmitCentered(lowering, grouped, axes, name);
  const TensorIndex inverse = EmitInverseDeviation(
      lowering, centered.variance, node.Float("epsilon", 1e-5F), name);
  // One scale for each group (opset 18) or each channel (since 21).
  std::array<TensorIndex, 2> operands;
  for (size_t i = 0; i < 2; ++i) {
    const Shape& own = lowering.ShapeOf(node.inputs[i + 1]);
    const bool by_group = own == Shape{groups} && groups != channels;
    const int64_t inner = by_group ? 1 : each;
    const Shape wide = last ? Shape{groups, inner} : Shape{groups, inner, 1};
    TINYML_ASSIGN_OR_RETURN(
        operands[i],
        ChannelOperand(lowering, node, i + 1, by_group ? groups : channels,
                       wide, name + (i == 0 ? "/scale" : "/bias")));
  }
  const TensorIndex factor =
      lowering.EmitBinary(Op::kMul, inverse, operands[0], name);
  const TensorIndex scaled =
      lowering.EmitBinary(Op::kMul, centered.difference, factor, name);
  TensorIndex result = lowering.EmitBinary(Op::kAdd, scaled, operands[1], name);
  result = EmitShaped(lowering, result, InLayout(shape, layout), name);
  lowering.Define(node, 0, TensorType::kFloat32, shape, result, layout);
  return {};
}

Status LowerMeanVariance(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 1, 1));
  TINYML_RETURN_IF_ERROR(CheckNormalized(lowering, node, 1));
  const ValueId input = node.inputs[0];
  const Shape shape = lowering.ShapeOf(input);
  std::vector<int64_t> axes = node.Ints("axes");
  if (!node.Has("axes")) axes = {0, 2, 3};
  TINYML_ASSIGN_OR_RETURN(axes, AxesOf(lowering, node, axes, shape.size()));
  TINYML_ONNX_REQUIRE(lowering, node, !axes.empty() && axes.size() <= 4,
                      "TFLM's MEAN takes up to 4 axes");
  const Layout layout = lowering.LayoutOf(input);
  const std::string name = lowering.OutputName(node, 0);
  TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor,
                          lowering.Get(input, layout));
  const Centered centered =
      EmitCentered(lowering, tensor, AxesInMemory(layout, axes), name);
  constexpr float kEpsilon = 1e-9F;  // Of the operator's definition.
  const TensorIndex deviation = lowering.EmitBinary(
      Op::kAdd, lowering.EmitUnary(Op::kSqrt, centered.variance, name),
      lowering.NewScalar(kEpsilon, name + "/epsilon"), name);
  lowering.Define(
      node, 0, TensorType::kFloat32, shape,
      lowering.EmitBinary(Op::kDiv, centered.difference, deviation, name),
      layout);
  return {};
}

}  // namespace

std::span<const OnnxOperator> NormalizationOperators() {
  static constexpr OnnxOperator kOperators[] = {
      {"BatchNormalization", LowerBatchNormalization, "MUL, ADD",
       "float32; inference"},
      {"InstanceNormalization", LowerInstanceNormalization,
       "MEAN, SUB, SQUARE, ADD, RSQRT, MUL", "float32"},
      {"LayerNormalization", LowerLayerNormalization,
       "MEAN, SUB, SQUARE, ADD, RSQRT, MUL", "float32; up to 4 axes"},
      {"GroupNormalization", LowerGroupNormalization,
       "MEAN, SUB, SQUARE, ADD, RSQRT, MUL, RESHAPE", "float32"},
      {"MeanVarianceNormalization", LowerMeanVariance,
       "MEAN, SUB, SQUARE, SQRT, ADD, DIV", "float32; up to 4 axes"},
      {"LpNormalization", LowerLpNormalization,
       "L2_NORMALIZATION, ABS, SUM, DIV", "float32"},
      {"LRN", LowerLrn, "SQUARE, FULLY_CONNECTED, LOG, MUL, EXP",
       "float32; up to 1,024 channels"},
      {"Softmax", LowerSoftmax, "SOFTMAX, RESHAPE", "float32"},
      {"LogSoftmax", LowerLogSoftmax, "LOG_SOFTMAX, RESHAPE", "float32"},
      {"Hardmax", LowerHardmax, "ARG_MAX, EQUAL, CAST", "float32"},
  };
  return kOperators;
}

}  // namespace tinyml::onnx_import
