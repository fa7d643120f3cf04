#include "tinyml/run.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "base/checked.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/progress.h"
#include "base/text.h"
#include "exec/esp_results.h"
#include "exec/inputs.h"
#include "exec/run_record.h"
#include "formats/npy/file_name.h"

namespace tinyml {
namespace {

using Clock = std::chrono::steady_clock;
using exec::OutputDigest;
using exec::RunRecord;

RunTensor Copy(const RunningTensor& tensor, int subgraph, TensorIndex index) {
  RunTensor copy;
  copy.name = tensor.tensor->name;
  copy.subgraph = subgraph;
  copy.index = index;
  copy.type = tensor.tensor->type;
  copy.shape = tensor.shape;
  copy.bytes.assign(tensor.bytes.begin(), tensor.bytes.end());
  if (tensor.tensor->quantization) {
    copy.quantization = *tensor.tensor->quantization;
  }
  return copy;
}

// FNV-1a, but with the start value used in the recorded runs of the real
// runtime, which lacks the last digit of the published one.
uint64_t Fnv1a64(std::span<const uint8_t> bytes) {
  uint64_t hash = 1469598103934665603;
  for (const uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}

// Room for all results of a run, allocated before the first invocation, so that
// the process does not grow from one to the next.
void Reserve(const std::vector<RunningTensor>& outputs, int64_t invocations,
             bool batch, RunRecord& record, RunResult& result) {
  constexpr size_t kPrefixBytes = 256;
  record.invocations.resize(invocations);
  for (RunRecord::Invocation& invocation : record.invocations) {
    for (const RunningTensor& output : outputs) {
      invocation.outputs.emplace_back().prefix.resize(
          std::min(kPrefixBytes, output.bytes.size()));
    }
  }
  if (!batch) return;
  for (const RunningTensor& output : outputs) {
    result.stacked.emplace_back(output.bytes.size() *
                                static_cast<size_t>(invocations));
  }
}

void Keep(const std::vector<RunningTensor>& outputs, size_t invocation,
          RunRecord& record, RunResult& result) {
  for (size_t i = 0; i < outputs.size(); ++i) {
    const std::span<const uint8_t> bytes = outputs[i].bytes;
    OutputDigest& digest = record.invocations[invocation].outputs[i];
    digest.fnv1a64 = Fnv1a64(bytes);
    digest.defined_fnv1a64 =
        outputs[i].defined_bytes == bytes.size()
            ? digest.fnv1a64
            : Fnv1a64(bytes.first(outputs[i].defined_bytes));
    std::copy_n(bytes.begin(), digest.prefix.size(), digest.prefix.begin());
    if (result.stacked.empty()) continue;
    std::copy(bytes.begin(), bytes.end(),
              result.stacked[i].begin() +
                  static_cast<ptrdiff_t>(invocation * bytes.size()));
  }
}

// Runs all samples on one interpreter, calling `after` when each invocation is
// over.
template <typename After>
Status RunAll(Interpreter& interpreter, exec::InputFeeder& feeder,
              const RunOptions& options, After after) {
  const std::vector<RunningTensor> inputs = interpreter.Inputs();
  feeder.Restart();
  for (int64_t sample = 0; sample < feeder.samples(); ++sample) {
    if (options.reset && sample > 0) {
      TINYML_RETURN_IF_ERROR(interpreter.Reset());
    }
    for (int i = 0; i < options.invokes; ++i) {
      feeder.Feed(sample, inputs);
      TINYML_RETURN_IF_ERROR(interpreter.Invoke());
      TINYML_RETURN_IF_ERROR(after());
    }
  }
  return {};
}

// Compares the outputs of further runs with those of `result`.
Status Verify(const Interpreter& first, const RunOptions& options,
              exec::InputFeeder& feeder, const RunRecord& record,
              RunResult& result) {
  struct Way {
    const char* name;
    bool guard;
    uint8_t poison;
  };
  constexpr Way kWays[] = {
      {"under the guard, dead memory filled with a5", true, 0xA5},
      {"under the guard, dead memory filled with 5a", true, 0x5A},
      {"with separate memory for every tensor", false, 0}};
  for (const Way& way : kWays) {
    InterpreterOptions how;
    how.guard = way.guard;
    how.poison = way.poison;
    how.separate_memory = !way.guard;
    how.plain_kernels = options.plain_kernels;
    TINYML_ASSIGN_OR_RETURN(Interpreter interpreter, first.Another(how));
    size_t invocation = 0;
    const auto compare = [&]() -> Status {
      const auto outputs = interpreter.Outputs();
      const auto& expected = record.invocations[invocation++].outputs;
      // Then nothing has been written yet.
      if (interpreter.EndedEarly()) return {};
      for (size_t i = 0; i < outputs.size(); ++i) {
        if (Fnv1a64(outputs[i].bytes.first(outputs[i].defined_bytes)) !=
            expected[i].defined_fnv1a64) {
          return Fail(ErrorCode::kInternal,
                      "invocation " + std::to_string(invocation) +
                          ": output '" + Printable(outputs[i].tensor->name) +
                          "' differs " + way.name);
        }
      }
      return {};
    };
    const Status ran = RunAll(interpreter, feeder, options, compare);
    if (ran) continue;
    if (ran.error().code != ErrorCode::kInternal) return ran;
    result.verify_fault = ran.error().message;
    return {};
  }
  return {};
}

std::string Padded(size_t number, size_t width) {
  std::string digits = std::to_string(number);
  return digits.size() < width
             ? std::string(width - digits.size(), '0') + digits
             : digits;
}

std::string InFolder(const std::string& folder, const std::string& file) {
  return folder.ends_with('/') ? folder + file : folder + "/" + file;
}

std::vector<int64_t> Wide(const std::vector<int32_t>& shape) {
  return {shape.begin(), shape.end()};
}

}  // namespace

Result<RunResult> exec::RunAndRecord(
    const Model& model, const Target& target, const RunOptions& options,
    const std::function<int64_t()>& count_allocations) {
  InterpreterOptions how;
  how.plain_kernels = options.plain_kernels;
  how.profile = options.profile;
  how.resource_variables = options.resource_variables;
  TINYML_ASSIGN_OR_RETURN(Interpreter interpreter,
                          Interpreter::Create(model, target, how));
  const std::vector<RunningTensor> inputs = interpreter.Inputs();
  const Stopwatch stopwatch;
  TINYML_ASSIGN_OR_RETURN(exec::InputFeeder feeder,
                          exec::InputFeeder::Create(inputs, options));
  RunResult result;
  result.arena_used_bytes = interpreter.ArenaUsedBytes();
  result.required_arena_bytes = interpreter.RequiredArenaBytes();
  result.samples = feeder.samples();
  result.notes = feeder.notes();
  result.warnings = interpreter.Warnings();
  result.hazards = interpreter.Hazards();
  if (std::string note = EspVectorCodeNote(model, target.runtime());
      !note.empty()) {
    result.warnings.push_back(std::move(note));
  }

  std::map<std::pair<int, TensorIndex>, RunTensor> kept;
  const auto keep = [&](const OperatorId& id) -> Status {
    const int subgraph = id.subgraph;
    const auto& op = model.subgraphs[subgraph].operators[id.index];
    for (const TensorIndex output : op.outputs) {
      if (output < 0) continue;
      kept[{subgraph, output}] =
          Copy(interpreter.At(subgraph, output), subgraph, output);
    }
    return {};
  };
  const auto total = CheckedMul(feeder.samples(), options.invokes);
  constexpr int64_t kMaxInvocations = 100'000'000;
  if (!total || *total > kMaxInvocations) {
    return Fail(ErrorCode::kUsage, "more than 100,000,000 invocations");
  }
  const std::vector<RunningTensor> outputs = interpreter.Outputs();
  const auto record = std::make_shared<RunRecord>();
  Reserve(outputs, *total, options.batch, *record, result);
  int64_t allocations = 0;
  int64_t done = 0;
  for (int64_t sample = 0; sample < feeder.samples(); ++sample) {
    if (options.reset && sample > 0) {
      TINYML_RETURN_IF_ERROR(interpreter.Reset());
    }
    for (int i = 0; i < options.invokes; ++i) {
      feeder.Feed(sample, inputs);
      if (options.keep_tensors && done == *total - 1) {
        interpreter.SetObserver(keep);
      }
      const int64_t before = count_allocations ? count_allocations() : 0;
      const auto start = Clock::now();
      const Status status = interpreter.Invoke();
      result.total_nanoseconds +=
          std::chrono::nanoseconds(Clock::now() - start).count();
      if (count_allocations && !options.keep_tensors) {
        allocations += count_allocations() - before;
      }
      TINYML_RETURN_IF_ERROR(status);
      Keep(outputs, static_cast<size_t>(done), *record, result);
      result.ended_early = interpreter.EndedEarly();
      record->invocations[done].ended_early = result.ended_early;
      ++done;
    }
    TINYML_RETURN_IF_ERROR(
        Report(options.progress, sample + 1, feeder.samples()));
  }
  result.invocations = done;
  Log(LogLevel::kInfo, "ran {} in an arena of {} bytes {}",
      Counted(done, "invocation"), result.required_arena_bytes,
      stopwatch.Text());
  for (size_t i = 0; i < outputs.size(); ++i) {
    result.outputs.push_back(
        Copy(outputs[i], 0, model.subgraphs[0].outputs[i]));
  }
  if (count_allocations) record->allocations = allocations;
  if (options.profile) result.profile = interpreter.Profile();
  for (auto& [where, tensor] : kept)
    result.tensors.push_back(std::move(tensor));
  if (options.verify) {
    TINYML_RETURN_IF_ERROR(
        Verify(interpreter, options, feeder, *record, result));
  }
  result.record = record;
  return result;
}

Result<RunResult> RunModel(const Model& model, const Target& target,
                           const RunOptions& options) {
  return exec::RunAndRecord(model, target, options, {});
}

Result<std::vector<OutputFile>> OutputArrays(
    const RunResult& result, const std::string& folder_or_file) {
  const bool one_file = folder_or_file.ends_with(".npy");
  if (one_file && result.outputs.size() != 1) {
    return Fail(ErrorCode::kUsage,
                "the model has " + std::to_string(result.outputs.size()) +
                    " outputs; name a folder for them, not a .npy file");
  }
  std::vector<OutputFile> files;
  for (size_t i = 0; i < result.outputs.size(); ++i) {
    const RunTensor& output = result.outputs[i];
    std::vector<int64_t> shape = Wide(output.shape);
    if (!result.stacked.empty()) {
      if (!shape.empty() && shape[0] == 1) shape.erase(shape.begin());
      shape.insert(shape.begin(), result.invocations);
    }
    const std::string path =
        one_file ? folder_or_file
                 : InFolder(folder_or_file, Padded(i, 2) + "_" +
                                                npy::FileNameOf(output.name) +
                                                ".npy");
    files.push_back(
        NpyFile(path, output.type, shape,
                result.stacked.empty() ? output.bytes : result.stacked[i]));
  }
  return files;
}

std::vector<OutputFile> TensorArrays(const RunResult& result,
                                     const std::string& folder) {
  std::vector<OutputFile> files;
  for (const RunTensor& tensor : result.tensors) {
    files.push_back(NpyFile(
        InFolder(folder, std::to_string(tensor.subgraph) + "_" +
                             Padded(static_cast<size_t>(tensor.index), 4) +
                             "_" + npy::FileNameOf(tensor.name) + ".npy"),
        tensor.type, Wide(tensor.shape), tensor.bytes));
  }
  return files;
}

}  // namespace tinyml
