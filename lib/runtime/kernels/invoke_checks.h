// What can be known before Invoke about how it will end.
//
// Many kernels check little or nothing while they prepare. An error that a
// kernel returns from Invoke leaves the arena as it is: a warning. A failed
// assertion ends the program, so a model that is certain to hit one is no more
// use than a refused one.
//
// Source of the checks: tflite-micro 90b983c2b3f1, lite/kernels/internal/
// (runtime_shape.h, types.h, reference/broadcast_loop.h).
#ifndef TINYML_RUNTIME_KERNELS_INVOKE_CHECKS_H_
#define TINYML_RUNTIME_KERNELS_INVOKE_CHECKS_H_

#include <initializer_list>
#include <string_view>

#include "runtime/kernels/kernel_context.h"
#include "runtime/kernels/operands.h"
#include "tinyml/status.h"

namespace tinyml::runtime {

using TensorList = std::initializer_list<const RuntimeTensor*>;

// The kernel aborts whenever it runs. Refuses, but only warns
// - outside the first subgraph, where it may never run, and
// - with a library whose golden figures were measured without Invoke.
Status AbortsAtInvoke(KernelContext& context, std::string_view reason);

// The kernel returns an error whenever it runs: warns.
void FailsAtInvoke(KernelContext& context, std::string_view reason);

// Returns whether the type of `tensor` is one of `types`; warns if it is not.
// int16 is none of them if the target's revision does not yet take it.
bool RunsType(KernelContext& context, const RuntimeTensor& tensor,
              std::initializer_list<TensorType> types, bool takes_int16 = true);

// The input of a kernel that switches on its type and then assumes that both
// shapes are equal. int16 counts as one of `types` only if the revision
// `takes_int16`.
Status CheckUnaryEval(KernelContext& context, const UnaryOperands& operands,
                      std::initializer_list<TensorType> types,
                      bool takes_int16 = true);

// Two inputs and the output of a kernel without Prepare, as Eval finds them.
Status CheckBinaryPresent(KernelContext& context);

// Warns of an output that is smaller than the input, whose size the kernel
// uses.
void WarnSmallOutput(KernelContext& context, const UnaryOperands& operands);

// Warns of inputs that the kernel reads as a type other than their own.
void WarnMixedTypes(KernelContext& context, const RuntimeTensor& a,
                    const RuntimeTensor& b);

// The kernel makes a RuntimeShape of each: 6 dimensions at most.
Status CheckShapeRanks(KernelContext& context, TensorList tensors);

// MatchingFlatSize: equal shapes.
Status CheckEqualShapes(KernelContext& context, TensorList tensors);

// MatchingExtendedShapeFlatSize: equal except for leading ones.
bool SameExtendedShape(const RuntimeTensor& a, const RuntimeTensor& b);
Status CheckEqualExtendedShapes(KernelContext& context, TensorList tensors);

// MatchingElementsSize: the same number of elements.
Status CheckEqualElements(KernelContext& context, TensorList tensors);

// BroadcastBinaryOpSimple.
Status CheckBroadcast(KernelContext& context, const BinaryOperands& operands);

// A zero point within [low, high].
Status CheckZeroPointRange(KernelContext& context, const RuntimeTensor& tensor,
                           int32_t low, int32_t high);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_KERNELS_INVOKE_CHECKS_H_
