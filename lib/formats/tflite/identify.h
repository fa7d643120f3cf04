// Tells TFLite models from other files by their content, never by their name.
#ifndef TINYML_FORMATS_TFLITE_IDENTIFY_H_
#define TINYML_FORMATS_TFLITE_IDENTIFY_H_

#include <cstdint>
#include <span>
#include <string>

namespace tinyml {

enum class ContentKind {
  kTflite,  // Has the identifier of the TFLite format.
  kOnnx,    // A protobuf message that has the shape of an ONNX model.
  kOther,
};

// Looks at the content alone; says nothing about whether it is well-formed.
ContentKind IdentifyContent(std::span<const uint8_t> bytes);

// For content that is not TFLite: what it is, and what to do about it, as a
// sentence that goes on after the file's name and a colon.
std::string DescribeForeignContent(std::span<const uint8_t> bytes);

}  // namespace tinyml

#endif  // TINYML_FORMATS_TFLITE_IDENTIFY_H_
