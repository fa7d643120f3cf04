// Scaling channels between two layers: what one divides by, the next one
// multiplies with, so that the channels of the tensor between use its range
// alike. Floats come out the same, but for rounding.
//
// As in Nagel et al., "Data-Free Quantization Through Weight Equalization and
// Bias Correction", 2019, and, where weights have a scale for each channel, in
// the spirit of Xiao et al., "SmoothQuant", 2022.
#ifndef TINYML_QUANTIZE_REFINEMENTS_EQUALIZE_H_
#define TINYML_QUANTIZE_REFINEMENTS_EQUALIZE_H_

#include <functional>
#include <vector>

#include "quantize/calibration/statistics.h"
#include "quantize/rewrite/layers.h"
#include "tinyml/model.h"

namespace tinyml::quantize {

struct EqualizeOptions {
  TensorType activations = TensorType::kInt8;  // Or kInt16.
  // Whether the weights of a layer have a scale for each output channel; all
  // do if not set.
  std::function<bool(const Layer&)> per_channel = {};
  double most = 8;  // Factors are from 1 / most to most.
  // The part of the estimated noise power that must go, or a pair stays as it
  // is: the estimate is rough.
  double least_gain = 0.5;
};

// Two layers and the factors between them.
struct EqualizedPair {
  Layer first;
  Layer second;
  // By output channel of the first layer, which is divided by it.
  std::vector<double> factors;
  // Estimated noise power of the second layer's output, of what it was.
  double noise = 1;
};

struct Equalized {
  Model model;  // Operators and tensors have the same indices.
  std::vector<EqualizedPair> pairs;
};

// Scales where the estimated noise falls. `statistics` are those of `model`.
// Only where the tensor
// between has one reader and is no output, where nothing but operators lies
// between that keep channels apart and f(s x) = s f(x) for s > 0, and where the
// weights belong to one layer.
Equalized Equalize(const Model& model, const Statistics& statistics,
                   const EqualizeOptions& options);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_REFINEMENTS_EQUALIZE_H_
