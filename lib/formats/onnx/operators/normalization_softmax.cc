// Normalizations along an axis that TFLM's kernels need last in memory.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "base/macros.h"
#include "formats/onnx/lowering.h"
#include "formats/onnx/operators/compose.h"
#include "formats/onnx/operators/normalization.h"

namespace tinyml::onnx_import {
namespace {

using Op = BuiltinOperator;

// An input whose last elements in memory, `length` of them, belong together.
struct LastAxis {
  TensorIndex tensor = kNoTensor;  // [.., length]
  Layout layout;                   // Of the value.
  int64_t length = 1;
};

// Softmax and its kin work on one axis since opset 13; before, on all from
// `axis` on, taken as one. Where they lie together at the end already, in
// whatever order, they stay.
Result<LastAxis> TakeLast(Lowering& lowering, const Node& node,
                          std::string_view kernel, bool one_axis,
                          int64_t fallback) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 1, 1));
  const ValueId input = node.inputs[0];
  TINYML_RETURN_IF_ERROR(CheckFloat(lowering, node, input, kernel));
  const Shape shape = lowering.ShapeOf(input);
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, shape));
  TINYML_ONNX_REQUIRE(lowering, node, !shape.empty(), "its input is a scalar");
  int64_t axis = node.Int("axis", fallback);
  std::vector<int64_t> axes;
  if (one_axis || axis != static_cast<int64_t>(shape.size())) {
    TINYML_ASSIGN_OR_RETURN(axis, AxisOf(lowering, node, axis, shape.size()));
  }
  for (auto i = axis; i < static_cast<int64_t>(shape.size()); ++i) {
    axes.push_back(i);
    if (one_axis) break;
  }
  LastAxis last;
  for (const int64_t i : axes) last.length *= shape[i];
  // Axes of size 1 may lie anywhere.
  Layout layout = lowering.LayoutOf(input);
  const Layout wanted = WithLast(layout, axes);
  if (!SameBytes(shape, layout, wanted)) layout = wanted;
  TINYML_ASSIGN_OR_RETURN(last.tensor, lowering.Get(input, layout));
  last.layout = layout;
  const Shape dims = DimsOf(lowering, last.tensor);
  if (dims.back() != last.length || dims.size() > 4) {
    last.tensor = lowering.EmitReshape(
        last.tensor, {Elements(dims) / last.length, last.length},
        lowering.OutputName(node, 0));
  }
  return last;
}

void DefineLast(Lowering& lowering, const Node& node, const LastAxis& last,
                TensorIndex result) {
  Shape shape = lowering.ShapeOf(node.inputs[0]);
  const TensorIndex output =
      EmitShaped(lowering, result, InLayout(shape, last.layout),
                 lowering.OutputName(node, 0));
  lowering.Define(node, 0, TensorType::kFloat32, std::move(shape), output,
                  last.layout);
}

// Like `input`, made by an operator with options.
template <typename Options>
TensorIndex EmitLike(Lowering& lowering, Op code, TensorIndex input,
                     Options options, const std::string& name) {
  const TensorIndex output = lowering.NewTensor(lowering.tensor(input).type,
                                                DimsOf(lowering, input), name);
  lowering.Emit(code, {input}, {output}, std::move(options));
  return output;
}

}  // namespace

Status LowerSoftmax(Lowering& lowering, const Node& node) {
  const bool one_axis = lowering.opset() >= 13;
  TINYML_ASSIGN_OR_RETURN(
      const LastAxis last,
      TakeLast(lowering, node, "SOFTMAX", one_axis, one_axis ? -1 : 1));
  SoftmaxOptions options;
  options.beta = 1;
  DefineLast(lowering, node, last,
             EmitLike(lowering, Op::kSoftmax, last.tensor, options,
                      lowering.OutputName(node, 0)));
  return {};
}

Status LowerLogSoftmax(Lowering& lowering, const Node& node) {
  const bool one_axis = lowering.opset() >= 13;
  TINYML_ASSIGN_OR_RETURN(
      const LastAxis last,
      TakeLast(lowering, node, "LOG_SOFTMAX", one_axis, one_axis ? -1 : 1));
  DefineLast(lowering, node, last,
             EmitLike(lowering, Op::kLogSoftmax, last.tensor,
                      LogSoftmaxOptions(), lowering.OutputName(node, 0)));
  return {};
}

Status LowerHardmax(Lowering& lowering, const Node& node) {
  const bool one_axis = lowering.opset() >= 13;
  TINYML_ASSIGN_OR_RETURN(
      const LastAxis last,
      TakeLast(lowering, node, "ARG_MAX", one_axis, one_axis ? -1 : 1));
  const std::string name = lowering.OutputName(node, 0);
  constexpr int64_t kMax = int64_t{1} << 24;
  TINYML_ONNX_REQUIRE(lowering, node, last.length <= kMax,
                      "its axis is too long");
  // The index of the first largest element, compared with all indices.
  Shape dims = DimsOf(lowering, last.tensor);
  Shape reduced(dims.begin(), dims.end() - 1);
  const TensorIndex axis = lowering.NewConstant(
      Constant::OfType(TensorType::kInt32, {},
                       {static_cast<int64_t>(dims.size()) - 1}),
      name + "/axis");
  const TensorIndex index =
      lowering.NewTensor(TensorType::kInt32, reduced, name + "/index");
  ArgMaxOptions arg_max;
  arg_max.output_type = TensorType::kInt32;
  lowering.Emit(Op::kArgMax, {last.tensor, axis}, {index}, arg_max);
  reduced.push_back(1);
  const TensorIndex column =
      lowering.EmitReshape(index, reduced, name + "/index");
  std::vector<int64_t> range(static_cast<size_t>(last.length));
  std::iota(range.begin(), range.end(), int64_t{0});
  const TensorIndex indices = lowering.NewInt32(range, name + "/indices");
  const TensorIndex equal =
      lowering.NewTensor(TensorType::kBool, dims, name + "/chosen");
  lowering.Emit(Op::kEqual, {column, indices}, {equal}, EqualOptions());
  const TensorIndex output =
      lowering.NewTensor(TensorType::kFloat32, dims, name);
  CastOptions cast;
  cast.in_data_type = TensorType::kBool;
  cast.out_data_type = TensorType::kFloat32;
  lowering.Emit(Op::kCast, {equal}, {output}, cast);
  DefineLast(lowering, node, last, output);
  return {};
}

Status LowerLpNormalization(Lowering& lowering, const Node& node) {
  const int64_t p = node.Int("p", 2);
  TINYML_ONNX_REQUIRE(lowering, node, p == 1 || p == 2, "p is neither 1 nor 2");
  TINYML_ASSIGN_OR_RETURN(
      const LastAxis last,
      TakeLast(lowering, node, "L2_NORMALIZATION", true, -1));
  const std::string name = lowering.OutputName(node, 0);
  if (p == 2) {
    DefineLast(lowering, node, last,
               EmitLike(lowering, Op::kL2Normalization, last.tensor,
                        L2NormOptions(), name));
    return {};
  }
  const TensorIndex sizes = lowering.EmitUnary(Op::kAbs, last.tensor, name);
  const auto axis = static_cast<int64_t>(DimsOf(lowering, sizes).size()) - 1;
  const TensorIndex norm = EmitReduce(lowering, Op::kSum, sizes, {axis}, name);
  DefineLast(lowering, node, last,
             lowering.EmitBinary(Op::kDiv, last.tensor, norm, name));
  return {};
}

// x / (bias + alpha / size * (sum of the squares of `size` channels))^beta. The
// sum is a product with a matrix of bands, the power one of logarithms.
Status LowerLrn(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 1, 1));
  const ValueId input = node.inputs[0];
  TINYML_RETURN_IF_ERROR(CheckFloat(lowering, node, input, "FULLY_CONNECTED"));
  const Shape shape = lowering.ShapeOf(input);
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, shape));
  const int64_t size = node.Int("size", 0);
  constexpr int64_t kMaxChannels = 1024;
  TINYML_ONNX_REQUIRE(
      lowering, node, shape.size() >= 2 && shape[1] <= kMaxChannels && size > 0,
      "it has more than 1,024 channels; TFLM has no "
      "LOCAL_RESPONSE_NORMALIZATION, and a matrix would be too large");
  const int64_t channels = shape[1];
  const float alpha = node.Float("alpha", 0.0001F);
  const float beta = node.Float("beta", 0.75F);
  const float bias = node.Float("bias", 1);
  TINYML_ONNX_REQUIRE(lowering, node, bias > 0 && alpha >= 0,
                      "its logarithm, which stands for the power that TFLM "
                      "has not, needs positive numbers");
  const Layout layout = ChannelsLast(shape.size());
  const std::string name = lowering.OutputName(node, 0);
  TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor,
                          lowering.Get(input, layout));
  std::vector<float> band(static_cast<size_t>(channels * channels), 0);
  for (int64_t c = 0; c < channels; ++c) {
    const int64_t first = std::max<int64_t>(c - (size - 1) / 2, 0);
    const int64_t last = size / 2 < channels - c ? c + size / 2 : channels - 1;
    for (int64_t k = first; k <= last; ++k) {
      band[c * channels + k] = alpha / static_cast<float>(size);
    }
  }
  const TensorIndex squares = lowering.EmitUnary(Op::kSquare, tensor, name);
  const TensorIndex weights =
      lowering.NewFloat({channels, channels}, band, name + "/band");
  const TensorIndex biases = lowering.NewFloat(
      {channels}, std::vector<float>(static_cast<size_t>(channels), bias),
      name + "/bias");
  FullyConnectedOptions options;
  options.keep_num_dims = true;
  const TensorIndex sums = lowering.NewTensor(
      TensorType::kFloat32, DimsOf(lowering, tensor), name + "/sums");
  lowering.Emit(Op::kFullyConnected, {squares, weights, biases}, {sums},
                options);
  const TensorIndex scaled =
      lowering.EmitBinary(Op::kMul, lowering.EmitUnary(Op::kLog, sums, name),
                          lowering.NewScalar(-beta, name + "/beta"), name);
  const TensorIndex factor = lowering.EmitUnary(Op::kExp, scaled, name);
  lowering.Define(node, 0, TensorType::kFloat32, shape,
                  lowering.EmitBinary(Op::kMul, tensor, factor, name), layout);
  return {};
}

}  // namespace tinyml::onnx_import
