#include "formats/tflite/identify.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

namespace tinyml {
namespace {

using namespace std::string_view_literals;

// Where the identifier of a FlatBuffer is.
constexpr size_t kIdentifierOffset = 4;

struct Magic {
  size_t offset;
  std::string_view bytes;
  std::string_view sentence;
};

constexpr Magic kMagics[] = {
    {kIdentifierOffset, "TFL2"sv,
     "a TFLite model of schema version 2; only version 3 (TFL3) is read"},
    {kIdentifierOffset, "TFL1"sv,
     "a TFLite model of schema version 1; only version 3 (TFL3) is read"},
    {kIdentifierOffset, "ET12"sv, "an ExecuTorch program, not a TFLite model"},
    {0, "\x89PNG\r\n\x1a\n"sv, "a PNG image, not a TFLite model"},
    {0, "\xff\xd8\xff"sv, "a JPEG image, not a TFLite model"},
    {0, "GIF8"sv, "a GIF image, not a TFLite model"},
    {0, "BM"sv, "a BMP image, not a TFLite model"},
    {0, "RIFF"sv, "a RIFF file (WAV or WebP), not a TFLite model"},
    {0, "PK\x03\x04"sv,
     "a ZIP archive (.zip, .keras or a PyTorch checkpoint), not a TFLite "
     "model; unpack or convert it first"},
    {0, "PK\x05\x06"sv, "an empty ZIP archive, not a TFLite model"},
    {0, "\x89HDF\r\n\x1a\n"sv,
     "an HDF5 file, probably a Keras model; convert it with TensorFlow's "
     "TFLiteConverter first"},
    {0, "\x1f\x8b"sv, "a gzip file, not a TFLite model; unpack it first"},
    {0,
     "\xfd"
     "7zXZ\0"sv,
     "an xz file, not a TFLite model; unpack it first"},
    {0, "\x28\xb5\x2f\xfd"sv,
     "a zstd file, not a TFLite model; unpack it first"},
    {0, "\x93NUMPY"sv, "a NumPy array, not a TFLite model"},
    {0, "\x80\x02"sv, "a Python pickle, not a TFLite model"},
    {0, "\x80\x04"sv, "a Python pickle, not a TFLite model"},
    {0, "%PDF"sv, "a PDF document, not a TFLite model"},
    {0,
     "\x7f"
     "ELF"sv,
     "an ELF object or program, not a TFLite model"},
    {0, "GGUF"sv, "a GGUF model, not a TFLite model"},
    // saved_model_schema_version = 1, then the first meta graph.
    {0, "\x08\x01\x12"sv,
     "a TensorFlow SavedModel, not a TFLite model; convert it with "
     "TensorFlow's TFLiteConverter first"},
};

std::string_view AsText(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool HasAt(std::span<const uint8_t> bytes, size_t offset,
           std::string_view what) {
  return bytes.size() >= offset &&
         AsText(bytes.subspan(offset)).starts_with(what);
}

// Reads a protobuf variable-length integer at the front of `bytes`.
std::optional<uint64_t> TakeVarint(std::span<const uint8_t>& bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < 10 && i < bytes.size(); ++i) {
    value |= uint64_t{bytes[i] & 0x7fu} << (7 * i);
    if ((bytes[i] & 0x80) == 0) {
      bytes = bytes.subspan(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

// Whether `bytes` is a protobuf message with an IR version (field 1) and a
// graph (field 7), as ONNX's ModelProto has, and with no field that ModelProto
// does not have.
bool LooksLikeOnnx(std::span<const uint8_t> bytes) {
  bool has_version = false;
  bool has_graph = false;
  while (!bytes.empty()) {
    const auto tag = TakeVarint(bytes);
    if (!tag) return false;
    const uint64_t field = *tag >> 3;
    const uint64_t wire_type = *tag & 7;
    const bool is_number = field == 1 || field == 5;
    // ModelProto's fields; 14 to 26 are functions, training and later ones.
    if (field == 0 || field > 30 || wire_type != (is_number ? 0u : 2u)) {
      return false;
    }
    const auto value = TakeVarint(bytes);
    if (!value) return false;
    if (wire_type == 2) {
      // A model that was cut off is still recognised by its graph.
      if (field == 7) has_graph = true;
      if (*value > bytes.size()) break;
      bytes = bytes.subspan(*value);
    }
    if (field == 1) {
      if (*value > 1000) return false;
      has_version = true;
    }
  }
  return has_version && has_graph;
}

bool LooksLikeText(std::span<const uint8_t> bytes) {
  const auto head = bytes.first(std::min<size_t>(bytes.size(), 512));
  return std::all_of(head.begin(), head.end(), [](uint8_t byte) {
    return byte >= 0x20 || byte == '\n' || byte == '\r' || byte == '\t';
  });
}

}  // namespace

ContentKind IdentifyContent(std::span<const uint8_t> bytes) {
  if (HasAt(bytes, kIdentifierOffset, "TFL3")) return ContentKind::kTflite;
  if (LooksLikeOnnx(bytes)) return ContentKind::kOnnx;
  return ContentKind::kOther;
}

std::string DescribeForeignContent(std::span<const uint8_t> bytes) {
  if (bytes.empty()) return "the file is empty";
  if (IdentifyContent(bytes) == ContentKind::kOnnx) {
    return "this is an ONNX model, not a TFLite model";
  }
  for (const Magic& magic : kMagics) {
    if (HasAt(bytes, magic.offset, magic.bytes)) {
      return fmt::format("this is {}", magic.sentence);
    }
  }
  if (LooksLikeText(bytes)) {
    const std::string_view head =
        AsText(bytes.first(std::min<size_t>(bytes.size(), 4096)));
    if (head.find("0x") != std::string_view::npos &&
        head.find('[') != std::string_view::npos) {
      return "this is C source text; give the .tflite file it was made from";
    }
    return "this is a text file, not a TFLite model";
  }
  if (bytes.size() < 8) {
    return fmt::format("the file has only {} bytes, too few for a TFLite model",
                       bytes.size());
  }
  if (std::all_of(bytes.begin(), bytes.begin() + 8,
                  [](uint8_t byte) { return byte == 0; })) {
    return "the file begins with zeros, not with the identifier TFL3 of a "
           "TFLite model";
  }
  return "this is not a TFLite model: the identifier TFL3 is missing";
}

}  // namespace tinyml
