#include "base/json_depth.h"

#include <gtest/gtest.h>

#include <string>

namespace tinyml {
namespace {

TEST(NestsAtMostTest, CountsListsAndObjectsOutsideOfTexts) {
  EXPECT_TRUE(NestsAtMost("[{\"a\": [1, 2]}, [3]]", 3));
  EXPECT_FALSE(NestsAtMost("[{\"a\": [1, 2]}, [3]]", 2));
  EXPECT_TRUE(NestsAtMost("[\"[[[[\\\"[[[[\", \"{{{\\\\\", [1]]", 2));
  EXPECT_TRUE(NestsAtMost("", 0));
  EXPECT_FALSE(NestsAtMost("[", 0));
}

TEST(NestsAtMostTest, LongListsAreNotDeep) {
  std::string list = "[";
  for (int i = 0; i < 10000; ++i) list += "[],";
  EXPECT_TRUE(NestsAtMost(list + "0]", 2));
}

}  // namespace
}  // namespace tinyml
