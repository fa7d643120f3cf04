// What became of every tensor and operator, for people.
#ifndef TINYML_QUANTIZE_COMPARISON_REPORT_H_
#define TINYML_QUANTIZE_COMPARISON_REPORT_H_

#include <vector>

#include "quantize/calibration/statistics.h"
#include "quantize/comparison/compare.h"
#include "quantize/parameters/plan.h"
#include "quantize/rewrite/weights.h"
#include "tinyml/model.h"
#include "tinyml/quantize.h"

namespace tinyml::quantize {

struct ReportSources {
  const Model& model;  // The simplified float model.
  const Plan& plan;
  const std::vector<TensorStatistics>& seen;  // By class.
  const Statistics& statistics;
  const WeightsPlan& weights;
  const Comparison* comparison;  // Null if nothing was compared.
};

// Fills in tensors, weights, outputs and what stays float.
void FillReport(const ReportSources& sources, QuantizeReport& report);

std::vector<QuantizedOutput> OutputsOf(const Model& model,
                                       const Comparison& comparison);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_COMPARISON_REPORT_H_
