#include "ops/arithmetic/int8_pairs.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/arithmetic/int8_pairs.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace tinyml::ops {
namespace HWY_NAMESPACE {
namespace {

// A single lane is not a vector (and has no wider type).
#if HWY_TARGET != HWY_SCALAR

namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<int32_t>;
using V = hn::Vec<D>;

// MultiplyByQuantizedMultiplier. The high multiplication is
// floor((x * multiplier + 2^30) / 2^31) for non-negative multipliers.
class Multiply {
 public:
  explicit Multiply(QuantizedMultiplier factor)
      : multiplier_(hn::Set(D(), factor.multiplier)),
        left_(factor.shift > 0 ? factor.shift : 0),
        right_(factor.shift > 0 ? 0 : -factor.shift) {
    const auto mask = static_cast<int32_t>((int64_t{1} << right_) - 1);
    mask_ = hn::Set(D(), mask);
    half_ = hn::Set(D(), mask >> 1);
  }

  V operator()(V x) const {
    const D d;
    const hn::Repartition<uint64_t, D> d64;
    const V shifted = hn::ShiftLeftSame(x, left_);
    const V odd_lanes =
        hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(d64, shifted)));
    const auto nudge = hn::Set(d64, uint64_t{1} << 30);
    const auto even =
        hn::Add(hn::BitCast(d64, hn::MulEven(shifted, multiplier_)), nudge);
    const auto odd =
        hn::Add(hn::BitCast(d64, hn::MulEven(odd_lanes, multiplier_)), nudge);
    // Bits 31 to 62 of each, back in their lanes.
    const V high = hn::OddEven(hn::BitCast(d, hn::ShiftLeft<1>(odd)),
                               hn::BitCast(d, hn::ShiftRight<31>(even)));
    const V remainder = hn::And(high, mask_);
    const V threshold = hn::Sub(half_, hn::ShiftRight<31>(high));
    const V rounded_up =
        hn::VecFromMask(d, hn::Gt(remainder, threshold));  // -1 or 0.
    return hn::Sub(hn::ShiftRightSame(high, right_), rounded_up);
  }

 private:
  V multiplier_;
  V mask_;
  V half_;
  int left_;
  int right_;
};

class Term {
 public:
  explicit Term(const RescaledTerm& term)
      : zero_point_(hn::Set(D(), term.zero_point)),
        left_shift_(term.left_shift),
        multiply_(term.factor) {}
  V operator()(V x) const {
    return multiply_(hn::ShiftLeftSame(hn::Sub(x, zero_point_), left_shift_));
  }

 private:
  V zero_point_;
  int left_shift_;
  Multiply multiply_;
};

// Zero point and range of the output.
class Output {
 public:
  template <typename Parameters>
  explicit Output(const Parameters& parameters)
      : multiply_(parameters.factor),
        zero_point_(hn::Set(D(), parameters.zero_point)),
        min_(hn::Set(D(), parameters.range.min)),
        max_(hn::Set(D(), parameters.range.max)) {}
  V operator()(V x) const {
    const V value = hn::Add(multiply_(x), zero_point_);
    return hn::Min(max_, hn::Max(min_, value));
  }

 private:
  Multiply multiply_;
  V zero_point_;
  V min_;
  V max_;
};

class Sum {
 public:
  explicit Sum(const SumParameters& parameters)
      : term1_(parameters.term1),
        term2_(parameters.term2),
        subtract_(parameters.subtract),
        output_(parameters) {}
  V Prepare1(V a) const { return term1_(a); }
  V Prepare2(V b) const {
    const V term = term2_(b);
    return subtract_ ? hn::Neg(term) : term;
  }
  V Combine(V a, V b) const { return output_(hn::Add(a, b)); }

 private:
  Term term1_;
  Term term2_;
  bool subtract_;
  Output output_;
};

class Product {
 public:
  explicit Product(const ProductParameters& parameters)
      : zero_point1_(hn::Set(D(), parameters.zero_point1)),
        zero_point2_(hn::Set(D(), parameters.zero_point2)),
        output_(parameters) {}
  V Prepare1(V a) const { return hn::Sub(a, zero_point1_); }
  V Prepare2(V b) const { return hn::Sub(b, zero_point2_); }
  V Combine(V a, V b) const { return output_(hn::Mul(a, b)); }

 private:
  V zero_point1_;
  V zero_point2_;
  Output output_;
};

// Processes whole vectors; returns the number of elements done.
template <typename Kernel, typename Parameters>
size_t RunVectors(const Parameters& parameters, const int8_t* input1,
                  const int8_t* input2, int8_t* output, size_t count,
                  Repeat repeat) {
  const D d;
  const hn::Rebind<int8_t, D> d8;
  const size_t lanes = hn::Lanes(d);
  const Kernel kernel(parameters);
  const auto load1 = [&](size_t i) HWY_ATTR {
    return kernel.Prepare1(hn::PromoteTo(d, hn::LoadU(d8, input1 + i)));
  };
  const auto load2 = [&](size_t i) HWY_ATTR {
    return kernel.Prepare2(hn::PromoteTo(d, hn::LoadU(d8, input2 + i)));
  };
  const auto store = [&](V value, size_t i) HWY_ATTR {
    hn::StoreU(hn::DemoteTo(d8, value), d8, output + i);
  };
  size_t i = 0;
  switch (repeat) {
    case Repeat::kNone:
      for (; i + lanes <= count; i += lanes) {
        store(kernel.Combine(load1(i), load2(i)), i);
      }
      break;
    case Repeat::kFirst: {
      const V first = kernel.Prepare1(hn::Set(d, *input1));
      for (; i + lanes <= count; i += lanes) {
        store(kernel.Combine(first, load2(i)), i);
      }
      break;
    }
    case Repeat::kSecond: {
      const V second = kernel.Prepare2(hn::Set(d, *input2));
      for (; i + lanes <= count; i += lanes) {
        store(kernel.Combine(load1(i), second), i);
      }
      break;
    }
  }
  return i;
}

#else

class Sum;
class Product;

template <typename Kernel, typename Parameters>
size_t RunVectors(const Parameters&, const int8_t*, const int8_t*, int8_t*,
                  size_t, Repeat) {
  return 0;
}

#endif  // HWY_TARGET != HWY_SCALAR

template <typename Kernel, typename Parameters>
void Run(const Parameters& parameters, const int8_t* input1,
         const int8_t* input2, int8_t* output, size_t count, Repeat repeat) {
  for (size_t i = RunVectors<Kernel>(parameters, input1, input2, output, count,
                                     repeat);
       i < count; ++i) {
    const int8_t a = input1[repeat == Repeat::kFirst ? 0 : i];
    const int8_t b = input2[repeat == Repeat::kSecond ? 0 : i];
    output[i] = static_cast<int8_t>(parameters(a, b));
  }
}

void RunSum(const SumParameters& parameters, const int8_t* input1,
            const int8_t* input2, int8_t* output, size_t count, Repeat repeat) {
  Run<Sum>(parameters, input1, input2, output, count, repeat);
}

void RunProduct(const ProductParameters& parameters, const int8_t* input1,
                const int8_t* input2, int8_t* output, size_t count,
                Repeat repeat) {
  Run<Product>(parameters, input1, input2, output, count, repeat);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace tinyml::ops
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tinyml::ops {
namespace {

HWY_EXPORT(RunSum);
HWY_EXPORT(RunProduct);

}  // namespace

bool HasVectorForm(const SumParameters& parameters) {
  return parameters.term1.factor.multiplier >= 0 &&
         parameters.term2.factor.multiplier >= 0 &&
         parameters.factor.multiplier >= 0;
}

bool HasVectorForm(const ProductParameters& parameters) {
  return parameters.factor.multiplier >= 0;
}

void Int8Pairs(const SumParameters& parameters, const int8_t* input1,
               const int8_t* input2, int8_t* output, size_t count,
               Repeat repeat) {
  HWY_DYNAMIC_DISPATCH(RunSum)
  (parameters, input1, input2, output, count, repeat);
}

void Int8Pairs(const ProductParameters& parameters, const int8_t* input1,
               const int8_t* input2, int8_t* output, size_t count,
               Repeat repeat) {
  HWY_DYNAMIC_DISPATCH(RunProduct)
  (parameters, input1, input2, output, count, repeat);
}

}  // namespace tinyml::ops
#endif  // HWY_ONCE
