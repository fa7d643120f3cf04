// The shapes of convolutions, as passed to CMSIS-NN.
#ifndef TINYML_RUNTIME_CMSIS_NN_CONV_SHAPE_H_
#define TINYML_RUNTIME_CMSIS_NN_CONV_SHAPE_H_

#include "base/macros.h"
#include "ops/window.h"
#include "runtime/cmsis_nn/buffer_sizes.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/layers/convolution.h"

namespace tinyml::runtime::cmsis_nn {

inline Dims DimsOf(const RuntimeTensor& tensor) {
  return {tensor.Dim(0), tensor.Dim(1), tensor.Dim(2), tensor.Dim(3)};
}

// Without an options table the runtime has zeros, not the format's defaults.
template <typename Options>
Tile DilationOf(const KernelContext& context) {
  const auto* options = context.op().options.template As<Options>();
  if (options == nullptr) return {};
  return {options->dilation_h_factor, options->dilation_w_factor};
}

// The shape of a CONV_2D or DEPTHWISE_CONV_2D whose filter has `channels` in
// its last dimension.
template <typename Options>
ConvShape ConvShapeOf(const KernelContext& context, const ConvTensors& tensors,
                      int32_t channels) {
  const auto& [input, filter, output] = tensors;
  const auto& options = context.Options<Options>();
  const PaddingValues padding =
      WindowPadding(options.padding,
                    {input.Dim(1), filter.Dim(1), options.stride_h,
                     options.dilation_h_factor},
                    {input.Dim(2), filter.Dim(2), options.stride_w,
                     options.dilation_w_factor});
  return {.input = DimsOf(input),
          .filter = {1, filter.Dim(1), filter.Dim(2), channels},
          .output = DimsOf(output),
          .stride = {options.stride_h, options.stride_w},
          .dilation = DilationOf<Options>(context),
          .padding = {padding.height, padding.width}};
}

// What Prepare checks of the ranks and the batch size.
inline Status CheckRanksAndBatch(const KernelContext& context,
                                 const ConvTensors& tensors) {
  const auto& [input, filter, output] = tensors;
  TINYML_RETURN_IF_ERROR(CheckRank(context, input, "input", 4));
  TINYML_RETURN_IF_ERROR(CheckRank(context, filter, "filter", 4));
  TINYML_RETURN_IF_ERROR(CheckRank(context, output, "output", 4));
  return CheckBatchSize(context, input, output);
}

}  // namespace tinyml::runtime::cmsis_nn

#endif  // TINYML_RUNTIME_CMSIS_NN_CONV_SHAPE_H_
