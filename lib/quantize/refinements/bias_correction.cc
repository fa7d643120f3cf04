#include "quantize/refinements/bias_correction.h"

#include <algorithm>
#include <limits>
#include <mutex>
#include <optional>
#include <utility>

#include "base/macros.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "quantize/calibration/calibrate.h"
#include "quantize/calibration/sample_runs.h"
#include "quantize/refinements/layer_matrix.h"
#include "tinyml/interpreter.h"
#include "tinyml/options.h"
#include "tinyml/target.h"

namespace tinyml::quantize {
namespace {

// Fewer outputs than this say nothing about a channel's mean.
constexpr int64_t kFewest = 8;

// Values from `low` to `high` are inside of their range.
struct Inside {
  double low = 0;
  double high = 0;
};

ActivationFunctionType ActivationOf(const Operator& op) {
  if (const auto* conv = op.options.As<Conv2DOptions>()) {
    return conv->fused_activation_function;
  }
  if (const auto* depthwise = op.options.As<DepthwiseConv2DOptions>()) {
    return depthwise->fused_activation_function;
  }
  if (const auto* product = op.options.As<FullyConnectedOptions>()) {
    return product->fused_activation_function;
  }
  if (const auto* transposed = op.options.As<TransposeConvOptions>()) {
    return transposed->fused_activation_function;
  }
  return ActivationFunctionType::kNone;
}

// Of the quantized output of `op`; nothing if it is not of integers.
std::optional<Inside> InsideOf(const Tensor& output, const Operator& op) {
  if (!output.quantization || !output.quantization->IsAffine()) {
    return std::nullopt;
  }
  double least = 0;
  double most = 0;
  switch (output.type) {
    case TensorType::kInt8:
      least = std::numeric_limits<int8_t>::min();
      most = std::numeric_limits<int8_t>::max();
      break;
    case TensorType::kInt16:
      least = std::numeric_limits<int16_t>::min();
      most = std::numeric_limits<int16_t>::max();
      break;
    default:
      return std::nullopt;
  }
  const auto scale = static_cast<double>(output.quantization->scale[0]);
  const auto zero = static_cast<double>(output.quantization->zero_point[0]);
  Inside inside = {(least - zero) * scale, (most - zero) * scale};
  switch (ActivationOf(op)) {
    case ActivationFunctionType::kRelu:
      inside.low = std::max(inside.low, 0.0);
      break;
    case ActivationFunctionType::kRelu6:
      inside.low = std::max(inside.low, 0.0);
      inside.high = std::min(inside.high, 6.0);
      break;
    case ActivationFunctionType::kReluN1To1:
      inside.low = std::max(inside.low, -1.0);
      inside.high = std::min(inside.high, 1.0);
      break;
    default:
      break;
  }
  // The bounds themselves are out.
  inside.low += scale / 2;
  inside.high -= scale / 2;
  return inside;
}

class Measuring {
 public:
  Measuring(const Model& float_model, const Model& quantized,
            std::span<const Layer> layers, const SampleSource& samples,
            const BiasOptions& options)
      : layers_(layers), samples_(samples), options_(options) {
    for (const Layer& layer : layers) {
      const size_t s = layer.id.subgraph;
      const Subgraph& graph = float_model.subgraphs[s];
      const auto matrix = LayerMatrix::Of(float_model, layer);
      rows_.push_back(matrix ? static_cast<size_t>(matrix->rows()) : 0);
      inside_.push_back(InsideOf(quantized.subgraphs[s].tensors[layer.output],
                                 graph.operators[layer.id.index]));
    }
    outputs_ = float_model.subgraphs[0].outputs.size();
  }

  BiasErrors New() const {
    BiasErrors errors;
    for (size_t i = 0; i < layers_.size(); ++i) {
      errors.layers.emplace_back(inside_[i] ? rows_[i] : 0);
    }
    errors.outputs.resize(outputs_);
    return errors;
  }

  Status RunSample(int64_t index, Interpreter& wanted, Interpreter& given,
                   BiasErrors& errors) const {
    TINYML_ASSIGN_OR_RETURN(
        const bool ran,
        RunBoth(samples_, index, options_.reset, wanted, given));
    if (!ran) return {};
    for (size_t i = 0; i < layers_.size(); ++i) {
      const Layer& layer = layers_[i];
      if (errors.layers[i].empty()) continue;
      Add(RealValues(wanted.At(layer.id.subgraph, layer.output)),
          RealValues(given.At(layer.id.subgraph, layer.output)), *inside_[i],
          errors.layers[i]);
    }
    const auto wanted_outputs = wanted.Outputs();
    const auto given_outputs = given.Outputs();
    for (size_t i = 0; i < std::min(outputs_, given_outputs.size()); ++i) {
      errors.outputs[i].Add(RealValues(wanted_outputs[i]),
                            RealValues(given_outputs[i]));
    }
    return {};
  }

 private:
  static void Add(const std::vector<float>& wanted,
                  const std::vector<float>& given, const Inside& inside,
                  std::vector<ChannelError>& channels) {
    if (wanted.size() != given.size() || wanted.size() % channels.size() != 0) {
      return;
    }
    for (size_t i = 0; i < wanted.size(); i += channels.size()) {
      for (size_t c = 0; c < channels.size(); ++c) {
        const auto value = static_cast<double>(given[i + c]);
        if (!(value > inside.low && value < inside.high)) continue;
        channels[c].sum += value - static_cast<double>(wanted[i + c]);
        ++channels[c].count;
      }
    }
  }

  std::span<const Layer> layers_;
  const SampleSource& samples_;
  const BiasOptions& options_;
  std::vector<size_t> rows_;
  std::vector<std::optional<Inside>> inside_;
  size_t outputs_ = 0;
};

void Merge(const BiasErrors& from, BiasErrors& into) {
  for (size_t i = 0; i < from.layers.size(); ++i) {
    for (size_t c = 0; c < from.layers[i].size(); ++c) {
      into.layers[i][c].sum += from.layers[i][c].sum;
      into.layers[i][c].count += from.layers[i][c].count;
    }
  }
  for (size_t i = 0; i < from.outputs.size(); ++i) {
    into.outputs[i].Merge(from.outputs[i]);
  }
}

}  // namespace

std::vector<double> BiasAddends(std::span<const ChannelError> errors) {
  std::vector<double> addends;
  for (const ChannelError& error : errors) {
    addends.push_back(error.count < kFewest
                          ? 0.0
                          : -error.sum / static_cast<double>(error.count));
  }
  return addends;
}

double BiasErrors::Score() const {
  double sum = 0;
  for (const ErrorSums& output : outputs) sum += output.SnrDb();
  return outputs.empty() ? 0 : sum / static_cast<double>(outputs.size());
}

Result<BiasErrors> MeasureBiasErrors(const Model& float_model,
                                     const Model& quantized,
                                     std::span<const Layer> layers,
                                     const SampleSource& samples,
                                     const BiasOptions& options) {
  const bool in_a_row = Remembers(float_model) && !options.reset;
  const auto blocks =
      SampleBlocks(samples.Count(), options.most_samples, in_a_row);
  const auto count = static_cast<int64_t>(blocks.size());
  const int threads = ThreadsFor(std::max(options.threads, 1), count);
  TINYML_ASSIGN_OR_RETURN(const Target target, Target::Parse("x86-64"));
  TINYML_ASSIGN_OR_RETURN(std::vector<Interpreter> wanted,
                          MakeInterpreters(float_model, target, threads));
  TINYML_ASSIGN_OR_RETURN(std::vector<Interpreter> given,
                          MakeInterpreters(quantized, target, threads));
  const Measuring measuring(float_model, quantized, layers, samples, options);
  std::vector<BiasErrors> parts(blocks.size());
  TINYML_RETURN_IF_ERROR(
      ForEachInParallel(count, threads, [&](int thread, int64_t b) -> Status {
        BiasErrors& part = parts[b];
        part = measuring.New();
        const size_t at = thread;
        for (const int64_t index : blocks[b]) {
          TINYML_RETURN_IF_ERROR(
              measuring.RunSample(index, wanted[at], given[at], part));
        }
        return {};
      }));
  BiasErrors errors = measuring.New();
  for (const BiasErrors& part : parts) Merge(part, errors);
  return errors;
}

Result<BiasCorrection> CorrectBiases(
    const Model& float_model, std::span<const Layer> layers,
    const SampleSource& samples,
    const std::function<Result<Model>(const WeightsPlan&)>& rewrite,
    const BiasOptions& options, WeightsPlan& weights) {
  const auto measure = [&](const WeightsPlan& trial) -> Result<BiasErrors> {
    TINYML_ASSIGN_OR_RETURN(const Model quantized, rewrite(trial));
    return MeasureBiasErrors(float_model, quantized, layers, samples, options);
  };
  BiasCorrection correction;
  TINYML_ASSIGN_OR_RETURN(BiasErrors errors, measure(weights));
  correction.before = correction.after = errors.Score();
  WeightsPlan trial = weights;
  const size_t count = layers.size();
  const size_t rounds =
      std::min(count, static_cast<size_t>(std::max(options.rounds, 0)));
  size_t first = 0;
  for (size_t round = 0; round < rounds; ++round) {
    const size_t last = count * (round + 1) / rounds;
    for (; first < last; ++first) {
      const std::vector<double> addends = BiasAddends(errors.layers[first]);
      if (addends.empty()) continue;
      std::vector<double>& all = trial.bias_addends[layers[first].id];
      all.resize(std::max(all.size(), addends.size()));
      for (size_t c = 0; c < addends.size(); ++c) all[c] += addends[c];
    }
    TINYML_ASSIGN_OR_RETURN(errors, measure(trial));
    TINYML_RETURN_IF_ERROR(Report(options.progress,
                                  static_cast<int64_t>(round) + 1,
                                  static_cast<int64_t>(rounds)));
    const double score = errors.Score();
    if (score > correction.after &&
        score > correction.before + options.least_gain) {
      correction.after = score;
      correction.layers = static_cast<int>(last);
      weights.bias_addends = trial.bias_addends;
    }
  }
  return correction;
}

}  // namespace tinyml::quantize
