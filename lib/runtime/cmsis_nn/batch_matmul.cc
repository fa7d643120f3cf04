// BATCH_MATMUL on CMSIS-NN. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/cmsis_nn/batch_matmul.cc.
#include "runtime/reference/sequence/batch_matmul.h"

#include "base/macros.h"
#include "runtime/cmsis_nn/buffer_sizes.h"
#include "runtime/kernels/kernel.h"

namespace tinyml::runtime::cmsis_nn {
namespace {

// cmsis_nn_dims
inline constexpr Field kDimsFields[] = {Int32(4)};
inline constexpr StructDef kDims = {"cmsis_nn_dims", kDimsFields};
inline constexpr Field kOpDataFields[] = {Struct(kOpDataBatchMatmul),
                                          Struct(kDims), Int32()};
inline constexpr StructDef kOpData = {"OpData (BATCH_MATMUL)", kOpDataFields};

Status Prepare(KernelContext& context) {
  MatMulTensors tensors;
  TINYML_RETURN_IF_ERROR(TakeMatMulTensors(context, 4, &tensors));
  TINYML_RETURN_IF_ERROR(CheckMatMulShapes(context, tensors));
  AllocateTransposed(context, tensors);
  TINYML_RETURN_IF_ERROR(ReshapeMatMulOutput(context, tensors));
  if (tensors.lhs->type == TensorType::kFloat32) return {};
  context.Persistent(kQuantizationOpDataBatchMatmul);
  TINYML_RETURN_IF_ERROR(CheckMatMulQuantization(context, tensors));
  if (tensors.lhs->type != TensorType::kInt8) return {};
  const RuntimeTensor& output = *tensors.output;
  return RequestScratch(
      context, FullyConnectedS8BufferBytes(output.Dim(output.Rank() - 1),
                                           context.target().kernels));
}

}  // namespace

const Kernel kBatchMatmul = {.init = InitWith<kOpData>, .prepare = Prepare};

}  // namespace tinyml::runtime::cmsis_nn
