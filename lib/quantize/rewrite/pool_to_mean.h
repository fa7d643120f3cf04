// Global average pools as MEAN, whose result has a scale of its own.
#ifndef TINYML_QUANTIZE_REWRITE_POOL_TO_MEAN_H_
#define TINYML_QUANTIZE_REWRITE_POOL_TO_MEAN_H_

#include "tinyml/model.h"

namespace tinyml::quantize {

// Replaces each AVERAGE_POOL_2D whose window is the whole image by a MEAN over
// height and width. AVERAGE_POOL_2D must keep its input's scale, which is
// coarse for averages. Tensors keep their indices; the axes are appended.
// Returns how many were replaced.
int PoolToMean(Model& model);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_REWRITE_POOL_TO_MEAN_H_
