// Values worked out by hand from ESP-NN d45b843ca5f8; see scratch_sizes.cc.
#include "runtime/esp_nn/scratch_sizes.h"

#include <gtest/gtest.h>

namespace tinyml::runtime::esp_nn {
namespace {

KernelConfig Kernels(EspVariant variant) {
  KernelConfig kernels;
  kernels.library = KernelLibrary::kEspNn;
  kernels.esp_variant = variant;
  return kernels;
}

const KernelConfig kGeneric = Kernels(EspVariant::kGeneric);
const KernelConfig kS3 = Kernels(EspVariant::kS3);
const KernelConfig kP4 = Kernels(EspVariant::kP4);

// A 25x5 picture, as wide as the output of a stride of 1 with SAME padding.
ConvShape Picture(uint16_t channels, uint16_t filter, uint16_t out) {
  ConvShape shape;
  shape.input_width = shape.output_width = 5;
  shape.input_height = shape.output_height = 25;
  shape.input_channels = channels;
  shape.filter_width = shape.filter_height = filter;
  shape.output_channels = out;
  shape.padding_width = shape.padding_height = filter / 2;
  return shape;
}

TEST(EspNnScratch, OnlyTheChipsWithVectorCodeUseIt) {
  const ConvShape shape = Picture(64, 3, 64);
  EXPECT_EQ(ConvScratchBytes(shape, kGeneric), 0);
  EXPECT_EQ(DepthwiseConvScratchBytes(shape, kGeneric), 0);
  EXPECT_EQ(DepthwiseConvScratchBytes(shape, kP4), 0);
  KernelConfig ansi = kS3;
  ansi.library = KernelLibrary::kEspNnAnsi;
  EXPECT_EQ(ConvScratchBytes(shape, ansi), 0);
  EXPECT_EQ(SoftmaxScratchBytes(10, ansi), 0);
  EXPECT_EQ(SoftmaxScratchBytes(10, kGeneric), 40);
}

TEST(EspNnScratch, PointwiseConvolution) {
  const ConvShape shape = Picture(12, 1, 8);
  // Input and filter with 16 channels, 8 pixels transposed, margin.
  EXPECT_EQ(ConvScratchBytes(shape, kS3), 125 * 16 + 16 * 8 + 2 * 8 * 16 + 64);
  EXPECT_EQ(ConvScratchBytes(shape, kP4), 4 * 8 + 16 * 8 + 32 + 32);
  const ConvShape wide = Picture(64, 1, 64);
  EXPECT_EQ(ConvScratchBytes(wide, kP4), 64 * 64 + 2 * 8 * 64 + 32);
}

TEST(EspNnScratch, PaddedConvolution) {
  const ConvShape shape = Picture(16, 3, 8);
  const int padded_input = 7 * 27 * 16;
  const int filter = 9 * 16 * 8;
  // The filter twice, the padded input.
  EXPECT_EQ(ConvScratchBytes(shape, kS3),
            padded_input + 2 * filter + 64 + 8 * 4);
  // The input also padded on two sides only.
  KernelConfig before = kS3;
  before.changes.Remove(Change::kEspConvEndPaddingS3);
  EXPECT_EQ(ConvScratchBytes(shape, before),
            2 * padded_input + 2 * filter + 64 + 8 * 4);
  EXPECT_EQ(ConvScratchBytes(shape, kP4), 8 * 4 + 9 * 16 + 32);
  // A window of 9 bytes: too small for the P4's im2col.
  const ConvShape tiny = Picture(1, 3, 8);
  EXPECT_EQ(ConvScratchBytes(tiny, kP4), 7 * 27 + 9 * 16 * 8 + 8 * 4 + 32);
}

// SAME over an even extent by a stride of 2: one row and one column at the end.
TEST(EspNnScratch, PaddingAtTheEndOnly) {
  ConvShape shape;
  shape.input_width = shape.input_height = 8;
  shape.input_channels = 16;
  shape.filter_width = shape.filter_height = 3;
  shape.stride_width = shape.stride_height = 2;
  shape.output_width = shape.output_height = 4;
  shape.output_channels = 4;
  const int rest = 2 * 9 * 16 * 4 + 64 + 4 * 4;
  EXPECT_EQ(ConvScratchBytes(shape, kS3), 9 * 9 * 16 + rest);
  KernelConfig before = kS3;
  before.changes.Remove(Change::kEspConvEndPaddingS3);
  EXPECT_EQ(ConvScratchBytes(shape, before), 10 * 10 * 16 + rest);
  // VALID: nothing is padded; before, as if one more window followed.
  shape.output_width = shape.output_height = 3;
  EXPECT_EQ(ConvScratchBytes(shape, kS3), rest);
  EXPECT_EQ(ConvScratchBytes(shape, before), rest);
  shape.stride_width = shape.stride_height = 3;
  EXPECT_EQ(ConvScratchBytes(shape, before), 11 * 11 * 16 + rest);
}

TEST(EspNnScratch, DepthwiseConvolutionOnS3) {
  // 3x3, channels a multiple of 16, of 8, of neither.
  EXPECT_EQ(DepthwiseConvScratchBytes(Picture(16, 3, 16), kS3),
            9 * 16 + 7 * 27 * 16 + 16);
  EXPECT_EQ(DepthwiseConvScratchBytes(Picture(8, 3, 8), kS3),
            2 * (9 * 8 + 125 * 8) + 32);
  // 2 x 72 + 0 (already aligned), 2 x 1000, 1000 + 8, 96, 16.
  EXPECT_EQ(DepthwiseConvScratchBytes(Picture(5, 3, 5), kS3),
            144 + 2000 + 1008 + 96 + 16);
  ConvShape multiplied = Picture(2, 3, 8);
  multiplied.channel_multiplier = 4;
  EXPECT_EQ(DepthwiseConvScratchBytes(multiplied, kS3),
            2 * (9 * 2 * 4 + 125 * 2) + 32);
  multiplied.channel_multiplier = 3;
  EXPECT_EQ(DepthwiseConvScratchBytes(multiplied, kS3), 32);
}

}  // namespace
}  // namespace tinyml::runtime::esp_nn
