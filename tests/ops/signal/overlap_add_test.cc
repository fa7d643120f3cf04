// SignalOverlapAdd.
#include <flatbuffers/flexbuffers.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using testing::OpRunner;
using Pairs = std::vector<std::pair<const char*, int64_t>>;

std::vector<uint8_t> MapOfPairs(const Pairs& pairs) {
  flexbuffers::Builder builder;
  builder.Map([&] {
    for (const auto& [key, value] : pairs) builder.Int(key, value);
  });
  builder.Finish();
  return builder.GetBuffer();
}

TEST(SignalOverlapAdd, AddsWhatOverlaps) {
  OpRunner runner("SignalOverlapAdd",
                  MapOfPairs({{"T", 0}, {"frame_step", 1}}));
  runner.Input<float>({2, 3}, {1, 2, 3, 10, 20, 30}).Output<float>({2});
  // Frame 1 gives 1 and leaves 2, 3; frame 2 makes 12, 23, 30 of them.
  EXPECT_THAT(runner.Run<float>(), ElementsAre(1, 12));
  EXPECT_THAT(runner.Set<float>(0, {0, 0, 0, 0, 0, 0}).Run<float>(),
              ElementsAre(23, 30));
}

TEST(SignalOverlapAdd, SaturatesInt16) {
  OpRunner runner("SignalOverlapAdd",
                  MapOfPairs({{"T", static_cast<int>(TensorType::kInt16)},
                              {"frame_step", 1}}));
  runner.Input<int16_t>({2, 2}, {0, 30000, 30000, -30000}).Output<int16_t>({2});
  EXPECT_THAT(runner.Run<int16_t>(), ElementsAre(0, 32767));
  EXPECT_THAT(runner.Set<int16_t>(0, {-30000, 0, 0, 0}).Run<int16_t>(),
              ElementsAre(-32768, 0));
}

}  // namespace
}  // namespace tinyml
