#include "ops/layers/conv_2d_fast.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace tinyml::ops {
namespace {

// Inputs that are gathered before they are multiplied: they stay in a core's L1
// cache.
constexpr int64_t kTileElements = 8192;
constexpr int64_t kMaxTile = 64;
// Beyond this, the memory reserved is out of proportion to the model.
constexpr int64_t kMaxElements = int64_t{1} << 28;

// How many products of int16 and int8 can be summed in 32 bits; even.
constexpr int64_t kExactProducts = 510;

int64_t RoundUp(int64_t value, int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

// The shapes of a convolution as in conv_2d_simd.h, and its packed filter.
template <typename W, int kInterleaved>
class PackedConv {
 public:
  explicit PackedConv(const ConvGeometry& geometry)
      : geometry_(geometry), lanes_(SimdLanes(geometry.GroupOutputs())) {
    conv_.lanes = lanes_;
    conv_.row_size = RoundUp(
        geometry.filter.Elements() * geometry.GroupInputs(), kInterleaved);
    conv_.group_blocks = RoundUp(geometry.GroupOutputs(), lanes_) / lanes_;
    conv_.tile = std::clamp<int64_t>(
        kTileElements / std::max<int64_t>(conv_.row_size, 1) / 4 * 4, 4,
        kMaxTile);
    conv_.rows_are_pixels =
        geometry.filter.Elements() == 1 && geometry.groups == 1 &&
        geometry.stride.height == 1 && geometry.stride.width == 1 &&
        geometry.padding.height == 0 && geometry.padding.width == 0 &&
        geometry.input.height == geometry.output.height &&
        geometry.input.width == geometry.output.width &&
        conv_.row_size == geometry.input_channels;
    weights_.resize(Channels() * conv_.row_size);
  }

  static bool IsCovered(const ConvGeometry& geometry) {
    if (SimdLanes() == 0) return false;
    // A group with few outputs leaves most lanes without work.
    if (geometry.groups > 1 && geometry.GroupOutputs() < 4) return false;
    const int64_t row = geometry.filter.Elements() * geometry.GroupInputs();
    return row > 0 && geometry.OutputPixels() > 0 &&
           geometry.output_channels > 0 &&
           (row + kInterleaved) * 64 * geometry.groups <= kMaxElements &&
           (row + kInterleaved) * (int64_t{geometry.output_channels} +
                                   int64_t{geometry.groups} * 64) <=
               kMaxElements;
  }

  // A view of it; valid as long as this object stays where it is.
  const SimdConv& Get() {
    conv_.geometry = &geometry_;
    return conv_;
  }
  const ConvGeometry& geometry() const { return geometry_; }
  const W* weights() const { return weights_.data(); }
  int64_t RowElements() const { return conv_.tile * conv_.row_size; }
  int64_t TileSums() const { return conv_.tile * conv_.group_blocks * lanes_; }
  // Output channels, including the padding of blocks.
  int64_t Channels() const {
    return geometry_.groups * conv_.group_blocks * lanes_;
  }
  // The index of output channel `c` among them.
  int64_t IndexOf(int32_t c) const {
    return c / geometry_.GroupOutputs() * conv_.group_blocks * lanes_ +
           c % geometry_.GroupOutputs();
  }
  std::vector<int64_t> Indices() const {
    std::vector<int64_t> indices;
    for (int32_t c = 0; c < geometry_.output_channels; ++c) {
      indices.push_back(IndexOf(c));
    }
    return indices;
  }

  void Pack(const W* filter) {
    const int64_t row = geometry_.filter.Elements() * geometry_.GroupInputs();
    for (int32_t c = 0; c < geometry_.output_channels; ++c) {
      const int64_t index = IndexOf(c);
      W* block = weights_.data() + index / lanes_ * lanes_ * conv_.row_size;
      const int64_t lane = index % lanes_;
      for (int64_t k = 0; k < row; ++k) {
        block[(k / kInterleaved * lanes_ + lane) * kInterleaved +
              k % kInterleaved] = filter[c * row + k];
      }
    }
  }

 private:
  ConvGeometry geometry_;
  int64_t lanes_;
  SimdConv conv_;
  std::vector<W> weights_;
};

// Whether int8 inputs plus the offset fit in 16 bits.
bool OffsetFits(int32_t offset) { return offset >= -255 && offset <= 255; }

}  // namespace

PaddedRequantization::PaddedRequantization(const Requantization& quantization,
                                           std::vector<int64_t> index_of,
                                           int64_t size)
    : index_of_(std::move(index_of)),
      multipliers_(static_cast<size_t>(size)),
      left_shifts_(static_cast<size_t>(size)),
      right_shifts_(static_cast<size_t>(size)),
      bias_(static_cast<size_t>(size)),
      output_offset_(quantization.output_offset),
      range_(quantization.range) {
  for (size_t c = 0; c < index_of_.size(); ++c) {
    const size_t index = index_of_[c];
    const QuantizedMultiplier factor = quantization.factors[c];
    multipliers_[index] = factor.multiplier;
    left_shifts_[index] = std::max(factor.shift, 0);
    right_shifts_[index] = std::max(-factor.shift, 0);
  }
}

SimdRequantization PaddedRequantization::Get(const int32_t* bias) {
  if (bias != nullptr) {
    for (size_t c = 0; c < index_of_.size(); ++c) {
      bias_[index_of_[c]] = bias[c];
    }
  }
  return {bias_.data(),         multipliers_.data(), left_shifts_.data(),
          right_shifts_.data(), output_offset_,      range_};
}

bool PaddedRequantization::IsCovered(const Requantization& quantization) {
  const ActivationRange type = TypeRange(TensorType::kInt8);
  const auto saturates = [](const QuantizedMultiplier& factor) {
    return factor.multiplier == std::numeric_limits<int32_t>::min();
  };
  return OffsetFits(quantization.input_offset) &&
         quantization.range.min >= type.min &&
         quantization.range.min <= type.max &&
         quantization.range.max >= type.min &&
         quantization.range.max <= type.max &&
         std::none_of(quantization.factors.begin(), quantization.factors.end(),
                      saturates);
}

ConvFunction<int8_t, int8_t, int32_t> FastConvInt8(
    const ConvGeometry& geometry, const Requantization& quantization,
    const int8_t* constant_filter) {
  using Packed = PackedConv<int8_t, 2>;
  if (!Packed::IsCovered(geometry) ||
      !PaddedRequantization::IsCovered(quantization)) {
    return nullptr;
  }
  Packed packed(geometry);
  if (constant_filter != nullptr) packed.Pack(constant_filter);
  PaddedRequantization requantization(quantization, packed.Indices(),
                                      packed.Channels());
  std::vector<int16_t> rows(static_cast<size_t>(packed.RowElements()));
  return
      [packed = std::move(packed), rows = std::move(rows),
       requantization = std::move(requantization),
       offset = quantization.input_offset, pack = constant_filter == nullptr](
          const int8_t* input, const int8_t* filter, const int32_t* bias,
          int8_t* output) mutable {
        if (pack) packed.Pack(filter);
        SimdConvInt8(packed.Get(), requantization.Get(bias), offset,
                     packed.weights(), rows.data(), input, output);
      };
}

template <typename Acc>
ConvFunction<int16_t, int8_t, Acc> FastConvInt16(
    const ConvGeometry& geometry, const Requantization& quantization,
    const int8_t* constant_filter) {
  using Packed = PackedConv<int8_t, 2>;
  if (!Packed::IsCovered(geometry) || quantization.input_offset != 0) {
    return nullptr;
  }
  Packed packed(geometry);
  if (constant_filter != nullptr) packed.Pack(constant_filter);
  std::vector<int16_t> rows(static_cast<size_t>(packed.RowElements()));
  std::vector<int64_t> sums(static_cast<size_t>(packed.TileSums()));
  return [packed = std::move(packed), rows = std::move(rows),
          sums = std::move(sums), quantization,
          pack = constant_filter == nullptr](
             const int16_t* input, const int8_t* filter, const Acc* bias,
             int16_t* output) mutable {
    if (pack) packed.Pack(filter);
    struct Context {
      const ConvGeometry& geometry;
      const Requantization& quantization;
      int64_t row;
      const Acc* bias;
      int16_t* output;
    };
    Context context = {packed.geometry(), quantization,
                       packed.Channels() / packed.geometry().groups, bias,
                       output};
    SimdSums wanted;
    wanted.chunk =
        sizeof(Acc) == sizeof(int32_t) ? packed.Get().row_size : kExactProducts;
    wanted.sums = sums.data();
    wanted.context = &context;
    wanted.finish = [](void* opaque, int64_t first, int64_t pixels,
                       int32_t group, const int64_t* tile_sums) {
      const auto& [g, q, row, biases, to] = *static_cast<Context*>(opaque);
      for (int64_t p = 0; p < pixels; ++p) {
        for (int32_t i = 0; i < g.GroupOutputs(); ++i) {
          const int32_t c = group * g.GroupOutputs() + i;
          auto sum = static_cast<uint64_t>(tile_sums[p * row + i]);
          if (biases != nullptr) sum += static_cast<uint64_t>(biases[c]);
          to[(first + p) * g.output_channels + c] =
              static_cast<int16_t>(Requantize(q, c, static_cast<Acc>(sum)));
        }
      }
    };
    SimdConvInt16(packed.Get(), wanted, packed.weights(), rows.data(), input);
  };
}

template ConvFunction<int16_t, int8_t, int32_t> FastConvInt16<int32_t>(
    const ConvGeometry&, const Requantization&, const int8_t*);
template ConvFunction<int16_t, int8_t, int64_t> FastConvInt16<int64_t>(
    const ConvGeometry&, const Requantization&, const int8_t*);

ConvFunction<float, float, float> FastConvFloat(
    const ConvGeometry& geometry, const FloatActivationRange& range,
    const float* constant_filter) {
  using Packed = PackedConv<float, 1>;
  if (!Packed::IsCovered(geometry)) return nullptr;
  Packed packed(geometry);
  if (constant_filter != nullptr) packed.Pack(constant_filter);
  std::vector<float> rows(static_cast<size_t>(packed.RowElements()));
  std::vector<float> padded_bias(static_cast<size_t>(packed.Channels()));
  return [packed = std::move(packed), rows = std::move(rows),
          padded_bias = std::move(padded_bias), range,
          pack = constant_filter == nullptr](
             const float* input, const float* filter, const float* bias,
             float* output) mutable {
    if (pack) packed.Pack(filter);
    if (bias != nullptr) {
      for (int32_t c = 0; c < packed.geometry().output_channels; ++c) {
        padded_bias[packed.IndexOf(c)] = bias[c];
      }
    }
    SimdConvFloat(packed.Get(), range, padded_bias.data(), packed.weights(),
                  rows.data(), input, output);
  };
}

}  // namespace tinyml::ops
