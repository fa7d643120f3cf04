#include "ops/arithmetic/arithmetic.h"
#include "ops/kernel_tables.h"

namespace tinyml::ops {

std::span<const KernelEntry> ArithmeticKernels() {
  using Op = BuiltinOperator;
  static constexpr KernelEntry kKernels[] = {
      {Op::kAdd, "", PrepareAdd},
      {Op::kSub, "", PrepareSub},
      {Op::kMul, "", PrepareMul},
      {Op::kDiv, "", PrepareDiv},
      {Op::kAddN, "", PrepareAddN},
      {Op::kFloorDiv, "", PrepareFloorDiv},
      {Op::kFloorMod, "", PrepareFloorMod},
      {Op::kSquaredDifference, "", PrepareSquaredDifference},
      {Op::kMaximum, "", PrepareMaximumMinimum},
      {Op::kMinimum, "", PrepareMaximumMinimum},

      {Op::kEqual, "", PrepareComparison},
      {Op::kNotEqual, "", PrepareComparison},
      {Op::kGreater, "", PrepareComparison},
      {Op::kGreaterEqual, "", PrepareComparison},
      {Op::kLess, "", PrepareComparison},
      {Op::kLessEqual, "", PrepareComparison},
      {Op::kLogicalAnd, "", PrepareLogicalAndOr},
      {Op::kLogicalOr, "", PrepareLogicalAndOr},
      {Op::kLogicalNot, "", PrepareLogicalNot},

      {Op::kAbs, "", PrepareAbs},
      {Op::kRsqrt, "", PrepareRsqrt},
      {Op::kSin, "", PrepareFloatFunction},
      {Op::kCos, "", PrepareFloatFunction},
      {Op::kLog, "", PrepareFloatFunction},
      {Op::kSqrt, "", PrepareFloatFunction},
      {Op::kSquare, "", PrepareFloatFunction},
      {Op::kNeg, "", PrepareFloatFunction},
      {Op::kFloor, "", PrepareFloatFunction},
      {Op::kCeil, "", PrepareFloatFunction},
      {Op::kRound, "", PrepareFloatFunction},
      {Op::kExp, "", PrepareFloatFunction},

      {Op::kElu, "", PrepareElu},
      {Op::kRelu, "", PrepareRelu},
      {Op::kRelu6, "", PrepareRelu6},
      {Op::kLeakyRelu, "", PrepareLeakyRelu},
      {Op::kPrelu, "", PreparePrelu},
      {Op::kHardSwish, "", PrepareHardSwish},
      {Op::kLogistic, "", PrepareLogistic},
      {Op::kTanh, "", PrepareTanh},

      {Op::kQuantize, "", PrepareQuantize},
      {Op::kDequantize, "", PrepareDequantize},
      {Op::kCast, "", PrepareCast},
      {Op::kCumsum, "", PrepareCumsum},
  };
  return kKernels;
}

}  // namespace tinyml::ops
