// Plans as pictures: where each is fullest.
#include "runtime/arena/fullest_scope.h"

#include <gtest/gtest.h>

#include <vector>

namespace tinyml::runtime {
namespace {

ArenaBuffer Buffer(int64_t offset, int64_t size, int first, int last) {
  ArenaBuffer buffer;
  buffer.offset_bytes = offset;
  buffer.size_bytes = size;
  buffer.first_used = first;
  buffer.last_used = last;
  return buffer;
}

// The graph's inputs, then operators 0 to 3.
const std::vector<OperatorId> kScopes = {
    {0, kNoOperatorIndex}, {0, 0}, {0, 1}, {0, 2}, {0, 3}};

TEST(FullestScope, IsWhereMostIsLiveBesideTheHighestBuffer) {
  //  32 |       C C
  //  16 |   B B B
  //   0 | A A A
  //       0 1 2 3 4
  const std::vector<ArenaBuffer> buffers = {
      Buffer(0, 16, 0, 2), Buffer(16, 16, 1, 3), Buffer(32, 16, 3, 4)};
  const FullestScope fullest = FindFullestScope(buffers, kScopes);
  EXPECT_EQ(fullest.scope, 3);
  EXPECT_EQ(fullest.operator_scope, 3);
}

TEST(FullestScope, ScopesWithoutTheHighestBufferDoNotCount) {
  // 100 bytes are live in scope 1, but the head ends where B does.
  const std::vector<ArenaBuffer> buffers = {
      Buffer(0, 100, 1, 1), Buffer(0, 16, 3, 4), Buffer(90, 16, 3, 3)};
  EXPECT_EQ(FindFullestScope(buffers, kScopes).scope, 3);
}

TEST(FullestScope, OfEqualsTheFirst) {
  const std::vector<ArenaBuffer> buffers = {Buffer(0, 16, 1, 4)};
  EXPECT_EQ(FindFullestScope(buffers, kScopes).scope, 1);
}

// An input that nothing reads lives in scope 0 only, which no operator has.
TEST(FullestScope, TheOperatorMayBeElsewhere) {
  const std::vector<ArenaBuffer> buffers = {
      Buffer(0, 64, 0, 0), Buffer(64, 16, 0, 2), Buffer(0, 16, 2, 3)};
  const FullestScope fullest = FindFullestScope(buffers, kScopes);
  EXPECT_EQ(fullest.scope, 0);
  EXPECT_EQ(fullest.operator_scope, 2);
}

TEST(FullestScope, NothingIsFullWithoutBuffersOrScopes) {
  EXPECT_EQ(FindFullestScope({}, kScopes).scope, -1);
  EXPECT_EQ(FindFullestScope({}, kScopes).operator_scope, -1);
  const std::vector<ArenaBuffer> buffers = {Buffer(0, 16, 1, 2)};
  EXPECT_EQ(FindFullestScope(buffers).scope, 1);
  EXPECT_EQ(FindFullestScope(buffers).operator_scope, -1);
}

TEST(FullestScope, ABufferThatIsNeverUsedCountsForTheFirstScope) {
  const std::vector<ArenaBuffer> buffers = {Buffer(32, 16, -1, -1),
                                            Buffer(0, 16, 0, 3)};
  EXPECT_EQ(FindFullestScope(buffers, kScopes).scope, 0);
}

}  // namespace
}  // namespace tinyml::runtime
