// AVERAGE_POOL_2D, MAX_POOL_2D and L2_POOL_2D. Source: tflite-micro
// 90b983c2b3f1, micro/kernels/{pooling,pooling_common,l2_pool_2d}.cc.
#include "runtime/reference/layers/pooling.h"

#include <cmath>

#include "base/macros.h"
#include "ops/window.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/layers/layer_checks.h"

namespace tinyml::runtime {
namespace {

// Prepare ignores the status that the activation check returns.
Status WarnOfPoolingActivation(KernelContext& context,
                               const RuntimeTensor& output) {
  const auto& options = context.Options<Pool2DOptions>();
  if (!CheckActivationRangeQuantized(context, options.fused_activation_function,
                                     output)) {
    context.Warn("output " + output.Describe() +
                 " has no range for the fused activation; the results are "
                 "undefined");
  }
  return {};
}

Status Prepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckPooling(context));
  return CheckPoolingInvoke(context);
}

Status L2Prepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  TINYML_ENSURE(context, input->Rank() == 4 && output->Rank() == 4,
                "input " + input->Describe() + " and output " +
                    output->Describe() + " should have rank 4");
  TINYML_ENSURE(context,
                input->type == TensorType::kFloat32 &&
                    output->type == TensorType::kFloat32,
                "it takes float32 only: input " + input->Describe() +
                    ", output " + output->Describe());

  const auto& options = context.Options<Pool2DOptions>();
  const WindowAxis height = {input->Dim(1), options.filter_height,
                             options.stride_h};
  const WindowAxis width = {input->Dim(2), options.filter_width,
                            options.stride_w};
  // The computed shape overwrites that in the file.
  context.RelocateDims(0) = {
      input->Dim(0), WindowOutput(options.padding, height),
      WindowOutput(options.padding, width), input->Dim(3)};
  return {};
}

}  // namespace

Status CheckPooling(KernelContext& context) {
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  if (input->type == TensorType::kFloat32) return {};
  if (input->type != TensorType::kInt8 && !context.Has(Change::kPoolingInt16)) {
    RunsType(context, *input, {TensorType::kFloat32, TensorType::kInt8});
    return {};
  }
  TINYML_ENSURE(context, IsInt8OrInt16(*input),
                "input " + input->Describe() +
                    " has a type other than float32, int8 and int16");
  if (!context.Has(Change::kPoolingSameQuantization)) {
    return WarnOfPoolingActivation(context, *output);
  }
  const auto difference =
      static_cast<double>(std::abs(input->scale - output->scale));
  TINYML_ENSURE(context, difference <= 1.0e-6,
                "input " + input->Describe() + " and output " +
                    output->Describe() + " differ in scale");
  TINYML_ENSURE(context, input->zero_point == output->zero_point,
                "input " + input->Describe() + " and output " +
                    output->Describe() + " differ in zero point");
  return WarnOfPoolingActivation(context, *output);
}

Status CheckPoolingInvoke(KernelContext& context) {
  const RuntimeTensor& input = *context.Input(0);
  const RuntimeTensor& output = *context.Output(0);
  TINYML_RETURN_IF_ERROR(AssertRank4(context, {&input, &output}));
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, input, 0, output, 0));
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, input, 3, output, 3));
  WarnMixedTypes(context, input, output);
  return {};
}

const OperatorKernel reference::kAveragePool2D = {
    .builtin_data = &kTfLitePoolParams,
    .init = InitWith<kOpDataPooling>,
    .prepare = Prepare};
const OperatorKernel reference::kMaxPool2D = {
    .builtin_data = &kTfLitePoolParams,
    .init = InitWith<kOpDataPooling>,
    .prepare = Prepare};
const OperatorKernel reference::kL2Pool2D = {.builtin_data = &kTfLitePoolParams,
                                             .prepare = L2Prepare};

}  // namespace tinyml::runtime
