// What the layers refuse, and where, on models of one operator.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "runtime/simulate.h"
#include "tests/support/one_operator.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

using ::testing::HasSubstr;
using testing::MakeTensor;
using testing::OneOperator;

Target ReferenceTarget() {
  Target target;
  target.abi = {.pointer_bytes = 4, .int64_alignment = 8, .short_enums = true};
  return target;
}

Target CmsisTarget(bool mve) {
  Target target = ReferenceTarget();
  target.kernels.library = KernelLibrary::kCmsisNn;
  target.kernels.dsp = true;
  target.kernels.mve = mve;
  return target;
}

std::string ErrorOf(const Model& model, const Target& target) {
  const auto result = Simulate(model, target);
  return result.has_value() ? "" : result.error().message;
}

Model Softmax(float input_scale, float output_scale) {
  return OneOperator(
      BuiltinOperator::kSoftmax,
      {MakeTensor(TensorType::kInt8, {1, 4}, input_scale),
       MakeTensor(TensorType::kInt8, {1, 4}, output_scale, -128)},
      MakeOptions(SoftmaxOptions{.beta = 1.0F}));
}

TEST(Layers, SoftmaxNeedsItsOutputScaleAndAMultiplierAboveOne) {
  EXPECT_EQ(ErrorOf(Softmax(0.1F, 1.0F / 256), ReferenceTarget()), "");
  EXPECT_THAT(ErrorOf(Softmax(0.1F, 1.0F / 255), ReferenceTarget()),
              HasSubstr("scale 1/256"));
  // 2^26 x 2^-26 is exactly 1, on which the runtime aborts.
  EXPECT_THAT(ErrorOf(Softmax(0x1p-26F, 1.0F / 256), ReferenceTarget()),
              HasSubstr("above 1"));
}

Model FullyConnected(std::vector<int32_t> output_shape, int32_t depth) {
  return OneOperator(
      BuiltinOperator::kFullyConnected,
      {MakeTensor(TensorType::kInt8, {1, 2, depth}, 0.5F),
       MakeTensor(TensorType::kInt8, {3, depth}, 0.5F),
       MakeTensor(TensorType::kInt8, std::move(output_shape), 0.5F)},
      MakeOptions(FullyConnectedOptions{}));
}

TEST(Layers, CmsisFullyConnectedAbortsOnWideOutputsWithoutEarlierScratch) {
  const Model kept = FullyConnected({1, 2, 3}, 4);
  EXPECT_EQ(ErrorOf(kept, ReferenceTarget()), "");
  EXPECT_THAT(ErrorOf(kept, CmsisTarget(false)), HasSubstr("scratch buffers"));
  EXPECT_EQ(ErrorOf(FullyConnected({2, 3}, 4), CmsisTarget(false)), "");
  EXPECT_EQ(ErrorOf(FullyConnected({1, 2, 3}, 5), CmsisTarget(false)), "");
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

TEST(Layers, HeliumConvolutionAlongARowCannotLeaveTwoColumnsUnused) {
  // Stride 3: 4 windows take all 11 columns. Stride 7: 2 windows leave 2.
  EXPECT_EQ(ErrorOf(RowConvolution(3, 4), CmsisTarget(true)), "");
  EXPECT_EQ(ErrorOf(RowConvolution(7, 2), CmsisTarget(false)), "");
  EXPECT_THAT(ErrorOf(RowConvolution(7, 2), CmsisTarget(true)),
              HasSubstr("columns of the input unused"));
}

TEST(Layers, AnOutputWithoutScaleIsAWarning) {
  Model model = RowConvolution(3, 4);
  model.subgraphs[0].tensors[2].quantization.reset();
  const auto result = Simulate(model, ReferenceTarget());
  ASSERT_TRUE(result.has_value()) << result.error().message;
  ASSERT_EQ(result->warnings.size(), 1U);
  EXPECT_THAT(result->warnings[0], HasSubstr("no finite multiplier"));
}

}  // namespace
}  // namespace tinyml::runtime
