// From the values that a class of tensors takes to its scale and zero point.
#ifndef TINYML_QUANTIZE_PARAMETERS_RANGES_H_
#define TINYML_QUANTIZE_PARAMETERS_RANGES_H_

#include <cstdint>
#include <string_view>

#include "quantize/calibration/statistics.h"
#include "tinyml/model.h"
#include "tinyml/quantize.h"

namespace tinyml::quantize {

// What is to be representable; low <= 0 <= high.
struct Range {
  double low = 0;
  double high = 0;
};

// Scale and zero point of an activation. The zero point is exact: some integer
// stands for 0. Source: quantization specification of TensorFlow Lite; int16
// is symmetric, as its kernels demand.
struct Parameters {
  float scale = 1;
  int32_t zero_point = 0;
};
Parameters ParametersFor(const Range& range, TensorType type);

// The range of values that can be written with `parameters`.
Range Representable(const Parameters& parameters, TensorType type);

// The range that `method` (not kAuto) takes of values that were seen.
Range ChooseRange(const TensorStatistics& seen, RangeMethod method,
                  TensorType type);

// Sum of squared errors that values have once quantized, as the histogram tells
// it: rounding is uniform, what is out of range is clipped.
double SquaredError(const Histogram& histogram, const Range& range,
                    TensorType type);

// The share of values out of the range.
double ClippedShare(const Histogram& histogram, const Range& range);

// "minmax" ...
std::string_view RangeMethodName(RangeMethod method);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_PARAMETERS_RANGES_H_
