// AVERAGE_POOL_2D and MAX_POOL_2D on CMSIS-NN. Source: tflite-micro
// 90b983c2b3f1, micro/kernels/cmsis_nn/pooling.cc; what Invoke asserts is from
// CMSIS-NN 4ab83cc3cc98, Source/PoolingFunctions/arm_avgpool_s8.c.
#include "runtime/reference/layers/pooling.h"

#include "base/macros.h"
#include "ops/window.h"
#include "runtime/cmsis_nn/buffer_sizes.h"
#include "runtime/kernels/kernel.h"
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

constexpr KernelStep kInit =
    InitWith<kInfineonOpData, Change::kInfineonKernelData, kOpData>;

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
  TINYML_RETURN_IF_ERROR(CheckPooling(context));
  const RuntimeTensor& input = *context.TempInput(0);
  const RuntimeTensor& output = *context.TempOutput(0);
  if (input.type == TensorType::kFloat32) return CheckPoolingInvoke(context);
  if (input.type != TensorType::kInt8 && !context.Has(Change::kPoolingInt16)) {
    return {};
  }
  TINYML_RETURN_IF_ERROR(CheckRank(context, input, "input", 4));
  TINYML_RETURN_IF_ERROR(CheckRank(context, output, "output", 4));
  TINYML_ENSURE(context, input.Dim(3) == output.Dim(3),
                "input " + input.Describe() + " and output " +
                    output.Describe() + " differ in channels");
  TINYML_RETURN_IF_ERROR(RequestScratch(
      context, AveragePoolBufferBytes(input.Dim(3), context.target().kernels)));
  TINYML_RETURN_IF_ERROR(CheckPoolingInvoke(context));
  return CheckAverageInvoke(context, input, output);
}

}  // namespace

const Kernel kAveragePool2D = {.init = kInit, .prepare = PrepareAverage};
const Kernel kMaxPool2D = {.init = kInit};

}  // namespace tinyml::runtime::cmsis_nn
