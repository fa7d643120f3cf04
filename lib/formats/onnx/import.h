// An ONNX model as a TFLite one.
#ifndef TINYML_FORMATS_ONNX_IMPORT_H_
#define TINYML_FORMATS_ONNX_IMPORT_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tinyml/model.h"
#include "tinyml/model_file.h"
#include "tinyml/status.h"

namespace tinyml::onnx_import {

struct Imported {
  Model model;
  // What the user should know: dimensions that were fixed, types that changed.
  std::vector<std::string> notes;
  // Why each TRANSPOSE is there.
  std::vector<std::string> transposes;
};

// Imports the ONNX model in `file`; its external data lies in `folder` or
// below. Fails with kInvalid for a damaged model, and with kUnsupported, naming
// every node at fault, for one that the runtime cannot have.
Result<Imported> ImportOnnx(std::span<const uint8_t> file,
                            const std::string& folder,
                            const OnnxOptions& options);

}  // namespace tinyml::onnx_import

#endif  // TINYML_FORMATS_ONNX_IMPORT_H_
