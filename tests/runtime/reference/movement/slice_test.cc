// STRIDED_SLICE: counts of elements.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/runtime/reference/one_operator.h"

namespace tinyml::runtime {
namespace {

using ::testing::HasSubstr;

Result<Simulation> StridedSlice(std::vector<int32_t> input,
                                const std::vector<int32_t>& begin,
                                const std::vector<int32_t>& end,
                                const std::vector<int32_t>& strides,
                                std::vector<int32_t> output,
                                StridedSliceOptions options = {}) {
  const Tensor indices =
      MakeTensor(TensorType::kInt32, {static_cast<int32_t>(begin.size())});
  Model model = OneOperator(
      BuiltinOperator::kStridedSlice,
      {MakeTensor(TensorType::kFloat32, std::move(input)), indices, indices,
       indices, MakeTensor(TensorType::kFloat32, std::move(output))},
      MakeOptions(options));
  SetConstant(model, 1, begin);
  SetConstant(model, 2, end);
  SetConstant(model, 3, strides);
  return Allocate(model);
}

TEST(StridedSliceTest, CountsByDirectionMaskAndShrunkAxis) {
  EXPECT_TRUE(StridedSlice({10}, {1}, {8}, {3}, {3}));
  EXPECT_TRUE(StridedSlice({10}, {-3}, {100}, {2}, {2}));
  EXPECT_TRUE(StridedSlice({10}, {8}, {-9}, {-2}, {4}));
  EXPECT_TRUE(StridedSlice({10}, {4}, {5}, {-1}, {10},
                           {.begin_mask = 1, .end_mask = 1}));
  EXPECT_TRUE(StridedSlice({2, 10}, {-1, 0}, {0, 4}, {1, 1}, {4},
                           {.shrink_axis_mask = 1}));
}

TEST(StridedSliceTest, RefusesAnotherOutputShape) {
  const auto result = StridedSlice({10}, {1}, {8}, {3}, {2});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(result.error().message, HasSubstr("should be of shape [3]"));
  EXPECT_FALSE(StridedSlice({10}, {1}, {8}, {0}, {2}));
  EXPECT_FALSE(StridedSlice({1, 1, 1, 1, 1}, {0, 0, 0, 0, 0}, {1, 1, 1, 1, 1},
                            {1, 1, 1, 1, 1}, {1, 1, 1, 1, 1}));
}

}  // namespace
}  // namespace tinyml::runtime
