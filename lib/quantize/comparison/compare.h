// Runs a float model and the quantized one side by side, and measures how far
// they are apart.
#ifndef TINYML_QUANTIZE_COMPARISON_COMPARE_H_
#define TINYML_QUANTIZE_COMPARISON_COMPARE_H_

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "tinyml/model.h"
#include "tinyml/progress.h"
#include "tinyml/samples.h"
#include "tinyml/status.h"

namespace tinyml::quantize {

// Energy of a signal and of its error.
struct ErrorSums {
  double signal = 0;
  double noise = 0;
  double worst = 0;

  void Add(std::span<const float> wanted, std::span<const float> given);
  void Merge(const ErrorSums& other);
  // 10 log10(signal / noise), from -kMostDb to kMostDb.
  static constexpr double kMostDb = 200;
  double SnrDb() const;
};

struct Comparison {
  int64_t samples = 0;  // That could be read.
  std::vector<ErrorSums> outputs;
  // By subgraph and tensor of the float model, whose tensors the quantized one
  // has under the same indices; empty unless asked for.
  std::vector<std::vector<ErrorSums>> tensors;
  std::vector<ErrorSums> watched;  // As CompareOptions::watched.
};

struct CompareOptions {
  int64_t most_samples = INT64_MAX;  // Evenly spread.
  bool tensors = false;
  // Tensors of the first subgraph that are compared in any case.
  std::vector<TensorIndex> watched;
  bool reset = false;
  int threads = 1;
  // Called with the index of a sample and the first output of both; from
  // several threads.
  std::function<void(int64_t index, std::span<const float> wanted,
                     std::span<const float> given)>
      visit;
  // From one thread at a time.
  Progress progress;
};

// What the graph's outputs are functions of, where these flatten differences:
// the inputs of SOFTMAX and LOGISTIC that write outputs.
std::vector<TensorIndex> BeforeOutputs(const Model& model);

// The same result whatever the number of threads. Samples are those of the
// float model; inputs of the other one are made of them.
Result<Comparison> Compare(const Model& float_model, const Model& quantized,
                           const SampleSource& samples,
                           const CompareOptions& options);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_COMPARISON_COMPARE_H_
