// Quantizing a float model to int8 (or int16 activations with int8 weights), so
// that the runtime computes in integers only: what `tinyml quantize` does.
#ifndef TINYML_QUANTIZE_H_
#define TINYML_QUANTIZE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tinyml/export.h"
#include "tinyml/model.h"
#include "tinyml/operator_id.h"
#include "tinyml/progress.h"
#include "tinyml/samples.h"
#include "tinyml/status.h"
#include "tinyml/target.h"

namespace tinyml {

// How the range of an activation is chosen from the values seen in calibration.
enum class RangeMethod : uint8_t {
  kAuto,        // For each tensor, the one that measures best.
  kMinMax,      // Everything.
  kPercentile,  // All but the outermost 0.01 % on each side.
  kMse,         // The range with the least squared error.
  kEntropy,     // The range that changes the distribution least.
};

struct QuantizationOptions {
  TensorType activations = TensorType::kInt8;  // Or kInt16.
  // Of the graph's inputs and outputs: kInt8, kInt16, kFloat32; not set: as
  // `activations`.
  std::optional<TensorType> input_type = std::nullopt;
  std::optional<TensorType> output_type = std::nullopt;
  bool per_tensor = false;  // One scale for all channels of weights.
  // What the result is for: FULLY_CONNECTED gets one scale if the runtime of
  // any of them takes no others.
  std::vector<Target> targets = {};
  RangeMethod method = RangeMethod::kAuto;
  // Leaves out the refinements, which take time: cross-layer equalization,
  // GPTQ-style rounding, range search, bias correction.
  bool fast = false;
  // Names of tensors or of operators' results to compute in float32, and in
  // int16.
  std::vector<std::string> keep_float = {};
  std::vector<std::string> int16 = {};
  // Names of passes and refinements to leave out; see ListQuantizePasses.
  std::vector<std::string> skip = {};
  // Samples that cannot be read fail instead of being skipped.
  bool strict = false;
  // Resets variables and stateful operators to their initial state before every
  // sample.
  bool reset = false;
  int threads = 0;  // 0: as many as there are cores.

  // The text of a file of saved statistics; merged with what is calibrated now.
  // Names are for messages.
  struct SavedStatistics {
    std::string name;
    std::string text;
  };
  std::vector<SavedStatistics> statistics = {};

  PhaseProgress progress = {};
};

// A pass or a refinement that may be left out.
struct QuantizePass {
  std::string_view name;
  std::string_view description;
};
TINYML_API std::vector<QuantizePass> ListQuantizePasses();

// The result for one tensor.
struct QuantizedTensor {
  TensorId id;  // In the given model, simplified.
  std::string name;
  std::string op;  // The operator that writes it; "" for inputs.
  TensorType type = TensorType::kInt8;
  float scale = 0;
  int32_t zero_point = 0;
  std::string method;  // How its range was chosen: "minmax", "fixed", ...
  float min = 0;       // Seen in calibration.
  float max = 0;
  // Of the dequantized values against the float model's, over the samples.
  double snr_db = 0;
  double clipped_share = 0;  // Of values seen in calibration, out of range.
};

// The result for the weights of one operator.
struct QuantizedWeights {
  OperatorId op;  // In the simplified float model.
  std::string op_name;
  std::string name;
  int channels = 1;    // Scales.
  double snr_db = 0;   // Of the dequantized weights against the float ones.
  std::string method;  // "nearest", "reconstruction" (GPTQ-style).
};

// An output of the graph, over all samples compared.
struct QuantizedOutput {
  std::string name;
  double snr_db = 0;  // 10 log10(sum x^2 / sum (x - y)^2).
  double max_error = 0;
};

struct QuantizeReport {
  int64_t samples = 0;                  // In the statistics.
  int64_t compared = 0;                 // Samples also run on the float model.
  std::vector<std::string> left_out;    // Samples that could not be read.
  std::vector<std::string> passes;      // Those that changed something.
  std::vector<std::string> float_left;  // Operators that stay float, and why.
  std::vector<std::string> warnings;
  std::vector<QuantizedTensor> tensors;
  std::vector<QuantizedWeights> weights;
  std::vector<QuantizedOutput> outputs;
};

struct QuantizeResult {
  Model model;             // Passes ValidateModel and the runtime's Prepare.
  Model float_model;       // What it was made from, simplified.
  std::string statistics;  // As a document, to save.
  QuantizeReport report;
};

// Quantizes `model`, calibrated on `samples` (may be null if there are saved
// statistics; then nothing is measured). Fails with kInvalid for a model that
// is already quantized, has hybrid operators or open dimensions, weights that
// are not finite, or samples that do not match; with kUnsupported for what the
// runtime would refuse; and with kCancelled.
TINYML_API Result<QuantizeResult> QuantizeModel(
    const Model& model, const SampleSource* samples,
    const QuantizationOptions& options = {});

// Two models on the same labelled samples.
struct Accuracy {
  int64_t samples = 0;
  int64_t classes = 0;
  int64_t float_correct = 0;
  int64_t quantized_correct = 0;
  int64_t agree = 0;  // Samples for which both give the same class.
  // confusion[label * classes + class given], of the quantized model.
  std::vector<int64_t> confusion;
  std::vector<QuantizedOutput> outputs;  // Fidelity on these samples.
};

// Runs both on every sample; `labels` holds the class of each; if empty, only
// the fidelity is measured. The first output's largest element is the class
// given. Inputs are those of the float model.
TINYML_API Result<Accuracy> CompareModels(const Model& float_model,
                                          const Model& quantized,
                                          const SampleSource& samples,
                                          const std::vector<int64_t>& labels,
                                          int threads = 0,
                                          const Progress& progress = {});

}  // namespace tinyml

#endif  // TINYML_QUANTIZE_H_
