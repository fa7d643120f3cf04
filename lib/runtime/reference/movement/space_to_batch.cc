// SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{space_to_batch_nd,batch_to_space_nd}.cc.
#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime {
namespace {

// lite/kernels/internal/types.h, SpaceToBatchParams.
inline constexpr Field kSpaceToBatchParamsFields[] = {Int32()};
inline constexpr StructDef kSpaceToBatchParams = {"SpaceToBatchParams",
                                                  kSpaceToBatchParamsFields};

// The Prepare that both kernels share.
Status Prepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 3, 1));
  const RuntimeTensor* input = context.TempInput(0);
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  for (const RuntimeTensor* tensor : {input, output}) {
    TINYML_ENSURE(context, tensor->Rank() == 3 || tensor->Rank() == 4,
                  tensor->Describe() + " is not of rank 3 or 4");
  }
  TINYML_RETURN_IF_ERROR(CheckSameType(context, *input, *output));
  if (!RunsType(context, *input,
                {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16},
                context.Has(Change::kAmbiqInt16Kernels))) {
    return {};
  }
  if (input->Rank() != output->Rank()) {
    return AbortsAtInvoke(context, "input " + input->Describe() +
                                       " and output " + output->Describe() +
                                       " differ in rank");
  }
  return {};
}

}  // namespace

const OperatorKernel reference::kSpaceToBatchNd = {
    .init = InitWith<kSpaceToBatchParams>, .prepare = Prepare};
const OperatorKernel reference::kBatchToSpaceNd = {.prepare = Prepare};

}  // namespace tinyml::runtime
