// How much scratch memory ESP-NN's kernels ask for. Source: ESP-NN
// d45b843ca5f8, src/convolution and src/softmax, the functions named
// esp_nn_get_..._scratch_size_...
//
// ESP-NN keeps dimensions in uint16_t and sizes in int; so do these.
#ifndef TINYML_RUNTIME_ESP_NN_SCRATCH_SIZES_H_
#define TINYML_RUNTIME_ESP_NN_SCRATCH_SIZES_H_

#include <cstdint>

#include "runtime/targets/target.h"

namespace tinyml::runtime::esp_nn {

// What a convolution's size depends on, as the kernels of esp-tflite-micro pass
// it on.
struct ConvShape {
  uint16_t input_width = 0;
  uint16_t input_height = 0;
  uint16_t input_channels = 0;
  uint16_t filter_width = 0;
  uint16_t filter_height = 0;
  // Not truncated to 16 bits everywhere.
  int32_t output_width = 0;
  int32_t output_height = 0;
  uint16_t output_channels = 0;
  uint16_t stride_width = 1;
  uint16_t stride_height = 1;
  uint16_t padding_width = 0;
  uint16_t padding_height = 0;
  uint16_t channel_multiplier = 1;  // Of a depthwise convolution.
};

// Bytes for an int8 CONV_2D, DEPTHWISE_CONV_2D and SOFTMAX; nothing is
// requested unless they are above 0.
int32_t ConvScratchBytes(const ConvShape& shape, const KernelConfig& kernels);
int32_t DepthwiseConvScratchBytes(const ConvShape& shape,
                                  const KernelConfig& kernels);
int32_t SoftmaxScratchBytes(int32_t width, const KernelConfig& kernels);

}  // namespace tinyml::runtime::esp_nn

#endif  // TINYML_RUNTIME_ESP_NN_SCRATCH_SIZES_H_
