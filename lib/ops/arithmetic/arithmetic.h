// Kernels that work element by element.
#ifndef TINYML_OPS_ARITHMETIC_ARITHMETIC_H_
#define TINYML_OPS_ARITHMETIC_ARITHMETIC_H_

#include "ops/kernel.h"

namespace tinyml::ops {

// Two inputs.
Result<Invocation> PrepareAdd(OpContext& op);
Result<Invocation> PrepareSub(OpContext& op);
Result<Invocation> PrepareMul(OpContext& op);
Result<Invocation> PrepareDiv(OpContext& op);
Result<Invocation> PrepareFloorDiv(OpContext& op);
Result<Invocation> PrepareFloorMod(OpContext& op);
Result<Invocation> PrepareSquaredDifference(OpContext& op);
Result<Invocation> PrepareMaximumMinimum(OpContext& op);
Result<Invocation> PrepareComparison(OpContext& op);  // EQUAL, LESS, ...
Result<Invocation> PrepareLogicalAndOr(OpContext& op);
Result<Invocation> PreparePrelu(OpContext& op);

// One input.
Result<Invocation> PrepareFloatFunction(OpContext& op);  // SIN, FLOOR, ...
Result<Invocation> PrepareLogicalNot(OpContext& op);
Result<Invocation> PrepareAbs(OpContext& op);
Result<Invocation> PrepareRsqrt(OpContext& op);
Result<Invocation> PrepareElu(OpContext& op);
Result<Invocation> PrepareRelu(OpContext& op);
Result<Invocation> PrepareRelu6(OpContext& op);
Result<Invocation> PrepareLeakyRelu(OpContext& op);
Result<Invocation> PrepareHardSwish(OpContext& op);
Result<Invocation> PrepareLogistic(OpContext& op);
Result<Invocation> PrepareTanh(OpContext& op);
Result<Invocation> PrepareQuantize(OpContext& op);
Result<Invocation> PrepareDequantize(OpContext& op);
Result<Invocation> PrepareCast(OpContext& op);

// Others.
Result<Invocation> PrepareAddN(OpContext& op);
Result<Invocation> PrepareCumsum(OpContext& op);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_ARITHMETIC_ARITHMETIC_H_
