// Worked out by hand from CMSIS-NN 4ab83cc3cc98, Source/*/
// arm_*_get_buffer_sizes_*.c.
#include "runtime/cmsis_nn/buffer_sizes.h"

#include <gtest/gtest.h>

#include <limits>

namespace tinyml::runtime::cmsis_nn {
namespace {

const KernelConfig kPlain = {.library = KernelLibrary::kCmsisNn,
                             .revision = {},
                             .reference_operators = {}};
const KernelConfig kDsp = {.library = KernelLibrary::kCmsisNn,
                           .revision = {},
                           .dsp = true,
                           .reference_operators = {}};
const KernelConfig kMve = {.library = KernelLibrary::kCmsisNn,
                           .revision = {},
                           .dsp = true,
                           .mve = true,
                           .reference_operators = {}};

ConvShape Shape(Dims input, Dims filter, Dims output) {
  return {.input = input,
          .filter = filter,
          .output = output,
          .stride = {1, 1},
          .dilation = {1, 1},
          .padding = {}};
}

TEST(CmsisBufferSizes, ConvolutionColumns) {
  // 3 x 3 x 5 = 45 elements in a column.
  const ConvShape shape = Shape({1, 8, 8, 5}, {1, 3, 3, 5}, {1, 6, 6, 4});
  EXPECT_EQ(ConvolveWrapperS8BufferBytes(shape, kPlain), 2 * 48 * 2);
  EXPECT_EQ(ConvolveWrapperS8BufferBytes(shape, kDsp), 2 * 48 * 2);
  EXPECT_EQ(ConvolveWrapperS8BufferBytes(shape, kMve), 4 * 48);
  EXPECT_EQ(ConvolveWrapperS16BufferBytes(shape, kDsp), 2 * 45 * 2);
  EXPECT_EQ(ConvolveWrapperS16BufferBytes(shape, kMve), 4 * 48 * 2);
}

TEST(CmsisBufferSizes, PointwiseConvolutionNeedsNothing) {
  ConvShape shape = Shape({1, 8, 8, 5}, {1, 1, 1, 5}, {1, 4, 4, 4});
  shape.stride = {2, 2};
  EXPECT_EQ(ConvolveWrapperS8BufferBytes(shape, kMve), 0);
  shape.input.c = 10;  // Two groups.
  EXPECT_EQ(ConvolveWrapperS8BufferBytes(shape, kMve), 4 * 16);
}

TEST(CmsisBufferSizes, ConvolutionAlongARow) {
  // 10 wide, filter 3, padding 1 + 1: left column 3 x 4 + 4 of padding.
  ConvShape shape = Shape({1, 1, 10, 4}, {1, 1, 3, 4}, {1, 1, 10, 2});
  shape.padding = {0, 1};
  EXPECT_EQ(ConvolveWrapperS8BufferBytes(shape, kMve), 16);
  EXPECT_EQ(ConvolveWrapperS8BufferBytes(shape, kDsp), 4 * 12);
  // More padding than output: an ordinary convolution.
  shape.input.w = 2;
  shape.output.w = 1;
  shape.padding.w = 3;
  EXPECT_FALSE(SplitRow(shape).complete);
  EXPECT_EQ(ConvolveWrapperS8BufferBytes(shape, kMve), 4 * 16);
}

TEST(CmsisBufferSizes, RowThatLeavesInputUnused) {
  // 10 wide, filter 1, stride 4: the last column of input is never read.
  ConvShape shape = Shape({1, 1, 10, 4}, {1, 1, 1, 4}, {1, 1, 3, 2});
  shape.stride = {1, 4};
  EXPECT_EQ(SplitRow(shape).total_padding, -1);
  EXPECT_EQ(SplitRow(shape).asymmetric_padding, -1);
}

TEST(CmsisBufferSizes, DepthwiseConvolution) {
  ConvShape shape = Shape({1, 8, 8, 5}, {1, 3, 3, 5}, {1, 8, 8, 5});
  shape.padding = {1, 1};
  EXPECT_EQ(DepthwiseConvWrapperS8BufferBytes(shape, kDsp), 0);
  EXPECT_EQ(DepthwiseConvWrapperS4BufferBytes(shape, kDsp), 2 * 45);
  EXPECT_EQ(DepthwiseConvWrapperS8BufferBytes(shape, kMve), 4 * 124 * 9);
  shape.padding = {2, 2};
  EXPECT_EQ(DepthwiseConvWrapperS8BufferBytes(shape, kDsp), 2 * 45);
  EXPECT_EQ(DepthwiseConvWrapperS8BufferBytes(shape, kPlain), 0);
  EXPECT_EQ(DepthwiseConvWrapperS4BufferBytes(shape, kPlain), 2 * 45);
  shape.input.n = 2;
  EXPECT_EQ(DepthwiseConvWrapperS8BufferBytes(shape, kMve), 0);
}

TEST(CmsisBufferSizes, DepthwiseConvolutionOfOneChannel) {
  // On Helium a convolution, 9 elements in a column, and the filter again.
  const ConvShape shape = Shape({1, 8, 8, 1}, {1, 3, 3, 7}, {1, 6, 6, 7});
  EXPECT_EQ(DepthwiseConvWrapperS8BufferBytes(shape, kMve), 4 * 16 + 7 * 9);
  EXPECT_EQ(DepthwiseConvWrapperS8BufferBytes(shape, kDsp), 0);
}

// Along one row, where the stride is a multiple of 4, it needs a padded window:
// upstream leaves the stride unset, as 0 does here.
TEST(CmsisBufferSizes, DepthwiseConvolutionOfOneChannelAlongARow) {
  ConvShape shape = Shape({1, 1, 20, 1}, {1, 1, 3, 8}, {1, 1, 20, 8});
  shape.padding = {0, 1};
  EXPECT_EQ(DepthwiseConvWrapperS8BufferBytes(shape, kMve), 4 * 16 + 8 * 3);
  shape.stride = {0, 0};
  EXPECT_EQ(DepthwiseConvWrapperS8BufferBytes(shape, kMve), 3 + 1 + 8 * 3);
  shape.stride = {4, 4};
  EXPECT_EQ(DepthwiseConvWrapperS8BufferBytes(shape, kMve), 3 + 1 + 8 * 3);
  // An even kernel is padded on the right only: the windows overhang there.
  shape.filter.w = 2;
  shape.padding = {0, 0};
  shape.stride = {0, 0};
  EXPECT_EQ(DepthwiseConvWrapperS8BufferBytes(shape, kMve), 2 + 8 * 2);
  // Both paddings do not fit one column: as any other convolution.
  shape = Shape({1, 1, 3, 1}, {1, 1, 5, 8}, {1, 1, 1, 8});
  shape.padding = {0, 1};
  shape.stride = {0, 0};
  EXPECT_EQ(DepthwiseConvWrapperS8BufferBytes(shape, kMve), 4 * 16 + 8 * 5);
  // Two rows, or another core.
  shape = Shape({1, 2, 20, 1}, {1, 1, 3, 8}, {1, 2, 20, 8});
  shape.padding = {0, 1};
  shape.stride = {0, 0};
  EXPECT_EQ(DepthwiseConvWrapperS8BufferBytes(shape, kMve), 4 * 16 + 8 * 3);
  shape.input.h = shape.output.h = 1;
  EXPECT_EQ(DepthwiseConvWrapperS8BufferBytes(shape, kDsp), 0);
}

TEST(CmsisBufferSizes, TransposedConvolution) {
  ConvShape shape = Shape({1, 4, 6, 16}, {3, 2, 2, 16}, {1, 8, 12, 3});
  shape.stride = {2, 2};
  // (5 x 2 + 2) columns x 3 channels x 2 rows of int32.
  EXPECT_EQ(TransposeConvS8BufferBytes(shape, kDsp), 12 * 3 * 2 * 4);
  EXPECT_EQ(TransposeConvS8ReverseBufferBytes(shape), 0);
  shape.input.c = shape.filter.c = 17;  // 68 elements in a column.
  EXPECT_EQ(TransposeConvS8BufferBytes(shape, kDsp), 4 * 68);
  EXPECT_EQ(TransposeConvS8BufferBytes(shape, kMve), 4 * 80);
  EXPECT_EQ(TransposeConvS8ReverseBufferBytes(shape), 17 * 2 * 2 * 3);
  // The width takes the stride of the height.
  shape.stride = {5, 3};
  EXPECT_EQ(TransposeConvS8BufferBytes(shape, kMve), (5 * 3 + 5) * 3 * 5 * 4);
}

TEST(CmsisBufferSizes, AbsurdDimensionsDoNotOverflow) {
  constexpr int32_t kMax = std::numeric_limits<int32_t>::max();
  const ConvShape shape = Shape({kMax, kMax, kMax, kMax}, {1, kMax, kMax, kMax},
                                {kMax, kMax, kMax, kMax});
  for (const KernelConfig& config : {kPlain, kDsp, kMve}) {
    EXPECT_GE(ConvolveWrapperS8BufferBytes(shape, config), kTooManyBytes);
    EXPECT_GE(ConvolveWrapperS16BufferBytes(shape, config), kTooManyBytes);
    EXPECT_GE(TransposeConvS8BufferBytes(shape, config), kTooManyBytes);
  }
}

}  // namespace
}  // namespace tinyml::runtime::cmsis_nn
