// The Fourier transform of real signals, with the rounding of kissfft 1.3.0,
// which the runtime uses. Source: kissfft as tflite-micro 90b983c2b3f1 patches
// it (third_party/kissfft), kiss_fft.c and tools/kiss_fftr.c.
#ifndef TINYML_OPS_SIGNAL_FFT_TRANSFORM_H_
#define TINYML_OPS_SIGNAL_FFT_TRANSFORM_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tinyml::ops {

// T is int16_t, int32_t or float. Fixed-point transforms divide by the length
// as they go to avoid overflow; what overflows nonetheless wraps.
template <typename T>
class RealFft {
 public:
  struct Complex {
    T real;
    T imag;
  };

  // Returns nothing for a length that is odd or below 4, or whose half has a
  // prime factor other than 2, 3 and 5.
  static std::optional<RealFft> Make(int32_t length, bool inverse);

  // Transforms length real values into length / 2 + 1 complex ones. Requires a
  // transform that is not inverse. Does not allocate.
  void Forward(const T* input, Complex* output);
  // The opposite; requires an inverse transform. A float result is not yet
  // divided by the length.
  void Inverse(const Complex* input, T* output);

 private:
  // One level of the decimation: groups of `radix` transforms of `size` values
  // are combined, using every `stride`-th twiddle factor.
  struct Stage {
    int radix = 0;
    size_t size = 0;
    size_t stride = 0;
  };

  void Transform(const Complex* input, Complex* output) const;
  void Butterfly2(Complex* data, const Stage& stage) const;
  void Butterfly3(Complex* data, const Stage& stage) const;
  void Butterfly4(Complex* data, const Stage& stage) const;
  void Butterfly5(Complex* data, const Stage& stage) const;

  size_t half_ = 0;  // The length of the complex transform.
  bool inverse_ = false;
  std::vector<Stage> stages_;  // Smallest transforms first.
  std::vector<size_t>
      sources_;  // Where each value of the first stage comes from.
  std::vector<Complex> twiddles_;
  std::vector<Complex> super_twiddles_;
  std::vector<Complex> work_;
};

extern template class RealFft<int16_t>;
extern template class RealFft<int32_t>;
extern template class RealFft<float>;

}  // namespace tinyml::ops

#endif  // TINYML_OPS_SIGNAL_FFT_TRANSFORM_H_
