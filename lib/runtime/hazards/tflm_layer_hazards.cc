// Defects of tflite-micro's reference kernels of layers: convolutions, fully
// connected and recurrent layers. Source, unless a row names another:
// tflite-micro 90b983c2b3f1, micro/kernels/.
#include <optional>

#include "runtime/hazards/rows.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

HazardFinding TransposeConvActivation(const HazardSite& site) {
  return MetIf((site.InputIs(2, TensorType::kInt8) ||
                site.InputIs(2, TensorType::kInt16)) &&
               site.Options<TransposeConvOptions>().fused_activation_function !=
                   ActivationFunctionType::kNone);
}

HazardFinding FullyConnectedFirstScale(const HazardSite& site) {
  const RuntimeTensor* filter = site.Input(1);
  return MetIf((site.InputIs(0, TensorType::kInt8) ||
                site.InputIs(0, TensorType::kInt16)) &&
               filter != nullptr && filter->IsAffine() &&
               filter->Scales().size() > 1);
}

// The weights of the gates of an LSTM: from the input, then from its state.
constexpr int kFirstLstmWeights = 1;
constexpr int kLastLstmWeights = 8;

HazardFinding LstmGateScales(const HazardSite& site) {
  if (!site.InputIs(0, TensorType::kInt8) &&
      !site.InputIs(0, TensorType::kInt16)) {
    return {};
  }
  for (int i = kFirstLstmWeights; i <= kLastLstmWeights; ++i) {
    const RuntimeTensor* weights = site.Input(i);
    if (weights != nullptr && weights->IsAffine() &&
        weights->Scales().size() > 1) {
      return weights->Describe();
    }
  }
  return std::nullopt;
}

constexpr HazardRow kRows[] = {
    {"tflm-transpose-conv-activation", HazardSeverity::kResults,
     HazardCode::kReference, "tflm", "TRANSPOSE_CONV", std::nullopt,
     Change::kTransposeConvActivation, TransposeConvActivation,
     "a quantized transposed convolution ignores its fused activation",
     "tflite-micro 5b93e5b3fe7e; transpose_conv.cc before it",
     "make the activation an operator of its own, or update the runtime"},
    {"tflm-fully-connected-first-scale", HazardSeverity::kResults,
     HazardCode::kRuntime, "tflm", "FULLY_CONNECTED", std::nullopt,
     Change::kFullyConnectedPerChannelRefused, FullyConnectedFirstScale,
     "a fully connected layer uses the first scale of its weights for all "
     "channels",
     "tflite-micro 71fba59b5beb; fully_connected_common.cc before it",
     "quantize the weights per tensor, or update the runtime"},
    {"tflm-lstm-gate-scales", HazardSeverity::kUndefined,
     HazardCode::kReference, "tflm", "UNIDIRECTIONAL_SEQUENCE_LSTM",
     Change::kFullyConnectedPerChannel, std::nullopt, LstmGateScales,
     "a quantized LSTM whose weights have a scale for each channel multiplies "
     "by factors that the runtime never sets",
     "lstm_eval_common.cc, CreateGateParams, and fully_connected_common.cc, "
     "CalculateOpDataFullyConnected",
     "quantize the weights of the LSTM per tensor"},
};

}  // namespace

std::span<const HazardRow> TflmLayerHazards() { return kRows; }

}  // namespace tinyml::runtime
