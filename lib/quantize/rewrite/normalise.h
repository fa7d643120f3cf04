// What comes before quantization: is this a float model, and its simplest form.
#ifndef TINYML_QUANTIZE_REWRITE_NORMALISE_H_
#define TINYML_QUANTIZE_REWRITE_NORMALISE_H_

#include <string>
#include <string_view>
#include <vector>

#include "tinyml/model.h"
#include "tinyml/status.h"

namespace tinyml::quantize {

// Fails with kInvalid, saying what to do, for a model that is quantized already
// or hybrid, holds no floats, has open dimensions, or weights that are not
// finite.
Status CheckFloatModel(const Model& model);

// The model with its operators in an order in which they can run, after the
// passes of transform/ but those named in `skip`. Appends the names of those
// that changed something to `done`.
Result<Model> Normalise(const Model& model,
                        const std::vector<std::string>& skip,
                        std::vector<std::string>& done);

// The model without what nobody uses.
Status Clean(Model& model);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_REWRITE_NORMALISE_H_
