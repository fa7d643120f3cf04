// A typical model of the field, to compare runtimes with where the user names
// none.
#ifndef TINYML_ANALYSIS_KEYWORD_EXAMPLE_H_
#define TINYML_ANALYSIS_KEYWORD_EXAMPLE_H_

#include "tinyml/model.h"
#include "tinyml/status.h"

namespace tinyml::analysis {

// A DS-CNN for keywords, int8: a convolution, four depthwise separable blocks
// of 64 channels, a pool and a classifier. Its weights are zeros.
Result<Model> KeywordExample();

}  // namespace tinyml::analysis

#endif  // TINYML_ANALYSIS_KEYWORD_EXAMPLE_H_
