// What the weights of a layer are multiplied with, summed up over samples: the
// Gram matrix of its inputs.
#ifndef TINYML_QUANTIZE_REFINEMENTS_GRAM_H_
#define TINYML_QUANTIZE_REFINEMENTS_GRAM_H_

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "quantize/refinements/layer_matrix.h"
#include "quantize/rewrite/layers.h"
#include "tinyml/model.h"
#include "tinyml/progress.h"
#include "tinyml/samples.h"
#include "tinyml/status.h"
#include "tinyml/target.h"

namespace tinyml::quantize {

// Over all x that one group of a layer's output channels saw.
struct Gram {
  Eigen::MatrixXd products;  // The sum of x x^T; both triangles.
  Eigen::VectorXd sum;       // The sum of x.
  int64_t windows = 0;       // How many x.
  int64_t samples = 0;       // From how many samples.

  bool empty() const { return windows == 0; }
  // The mean of x.
  Eigen::VectorXd Mean() const;
  // The sum of (x - mean) (x - mean)^T: what is left of an error if the bias
  // makes up for its mean.
  Eigen::MatrixXd Centred() const;
};

// `products` of few windows shows correlations that are chance, and rounding
// that relied on them would do harm on other inputs. Returns it with its
// elements off the diagonal shrunk by the share that is expected to be chance:
// the factor is 1 - min(1, sum of the variances of the correlations / sum of
// their squares), as in Schaefer and Strimmer, "A shrinkage approach to
// large-scale covariance matrix estimation", 2005. `independent` is the number
// of windows that count as independent; see IndependentWindows.
Eigen::MatrixXd Shrunk(Eigen::MatrixXd products, double independent);

// Windows of one sample overlap and resemble each other: they count as the
// square root of their number.
double IndependentWindows(const Gram& gram);

struct GramOptions {
  int64_t most_samples = 256;         // Evenly spread over what is there.
  int64_t most_positions = 1024;      // Of one sample and layer.
  int64_t most_columns = 2048;        // Layers with more are left out.
  int64_t most_bytes = 384LL << 20U;  // Of what is summed at the same time.
  bool reset = false;                 // First state before every sample.
  int threads = 0;                    // 0: one for each core.
  // From one thread at a time.
  Progress progress = {};
};

// Takes the Gram matrices of layers[layer], one for each of its groups. Called
// from several threads at a time, once for each layer.
using GramVisitor = std::function<Status(
    size_t layer, const LayerMatrix& matrix, std::span<const Gram> by_group)>;

// Runs the float `model` over the samples, as often as memory demands, and
// hands each layer's sums to `visit`. Left out are layers that were
// not reached, whose shapes do not fit, that are too large, or whose inputs are
// not finite. Gives the same whatever the number of threads. Fails where a
// sample cannot be read at all or the model cannot be run.
Status CollectGrams(const Model& model, const Target& target,
                    std::span<const Layer> layers, const SampleSource& samples,
                    const GramOptions& options, const GramVisitor& visit);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_REFINEMENTS_GRAM_H_
