// SignalEnergy, SignalFftAutoScale and SignalWindow.
#include <flatbuffers/flexbuffers.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;
using Pairs = std::vector<std::pair<const char*, int64_t>>;

std::vector<uint8_t> Map(const Pairs& pairs) {
  flexbuffers::Builder builder;
  builder.Map([&] {
    for (const auto& [key, value] : pairs) builder.Int(key, value);
  });
  builder.Finish();
  return builder.GetBuffer();
}

TEST(SignalWindow, MultipliesShiftsAndSaturates) {
  // 1000 * 4096 >> 12; -1 * 1 >> 12 rounds down; -32768 * -32768 >> 12.
  EXPECT_THAT(OpRunner("SignalWindow", Map({{"shift", 12}}))
                  .Input<int16_t>({3}, {1000, -1, -32768})
                  .Constant<int16_t>({3}, {4096, 1, -32768})
                  .Output<int16_t>({3})
                  .Run<int16_t>(),
              ElementsAre(1000, -1, 32767));
}

TEST(SignalWindow, RepeatsForEachRow) {
  EXPECT_THAT(OpRunner("SignalWindow", Map({{"shift", 0}}))
                  .Input<int16_t>({2, 2}, {1, 2, 3, 4})
                  .Constant<int16_t>({2}, {10, -10000})
                  .Output<int16_t>({2, 2})
                  .Run<int16_t>(),
              ElementsAre(10, -20000, 30, -32768));
}

TEST(SignalWindow, RefusesShiftsOutOfRange) {
  EXPECT_THAT(OpRunner("SignalWindow", Map({{"shift", 32}}))
                  .Input<int16_t>({1}, {1})
                  .Constant<int16_t>({1}, {1})
                  .Output<int16_t>({1})
                  .Error(),
              HasSubstr("shift"));
}

OpRunner AutoScale(const std::vector<int16_t>& values) {
  OpRunner runner("SignalFftAutoScale", {});
  const auto size = static_cast<int32_t>(values.size());
  runner.Input<int16_t>({size}, values)
      .Output<int16_t>({size})
      .Output<int32_t>({});
  return runner;
}

TEST(SignalFftAutoScale, ShiftsUpAsFarAsThereIsRoom) {
  OpRunner runner = AutoScale({3, -5, 1});
  // 5 has three bits, 12 more are free.
  EXPECT_THAT(runner.Run<int16_t>(0), ElementsAre(3 << 12, -5 * 4096, 1 << 12));
  EXPECT_THAT(runner.Run<int32_t>(1), ElementsAre(12));
}

TEST(SignalFftAutoScale, FindsNoRoomInZerosAndLargeValues) {
  EXPECT_THAT(AutoScale({0, 0}).Run<int32_t>(1), ElementsAre(0));
  EXPECT_THAT(AutoScale({16384, 0}).Run<int32_t>(1), ElementsAre(0));
  EXPECT_THAT(AutoScale({-16383, 0}).Run<int32_t>(1), ElementsAre(1));
}

// Its magnitude wraps to itself, and only what follows counts.
TEST(SignalFftAutoScale, ForgetsTheSmallestValue) {
  EXPECT_THAT(AutoScale({-32768}).Run<int32_t>(1), ElementsAre(0));
  OpRunner runner = AutoScale({-32768, 4});
  EXPECT_THAT(runner.Run<int16_t>(0), ElementsAre(0, 4 << 12));
  EXPECT_THAT(runner.Run<int32_t>(1), ElementsAre(12));
}

TEST(SignalEnergy, AddsSquaresWithinItsRange) {
  EXPECT_THAT(
      OpRunner("SignalEnergy", Map({{"end_index", 3}, {"start_index", 1}}))
          .Input<int16_t>({8}, {9, 9, 3, -4, -32768, -32768, 9, 9})
          .Output<uint32_t>({4})
          .Run<uint32_t>(),
      ElementsAre(0, 25, 1U << 31, 0));
}

TEST(SignalEnergy, RefusesARangeOutside) {
  EXPECT_THAT(
      OpRunner("SignalEnergy", Map({{"end_index", 2}, {"start_index", -1}}))
          .Input<int16_t>({4}, {1, 2, 3, 4})
          .Output<uint32_t>({2})
          .Error(),
      HasSubstr("negative"));
  EXPECT_THAT(
      OpRunner("SignalEnergy", Map({{"end_index", 3}, {"start_index", 0}}))
          .Input<int16_t>({4}, {1, 2, 3, 4})
          .Output<uint32_t>({3})
          .Error(),
      HasSubstr("fewer"));
}

}  // namespace
}  // namespace tinyml
