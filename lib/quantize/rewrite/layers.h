// The operators with weights, as calibration, rounding and correction see them.
#ifndef TINYML_QUANTIZE_REWRITE_LAYERS_H_
#define TINYML_QUANTIZE_REWRITE_LAYERS_H_

#include <cstdint>
#include <vector>

#include "model/operator_table.h"
#include "tinyml/model.h"
#include "tinyml/operator_id.h"

namespace tinyml::quantize {

// A CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED or TRANSPOSE_CONV of floats
// whose weights, and bias if it has one, are constants.
struct Layer {
  OperatorId id;
  BuiltinOperator code = BuiltinOperator::kConv2D;
  TensorIndex input = kNoTensor;
  TensorIndex weights = kNoTensor;
  TensorIndex bias = kNoTensor;
  TensorIndex output = kNoTensor;
  int channel_axis = 0;  // Of the weights: that of output channels.
};

// All layers, in the order of subgraphs and operators.
std::vector<Layer> LayersOf(const Model& model);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_REWRITE_LAYERS_H_
