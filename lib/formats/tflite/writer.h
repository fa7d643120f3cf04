// Writes .tflite files (FlatBuffers, schema version 3).
#ifndef TINYML_FORMATS_TFLITE_WRITER_H_
#define TINYML_FORMATS_TFLITE_WRITER_H_

#include <cstdint>
#include <vector>

#include "tinyml/model.h"
#include "tinyml/status.h"

namespace tinyml {

// Returns the file of `model`: all data inside the FlatBuffer and aligned to 16
// bytes in the file, fields at their defaults left out. The bytes depend on the
// model alone (and on which of its buffers share memory: those are written
// once). ReadTflite of them gives an equal model, if the model is valid.
// Fails with kUnsupported for a model that does not fit into 2 GiB.
Result<std::vector<uint8_t>> WriteTflite(const Model& model);

}  // namespace tinyml

#endif  // TINYML_FORMATS_TFLITE_WRITER_H_
