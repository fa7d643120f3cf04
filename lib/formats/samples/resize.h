// Resizing of images.
#ifndef TINYML_FORMATS_SAMPLES_RESIZE_H_
#define TINYML_FORMATS_SAMPLES_RESIZE_H_

#include <vector>

#include "formats/samples/decode_image.h"

namespace tinyml::samples {

// Returns rows of pixels of `width` x `height` with the image's channels, as
// numbers from 0 to 255: linear interpolation between the centres of pixels
// where it grows, and where it shrinks the triangular average that leaves no
// pixel out (what Pillow calls bilinear).
std::vector<float> Resize(const Image& image, int width, int height);

}  // namespace tinyml::samples

#endif  // TINYML_FORMATS_SAMPLES_RESIZE_H_
