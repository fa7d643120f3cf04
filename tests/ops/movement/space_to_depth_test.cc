// DEPTH_TO_SPACE and SPACE_TO_DEPTH.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;

OpRunner SpaceToDepth(int32_t block) {
  OpRunner runner(BuiltinOperator::kSpaceToDepth);
  SpaceToDepthOptions options;
  options.block_size = block;
  runner.Options(options);
  return runner;
}

OpRunner DepthToSpace(int32_t block) {
  OpRunner runner(BuiltinOperator::kDepthToSpace);
  DepthToSpaceOptions options;
  options.block_size = block;
  runner.Options(options);
  return runner;
}

// Two blocks of 2 x 2 side by side.
TEST(SpaceToDepth, StacksBlocks) {
  EXPECT_THAT(SpaceToDepth(2)
                  .Input<int8_t>({1, 2, 4, 1}, {1, 2, 3, 4, 5, 6, 7, 8})
                  .Output<int8_t>({1, 1, 2, 4})
                  .Run<int8_t>(),
              ElementsAre(1, 2, 5, 6, 3, 4, 7, 8));
  EXPECT_THAT(SpaceToDepth(2)
                  .Input<float>({1, 2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8})
                  .Output<float>({1, 1, 1, 8})
                  .Run<float>(),
              ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
}

TEST(DepthToSpace, UndoesIt) {
  EXPECT_THAT(DepthToSpace(2)
                  .Input<int8_t>({1, 1, 2, 4}, {1, 2, 5, 6, 3, 4, 7, 8})
                  .Output<int8_t>({1, 2, 4, 1})
                  .Run<int8_t>(),
              ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
}

TEST(DepthToSpace, RefusesABlockOfZero) {
  EXPECT_THAT(DepthToSpace(0)
                  .Input<int8_t>({1, 1, 1, 4}, {1, 2, 3, 4})
                  .Output<int8_t>({1, 2, 2, 1})
                  .Error(),
              HasSubstr("block_size"));
}

}  // namespace
}  // namespace tinyml
