// Pairs of layers between which channels stay apart.
#ifndef TINYML_QUANTIZE_REFINEMENTS_CHANNEL_PATHS_H_
#define TINYML_QUANTIZE_REFINEMENTS_CHANNEL_PATHS_H_

#include <vector>

#include "quantize/refinements/layer_matrix.h"
#include "quantize/rewrite/layers.h"
#include "tinyml/model.h"

namespace tinyml::quantize {

// What the second layer reads in channel c % first.rows() is channel c of what
// the first one writes, through operators with f(s x) = s f(x) for s > 0.
struct ChannelPath {
  Layer first;
  Layer second;
  LayerMatrix first_matrix;
  LayerMatrix second_matrix;
};

// All of them, in the order of the first layers. Nothing else reads the values
// between, nor the weights of either layer.
std::vector<ChannelPath> ChannelPaths(const Model& model);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_REFINEMENTS_CHANNEL_PATHS_H_
