// A project: which models a firmware has, for which targets, within which
// budgets, and how they are made into sources; what `tinyml.json` says.
//
// Plain values; all functions are thread-safe.
#ifndef TINYML_PROJECT_H_
#define TINYML_PROJECT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tinyml/convert.h"
#include "tinyml/export.h"
#include "tinyml/model_file.h"
#include "tinyml/quantize.h"
#include "tinyml/samples.h"
#include "tinyml/status.h"
#include "tinyml/target.h"

namespace tinyml {

struct ProjectTarget {
  std::string spec;  // As spelled in the file.
  // What stays the same from one revision to the next: `spec` without the
  // revisions that it names, unless that makes two targets of the model equal.
  std::string key;
  std::optional<int64_t> budget_bytes;
  Target target;
};

// How a float model is quantized before anything else.
struct ProjectQuantization {
  std::string calibration;  // A path below the project's folder.
  SampleOptions samples;
  QuantizationOptions options;
};

struct ProjectOutput {
  std::string path;  // Below the project's folder.
  ConvertOptions convert;
  // The targets whose arena sizes the header has.
  std::vector<ProjectTarget> targets;
};

struct ProjectModel {
  std::string name;
  std::string path;  // Below the project's folder.
  OnnxOptions onnx;
  PrepareOptions prepare;
  std::optional<ProjectQuantization> quantization;
  std::optional<int> resource_variables;
  std::vector<ProjectTarget> targets;
  std::vector<ProjectOutput> outputs;
  // Whether the runtime may refuse the model.
  bool allow_refused = false;
  // Ids of hazards that do not fail the check.
  std::vector<std::string> accepted_hazards;
  // The hash of all of these settings except targets, budgets and hazards.
  std::string settings_sha256;
};

struct Project {
  std::string path;
  std::string folder;  // Where relative paths start; "" or ends in a slash.
  std::vector<ProjectModel> models;
};

// Reads a project file as schema/project.schema.json describes it; for a
// revision that is not known takes the nearest if `nearest`, as
// Target::ParseNearest does. Fails with kIo, and with kInvalid for what the
// schema does not allow.
TINYML_API Result<Project> ReadProject(const std::string& path,
                                       bool nearest = false);

// Returns `path` as seen from the working directory.
TINYML_API std::string PathIn(const Project& project, const std::string& path);

}  // namespace tinyml

#endif  // TINYML_PROJECT_H_
