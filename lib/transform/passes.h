// Rewriting a model into a smaller one that computes the same.
#ifndef TINYML_TRANSFORM_PASSES_H_
#define TINYML_TRANSFORM_PASSES_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tinyml/model.h"
#include "tinyml/status.h"

namespace tinyml::transform {

// A rewriting that leaves results equal (floats within 1e-5 relative). Returns
// whether it changed anything. Requires a model that passes ValidateModel, and
// leaves one. Linear in the size of the model.
struct Pass {
  std::string_view name;
  std::string_view description;
  Result<bool> (*run)(Model& model);
};

// Every pass, in the order in which they are run.
std::span<const Pass> Passes();

// Runs the passes until none changes anything, without those that `skip` names.
// Adds the name of each that changed something to `done`, once. Leaves models
// alone that IsRewritable refuses.
Status Simplify(Model& model, std::span<const std::string> skip = {},
                std::vector<std::string>* done = nullptr);

// Removes operators, tensors, buffers and operator codes that nothing uses, and
// keeps equal constants once.
Status RemoveLeftovers(Model& model);

// Makes integer operators of those between DEQUANTIZE and QUANTIZE, with the
// parameters of these, where the runtime's kernels allow it; int8 only. Weights
// must be float constants whose quantization says what integers they were made
// of; that is dropped from all floats. Results change as quantized arithmetic
// does, so this is no Pass. Returns a sentence for each operator that reads
// what DEQUANTIZE writes and stays float, with the reason. Leaves unused
// DEQUANTIZEs, which Simplify removes.
std::vector<std::string> AbsorbQuantization(Model& model);

}  // namespace tinyml::transform

#endif  // TINYML_TRANSFORM_PASSES_H_
