#include "tinyml/model_file.h"

#include <utility>

#include "base/file.h"
#include "base/macros.h"
#include "base/sha256.h"
#include "formats/tflite/identify.h"
#include "formats/tflite/reader.h"

namespace tinyml {

Result<ModelFile> ReadModelFile(const std::string& path) {
  TINYML_ASSIGN_OR_RETURN(const SharedBytes file, ReadFile(path));
  ModelFile model_file;
  model_file.name = path == "-" ? std::string(kStandardInput) : path;
  if (IdentifyContent(file.bytes) == ContentKind::kOnnx) {
    return Fail(ErrorCode::kUnsupported,
                model_file.name +
                    ": this is an ONNX model, which is not supported yet; give "
                    "a .tflite model");
  }
  ReadReport report;
  TINYML_ASSIGN_OR_RETURN(model_file.model,
                          ReadTflite(file, model_file.name, &report));
  model_file.owner = file.owner;
  model_file.bytes = file.bytes;
  model_file.warnings = std::move(report.warnings);
  model_file.dropped = std::move(report.dropped);
  return model_file;
}

std::string Sha256(std::span<const uint8_t> bytes) { return Sha256Hex(bytes); }

}  // namespace tinyml
