// Vector arithmetic that kernels of layers share, once per target.
#if defined(TINYML_OPS_LAYERS_SIMD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TINYML_OPS_LAYERS_SIMD_INL_H_
#undef TINYML_OPS_LAYERS_SIMD_INL_H_
#else
#define TINYML_OPS_LAYERS_SIMD_INL_H_
#endif

#include <hwy/highway.h>
#include <cstdint>
#include <cstring>

#include "ops/layers/conv_2d_simd.h"

HWY_BEFORE_NAMESPACE();
namespace tinyml::ops::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Without vectors (some compilers have none for the oldest processors), the
// plain kernels are used.
#if HWY_TARGET != HWY_SCALAR

// Calls run(tag) with the tag of vectors of `lanes` elements, which is the full
// width or kFewLanes.
template <typename T, class Run>
HWY_INLINE void WithLanes(int64_t lanes, const Run& run) {
  const hn::ScalableTag<T> full;
  if (lanes == static_cast<int64_t>(hn::Lanes(full))) {
    run(full);
  } else {
    run(hn::CappedTag<T, static_cast<size_t>(kFewLanes)>());
  }
}

// acc[i] + a[2i] * b[2i] + a[2i+1] * b[2i+1].
template <class D32, class V16>
HWY_INLINE hn::Vec<D32> PairDot(D32 d32, V16 a, V16 b, hn::Vec<D32> acc) {
#if HWY_ARCH_X86 && HWY_TARGET != HWY_EMU128
  // On x86 it adds adjacent products; elsewhere it may reorder them.
  auto unused = hn::Zero(d32);
  return hn::ReorderWidenMulAccumulate(d32, a, b, acc, unused);
#else
  const auto a32 = hn::BitCast(d32, a);
  const auto b32 = hn::BitCast(d32, b);
  const auto even = hn::Mul(hn::ShiftRight<16>(hn::ShiftLeft<16>(a32)),
                            hn::ShiftRight<16>(hn::ShiftLeft<16>(b32)));
  const auto odd = hn::Mul(hn::ShiftRight<16>(a32), hn::ShiftRight<16>(b32));
  return hn::Add(acc, hn::Add(even, odd));
#endif
}

// Widens `count` values and adds `offset`, wrapping.
HWY_INLINE void Widen(const int8_t* HWY_RESTRICT from, int64_t count,
                      int16_t offset, int16_t* HWY_RESTRICT to) {
  const hn::ScalableTag<int16_t> d16;
  const hn::Rebind<int8_t, decltype(d16)> d8;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d16));
  const auto add = hn::Set(d16, offset);
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto value = hn::PromoteTo(d16, hn::LoadU(d8, from + i));
    hn::StoreU(hn::Add(value, add), d16, to + i);
  }
  // Rows of few channels are common.
  const hn::CappedTag<int16_t, 8> part16;
  const hn::Rebind<int8_t, decltype(part16)> part8;
  const auto part = static_cast<int64_t>(hn::Lanes(part16));
  const auto part_add = hn::Set(part16, offset);
  for (; i + part <= count; i += part) {
    const auto value = hn::PromoteTo(part16, hn::LoadU(part8, from + i));
    hn::StoreU(hn::Add(value, part_add), part16, to + i);
  }
  for (; i < count; ++i) to[i] = static_cast<int16_t>(from[i] + offset);
}

// Requantize() for a vector of sums without bias; `channel` is that of the
// first. The multipliers are not INT32_MIN.
template <class D32>
HWY_INLINE hn::Vec<D32> RequantizeLanes(D32 d32, hn::Vec<D32> sum,
                                        const SimdRequantization& q,
                                        int64_t channel) {
  const hn::Repartition<int64_t, D32> d64;
  const hn::Repartition<uint64_t, D32> du64;
  const auto left = hn::LoadU(d32, q.left_shifts + channel);
  const auto right = hn::LoadU(d32, q.right_shifts + channel);
  const auto multiplier = hn::LoadU(d32, q.multipliers + channel);
  const auto value =
      hn::Shl(hn::Add(sum, hn::LoadU(d32, q.bias + channel)), left);
  const auto odd_lanes = [&](hn::Vec<D32> v) HWY_ATTR {
    return hn::BitCast(d32, hn::ShiftRight<32>(hn::BitCast(du64, v)));
  };
  // (a * b + 2^30) >> 31, of which only the lower half matters.
  const auto nudge = hn::Set(d64, int64_t{1} << 30);
  const auto even = hn::Add(hn::MulEven(value, multiplier), nudge);
  const auto odd =
      hn::Add(hn::MulEven(odd_lanes(value), odd_lanes(multiplier)), nudge);
  const auto high = hn::OddEven(
      hn::BitCast(d32, hn::ShiftLeft<1>(hn::BitCast(du64, odd))),
      hn::BitCast(d32, hn::ShiftRight<31>(hn::BitCast(du64, even))));
  // Halves away from zero.
  const auto one = hn::Set(d32, 1);
  const auto mask = hn::Sub(hn::Shl(one, right), one);
  const auto negative = hn::VecFromMask(d32, hn::Lt(high, hn::Zero(d32)));
  const auto threshold = hn::Sub(hn::ShiftRight<1>(mask), negative);
  const auto up = hn::VecFromMask(d32, hn::Gt(hn::And(high, mask), threshold));
  const auto rounded = hn::Sub(hn::Shr(high, right), up);
  const auto shifted = hn::Add(rounded, hn::Set(d32, q.output_offset));
  return hn::Min(hn::Max(shifted, hn::Set(d32, q.range.min)),
                 hn::Set(d32, q.range.max));
}

// Stores the first `count` lanes, whose values fit int8.
template <class D32>
HWY_INLINE void StoreBytes(D32 d32, hn::Vec<D32> value, int64_t count,
                           int8_t* to) {
  const hn::Rebind<int8_t, D32> d8;
  const auto bytes = hn::DemoteTo(d8, value);
  if (count >= static_cast<int64_t>(hn::Lanes(d32))) {
    hn::StoreU(bytes, d8, to);
    return;
  }
  HWY_ALIGN int8_t all[HWY_MAX_BYTES];
  hn::StoreU(bytes, d8, all);
  std::memcpy(to, all, static_cast<size_t>(count));
}

// Stores the first `count` lanes.
template <class DF>
HWY_INLINE void StoreFloats(DF df, hn::Vec<DF> value, int64_t count,
                            float* to) {
  if (count >= static_cast<int64_t>(hn::Lanes(df))) {
    hn::StoreU(value, df, to);
    return;
  }
  HWY_ALIGN float all[HWY_MAX_BYTES / sizeof(float)];
  hn::StoreU(value, df, all);
  std::memcpy(to, all, static_cast<size_t>(count) * sizeof(float));
}

// Follows the formula for NaN too: x86's instructions then return their second
// operand.
template <class DF>
HWY_INLINE hn::Vec<DF> ClampFloats(DF df, hn::Vec<DF> value,
                                   const FloatActivationRange& range) {
  return hn::Min(hn::Set(df, range.max),
                 hn::Max(hn::Set(df, range.min), value));
}

#endif  // HWY_TARGET != HWY_SCALAR

}  // namespace tinyml::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // TINYML_OPS_LAYERS_SIMD_INL_H_
