// Reductions along axes, which are found wherever they lie in memory.
#include <algorithm>
#include <array>

#include "base/macros.h"
#include "formats/onnx/lowering.h"
#include "formats/onnx/operators/numeric.h"

namespace tinyml::onnx_import {
namespace {

using Op = BuiltinOperator;

// A reduction as the runtime is to do it.
struct Plan {
  TensorIndex input = kNoTensor;
  std::vector<bool> reduced;  // By axis in memory.
  bool reduces = false;       // Some reduced axis is not 1.
  Shape shape;                // Of the result, in ONNX's order.
  Layout layout;              // Of the result.
};

// The axes that `node` reduces, marked in ONNX's order; nothing if it leaves
// its input alone.
Result<std::optional<std::vector<bool>>> AxesOf(const Lowering& lowering,
                                                const Node& node) {
  const size_t rank = lowering.RankOf(node.inputs[0]);
  TINYML_ASSIGN_OR_RETURN(const auto axes, IntsOf(lowering, node, "axes", 1));
  using Marks = std::optional<std::vector<bool>>;
  if (!axes || axes->empty()) {
    if (node.Int("noop_with_empty_axes", 0) != 0) return Marks();
    return Marks(std::vector<bool>(rank, true));
  }
  std::vector<bool> marks(rank, false);
  for (const int64_t given : *axes) {
    TINYML_ASSIGN_OR_RETURN(const int64_t axis,
                            AxisOf(lowering, node, given, rank));
    marks[axis] = true;
  }
  return Marks(marks);
}

Result<Plan> MakePlan(Lowering& lowering, const Node& node,
                      const std::vector<bool>& marks, bool keep) {
  const ValueId id = node.inputs[0];
  const Shape& shape = lowering.ShapeOf(id);
  TINYML_ONNX_REQUIRE(lowering, node,
                      std::find(shape.begin(), shape.end(), 0) == shape.end(),
                      "its input is empty");
  Plan plan;
  const Layout layout = lowering.LayoutOf(id);
  TINYML_ASSIGN_OR_RETURN(plan.input, lowering.Get(id, layout));
  std::vector<int> names(shape.size(), -1);  // Of ONNX axes in the result.
  for (size_t i = 0; i < shape.size(); ++i) {
    plan.reduces |= marks[i] && shape[i] != 1;
    if (marks[i] && !keep) continue;
    names[i] = static_cast<int>(plan.shape.size());
    plan.shape.push_back(marks[i] ? 1 : shape[i]);
  }
  for (const int axis : layout) {
    plan.reduced.push_back(marks[axis]);
    const int name = names[axis];
    if (name >= 0) plan.layout.push_back(name);
  }
  return plan;
}

// Sees neighbouring axes that are all reduced, or all not, as one: kernels take
// 6 dimensions, and MEAN 4 axes.
void Merge(Lowering& lowering, Plan& plan, std::string_view name) {
  const Shape dims = DimsOf(lowering, plan.input);
  Shape merged;
  std::vector<bool> reduced;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (!reduced.empty() && reduced.back() == plan.reduced[i]) {
      merged.back() *= dims[i];
      continue;
    }
    merged.push_back(dims[i]);
    reduced.push_back(plan.reduced[i]);
  }
  if (merged != dims) {
    plan.input = lowering.EmitReshape(plan.input, merged, name);
  }
  plan.reduced = reduced;
}

// SUM, MEAN, REDUCE_MAX or REDUCE_MIN.
TensorIndex EmitReduce(Lowering& lowering, Op code, TensorIndex input,
                       const std::vector<bool>& reduced, bool keep,
                       std::string_view name) {
  const Shape dims = DimsOf(lowering, input);
  Shape result;
  std::vector<int64_t> axes;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (reduced[i]) axes.push_back(static_cast<int64_t>(i));
    if (!reduced[i] || keep) result.push_back(reduced[i] ? 1 : dims[i]);
  }
  const TensorIndex axis = lowering.NewInt32(axes, std::string(name) + "/axes");
  const TensorIndex output =
      lowering.NewTensor(lowering.tensor(input).type, result, name);
  ReducerOptions options;
  options.keep_dims = keep;
  lowering.Emit(code, {input, axis}, {output}, options);
  return output;
}

// Brings what was computed for `plan` to its shape and type.
Status FinishPlan(Lowering& lowering, const Node& node, const Plan& plan,
                  TensorIndex tensor, TensorType type) {
  const Aligned aligned = {
      {}, lowering.tensor(tensor).type, plan.shape, plan.layout};
  return Finish(lowering, node, aligned, tensor, type);
}

// --- Integers, and products: by halves, since no kernel reduces them

// x [outer, n, inner] along its second axis.
TensorIndex Halve(Lowering& lowering, Op code, TensorIndex x,
                  std::string_view name) {
  const TensorType type = lowering.tensor(x).type;
  Shape dims = DimsOf(lowering, x);
  std::vector<TensorIndex> odd;  // Rows left over.
  std::optional<TensorIndex> axis;
  while (dims[1] > 1) {
    if (!axis) {
      axis = lowering.NewConstant(Constant::OfType(TensorType::kInt32, {}, {1}),
                                  std::string(name) + "/axis");
    }
    const int64_t half = dims[1] / 2;
    const bool rest = dims[1] % 2 != 0;
    dims[1] = half;
    std::vector<TensorIndex> parts = {lowering.NewTensor(type, dims, name),
                                      lowering.NewTensor(type, dims, name)};
    if (rest) {
      parts.push_back(lowering.NewTensor(type, {dims[0], 1, dims[2]}, name));
      odd.push_back(parts[2]);
      const TensorIndex sizes =
          lowering.NewInt32({half, half, 1}, std::string(name) + "/sizes");
      SplitVOptions options;
      options.num_splits = 3;
      lowering.Emit(Op::kSplitV, {x, sizes, *axis}, parts, options);
    } else {
      SplitOptions options;
      options.num_splits = 2;
      lowering.Emit(Op::kSplit, {*axis, x}, parts, options);
    }
    x = lowering.EmitBinary(code, parts[0], parts[1], name);
  }
  for (const TensorIndex row : odd) {
    x = lowering.EmitBinary(code, x, row, name);
  }
  return x;
}

TensorIndex ReduceByHalves(Lowering& lowering, Op code, Plan plan,
                           std::string_view name) {
  Merge(lowering, plan, name);
  TensorIndex x = plan.input;
  Shape dims = DimsOf(lowering, x);
  for (size_t i = 0; i < dims.size(); ++i) {
    if (!plan.reduced[i]) continue;
    Shape view = {1, dims[i], 1};
    for (size_t k = 0; k < dims.size(); ++k) {
      if (k != i) view[k < i ? 0 : 2] *= dims[k];
    }
    if (DimsOf(lowering, x) != view) x = lowering.EmitReshape(x, view, name);
    x = Halve(lowering, code, x, name);
    dims[i] = 1;
  }
  return x;
}

// --- The operators

enum class ReductionKind {
  kSum,
  kMean,
  kMax,
  kMin,
  kProd,
  kL1,
  kL2,
  kSumSquare,
  kLogSum,
  kLogSumExp
};

constexpr Op KernelOf(ReductionKind kind) {
  switch (kind) {
    case ReductionKind::kMean:
      return Op::kMean;
    case ReductionKind::kMax:
      return Op::kReduceMax;
    case ReductionKind::kMin:
      return Op::kReduceMin;
    default:
      return Op::kSum;
  }
}

// What joins two elements.
constexpr Op JoinOf(ReductionKind kind) {
  switch (kind) {
    case ReductionKind::kProd:
      return Op::kMul;
    case ReductionKind::kMax:
      return Op::kMaximum;
    case ReductionKind::kMin:
      return Op::kMinimum;
    default:
      return Op::kAdd;
  }
}

// The type in which the node is computed.
std::optional<TensorType> TypeFor(ReductionKind kind, TensorType type) {
  constexpr std::array kFloat = {TensorType::kFloat32};
  constexpr std::array kNumbers = {TensorType::kFloat32, TensorType::kInt32};
  if (TensorTypeFor(type) == TensorType::kInt32) {
    const bool whole =
        kind == ReductionKind::kSum || kind == ReductionKind::kMax ||
        kind == ReductionKind::kMin || kind == ReductionKind::kProd ||
        kind == ReductionKind::kL1 || kind == ReductionKind::kSumSquare;
    return whole ? std::optional(TensorType::kInt32) : std::nullopt;
  }
  if (kind == ReductionKind::kMax || kind == ReductionKind::kMin) {
    if (type == TensorType::kBool) return TensorType::kFloat32;
    return ComputedIn(type, kFloat);  // Exact for 8 and 16 bits.
  }
  if (type == TensorType::kFloat32) return type;
  const bool wraps =
      kind == ReductionKind::kSum || kind == ReductionKind::kProd;
  if (wraps && type != TensorType::kUInt8) return ComputedIn(type, kNumbers);
  return std::nullopt;
}

// What is done with each element first.
TensorIndex Before(ReductionKind kind, Formula& f, TensorIndex x,
                   bool is_float) {
  switch (kind) {
    case ReductionKind::kL1:
      return is_float ? f.Unary(Op::kAbs, x)
                      : f.Binary(Op::kMaximum, x,
                                 f.Binary(Op::kSub, f.ScalarLike(x, 0), x));
    case ReductionKind::kL2:
    case ReductionKind::kSumSquare:
      return is_float ? f.Unary(Op::kSquare, x) : f.Mul(x, x);
    default:
      return x;
  }
}

// And with each sum at last.
TensorIndex After(ReductionKind kind, Formula& f, TensorIndex x) {
  if (kind == ReductionKind::kL2) return f.Unary(Op::kSqrt, x);
  if (kind == ReductionKind::kLogSum) return f.Unary(Op::kLog, x);
  return x;
}

template <ReductionKind kKind>
Status LowerReduce(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 1, 2));
  const TensorType type = lowering.TypeOf(node.inputs[0]);
  const auto computed = TypeFor(kKind, type);
  TINYML_ONNX_REQUIRE(
      lowering, node, computed.has_value(),
      "the runtime's reductions have no code for " + TensorTypeName(type));
  TINYML_ASSIGN_OR_RETURN(const auto marks, AxesOf(lowering, node));
  if (!marks) {
    lowering.DefineAlias(node, 0, node.inputs[0]);
    return {};
  }
  const bool keep = node.Int("keepdims", 1) != 0;
  TINYML_ASSIGN_OR_RETURN(Plan plan, MakePlan(lowering, node, *marks, keep));
  const std::string name = lowering.OutputName(node, 0);
  TINYML_ASSIGN_OR_RETURN(plan.input,
                          Convert(lowering, node, plan.input, *computed, name));
  constexpr size_t kMaxRank = 6;
  constexpr ptrdiff_t kMaxAxes = 4;
  const bool merged =
      plan.reduced.size() > kMaxRank ||
      std::count(plan.reduced.begin(), plan.reduced.end(), true) > kMaxAxes;
  if (merged) Merge(lowering, plan, name);
  TINYML_ONNX_REQUIRE(lowering, node, plan.reduced.size() <= kMaxRank,
                      "it has more than the 6 dimensions of the runtime");
  Formula f(lowering, node);
  if (kKind == ReductionKind::kLogSumExp) {
    // Without the largest, no power overflows.
    TensorIndex x = plan.input;
    if (plan.reduces) {
      const TensorIndex most =
          EmitReduce(lowering, Op::kReduceMax, x, plan.reduced, true, name);
      x = f.Unary(Op::kExp, f.Binary(Op::kSub, x, most));
      x = EmitReduce(lowering, Op::kSum, x, plan.reduced, true, name);
      x = f.Binary(Op::kAdd, f.Unary(Op::kLog, x), most);
    }
    return FinishPlan(lowering, node, plan, x, type);
  }
  const bool is_float = *computed == TensorType::kFloat32;
  plan.input = Before(kKind, f, plan.input, is_float);
  TensorIndex result = plan.input;
  if (plan.reduces) {
    result = is_float && kKind != ReductionKind::kProd
                 ? EmitReduce(lowering, KernelOf(kKind), plan.input,
                              plan.reduced, keep && !merged, name)
                 : ReduceByHalves(lowering, JoinOf(kKind), plan, name);
  }
  return FinishPlan(lowering, node, plan, After(kKind, f, result), type);
}

// --- ArgMax and ArgMin: the first of equals, which after a reversal is the
// last.

template <Op kCode>
Status LowerArg(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 1, 1));
  const ValueId id = node.inputs[0];
  constexpr std::array kTypes = {TensorType::kFloat32, TensorType::kInt8};
  const auto computed = ComputedIn(lowering.TypeOf(id), kTypes);
  TINYML_ONNX_REQUIRE(lowering, node, computed.has_value(),
                      "the runtime's kernel has no code for " +
                          TensorTypeName(lowering.TypeOf(id)));
  TINYML_ASSIGN_OR_RETURN(
      const int64_t axis,
      AxisOf(lowering, node, node.Int("axis", 0), lowering.RankOf(id)));
  std::vector<bool> marks(lowering.RankOf(id), false);
  marks[axis] = true;
  const bool keep = node.Int("keepdims", 1) != 0;
  TINYML_ASSIGN_OR_RETURN(Plan plan, MakePlan(lowering, node, marks, keep));
  const std::string name = lowering.OutputName(node, 0);
  TINYML_ASSIGN_OR_RETURN(plan.input,
                          Convert(lowering, node, plan.input, *computed, name));
  constexpr size_t kMaxRank = 6;
  if (plan.reduced.size() > kMaxRank) Merge(lowering, plan, name);
  Shape dims = DimsOf(lowering, plan.input);
  const auto at = std::find(plan.reduced.begin(), plan.reduced.end(), true) -
                  plan.reduced.begin();
  const int64_t last = dims[at] - 1;
  TensorIndex x = plan.input;
  const bool reversed = node.Int("select_last_index", 0) != 0 && last > 0;
  if (reversed) {
    const TensorIndex axes = lowering.NewInt32({at}, name + "/axes");
    const TensorIndex output = lowering.NewTensor(*computed, dims, name);
    lowering.Emit(Op::kReverseV2, {x, axes}, {output}, ReverseV2Options());
    x = output;
  }
  dims.erase(dims.begin() + at);
  const TensorIndex along = lowering.NewConstant(
      Constant::OfType(TensorType::kInt32, {}, {at}), name + "/axis");
  TensorIndex result = lowering.NewTensor(TensorType::kInt32, dims, name);
  if constexpr (kCode == Op::kArgMax) {
    ArgMaxOptions options;
    options.output_type = TensorType::kInt32;
    lowering.Emit(kCode, {x, along}, {result}, options);
  } else {
    ArgMinOptions options;
    options.output_type = TensorType::kInt32;
    lowering.Emit(kCode, {x, along}, {result}, options);
  }
  if (reversed) {
    Formula f(lowering, node);
    result = f.Binary(Op::kSub, f.ScalarLike(result, static_cast<double>(last)),
                      result);
  }
  return FinishPlan(lowering, node, plan, result, TensorType::kInt64);
}

Status LowerCumSum(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(RequireInputs(lowering, node, 2, 2));
  const ValueId id = node.inputs[0];
  TINYML_ONNX_REQUIRE(lowering, node,
                      lowering.TypeOf(id) == TensorType::kFloat32,
                      "the runtime's kernel has no code for " +
                          TensorTypeName(lowering.TypeOf(id)));
  const Constant* given = lowering.ConstantOf(node.inputs[1]);
  TINYML_ONNX_REQUIRE(lowering, node,
                      Elements(lowering.ShapeOf(node.inputs[1])) == 1,
                      "its axis must be one number");
  constexpr size_t kMaxRank = 6;
  const size_t rank = lowering.RankOf(id);
  TINYML_ONNX_REQUIRE(lowering, node, rank <= kMaxRank,
                      "it has more than the 6 dimensions of the runtime");
  const std::string name = lowering.OutputName(node, 0);
  // An axis that is not known yet counts in ONNX's order.
  const Layout layout =
      given != nullptr ? lowering.LayoutOf(id) : Canonical(rank);
  TINYML_ASSIGN_OR_RETURN(const TensorIndex x, lowering.Get(id, layout));
  TensorIndex along = kNoTensor;
  if (given != nullptr) {
    TINYML_ASSIGN_OR_RETURN(const int64_t axis,
                            AxisOf(lowering, node, given->AsInt64()[0], rank));
    along = lowering.NewConstant(
        Constant::OfType(TensorType::kInt32, {}, {AxisIn(layout, axis)}),
        name + "/axis");
  } else {
    TINYML_ASSIGN_OR_RETURN(along, lowering.Get(node.inputs[1]));
    TINYML_ASSIGN_OR_RETURN(
        along, Convert(lowering, node, along, TensorType::kInt32, name));
  }
  const TensorIndex output =
      lowering.NewTensor(TensorType::kFloat32, DimsOf(lowering, x), name);
  CumsumOptions options;
  options.exclusive = node.Int("exclusive", 0) != 0;
  options.reverse = node.Int("reverse", 0) != 0;
  lowering.Emit(Op::kCumsum, {x, along}, {output}, options);
  lowering.Define(node, 0, TensorType::kFloat32, lowering.ShapeOf(id), output,
                  layout);
  return {};
}

}  // namespace

std::span<const OnnxOperator> ReductionOperators() {
  static constexpr std::string_view kIntegers = "int32 by SPLIT and MAXIMUM";
  static constexpr std::string_view kFloats = "floats";
  static constexpr std::string_view kNarrow = "not for int32";
  static constexpr OnnxOperator kOperators[] = {
      {"ArgMax", LowerArg<Op::kArgMax>,
       "ARG_MAX; between REVERSE_V2 and SUB for the last index", kNarrow},
      {"ArgMin", LowerArg<Op::kArgMin>,
       "ARG_MIN; between REVERSE_V2 and SUB for the last index", kNarrow},
      {"CumSum", LowerCumSum, "CUMSUM", kFloats},
      {"ReduceL1", LowerReduce<ReductionKind::kL1>, "ABS, SUM", ""},
      {"ReduceL2", LowerReduce<ReductionKind::kL2>, "SQUARE, SUM, SQRT",
       kFloats},
      {"ReduceLogSum", LowerReduce<ReductionKind::kLogSum>, "SUM, LOG",
       kFloats},
      {"ReduceLogSumExp", LowerReduce<ReductionKind::kLogSumExp>,
       "REDUCE_MAX, SUB, EXP, SUM, LOG, ADD", kFloats},
      {"ReduceMax", LowerReduce<ReductionKind::kMax>, "REDUCE_MAX", kIntegers},
      {"ReduceMean", LowerReduce<ReductionKind::kMean>, "MEAN", kFloats},
      {"ReduceMin", LowerReduce<ReductionKind::kMin>, "REDUCE_MIN",
       "int32 by SPLIT and MINIMUM"},
      {"ReduceProd", LowerReduce<ReductionKind::kProd>,
       "SPLIT or SPLIT_V, MUL, by halves", "not for uint8"},
      {"ReduceSum", LowerReduce<ReductionKind::kSum>,
       "SUM; int32 by SPLIT and ADD", "not for uint8"},
      {"ReduceSumSquare", LowerReduce<ReductionKind::kSumSquare>, "SQUARE, SUM",
       ""},
  };
  return kOperators;
}

}  // namespace tinyml::onnx_import
