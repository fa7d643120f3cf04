// The pixels of image files.
#ifndef TINYML_FORMATS_SAMPLES_DECODE_IMAGE_H_
#define TINYML_FORMATS_SAMPLES_DECODE_IMAGE_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tl/expected.hpp>

namespace tinyml::samples {

// Rows of pixels of 1 (grey), 3 (red, green, blue) or 4 (and alpha) channels.
struct Image {
  int width = 0;
  int height = 0;
  int channels = 0;
  std::vector<uint8_t> pixels;
};

// Decodes a PNG, JPEG, BMP, PPM or PGM file into `channels`: grey is repeated
// for colours, colours become their luma, a missing alpha is opaque. Otherwise
// returns why it cannot be decoded. Files of more than 64 million pixels are
// refused.
tl::expected<Image, std::string> DecodeImage(std::span<const uint8_t> file,
                                             int channels);

// Whether a file of that many pixels goes on to its end: the decoder makes up
// what is missing in JPEG, BMP, PPM and PGM files. True for others.
bool IsWhole(std::span<const uint8_t> file, int64_t width, int64_t height,
             int64_t stored_channels);

}  // namespace tinyml::samples

#endif  // TINYML_FORMATS_SAMPLES_DECODE_IMAGE_H_
