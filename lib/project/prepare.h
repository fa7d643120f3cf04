// One model of a project, read, quantized and prepared as its settings say.
#ifndef TINYML_PROJECT_PREPARE_H_
#define TINYML_PROJECT_PREPARE_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tinyml/check.h"
#include "tinyml/model_file.h"
#include "tinyml/project.h"

namespace tinyml::project {

struct PreparedModel {
  // What goes into the firmware; nothing if `failure` says why.
  std::optional<ModelFile> file;
  std::optional<Finding> failure;
  // Hashes; no targets and outputs yet.
  LockedModel locked;
};

// Reads the model and prepares what is embedded. Quantization uses `threads`,
// and is cancelled when `goes_on` returns false.
PreparedModel Prepare(const Project& project, const ProjectModel& model,
                      int threads, const std::function<bool()>& goes_on);

// Returns the hash of a file, or of a folder: of all its files and their
// names, in the order of the names. Fails with kIo, and with kInvalid for
// folders that are nested too deep.
Result<std::string> HashOfPath(const std::string& path);

// Returns the hash of what `file` would be.
Result<std::string> HashOfOutput(const OutputFile& file);

}  // namespace tinyml::project

#endif  // TINYML_PROJECT_PREPARE_H_
