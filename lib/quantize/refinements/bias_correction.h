// Biases that make up for the mean of what quantization does to a layer's
// outputs.
#ifndef TINYML_QUANTIZE_REFINEMENTS_BIAS_CORRECTION_H_
#define TINYML_QUANTIZE_REFINEMENTS_BIAS_CORRECTION_H_

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "quantize/comparison/compare.h"
#include "quantize/rewrite/layers.h"
#include "quantize/rewrite/weights.h"
#include "tinyml/model.h"
#include "tinyml/progress.h"
#include "tinyml/samples.h"
#include "tinyml/status.h"

namespace tinyml::quantize {

// What the outputs of one channel are off, quantized less float, after the
// activation. Counted are outputs that lie inside of their range: a bias moves
// those, and by as much as itself; those at a bound of the type or of the fused
// activation (zeros after a RELU) it does not move at all.
struct ChannelError {
  double sum = 0;
  int64_t count = 0;
};

// What is to be added to each bias: the step of Gauss and Newton towards the
// least squared error of the outputs, which is the mean of the errors counted.
// 0 for channels with too few to tell.
std::vector<double> BiasAddends(std::span<const ChannelError> errors);

struct BiasOptions {
  int64_t most_samples = 32;  // Evenly spread.
  bool reset = false;
  int threads = 1;
  int rounds = 16;           // At most so many measurements.
  double least_gain = 0.02;  // In dB; less is not worth it.
  Progress progress = {};
};

struct BiasErrors {
  // By layer and channel; empty for layers that are not of integers.
  std::vector<std::vector<ChannelError>> layers;
  std::vector<ErrorSums> outputs;  // Of the whole graph.

  // The mean of the outputs' signal to noise ratios, in dB.
  double Score() const;
};

// Runs both models side by side. `quantized` has the tensors of the float model
// under the same indices. Gives the same whatever the number of threads.
Result<BiasErrors> MeasureBiasErrors(const Model& float_model,
                                     const Model& quantized,
                                     std::span<const Layer> layers,
                                     const SampleSource& samples,
                                     const BiasOptions& options);

struct BiasCorrection {
  double before = 0;  // Score, in dB.
  double after = 0;
  int layers = 0;  // So many, from the first one on, were corrected.
};

// Corrects layers in their order, a run of them at a time, and measures again
// before the next: what earlier layers are off moves later ones, which would be
// corrected for it twice. Keeps what brought the outputs nearest to the float
// model's, which may be nothing. `rewrite` makes the quantized model with given
// weights and addends; `weights` gets the addends.
Result<BiasCorrection> CorrectBiases(
    const Model& float_model, std::span<const Layer> layers,
    const SampleSource& samples,
    const std::function<Result<Model>(const WeightsPlan&)>& rewrite,
    const BiasOptions& options, WeightsPlan& weights);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_REFINEMENTS_BIAS_CORRECTION_H_
