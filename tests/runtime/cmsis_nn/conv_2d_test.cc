// CONV_2D on CMSIS-NN along one row.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/reference/one_operator.h"

namespace tinyml::runtime {
namespace {

using ::testing::HasSubstr;

Target Helium() {
  Target target = MakeTarget(KernelLibrary::kCmsisNn);
  target.kernels.dsp = true;
  target.kernels.mve = true;
  return target;
}

Model RowConvolution(int32_t stride, int32_t outputs) {
  return OneOperator(
      BuiltinOperator::kConv2D,
      {MakeTensor(TensorType::kInt8, {1, 1, 11, 4}, 0.5F),
       MakeTensor(TensorType::kInt8, {2, 1, 2, 4}, 0.5F),
       MakeTensor(TensorType::kInt8, {1, 1, outputs, 2}, 0.5F)},
      MakeOptions(Conv2DOptions{
          .padding = Padding::kValid,
          .stride_w = stride,
          .stride_h = 1,
          .fused_activation_function = ActivationFunctionType::kNone,
          .dilation_w_factor = 1,
          .dilation_h_factor = 1,
          .quantized_bias_type = TensorType::kFloat32}));
}

TEST(CmsisConv2D, HeliumConvolutionAlongARowCannotLeaveTwoColumnsUnused) {
  // Stride 3: 4 windows take all 11 columns. Stride 7: 2 windows leave 2.
  EXPECT_EQ(ErrorOf(RowConvolution(3, 4), Helium()), "");
  EXPECT_EQ(ErrorOf(RowConvolution(7, 2), MakeTarget(KernelLibrary::kCmsisNn)),
            "");
  EXPECT_THAT(ErrorOf(RowConvolution(7, 2), Helium()),
              HasSubstr("columns of the input unused"));
}

}  // namespace
}  // namespace tinyml::runtime
