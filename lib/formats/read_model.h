// Reads a model whose file is in memory already.
#ifndef TINYML_FORMATS_READ_MODEL_H_
#define TINYML_FORMATS_READ_MODEL_H_

#include <string>

#include "base/file.h"
#include "tinyml/model_file.h"
#include "tinyml/status.h"

namespace tinyml {

// ReadModelFile of `path`, whose bytes are those of `file`.
Result<ModelFile> ReadModel(const SharedBytes& file, const std::string& path,
                            const OnnxOptions& options);

}  // namespace tinyml

#endif  // TINYML_FORMATS_READ_MODEL_H_
