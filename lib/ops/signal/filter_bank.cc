// SignalFilterBank, SignalFilterBankSquareRoot, SignalFilterBankLog and
// SignalFilterBankSpectralSubtraction. Source: tflite-micro 90b983c2b3f1,
// signal/micro/kernels/filter_bank.cc, filter_bank_square_root.cc,
// filter_bank_log.cc, filter_bank_spectral_subtraction.cc; signal/src/ of the
// same names, square_root_32.cc, square_root_64.cc, log.cc, msb_32.cc.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include "ops/kernel.h"
#include "ops/signal/operands.h"

namespace tinyml::ops {
namespace {

constexpr int kLogScaleBits = 16;

// The square root rounded to nearest, as far as the result has room: 16 bits
// where the upper half of `x` is 0, else 32 (Sqrt32 and Sqrt64).
uint32_t RoundedSquareRoot(uint64_t x) {
  auto root = static_cast<uint64_t>(std::sqrt(static_cast<double>(x)));
  constexpr uint64_t kMostRoot = std::numeric_limits<uint32_t>::max();
  root = std::min(root, kMostRoot);
  while (root * root > x) --root;
  while (root < kMostRoot && (root + 1) * (root + 1) <= x) ++root;
  const uint64_t most = x >> 32 == 0 ? 0xFFFF : kMostRoot;
  if (x - root * root > root && root != most) ++root;
  return static_cast<uint32_t>(root);
}

// Logarithms in fixed point (log.cc): exact for 2^k; in between, a table says
// by how much they exceed a straight line.
class FixedLog {
 public:
  FixedLog() {
    for (size_t i = 0; i < excess_.size(); ++i) {
      const double at = static_cast<double>(i) / kSegments;
      excess_[i] = static_cast<int32_t>(
          std::lround((1 << kLogScaleBits) * (std::log2(1 + at) - at)));
    }
  }

  // The natural logarithm of x > 0 times `scale`; overflow wraps.
  uint32_t Of(uint32_t x, uint32_t scale) const {
    constexpr uint32_t kHalf = 1U << (kLogScaleBits - 1);
    constexpr uint64_t kLogOf2 = 45426;  // In 2^-16.
    const auto integer = static_cast<uint32_t>(std::bit_width(x)) - 1;
    const uint32_t log2 = (integer << kLogScaleBits) + Fraction(x, integer);
    const auto natural =
        static_cast<uint32_t>((kLogOf2 * log2 + kHalf) >> kLogScaleBits);
    return (scale * natural + kHalf) >> kLogScaleBits;
  }

 private:
  static constexpr int kSegmentBits = 7;
  static constexpr int kSegments = 1 << kSegmentBits;

  // log2(x / 2^integer).
  uint32_t Fraction(uint32_t x, uint32_t integer) const {
    uint32_t fraction = x - (1U << integer);
    if (integer < kLogScaleBits) {
      fraction <<= kLogScaleBits - integer;
    } else {
      fraction >>= integer - kLogScaleBits;
    }
    constexpr int kWithinBits = kLogScaleBits - kSegmentBits;
    const size_t segment = fraction >> kWithinBits;
    const auto within =
        static_cast<int32_t>(fraction & ((1U << kWithinBits) - 1));
    const int32_t low = excess_[segment];
    const int32_t step = excess_[segment + 1] - low;
    const int32_t between = (step * within) >> kLogScaleBits;
    return fraction + static_cast<uint32_t>(low + between);
  }

  std::array<int32_t, kSegments + 1> excess_ = {};
};

void FillRest(const TensorView& view, int64_t written) {
  std::fill(view.writable + written * (TensorTypeBits(view.type) / 8),
            view.writable + view.bytes.size(), uint8_t{0});
}

}  // namespace

// Each energy goes to two adjacent channels, with its weight and with one minus
// its weight. Sums wrap.
Result<Invocation> PrepareSignalFilterBank(OpContext& op) {
  constexpr auto kInt16 = TensorType::kInt16;
  TINYML_RETURN_IF_ERROR(CheckSignalTypes(
      op, {TensorType::kUInt32, kInt16, kInt16, kInt16, kInt16, kInt16},
      {TensorType::kUInt64}));
  TINYML_ASSIGN_OR_RETURN(const int32_t channels,
                          SignalOption(op, 0, "num_channels"));
  TINYML_REQUIRE(op, channels >= 0, "its num_channels is negative");
  for (int i = 3; i < 6; ++i) {
    TINYML_RETURN_IF_ERROR(
        CheckLength(op, *op.Input(i), int64_t{channels} + 1));
  }
  const TensorView& output = *op.Output(0);
  const int64_t written = std::min<int64_t>(output.Elements(), channels);
  if (written < output.Elements()) {
    op.Warn("output " + output.Describe() +
            " has more than its channels; tinyml writes zeros there");
  }
  return [&op, &output, written, channels]() -> Status {
    const auto input = op.Input(0)->As<uint32_t>();
    const auto weights = op.Input(1)->As<int16_t>();
    const auto unweights = op.Input(2)->As<int16_t>();
    const auto starts = op.Input(3)->As<int16_t>();
    const auto weight_starts = op.Input(4)->As<int16_t>();
    const auto widths = op.Input(5)->As<int16_t>();
    const size_t weight_count = std::min(weights.size(), unweights.size());
    FillRest(output, written);
    uint64_t sum = 0;
    uint64_t next = 0;
    // Channel 0 exists only for what it passes on.
    for (size_t i = 0; i <= static_cast<size_t>(channels); ++i) {
      const auto width = static_cast<size_t>(std::max<int16_t>(widths[i], 0));
      const size_t start = starts[i];
      const size_t weight_start = weight_starts[i];
      TINYML_REQUIRE(op,
                     width == 0 || (starts[i] >= 0 && weight_starts[i] >= 0 &&
                                    start + width <= input.size() &&
                                    weight_start + width <= weight_count),
                     "channel " + std::to_string(i) +
                         " reaches outside the input or the weights");
      for (size_t j = 0; j < width; ++j) {
        const uint64_t energy = input[start + j];
        sum +=
            static_cast<uint64_t>(int64_t{weights[weight_start + j]}) * energy;
        next += static_cast<uint64_t>(int64_t{unweights[weight_start + j]}) *
                energy;
      }
      if (i > 0 && i <= static_cast<size_t>(written)) {
        output.Mutable<uint64_t>()[i - 1] = sum;
      }
      sum = next;
      next = 0;
    }
    return {};
  };
}

Result<Invocation> PrepareSignalFilterBankSquareRoot(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckSignalTypes(
      op, {TensorType::kUInt64, TensorType::kInt32}, {TensorType::kUInt32}));
  const TensorView& input = *op.Input(0);
  const TensorView& bits = *op.Input(1);
  const TensorView& output = *op.Output(0);
  TINYML_RETURN_IF_ERROR(CheckLength(op, bits, 1));
  TINYML_RETURN_IF_ERROR(CheckLength(op, output, input.Elements()));
  if (input.Elements() < output.Elements()) {
    op.Warn("a part of output " + output.Describe() +
            " is unwritten; tinyml writes zeros there");
  }
  return [&op, &input, &bits, &output]() -> Status {
    const int32_t shift = bits.As<int32_t>()[0];
    TINYML_REQUIRE(
        op, shift >= 0 && shift < 32,
        "its scale bits " + std::to_string(shift) + " are out of range");
    const auto values = input.As<uint64_t>().first(input.Elements());
    FillRest(output, input.Elements());
    std::transform(
        values.begin(), values.end(), output.Mutable<uint32_t>().begin(),
        [shift](uint64_t x) { return RoundedSquareRoot(x) >> shift; });
    return {};
  };
}

Result<Invocation> PrepareSignalFilterBankLog(OpContext& op) {
  TINYML_RETURN_IF_ERROR(
      CheckSignalTypes(op, {TensorType::kUInt32}, {TensorType::kInt16}));
  const TensorView& input = *op.Input(0);
  const TensorView& output = *op.Output(0);
  TINYML_ASSIGN_OR_RETURN(const int32_t shift,
                          SignalOption(op, 0, "input_correction_bits"));
  TINYML_ASSIGN_OR_RETURN(const int32_t scale,
                          SignalOption(op, 1, "output_scale"));
  TINYML_REQUIRE(op, shift >= 0 && shift < 32,
                 "its input_correction_bits " + std::to_string(shift) +
                     " are out of range");
  TINYML_RETURN_IF_ERROR(CheckLength(op, output, input.Elements()));
  if (input.Elements() < output.Elements()) {
    op.Warn("a part of output " + output.Describe() +
            " is unwritten; tinyml writes zeros there");
  }
  return [&input, &output, shift, scale = static_cast<uint32_t>(scale),
          log = FixedLog()]() -> Status {
    const auto values = input.As<uint32_t>().first(input.Elements());
    FillRest(output, input.Elements());
    std::transform(
        values.begin(), values.end(), output.Mutable<int16_t>().begin(),
        [&](uint32_t value) {
          constexpr uint32_t kMost = std::numeric_limits<int16_t>::max();
          const uint32_t scaled = value << shift;
          const uint32_t result = scaled > 1 ? log.Of(scaled, scale) : 0;
          return static_cast<int16_t>(std::min(result, kMost));
        });
    return {};
  };
}

Result<Invocation> PrepareSignalFilterBankSpectralSubtraction(OpContext& op) {
  constexpr auto kUInt32 = TensorType::kUInt32;
  TINYML_RETURN_IF_ERROR(CheckSignalTypes(op, {kUInt32}, {kUInt32, kUInt32}));
  // In the order of the keys.
  constexpr std::string_view kNames[] = {"alternate_one_minus_smoothing",
                                         "alternate_smoothing",
                                         "clamping",
                                         "min_signal_remaining",
                                         "num_channels",
                                         "one_minus_smoothing",
                                         "smoothing",
                                         "smoothing_bits",
                                         "spectral_subtraction_bits"};
  std::array<int32_t, std::size(kNames)> options = {};
  for (size_t i = 0; i < options.size(); ++i) {
    TINYML_ASSIGN_OR_RETURN(options[i], SignalOption(op, i, kNames[i]));
  }
  const int32_t channels = options[4];
  const int32_t smoothing_bits = options[7];
  const int32_t bits = options[8];
  TINYML_REQUIRE(op,
                 channels >= 0 && smoothing_bits >= 0 && smoothing_bits < 32 &&
                     bits >= 0 && bits < 64,
                 "its num_channels, smoothing_bits or "
                 "spectral_subtraction_bits are out of range");
  const TensorView& input = *op.Input(0);
  const TensorView& output = *op.Output(0);
  const TensorView& noise = *op.Output(1);
  TINYML_RETURN_IF_ERROR(CheckLength(op, input, channels));
  TINYML_RETURN_IF_ERROR(CheckLength(op, output, channels));
  const int64_t noises = std::min<int64_t>(noise.Elements(), channels);
  if (noises < noise.Elements() || channels < output.Elements()) {
    op.Warn(
        "its outputs have more than its channels; tinyml writes zeros "
        "there");
  }
  return [&input, &output, &noise, options, channels, smoothing_bits, bits,
          noises,
          estimates = std::vector<uint32_t>(
              static_cast<size_t>(channels))]() mutable -> Status {
    const auto at = [&options](size_t i) {
      return static_cast<uint64_t>(static_cast<uint32_t>(options[i]));
    };
    const auto signals = input.As<uint32_t>();
    const auto results = output.Mutable<uint32_t>();
    FillRest(output, channels);
    FillRest(noise, noises);
    for (size_t i = 0; i < estimates.size(); ++i) {
      const bool is_odd = i % 2 != 0;
      const uint64_t smoothing = is_odd ? at(1) : at(6);
      const uint64_t rest = is_odd ? at(0) : at(5);
      const uint32_t signal = signals[i] << smoothing_bits;
      uint32_t& estimate = estimates[i];
      estimate =
          static_cast<uint32_t>((signal * smoothing + estimate * rest) >> bits);
      const uint32_t subtracted =
          (signal - std::min(estimate, signal)) >> smoothing_bits;
      if (options[2] != 0) estimate = std::min(estimate, signal);
      const auto least = static_cast<uint32_t>((signals[i] * at(3)) >> bits);
      results[i] = std::max(subtracted, least);
    }
    std::copy_n(estimates.begin(), noises, noise.Mutable<uint32_t>().begin());
    return {};
  };
}

}  // namespace tinyml::ops
