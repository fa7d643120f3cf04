// The kernels of operators that work element by element, for their table.
#ifndef TINYML_RUNTIME_REFERENCE_ARITHMETIC_ARITHMETIC_KERNELS_H_
#define TINYML_RUNTIME_REFERENCE_ARITHMETIC_ARITHMETIC_KERNELS_H_

#include "runtime/kernels/kernel.h"

namespace tinyml::runtime {

// Upstream's MAXIMUM and MINIMUM prepare nothing; what they assert at Invoke.
Status MaximumMinimumPrepare(KernelContext& context);

namespace reference {

// binary.cc
extern const Kernel kSub;
extern const Kernel kDiv;
extern const Kernel kFloorDiv;
extern const Kernel kFloorMod;
extern const Kernel kSquaredDifference;

// comparisons.cc
extern const Kernel kEqual;
extern const Kernel kOrder;  // GREATER, LESS and their kind.
extern const Kernel kGreater;
extern const Kernel kLogicalBinary;
extern const Kernel kMaximumMinimum;

// sums.cc
extern const Kernel kAddN;
extern const Kernel kCumsum;

// elementwise.cc
extern const Kernel kAbs;
extern const Kernel kRsqrt;
extern const Kernel kUnaryFloat;  // SIN, COS, LOG, SQRT, SQUARE.
extern const Kernel kLogicalNot;
extern const Kernel kNeg;
extern const Kernel kFloor;
extern const Kernel kSameShapeFloat;  // CEIL, ROUND, EXP.

// activations.cc
extern const Kernel kElu;
extern const Kernel kRelu;
extern const Kernel kRelu6;
extern const Kernel kLeakyRelu;
extern const Kernel kPrelu;
extern const Kernel kHardSwish;

// sigmoid.cc
extern const Kernel kLogistic;
extern const Kernel kTanh;

// conversions.cc
extern const Kernel kQuantize;
extern const Kernel kDequantize;
extern const Kernel kCast;
Status ParseCast(KernelContext& context);

// choice.cc
extern const Kernel kSelectV2;
extern const Kernel kZerosLike;
extern const Kernel kFill;

}  // namespace reference
}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REFERENCE_ARITHMETIC_ARITHMETIC_KERNELS_H_
