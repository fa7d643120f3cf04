#include "ops/layers/conv_2d_simd.h"

#include <algorithm>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/layers/conv_2d_simd.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>
#include "ops/layers/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tinyml::ops::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

int64_t Lanes() { return 0; }
void ConvInt8(const SimdConv& /*conv*/,
              const SimdRequantization& /*quantization*/,
              int32_t /*input_offset*/, const int8_t* /*weights*/,
              int16_t* /*rows*/, const int8_t* /*input*/, int8_t* /*output*/) {}
void ConvInt16(const SimdConv& /*conv*/, const SimdSums& /*wanted*/,
               const int8_t* /*weights*/, int16_t* /*rows*/,
               const int16_t* /*input*/) {}
void ConvFloat(const SimdConv& /*conv*/, const FloatActivationRange& /*range*/,
               const float* /*bias*/, const float* /*weights*/, float* /*rows*/,
               const float* /*input*/, float* /*output*/) {}

#else

constexpr int kPixels =
    4;  // Processed together, so that they share loaded weights.
constexpr int kBlocks = 2;  // Likewise, to share loaded inputs.

int64_t Lanes() {
  const hn::ScalableTag<int32_t> d32;
  return static_cast<int64_t>(hn::Lanes(d32));
}

struct CopyWidened {
  int16_t offset;
  HWY_INLINE void operator()(const int8_t* from, int64_t count,
                             int16_t* to) const {
    Widen(from, count, offset, to);
  }
};

struct CopyAsIs {
  template <typename T>
  HWY_INLINE void operator()(const T* from, int64_t count, T* to) const {
    std::memcpy(to, from, static_cast<size_t>(count) * sizeof(T));
  }
};

// Copies the inputs of one output pixel, whose window begins at row `top` and
// column `left` of the image `from`.
template <typename From, typename To, typename Copy>
HWY_INLINE void GatherRow(const ConvGeometry& g, int64_t top, int64_t left,
                          const Copy& copy, const From* from, To* row) {
  const int64_t depth = g.GroupInputs();
  const int64_t size = g.filter.width * depth;
  for (int64_t ky = 0; ky < g.filter.height; ++ky) {
    const int64_t in_y = top + ky * g.dilation.height;
    if (in_y < 0 || in_y >= g.input.height) {
      std::fill(row, row + size, To{0});
      row += size;
      continue;
    }
    const From* line = from + in_y * g.input.width * g.input_channels;
    if (g.dilation.width == 1 && g.groups == 1) {
      const int64_t begin = std::clamp<int64_t>(-left, 0, g.filter.width);
      const int64_t end =
          std::clamp<int64_t>(g.input.width - left, begin, g.filter.width);
      std::fill(row, row + begin * depth, To{0});
      if (begin < end) {
        copy(line + (left + begin) * depth, (end - begin) * depth,
             row + begin * depth);
      }
      std::fill(row + end * depth, row + size, To{0});
      row += size;
      continue;
    }
    for (int64_t kx = 0; kx < g.filter.width; ++kx, row += depth) {
      const int64_t in_x = left + kx * g.dilation.width;
      if (in_x < 0 || in_x >= g.input.width) {
        std::fill(row, row + depth, To{0});
      } else {
        copy(line + in_x * g.input_channels, depth, row);
      }
    }
  }
}

// Gathers the inputs of `count` output pixels from `first` on into rows;
// outside the input they are 0.
template <typename From, typename To, typename Copy>
HWY_INLINE void GatherRows(const SimdConv& conv, int64_t first, int64_t count,
                           int32_t group, const Copy& copy, const From* input,
                           To* rows) {
  const ConvGeometry& g = *conv.geometry;
  if (conv.rows_are_pixels) {
    copy(input + first * conv.row_size, count * conv.row_size, rows);
    return;
  }
  const int64_t depth = g.GroupInputs();
  const int64_t used = g.filter.Elements() * depth;
  const int64_t image = g.input.Elements() * g.input_channels;
  const From* from =
      input + first / g.output.Elements() * image + group * depth;
  int64_t x = first % g.output.width;
  int64_t y = first / g.output.width % g.output.height;
  for (int64_t i = 0; i < count; ++i, rows += conv.row_size) {
    GatherRow(g, y * g.stride.height - g.padding.height,
              x * g.stride.width - g.padding.width, copy, from, rows);
    std::fill(rows + used, rows + conv.row_size, To{0});
    if (++x < g.output.width) continue;
    x = 0;
    if (++y < g.output.height) continue;
    y = 0;
    from += image;
  }
}

// Calls run(pixel of the tile, first block) for every patch of kPixels (then
// single) rows and kBlocks (then single) blocks of a tile.
template <typename Run>
HWY_INLINE void ForEachPatch(int64_t pixels, int64_t blocks, const Run& run) {
  using One = std::integral_constant<int, 1>;
  using Pixels = std::integral_constant<int, kPixels>;
  using Blocks = std::integral_constant<int, kBlocks>;
  for (int64_t b = 0; b < blocks;) {
    const bool pair = b + kBlocks <= blocks;
    int64_t p = 0;
    for (; p + kPixels <= pixels; p += kPixels) {
      pair ? run(p, b, Pixels(), Blocks()) : run(p, b, Pixels(), One());
    }
    for (; p < pixels; ++p) {
      pair ? run(p, b, One(), Blocks()) : run(p, b, One(), One());
    }
    b += pair ? kBlocks : 1;
  }
}

// Passes the sums of P (1 or 4) rows with Q (1 or 2) blocks to emit(row, block,
// sum). Every sum is a variable of its own: compilers keep an array in memory.
// add(input, weights, sum) adds the product of element k of a row, as
// broadcast(row, k) gives it, to a sum; load(block, k) returns weights.
template <int P, int Q, class V, class Broadcast, class Load, class Add,
          class Emit>
HWY_INLINE void Multiply(V zero, int64_t size, const Broadcast& broadcast,
                         const Load& load, const Add& add, const Emit& emit) {
  static_assert((P == 1 || P == 4) && (Q == 1 || Q == 2));
  auto s00 = zero, s01 = zero, s10 = zero, s11 = zero;
  auto s20 = zero, s21 = zero, s30 = zero, s31 = zero;
  for (int64_t k = 0; k < size; ++k) {
    const auto w0 = load(0, k);
    const auto w1 = load(Q - 1, k);
    const auto x0 = broadcast(0, k);
    s00 = add(x0, w0, s00);
    if constexpr (Q > 1) s01 = add(x0, w1, s01);
    if constexpr (P > 1) {
      const auto x1 = broadcast(1, k);
      s10 = add(x1, w0, s10);
      if constexpr (Q > 1) s11 = add(x1, w1, s11);
      const auto x2 = broadcast(2, k);
      s20 = add(x2, w0, s20);
      if constexpr (Q > 1) s21 = add(x2, w1, s21);
      const auto x3 = broadcast(3, k);
      s30 = add(x3, w0, s30);
      if constexpr (Q > 1) s31 = add(x3, w1, s31);
    }
  }
  emit(0, 0, s00);
  if constexpr (Q > 1) emit(0, 1, s01);
  if constexpr (P > 1) {
    emit(1, 0, s10);
    if constexpr (Q > 1) emit(1, 1, s11);
    emit(2, 0, s20);
    if constexpr (Q > 1) emit(2, 1, s21);
    emit(3, 0, s30);
    if constexpr (Q > 1) emit(3, 1, s31);
  }
}

// As above, over `pairs` pairs of inputs.
template <int P, int Q, class D32, class Emit>
HWY_INLINE void DotPairs(D32 d32, const int16_t* HWY_RESTRICT rows,
                         int64_t row_size, const int8_t* HWY_RESTRICT weights,
                         int64_t block_size, int64_t pairs, const Emit& emit) {
  const hn::Repartition<int16_t, D32> d16;
  const hn::Rebind<int8_t, decltype(d16)> d8;
  const auto step = static_cast<int64_t>(hn::Lanes(d16));
  Multiply<P, Q>(
      hn::Zero(d32), pairs,
      [=](int row, int64_t k) HWY_ATTR {
        int32_t pair = 0;
        std::memcpy(&pair, rows + row * row_size + 2 * k, sizeof(pair));
        return hn::BitCast(d16, hn::Set(d32, pair));
      },
      [=](int block, int64_t k) HWY_ATTR {
        return hn::PromoteTo(
            d16, hn::LoadU(d8, weights + block * block_size + k * step));
      },
      [=](auto x, auto w, auto sum)
          HWY_ATTR { return PairDot(d32, x, w, sum); },
      emit);
}

template <int P, int Q, class DF, class Emit>
HWY_INLINE void DotFloats(DF df, const float* HWY_RESTRICT rows,
                          int64_t row_size, const float* HWY_RESTRICT weights,
                          int64_t block_size, const Emit& emit) {
  const auto step = static_cast<int64_t>(hn::Lanes(df));
  Multiply<P, Q>(
      hn::Zero(df), row_size,
      [=](int row, int64_t k)
          HWY_ATTR { return hn::Set(df, rows[row * row_size + k]); },
      [=](int block, int64_t k) HWY_ATTR {
        return hn::LoadU(df, weights + block * block_size + k * step);
      },
      [](auto x, auto w, auto sum) HWY_ATTR { return hn::MulAdd(x, w, sum); },
      emit);
}

template <class D32>
HWY_INLINE void ConvInt8Lanes(D32 d32, const SimdConv& conv,
                              const SimdRequantization& quantization,
                              int32_t input_offset, const int8_t* weights,
                              int16_t* rows, const int8_t* input,
                              int8_t* output) {
  const ConvGeometry& g = *conv.geometry;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d32));
  const int64_t block_size = conv.row_size * lanes;
  const CopyWidened copy = {static_cast<int16_t>(input_offset)};
  for (int64_t first = 0; first < g.OutputPixels(); first += conv.tile) {
    const int64_t count = std::min(conv.tile, g.OutputPixels() - first);
    for (int32_t group = 0; group < g.groups; ++group) {
      GatherRows(conv, first, count, group, copy, input, rows);
      const int64_t first_block = group * conv.group_blocks;
      const int64_t channels = g.GroupOutputs();
      int8_t* to = output + first * g.output_channels + group * channels;
      ForEachPatch(
          count, conv.group_blocks,
          [&](int64_t p, int64_t b, auto pixels, auto blocks) HWY_ATTR {
            DotPairs<decltype(pixels)::value, decltype(blocks)::value>(
                d32, rows + p * conv.row_size, conv.row_size,
                weights + (first_block + b) * block_size, block_size,
                conv.row_size / 2,
                [&](int pixel, int block, auto sum) HWY_ATTR {
                  const int64_t c = (b + block) * lanes;
                  StoreBytes(d32,
                             RequantizeLanes(d32, sum, quantization,
                                             first_block * lanes + c),
                             channels - c,
                             to + (p + pixel) * g.output_channels + c);
                });
          });
    }
  }
}

template <class D32>
HWY_INLINE void ConvInt16Lanes(D32 d32, const SimdConv& conv,
                               const SimdSums& wanted, const int8_t* weights,
                               int16_t* rows, const int16_t* input) {
  const ConvGeometry& g = *conv.geometry;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d32));
  const int64_t block_size = conv.row_size * lanes;
  const int64_t sums_size = conv.group_blocks * lanes;
  for (int64_t first = 0; first < g.OutputPixels(); first += conv.tile) {
    const int64_t count = std::min(conv.tile, g.OutputPixels() - first);
    for (int32_t group = 0; group < g.groups; ++group) {
      GatherRows(conv, first, count, group, CopyAsIs(), input, rows);
      std::fill_n(wanted.sums, count * sums_size, int64_t{0});
      const int8_t* group_weights =
          weights + group * conv.group_blocks * block_size;
      for (int64_t k = 0; k < conv.row_size; k += wanted.chunk) {
        const int64_t pairs = std::min(wanted.chunk, conv.row_size - k) / 2;
        ForEachPatch(
            count, conv.group_blocks,
            [&](int64_t p, int64_t b, auto pixels, auto blocks) HWY_ATTR {
              DotPairs<decltype(pixels)::value, decltype(blocks)::value>(
                  d32, rows + p * conv.row_size + k, conv.row_size,
                  group_weights + b * block_size + k * lanes, block_size, pairs,
                  [&](int pixel, int block, auto sum) HWY_ATTR {
                    HWY_ALIGN int32_t part[HWY_MAX_BYTES / sizeof(int32_t)];
                    hn::Store(sum, d32, part);
                    int64_t* to = wanted.sums + (p + pixel) * sums_size +
                                  (b + block) * lanes;
                    for (int64_t l = 0; l < lanes; ++l) to[l] += part[l];
                  });
            });
      }
      wanted.finish(wanted.context, first, count, group, wanted.sums);
    }
  }
}

template <class DF>
HWY_INLINE void ConvFloatLanes(DF df, const SimdConv& conv,
                               const FloatActivationRange& range,
                               const float* bias, const float* weights,
                               float* rows, const float* input, float* output) {
  const ConvGeometry& g = *conv.geometry;
  const auto lanes = static_cast<int64_t>(hn::Lanes(df));
  const int64_t block_size = conv.row_size * lanes;
  for (int64_t first = 0; first < g.OutputPixels(); first += conv.tile) {
    const int64_t count = std::min(conv.tile, g.OutputPixels() - first);
    for (int32_t group = 0; group < g.groups; ++group) {
      GatherRows(conv, first, count, group, CopyAsIs(), input, rows);
      const int64_t first_block = group * conv.group_blocks;
      const int64_t channels = g.GroupOutputs();
      float* to = output + first * g.output_channels + group * channels;
      ForEachPatch(
          count, conv.group_blocks,
          [&](int64_t p, int64_t b, auto pixels, auto blocks) HWY_ATTR {
            DotFloats<decltype(pixels)::value, decltype(blocks)::value>(
                df, rows + p * conv.row_size, conv.row_size,
                weights + (first_block + b) * block_size, block_size,
                [&](int pixel, int block, auto sum) HWY_ATTR {
                  const int64_t c = (b + block) * lanes;
                  const auto value = hn::Add(
                      sum, hn::LoadU(df, bias + first_block * lanes + c));
                  StoreFloats(df, ClampFloats(df, value, range), channels - c,
                              to + (p + pixel) * g.output_channels + c);
                });
          });
    }
  }
}

void ConvInt8(const SimdConv& conv, const SimdRequantization& quantization,
              int32_t input_offset, const int8_t* weights, int16_t* rows,
              const int8_t* input, int8_t* output) {
  WithLanes<int32_t>(conv.lanes, [&](auto d32) HWY_ATTR {
    ConvInt8Lanes(d32, conv, quantization, input_offset, weights, rows, input,
                  output);
  });
}

void ConvInt16(const SimdConv& conv, const SimdSums& wanted,
               const int8_t* weights, int16_t* rows, const int16_t* input) {
  WithLanes<int32_t>(conv.lanes, [&](auto d32) HWY_ATTR {
    ConvInt16Lanes(d32, conv, wanted, weights, rows, input);
  });
}

void ConvFloat(const SimdConv& conv, const FloatActivationRange& range,
               const float* bias, const float* weights, float* rows,
               const float* input, float* output) {
  WithLanes<float>(conv.lanes, [&](auto df) HWY_ATTR {
    ConvFloatLanes(df, conv, range, bias, weights, rows, input, output);
  });
}

#endif  // HWY_TARGET == HWY_SCALAR

}  // namespace tinyml::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tinyml::ops {

HWY_EXPORT(Lanes);
HWY_EXPORT(ConvInt8);
HWY_EXPORT(ConvInt16);
HWY_EXPORT(ConvFloat);

int64_t SimdLanes() { return HWY_DYNAMIC_DISPATCH(Lanes)(); }

int64_t SimdLanes(int64_t channels) {
  return channels <= kFewLanes ? std::min(SimdLanes(), kFewLanes) : SimdLanes();
}

void SimdConvInt8(const SimdConv& conv, const SimdRequantization& quantization,
                  int32_t input_offset, const int8_t* weights, int16_t* rows,
                  const int8_t* input, int8_t* output) {
  HWY_DYNAMIC_DISPATCH(ConvInt8)
  (conv, quantization, input_offset, weights, rows, input, output);
}

void SimdConvInt16(const SimdConv& conv, const SimdSums& sums,
                   const int8_t* weights, int16_t* rows, const int16_t* input) {
  HWY_DYNAMIC_DISPATCH(ConvInt16)(conv, sums, weights, rows, input);
}

void SimdConvFloat(const SimdConv& conv, const FloatActivationRange& range,
                   const float* bias, const float* weights, float* rows,
                   const float* input, float* output) {
  HWY_DYNAMIC_DISPATCH(ConvFloat)
  (conv, range, bias, weights, rows, input, output);
}

}  // namespace tinyml::ops
#endif  // HWY_ONCE
