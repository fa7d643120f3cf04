// QuantizeLinear and DequantizeLinear. The runtime computes in int8, and takes
// uint8 only to convert it: those values go through int8, 128 lower.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "base/macros.h"
#include "formats/onnx/lowering.h"

namespace tinyml::onnx_import {
namespace {

using Op = BuiltinOperator;

struct Params {
  std::vector<float> scale;         // One, or one for each index of `axis`.
  std::vector<int64_t> zero_point;  // As many.
  TensorType type = TensorType::kUInt8;
  int64_t axis = 0;
};

// The range of a type of quantized values; empty for others.
std::pair<int64_t, int64_t> RangeOf(TensorType type) {
  switch (type) {
    case TensorType::kInt8:
      return {-128, 127};
    case TensorType::kUInt8:
      return {0, 255};
    case TensorType::kInt16:
      return {-32768, 32767};
    default:
      return {0, -1};
  }
}

// Scale and zero point, inputs 1 and 2, of values of `shape`; `type` is that of
// the integers where no zero point says it.
Result<Params> ParamsOf(const Lowering& lowering, const Node& node,
                        const Shape& shape, TensorType type) {
  Params params;
  params.type = type;
  TINYML_ONNX_REQUIRE(lowering, node,
                      node.inputs.size() >= 2 && node.inputs.size() <= 3 &&
                          node.inputs[0] != kNoValue &&
                          node.inputs[1] != kNoValue,
                      "it needs a value and a scale");
  TINYML_ONNX_REQUIRE(lowering, node, node.Int("block_size", 0) == 0,
                      "the runtime has no scales by block");
  const Constant* scale = lowering.ConstantOf(node.inputs[1]);
  TINYML_ONNX_REQUIRE(lowering, node, scale != nullptr,
                      "its scale is computed, and in QUANTIZE and DEQUANTIZE "
                      "it is part of the model");
  TINYML_ONNX_REQUIRE(lowering, node, scale->type == TensorType::kFloat32,
                      "its scale is not float");
  params.scale = scale->AsFloat();
  for (const float value : params.scale) {
    TINYML_ONNX_REQUIRE(lowering, node, std::isfinite(value) && value > 0,
                        "its scale is not a positive number");
  }
  params.zero_point.assign(params.scale.size(), 0);
  if (const ValueId zero = Lowering::Input(node, 2); zero != kNoValue) {
    const Constant* values = lowering.ConstantOf(zero);
    TINYML_ONNX_REQUIRE(lowering, node, values != nullptr,
                        "its zero point is computed, and in QUANTIZE and "
                        "DEQUANTIZE it is part of the model");
    params.type = values->type;
    params.zero_point = values->AsInt64();
    if (params.zero_point.size() == 1) {
      params.zero_point.resize(params.scale.size(), params.zero_point[0]);
    }
  }
  TINYML_ONNX_REQUIRE(
      lowering, node,
      !params.scale.empty() && params.zero_point.size() == params.scale.size(),
      "it does not have one zero point for each scale");
  if (params.scale.size() == 1) return params;
  params.axis = node.Int("axis", 1);
  const auto rank = static_cast<int64_t>(shape.size());
  if (params.axis < 0) params.axis += rank;
  TINYML_ONNX_REQUIRE(
      lowering, node,
      params.axis >= 0 && params.axis < rank &&
          shape[params.axis] == static_cast<int64_t>(params.scale.size()),
      "it does not have one scale for each index of its axis");
  return params;
}

Quantization QuantizationOf(const Params& params) {
  Quantization quantization;
  quantization.scale = params.scale;
  quantization.zero_point = params.zero_point;
  quantization.quantized_dimension = static_cast<int32_t>(params.axis);
  return quantization;
}

// As int8, 128 lower.
Quantization Shifted(Quantization quantization) {
  for (int64_t& zero : quantization.zero_point) zero -= 128;
  return quantization;
}

// Which scale the element at `i` has.
size_t ScaleAt(const Params& params, const Shape& shape, size_t i) {
  if (params.scale.size() == 1) return 0;
  int64_t inner = 1;
  for (size_t axis = static_cast<size_t>(params.axis) + 1; axis < shape.size();
       ++axis) {
    inner *= shape[axis];
  }
  return i / static_cast<size_t>(inner) % params.scale.size();
}

// A small file may quantize a constant many times.
Status TakeFolding(Lowering& lowering, const Node& node,
                   const Constant& constant) {
  TINYML_ONNX_REQUIRE(
      lowering, node,
      lowering.TakeFoldingBytes(Elements(constant.shape) *
                                static_cast<int64_t>(sizeof(float))),
      "its constants are too large to be computed in advance");
  return {};
}

TensorIndex NewQuantized(Lowering& lowering, TensorType type,
                         const std::vector<int32_t>& dims,
                         Quantization quantization, std::string_view name) {
  const TensorIndex tensor =
      lowering.NewTensor(type, Shape(dims.begin(), dims.end()), name);
  lowering.subgraph().tensors.back().quantization = std::move(quantization);
  return tensor;
}

Status LowerQuantize(Lowering& lowering, const Node& node) {
  TINYML_ONNX_REQUIRE(lowering, node,
                      !node.inputs.empty() && node.inputs[0] != kNoValue,
                      "it needs a value and a scale");
  const ValueId input = node.inputs[0];
  const Shape shape = lowering.ShapeOf(input);
  TINYML_ONNX_REQUIRE(lowering, node,
                      lowering.TypeOf(input) == TensorType::kFloat32,
                      "QUANTIZE takes float32 here");
  // Attribute output_dtype, ONNX's numbers.
  TensorType type = TensorType::kUInt8;
  if (node.Int("output_dtype", 0) == 3) type = TensorType::kInt8;
  if (node.Int("output_dtype", 0) == 5) type = TensorType::kInt16;
  TINYML_ASSIGN_OR_RETURN(const Params params,
                          ParamsOf(lowering, node, shape, type));
  const auto [low, high] = RangeOf(params.type);
  TINYML_ONNX_REQUIRE(lowering, node, low <= high,
                      "QUANTIZE makes int8, uint8 and int16");
  for (const int64_t zero : params.zero_point) {
    TINYML_ONNX_REQUIRE(lowering, node, zero >= low && zero <= high,
                        "its zero point is out of range");
  }
  if (const Constant* constant = lowering.ConstantOf(input)) {
    TINYML_RETURN_IF_ERROR(TakeFolding(lowering, node, *constant));
    const std::vector<float> from = constant->AsFloat();
    std::vector<int64_t> to(from.size());
    for (size_t i = 0; i < from.size(); ++i) {
      const size_t at = ScaleAt(params, shape, i);
      // Halves go to even numbers.
      const auto rounded =
          static_cast<double>(std::nearbyint(from[i] / params.scale[at])) +
          static_cast<double>(params.zero_point[at]);
      to[i] = static_cast<int64_t>(
          std::isnan(rounded) ? 0.0
                              : std::clamp(rounded, static_cast<double>(low),
                                           static_cast<double>(high)));
    }
    lowering.DefineConstant(node, 0, Constant::OfType(params.type, shape, to));
    return {};
  }
  TINYML_ONNX_REQUIRE(lowering, node, params.scale.size() == 1,
                      "QUANTIZE has one scale for the whole tensor");
  const Layout layout = lowering.LayoutOf(input);
  TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor,
                          lowering.Get(input, layout));
  const std::string name = lowering.OutputName(node, 0);
  const std::vector<int32_t> dims = lowering.tensor(tensor).shape;
  const Quantization quantization = QuantizationOf(params);
  const bool is_unsigned = params.type == TensorType::kUInt8;
  TensorIndex output = NewQuantized(
      lowering, is_unsigned ? TensorType::kInt8 : params.type, dims,
      is_unsigned ? Shifted(quantization) : quantization, name);
  lowering.Emit(Op::kQuantize, {tensor}, {output}, QuantizeOptions());
  if (is_unsigned) {
    const TensorIndex shifted = output;
    output =
        NewQuantized(lowering, TensorType::kUInt8, dims, quantization, name);
    lowering.Emit(Op::kQuantize, {shifted}, {output}, QuantizeOptions());
  }
  lowering.Define(node, 0, params.type, shape, output, layout);
  return {};
}

// `tensor` with `quantization`: itself, or a copy where it has another one.
TensorIndex Seen(Lowering& lowering, TensorIndex tensor,
                 const Quantization& quantization, const std::string& name) {
  const std::optional<Quantization> had = lowering.tensor(tensor).quantization;
  if (had && !had->scale.empty() &&
      (had->scale != quantization.scale ||
       had->zero_point != quantization.zero_point)) {
    const std::vector<int32_t> dims = lowering.tensor(tensor).shape;
    tensor =
        lowering.EmitReshape(tensor, Shape(dims.begin(), dims.end()), name);
  }
  lowering.subgraph().tensors[tensor].quantization = quantization;
  return tensor;
}

Status LowerDequantize(Lowering& lowering, const Node& node) {
  TINYML_ONNX_REQUIRE(lowering, node,
                      !node.inputs.empty() && node.inputs[0] != kNoValue,
                      "it needs a value and a scale");
  const ValueId input = node.inputs[0];
  const Shape shape = lowering.ShapeOf(input);
  const TensorType type = lowering.TypeOf(input);
  TINYML_ASSIGN_OR_RETURN(const Params params,
                          ParamsOf(lowering, node, shape, type));
  TINYML_ONNX_REQUIRE(lowering, node, params.type == type,
                      "its zero point is of another type than its values");
  const auto [low, high] = RangeOf(type);
  for (const int64_t zero : params.zero_point) {
    TINYML_ONNX_REQUIRE(
        lowering, node,
        type == TensorType::kInt32 ? zero == 0 : zero >= low && zero <= high,
        "DEQUANTIZE takes int8, int16 and uint8, with zero points in their "
        "range");
  }
  if (const Constant* constant = lowering.ConstantOf(input)) {
    TINYML_RETURN_IF_ERROR(TakeFolding(lowering, node, *constant));
    const std::vector<int64_t> from = constant->AsInt64();
    std::vector<float> to(from.size());
    for (size_t i = 0; i < from.size(); ++i) {
      const size_t at = ScaleAt(params, shape, i);
      to[i] = static_cast<float>(from[i] - params.zero_point[at]) *
              params.scale[at];
    }
    Constant real = Constant::Of(shape, to);
    real.quantized =
        std::make_shared<const Quantization>(QuantizationOf(params));
    lowering.DefineConstant(node, 0, std::move(real));
    return {};
  }
  TINYML_ONNX_REQUIRE(lowering, node, params.scale.size() == 1,
                      "DEQUANTIZE has one scale for the whole tensor");
  const Layout layout = lowering.LayoutOf(input);
  const std::string name = lowering.OutputName(node, 0);
  TINYML_ASSIGN_OR_RETURN(TensorIndex tensor, lowering.Get(input, layout));
  const std::vector<int32_t> dims = lowering.tensor(tensor).shape;
  if (type == TensorType::kInt32) {
    const TensorIndex real = lowering.NewTensor(
        TensorType::kFloat32, Shape(dims.begin(), dims.end()), name);
    CastOptions options;
    options.in_data_type = TensorType::kInt32;
    options.out_data_type = TensorType::kFloat32;
    lowering.Emit(Op::kCast, {tensor}, {real}, options);
    lowering.Define(
        node, 0, TensorType::kFloat32, shape,
        lowering.EmitBinary(Op::kMul, real,
                            lowering.NewScalar(params.scale[0], name), name),
        layout);
    return {};
  }
  Quantization quantization = QuantizationOf(params);
  tensor = Seen(lowering, tensor, quantization, name);
  if (type == TensorType::kUInt8) {
    const TensorIndex shifted = NewQuantized(lowering, TensorType::kInt8, dims,
                                             Shifted(quantization), name);
    lowering.Emit(Op::kQuantize, {tensor}, {shifted}, QuantizeOptions());
    tensor = shifted;
  }
  const TensorIndex output = lowering.NewTensor(
      TensorType::kFloat32, Shape(dims.begin(), dims.end()), name);
  lowering.Emit(Op::kDequantize, {tensor}, {output}, DequantizeOptions());
  lowering.Define(node, 0, TensorType::kFloat32, shape, output, layout);
  return {};
}

// What ExpandQuantized has left.
Status LowerMalformed(Lowering& lowering, const Node& node) {
  return lowering.Refuse(
      node,
      "it is in a body of control flow, it lacks inputs (zero points too are "
      "needed), an attribute has a value that no integer kernel has, or the "
      "scales of its bias are computed");
}

}  // namespace

std::span<const OnnxOperator> QuantizationOperators() {
  static constexpr std::string_view kScales = "constant scales and zero points";
  static constexpr OnnxOperator kOperators[] = {
      {"QuantizeLinear", LowerQuantize, "QUANTIZE",
       "float32 to int8, uint8 or int16; one constant scale; halves are "
       "rounded "
       "away from zero"},
      {"DequantizeLinear", LowerDequantize, "nothing, or DEQUANTIZE",
       "int8, uint8, int16, int32; by axis if constant"},
      {"QLinearConv", LowerMalformed, "CONV_2D, DEPTHWISE_CONV_2D", kScales},
      {"QLinearMatMul", LowerMalformed, "FULLY_CONNECTED, BATCH_MATMUL",
       kScales},
      {"ConvInteger", LowerMalformed, "CONV_2D, CAST",
       "computed in float32: exact up to 2^24"},
      {"MatMulInteger", LowerMalformed, "FULLY_CONNECTED, BATCH_MATMUL, CAST",
       "computed in float32: exact up to 2^24"},
      {"QLinearAdd", LowerMalformed, "ADD", kScales},
      {"QLinearMul", LowerMalformed, "MUL", kScales},
      {"QLinearSigmoid", LowerMalformed, "LOGISTIC", kScales},
      {"QLinearLeakyRelu", LowerMalformed, "LEAKY_RELU", kScales},
      {"QLinearConcat", LowerMalformed, "CONCATENATION", kScales},
      {"QLinearSoftmax", LowerMalformed, "SOFTMAX", kScales},
      {"QLinearAveragePool", LowerMalformed, "AVERAGE_POOL_2D", kScales},
      {"QLinearGlobalAveragePool", LowerMalformed, "MEAN", kScales},
      {"QGemm", LowerMalformed, "FULLY_CONNECTED", kScales},
  };
  return kOperators;
}

}  // namespace tinyml::onnx_import
