// BATCH_MATMUL: what the overlay shares with the reference kernel.
#ifndef TINYML_RUNTIME_REFERENCE_SEQUENCE_BATCH_MATMUL_H_
#define TINYML_RUNTIME_REFERENCE_SEQUENCE_BATCH_MATMUL_H_

#include "runtime/abi/abi.h"
#include "runtime/kernels/kernel_context.h"
#include "tinyml/status.h"

namespace tinyml::runtime {

// micro/kernels/batch_matmul.h, QuantizationOpDataBatchMatmul.
inline constexpr Field kQuantizationOpDataBatchMatmulFields[] = {
    Int32(2), Int32(2), Int32(3)};
inline constexpr StructDef kQuantizationOpDataBatchMatmul = {
    "QuantizationOpDataBatchMatmul", kQuantizationOpDataBatchMatmulFields};

// micro/kernels/batch_matmul.h, OpDataBatchMatmul.
inline constexpr Field kOpDataBatchMatmulFields[] = {Pointer(), Pointer(2),
                                                     Bool(3)};
inline constexpr StructDef kOpDataBatchMatmul = {"OpDataBatchMatmul",
                                                 kOpDataBatchMatmulFields};

struct MatMulTensors {
  const RuntimeTensor* lhs = nullptr;
  const RuntimeTensor* rhs = nullptr;
  const RuntimeTensor* output = nullptr;
};

// Takes the temporary tensors and refuses types other than float32, int8 and
// int16, all three the same, and ranks outside 2 to `max_rank`.
Status TakeMatMulTensors(KernelContext& context, int max_rank,
                         MatMulTensors* tensors);

// Requests the transposed operands. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/batch_matmul.cc, AllocInitTransposeTensorFromTfLiteTensor.
void AllocateTransposed(KernelContext& context, const MatMulTensors& tensors);

// Refuses scales without a product, and int16 zero points other than 0.
Status CheckMatMulQuantization(KernelContext& context,
                               const MatMulTensors& tensors);

// Refuses operands whose shapes do not match.
Status CheckMatMulShapes(const KernelContext& context,
                         const MatMulTensors& tensors);

// Overwrites the output's shape. Requires that CheckMatMulShapes passed.
// Source: micro/kernels/batch_matmul_common.cc, ReshapeOutputTensor.
Status ReshapeMatMulOutput(KernelContext& context,
                           const MatMulTensors& tensors);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REFERENCE_SEQUENCE_BATCH_MATMUL_H_
