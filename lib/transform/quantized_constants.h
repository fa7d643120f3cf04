// Float constants as the integers that they were made of.
#ifndef TINYML_TRANSFORM_QUANTIZED_CONSTANTS_H_
#define TINYML_TRANSFORM_QUANTIZED_CONSTANTS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tinyml/model.h"
#include "transform/quantized_operators.h"

namespace tinyml::transform {

struct Integers {
  TensorType type = TensorType::kInt8;
  std::vector<uint8_t> bytes;  // Little-endian.
  Quantization quantization;
};

// Weights with a zero point of 0, as the kernels have them, and one scale or
// one for each index of `axis`; nothing where the tensor's quantization gives
// no such integers. Weights that are all equal need none.
std::optional<Integers> IntegerWeights(const Tensor& tensor,
                                       std::span<const float> values,
                                       int32_t axis);
// int32 of the scales of products; nothing where one does not fit.
std::optional<Integers> IntegerBias(std::span<const float> values,
                                    const Scale& input,
                                    std::span<const float> weight_scales);
// int8 by the tensor's own quantization, or by one that fits equal elements.
std::optional<Integers> IntegerOperand(const Tensor& tensor,
                                       std::span<const float> values);
// int8 of the given scale, what is out of range at its end.
Integers IntegersAt(const Scale& scale, std::span<const float> values);
// Whether the scale has the value within half a step.
bool IsInRange(const Scale& scale, float value);
// The value in steps of the scale, with its zero point, not cut off to int8.
double StepsOf(const Scale& scale, double value);

}  // namespace tinyml::transform

#endif  // TINYML_TRANSFORM_QUANTIZED_CONSTANTS_H_
