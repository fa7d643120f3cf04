#include "runtime/abi/builtin_params.h"
#include "runtime/reference/arithmetic/add_sub.h"
#include "runtime/reference/arithmetic/arithmetic_kernels.h"
#include "runtime/reference/arithmetic/mul.h"
#include "runtime/reference/tables.h"

namespace tinyml::runtime::reference {

std::span<const OperatorKernel> ArithmeticKernels() {
  using Op = BuiltinOperator;
  static const OperatorKernel kTable[] = {
      {Op::kAdd, {}, &kTfLiteAddParams, nullptr, {AddInit, AddPrepare}},
      {Op::kSub, {}, &kTfLiteSubParams, nullptr, kSub},
      {Op::kMul, {}, &kTfLiteMulParams, nullptr, {MulInit, MulPrepare}},
      {Op::kDiv, {}, &kTfLiteDivParams, nullptr, kDiv},
      {Op::kAddN, {}, nullptr, nullptr, kAddN},
      {Op::kFloorDiv, {}, nullptr, nullptr, kFloorDiv},
      {Op::kFloorMod, {}, nullptr, nullptr, kFloorMod},
      {Op::kSquaredDifference, {}, nullptr, nullptr, kSquaredDifference},
      {Op::kMaximum, {}, nullptr, nullptr, kMaximumMinimum},
      {Op::kMinimum, {}, nullptr, nullptr, kMaximumMinimum},

      {Op::kEqual, {}, nullptr, nullptr, kEqual},
      {Op::kNotEqual, {}, nullptr, nullptr, kEqual},
      {Op::kGreater, {}, nullptr, nullptr, kGreater},
      {Op::kGreaterEqual, {}, nullptr, nullptr, kOrder},
      {Op::kLess, {}, nullptr, nullptr, kOrder},
      {Op::kLessEqual, {}, nullptr, nullptr, kOrder},
      {Op::kLogicalAnd, {}, nullptr, nullptr, kLogicalBinary},
      {Op::kLogicalOr, {}, nullptr, nullptr, kLogicalBinary},
      {Op::kLogicalNot, {}, nullptr, nullptr, kLogicalNot},

      {Op::kAbs, {}, nullptr, nullptr, kAbs},
      {Op::kSin, {}, nullptr, nullptr, kUnaryFloat},
      {Op::kCos, {}, nullptr, nullptr, kUnaryFloat},
      {Op::kLog, {}, nullptr, nullptr, kUnaryFloat},
      {Op::kSqrt, {}, nullptr, nullptr, kUnaryFloat},
      {Op::kSquare, {}, nullptr, nullptr, kUnaryFloat},
      {Op::kRsqrt, {}, nullptr, nullptr, kRsqrt},
      {Op::kNeg, {}, nullptr, nullptr, kNeg},
      {Op::kFloor, {}, nullptr, nullptr, kFloor},
      {Op::kCeil, {}, nullptr, nullptr, kSameShapeFloat},
      {Op::kRound, {}, nullptr, nullptr, kSameShapeFloat},
      {Op::kExp, {}, nullptr, nullptr, kSameShapeFloat},

      {Op::kElu, {}, nullptr, nullptr, kElu},
      {Op::kRelu, {}, nullptr, nullptr, kRelu},
      {Op::kRelu6, {}, nullptr, nullptr, kRelu6},
      {Op::kLeakyRelu, {}, &kTfLiteLeakyReluParams, nullptr, kLeakyRelu},
      {Op::kPrelu, {}, nullptr, nullptr, kPrelu},
      {Op::kHardSwish, {}, nullptr, nullptr, kHardSwish},
      {Op::kLogistic, {}, nullptr, nullptr, kLogistic},
      {Op::kTanh, {}, nullptr, nullptr, kTanh},

      {Op::kQuantize, {}, nullptr, nullptr, kQuantize},
      {Op::kDequantize, {}, nullptr, nullptr, kDequantize},
      {Op::kCast, {}, &kTfLiteCastParams, ParseCast, kCast},
      {Op::kSelectV2, {}, nullptr, nullptr, kSelectV2},
      {Op::kZerosLike, {}, nullptr, nullptr, kZerosLike},
      {Op::kFill, {}, nullptr, nullptr, kFill},
      {Op::kCumsum, {}, &kTfLiteCumsumParams, nullptr, kCumsum},
  };
  return kTable;
}

}  // namespace tinyml::runtime::reference
