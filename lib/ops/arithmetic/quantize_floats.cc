#include "ops/arithmetic/quantize_floats.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/arithmetic/quantize_floats.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace tinyml::ops {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

template <typename Out>
void Run(const FloatQuantization& quantization, const float* input, Out* output,
         size_t count) {
  const hn::ScalableTag<float> df;
  const hn::ScalableTag<int32_t> di;
  const hn::Rebind<Out, decltype(di)> out_tag;
  const size_t lanes = hn::Lanes(df);
  const auto scale = hn::Set(df, quantization.scale);
  const auto zero_point = hn::Set(di, quantization.zero_point);
  const auto too_large = hn::Set(di, OfTooLarge(quantization.float_to_int));
  const auto not_a_number = hn::Set(di, OfNan(quantization.float_to_int));
  const auto least = hn::Set(di, std::numeric_limits<int32_t>::min());
  // Truncating after adding the largest number below one half rounds like
  // std::round: adding one half would turn 0.49999997 into 1.
  const auto below_half = hn::Set(df, 0x1.fffffeP-2F);
  const auto limit = hn::Set(df, 2147483520.0F);  // The largest below 2^31.
  const auto above = hn::Set(df, 2147483648.0F);
  size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto quotient = hn::Div(hn::LoadU(df, input + i), scale);
    const auto is_number = hn::Eq(quotient, quotient);
    const auto number = hn::IfThenElseZero(is_number, quotient);
    const auto limited = hn::Max(hn::Neg(limit), hn::Min(limit, number));
    auto rounded =
        hn::ConvertTo(di, hn::Add(limited, hn::CopySign(below_half, limited)));
    rounded =
        hn::IfThenElse(hn::RebindMask(di, is_number), rounded, not_a_number);
    rounded = hn::IfThenElse(hn::RebindMask(di, hn::Ge(number, above)),
                             too_large, rounded);
    rounded = hn::IfThenElse(hn::RebindMask(di, hn::Le(number, hn::Neg(above))),
                             least, rounded);
    // Add wraps around, DemoteTo saturates.
    hn::StoreU(hn::DemoteTo(out_tag, hn::Add(rounded, zero_point)), out_tag,
               output + i);
  }
  for (; i < count; ++i) output[i] = quantization.Of<Out>(input[i]);
}

void RunInt8(const FloatQuantization& quantization, const float* input,
             int8_t* output, size_t count) {
  Run(quantization, input, output, count);
}

void RunInt16(const FloatQuantization& quantization, const float* input,
              int16_t* output, size_t count) {
  Run(quantization, input, output, count);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace tinyml::ops
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tinyml::ops {
namespace {

HWY_EXPORT(RunInt8);
HWY_EXPORT(RunInt16);

}  // namespace

void QuantizeFloats(const FloatQuantization& quantization, const float* input,
                    int8_t* output, size_t count) {
  HWY_DYNAMIC_DISPATCH(RunInt8)(quantization, input, output, count);
}

void QuantizeFloats(const FloatQuantization& quantization, const float* input,
                    int16_t* output, size_t count) {
  HWY_DYNAMIC_DISPATCH(RunInt16)(quantization, input, output, count);
}

}  // namespace tinyml::ops
#endif  // HWY_ONCE
