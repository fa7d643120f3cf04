#include "quantize/parameters/ranges.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace tinyml::quantize {
namespace {

struct Integers {
  double low;
  double high;
};
Integers IntegersOf(TensorType type) {
  return type == TensorType::kInt16 ? Integers{-32767, 32767}
                                    : Integers{-128, 127};
}

Range MinMax(const TensorStatistics& seen) {
  return {std::min(0.0, static_cast<double>(seen.min)),
          std::max(0.0, static_cast<double>(seen.max))};
}

// The bins of a histogram in order, with those at the ends no wider than what
// was seen.
struct Bins {
  std::vector<double> values;
  std::vector<double> counts;
  double total = 0;
};
Bins BinsOf(const TensorStatistics& seen) {
  Bins bins;
  seen.histogram.ForEach([&](double value, int64_t count) {
    bins.values.push_back(std::clamp(value, static_cast<double>(seen.min),
                                     static_cast<double>(seen.max)));
    bins.counts.push_back(static_cast<double>(count));
    bins.total += static_cast<double>(count);
  });
  return bins;
}

double StepOf(const Range& range, TensorType type) {
  if (type == TensorType::kInt16) {
    return std::max(-range.low, range.high) / 32767.0;
  }
  return (range.high - range.low) / 255.0;
}

double ErrorOf(const Bins& bins, const Range& range, TensorType type) {
  const double step = StepOf(range, type);
  const double rounding = step * step / 12.0;
  double error = 0;
  for (size_t i = 0; i < bins.values.size(); ++i) {
    const double value = bins.values[i];
    if (value == 0.0) continue;  // Exact.
    double each = rounding;
    if (value < range.low) {
      each = (range.low - value) * (range.low - value);
    } else if (value > range.high) {
      each = (value - range.high) * (value - range.high);
    } else {
      // Of values smaller than half a step all is lost, not more.
      each = std::min(each, value * value);
    }
    error += bins.counts[i] * each;
  }
  return error;
}

// How far the distribution is from what is left of it in 256 (or 65,535) steps:
// the Kullback-Leibler divergence of the bins. Source of the idea: S. Migacz,
// "8-bit Inference with TensorRT", GTC 2017.
double DivergenceOf(const Bins& bins, const Range& range, TensorType type) {
  const double step = StepOf(range, type);
  if (step <= 0) return std::numeric_limits<double>::infinity();
  const size_t count = bins.values.size();
  std::vector<double> clipped = bins.counts;
  size_t first = 0;
  size_t last = count;
  while (first + 1 < last && bins.values[first] < range.low) {
    clipped[first + 1] += clipped[first];
    ++first;
  }
  while (last > first + 1 && bins.values[last - 1] > range.high) {
    clipped[last - 2] += clipped[last - 1];
    --last;
  }
  double divergence = 0;
  size_t i = first;
  while (i < last) {
    const double level = std::round(bins.values[i] / step);
    double original = 0;
    size_t end = i;
    while (end < last && std::round(bins.values[end] / step) == level) {
      original += bins.counts[end];
      ++end;
    }
    // A level gives all its bins the same count.
    const double each = original / static_cast<double>(end - i);
    for (; i < end; ++i) {
      const double p = clipped[i] / bins.total;
      const double q = each / bins.total;
      if (p > 0) divergence += p * std::log(p / std::max(q, 1e-12));
    }
  }
  return divergence;
}

// Draws both ends of the range in, step by step and in turn, to where `cost` is
// lowest.
template <typename Cost>
Range Search(const Range& widest, TensorType type, const Cost& cost) {
  constexpr int kSteps = 100;
  constexpr double kSmallest = 0.15;
  const auto factor = [](int i) {
    return 1.0 - (1.0 - kSmallest) * i / kSteps;
  };
  Range best = widest;
  double lowest = cost(best);
  const auto look = [&](const Range& range) {
    const double c = cost(range);
    if (c < lowest * (1 - 1e-9)) {
      lowest = c;
      best = range;
    }
  };
  if (type == TensorType::kInt16) {
    for (int i = 1; i <= kSteps; ++i) {
      look({widest.low * factor(i), widest.high * factor(i)});
    }
    return best;
  }
  constexpr int kRounds = 4;
  for (int round = 0; round < kRounds; ++round) {
    const double before = lowest;
    for (int i = 0; i <= kSteps; ++i) look({best.low, widest.high * factor(i)});
    for (int i = 0; i <= kSteps; ++i) look({widest.low * factor(i), best.high});
    if (lowest == before) break;
  }
  return best;
}

// What remains without the outermost `share` on each side.
Range Percentile(const TensorStatistics& seen, double share) {
  const Bins bins = BinsOf(seen);
  const double most = bins.total * share;
  const auto end = [&](auto begin, auto stop, int step) {
    double left_out = 0;
    auto i = begin;
    for (; i != stop; i += step) {
      left_out += bins.counts[i];
      if (left_out > most) break;
    }
    return i == stop ? 0.0 : bins.values[i];
  };
  const auto count = static_cast<std::ptrdiff_t>(bins.values.size());
  return {std::min(0.0, end(std::ptrdiff_t{0}, count, 1)),
          std::max(0.0, end(count - 1, std::ptrdiff_t{-1}, -1))};
}

}  // namespace

Parameters ParametersFor(const Range& range, TensorType type) {
  const Integers integers = IntegersOf(type);
  double step = StepOf(range, type);
  // Any scale is right for values that are all zero.
  constexpr double kLeast = 1e-30;
  if (!(step > kLeast)) step = 1.0 / 128;
  Parameters parameters;
  parameters.scale = static_cast<float>(step);
  if (type == TensorType::kInt16) return parameters;
  const double zero =
      integers.low - range.low / static_cast<double>(parameters.scale);
  parameters.zero_point = static_cast<int32_t>(
      std::clamp(std::round(zero), integers.low, integers.high));
  return parameters;
}

Range Representable(const Parameters& parameters, TensorType type) {
  const Integers integers = IntegersOf(type);
  const auto scale = static_cast<double>(parameters.scale);
  const double zero = parameters.zero_point;
  return {(integers.low - zero) * scale, (integers.high - zero) * scale};
}

Range ChooseRange(const TensorStatistics& seen, RangeMethod method,
                  TensorType type) {
  if (seen.empty()) return {};
  const Range widest = MinMax(seen);
  if (StepOf(widest, type) <= 0) return widest;
  constexpr double kOutermost = 1e-4;
  Range range = widest;
  switch (method) {
    case RangeMethod::kPercentile:
      range = Percentile(seen, kOutermost);
      break;
    case RangeMethod::kAuto:
    case RangeMethod::kMse: {
      const Bins bins = BinsOf(seen);
      range = Search(widest, type, [&](const Range& candidate) {
        return ErrorOf(bins, candidate, type);
      });
      break;
    }
    case RangeMethod::kEntropy: {
      const Bins bins = BinsOf(seen);
      range = Search(widest, type, [&](const Range& candidate) {
        return DivergenceOf(bins, candidate, type);
      });
      break;
    }
    case RangeMethod::kMinMax:
      break;
  }
  return StepOf(range, type) > 0 ? range : widest;
}

double SquaredError(const Histogram& histogram, const Range& range,
                    TensorType type) {
  TensorStatistics seen;
  seen.min = -std::numeric_limits<float>::infinity();
  seen.max = std::numeric_limits<float>::infinity();
  seen.histogram = histogram;
  return ErrorOf(BinsOf(seen), range, type);
}

double ClippedShare(const Histogram& histogram, const Range& range) {
  double clipped = 0;
  double total = 0;
  // A bin holds magnitudes 3 % apart.
  constexpr double kSlack = 1.0 + 1.0 / Histogram::kBinsPerOctave;
  histogram.ForEach([&](double value, int64_t count) {
    total += static_cast<double>(count);
    if (value < range.low * kSlack || value > range.high * kSlack) {
      clipped += static_cast<double>(count);
    }
  });
  return total > 0 ? clipped / total : 0;
}

std::string_view RangeMethodName(RangeMethod method) {
  switch (method) {
    case RangeMethod::kAuto:
      return "auto";
    case RangeMethod::kMinMax:
      return "minmax";
    case RangeMethod::kPercentile:
      return "percentile";
    case RangeMethod::kMse:
      return "mse";
    case RangeMethod::kEntropy:
      return "entropy";
  }
  return "";
}

}  // namespace tinyml::quantize
