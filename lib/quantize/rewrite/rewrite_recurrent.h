// The integer forms of SVDF and UNIDIRECTIONAL_SEQUENCE_LSTM: weights, biases
// and states, whose parameters follow from each other.
#ifndef TINYML_QUANTIZE_REWRITE_REWRITE_RECURRENT_H_
#define TINYML_QUANTIZE_REWRITE_REWRITE_RECURRENT_H_

#include "quantize/calibration/statistics.h"
#include "quantize/parameters/plan.h"
#include "quantize/rewrite/graph_writer.h"
#include "tinyml/model.h"
#include "tinyml/status.h"

namespace tinyml::quantize {

// Each gives `op`, whose input and output have their form, the integer form of
// its other operands. `model` is the float model, and `id` the operator there.
Status QuantizeSvdf(const Model& model, const Statistics& statistics,
                    OperatorId id, const OperatorPlan& plan,
                    GraphWriter& writer, Operator& op);
Status QuantizeLstm(const Model& model, const Statistics& statistics,
                    OperatorId id, const OperatorPlan& plan,
                    GraphWriter& writer, Operator& op);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_REWRITE_REWRITE_RECURRENT_H_
