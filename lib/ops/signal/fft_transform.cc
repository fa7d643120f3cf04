#include "ops/signal/fft_transform.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <type_traits>

namespace tinyml::ops {
namespace {

// The arithmetic of one type (_kiss_fft_guts.h). Sums wrap in the type.
template <typename T>
struct Arithmetic {
  using Wide = std::conditional_t<sizeof(T) == 2, int32_t, int64_t>;
  using Unsigned = std::make_unsigned_t<T>;
  static constexpr int kFractionBits = 8 * sizeof(T) - 1;
  static constexpr int kMax = std::numeric_limits<T>::max();

  static T Add(T a, T b) {
    return static_cast<T>(static_cast<Unsigned>(static_cast<Unsigned>(a) +
                                                static_cast<Unsigned>(b)));
  }
  static T Subtract(T a, T b) {
    return static_cast<T>(static_cast<Unsigned>(static_cast<Unsigned>(a) -
                                                static_cast<Unsigned>(b)));
  }
  static T Negate(T a) { return Subtract(0, a); }
  static Wide Product(T a, T b) { return Wide{a} * b; }
  static T Round(Wide x) {
    return static_cast<T>((x + (Wide{1} << (kFractionBits - 1))) >>
                          kFractionBits);
  }
  static T Multiply(T a, T b) { return Round(Product(a, b)); }
  static T Divide(T a, int by) {
    return Round(Product(a, static_cast<T>(kMax / by)));
  }
  // Half of a sum that upstream computes in an int: int16 values do not wrap.
  static T HalfSum(T a, T b) {
    if constexpr (sizeof(T) == 2) return static_cast<T>((a + b) >> 1);
    return static_cast<T>(Add(a, b) >> 1);
  }
  static T HalfDifference(T a, T b) {
    if constexpr (sizeof(T) == 2) return static_cast<T>((a - b) >> 1);
    return static_cast<T>(Subtract(a, b) >> 1);
  }
  static T FromDouble(double x) {
    return static_cast<T>(std::floor(.5 + kMax * x));
  }
};

template <>
struct Arithmetic<float> {
  static float Add(float a, float b) { return a + b; }
  static float Subtract(float a, float b) { return a - b; }
  static float Negate(float a) { return -a; }
  static float Product(float a, float b) { return a * b; }
  static float Round(float x) { return x; }
  static float Multiply(float a, float b) { return a * b; }
  static float Divide(float a, int /*by*/) { return a; }
  static float HalfSum(float a, float b) { return (a + b) * .5F; }
  static float HalfDifference(float a, float b) { return (a - b) * .5F; }
  static float FromDouble(double x) { return static_cast<float>(x); }
};

template <typename T>
using Complex = typename RealFft<T>::Complex;

template <typename T>
struct Values {
  using Math = Arithmetic<T>;
  using C = Complex<T>;

  static C Add(C a, C b) {
    return {Math::Add(a.real, b.real), Math::Add(a.imag, b.imag)};
  }
  static C Subtract(C a, C b) {
    return {Math::Subtract(a.real, b.real), Math::Subtract(a.imag, b.imag)};
  }
  static C Multiply(C a, C b) {
    return {Math::Round(Math::Product(a.real, b.real) -
                        Math::Product(a.imag, b.imag)),
            Math::Round(Math::Product(a.real, b.imag) +
                        Math::Product(a.imag, b.real))};
  }
  static C Scale(C a, T by) {
    return {Math::Multiply(a.real, by), Math::Multiply(a.imag, by)};
  }
  static C Divide(C a, int by) {
    return {Math::Divide(a.real, by), Math::Divide(a.imag, by)};
  }
  static C Conjugate(C a) { return {a.real, Math::Negate(a.imag)}; }
  // a + i * b and a - i * b.
  static C AddTurned(C a, C b) {
    return {Math::Subtract(a.real, b.imag), Math::Add(a.imag, b.real)};
  }
  static C SubtractTurned(C a, C b) {
    return {Math::Add(a.real, b.imag), Math::Subtract(a.imag, b.real)};
  }
  static C Exponential(double phase) {
    return {Math::FromDouble(std::cos(phase)),
            Math::FromDouble(std::sin(phase))};
  }
};

// kf_factor: fours, then twos, then odd numbers in order.
std::vector<int> Factors(size_t n) {
  std::vector<int> factors;
  for (const int factor : {4, 2, 3, 5}) {
    const size_t divisor = factor;
    while (n % divisor == 0) {
      factors.push_back(factor);
      n /= divisor;
    }
  }
  if (n != 1) factors.clear();
  return factors;
}

}  // namespace

template <typename T>
std::optional<RealFft<T>> RealFft<T>::Make(int32_t length, bool inverse) {
  if (length < 4 || length % 2 != 0) return std::nullopt;
  RealFft fft;
  fft.half_ = static_cast<size_t>(length) / 2;
  fft.inverse_ = inverse;
  const std::vector<int> factors = Factors(fft.half_);
  if (factors.empty()) return std::nullopt;

  // The first factor is that of the last stage.
  std::vector<size_t> sources = {0};
  size_t size = fft.half_;
  size_t stride = 1;
  for (const int factor : factors) {
    size /= static_cast<size_t>(factor);
    fft.stages_.push_back({factor, size, stride});
    stride *= static_cast<size_t>(factor);
  }
  std::reverse(fft.stages_.begin(), fft.stages_.end());
  // A transform takes every radix-th value of the one that it is part of.
  for (const Stage& stage : fft.stages_) {
    const std::vector<size_t> part = sources;
    sources.clear();
    for (int k = 0; k < stage.radix; ++k) {
      for (const size_t source : part) {
        sources.push_back(source * static_cast<size_t>(stage.radix) +
                          static_cast<size_t>(k));
      }
    }
  }
  fft.sources_ = std::move(sources);

  constexpr double kPi = 3.141592653589793238462643383279502884197;
  const double sign = inverse ? -1 : 1;
  for (size_t i = 0; i < fft.half_; ++i) {
    const double phase =
        -2 * kPi * static_cast<double>(i) / static_cast<double>(fft.half_);
    fft.twiddles_.push_back(Values<T>::Exponential(sign * phase));
  }
  for (size_t i = 0; i < fft.half_ / 2; ++i) {
    const double phase =
        -kPi *
        (static_cast<double>(i + 1) / static_cast<double>(fft.half_) + .5);
    fft.super_twiddles_.push_back(Values<T>::Exponential(sign * phase));
  }
  fft.work_.resize(fft.half_);
  return fft;
}

// kiss_fftr: each pair of values forms one complex value, and the transforms of
// even and odd values are separated afterwards.
template <typename T>
void RealFft<T>::Forward(const T* input, Complex* output) {
  using V = Values<T>;
  using Math = Arithmetic<T>;
  Transform(reinterpret_cast<const Complex*>(input), work_.data());
  const Complex first = V::Divide(work_[0], 2);
  output[0] = {Math::Add(first.real, first.imag), T{0}};
  output[half_] = {Math::Subtract(first.real, first.imag), T{0}};
  for (size_t k = 1; k <= half_ / 2; ++k) {
    const Complex low = V::Divide(work_[k], 2);
    const Complex high = V::Divide(V::Conjugate(work_[half_ - k]), 2);
    const Complex even = V::Add(low, high);
    const Complex odd =
        V::Multiply(V::Subtract(low, high), super_twiddles_[k - 1]);
    output[k] = {Math::HalfSum(even.real, odd.real),
                 Math::HalfSum(even.imag, odd.imag)};
    output[half_ - k] = {Math::HalfDifference(even.real, odd.real),
                         Math::HalfDifference(odd.imag, even.imag)};
  }
}

// kiss_fftri.
template <typename T>
void RealFft<T>::Inverse(const Complex* input, T* output) {
  using V = Values<T>;
  using Math = Arithmetic<T>;
  work_[0] = V::Divide({Math::Add(input[0].real, input[half_].real),
                        Math::Subtract(input[0].real, input[half_].real)},
                       2);
  for (size_t k = 1; k <= half_ / 2; ++k) {
    const Complex low = V::Divide(input[k], 2);
    const Complex high = V::Divide(V::Conjugate(input[half_ - k]), 2);
    const Complex even = V::Add(low, high);
    const Complex odd =
        V::Multiply(V::Subtract(low, high), super_twiddles_[k - 1]);
    work_[k] = V::Add(even, odd);
    work_[half_ - k] = V::Conjugate(V::Subtract(even, odd));
  }
  Transform(work_.data(), reinterpret_cast<Complex*>(output));
}

// kf_work, from the smallest transforms up instead of recursively.
template <typename T>
void RealFft<T>::Transform(const Complex* input, Complex* output) const {
  for (size_t i = 0; i < half_; ++i) output[i] = input[sources_[i]];
  for (const Stage& stage : stages_) {
    const size_t block = static_cast<size_t>(stage.radix) * stage.size;
    for (size_t at = 0; at < half_; at += block) {
      switch (stage.radix) {
        case 2:
          Butterfly2(output + at, stage);
          break;
        case 3:
          Butterfly3(output + at, stage);
          break;
        case 4:
          Butterfly4(output + at, stage);
          break;
        default:
          Butterfly5(output + at, stage);
          break;
      }
    }
  }
}

template <typename T>
void RealFft<T>::Butterfly2(Complex* data, const Stage& stage) const {
  using V = Values<T>;
  for (size_t i = 0; i < stage.size; ++i) {
    Complex& a = data[i];
    Complex& b = data[i + stage.size];
    const Complex first = V::Divide(a, 2);
    const Complex turned =
        V::Multiply(V::Divide(b, 2), twiddles_[i * stage.stride]);
    b = V::Subtract(first, turned);
    a = V::Add(first, turned);
  }
}

template <typename T>
void RealFft<T>::Butterfly3(Complex* data, const Stage& stage) const {
  using V = Values<T>;
  using Math = Arithmetic<T>;
  const size_t m = stage.size;
  const T third = twiddles_[stage.stride * m].imag;
  for (size_t i = 0; i < m; ++i) {
    const Complex a = V::Divide(data[i], 3);
    const Complex b =
        V::Multiply(V::Divide(data[i + m], 3), twiddles_[i * stage.stride]);
    const Complex c = V::Multiply(V::Divide(data[i + 2 * m], 3),
                                  twiddles_[2 * i * stage.stride]);
    const Complex sum = V::Add(b, c);
    const Complex turned = V::Scale(V::Subtract(b, c), third);
    const Complex half = {Math::HalfSum(sum.real, 0),
                          Math::HalfSum(sum.imag, 0)};
    const Complex middle = V::Subtract(a, half);
    data[i] = V::Add(a, sum);
    data[i + m] = V::AddTurned(middle, turned);
    data[i + 2 * m] = V::SubtractTurned(middle, turned);
  }
}

template <typename T>
void RealFft<T>::Butterfly4(Complex* data, const Stage& stage) const {
  using V = Values<T>;
  const size_t m = stage.size;
  for (size_t i = 0; i < m; ++i) {
    const Complex a = V::Divide(data[i], 4);
    const Complex b =
        V::Multiply(V::Divide(data[i + m], 4), twiddles_[i * stage.stride]);
    const Complex c = V::Multiply(V::Divide(data[i + 2 * m], 4),
                                  twiddles_[2 * i * stage.stride]);
    const Complex d = V::Multiply(V::Divide(data[i + 3 * m], 4),
                                  twiddles_[3 * i * stage.stride]);
    const Complex even = V::Add(a, c);
    const Complex even_difference = V::Subtract(a, c);
    const Complex odd = V::Add(b, d);
    const Complex odd_difference = V::Subtract(b, d);
    data[i] = V::Add(even, odd);
    data[i + 2 * m] = V::Subtract(even, odd);
    const Complex plus = V::AddTurned(even_difference, odd_difference);
    const Complex minus = V::SubtractTurned(even_difference, odd_difference);
    data[i + m] = inverse_ ? plus : minus;
    data[i + 3 * m] = inverse_ ? minus : plus;
  }
}

template <typename T>
void RealFft<T>::Butterfly5(Complex* data, const Stage& stage) const {
  using V = Values<T>;
  const size_t m = stage.size;
  const Complex once = twiddles_[stage.stride * m];
  const Complex twice = twiddles_[stage.stride * 2 * m];
  for (size_t i = 0; i < m; ++i) {
    const Complex first = V::Divide(data[i], 5);
    std::array<Complex, 5> turned;
    for (size_t k = 1; k < 5; ++k) {
      turned[k] = V::Multiply(V::Divide(data[i + k * m], 5),
                              twiddles_[k * i * stage.stride]);
    }
    const Complex outer = V::Add(turned[1], turned[4]);
    const Complex outer_difference = V::Subtract(turned[1], turned[4]);
    const Complex inner = V::Add(turned[2], turned[3]);
    const Complex inner_difference = V::Subtract(turned[2], turned[3]);
    data[i] = V::Add(first, V::Add(outer, inner));

    // The sum part and the difference part of values 1 and 4, then of 2 and 3.
    const Complex outer_mean = V::Add(V::Add(first, V::Scale(outer, once.real)),
                                      V::Scale(inner, twice.real));
    const Complex outer_turn = V::Add(V::Scale(outer_difference, once.imag),
                                      V::Scale(inner_difference, twice.imag));
    data[i + m] = V::AddTurned(outer_mean, outer_turn);
    data[i + 4 * m] = V::SubtractTurned(outer_mean, outer_turn);

    const Complex inner_mean = V::Add(
        V::Add(first, V::Scale(outer, twice.real)), V::Scale(inner, once.real));
    const Complex inner_turn =
        V::Subtract(V::Scale(outer_difference, twice.imag),
                    V::Scale(inner_difference, once.imag));
    data[i + 2 * m] = V::AddTurned(inner_mean, inner_turn);
    data[i + 3 * m] = V::SubtractTurned(inner_mean, inner_turn);
  }
}

template class RealFft<int16_t>;
template class RealFft<int32_t>;
template class RealFft<float>;

}  // namespace tinyml::ops
