// SignalFramer: the buffers of its rows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/reference/one_operator.h"

namespace tinyml::runtime {
namespace {

using ::testing::ElementsAre;

Result<Simulation> Framer(int step) {
  return Allocate(
      OneCustomOperator("SignalFramer",
                        {MakeTensor(TensorType::kInt16, {2, 320}),
                         MakeTensor(TensorType::kInt16, {2, 2, 400}),
                         MakeTensor(TensorType::kBool, {})},
                        2, [&](flexbuffers::Builder& builder) {
                          builder.Int("frame_size", 400);
                          builder.Int("frame_step", step);
                          builder.Bool("prefill", true);
                        }));
}

TEST(SignalFramer, RoundsTheFrameUpToSteps) {
  const auto result = Framer(160);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(PersistentBytes(*result, Phase::kInit), ElementsAre(28));
  // 480 samples twice, after a header of 24 bytes.
  EXPECT_THAT(PersistentBytes(*result, Phase::kPrepare),
              ElementsAre(8, 8, 1944, 1944));
  EXPECT_FALSE(Framer(0));
  EXPECT_FALSE(Framer(150));
  EXPECT_FALSE(Framer(640));
}

}  // namespace
}  // namespace tinyml::runtime
