// What calibration keeps of the values that a tensor takes.
//
// Everything here is a sum, a minimum or a maximum, and sums are exact: merging
// parts in any order gives the same as seeing all samples in one go.
#ifndef TINYML_QUANTIZE_CALIBRATION_STATISTICS_H_
#define TINYML_QUANTIZE_CALIBRATION_STATISTICS_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tinyml/model.h"
#include "tinyml/operator_id.h"
#include "tinyml/status.h"

namespace tinyml::quantize {

// A sum of doubles in 128-bit fixed point, 64 bits after the point: exact for
// multiples of 2^-64, smaller parts are cut off from each term. Terms beyond
// 2^62 count as 2^62.
class FixedSum {
 public:
  void Add(double term);
  void Add(const FixedSum& other);
  double Value() const;

  // The fixed-point number, for files.
  int64_t high() const { return static_cast<int64_t>(sum_ >> 64); }
  uint64_t low() const { return static_cast<uint64_t>(sum_); }
  static FixedSum FromParts(int64_t high, uint64_t low);
  friend bool operator==(const FixedSum&, const FixedSum&) = default;

 private:
  __extension__ typedef __int128 Int128;  // NOLINT: no `using` for it.
  Int128 sum_ = 0;
};

// Counts of magnitudes in bins that do not depend on the data: 32 to an octave,
// from 2^-40 to 2^40, of each sign. What is smaller counts as zero, what is
// larger as largest.
class Histogram {
 public:
  static constexpr int kBinsPerOctave = 32;
  static constexpr int kLowestExponent = -40;
  static constexpr int kOctaves = 80;
  static constexpr int kBins = kBinsPerOctave * kOctaves;

  void Add(float value);
  void Merge(const Histogram& other);

  int64_t zeros() const { return zeros_; }
  // Calls visit(value, count) for each bin in use, from the lowest value to the
  // highest; `value` is the middle of the bin.
  template <typename Visit>
  void ForEach(Visit&& visit) const {
    for (size_t i = negative_.counts.size(); i-- > 0;) {
      if (negative_.counts[i] != 0) {
        visit(-Middle(negative_.first + static_cast<int>(i)),
              negative_.counts[i]);
      }
    }
    if (zeros_ != 0) visit(0.0, zeros_);
    for (size_t i = 0; i < positive_.counts.size(); ++i) {
      if (positive_.counts[i] != 0) {
        visit(Middle(positive_.first + static_cast<int>(i)),
              positive_.counts[i]);
      }
    }
  }
  static double Middle(int bin);

  // The bins in use of one sign, for files.
  struct Side {
    int first = 0;                // The bin of counts[0].
    std::vector<int64_t> counts;  // Empty, or with something at both ends.
    void Add(int bin, int64_t count);
    friend bool operator==(const Side&, const Side&) = default;
  };
  const Side& negative() const { return negative_; }
  const Side& positive() const { return positive_; }
  static Histogram FromParts(Side negative, int64_t zeros, Side positive);
  friend bool operator==(const Histogram&, const Histogram&) = default;

 private:
  int64_t zeros_ = 0;
  Side negative_;
  Side positive_;
};

struct ChannelStatistics {
  float min = std::numeric_limits<float>::infinity();
  float max = -std::numeric_limits<float>::infinity();
  FixedSum sum;
  friend bool operator==(const ChannelStatistics&,
                         const ChannelStatistics&) = default;
};

struct TensorStatistics {
  int64_t count = 0;  // Elements seen.
  float min = std::numeric_limits<float>::infinity();
  float max = -std::numeric_limits<float>::infinity();
  Histogram histogram;
  // Along the last axis, which is that of channels; empty where it has more
  // than kMostChannels.
  static constexpr int32_t kMostChannels = 8192;
  std::vector<ChannelStatistics> channels;

  bool empty() const { return count == 0; }
  // Adds all values of a tensor whose last axis has `channels` indices (0: no
  // statistics by channel). Requires finite values.
  void Add(std::span<const float> values, int32_t channels);
  void Merge(const TensorStatistics& other);
  friend bool operator==(const TensorStatistics&,
                         const TensorStatistics&) = default;
};

// Of a whole model, by subgraph and tensor.
struct Statistics {
  // Of the model that was run: statistics belong to no other.
  std::string model_sha256;
  int64_t samples = 0;
  std::vector<std::vector<TensorStatistics>> tensors;
  // Values inside an operator that no tensor holds: by operator and a number
  // that the operator's code knows.
  std::map<std::pair<OperatorId, int>, TensorStatistics> internals;

  // Adds `other`. Fails with kInvalid if it is of another model.
  Status Merge(const Statistics& other);
  friend bool operator==(const Statistics&, const Statistics&) = default;
};

// Statistics as a JSON document and back; what is read is checked. `name` is
// for messages.
std::string FormatStatistics(const Statistics& statistics);
Result<Statistics> ParseStatistics(const std::string& name,
                                   const std::string& text);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_CALIBRATION_STATISTICS_H_
