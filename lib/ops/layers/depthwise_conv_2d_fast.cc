#include "ops/layers/depthwise_conv_2d_fast.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "ops/layers/conv_2d_fast.h"
#include "ops/layers/depthwise_conv_2d_simd.h"

namespace tinyml::ops {
namespace {

// Beyond this, the memory reserved is out of proportion to the model.
constexpr int64_t kMaxElements = int64_t{1} << 26;
// Elements that vectors read or write past the end of a row.
constexpr int64_t kSlack = 128;

// The shapes of a depthwise convolution as in depthwise_conv_2d_simd.h, with
// the rows that it keeps and its padded filter. Taps of a filter's row come in
// groups of `interleaved`.
template <typename Row, int kInterleaved>
class PackedDepthwise {
 public:
  explicit PackedDepthwise(const ConvGeometry& geometry)
      : geometry_(geometry),
        kept_(static_cast<size_t>(Slots(geometry))),
        sights_(static_cast<size_t>(geometry.filter.height)) {
    depthwise_.lanes = SimdLanes(geometry.output_channels);
    depthwise_.channels = Channels(geometry);
    depthwise_.columns = Columns(geometry);
    depthwise_.slots = Slots(geometry);
    depthwise_.slot_size =
        (depthwise_.columns * depthwise_.channels + kSlack) * kInterleaved;
    rows_.resize(depthwise_.slots * depthwise_.slot_size);
    row_.resize((depthwise_.columns + geometry.dilation.width) *
                    depthwise_.channels +
                kSlack);
    weights_.resize(geometry.filter.height * Groups(geometry) *
                    depthwise_.channels * kInterleaved);
  }

  static bool IsCovered(const ConvGeometry& g) {
    const bool sane =
        g.stride.width > 0 && g.stride.height > 0 && g.dilation.width > 0 &&
        g.dilation.height > 0 && g.filter.Elements() > 0 &&
        g.input.Elements() > 0 && g.OutputPixels() > 0 &&
        g.output_channels > 0 &&
        g.output_channels == int64_t{g.input_channels} * g.multiplier;
    if (!sane) return false;
    // Each factor is bounded before they are multiplied.
    const int64_t columns = Columns(g) + g.dilation.width;
    return columns <= kMaxElements && Slots(g) <= kMaxElements &&
           Channels(g) <= kMaxElements &&
           columns * Channels(g) <= kMaxElements &&
           columns * Channels(g) * kInterleaved <= kMaxElements / Slots(g);
  }

  // A view of it; valid as long as this object stays where it is.
  const SimdDepthwise& Get() {
    depthwise_.geometry = &geometry_;
    depthwise_.kept = kept_.data();
    depthwise_.sights = sights_.data();
    return depthwise_;
  }
  const Row* weights() const { return weights_.data(); }
  Row* row() { return row_.data(); }
  Row* rows() { return rows_.data(); }
  int64_t channels() const { return depthwise_.channels; }

  template <typename W>
  void Pack(const W* filter) {
    const int64_t channels = geometry_.output_channels;
    const int64_t width = geometry_.filter.width;
    for (int64_t tap = 0; tap < geometry_.filter.Elements(); ++tap) {
      const int64_t column = tap % width;
      const int64_t group =
          tap / width * Groups(geometry_) + column / kInterleaved;
      Row* to = weights_.data() + group * depthwise_.channels * kInterleaved +
                column % kInterleaved;
      for (int64_t c = 0; c < channels; ++c) {
        to[c * kInterleaved] = filter[tap * channels + c];
      }
    }
  }

 private:
  static int64_t Groups(const ConvGeometry& g) {
    return (int64_t{g.filter.width} + kInterleaved - 1) / kInterleaved;
  }
  static int64_t Channels(const ConvGeometry& g) {
    const int64_t lanes = SimdLanes(g.output_channels);
    return (g.output_channels + lanes - 1) / lanes * lanes;
  }
  static int64_t Columns(const ConvGeometry& g) {
    return (int64_t{g.output.width} - 1) * g.stride.width +
           (Groups(g) - 1) * kInterleaved * g.dilation.width + 1;
  }
  static int64_t Slots(const ConvGeometry& g) {
    return std::min<int64_t>(
        (int64_t{g.filter.height} - 1) * g.dilation.height + 1, g.input.height);
  }

  ConvGeometry geometry_;
  SimdDepthwise depthwise_;
  std::vector<int64_t> kept_;
  std::vector<SimdDepthwise::Sight> sights_;
  std::vector<Row> rows_;
  std::vector<Row> row_;
  std::vector<Row> weights_;
};

}  // namespace

ConvFunction<int8_t, int8_t, int32_t> FastDepthwiseInt8(
    const ConvGeometry& geometry, const Requantization& quantization,
    const int8_t* constant_filter) {
  using Packed = PackedDepthwise<int16_t, 2>;
  if (!Packed::IsCovered(geometry) ||
      !PaddedRequantization::IsCovered(quantization)) {
    return nullptr;
  }
  Packed packed(geometry);
  if (constant_filter != nullptr) packed.Pack(constant_filter);
  std::vector<int64_t> indices(static_cast<size_t>(geometry.output_channels));
  std::iota(indices.begin(), indices.end(), int64_t{0});
  PaddedRequantization requantization(quantization, std::move(indices),
                                      packed.channels());
  return
      [packed = std::move(packed), requantization = std::move(requantization),
       offset = quantization.input_offset, pack = constant_filter == nullptr](
          const int8_t* input, const int8_t* filter, const int32_t* bias,
          int8_t* output) mutable {
        if (pack) packed.Pack(filter);
        SimdDepthwiseInt8(packed.Get(), requantization.Get(bias), offset,
                          packed.weights(), packed.row(), packed.rows(), input,
                          output);
      };
}

ConvFunction<float, float, float> FastDepthwiseFloat(
    const ConvGeometry& geometry, const FloatActivationRange& range,
    const float* constant_filter) {
  using Packed = PackedDepthwise<float, 1>;
  if (!Packed::IsCovered(geometry)) return nullptr;
  Packed packed(geometry);
  if (constant_filter != nullptr) packed.Pack(constant_filter);
  std::vector<float> padded_bias(static_cast<size_t>(packed.channels()));
  return [packed = std::move(packed), padded_bias = std::move(padded_bias),
          range, channels = static_cast<size_t>(geometry.output_channels),
          pack = constant_filter == nullptr](
             const float* input, const float* filter, const float* bias,
             float* output) mutable {
    if (pack) packed.Pack(filter);
    if (bias != nullptr) std::copy_n(bias, channels, padded_bias.begin());
    SimdDepthwiseFloat(packed.Get(), range, padded_bias.data(),
                       packed.weights(), packed.rows(), input, output);
  };
}

}  // namespace tinyml::ops
