#include "tinyml/run.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "base/macros.h"
#include "base/text.h"
#include "exec/inputs.h"

namespace tinyml {
namespace {

using Clock = std::chrono::steady_clock;

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

std::vector<RunTensor> CopyOutputs(const Model& model,
                                   const std::vector<RunningTensor>& outputs) {
  std::vector<RunTensor> copies;
  for (size_t i = 0; i < outputs.size(); ++i) {
    copies.push_back(Copy(outputs[i], 0, model.subgraphs[0].outputs[i]));
  }
  return copies;
}

// Runs all samples on one interpreter, calling `after` when each invocation is
// over.
template <typename After>
Status RunAll(Interpreter& interpreter, exec::InputFeeder& feeder,
              const RunOptions& options, After after) {
  const std::vector<RunningTensor> inputs = interpreter.Inputs();
  feeder.Restart();
  for (int64_t sample = 0; sample < feeder.samples(); ++sample) {
    for (int i = 0; i < options.invokes; ++i) {
      feeder.Feed(sample, inputs);
      TINYML_RETURN_IF_ERROR(interpreter.Invoke());
      TINYML_RETURN_IF_ERROR(after());
    }
  }
  return {};
}

// Compares the outputs of further runs with those of `result`.
Status Verify(const Model& model, const Target& target,
              const RunOptions& options, exec::InputFeeder& feeder,
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
    how.resource_variables = options.resource_variables;
    TINYML_ASSIGN_OR_RETURN(Interpreter interpreter,
                            Interpreter::Create(model, target, how));
    size_t invocation = 0;
    const auto compare = [&]() -> Status {
      const auto outputs = interpreter.Outputs();
      const auto& expected = result.invocations[invocation++].outputs;
      for (size_t i = 0; i < outputs.size(); ++i) {
        if (!std::equal(outputs[i].bytes.begin(), outputs[i].bytes.end(),
                        expected[i].bytes.begin(), expected[i].bytes.end())) {
          return Fail(ErrorCode::kInternal,
                      "invocation " + std::to_string(invocation) +
                          ": output '" + Printable(expected[i].name) +
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

std::string FileName(std::string_view name) {
  std::string file;
  for (const char c : name.substr(0, 100)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') || c == '-' || c == '.';
    file += plain ? c : '_';
  }
  return file;
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

Result<RunResult> RunModel(const Model& model, const Target& target,
                           const RunOptions& options) {
  InterpreterOptions how;
  how.plain_kernels = options.plain_kernels;
  how.profile = options.profile;
  how.resource_variables = options.resource_variables;
  TINYML_ASSIGN_OR_RETURN(Interpreter interpreter,
                          Interpreter::Create(model, target, how));
  const std::vector<RunningTensor> inputs = interpreter.Inputs();
  TINYML_ASSIGN_OR_RETURN(exec::InputFeeder feeder,
                          exec::InputFeeder::Create(inputs, options));
  RunResult result;
  result.arena_used_bytes = interpreter.ArenaUsedBytes();
  result.required_arena_bytes = interpreter.RequiredArenaBytes();
  result.samples = feeder.samples();
  result.notes = feeder.notes();
  result.warnings = interpreter.Warnings();

  std::map<std::pair<int, TensorIndex>, RunTensor> kept;
  const auto keep = [&](int subgraph, int index) -> Status {
    const auto& op = model.subgraphs[static_cast<size_t>(subgraph)]
                         .operators[static_cast<size_t>(index)];
    for (const TensorIndex output : op.outputs) {
      if (output < 0) continue;
      kept[{subgraph, output}] =
          Copy(interpreter.At(subgraph, output), subgraph, output);
    }
    return {};
  };
  const int64_t total = feeder.samples() * options.invokes;
  int64_t allocations = 0;
  int64_t done = 0;
  for (int64_t sample = 0; sample < feeder.samples(); ++sample) {
    for (int i = 0; i < options.invokes; ++i) {
      feeder.Feed(sample, inputs);
      if (options.keep_tensors && done == total - 1) {
        interpreter.SetObserver(keep);
      }
      const int64_t before =
          options.count_allocations ? options.count_allocations() : 0;
      const auto start = Clock::now();
      const Status status = interpreter.Invoke();
      result.total_nanoseconds +=
          std::chrono::nanoseconds(Clock::now() - start).count();
      if (options.count_allocations && !options.keep_tensors) {
        allocations += options.count_allocations() - before;
      }
      TINYML_RETURN_IF_ERROR(status);
      result.invocations.push_back({CopyOutputs(model, interpreter.Outputs()),
                                    interpreter.EndedEarly()});
      ++done;
    }
    if (options.progress) options.progress(sample + 1, feeder.samples());
  }
  if (options.count_allocations) result.allocations = allocations;
  if (options.profile) result.profile = interpreter.Profile();
  for (auto& [where, tensor] : kept)
    result.tensors.push_back(std::move(tensor));
  if (options.verify) {
    TINYML_RETURN_IF_ERROR(Verify(model, target, options, feeder, result));
  }
  return result;
}

Result<std::vector<OutputFile>> OutputArrays(
    const RunResult& result, bool stacked, const std::string& folder_or_file) {
  std::vector<OutputFile> files;
  if (result.invocations.empty()) return files;
  const auto& last = result.invocations.back().outputs;
  const bool one_file = folder_or_file.ends_with(".npy");
  if (one_file && last.size() != 1) {
    return Fail(ErrorCode::kUsage,
                "the model has " + std::to_string(last.size()) +
                    " outputs; name a folder for them, not a .npy file");
  }
  for (size_t i = 0; i < last.size(); ++i) {
    std::vector<int64_t> shape = Wide(last[i].shape);
    std::vector<uint8_t> bytes;
    if (stacked) {
      if (!shape.empty() && shape[0] == 1) shape.erase(shape.begin());
      shape.insert(shape.begin(),
                   static_cast<int64_t>(result.invocations.size()));
      for (const RunInvocation& invocation : result.invocations) {
        const auto& own = invocation.outputs[i].bytes;
        bytes.insert(bytes.end(), own.begin(), own.end());
      }
    } else {
      bytes = last[i].bytes;
    }
    const std::string path =
        one_file
            ? folder_or_file
            : InFolder(folder_or_file,
                       Padded(i, 2) + "_" + FileName(last[i].name) + ".npy");
    files.push_back(NpyFile(path, last[i].type, shape, std::move(bytes)));
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
                             "_" + FileName(tensor.name) + ".npy"),
        tensor.type, Wide(tensor.shape), tensor.bytes));
  }
  return files;
}

}  // namespace tinyml
