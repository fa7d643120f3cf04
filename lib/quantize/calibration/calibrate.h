// Runs a float model over samples and keeps statistics of every tensor.
#ifndef TINYML_QUANTIZE_CALIBRATION_CALIBRATE_H_
#define TINYML_QUANTIZE_CALIBRATION_CALIBRATE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "quantize/calibration/statistics.h"
#include "tinyml/model.h"
#include "tinyml/progress.h"
#include "tinyml/samples.h"
#include "tinyml/status.h"

namespace tinyml::quantize {

struct CalibrateOptions {
  int threads = 1;      // At least 1.
  bool strict = false;  // Samples that cannot be read fail.
  bool reset = false;   // Forget variables before every sample.
  Progress progress;
};

struct Calibration {
  Statistics statistics;
  std::vector<std::string> left_out;  // Samples, and why; in their order.
};

// The key of the values of an LSTM's cells in Statistics::internals.
inline constexpr int kLstmCells = 0;

// The same statistics whatever the number of threads. Samples of a model that
// remembers are run in their order by one thread, unless it is reset. Fails
// with kInvalid if values that are not finite appear or no sample can be read,
// and as Interpreter::Create.
Result<Calibration> Calibrate(const Model& model,
                              const std::string& model_sha256,
                              const SampleSource& samples,
                              const CalibrateOptions& options);

// Whether an invocation may depend on those before it.
bool Remembers(const Model& model);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_CALIBRATION_CALIBRATE_H_
