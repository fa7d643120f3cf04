// Running a model on given inputs: what `tinyml run` does.
#ifndef TINYML_RUN_H_
#define TINYML_RUN_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tinyml/export.h"
#include "tinyml/hazard.h"
#include "tinyml/interpreter.h"
#include "tinyml/model.h"
#include "tinyml/npy.h"
#include "tinyml/progress.h"
#include "tinyml/status.h"
#include "tinyml/target.h"

namespace tinyml {

// Values for one input of the graph.
struct RunInput {
  std::string name;  // The input's name; empty: the next one in order.
  NpyArray array;
};

struct RunOptions {
  // Values for every input; or none, and a seed.
  std::vector<RunInput> inputs = {};
  // A 32-bit generator x = x * 1664525 + 1013904223 that starts here and runs
  // on across inputs and invocations. Each element of a float32 input takes one
  // step, (x >> 8) / 2^24 * 2 - 1; for others each byte does, x >> 24.
  std::optional<uint32_t> random_seed = {};
  // The first axis of every array counts samples, which run one after another.
  bool batch = false;
  // Resets variables and stateful operators to their initial state before every
  // sample but the first.
  bool reset = false;
  // How often the model is invoked on each sample.
  int invokes = 1;
  bool plain_kernels = false;
  bool profile = false;
  // Runs under the guard with two poison values, and without an arena, and
  // compares.
  bool verify = false;
  // Keeps what every operator wrote in the last invocation.
  bool keep_tensors = false;
  std::optional<int> resource_variables = {};
  // Called after each sample.
  Progress progress = {};
};

struct RunTensor {
  std::string name;
  int subgraph = 0;
  TensorIndex index = 0;
  TensorType type = TensorType::kFloat32;
  std::vector<int32_t> shape;
  std::vector<uint8_t> bytes;
  Quantization quantization;  // Empty if it has none.
};

namespace exec {
struct RunRecord;
}  // namespace exec

struct RunResult {
  int64_t arena_used_bytes = 0;
  int64_t required_arena_bytes = 0;
  int64_t samples = 1;
  int64_t invocations = 0;
  std::vector<RunTensor> outputs;  // Of the last invocation.
  bool ended_early = false;        // Likewise: Interpreter::EndedEarly().
  // With RunOptions::batch: by output, the bytes of all invocations.
  std::vector<std::vector<uint8_t>> stacked;
  std::vector<std::string> notes;  // Conversions of inputs.
  std::vector<std::string> warnings;
  std::vector<Hazard> hazards;  // Interpreter::Hazards().
  std::vector<OperatorProfile> profile;
  int64_t total_nanoseconds = 0;   // Of all Invoke() together.
  std::vector<RunTensor> tensors;  // If keep_tensors.
  // The fault that verifying found, a sentence; empty if none.
  std::string verify_fault;
  // What FormatRun() says about each invocation.
  std::shared_ptr<const exec::RunRecord> record;
};

// Runs `model` on `target`. Fails with kUsage for inputs that are missing or
// unknown; with kInvalid for values that do not fit their
// input: another shape, a type that cannot be converted, a NaN; where
// Interpreter fails; and with kCancelled. A float array is converted to the
// type of a quantized input with that input's scale and zero point, and vice
// versa.
TINYML_API Result<RunResult> RunModel(const Model& model, const Target& target,
                                      const RunOptions& options);

// One array for each output of the graph: that of the last invocation or, for a
// batch, those of all, joined along a first axis that replaces a leading
// dimension of 1. `folder_or_file` ends in ".npy" for the file of a single
// output; otherwise it is the folder of files "00_<name>.npy", "01_<name>.npy",
// ... Fails with kUsage if there are several outputs for one file.
TINYML_API Result<std::vector<OutputFile>> OutputArrays(
    const RunResult& result, const std::string& folder_or_file);

// The files of RunResult::tensors: "<subgraph>_<tensor>_<name>.npy".
TINYML_API std::vector<OutputFile> TensorArrays(const RunResult& result,
                                                const std::string& folder);

}  // namespace tinyml

#endif  // TINYML_RUN_H_
