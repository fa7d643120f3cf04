// Folding of operators that compute element by element, and of reductions:
// integers in 64 bits, cut to the width of their type as ONNX's runtimes do,
// floats in single precision.
#include <cmath>
#include <functional>
#include <limits>
#include <type_traits>

#include "base/macros.h"
#include "formats/onnx/fold_parts.h"

namespace tinyml::onnx_import {
namespace {

bool IsFloat(const Constant& constant) {
  return constant.type == TensorType::kFloat32;
}

// Whether a value is too large for the int64 in which it would be computed.
bool IsBeyondInt64(const Constant& constant) {
  if (constant.type != TensorType::kUInt64) return false;
  const auto values = constant.AsInt64();
  return std::any_of(values.begin(), values.end(),
                     [](int64_t value) { return value < 0; });
}

int64_t WrapAdd(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) +
                              static_cast<uint64_t>(b));
}
int64_t WrapSub(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) -
                              static_cast<uint64_t>(b));
}
int64_t WrapMul(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) *
                              static_cast<uint64_t>(b));
}

// --- Two operands, or more

struct Integers {
  using Value = int64_t;
  static Value Div(Value a, Value b) {
    return b == -1 ? WrapSub(0, a) : a / b;  // The divisor was checked.
  }
  static Value Fmod(Value a, Value b) { return b == -1 ? 0 : a % b; }
  // The sign is that of the divisor.
  static Value Mod(Value a, Value b) {
    const Value rest = Fmod(a, b);
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
  }
  static Value Pow(Value base, Value exponent) {
    if (exponent < 0) {
      if (base == 1) return 1;
      if (base == -1) return exponent % 2 == 0 ? 1 : -1;
      return 0;
    }
    Value result = 1;
    for (; exponent > 0; exponent /= 2) {
      if (exponent % 2 != 0) result = WrapMul(result, base);
      base = WrapMul(base, base);
    }
    return result;
  }
};

// The values of a repeated operand and where each element of the result finds
// its own.
template <typename T, typename Function>
std::vector<T> Zip(const Shape& shape, const Constant& a, const Constant& b,
                   const std::vector<T>& left, const std::vector<T>& right,
                   Function function) {
  const std::vector<int32_t> dims(shape.begin(), shape.end());
  const std::vector<std::vector<int32_t>> operands = {
      {a.shape.begin(), a.shape.end()}, {b.shape.begin(), b.shape.end()}};
  std::vector<T> result;
  auto broadcast = ops::Broadcast::Make(dims, operands);
  if (!broadcast) return result;  // The shape is theirs: does not happen.
  result.reserve(Elements(shape));
  broadcast->ForEach([&](int64_t, const std::vector<int64_t>& at) {
    result.push_back(function(left[at[0]], right[at[1]]));
  });
  return result;
}

template <typename T>
std::vector<T> ValuesOf(const Constant& constant) {
  if constexpr (std::is_same_v<T, float>) {
    return constant.AsFloat();
  } else {
    return constant.AsInt64();
  }
}

template <typename T>
Constant Build(TensorType type, const Shape& shape,
               const std::vector<T>& values) {
  if constexpr (std::is_same_v<T, float>) {
    static_cast<void>(type);
    return Constant::Of(shape, values);
  } else {
    return Constant::OfType(type, shape, values);
  }
}

// What `a` and `b` are repeated to; nothing if the node is to be lowered.
Result<std::optional<Shape>> ShapeOfPair(const Folding& folding,
                                         const Constant& a, const Constant& b) {
  const auto shape = BroadcastTogether(std::vector<Shape>{a.shape, b.shape});
  if (!shape) {
    return folding.Refuse("its operands of shapes " + ShapeText(a.shape) +
                          " and " + ShapeText(b.shape) + " do not broadcast");
  }
  if (IsBeyondInt64(a) || IsBeyondInt64(b)) return std::optional<Shape>();
  if (!folding.Afford(*shape, TensorType::kInt64)) {
    return std::optional<Shape>();
  }
  return shape;
}

enum class Arithmetic { kAdd, kSub, kMul, kDiv, kMax, kMin };

int64_t Compute(Arithmetic op, int64_t a, int64_t b) {
  switch (op) {
    case Arithmetic::kAdd:
      return WrapAdd(a, b);
    case Arithmetic::kSub:
      return WrapSub(a, b);
    case Arithmetic::kMul:
      return WrapMul(a, b);
    case Arithmetic::kDiv:
      return Integers::Div(a, b);
    case Arithmetic::kMax:
      return std::max(a, b);
    default:
      return std::min(a, b);
  }
}

float Compute(Arithmetic op, float a, float b) {
  switch (op) {
    case Arithmetic::kAdd:
      return a + b;
    case Arithmetic::kSub:
      return a - b;
    case Arithmetic::kMul:
      return a * b;
    case Arithmetic::kDiv:
      return a / b;
    case Arithmetic::kMax:
      return std::max(a, b);
    default:
      return std::min(a, b);
  }
}

bool HasZero(const Constant& constant) {
  const auto values = constant.AsInt64();
  return std::find(values.begin(), values.end(), 0) != values.end();
}

// All inputs, from the left.
template <Arithmetic kOp>
Result<bool> FoldArithmetic(const Folding& folding) {
  Constant result = folding.In(0);
  for (size_t i = 1; i < folding.Count(); ++i) {
    if (!folding.Has(i)) return folding.Refuse("an input is missing");
    const Constant& next = folding.In(i);
    if (next.type != result.type) {
      return folding.Refuse("its inputs differ in type");
    }
    TINYML_ASSIGN_OR_RETURN(const std::optional<Shape> shape,
                            ShapeOfPair(folding, result, next));
    if (!shape) return false;
    const auto compute = [&](auto zero) {
      using T = decltype(zero);
      return Build<T>(
          result.type, *shape,
          Zip<T>(*shape, result, next, ValuesOf<T>(result), ValuesOf<T>(next),
                 [](T a, T b) { return Compute(kOp, a, b); }));
    };
    if (kOp == Arithmetic::kDiv && !IsFloat(next) && HasZero(next)) {
      return folding.Refuse("it divides by 0");
    }
    result = IsFloat(next) ? compute(float{}) : compute(int64_t{});
  }
  return folding.Make(std::move(result));
}

Result<bool> FoldMod(const Folding& folding) {
  const Constant& a = folding.In(0);
  const Constant& b = folding.In(1);
  const bool fmod = folding.node().Int("fmod", 0) != 0;
  TINYML_ASSIGN_OR_RETURN(const std::optional<Shape> shape,
                          ShapeOfPair(folding, a, b));
  if (!shape || a.type != b.type) return false;
  if (IsFloat(a)) {
    if (!fmod) return folding.Refuse("floats need fmod = 1");
    return folding.Make(Constant::Of(
        *shape, Zip<float>(*shape, a, b, a.AsFloat(), b.AsFloat(),
                           [](float x, float y) { return std::fmod(x, y); })));
  }
  if (HasZero(b)) return folding.Refuse("it divides by 0");
  return folding.Make(
      Constant::OfType(a.type, *shape,
                       Zip<int64_t>(*shape, a, b, a.AsInt64(), b.AsInt64(),
                                    fmod ? Integers::Fmod : Integers::Mod)));
}

// The result has the base's type.
Result<bool> FoldPow(const Folding& folding) {
  const Constant& a = folding.In(0);
  const Constant& b = folding.In(1);
  TINYML_ASSIGN_OR_RETURN(const std::optional<Shape> shape,
                          ShapeOfPair(folding, a, b));
  if (!shape) return false;
  if (!IsFloat(a) && !IsFloat(b)) {
    return folding.Make(Constant::OfType(
        a.type, *shape,
        Zip<int64_t>(*shape, a, b, a.AsInt64(), b.AsInt64(), Integers::Pow)));
  }
  const Constant power = Constant::Of(
      *shape, Zip<float>(*shape, a, b, a.AsFloat(), b.AsFloat(),
                         [](float x, float y) { return std::pow(x, y); }));
  if (IsFloat(a)) return folding.Make(power);
  return folding.Make(Constant::OfType(a.type, *shape, power.AsInt64()));
}

// --- Comparisons and logic

template <template <typename> typename Relation>
Result<bool> FoldComparison(const Folding& folding) {
  const Constant& a = folding.In(0);
  const Constant& b = folding.In(1);
  TINYML_ASSIGN_OR_RETURN(const std::optional<Shape> shape,
                          ShapeOfPair(folding, a, b));
  if (!shape || a.type != b.type) return false;
  std::vector<int64_t> truth;
  if (IsFloat(a)) {
    const std::vector<float> result = Zip<float>(
        *shape, a, b, a.AsFloat(), b.AsFloat(),
        [](float x, float y) { return Relation<float>()(x, y) ? 1.0F : 0.0F; });
    truth.assign(result.begin(), result.end());
  } else {
    truth = Zip<int64_t>(*shape, a, b, a.AsInt64(), b.AsInt64(),
                         [](int64_t x, int64_t y) -> int64_t {
                           return Relation<int64_t>()(x, y) ? 1 : 0;
                         });
  }
  return folding.Make(Constant::OfType(TensorType::kBool, *shape, truth));
}

template <template <typename> typename Operation>
Result<bool> FoldLogic(const Folding& folding) {
  const Constant& a = folding.In(0);
  const Constant& b = folding.In(1);
  TINYML_ASSIGN_OR_RETURN(const std::optional<Shape> shape,
                          ShapeOfPair(folding, a, b));
  if (!shape) return false;
  return folding.Make(Constant::OfType(
      TensorType::kBool, *shape,
      Zip<int64_t>(*shape, a, b, a.AsInt64(), b.AsInt64(),
                   [](int64_t x, int64_t y) -> int64_t {
                     return Operation<bool>()(x != 0, y != 0) ? 1 : 0;
                   })));
}

Result<bool> FoldNot(const Folding& folding) {
  const Constant& input = folding.In(0);
  if (!folding.Afford(input.shape, TensorType::kInt64)) return false;
  std::vector<int64_t> values = input.AsInt64();
  for (int64_t& value : values) value = value == 0 ? 1 : 0;
  return folding.Make(Constant::OfType(TensorType::kBool, input.shape, values));
}

// --- One operand

Result<bool> FoldCast(const Folding& folding) {
  const Constant& input = folding.In(0);
  const auto to = OnnxType(folding.node().Int("to", 0));
  if (!to) return false;
  if (!folding.Afford(input.shape, TensorType::kInt64)) return false;
  if (*to == TensorType::kFloat32) {
    return folding.Make(Constant::Of(input.shape, input.AsFloat()));
  }
  std::vector<int64_t> values = input.AsInt64();
  if (*to == TensorType::kBool) {
    const std::vector<float> floats = input.AsFloat();
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = values[i] != 0 || floats[i] != 0.0F ? 1 : 0;
    }
  }
  return folding.Make(Constant::OfType(*to, input.shape, values));
}

template <float (*kFloat)(float), int64_t (*kInteger)(int64_t)>
Result<bool> FoldUnary(const Folding& folding) {
  const Constant& input = folding.In(0);
  if (!IsFloat(input) && kInteger == nullptr) return false;
  if (IsBeyondInt64(input)) return false;
  if (!folding.Afford(input.shape, TensorType::kInt64)) return false;
  if (IsFloat(input)) {
    std::vector<float> values = input.AsFloat();
    for (float& value : values) value = kFloat(value);
    return folding.Make(Constant::Of(input.shape, values));
  }
  std::vector<int64_t> values = input.AsInt64();
  for (int64_t& value : values) value = kInteger(value);
  return folding.Make(Constant::OfType(input.type, input.shape, values));
}

constexpr int64_t (*kNoIntegers)(int64_t) = nullptr;

float Negative(float x) { return -x; }
int64_t Negative(int64_t x) { return WrapSub(0, x); }
float Magnitude(float x) { return std::fabs(x); }
int64_t Magnitude(int64_t x) { return x < 0 ? WrapSub(0, x) : x; }
float Above(float x) { return std::ceil(x); }
float Below(float x) { return std::floor(x); }
float Nearest(float x) { return std::nearbyint(x); }
float Root(float x) { return std::sqrt(x); }
float Exponential(float x) { return std::exp(x); }
float Logarithm(float x) { return std::log(x); }
float Inverse(float x) { return 1.0F / x; }
float Sine(float x) { return std::sin(x); }
float Cosine(float x) { return std::cos(x); }

// --- Reductions

enum class Reduction { kSum, kProd, kMax, kMin, kMean };

template <typename T>
T Start(Reduction op) {
  switch (op) {
    case Reduction::kProd:
      return T{1};
    case Reduction::kMax:
      return std::numeric_limits<T>::lowest();
    case Reduction::kMin:
      return std::numeric_limits<T>::max();
    default:
      return T{0};
  }
}

constexpr Arithmetic ArithmeticOf(Reduction op) {
  switch (op) {
    case Reduction::kProd:
      return Arithmetic::kMul;
    case Reduction::kMax:
      return Arithmetic::kMax;
    case Reduction::kMin:
      return Arithmetic::kMin;
    default:
      return Arithmetic::kAdd;
  }
}

template <typename T>
Constant Reduce(const Constant& data, Reduction op, const Shape& kept) {
  const std::vector<T> values = ValuesOf<T>(data);
  const auto count = static_cast<size_t>(Elements(kept));
  std::vector<T> result(count, Start<T>(op));
  const std::vector<int32_t> dims(data.shape.begin(), data.shape.end());
  const std::vector<std::vector<int32_t>> operands = {
      {kept.begin(), kept.end()}};
  auto broadcast = ops::Broadcast::Make(dims, operands);
  if (broadcast) {
    broadcast->ForEach([&](int64_t at, const std::vector<int64_t>& to) {
      T& value = result[to[0]];
      value = Compute(ArithmeticOf(op), value, values[at]);
    });
  }
  if (op == Reduction::kMean && !values.empty()) {
    for (T& value : result) value /= static_cast<T>(values.size() / count);
  }
  return Build<T>(data.type, kept, result);
}

template <Reduction kOp>
Result<bool> FoldReduction(const Folding& folding) {
  const Constant& data = folding.In(0);
  const Node& node = folding.node();
  const size_t rank = data.shape.size();
  const std::vector<int64_t> axes =
      folding.Ints("axes", 1).value_or(std::vector<int64_t>());
  TINYML_ASSIGN_OR_RETURN(std::vector<bool> marks, folding.Axes(axes, rank));
  if (axes.empty()) {
    if (node.Int("noop_with_empty_axes", 0) != 0) return folding.Make(data);
    marks.assign(rank, true);
  }
  if (IsBeyondInt64(data)) return false;
  if (!folding.Afford(data.shape, TensorType::kInt64)) return false;
  Shape kept = data.shape;
  Shape shape;
  for (size_t i = 0; i < rank; ++i) {
    if (marks[i]) kept[i] = 1;
    if (!marks[i] || node.Int("keepdims", 1) != 0) shape.push_back(kept[i]);
  }
  // Of nothing, sums and products alone have a value.
  const bool defined = kOp == Reduction::kSum || kOp == Reduction::kProd;
  if (!defined && Elements(data.shape) == 0) return false;
  Constant result = IsFloat(data) ? Reduce<float>(data, kOp, kept)
                                  : Reduce<int64_t>(data, kOp, kept);
  result.shape = std::move(shape);
  return folding.Make(std::move(result));
}

}  // namespace

std::span<const FoldableOperator> FoldableElementwise() {
  static constexpr FoldableOperator kOperators[] = {
      {"Abs", FoldUnary<Magnitude, Magnitude>, 1, 1},
      {"Add", FoldArithmetic<Arithmetic::kAdd>, 2, 2},
      {"And", FoldLogic<std::logical_and>, 2, 2},
      {"Cast", FoldCast, 1, 1},
      {"Ceil", FoldUnary<Above, kNoIntegers>, 1, 1},
      {"Cos", FoldUnary<Cosine, kNoIntegers>, 1, 1},
      {"Div", FoldArithmetic<Arithmetic::kDiv>, 2, 2},
      {"Equal", FoldComparison<std::equal_to>, 2, 2},
      {"Exp", FoldUnary<Exponential, kNoIntegers>, 1, 1},
      {"Floor", FoldUnary<Below, kNoIntegers>, 1, 1},
      {"Greater", FoldComparison<std::greater>, 2, 2},
      {"GreaterOrEqual", FoldComparison<std::greater_equal>, 2, 2},
      {"Less", FoldComparison<std::less>, 2, 2},
      {"LessOrEqual", FoldComparison<std::less_equal>, 2, 2},
      {"Log", FoldUnary<Logarithm, kNoIntegers>, 1, 1},
      {"Max", FoldArithmetic<Arithmetic::kMax>, 1, kAnyInputs},
      {"Min", FoldArithmetic<Arithmetic::kMin>, 1, kAnyInputs},
      {"Mod", FoldMod, 2, 2},
      {"Mul", FoldArithmetic<Arithmetic::kMul>, 2, 2},
      {"Neg", FoldUnary<Negative, Negative>, 1, 1},
      {"Not", FoldNot, 1, 1},
      {"Or", FoldLogic<std::logical_or>, 2, 2},
      {"Pow", FoldPow, 2, 2},
      {"Reciprocal", FoldUnary<Inverse, kNoIntegers>, 1, 1},
      {"ReduceMax", FoldReduction<Reduction::kMax>, 1, 2},
      {"ReduceMean", FoldReduction<Reduction::kMean>, 1, 2},
      {"ReduceMin", FoldReduction<Reduction::kMin>, 1, 2},
      {"ReduceProd", FoldReduction<Reduction::kProd>, 1, 2},
      {"ReduceSum", FoldReduction<Reduction::kSum>, 1, 2},
      {"Round", FoldUnary<Nearest, kNoIntegers>, 1, 1},
      {"Sin", FoldUnary<Sine, kNoIntegers>, 1, 1},
      {"Sqrt", FoldUnary<Root, kNoIntegers>, 1, 1},
      {"Sub", FoldArithmetic<Arithmetic::kSub>, 2, 2},
      {"Sum", FoldArithmetic<Arithmetic::kAdd>, 1, kAnyInputs},
      {"Xor", FoldLogic<std::not_equal_to>, 2, 2},
  };
  return kOperators;
}

}  // namespace tinyml::onnx_import
