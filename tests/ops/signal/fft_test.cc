// SignalIrfft and SignalRfft.
#include <flatbuffers/flexbuffers.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "ops/signal/fft_transform.h"
#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;

std::vector<uint8_t> FftOptions(TensorType type, int32_t length) {
  flexbuffers::Builder builder;
  builder.Map([&] {
    builder.Int("T", static_cast<int>(type));
    builder.Int("fft_length", length);
  });
  builder.Finish();
  return builder.GetBuffer();
}

TEST(SignalRfft, PadsEachRowWithZeros) {
  // The transform of an impulse is flat; in fixed point, divided by the length.
  OpRunner runner("SignalRfft", FftOptions(TensorType::kFloat32, 4));
  runner.Input<float>({2, 1}, {3, 5}).Output<float>({2, 6});
  EXPECT_THAT(runner.Run<float>(),
              ElementsAre(3, 0, 3, 0, 3, 0, 5, 0, 5, 0, 5, 0));
  OpRunner fixed("SignalRfft", FftOptions(TensorType::kInt16, 8));
  fixed.Input<int16_t>({1}, {8000}).Output<int16_t>({10});
  EXPECT_THAT(fixed.Run<int16_t>(),
              ElementsAre(1000, 0, 1000, 0, 1000, 0, 1000, 0, 1000, 0));
}

TEST(SignalRfft, RefusesWhatDoesNotFit) {
  EXPECT_THAT(OpRunner("SignalRfft", FftOptions(TensorType::kFloat32, 8))
                  .Input<float>({4}, {1, 2, 3, 4})
                  .Output<float>({8})
                  .Error(),
              HasSubstr("elements"));
}

TEST(SignalIrfft, DividesFloatsByTheLength) {
  OpRunner runner("SignalIrfft", FftOptions(TensorType::kFloat32, 4));
  runner.Input<float>({6}, {4, 0, 4, 0, 4, 0}).Output<float>({4});
  EXPECT_THAT(runner.Run<float>(), ElementsAre(4, 0, 0, 0));
}

TEST(SignalIrfft, RefusesShortInputs) {
  EXPECT_THAT(OpRunner("SignalIrfft", FftOptions(TensorType::kInt16, 8))
                  .Input<int16_t>({8}, std::vector<int16_t>(8))
                  .Output<int16_t>({8})
                  .Error(),
              HasSubstr("elements"));
}

}  // namespace
}  // namespace tinyml
