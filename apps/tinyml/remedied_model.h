// The remedies that `convert` and `quantize` apply to a model for its targets.
#ifndef TINYML_APPS_REMEDIED_MODEL_H_
#define TINYML_APPS_REMEDIED_MODEL_H_

#include <vector>

#include "apps/tinyml/command.h"
#include "apps/tinyml/model_output.h"
#include "tinyml/model_file.h"
#include "tinyml/remedy.h"
#include "tinyml/status.h"

namespace tinyml::cli {

// Rewrites `file` so that it does not meet the hazards of the targets named,
// unless the options say to keep them, and says what was done.
Result<std::vector<AppliedRemedy>> RemedyModel(ModelFile& file,
                                               const ModelOutput& output,
                                               const Console& console);

}  // namespace tinyml::cli

#endif  // TINYML_APPS_REMEDIED_MODEL_H_
