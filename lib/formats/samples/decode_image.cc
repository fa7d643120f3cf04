#include "formats/samples/decode_image.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>

// The decoder as part of this file: no library to find at run time, and only
// the formats that are wanted.
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_NO_STDIO
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_ONLY_BMP
#define STBI_ONLY_PNM
#define STBI_MAX_DIMENSIONS (1 << 20)
#include <stb/stb_image.h>

namespace tinyml::samples {
namespace {

constexpr int64_t kMaxPixels = int64_t{64} << 20;

struct FreePixels {
  void operator()(stbi_uc* pixels) const { stbi_image_free(pixels); }
};

bool StartsWith(std::span<const uint8_t> file, uint8_t first, uint8_t second) {
  return file.size() >= 2 && file[0] == first && file[1] == second;
}

bool IsWholeJpeg(std::span<const uint8_t> file) {
  constexpr uint8_t kMarker = 0xFF;
  constexpr uint8_t kEnd = 0xD9;
  constexpr uint8_t kScan = 0xDA;
  // Segments with a length come before the scan; a thumbnail's own end lies in
  // one of them.
  size_t at = 2;
  while (at + 4 <= file.size() && file[at] == kMarker) {
    const uint8_t code = file[at + 1];
    if (code == kMarker) {  // Fill bytes.
      ++at;
      continue;
    }
    if (code == kScan) break;
    at += 2 + (size_t{file[at + 2]} << 8) + file[at + 3];
  }
  for (; at + 1 < file.size(); ++at) {
    if (file[at] == kMarker && file[at + 1] == kEnd) return true;
  }
  return false;
}

// The decoder takes uncompressed rows, padded to 32 bits.
bool IsWholeBitmap(std::span<const uint8_t> file, int64_t width,
                   int64_t height) {
  constexpr size_t kHeaders = 30;
  if (file.size() < 26) return false;
  const auto number = [&](size_t at, size_t bytes) {
    int64_t value = 0;
    while (bytes-- > 0) value = value << 8 | file[at + bytes];
    return value;
  };
  const bool old = number(14, 4) == 12;  // OS/2's header.
  if (!old && file.size() < kHeaders) return false;
  const int64_t bits = old ? number(24, 2) : number(28, 2);
  const int64_t row = (width * bits + 31) / 32 * 4;
  return number(10, 4) + row * height <= static_cast<int64_t>(file.size());
}

// A PPM or PGM file: width, height and maximum as text with comments, one
// blank, and `values` numbers of one byte or two.
bool IsWholePnm(std::span<const uint8_t> file, int64_t values) {
  const auto is_blank = [](uint8_t c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  };
  size_t at = 2;
  int64_t number = 0;
  for (int field = 0; field < 3; ++field) {
    while (at < file.size() && (is_blank(file[at]) || file[at] == '#')) {
      if (file[at] == '#') {
        while (at < file.size() && file[at] != '\n' && file[at] != '\r') ++at;
      } else {
        ++at;
      }
    }
    number = 0;
    for (; at < file.size() && file[at] >= '0' && file[at] <= '9'; ++at) {
      number = std::min<int64_t>(number * 10 + (file[at] - '0'), 1 << 24);
    }
  }
  const int64_t bytes = values * (number > 255 ? 2 : 1);
  return static_cast<int64_t>(at) + 1 + bytes <=
         static_cast<int64_t>(file.size());
}

}  // namespace

bool IsWhole(std::span<const uint8_t> file, int64_t width, int64_t height,
             int64_t stored_channels) {
  if (StartsWith(file, 0xFF, 0xD8)) return IsWholeJpeg(file);
  if (StartsWith(file, 'B', 'M')) return IsWholeBitmap(file, width, height);
  if (!StartsWith(file, 'P', '5') && !StartsWith(file, 'P', '6')) return true;
  return IsWholePnm(file, width * height * stored_channels);
}

tl::expected<Image, std::string> DecodeImage(std::span<const uint8_t> file,
                                             int channels) {
  if (file.size() > static_cast<size_t>(std::numeric_limits<int>::max())) {
    return tl::unexpected<std::string>("the file is too large");
  }
  const auto size = static_cast<int>(file.size());
  Image image;
  image.channels = channels;
  int stored_channels = 0;
  // The decoder's own reason is two words that help no one.
  if (stbi_info_from_memory(file.data(), size, &image.width, &image.height,
                            &stored_channels) == 0) {
    return tl::unexpected<std::string>(
        "it is not a PNG, JPEG, BMP, PPM or PGM image, or is damaged");
  }
  if (int64_t{image.width} * image.height > kMaxPixels) {
    return tl::unexpected<std::string>("it has more than 64 million pixels");
  }
  if (!IsWhole(file, image.width, image.height, stored_channels)) {
    return tl::unexpected<std::string>("the image ends too early");
  }
  const std::unique_ptr<stbi_uc, FreePixels> pixels(
      stbi_load_from_memory(file.data(), size, &image.width, &image.height,
                            &stored_channels, channels));
  if (!pixels) {
    return tl::unexpected<std::string>(
        std::string("the image cannot be decoded (") + stbi_failure_reason() +
        ")");
  }
  const size_t bytes = static_cast<size_t>(image.width) *
                       static_cast<size_t>(image.height) *
                       static_cast<size_t>(channels);
  image.pixels.assign(pixels.get(), pixels.get() + bytes);
  return image;
}

}  // namespace tinyml::samples
