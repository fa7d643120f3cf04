// What reports say about a model itself.
#ifndef TINYML_ANALYSIS_DESCRIBE_MODEL_H_
#define TINYML_ANALYSIS_DESCRIBE_MODEL_H_

#include "tinyml/model_file.h"
#include "tinyml/report.h"

namespace tinyml::analysis {

ReportedModel DescribeModel(const ModelFile& file);

}  // namespace tinyml::analysis

#endif  // TINYML_ANALYSIS_DESCRIBE_MODEL_H_
