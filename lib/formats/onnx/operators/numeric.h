// What lowerings of arithmetic share: operands brought to one order of axes and
// one type, conversions between types, and chains of operators written like
// formulas.
#ifndef TINYML_FORMATS_ONNX_OPERATORS_NUMERIC_H_
#define TINYML_FORMATS_ONNX_OPERATORS_NUMERIC_H_

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/onnx/lowering.h"
#include "formats/onnx/operators/compose.h"

namespace tinyml::onnx_import {

// Refuses a node without an output, with fewer or more inputs than that, or
// with one of the first `least` omitted.
Status RequireInputs(const Lowering& lowering, const Node& node, size_t least,
                     size_t most);
inline constexpr size_t kAnyNumber = static_cast<size_t>(-1);

// The list in attribute `key`, or else in input `i`, which must be constant;
// nothing if there is neither.
Result<std::optional<std::vector<int64_t>>> IntsOf(const Lowering& lowering,
                                                   const Node& node,
                                                   std::string_view key,
                                                   size_t i);

// The shape that `ids` are repeated to, in ONNX's order.
Result<Shape> BroadcastShape(const Lowering& lowering, const Node& node,
                             std::span<const ValueId> ids);

// Emits what turns values of type `from` (a type that the runtime holds) into
// `to`. Whole numbers stay exact where `to` can hold them; floats are cut off.
// uint8 goes through DEQUANTIZE and QUANTIZE, as CAST does not know it, and
// saturates.
Result<TensorIndex> Convert(Lowering& lowering, const Node& node,
                            TensorIndex tensor, TensorType to,
                            std::string_view name);

// The first of `types` in which values of ONNX type `type` can be computed with
// and stay exact, or nothing.
std::optional<TensorType> ComputedIn(TensorType type,
                                     std::span<const TensorType> types);

// Operands of an element-wise operator, repeated to one rank in one order.
struct Aligned {
  std::vector<TensorIndex> tensors;
  TensorType type = TensorType::kFloat32;  // In which they are held.
  Shape shape;                             // Of the result, in ONNX's order.
  Layout layout;
};

// Brings `ids` to the order that costs least; those of more dimensions than
// `max_rank` are seen with fewer, where neighbouring ones repeat alike.
// `types[i]` is the type in which operand i is wanted.
Result<Aligned> Align(Lowering& lowering, const Node& node,
                      std::span<const ValueId> ids,
                      std::span<const TensorType> types, size_t max_rank = 6);

// Defines output 0 as `tensor`, which was computed from `aligned`; it is
// brought back to `type` (ONNX's) and to its own number of dimensions.
Status Finish(Lowering& lowering, const Node& node, const Aligned& aligned,
              TensorIndex tensor, TensorType type);

// Operators of one node, written like formulas.
class Formula {
 public:
  Formula(Lowering& lowering, const Node& node)
      : lowering_(lowering), name_(lowering.OutputName(node, 0)) {}

  const std::string& name() const { return name_; }
  TensorIndex Scalar(float value) { return lowering_.NewScalar(value, name_); }
  // A scalar of the type of `like`.
  TensorIndex ScalarLike(TensorIndex like, double value);
  TensorIndex Unary(BuiltinOperator code, TensorIndex x) {
    return lowering_.EmitUnary(code, x, name_);
  }
  TensorIndex Binary(BuiltinOperator code, TensorIndex a, TensorIndex b) {
    return lowering_.EmitBinary(code, a, b, name_);
  }
  TensorIndex Binary(BuiltinOperator code, TensorIndex a, double b) {
    return Binary(code, a, ScalarLike(a, b));
  }
  TensorIndex Add(TensorIndex a, double b) {
    return Binary(BuiltinOperator::kAdd, a, b);
  }
  TensorIndex Mul(TensorIndex a, double b) {
    return Binary(BuiltinOperator::kMul, a, b);
  }
  TensorIndex Mul(TensorIndex a, TensorIndex b) {
    return Binary(BuiltinOperator::kMul, a, b);
  }
  // MUL or ADD with an activation after it.
  TensorIndex Mul(TensorIndex a, double b, ActivationFunctionType activation);
  TensorIndex Add(TensorIndex a, double b, ActivationFunctionType activation);
  // -1, 0 or 1 (floats): what is not 0 is brought beyond 1, and cut there.
  TensorIndex Sign(TensorIndex x);
  // A comparison: bool.
  TensorIndex Compare(BuiltinOperator code, TensorIndex a, TensorIndex b);
  TensorIndex Compare(BuiltinOperator code, TensorIndex a, double b) {
    return Compare(code, a, ScalarLike(a, b));
  }
  // SELECT_V2 of values of a type that it takes.
  TensorIndex Select(TensorIndex condition, TensorIndex x, TensorIndex y);
  // The same for int32 and bool, too, which SELECT_V2 does not take.
  TensorIndex Choose(TensorIndex condition, TensorIndex x, TensorIndex y);
  // CAST between types that it takes.
  TensorIndex Cast(TensorIndex x, TensorType to);
  // coefficients[0] + coefficients[1] * x + ...
  TensorIndex Polynomial(TensorIndex x, std::span<const double> coefficients);
  // base ** exponent, exponent >= 1, by squaring.
  TensorIndex Power(TensorIndex base, int64_t exponent);

 private:
  Shape DimsOf(TensorIndex tensor) const;

  Lowering& lowering_;
  std::string name_;
};

}  // namespace tinyml::onnx_import

#endif  // TINYML_FORMATS_ONNX_OPERATORS_NUMERIC_H_
