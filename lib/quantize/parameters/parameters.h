// Chooses scale and zero point of every class of a plan.
#ifndef TINYML_QUANTIZE_PARAMETERS_PARAMETERS_H_
#define TINYML_QUANTIZE_PARAMETERS_PARAMETERS_H_

#include <string>
#include <vector>

#include "quantize/calibration/statistics.h"
#include "quantize/parameters/plan.h"
#include "quantize/parameters/ranges.h"
#include "quantize/rewrite/weights.h"
#include "tinyml/model.h"
#include "tinyml/quantize.h"

namespace tinyml::quantize {

// What the tensors of each class hold together, constants included.
std::vector<TensorStatistics> StatisticsOfClasses(const Model& model,
                                                  const Plan& plan,
                                                  const Statistics& statistics);

// Chooses by `method`; constants alone, and what is dictated, have no choice.
// `unseen` gets the names of tensors that no sample reached.
void ChooseParameters(const Model& model,
                      const std::vector<TensorStatistics>& seen,
                      RangeMethod method, Plan& plan,
                      std::vector<std::string>& unseen);

// The same for one class.
void ChooseForClass(const TensorStatistics& seen, RangeMethod method,
                    ParameterClass& made);

// Weights of all layers that the plan makes integers, each to the nearest, with
// scales that leave room for the biases. Layers that `weights` has already keep
// their integers, unless their bias does not fit.
void RoundLayers(const Model& model, const Plan& plan, bool per_tensor,
                 WeightsPlan& weights);

// Whether the plan gives the layer a scale for each channel.
bool IsPerChannel(const Layer& layer, const Plan& plan, bool per_tensor);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_PARAMETERS_PARAMETERS_H_
