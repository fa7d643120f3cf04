// The weights of all layers, rounded so that the layers' outputs on the samples
// change least, and the biases that make up for the mean of what is left.
#ifndef TINYML_QUANTIZE_REFINEMENTS_RECONSTRUCT_H_
#define TINYML_QUANTIZE_REFINEMENTS_RECONSTRUCT_H_

#include <span>
#include <vector>

#include "quantize/refinements/gram.h"
#include "quantize/refinements/round.h"
#include "quantize/rewrite/layers.h"
#include "quantize/rewrite/weights.h"
#include "tinyml/model.h"
#include "tinyml/samples.h"
#include "tinyml/status.h"
#include "tinyml/target.h"

namespace tinyml::quantize {

struct ReconstructOptions {
  GramOptions grams;
  RoundOptions round;
  // The mean error of an output is left to the bias, which then gets an addend;
  // otherwise the weights alone have to do.
  bool biases = true;
};

// A layer to be rounded.
struct LayerToRound {
  Layer layer;
  bool per_channel = true;  // A scale for each output channel.
  // What its bias makes up for need not be small: it has one, or will get one.
  bool has_bias = true;
};

// The weights of one layer. `addends` gets what is to be added to its biases.
LayerWeights ReconstructLayer(const Model& model, const LayerToRound& layer,
                              const LayerMatrix& matrix,
                              std::span<const Gram> grams,
                              const ReconstructOptions& options,
                              std::vector<double>& addends);

// Does so for `layers` of the float `model` and puts the results into `plan`;
// layers that CollectGrams leaves out are not touched. Gives the same whatever
// the number of threads.
Status ReconstructLayers(const Model& model, const Target& target,
                         std::span<const LayerToRound> layers,
                         const SampleSource& samples,
                         const ReconstructOptions& options, WeightsPlan& plan);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_REFINEMENTS_RECONSTRUCT_H_
