#include "quantize/refinements/equalize.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "model/append.h"
#include "model/constants.h"
#include "quantize/refinements/channel_paths.h"
#include "quantize/rewrite/weights.h"
#include "tinyml/model_builder.h"

namespace tinyml::quantize {
namespace {

// Steps of an activation's range.
double StepsOf(TensorType type) {
  return type == TensorType::kInt16 ? 65535 : 255;
}
constexpr double kWeightSteps = 254;  // Of weights, from -127 to 127.

void SetFloats(Model& model, Tensor& tensor, const std::vector<float>& values) {
  // Others may share the buffer.
  tensor.buffer = AppendBuffer(model, BufferOf(values));
}

// A layer's weights as they are now, and what each row and column is like.
class Weights {
 public:
  Weights(const Model& model, const Layer& layer, const LayerMatrix& matrix)
      : matrix_(matrix),
        values_(FloatsOf(
            model, model.subgraphs[layer.id.subgraph].tensors[layer.weights])) {
  }

  // Calls visit(row, input channel, weight) for all.
  template <typename Visit>
  void ForEach(const Visit& visit) {
    for (int64_t r = 0; r < matrix_.rows(); ++r) {
      for (int64_t k = 0; k < matrix_.columns(); ++k) {
        visit(static_cast<size_t>(r),
              static_cast<size_t>(matrix_.InputChannelOf(r, k)),
              values_[matrix_.layout().IndexOf(r, k)]);
      }
    }
  }
  const std::vector<float>& values() const { return values_; }

 private:
  const LayerMatrix& matrix_;
  std::vector<float> values_;
};

// A row of the first layer, and a channel of the tensor between.
struct Channel {
  double low = 0;  // Of the activation; low <= 0 <= high.
  double high = 0;
  double power = 0;   // Its mean square.
  double first = 0;   // Largest magnitude of the first layer's weights.
  double second = 0;  // Of the second's.
};

class Pair {
 public:
  Pair(const Model& model, const ChannelPath& path,
       const Statistics& statistics, const EqualizeOptions& options)
      : path_(path),
        steps_(StepsOf(options.activations)),
        first_per_channel_(!options.per_channel ||
                           options.per_channel(path.first)),
        second_per_channel_(!options.per_channel ||
                            options.per_channel(path.second)),
        first_(model, path.first, path.first_matrix),
        second_(model, path.second, path.second_matrix),
        channels_(static_cast<size_t>(path.first_matrix.rows())) {
    first_.ForEach([&](size_t row, size_t, float weight) {
      Raise(channels_[row].first, weight);
    });
    second_.ForEach([&](size_t, size_t input, float weight) {
      Raise(channels_[input % channels_.size()].second, weight);
    });
    Describe(statistics);
  }

  // Whether there are statistics of the tensor between.
  bool is_described() const { return is_described_; }

  // Both layers' weights get the same range in every channel.
  std::vector<double> OfWeights(double most) const {
    std::vector<double> factors;
    for (const Channel& channel : channels_) {
      const bool used = channel.first > 0 && channel.second > 0;
      factors.push_back(
          used ? std::clamp(std::sqrt(channel.first / channel.second), 1 / most,
                            most)
               : 1.0);
    }
    return factors;
  }

  // Channels of the tensor between are raised towards the largest one by
  // `activations` (1: all the way), those whose weights are small in the next
  // layer less so by `weights`.
  std::vector<double> OfActivations(double activations, double weights,
                                    double most) const {
    double largest = 0;
    double heaviest = 0;
    for (const Channel& channel : channels_) {
      largest = std::max(largest, Magnitude(channel));
      heaviest = std::max(heaviest, channel.second);
    }
    std::vector<double> factors;
    for (const Channel& channel : channels_) {
      const double size = Magnitude(channel);
      double factor = 1;
      if (size > 0 && channel.second > 0) {
        factor = std::pow(size / largest, activations) *
                 std::pow(heaviest / channel.second, weights);
      }
      factors.push_back(std::clamp(factor, 1 / most, most));
    }
    return factors;
  }

  // The expected noise power of the second layer's outputs: weights meet the
  // rounding of activations, and activations that of weights.
  double Noise(const std::vector<double>& factors) {
    double low = 0;
    double high = 0;
    double largest_first = 0;
    for (size_t c = 0; c < channels_.size(); ++c) {
      low = std::min(low, channels_[c].low / factors[c]);
      high = std::max(high, channels_[c].high / factors[c]);
      largest_first = std::max(largest_first, channels_[c].first / factors[c]);
    }
    const auto rows = static_cast<size_t>(path_.second_matrix.rows());
    std::vector<double> largest(rows);  // Weights by row, once scaled.
    std::vector<double> given(rows);    // Power of what a row is given.
    double power = 0;                   // Of the second layer's weights.
    second_.ForEach([&](size_t row, size_t input, float weight) {
      const size_t c = input % channels_.size();
      const double scaled = static_cast<double>(weight) * factors[c];
      largest[row] = std::max(largest[row], std::abs(scaled));
      given[row] += channels_[c].power / (factors[c] * factors[c]);
      power += scaled * scaled;
    });
    const double step = (high - low) / steps_;
    double noise = power * step * step;
    if (!first_per_channel_) {
      // With a scale for each channel the factors would change nothing.
      const double weight_step = 2 * largest_first / kWeightSteps;
      noise += power * input_power_ * weight_step * weight_step;
    }
    const double all = *std::ranges::max_element(largest);
    for (size_t r = 0; r < rows; ++r) {
      const double weight_step =
          2 * (second_per_channel_ ? largest[r] : all) / kWeightSteps;
      noise += given[r] * weight_step * weight_step;
    }
    return noise;
  }

  // Writes the scaled weights and bias.
  void Apply(const std::vector<double>& factors, Model& model) {
    Subgraph& graph = model.subgraphs[path_.first.id.subgraph];
    const auto tensor = [&](TensorIndex index) -> Tensor& {
      return graph.tensors[index];
    };
    std::vector<float> first = first_.values();
    const WeightLayout& layout = path_.first_matrix.layout();
    for (int64_t r = 0; r < layout.rows; ++r) {
      for (int64_t k = 0; k < layout.columns; ++k) {
        float& weight = first[layout.IndexOf(r, k)];
        weight = static_cast<float>(static_cast<double>(weight) / factors[r]);
      }
    }
    SetFloats(model, tensor(path_.first.weights), first);
    if (path_.first.bias != kNoTensor) {
      std::vector<float> bias = FloatsOf(model, tensor(path_.first.bias));
      for (size_t c = 0; c < std::min(bias.size(), factors.size()); ++c) {
        bias[c] = static_cast<float>(static_cast<double>(bias[c]) / factors[c]);
      }
      SetFloats(model, tensor(path_.first.bias), bias);
    }
    std::vector<float> second = second_.values();
    const LayerMatrix& matrix = path_.second_matrix;
    for (int64_t r = 0; r < matrix.rows(); ++r) {
      for (int64_t k = 0; k < matrix.columns(); ++k) {
        const auto c =
            static_cast<size_t>(matrix.InputChannelOf(r, k)) % factors.size();
        float& weight = second[matrix.layout().IndexOf(r, k)];
        weight = static_cast<float>(static_cast<double>(weight) * factors[c]);
      }
    }
    SetFloats(model, tensor(path_.second.weights), second);
  }

 private:
  static void Raise(double& largest, float weight) {
    largest = std::max(largest, std::abs(static_cast<double>(weight)));
  }
  static double Magnitude(const Channel& channel) {
    return std::max(channel.high, -channel.low);
  }

  void Describe(const Statistics& statistics) {
    const auto& tensors = statistics.tensors[path_.first.id.subgraph];
    const auto& input = tensors[path_.first.input].histogram;
    double count_in = 0;
    double squares = 0;
    input.ForEach([&](double value, int64_t times) {
      count_in += static_cast<double>(times);
      squares += static_cast<double>(times) * value * value;
    });
    if (count_in > 0) {
      input_power_ = squares / count_in *
                     static_cast<double>(path_.first_matrix.columns());
    }
    const TensorStatistics& seen = tensors[path_.first.output];
    if (seen.channels.size() != channels_.size()) return;
    const double count =
        static_cast<double>(seen.count) / static_cast<double>(channels_.size());
    for (size_t c = 0; c < channels_.size(); ++c) {
      const ChannelStatistics& from = seen.channels[c];
      Channel& channel = channels_[c];
      channel.low = std::min(0.0, static_cast<double>(from.min));
      channel.high = std::max(0.0, static_cast<double>(from.max));
      const double mean = from.sum.Value() / count;
      // Squares are not counted; most values lie within three deviations of the
      // mean, and a range is about six.
      const double deviation =
          (static_cast<double>(from.max) - static_cast<double>(from.min)) / 6;
      channel.power = mean * mean + deviation * deviation;
    }
    is_described_ = true;
  }

  const ChannelPath& path_;
  double steps_;
  bool first_per_channel_;
  bool second_per_channel_;
  Weights first_;
  Weights second_;
  std::vector<Channel> channels_;
  double input_power_ = 0;  // What a row of the first layer is given.
  bool is_described_ = false;
};

// The best factors that are tried, and the part of the noise that is left.
std::pair<std::vector<double>, double> BestFactors(Pair& pair, double most) {
  constexpr double kTried[] = {0, 0.25, 0.5, 0.75, 1};
  std::vector<std::vector<double>> tried = {pair.OfWeights(most)};
  for (const double activations : kTried) {
    for (const double weights : kTried) {
      tried.push_back(pair.OfActivations(activations, weights, most));
    }
  }
  const double before = pair.Noise(pair.OfActivations(0, 0, most));
  std::pair<std::vector<double>, double> best;
  best.second = 1;
  if (!(before > 0)) return best;
  for (std::vector<double>& factors : tried) {
    const double part = pair.Noise(factors) / before;
    if (part < best.second) best = {std::move(factors), part};
  }
  return best;
}

}  // namespace

Equalized Equalize(const Model& model, const Statistics& statistics,
                   const EqualizeOptions& options) {
  Equalized result;
  result.model = model;
  for (const ChannelPath& path : ChannelPaths(model)) {
    Pair pair(result.model, path, statistics, options);
    if (!pair.is_described()) continue;
    auto [factors, noise] = BestFactors(pair, options.most);
    if (factors.empty() || noise > 1 - options.least_gain) continue;
    pair.Apply(factors, result.model);
    result.pairs.push_back(
        {path.first, path.second, std::move(factors), noise});
  }
  return result;
}

}  // namespace tinyml::quantize
