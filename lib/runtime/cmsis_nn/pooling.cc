// AVERAGE_POOL_2D and MAX_POOL_2D on CMSIS-NN. Source: tflite-micro
// 90b983c2b3f1, micro/kernels/cmsis_nn/pooling.cc; what Invoke asserts is from
// CMSIS-NN 4ab83cc3cc98, Source/PoolingFunctions/arm_avgpool_s8.c.
#include "runtime/reference/layers/pooling.h"

#include "base/macros.h"
#include "ops/window.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/cmsis_nn/buffer_sizes.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/layers/layer_checks.h"

namespace tinyml::runtime::cmsis_nn {
namespace {

inline constexpr Field kOpDataFields[] = {Struct(kOpDataPooling), Int32()};
inline constexpr StructDef kOpData = {"OpData (pooling)", kOpDataFields};
// With Change::kInfineonKernelData: what the binary asks for.
inline constexpr Field kInfineonOpDataFields[] = {Struct(kOpData), Pointer()};
inline constexpr StructDef kInfineonOpData = {"OpData (pooling)",
                                              kInfineonOpDataFields};

// Without Change::kKernelsOf2022: no bounds of floats.
inline constexpr Field kOpDataOf2020Fields[] = {Struct(kTfLitePaddingValues),
                                                Int32(), Int32(2)};
inline constexpr StructDef kOpDataOf2020 = {"OpData (pooling)",
                                            kOpDataOf2020Fields};

Status Init(KernelContext& context) {
  if (!context.Has(Change::kKernelsOf2022)) {
    return InitWith<kOpDataOf2020>(context);
  }
  return InitWith<kInfineonOpData, Change::kInfineonKernelData, kOpData>(
      context);
}

// Without Change::kKernelsOf2022. Source: tinyMLx/arduino-library 6b54b97,
// micro/kernels/cmsis-nn/pooling.cpp, CalculateOpData.
Status PrepareOf2020(KernelContext& context) {
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  if (input->type == TensorType::kFloat32) return {};
  return CheckActivationRangeQuantized(
      context, context.Options<Pool2DOptions>().fused_activation_function,
      *output);
}

Status RequestAverageBuffer(KernelContext& context, const RuntimeTensor& input,
                            const RuntimeTensor& output) {
  TINYML_RETURN_IF_ERROR(CheckRank(context, input, "input", 4));
  TINYML_RETURN_IF_ERROR(CheckRank(context, output, "output", 4));
  TINYML_ENSURE(context, input.Dim(3) == output.Dim(3),
                "input " + input.Describe() + " and output " +
                    output.Describe() + " differ in channels");
  return RequestScratch(
      context, AveragePoolBufferBytes(input.Dim(3), context.target().kernels));
}

Status PrepareMax(KernelContext& context) {
  return context.Has(Change::kKernelsOf2022)
             ? reference::kMaxPool2D.prepare(context)
             : PrepareOf2020(context);
}

// Whether the window of the last output still covers some input. Where not, an
// average has nothing to divide by.
bool CoversInput(const WindowAxis& axis, int32_t padding, int32_t output) {
  const int64_t begin = (int64_t{output} - 1) * axis.stride - padding;
  return axis.filter > 0 && begin < axis.input;
}

Status CheckAverageInvoke(KernelContext& context, const RuntimeTensor& input,
                          const RuntimeTensor& output) {
  const auto& options = context.Options<Pool2DOptions>();
  const WindowAxis height = {input.Dim(1), options.filter_height,
                             options.stride_h};
  const WindowAxis width = {input.Dim(2), options.filter_width,
                            options.stride_w};
  const PaddingValues padding = WindowPadding(options.padding, height, width);
  TINYML_ENSURE_AT_INVOKE(
      context,
      CoversInput(height, padding.height, output.Dim(1)) &&
          CoversInput(width, padding.width, output.Dim(2)),
      "output " + output.Describe() +
          " has positions whose window lies outside of input " +
          input.Describe());
  return {};
}

Status PrepareAverage(KernelContext& context) {
  if (!context.Has(Change::kKernelsOf2022)) {
    TINYML_RETURN_IF_ERROR(PrepareOf2020(context));
    const RuntimeTensor& input = *context.Input(0);
    if (input.type != TensorType::kInt8) return {};
    return RequestAverageBuffer(context, input, *context.Output(0));
  }
  TINYML_RETURN_IF_ERROR(CheckPooling(context));
  const RuntimeTensor& input = *context.TempInput(0);
  const RuntimeTensor& output = *context.TempOutput(0);
  if (input.type == TensorType::kFloat32) return CheckPoolingInvoke(context);
  if (input.type != TensorType::kInt8 && !context.Has(Change::kPoolingInt16)) {
    return {};
  }
  TINYML_RETURN_IF_ERROR(RequestAverageBuffer(context, input, output));
  TINYML_RETURN_IF_ERROR(CheckPoolingInvoke(context));
  return CheckAverageInvoke(context, input, output);
}

}  // namespace

const Kernel kAveragePool2D = {.init = Init, .prepare = PrepareAverage};
const Kernel kMaxPool2D = {.init = Init, .prepare = PrepareMax};

}  // namespace tinyml::runtime::cmsis_nn
