#include "quantize/refinements/reconstruct.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/macros.h"
#include "model/constants.h"

namespace tinyml::quantize {
namespace {

// The rows of each group, without their inputs.
std::vector<RowGroup> GroupsOf(const LayerMatrix& matrix,
                               const std::vector<float>& rows) {
  const Eigen::Index columns = matrix.columns();
  const Eigen::Index height = matrix.rows() / matrix.groups();
  std::vector<RowGroup> groups(static_cast<size_t>(matrix.groups()));
  size_t at = 0;
  for (RowGroup& group : groups) {
    group.weights.resize(height, columns);
    for (Eigen::Index r = 0; r < height; ++r) {
      for (Eigen::Index k = 0; k < columns; ++k) {
        group.weights(r, k) = static_cast<double>(rows[at++]);
      }
    }
  }
  return groups;
}

// What the mean of the error of each row's output is without the addend.
void AddMeans(const RowGroup& group, const RoundedRows& rounded,
              const Eigen::VectorXd& mean, std::vector<double>& addends) {
  const Eigen::Index columns = group.weights.cols();
  size_t at = 0;
  for (Eigen::Index r = 0; r < group.weights.rows(); ++r) {
    const auto scale = static_cast<double>(
        rounded.scales.size() == 1 ? rounded.scales[0] : rounded.scales[r]);
    double addend = 0;
    for (Eigen::Index k = 0; k < columns; ++k) {
      const auto integer = static_cast<double>(rounded.integers[at++]);
      addend += (group.weights(r, k) - scale * integer) * mean[k];
    }
    addends.push_back(addend);
  }
}

}  // namespace

LayerWeights ReconstructLayer(const Model& model, const LayerToRound& layer,
                              const LayerMatrix& matrix,
                              std::span<const Gram> grams,
                              const ReconstructOptions& options,
                              std::vector<double>& addends) {
  const Tensor& tensor =
      model.subgraphs[layer.layer.id.subgraph].tensors[layer.layer.weights];
  const std::vector<float> weights = FloatsOf(model, tensor);
  std::vector<RowGroup> groups =
      GroupsOf(matrix, ToRows<float>(matrix.layout(), weights));
  const bool biases = options.biases && layer.has_bias;
  const auto products_of = [&](const Gram& gram) {
    return Shrunk(biases ? gram.Centred() : gram.products,
                  IndependentWindows(gram));
  };
  std::vector<RoundedRows> rounded;
  if (layer.per_channel) {
    for (size_t g = 0; g < groups.size(); ++g) {
      const Eigen::MatrixXd products = products_of(grams[g]);
      groups[g].products = &products;
      rounded.push_back(RoundRowsAndScales(groups[g], options.round));
      groups[g].products = nullptr;
    }
  } else {
    std::vector<Eigen::MatrixXd> products;
    for (const Gram& gram : grams) products.push_back(products_of(gram));
    for (size_t g = 0; g < groups.size(); ++g) {
      groups[g].products = &products[g];
    }
    rounded = RoundRowsAndScale(groups, options.round);
    for (RowGroup& group : groups) group.products = nullptr;
  }
  // A row of zeros has any scale; that of its bias must still be fine enough.
  const std::vector<float> full =
      ScalesOf(weights, ChannelIndex(tensor.shape, layer.layer.channel_axis),
               layer.per_channel);
  LayerWeights result;
  result.method = "reconstruction";
  std::vector<int8_t> integers;
  addends.clear();
  for (size_t g = 0; g < groups.size(); ++g) {
    integers.insert(integers.end(), rounded[g].integers.begin(),
                    rounded[g].integers.end());
    if (layer.per_channel || g == 0) {
      result.scales.insert(result.scales.end(), rounded[g].scales.begin(),
                           rounded[g].scales.end());
    }
    if (biases) AddMeans(groups[g], rounded[g], grams[g].Mean(), addends);
  }
  for (size_t i = 0; i < result.scales.size(); ++i) {
    const size_t width = integers.size() / result.scales.size();
    const auto row = std::span(integers).subspan(i * width, width);
    if (std::ranges::all_of(row, [](int8_t q) { return q == 0; })) {
      result.scales[i] = full[i];
    }
  }
  result.values = FromRows<int8_t>(matrix.layout(), integers);
  return result;
}

Status ReconstructLayers(const Model& model, const Target& target,
                         std::span<const LayerToRound> layers,
                         const SampleSource& samples,
                         const ReconstructOptions& options, WeightsPlan& plan) {
  std::vector<Layer> plain;
  for (const LayerToRound& layer : layers) plain.push_back(layer.layer);
  struct Made {
    LayerWeights weights;
    std::vector<double> addends;
  };
  std::vector<Made> made(layers.size());
  // Called by several threads, each for layers of its own.
  const auto visit = [&](size_t i, const LayerMatrix& matrix,
                         std::span<const Gram> grams) -> Status {
    made[i].weights = ReconstructLayer(model, layers[i], matrix, grams, options,
                                       made[i].addends);
    return {};
  };
  TINYML_RETURN_IF_ERROR(
      CollectGrams(model, target, plain, samples, options.grams, visit));
  for (size_t i = 0; i < layers.size(); ++i) {
    if (made[i].weights.values.empty()) continue;
    const OperatorId key = plain[i].id;
    plan.layers[key] = std::move(made[i].weights);
    if (!made[i].addends.empty()) {
      plan.bias_addends[key] = std::move(made[i].addends);
    }
  }
  return {};
}

}  // namespace tinyml::quantize
