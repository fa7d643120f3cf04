// What CONV_2D and DEPTHWISE_CONV_2D on ESP-NN have in common. Source:
// esp-tflite-micro 99f49e1498b0, micro/kernels/esp_nn/{conv,depthwise_conv}.cc;
// lite/kernels/padding.h, which is older there than in tflite-micro.
#ifndef TINYML_RUNTIME_ESP_NN_CONVOLUTION_H_
#define TINYML_RUNTIME_ESP_NN_CONVOLUTION_H_

#include <algorithm>

#include "base/macros.h"
#include "ops/window.h"
#include "runtime/esp_nn/scratch_sizes.h"
#include "runtime/reference/layers/convolution.h"
#include "runtime/reference/layers/layer_checks.h"

namespace tinyml::runtime::esp_nn {

inline constexpr Field kNodeDataFields[] = {Struct(kOpDataConv), Int32()};
inline constexpr StructDef kNodeData = {"NodeData (convolution)",
                                        kNodeDataFields};

// ComputePaddingHeightWidth for one axis: no argument is refused, and a window
// larger than its input may get padding even if VALID.
inline int32_t PaddingBefore(Padding padding, const WindowAxis& axis) {
  const int64_t filter = (int64_t{axis.filter} - 1) * axis.dilation + 1;
  int64_t output = 0;
  if (axis.stride != 0) {
    const int64_t reach = padding == Padding::kSame ? axis.stride - int64_t{1}
                                                    : axis.stride - filter;
    output = (axis.input + reach) / axis.stride;
  }
  const int64_t total = (output - 1) * axis.stride + filter - axis.input;
  return static_cast<int32_t>(std::max<int64_t>(total, 0) / 2);
}

// Conv2DOptions or DepthwiseConv2DOptions. A dimension that does not fit is cut
// to 16 bits, as in ESP-NN.
template <typename Options>
ConvShape MakeShape(const Options& options, const ConvTensors& tensors) {
  const auto& [input, filter, output] = tensors;
  const auto cut = [](int32_t value) { return static_cast<uint16_t>(value); };
  ConvShape shape;
  shape.input_width = cut(input.Dim(2));
  shape.input_height = cut(input.Dim(1));
  shape.input_channels = cut(input.Dim(3));
  shape.filter_width = cut(filter.Dim(2));
  shape.filter_height = cut(filter.Dim(1));
  shape.output_width = output.Dim(2);
  shape.output_height = output.Dim(1);
  shape.output_channels = cut(output.Dim(3));
  shape.stride_width = cut(options.stride_w);
  shape.stride_height = cut(options.stride_h);
  shape.padding_width = cut(PaddingBefore(
      options.padding, {input.Dim(2), filter.Dim(2), options.stride_w,
                        options.dilation_w_factor}));
  shape.padding_height = cut(PaddingBefore(
      options.padding, {input.Dim(1), filter.Dim(1), options.stride_h,
                        options.dilation_h_factor}));
  return shape;
}

// Whether Invoke runs ESP-NN's code and not the reference kernel.
template <typename Options>
bool RunsEspNn(const Options& options, const ConvTensors& tensors) {
  return tensors.input.type == TensorType::kInt8 &&
         tensors.filter.type == TensorType::kInt8 &&
         options.dilation_w_factor == 1 && options.dilation_h_factor == 1;
}

// EvalQuantizedPerChannel reads the bias without checking that it exists.
inline Status CheckBias(KernelContext& context, int32_t channels) {
  const RuntimeTensor* bias = context.Input(2);
  TINYML_ENSURE_AT_INVOKE(context, bias != nullptr,
                          "the ESP-NN kernel needs a bias");
  return AssertBiasSize(context, bias, channels);
}

inline Status RequestScratch(KernelContext& context, int32_t bytes) {
  return bytes > 0 ? context.Scratch(bytes) : Status();
}

}  // namespace tinyml::runtime::esp_nn

#endif  // TINYML_RUNTIME_ESP_NN_CONVOLUTION_H_
