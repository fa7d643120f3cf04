// The Fourier transform of real values.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "ops/signal/fft_transform.h"
#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ops::RealFft;
using ::testing::ElementsAre;

TEST(RealFft, KnowsItsLengths) {
  for (const int32_t length : {4, 6, 8, 10, 12, 60, 512, 720}) {
    EXPECT_TRUE(RealFft<float>::Make(length, false).has_value()) << length;
  }
  // Odd, too short, or half of it with another prime factor.
  for (const int32_t length : {-4, 0, 1, 2, 3, 5, 14, 22, 28}) {
    EXPECT_FALSE(RealFft<float>::Make(length, false).has_value()) << length;
  }
}

// Against the sum that defines it, with all four kinds of butterflies.
TEST(RealFft, IsTheTransformOfFloats) {
  for (const int32_t length : {4, 6, 10, 16, 18, 50, 120, 256}) {
    auto fft = RealFft<float>::Make(length, false);
    ASSERT_TRUE(fft.has_value());
    std::vector<float> input(static_cast<size_t>(length));
    for (size_t i = 0; i < input.size(); ++i) {
      input[i] = static_cast<float>((i * 7919) % 2003) / 100 - 10;
    }
    std::vector<RealFft<float>::Complex> output(input.size() / 2 + 1);
    fft->Forward(input.data(), output.data());
    for (size_t k = 0; k < output.size(); ++k) {
      double real = 0;
      double imag = 0;
      for (size_t i = 0; i < input.size(); ++i) {
        const double phase = -2 * M_PI * static_cast<double>(i * k) / length;
        real += input[i] * std::cos(phase);
        imag += input[i] * std::sin(phase);
      }
      EXPECT_NEAR(output[k].real, real, 2e-3) << length << " " << k;
      EXPECT_NEAR(output[k].imag, imag, 2e-3) << length << " " << k;
    }
    auto inverse = RealFft<float>::Make(length, true);
    std::vector<float> back(input.size());
    inverse->Inverse(output.data(), back.data());
    for (size_t i = 0; i < input.size(); ++i) {
      EXPECT_NEAR(back[i] / static_cast<float>(length), input[i], 1e-3);
    }
  }
}

TEST(RealFft, RoundsInt16AsKissfft) {
  // A length of 60: butterflies of 2, 3 and 5.
  std::vector<int16_t> input(60);
  for (size_t i = 0; i < input.size(); ++i) {
    input[i] = static_cast<int16_t>((i * 7919) % 20011) - 10000;
  }
  std::vector<int16_t> output(62);
  using Complex = RealFft<int16_t>::Complex;
  RealFft<int16_t>::Make(60, false)->Forward(
      input.data(), reinterpret_cast<Complex*>(output.data()));
  EXPECT_THAT(
      output,
      ElementsAre(153, 0, 386, -204, -220, 257, -486, 1, -291, -202, -79, -38,
                  -188, 185, -390, 112, -291, -96, 27, 20, 42, 503, -480, 825,
                  899, -120, -1196, -148, -737, -543, -290, -375, -290, -38,
                  -533, -10, -560, -227, -341, -265, -291, -25, -607, 81, -900,
                  -290, -662, -848, 2019, 1788, 497, -467, 361, 130, -95, 262,
                  -290, -5, -108, -166, 43, 0));
  std::vector<int16_t> back(60);
  RealFft<int16_t>::Make(60, true)->Inverse(
      reinterpret_cast<const Complex*>(output.data()), back.data());
  EXPECT_THAT(
      back,
      ElementsAre(-167, -35, 96, -104, 29, 160, -41, 90, -110, 22, 151, -48, 82,
                  -117, 13, 146, -56, 74, -125, 6, 138, -63, 69, -134, -1, 131,
                  -72, 61, -140, -7, 125, -77, 54, -146, -15, 116, -85, 48,
                  -152, -22, 109, -92, 40, -161, -29, 102, -98, 34, 165, -36,
                  96, -105, 25, 158, -43, 89, -112, 19, 150, -51));
}

TEST(RealFft, RoundsInt32AsKissfft) {
  const std::vector<int32_t> input = {
      -1000000000, -208099997, 583800006,  -624300002, 167600001, 959500004,
      -248600004,  543299999,  -664800009, 127099994,  918999997, -289100011};
  std::vector<int32_t> output(14);
  RealFft<int32_t>::Make(12, false)->Forward(
      input.data(),
      reinterpret_cast<RealFft<int32_t>::Complex*>(output.data()));
  EXPECT_THAT(output,
              ElementsAre(22116665, 0, -123620900, 6017678, -62616666,
                          108455247, -229283333, -104050000, -229283333,
                          -60073296, 165054235, 77782319, -62616665, 0));
}

// The smallest value everywhere: what overflows wraps, and nothing else breaks.
TEST(RealFft, TakesExtremeValues) {
  const std::vector<int16_t> input(16, std::numeric_limits<int16_t>::min());
  std::vector<int16_t> output(18);
  RealFft<int16_t>::Make(16, false)->Forward(
      input.data(),
      reinterpret_cast<RealFft<int16_t>::Complex*>(output.data()));
  EXPECT_LT(output[0], -32000);
}

}  // namespace
}  // namespace tinyml
