// RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR. Source: tflite-micro
// 90b983c2b3f1, micro/kernels/{resize_bilinear,resize_nearest_neighbor}.cc.
#include <string>

#include "base/macros.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

struct ResizeTensors {
  const RuntimeTensor* input = nullptr;
  const RuntimeTensor* size = nullptr;
  const RuntimeTensor* output = nullptr;
};

Result<ResizeTensors> PrepareResize(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const auto operands,
                          TakeOperands(context, {"input", "size"}, {"output"}));
  const auto [input, size, output] = operands;
  TINYML_RETURN_IF_ERROR(CheckRank(context, *input, "input", 4));
  TINYML_RETURN_IF_ERROR(CheckRank(context, *size, "size", 1));
  TINYML_RETURN_IF_ERROR(
      CheckType(context, *size, "size", {TensorType::kInt32}));
  TINYML_RETURN_IF_ERROR(CheckConstant(context, *size, "size"));
  return ResizeTensors{input, size, output};
}

// Upstream checks none of this before Invoke, and the last not even then.
Status CheckResizeEval(KernelContext& context, const ResizeTensors& tensors) {
  const RuntimeTensor& input = *tensors.input;
  const RuntimeTensor& output = *tensors.output;
  WarnMixedTypes(context, input, output);
  const auto size = tensors.size->DataAs<int32_t>();
  if (size.size() != 2) {
    return AbortsAtInvoke(
        context, "size " + tensors.size->Describe() + " is not of 2 elements");
  }
  if (output.Rank() != 4) {
    // The kernels extend a shorter one with leading ones.
    context.Warn("output " + output.Describe() + " is not of rank 4");
  } else if (output.Dim(0) != input.Dim(0) || output.Dim(3) != input.Dim(3)) {
    return AbortsAtInvoke(context, "input " + input.Describe() +
                                       " and output " + output.Describe() +
                                       " differ in batch or channels");
  } else if (size[0] != output.Dim(1) || size[1] != output.Dim(2)) {
    context.Warn("output " + output.Describe() + " does not have the size " +
                 std::to_string(size[0]) + " x " + std::to_string(size[1]) +
                 " asked for, which the kernel does not check");
  }
  return {};
}

Status BilinearPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const ResizeTensors tensors, PrepareResize(context));
  const auto& options = context.Options<ResizeBilinearOptions>();
  TINYML_ENSURE(context, !options.half_pixel_centers || !options.align_corners,
                "its options half_pixel_centers and align_corners are both on");
  if (!RunsType(context, *tensors.output,
                {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16},
                context.Has(Change::kAmbiqInt16Kernels))) {
    return {};
  }
  return CheckResizeEval(context, tensors);
}

Status NearestNeighborPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const ResizeTensors tensors, PrepareResize(context));
  TINYML_ENSURE(context, tensors.size->Dim(0) == 2,
                "size " + tensors.size->Describe() + " is not of 2 elements");
  if (!RunsType(
          context, *tensors.output,
          {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16})) {
    return {};
  }
  return CheckResizeEval(context, tensors);
}

}  // namespace

const OperatorKernel reference::kResizeBilinear = {
    .builtin_data = &kTfLiteResizeBilinearParams, .prepare = BilinearPrepare};
const OperatorKernel reference::kResizeNearestNeighbor = {
    .builtin_data = &kTfLiteResizeNearestNeighborParams,
    .prepare = NearestNeighborPrepare};

}  // namespace tinyml::runtime
