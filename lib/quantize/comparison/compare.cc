#include "quantize/comparison/compare.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <optional>
#include <utility>

#include "base/macros.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "quantize/calibration/calibrate.h"
#include "quantize/calibration/sample_runs.h"
#include "tinyml/interpreter.h"
#include "tinyml/target.h"

namespace tinyml::quantize {
namespace {

// What a block of samples gave.
struct Part {
  int64_t samples = 0;
  std::vector<ErrorSums> outputs;
  std::vector<std::vector<ErrorSums>> tensors;
  std::vector<ErrorSums> watched;
};

class Comparing {
 public:
  Comparing(const Model& float_model, const SampleSource& samples,
            const CompareOptions& options)
      : model_(float_model), samples_(samples), options_(options) {}

  Status RunSample(int64_t index, Interpreter& wanted, Interpreter& given,
                   Part& part) const {
    TINYML_ASSIGN_OR_RETURN(
        const bool ran,
        RunBoth(samples_, index, options_.reset, wanted, given));
    if (!ran) return {};
    ++part.samples;
    const auto wanted_outputs = wanted.Outputs();
    const auto given_outputs = given.Outputs();
    for (size_t i = 0; i < part.outputs.size(); ++i) {
      const auto a = RealValues(wanted_outputs[i]);
      const auto b = RealValues(given_outputs[i]);
      part.outputs[i].Add(a, b);
      if (i == 0 && options_.visit) options_.visit(index, a, b);
    }
    for (size_t i = 0; i < part.watched.size(); ++i) {
      part.watched[i].Add(RealValues(wanted.At(0, options_.watched[i])),
                          RealValues(given.At(0, options_.watched[i])));
    }
    for (size_t s = 0; s < part.tensors.size(); ++s) {
      for (size_t t = 0; t < part.tensors[s].size(); ++t) {
        if (!IsCompared(model_.subgraphs[s].tensors[t])) continue;
        const TensorId at(s, t);
        part.tensors[s][t].Add(RealValues(wanted.At(at.subgraph, at.index)),
                               RealValues(given.At(at.subgraph, at.index)));
      }
    }
    return {};
  }

  Part NewPart() const {
    Part part;
    part.outputs.resize(model_.subgraphs[0].outputs.size());
    part.watched.resize(options_.watched.size());
    if (options_.tensors) {
      for (const Subgraph& graph : model_.subgraphs) {
        part.tensors.emplace_back(graph.tensors.size());
      }
    }
    return part;
  }

 private:
  bool IsCompared(const Tensor& tensor) const {
    return tensor.type == TensorType::kFloat32 && !tensor.is_variable &&
           model_.DataOf(tensor).empty();
  }

  const Model& model_;
  const SampleSource& samples_;
  const CompareOptions& options_;
};

}  // namespace

void ErrorSums::Add(std::span<const float> wanted,
                    std::span<const float> given) {
  const size_t count = std::min(wanted.size(), given.size());
  for (size_t i = 0; i < count; ++i) {
    const auto x = static_cast<double>(wanted[i]);
    const double error = x - static_cast<double>(given[i]);
    signal += x * x;
    noise += error * error;
    worst = std::max(worst, std::abs(error));
  }
}

void ErrorSums::Merge(const ErrorSums& other) {
  signal += other.signal;
  noise += other.noise;
  worst = std::max(worst, other.worst);
}

double ErrorSums::SnrDb() const {
  if (noise <= 0) return kMostDb;
  if (signal <= 0) return -kMostDb;
  return std::clamp(10.0 * std::log10(signal / noise), -kMostDb, kMostDb);
}

std::vector<TensorIndex> BeforeOutputs(const Model& model) {
  std::vector<TensorIndex> before;
  const Subgraph& graph = model.subgraphs[0];
  for (const Operator& op : graph.operators) {
    const BuiltinOperator code = model.CodeOf(op).Code();
    if ((code == BuiltinOperator::kSoftmax ||
         code == BuiltinOperator::kLogistic) &&
        std::ranges::find(graph.outputs, op.outputs[0]) !=
            graph.outputs.end()) {
      before.push_back(op.inputs[0]);
    }
  }
  return before;
}

Result<Comparison> Compare(const Model& float_model, const Model& quantized,
                           const SampleSource& samples,
                           const CompareOptions& options) {
  const bool in_a_row = Remembers(float_model) && !options.reset;
  const auto blocks =
      SampleBlocks(samples.Count(), options.most_samples, in_a_row);
  const int threads =
      ThreadsFor(std::max(options.threads, 1), std::ssize(blocks));
  TINYML_ASSIGN_OR_RETURN(const Target target, Target::Parse("x86-64"));
  TINYML_ASSIGN_OR_RETURN(std::vector<Interpreter> wanted,
                          MakeInterpreters(float_model, target, threads));
  TINYML_ASSIGN_OR_RETURN(std::vector<Interpreter> given,
                          MakeInterpreters(quantized, target, threads));
  if (quantized.subgraphs[0].inputs.size() !=
          float_model.subgraphs[0].inputs.size() ||
      quantized.subgraphs[0].outputs.size() !=
          float_model.subgraphs[0].outputs.size()) {
    return Fail(ErrorCode::kInvalid,
                "the two models differ in their inputs or outputs");
  }
  const Comparing comparing(float_model, samples, options);
  std::vector<Part> parts(blocks.size());
  int64_t total = 0;
  for (const auto& block : blocks) total += std::ssize(block);
  std::mutex mutex;
  int64_t done = 0;
  TINYML_RETURN_IF_ERROR(ForEachInParallel(
      std::ssize(blocks), threads, [&](int thread, int64_t b) -> Status {
        Part& part = parts[b];
        part = comparing.NewPart();
        const size_t at = thread;
        for (const int64_t index : blocks[b]) {
          TINYML_RETURN_IF_ERROR(
              comparing.RunSample(index, wanted[at], given[at], part));
          const std::lock_guard lock(mutex);
          ++done;
          TINYML_RETURN_IF_ERROR(Report(options.progress, done, total));
        }
        return {};
      }));
  const Part empty = comparing.NewPart();
  Comparison result;
  result.outputs = empty.outputs;
  result.tensors = empty.tensors;
  result.watched = empty.watched;
  for (const Part& part : parts) {
    result.samples += part.samples;
    for (size_t i = 0; i < result.outputs.size(); ++i) {
      result.outputs[i].Merge(part.outputs[i]);
    }
    for (size_t i = 0; i < result.watched.size(); ++i) {
      result.watched[i].Merge(part.watched[i]);
    }
    for (size_t s = 0; s < result.tensors.size(); ++s) {
      for (size_t t = 0; t < result.tensors[s].size(); ++t) {
        result.tensors[s][t].Merge(part.tensors[s][t]);
      }
    }
  }
  return result;
}

}  // namespace tinyml::quantize
