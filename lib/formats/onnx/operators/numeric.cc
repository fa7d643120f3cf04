#include "formats/onnx/operators/numeric.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/macros.h"
#include "ops/broadcast.h"

namespace tinyml::onnx_import {
namespace {

using Op = BuiltinOperator;

constexpr float kLargest = std::numeric_limits<float>::max();

bool HasScale(const Tensor& tensor, float scale, int64_t zero_point) {
  const auto& quantization = tensor.quantization;
  return quantization && quantization->scale == std::vector<float>{scale} &&
         quantization->zero_point == std::vector<int64_t>{zero_point};
}

void SetScale(Tensor& tensor, int64_t zero_point) {
  Quantization quantization;
  quantization.scale = {1.0F};
  quantization.zero_point = {zero_point};
  tensor.quantization = std::move(quantization);
}

Shape DimsOfTensor(const Tensor& tensor) {
  return {tensor.shape.begin(), tensor.shape.end()};
}

// uint8 as float. DEQUANTIZE needs a scale, which is 1; values that have
// another one are seen without it.
TensorIndex FromUInt8(Lowering& lowering, TensorIndex tensor,
                      std::string_view name) {
  if (lowering.tensor(tensor).quantization &&
      !HasScale(lowering.tensor(tensor), 1.0F, 0)) {
    tensor = lowering.EmitReshape(tensor, DimsOfTensor(lowering.tensor(tensor)),
                                  name);
  }
  SetScale(lowering.subgraph().tensors[tensor], 0);
  const TensorIndex output = lowering.NewTensor(
      TensorType::kFloat32, DimsOfTensor(lowering.tensor(tensor)), name);
  lowering.Emit(Op::kDequantize, {tensor}, {output}, DequantizeOptions());
  return output;
}

// QUANTIZE makes uint8 of int8 only: by 128 less, at the same scale.
TensorIndex ToUInt8(Lowering& lowering, TensorIndex tensor,
                    std::string_view name) {
  const Shape dims = DimsOfTensor(lowering.tensor(tensor));
  const TensorIndex shifted = lowering.NewTensor(TensorType::kInt8, dims, name);
  SetScale(lowering.subgraph().tensors.back(), -128);
  lowering.Emit(Op::kQuantize, {tensor}, {shifted}, QuantizeOptions());
  const TensorIndex output = lowering.NewTensor(TensorType::kUInt8, dims, name);
  SetScale(lowering.subgraph().tensors.back(), 0);
  lowering.Emit(Op::kQuantize, {shifted}, {output}, QuantizeOptions());
  return output;
}

TensorIndex EmitCast(Lowering& lowering, TensorIndex tensor, TensorType to,
                     std::string_view name) {
  const TensorIndex output =
      lowering.NewTensor(to, DimsOfTensor(lowering.tensor(tensor)), name);
  CastOptions options;
  options.in_data_type = lowering.tensor(tensor).type;
  options.out_data_type = to;
  lowering.Emit(Op::kCast, {tensor}, {output}, options);
  return output;
}

// `constant` in another type.
Constant Converted(const Constant& constant, TensorType to) {
  if (TensorTypeFor(constant.type) == to) return constant;
  if (to == TensorType::kFloat32) {
    return Constant::Of(constant.shape, constant.AsFloat());
  }
  std::vector<int64_t> values = constant.AsInt64();
  if (to == TensorType::kBool) {
    const std::vector<float> floats = constant.AsFloat();
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = floats[i] != 0.0F ? 1 : 0;
    }
  }
  return Constant::OfType(to, constant.shape, values);
}

// `shape` seen with leading axes of size 1.
Shape Widened(const Shape& shape, size_t rank) {
  Shape wide(rank - shape.size(), 1);
  wide.insert(wide.end(), shape.begin(), shape.end());
  return wide;
}

// How many neighbouring axes each remaining one takes together: axes that in
// every operand are all whole or all 1.
std::vector<size_t> Groups(const std::vector<Shape>& operands,
                           const Shape& output) {
  std::vector<size_t> groups;
  const auto repeats = [&](const Shape& shape, size_t i) {
    return shape[i] != output[i];
  };
  size_t last = 0;  // The last axis that is not 1.
  for (size_t i = 0; i < output.size(); ++i) {
    const bool joins =
        !groups.empty() &&
        (output[i] == 1 || output[last] == 1 ||
         std::all_of(operands.begin(), operands.end(), [&](const Shape& shape) {
           return repeats(shape, i) == repeats(shape, last);
         }));
    if (output[i] != 1) last = i;
    if (joins) {
      ++groups.back();
    } else {
      groups.push_back(1);
    }
  }
  return groups;
}

Shape Grouped(const Shape& dims, const std::vector<size_t>& groups) {
  Shape result;
  size_t next = 0;
  for (const size_t count : groups) {
    int64_t product = 1;
    for (size_t i = 0; i < count; ++i) product *= dims[next++];
    result.push_back(product);
  }
  return result;
}

}  // namespace

Status RequireInputs(const Lowering& lowering, const Node& node, size_t least,
                     size_t most) {
  bool complete = node.inputs.size() >= least && node.inputs.size() <= most;
  for (size_t i = 0; complete && i < least; ++i) {
    complete = node.inputs[i] != kNoValue;
  }
  TINYML_ONNX_REQUIRE(lowering, node, complete,
                      "it does not have the inputs that it needs");
  TINYML_ONNX_REQUIRE(lowering, node, !node.outputs.empty(),
                      "it has no output");
  return {};
}

Result<std::optional<std::vector<int64_t>>> IntsOf(const Lowering& lowering,
                                                   const Node& node,
                                                   std::string_view key,
                                                   size_t i) {
  using Ints = std::optional<std::vector<int64_t>>;
  if (node.Has(key)) return Ints(node.Ints(key));
  const ValueId id = Lowering::Input(node, i);
  if (id == kNoValue) return Ints();
  const Constant* constant = lowering.ConstantOf(id);
  TINYML_ONNX_REQUIRE(lowering, node, constant != nullptr,
                      std::string(key) +
                          " is not known before the model runs; the runtime's "
                          "shapes are fixed");
  return Ints(constant->AsInt64());
}

Result<Shape> BroadcastShape(const Lowering& lowering, const Node& node,
                             std::span<const ValueId> ids) {
  std::vector<std::vector<int32_t>> shapes;
  for (const ValueId id : ids) {
    const Shape& shape = lowering.ShapeOf(id);
    shapes.emplace_back(shape.begin(), shape.end());
  }
  const auto dims = ops::Broadcast::OutputShape(shapes);
  TINYML_ONNX_REQUIRE(lowering, node, dims.has_value(),
                      "its operands do not broadcast");
  constexpr int64_t kMost = int64_t{1} << 31;
  int64_t elements = 1;
  for (const int32_t dim : *dims) {
    elements *= dim;
    TINYML_ONNX_REQUIRE(lowering, node, elements > 0 && elements < kMost,
                        "its result is empty or has more than 2^31 elements");
  }
  return Shape(dims->begin(), dims->end());
}

Result<TensorIndex> Convert(Lowering& lowering, const Node& node,
                            TensorIndex tensor, TensorType to,
                            std::string_view name) {
  const TensorType from = lowering.tensor(tensor).type;
  if (from == to) return tensor;
  const auto castable = [](TensorType type) {
    return type == TensorType::kFloat32 || type == TensorType::kInt32 ||
           type == TensorType::kInt16 || type == TensorType::kInt8 ||
           type == TensorType::kBool;
  };
  TINYML_ONNX_REQUIRE(lowering, node,
                      (castable(from) || from == TensorType::kUInt8) &&
                          (castable(to) || to == TensorType::kUInt8),
                      "the runtime has no conversion from " +
                          TensorTypeName(from) + " to " + TensorTypeName(to));
  if (from == TensorType::kUInt8) {
    tensor = FromUInt8(lowering, tensor, name);
    return Convert(lowering, node, tensor, to, name);
  }
  if (to == TensorType::kUInt8) {
    if (from == TensorType::kFloat32) {  // QUANTIZE rounds.
      tensor = lowering.EmitUnary(Op::kFloor, tensor, name);
    } else {
      tensor = EmitCast(lowering, tensor, TensorType::kFloat32, name);
    }
    return ToUInt8(lowering, tensor, name);
  }
  if (to == TensorType::kBool) {
    // Comparisons of int8 go by its scale, and int16 has none.
    if (from != TensorType::kFloat32 && from != TensorType::kInt32) {
      tensor = EmitCast(lowering, tensor, TensorType::kInt32, name);
    }
    const TensorIndex zero = lowering.NewConstant(
        Converted(Constant::Of({}, std::vector<float>{0.0F}),
                  lowering.tensor(tensor).type),
        name);
    const TensorIndex output = lowering.NewTensor(
        TensorType::kBool, DimsOfTensor(lowering.tensor(tensor)), name);
    lowering.Emit(Op::kNotEqual, {tensor, zero}, {output}, NotEqualOptions());
    return output;
  }
  return EmitCast(lowering, tensor, to, name);
}

std::optional<TensorType> ComputedIn(TensorType type,
                                     std::span<const TensorType> types) {
  const TensorType held = TensorTypeFor(type);
  const auto has = [&](TensorType wanted) {
    return std::find(types.begin(), types.end(), wanted) != types.end();
  };
  if (has(held)) return held;
  const bool narrow = held == TensorType::kInt8 || held == TensorType::kInt16 ||
                      held == TensorType::kUInt8;
  if (narrow && has(TensorType::kInt32) && held != TensorType::kUInt8) {
    return TensorType::kInt32;
  }
  if (narrow && has(TensorType::kFloat32)) return TensorType::kFloat32;
  return std::nullopt;
}

Result<Aligned> Align(Lowering& lowering, const Node& node,
                      std::span<const ValueId> ids,
                      std::span<const TensorType> types, size_t max_rank) {
  Aligned aligned;
  aligned.type = types.back();
  TINYML_ASSIGN_OR_RETURN(aligned.shape, BroadcastShape(lowering, node, ids));
  const size_t rank = aligned.shape.size();
  aligned.layout = lowering.CommonLayout(ids, rank);
  const Shape dims = InLayout(aligned.shape, aligned.layout);
  std::vector<size_t> groups(rank, 1);
  if (rank > max_rank) {
    std::vector<Shape> operands;
    for (const ValueId id : ids) {
      operands.push_back(
          InLayout(Widened(lowering.ShapeOf(id), rank), aligned.layout));
    }
    groups = Groups(operands, dims);
    TINYML_ONNX_REQUIRE(lowering, node, groups.size() <= max_rank,
                        "it has " + std::to_string(rank) +
                            " dimensions; the runtime's kernel takes up to " +
                            std::to_string(max_rank));
  }
  const std::string name = lowering.OutputName(node, 0);
  for (size_t i = 0; i < ids.size(); ++i) {
    if (const Constant* constant = lowering.ConstantOf(ids[i])) {
      Constant wide = Converted(*constant, types[i]);
      if (Elements(wide.shape) == 1 && rank > 0) {
        wide.shape = {};
      } else {
        wide.shape = Widened(wide.shape, rank);
        wide = Transposed(wide, aligned.layout);
        wide.shape = Grouped(wide.shape, groups);
      }
      aligned.tensors.push_back(lowering.NewConstant(wide, name));
      continue;
    }
    TINYML_ASSIGN_OR_RETURN(TensorIndex tensor,
                            lowering.GetBroadcast(ids[i], aligned.layout));
    if (groups.size() < rank) {
      const Shape wide = Widened(DimsOfTensor(lowering.tensor(tensor)), rank);
      tensor = lowering.EmitReshape(tensor, Grouped(wide, groups), name);
    }
    TINYML_ASSIGN_OR_RETURN(tensor,
                            Convert(lowering, node, tensor, types[i], name));
    aligned.tensors.push_back(tensor);
  }
  return aligned;
}

Status Finish(Lowering& lowering, const Node& node, const Aligned& aligned,
              TensorIndex tensor, TensorType type) {
  const std::string name = lowering.OutputName(node, 0);
  TINYML_ASSIGN_OR_RETURN(
      tensor, Convert(lowering, node, tensor, TensorTypeFor(type), name));
  const Shape dims = InLayout(aligned.shape, aligned.layout);
  if (DimsOfTensor(lowering.tensor(tensor)) != dims) {
    tensor = lowering.EmitReshape(tensor, dims, name);
  }
  lowering.Define(node, 0, type, aligned.shape, tensor, aligned.layout);
  return {};
}

TensorIndex Formula::ScalarLike(TensorIndex like, double value) {
  const TensorType type = lowering_.tensor(like).type;
  if (type == TensorType::kFloat32) return Scalar(static_cast<float>(value));
  // What the type cannot hold becomes the nearest that it can.
  const double most = std::ldexp(1.0, TensorTypeBits(type) - 1);
  const auto whole =
      static_cast<int64_t>(std::clamp(value, -most, std::nextafter(most, 0.0)));
  return lowering_.NewConstant(Constant::OfType(type, {}, {whole}), name_);
}

TensorIndex Formula::Mul(TensorIndex a, double b,
                         ActivationFunctionType activation) {
  const TensorIndex factor = ScalarLike(a, b);
  const TensorIndex output =
      lowering_.NewTensor(lowering_.tensor(a).type, DimsOf(a), name_);
  MulOptions options;
  options.fused_activation_function = activation;
  lowering_.Emit(Op::kMul, {a, factor}, {output}, options);
  return output;
}

TensorIndex Formula::Add(TensorIndex a, double b,
                         ActivationFunctionType activation) {
  const TensorIndex term = ScalarLike(a, b);
  const TensorIndex output =
      lowering_.NewTensor(lowering_.tensor(a).type, DimsOf(a), name_);
  AddOptions options;
  options.fused_activation_function = activation;
  lowering_.Emit(Op::kAdd, {a, term}, {output}, options);
  return output;
}

TensorIndex Formula::Sign(TensorIndex x) {
  return Mul(x, static_cast<double>(kLargest),
             ActivationFunctionType::kReluN1To1);
}

TensorIndex Formula::Compare(BuiltinOperator code, TensorIndex a,
                             TensorIndex b) {
  const std::array<std::vector<int32_t>, 2> shapes = {
      lowering_.tensor(a).shape, lowering_.tensor(b).shape};
  const std::vector<int32_t> dims =
      ops::Broadcast::OutputShape(shapes).value_or(shapes[0]);
  const TensorIndex output = lowering_.NewTensor(
      TensorType::kBool, Shape(dims.begin(), dims.end()), name_);
  lowering_.Emit(code, {a, b}, {output});
  return output;
}

TensorIndex Formula::Select(TensorIndex condition, TensorIndex x,
                            TensorIndex y) {
  const std::array<std::vector<int32_t>, 3> shapes = {
      lowering_.tensor(condition).shape, lowering_.tensor(x).shape,
      lowering_.tensor(y).shape};
  const std::vector<int32_t> dims =
      ops::Broadcast::OutputShape(shapes).value_or(shapes[0]);
  const TensorIndex output = lowering_.NewTensor(
      lowering_.tensor(x).type, Shape(dims.begin(), dims.end()), name_);
  lowering_.Emit(Op::kSelectV2, {condition, x, y}, {output}, SelectV2Options());
  return output;
}

TensorIndex Formula::Choose(TensorIndex condition, TensorIndex x,
                            TensorIndex y) {
  switch (lowering_.tensor(x).type) {
    case TensorType::kInt32: {  // Exact even where the difference wraps.
      const TensorIndex factor = Cast(condition, TensorType::kInt32);
      return Binary(Op::kAdd, y, Mul(factor, Binary(Op::kSub, x, y)));
    }
    case TensorType::kBool: {
      const TensorIndex other = Unary(Op::kLogicalNot, condition);
      return Compare(Op::kLogicalOr, Compare(Op::kLogicalAnd, condition, x),
                     Compare(Op::kLogicalAnd, other, y));
    }
    default:
      return Select(condition, x, y);
  }
}

TensorIndex Formula::Cast(TensorIndex x, TensorType to) {
  return EmitCast(lowering_, x, to, name_);
}

TensorIndex Formula::Polynomial(TensorIndex x,
                                std::span<const double> coefficients) {
  TensorIndex sum = x;
  for (size_t i = coefficients.size() - 1; i-- > 0;) {
    sum = i + 2 == coefficients.size() ? Mul(x, coefficients[i + 1])
                                       : Mul(sum, x);
    sum = Add(sum, coefficients[i]);
  }
  return sum;
}

TensorIndex Formula::Power(TensorIndex base, int64_t exponent) {
  std::optional<TensorIndex> product;
  for (TensorIndex square = base;; exponent /= 2) {
    if (exponent % 2 != 0) product = product ? Mul(*product, square) : square;
    if (exponent <= 1) break;
    const bool is_float = lowering_.tensor(square).type == TensorType::kFloat32;
    square = is_float ? Unary(Op::kSquare, square) : Mul(square, square);
  }
  return *product;
}

Shape Formula::DimsOf(TensorIndex tensor) const {
  return DimsOfTensor(lowering_.tensor(tensor));
}

}  // namespace tinyml::onnx_import
