// Whether the sums of a layer with int16 activations can leave int32.
#ifndef TINYML_RUNTIME_HAZARDS_INT16_SUMS_H_
#define TINYML_RUNTIME_HAZARDS_INT16_SUMS_H_

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "runtime/hazards/hazard_row.h"

namespace tinyml::runtime {

// For a layer without a bias whose int8 filter has its outputs in dimension 0:
// the largest sum of magnitudes of an output's weights times -32,768. Weights
// that are not constant count as -128.
inline bool Int16SumLeavesInt32(const RuntimeTensor& filter) {
  const int64_t outputs = std::max(filter.Dim(0), 1);
  const int64_t weights = filter.Elements() / outputs;
  int64_t largest = weights * 128;
  if (filter.IsConstant() &&
      static_cast<int64_t>(filter.data.size()) >= filter.Elements()) {
    largest = 0;
    for (int64_t o = 0; o < outputs; ++o) {
      int64_t sum = 0;
      for (int64_t i = 0; i < weights; ++i) {
        sum += std::abs(static_cast<int8_t>(filter.data[o * weights + i]));
      }
      largest = std::max(largest, sum);
    }
  }
  return largest * 32768 > INT32_MAX;
}

// The same for an operator with its filter in input 1 and its bias in input 2.
inline HazardFinding Int16SumOverflows(const HazardSite& site) {
  return MetIf(site.InputIs(0, TensorType::kInt16) &&
               site.InputIs(1, TensorType::kInt8) && site.Input(2) == nullptr &&
               Int16SumLeavesInt32(*site.Input(1)));
}

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_HAZARDS_INT16_SUMS_H_
