// SignalFilterBank: its counts of channels.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/reference/one_operator.h"

namespace tinyml::runtime {
namespace {

TEST(SignalFilterBank, RefusesAbsurdChannelCounts) {
  for (int channels : {-2, 1 << 30}) {
    EXPECT_FALSE(Allocate(OneCustomOperator(
        "SignalFilterBank", {}, 0, [&](flexbuffers::Builder& builder) {
          builder.Int("num_channels", channels);
        })));
  }
}

}  // namespace
}  // namespace tinyml::runtime
