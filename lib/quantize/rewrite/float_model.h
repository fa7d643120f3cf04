// What comes before quantization: a check that the model is one of floats, and
// its simplest form.
#ifndef TINYML_QUANTIZE_REWRITE_FLOAT_MODEL_H_
#define TINYML_QUANTIZE_REWRITE_FLOAT_MODEL_H_

#include <string>
#include <string_view>
#include <vector>

#include "tinyml/model.h"
#include "tinyml/status.h"

namespace tinyml::quantize {

// Fails with kInvalid, saying what to do, for a model that is already quantized
// or hybrid, holds no floats, has open dimensions, or weights that are not
// finite.
Status CheckFloatModel(const Model& model);

// The model with its operators in an order in which they can run, after the
// passes of transform/ but those named in `skip`. Appends the names of those
// that changed something to `done`.
Result<Model> SortAndSimplify(const Model& model,
                              const std::vector<std::string>& skip,
                              std::vector<std::string>& done);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_REWRITE_FLOAT_MODEL_H_
