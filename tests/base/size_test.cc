#include "base/size.h"

#include <gtest/gtest.h>

namespace tinyml {
namespace {

TEST(ParseSizeTest, TakesPowersOf1024) {
  EXPECT_EQ(ParseSize("0").value(), 0);
  EXPECT_EQ(ParseSize("262144").value(), 262144);
  EXPECT_EQ(ParseSize("256K").value(), 262144);
  EXPECT_EQ(ParseSize("256k").value(), 262144);
  EXPECT_EQ(ParseSize("1M").value(), 1 << 20);
  EXPECT_EQ(ParseSize("3G").value(), int64_t{3} << 30);
}

TEST(ParseSizeTest, RefusesEverythingElse) {
  for (const char* text :
       {"", "K", "-1", "+1", " 1", "1 ", "1.5K", "1T", "1KB", "0x10",
        "9223372036854775808", "9007199254740992K"}) {
    const auto size = ParseSize(text);
    ASSERT_FALSE(size) << text;
    EXPECT_EQ(size.error().code, ErrorCode::kUsage) << text;
  }
}

}  // namespace
}  // namespace tinyml
