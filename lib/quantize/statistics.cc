#include "quantize/statistics.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace tinyml::quantize {

void FixedSum::Add(double term) {
  constexpr double kMost = 0x1p62;
  term = std::clamp(term, -kMost, kMost);
  sum_ += static_cast<Int128>(term * 0x1p64);
}

void FixedSum::Add(const FixedSum& other) { sum_ += other.sum_; }

double FixedSum::Value() const { return static_cast<double>(sum_) * 0x1p-64; }

FixedSum FixedSum::FromParts(int64_t high, uint64_t low) {
  FixedSum sum;
  sum.sum_ = (static_cast<Int128>(high) * (static_cast<Int128>(1) << 64)) + low;
  return sum;
}

namespace {

// The bin of the magnitude whose bits are `bits`, or less than 0 for one that
// counts as zero: exponent and the first five bits of the mantissa.
int BinOf(uint32_t bits) {
  constexpr int kMantissaBits = 23;
  constexpr int kBias = 127;
  constexpr int kShift = kMantissaBits - 5;
  static_assert(Histogram::kBinsPerOctave == 1 << 5);
  const int bin =
      static_cast<int>(bits >> kShift) -
      (kBias + Histogram::kLowestExponent) * Histogram::kBinsPerOctave;
  return std::min(bin, Histogram::kBins - 1);
}

}  // namespace

double Histogram::Middle(int bin) {
  const int octave = bin / kBinsPerOctave;
  const double part = (bin % kBinsPerOctave + 0.5) / kBinsPerOctave;
  return std::ldexp(1.0 + part, kLowestExponent + octave);
}

void Histogram::Side::Add(int bin, int64_t count) {
  if (counts.empty()) {
    first = bin;
    counts.assign(1, count);
    return;
  }
  if (bin < first) {
    counts.insert(counts.begin(), static_cast<size_t>(first - bin), 0);
    first = bin;
  }
  const size_t at = bin - first;
  if (at >= counts.size()) counts.resize(at + 1, 0);
  counts[at] += count;
}

void Histogram::Add(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  const int bin = BinOf(bits & 0x7fffffffu);
  if (bin < 0) {
    ++zeros_;
    return;
  }
  Side& side = (bits >> 31) != 0 ? negative_ : positive_;
  const size_t at = bin - side.first;
  if (bin >= side.first && at < side.counts.size()) {
    ++side.counts[at];
  } else {
    side.Add(bin, 1);
  }
}

void Histogram::Merge(const Histogram& other) {
  zeros_ += other.zeros_;
  for (const auto& [into, from] : {std::pair(&negative_, &other.negative_),
                                   std::pair(&positive_, &other.positive_)}) {
    for (size_t i = 0; i < from->counts.size(); ++i) {
      if (from->counts[i] != 0) {
        into->Add(from->first + static_cast<int>(i), from->counts[i]);
      }
    }
  }
}

Histogram Histogram::FromParts(Side negative, int64_t zeros, Side positive) {
  Histogram histogram;
  histogram.negative_ = std::move(negative);
  histogram.zeros_ = zeros;
  histogram.positive_ = std::move(positive);
  return histogram;
}

void TensorStatistics::Add(std::span<const float> values,
                           int32_t channel_count) {
  if (values.empty()) return;
  count += static_cast<int64_t>(values.size());
  float low = min;
  float high = max;
  for (const float value : values) {
    low = std::min(low, value);
    high = std::max(high, value);
    histogram.Add(value);
  }
  min = low;
  max = high;
  const size_t width = channel_count;
  if (channel_count <= 0 || channel_count > kMostChannels ||
      values.size() % width != 0) {
    return;
  }
  channels.resize(width);
  std::vector<double> sums(width, 0.0);
  for (size_t i = 0; i < values.size(); i += width) {
    for (size_t c = 0; c < width; ++c) {
      const float value = values[i + c];
      channels[c].min = std::min(channels[c].min, value);
      channels[c].max = std::max(channels[c].max, value);
      sums[c] += static_cast<double>(value);
    }
  }
  for (size_t c = 0; c < width; ++c) channels[c].sum.Add(sums[c]);
}

void TensorStatistics::Merge(const TensorStatistics& other) {
  count += other.count;
  min = std::min(min, other.min);
  max = std::max(max, other.max);
  histogram.Merge(other.histogram);
  if (other.channels.empty()) return;
  channels.resize(other.channels.size());
  for (size_t c = 0; c < channels.size(); ++c) {
    channels[c].min = std::min(channels[c].min, other.channels[c].min);
    channels[c].max = std::max(channels[c].max, other.channels[c].max);
    channels[c].sum.Add(other.channels[c].sum);
  }
}

Status Statistics::Merge(const Statistics& other) {
  const auto fits = [&] {
    if (model_sha256 != other.model_sha256 ||
        tensors.size() != other.tensors.size()) {
      return false;
    }
    for (size_t s = 0; s < tensors.size(); ++s) {
      if (tensors[s].size() != other.tensors[s].size()) return false;
      for (size_t t = 0; t < tensors[s].size(); ++t) {
        const auto& a = tensors[s][t];
        const auto& b = other.tensors[s][t];
        if (!a.empty() && !b.empty() &&
            a.channels.size() != b.channels.size()) {
          return false;
        }
      }
    }
    return true;
  };
  if (!fits()) {
    return Fail(ErrorCode::kInvalid,
                "statistics of different models cannot be merged");
  }
  samples += other.samples;
  for (size_t s = 0; s < tensors.size(); ++s) {
    for (size_t t = 0; t < tensors[s].size(); ++t) {
      tensors[s][t].Merge(other.tensors[s][t]);
    }
  }
  for (const auto& [key, value] : other.internals) {
    internals[key].Merge(value);
  }
  return {};
}

}  // namespace tinyml::quantize
