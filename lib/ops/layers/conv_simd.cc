#include "ops/layers/conv_simd.h"

#include <algorithm>
#include <cstring>

// Vectors whose size is not known to the compiler cannot lie in arrays.
#define HWY_DISABLED_TARGETS \
  (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/layers/conv_simd.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
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

constexpr int kPixels = 4;  // Handled together, so that weights serve all.
constexpr int kBlocks = 2;  // Likewise, so that inputs do.

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

// Gathers the inputs of `count` output pixels from `first` on in rows; what
// lies outside of the input is 0.
template <typename From, typename To, typename Copy>
HWY_INLINE void GatherRows(const SimdConv& conv, int64_t first, int64_t count,
                           int32_t group, const Copy& copy, const From* input,
                           To* rows) {
  const ConvGeometry& g = *conv.geometry;
  const int64_t depth = g.GroupInputs();
  const int64_t taps = g.filter.Elements();
  const int64_t image = g.input.Elements() * g.input_channels;
  const bool whole_rows = g.dilation.width == 1 && g.groups == 1;
  for (int64_t pixel = first; pixel < first + count; ++pixel) {
    const int64_t x = pixel % g.output.width;
    const int64_t y = pixel / g.output.width % g.output.height;
    const From* from =
        input + pixel / g.output.Elements() * image + group * depth;
    const int64_t top = y * g.stride.height - g.padding.height;
    const int64_t left = x * g.stride.width - g.padding.width;
    To* row = rows + (pixel - first) * conv.row_size;
    std::fill(row + taps * depth, row + conv.row_size, To{0});
    for (int64_t ky = 0; ky < g.filter.height; ++ky) {
      const int64_t in_y = top + ky * g.dilation.height;
      const int64_t size = g.filter.width * depth;
      if (in_y < 0 || in_y >= g.input.height) {
        std::fill(row, row + size, To{0});
        row += size;
        continue;
      }
      if (whole_rows) {
        const int64_t begin = std::clamp<int64_t>(-left, 0, g.filter.width);
        const int64_t end =
            std::clamp<int64_t>(g.input.width - left, begin, g.filter.width);
        std::fill(row, row + begin * depth, To{0});
        if (begin < end) {
          copy(from + (in_y * g.input.width + left + begin) * depth,
               (end - begin) * depth, row + begin * depth);
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
          copy(from + (in_y * g.input.width + in_x) * g.input_channels, depth,
               row);
        }
      }
    }
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

// The sums of P rows with Q blocks over `pairs` pairs of inputs.
template <int P, int Q, class D32>
HWY_INLINE void DotPairs(D32 d32, const int16_t* HWY_RESTRICT rows,
                         int64_t row_size, const int8_t* HWY_RESTRICT weights,
                         int64_t block_size, int64_t pairs,
                         hn::Vec<D32> (&sums)[P][Q]) {
  const hn::Repartition<int16_t, D32> d16;
  const hn::Rebind<int8_t, decltype(d16)> d8;
  const auto step = static_cast<int64_t>(hn::Lanes(d16));
  for (int p = 0; p < P; ++p) {
    for (int q = 0; q < Q; ++q) sums[p][q] = hn::Zero(d32);
  }
  for (int64_t k = 0; k < pairs; ++k) {
    hn::Vec<decltype(d16)> w[Q];
    for (int q = 0; q < Q; ++q) {
      w[q] = hn::PromoteTo(d16,
                           hn::LoadU(d8, weights + q * block_size + k * step));
    }
    for (int p = 0; p < P; ++p) {
      int32_t pair = 0;
      std::memcpy(&pair, rows + p * row_size + 2 * k, sizeof(pair));
      const auto input = hn::BitCast(d16, hn::Set(d32, pair));
      for (int q = 0; q < Q; ++q) {
        sums[p][q] = PairDot(d32, input, w[q], sums[p][q]);
      }
    }
  }
}

void ConvInt8(const SimdConv& conv, const SimdRequantization& quantization,
              int32_t input_offset, const int8_t* weights, int16_t* rows,
              const int8_t* input, int8_t* output) {
  const ConvGeometry& g = *conv.geometry;
  const hn::ScalableTag<int32_t> d32;
  const int64_t lanes = Lanes();
  const int64_t block_size = conv.row_size * lanes;
  const CopyWidened copy = {static_cast<int16_t>(input_offset)};
  for (int64_t first = 0; first < g.OutputPixels(); first += conv.tile) {
    const int64_t count = std::min(conv.tile, g.OutputPixels() - first);
    for (int32_t group = 0; group < g.groups; ++group) {
      GatherRows(conv, first, count, group, copy, input, rows);
      const int64_t first_block = group * conv.group_blocks;
      ForEachPatch(
          count, conv.group_blocks,
          [&](int64_t p, int64_t b, auto pixels, auto blocks) HWY_ATTR {
            constexpr int P = decltype(pixels)::value;
            constexpr int Q = decltype(blocks)::value;
            hn::Vec<decltype(d32)> sums[P][Q];
            DotPairs<P, Q>(d32, rows + p * conv.row_size, conv.row_size,
                           weights + (first_block + b) * block_size, block_size,
                           conv.row_size / 2, sums);
            for (int i = 0; i < P; ++i) {
              int8_t* to = output + (first + p + i) * g.output_channels +
                           group * g.GroupOutputs() + b * lanes;
              for (int j = 0; j < Q; ++j) {
                StoreBytes(d32,
                           RequantizeLanes(d32, sums[i][j], quantization,
                                           (first_block + b + j) * lanes),
                           g.GroupOutputs() - (b + j) * lanes, to + j * lanes);
              }
            }
          });
    }
  }
}

void ConvInt16(const SimdConv& conv, const SimdSums& wanted,
               const int8_t* weights, int16_t* rows, const int16_t* input) {
  const ConvGeometry& g = *conv.geometry;
  const hn::ScalableTag<int32_t> d32;
  const int64_t lanes = Lanes();
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
              constexpr int P = decltype(pixels)::value;
              constexpr int Q = decltype(blocks)::value;
              hn::Vec<decltype(d32)> sums[P][Q];
              DotPairs<P, Q>(d32, rows + p * conv.row_size + k, conv.row_size,
                             group_weights + b * block_size + k * lanes,
                             block_size, pairs, sums);
              HWY_ALIGN int32_t part[HWY_MAX_BYTES / sizeof(int32_t)];
              for (int i = 0; i < P; ++i) {
                for (int j = 0; j < Q; ++j) {
                  hn::Store(sums[i][j], d32, part);
                  int64_t* to =
                      wanted.sums + (p + i) * sums_size + (b + j) * lanes;
                  for (int64_t l = 0; l < lanes; ++l) to[l] += part[l];
                }
              }
            });
      }
      wanted.finish(wanted.context, first, count, group, wanted.sums);
    }
  }
}

template <int P, int Q, class DF>
HWY_INLINE void DotFloats(DF df, const float* HWY_RESTRICT rows,
                          int64_t row_size, const float* HWY_RESTRICT weights,
                          int64_t block_size, hn::Vec<DF> (&sums)[P][Q]) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(df));
  for (int p = 0; p < P; ++p) {
    for (int q = 0; q < Q; ++q) sums[p][q] = hn::Zero(df);
  }
  for (int64_t k = 0; k < row_size; ++k) {
    hn::Vec<DF> w[Q];
    for (int q = 0; q < Q; ++q) {
      w[q] = hn::LoadU(df, weights + q * block_size + k * lanes);
    }
    for (int p = 0; p < P; ++p) {
      const auto input = hn::Set(df, rows[p * row_size + k]);
      for (int q = 0; q < Q; ++q) {
        sums[p][q] = hn::MulAdd(input, w[q], sums[p][q]);
      }
    }
  }
}

void ConvFloat(const SimdConv& conv, const FloatActivationRange& range,
               const float* bias, const float* weights, float* rows,
               const float* input, float* output) {
  const ConvGeometry& g = *conv.geometry;
  const hn::ScalableTag<float> df;
  const int64_t lanes = Lanes();
  const int64_t block_size = conv.row_size * lanes;
  for (int64_t first = 0; first < g.OutputPixels(); first += conv.tile) {
    const int64_t count = std::min(conv.tile, g.OutputPixels() - first);
    for (int32_t group = 0; group < g.groups; ++group) {
      GatherRows(conv, first, count, group, CopyAsIs(), input, rows);
      const int64_t first_block = group * conv.group_blocks;
      ForEachPatch(
          count, conv.group_blocks,
          [&](int64_t p, int64_t b, auto pixels, auto blocks) HWY_ATTR {
            constexpr int P = decltype(pixels)::value;
            constexpr int Q = decltype(blocks)::value;
            hn::Vec<decltype(df)> sums[P][Q];
            DotFloats<P, Q>(df, rows + p * conv.row_size, conv.row_size,
                            weights + (first_block + b) * block_size,
                            block_size, sums);
            for (int i = 0; i < P; ++i) {
              float* to = output + (first + p + i) * g.output_channels +
                          group * g.GroupOutputs() + b * lanes;
              for (int j = 0; j < Q; ++j) {
                const auto value = hn::Add(
                    sums[i][j],
                    hn::LoadU(df, bias + (first_block + b + j) * lanes));
                StoreFloats(df, ClampFloats(df, value, range),
                            g.GroupOutputs() - (b + j) * lanes, to + j * lanes);
              }
            }
          });
    }
  }
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
