// SignalRfft: the state of kissfft, and the lengths that it can run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/reference/signal/fft.h"
#include "tests/runtime/reference/one_operator.h"

namespace tinyml::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Abi kArm = {4, 8, true};
constexpr Abi kHost = {8, 8, false};

TEST(KissFft, StateHoldsTwiddlesAndWorkArea) {
  // 3 pointers; 66 int and 8 complex; 12 complex.
  EXPECT_EQ(KissFftStateBytes(16, 2, kArm), 12 + 264 + 8 * 4 + 12 * 4);
  EXPECT_EQ(KissFftStateBytes(16, 4, kHost), 24 + 264 + 8 * 8 + 12 * 8);
  EXPECT_EQ(KissFftStateBytes(10, 2, kArm), 12 + 264 + 5 * 4 + 7 * 4);
  EXPECT_EQ(KissFftStateBytes(15, 2, kArm), 0);
}

Model Rfft(int32_t length) {
  return OneCustomOperator("SignalRfft",
                           {MakeTensor(TensorType::kInt16, {1, length}),
                            MakeTensor(TensorType::kInt16, {1, length + 2})},
                           1, [&](flexbuffers::Builder& builder) {
                             builder.Int("T",
                                         static_cast<int>(TensorType::kInt16));
                             builder.Int("fft_length", length);
                           });
}

TEST(SignalRfft, RequestsStateAndWorkArea) {
  const auto result = Allocate(Rfft(16));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(PersistentBytes(*result, Phase::kInit), ElementsAre(32, 356));
  EXPECT_THAT(ScratchBytes(*result), ElementsAre(32));
  EXPECT_THAT(result->warnings, IsEmpty());
}

TEST(SignalRfft, RefusesLengthsThatKissFftCannotRun) {
  for (int32_t length : {2, 14, 15, 22}) {
    EXPECT_FALSE(Allocate(Rfft(length))) << length;
    const auto esp = Allocate(Rfft(length), KernelLibrary::kEspNn);
    ASSERT_TRUE(esp) << length;
    EXPECT_THAT(esp->warnings, SizeIs(1)) << length;
  }
  for (int32_t length : {4, 6, 10, 20, 512, 480}) {
    EXPECT_TRUE(Allocate(Rfft(length))) << length;
  }
}

}  // namespace
}  // namespace tinyml::runtime
