// SignalPCAN.
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

OpRunner Pcan(const std::vector<int16_t>& table) {
  OpRunner runner("SignalPCAN", Map({{"snr_shift", 1}}));
  runner.Input<uint32_t>({2}, {1000, 10000})
      .Input<uint32_t>({2}, {0, 3})
      .Constant<int16_t>({static_cast<int32_t>(table.size())}, table)
      .Output<uint32_t>({2});
  return runner;
}

TEST(SignalPcan, ReadsItsGainFromAParabola) {
  // Noise 0: gain 4; 1000 * 4 >> 1 = 2000, below 8192: 2000^2 >> 20 = 3.
  // Noise 3 has 2 bits: coefficients at 2 of 20, 2, 32 and a fraction of
  // (3 << 9) & 1023 = 512: ((32 * 512 >> 5) + (2 << 5)) * 512 = 294912, rounded
  // >> 15 = 9, gain 29; 10000 * 29 >> 1 = 145000; (145000 >> 6) - 64 = 2201.
  OpRunner runner = Pcan({4, 0, 20, 2, 32});
  EXPECT_THAT(runner.Run<uint32_t>(), ElementsAre(3, 2201));
}

TEST(SignalPcan, RefusesNoiseBeyondItsTable) {
  EXPECT_THAT(Pcan({4, 0, 20, 2}).Error(), HasSubstr("beyond"));
}

}  // namespace
}  // namespace tinyml
