// Output sizes and padding of sliding windows (convolutions, pooling).
#ifndef TINYML_OPS_WINDOW_H_
#define TINYML_OPS_WINDOW_H_

#include <cstdint>

#include "tinyml/options.h"

namespace tinyml {

// One spatial axis of a sliding window; all in elements.
struct WindowAxis {
  int32_t input = 0;
  int32_t filter = 0;
  int32_t stride = 1;
  int32_t dilation = 1;
};

// Returns the output size, or 0 if the arguments make no sense (a size or a
// stride that is not positive, a window larger than a VALID input allows).
// Source: tflite-micro 90b983c2b3f1, lite/kernels/padding.h, ComputeOutSize.
int32_t WindowOutput(Padding padding, const WindowAxis& axis);

// Returns the padding before the input for an output of `output` elements; the
// odd element of an uneven padding goes after the input. 0 if the arguments
// make no sense. Source: as above, ComputePadding.
int32_t WindowPadding(const WindowAxis& axis, int32_t output);

// Padding before the input on both axes.
struct PaddingValues {
  int32_t height = 0;
  int32_t width = 0;
};

// Source: as above, ComputePaddingHeightWidth.
PaddingValues WindowPadding(Padding padding, const WindowAxis& height,
                            const WindowAxis& width);

}  // namespace tinyml

#endif  // TINYML_OPS_WINDOW_H_
