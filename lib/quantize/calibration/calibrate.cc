#include "quantize/calibration/calibrate.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>

#include "base/error.h"
#include "base/macros.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "base/text.h"
#include "model/fault.h"
#include "quantize/calibration/lstm_trace.h"
#include "quantize/calibration/sample_runs.h"
#include "tinyml/interpreter.h"
#include "tinyml/target.h"

namespace tinyml::quantize {
namespace {

std::span<const float> FloatsIn(const RunningTensor& tensor) {
  // Memory of the interpreter is aligned for every type.
  return {reinterpret_cast<const float*>(tensor.bytes.data()),
          tensor.bytes.size() / sizeof(float)};
}

// One thread's interpreter and what it has seen.
class Watcher {
 public:
  Watcher(const Model& model, Interpreter interpreter)
      : model_(model),
        interpreter_(std::move(interpreter)),
        inputs_(interpreter_.Inputs()) {
    interpreter_.SetObserver(
        [this](const OperatorId& op) { return See(op.subgraph, op.index); });
    for (const Subgraph& graph : model.subgraphs) {
      statistics_.tensors.emplace_back(graph.tensors.size());
    }
  }

  // Returns why the sample was left out, if it was.
  Result<std::optional<std::string>> Run(const SampleSource& samples, int64_t i,
                                         bool reset) {
    std::vector<std::span<uint8_t>> values;
    for (const RunningTensor& input : inputs_) {
      values.push_back(input.writable);
    }
    TINYML_ASSIGN_OR_RETURN(std::optional<std::string> left_out,
                            samples.Read(i, values));
    if (left_out) return left_out;
    if (reset) {
      TINYML_RETURN_IF_ERROR(interpreter_.Reset());
      states_.clear();
    }
    const Subgraph& graph = model_.subgraphs[0];
    for (size_t input = 0; input < inputs_.size(); ++input) {
      TINYML_RETURN_IF_ERROR(Add(0, graph.inputs[input]));
    }
    if (Status status = interpreter_.Invoke(); !status) {
      // About the model: the sample only shows it.
      return Fail(Within(samples.NameOf(i), std::move(status.error())));
    }
    ++statistics_.samples;
    return std::nullopt;
  }

  Statistics& statistics() { return statistics_; }

 private:
  Status See(int s, int index) {
    const Operator& op = model_.subgraphs[s].operators[index];
    for (const TensorIndex output : op.outputs) {
      TINYML_RETURN_IF_ERROR(Add(s, output, index));
    }
    // What an operator remembers.
    for (const TensorIndex input : op.inputs) {
      if (input != kNoTensor && TensorOf(s, input).is_variable) {
        TINYML_RETURN_IF_ERROR(Add(s, input, index));
      }
    }
    if (model_.CodeOf(op).Code() ==
        BuiltinOperator::kUnidirectionalSequenceLstm) {
      const OperatorId id(s, index);
      TraceLstm(model_, interpreter_, id, states_[id],
                statistics_.internals[{id, kLstmCells}]);
    }
    return {};
  }

  const Tensor& TensorOf(int s, TensorIndex t) const {
    return model_.subgraphs[s].tensors[t];
  }

  Status Add(int s, TensorIndex t, int op = -1) {
    const Tensor& tensor = TensorOf(s, t);
    if (tensor.type != TensorType::kFloat32) return {};
    const RunningTensor running = interpreter_.At(s, t);
    const std::span<const float> values = FloatsIn(running);
    TensorStatistics& seen = statistics_.tensors[s][t];
    const int32_t channels = running.shape.empty() ? 1 : running.shape.back();
    const bool finite = std::ranges::all_of(
        values, [](float value) { return std::isfinite(value); });
    if (!finite) {
      const std::string reason = "tensor \"" + Printable(tensor.name) +
                                 "\" has a value that is not finite";
      if (op >= 0) {
        return FailAt(model_, OperatorId(s, op), ErrorCode::kInvalid, reason);
      }
      return FailAbout({.tensor = TensorId(s, t)}, "an input",
                       ErrorCode::kInvalid, reason);
    }
    seen.Add(values, channels);
    return {};
  }

  const Model& model_;
  Interpreter interpreter_;
  std::vector<RunningTensor> inputs_;
  Statistics statistics_;
  std::map<OperatorId, LstmState> states_;
};

}  // namespace

bool Remembers(const Model& model) {
  for (const Subgraph& graph : model.subgraphs) {
    for (const Tensor& tensor : graph.tensors) {
      if (tensor.is_variable || tensor.type == TensorType::kResource) {
        return true;
      }
    }
    for (const Operator& op : graph.operators) {
      // Custom operators may: the signal library's do.
      if (model.CodeOf(op).Code() == BuiltinOperator::kCustom) return true;
    }
  }
  return false;
}

Result<Calibration> Calibrate(const Model& model,
                              const std::string& model_sha256,
                              const SampleSource& samples,
                              const CalibrateOptions& options) {
  const int64_t count = samples.Count();
  const bool ordered = Remembers(model) && !options.reset;
  const int threads = ordered ? 1 : std::max(1, options.threads);
  std::vector<std::unique_ptr<Watcher>> watchers;
  TINYML_ASSIGN_OR_RETURN(const Target target, Target::Parse("x86-64"));
  TINYML_ASSIGN_OR_RETURN(std::vector<Interpreter> interpreters,
                          MakeInterpreters(model, target, threads));
  for (Interpreter& interpreter : interpreters) {
    watchers.push_back(
        std::make_unique<Watcher>(model, std::move(interpreter)));
  }
  std::mutex mutex;
  int64_t done = 0;
  std::map<int64_t, std::string> left_out;
  TINYML_RETURN_IF_ERROR(
      ForEachInParallel(count, threads, [&](int thread, int64_t i) -> Status {
        TINYML_ASSIGN_OR_RETURN(
            const std::optional<std::string> why,
            watchers[thread]->Run(samples, i, options.reset));
        const std::lock_guard lock(mutex);
        if (why) {
          const std::string name = samples.NameOf(i);
          if (options.strict) return FailInFile(name, *why);
          left_out[i] = name + ": " + *why;
        }
        ++done;
        return Report(options.progress, done, count);
      }));
  Calibration result;
  result.statistics.model_sha256 = model_sha256;
  for (const Subgraph& graph : model.subgraphs) {
    result.statistics.tensors.emplace_back(graph.tensors.size());
  }
  for (const auto& watcher : watchers) {
    watcher->statistics().model_sha256 = model_sha256;
    TINYML_RETURN_IF_ERROR(result.statistics.Merge(watcher->statistics()));
  }
  for (auto& [i, why] : left_out) result.left_out.push_back(std::move(why));
  if (result.statistics.samples == 0) {
    if (count == 0) {
      return Fail(ErrorCode::kInvalid, "there are no samples to calibrate on");
    }
    return Fail(ErrorCode::kInvalid,
                "none of the samples could be read; the first: " +
                    result.left_out.front(),
                {.file = samples.NameOf(left_out.begin()->first)});
  }
  return result;
}

}  // namespace tinyml::quantize
