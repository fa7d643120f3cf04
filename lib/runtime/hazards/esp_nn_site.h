// What predicates of ESP-NN's hazards have in common.
#ifndef TINYML_RUNTIME_HAZARDS_ESP_NN_SITE_H_
#define TINYML_RUNTIME_HAZARDS_ESP_NN_SITE_H_

#include <optional>

#include "runtime/esp_nn/convolution.h"
#include "runtime/hazards/hazard_row.h"

namespace tinyml::runtime {

inline bool RunsOn(const HazardSite& site, EspVariant variant) {
  return site.kernels().esp_variant == variant;
}

// The shape of a convolution with that options table that ESP-NN's code runs,
// and not the reference kernel.
template <typename Options>
std::optional<esp_nn::ConvShape> EspConvShape(const HazardSite& site) {
  const RuntimeTensor* input = site.Input(0);
  const RuntimeTensor* filter = site.Input(1);
  const RuntimeTensor* output = site.Output(0);
  if (input == nullptr || filter == nullptr || output == nullptr) return {};
  const ConvTensors tensors = {*input, *filter, *output};
  const auto& options = site.Options<Options>();
  if (!esp_nn::RunsEspNn(options, tensors)) return {};
  return esp_nn::MakeShape(options, tensors);
}

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_HAZARDS_ESP_NN_SITE_H_
