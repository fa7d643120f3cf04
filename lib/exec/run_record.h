// What the reports of a run say about each invocation, so that runs can be
// compared with recorded ones: for the program, and not part of the API.
#ifndef TINYML_EXEC_RUN_RECORD_H_
#define TINYML_EXEC_RUN_RECORD_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "tinyml/run.h"

namespace tinyml::exec {

// What one invocation computed for one output, short enough to keep for all of
// them.
struct OutputDigest {
  // FNV-1a of the raw bytes, with the start value 1469598103934665603, as in
  // the recorded runs (the published one has one more digit, 7).
  uint64_t fnv1a64 = 0;
  std::vector<uint8_t> prefix;   // At most the first 256 bytes.
  uint64_t defined_fnv1a64 = 0;  // Of RunningTensor::defined_bytes.
};

struct RunRecord {
  struct Invocation {
    std::vector<OutputDigest> outputs;
    bool ended_early = false;
  };
  std::vector<Invocation> invocations;
  std::optional<int64_t> allocations;  // While invoking.
};

// RunModel(); `count_allocations`, unless it is null, is called before and
// after every invocation and returns how often the process has allocated so
// far.
Result<RunResult> RunAndRecord(
    const Model& model, const Target& target, const RunOptions& options,
    const std::function<int64_t()>& count_allocations);

}  // namespace tinyml::exec

#endif  // TINYML_EXEC_RUN_RECORD_H_
