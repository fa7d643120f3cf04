// Defects of ESP-NN: each met, and narrowly not.
#define HAZARD_PAIRS_OF EspNnHazards

#include "tests/runtime/hazards/hazard_pair.h"
#include "tests/runtime/hazards/layers.h"

#include <gmock/gmock.h>

namespace tinyml::runtime {
namespace {

using ::testing::HasSubstr;

struct Size {
  int32_t height;
  int32_t width;
};

// A 3x3 int8 depthwise convolution.
Model Depthwise(Size size, int32_t channels, int32_t stride,
                Padding padding = Padding::kSame, int32_t multiplier = 1) {
  auto options = StrideOptions<DepthwiseConv2DOptions>(padding, stride);
  options.depth_multiplier = multiplier;
  const int32_t outputs = channels * multiplier;
  return OneOperator(
      BuiltinOperator::kDepthwiseConv2D,
      {MakeTensor(TensorType::kInt8, {1, size.height, size.width, channels},
                  0.5F),
       MakeTensor(TensorType::kInt8, {1, 3, 3, outputs}, 0.5F),
       MakeTensor(TensorType::kInt32, {outputs}, 0.25F),
       MakeTensor(TensorType::kInt8,
                  {1, Outputs(size.height, 3, stride, padding),
                   Outputs(size.width, 3, stride, padding), outputs},
                  0.5F)},
      MakeOptions(options));
}

// A 3x3 int8 convolution with 8 outputs.
Model Conv(Size size, int32_t channels, int32_t stride,
           Padding padding = Padding::kSame, int32_t filter = 3) {
  return OneOperator(
      BuiltinOperator::kConv2D,
      {MakeTensor(TensorType::kInt8, {1, size.height, size.width, channels},
                  0.5F),
       MakeTensor(TensorType::kInt8, {8, filter, filter, channels}, 0.5F),
       MakeTensor(TensorType::kInt32, {8}, 0.25F),
       MakeTensor(TensorType::kInt8,
                  {1, Outputs(size.height, filter, stride, padding),
                   Outputs(size.width, filter, stride, padding), 8},
                  0.5F)},
      MakeOptions(StrideOptions<Conv2DOptions>(padding, stride)));
}

HAZARD_PAIR("esp-nn-depthwise-unequal-padding",
            On("esp32s3", Depthwise({49, 20}, 32, 2)),
            On("esp32s3", Depthwise({49, 21}, 32, 2)))
HAZARD_PAIR("esp-nn-depthwise-unequal-padding",
            On("esp32s3:kernels.revision=1.1.2", Depthwise({49, 20}, 32, 2)),
            On("esp32", Depthwise({49, 20}, 32, 2)))
// 38 x 38 x 32 bytes are more than 40 KiB, 34 x 34 x 32 are fewer.
HAZARD_PAIR("esp-nn-depthwise-strips",
            On("esp32s3", Depthwise({36, 36}, 32, 2)),
            On("esp32s3", Depthwise({32, 32}, 32, 2)))
HAZARD_PAIR("esp-nn-depthwise-strips",
            On("esp32s3", Depthwise({48, 48}, 48, 2)),
            On("esp32s3:kernels.revision=1.2.0", Depthwise({48, 48}, 48, 2)))
// The remedy: as many rows and columns as the kernel counts.
HAZARD_PAIR("esp-nn-depthwise-strips",
            On("esp32s3", Depthwise({49, 49}, 48, 2, Padding::kValid)),
            On("esp32s3", Depthwise({50, 50}, 48, 2, Padding::kValid)))
// The 144 values of the filter are followed by a gap of 16 values, 32 bytes.
HAZARD_PAIR("esp-nn-depthwise-int16-margin",
            On("esp32s3:kernels.revision=1.1.2",
               Depthwise({8, 8}, 4, 1, Padding::kSame, 4)),
            On("esp32s3:kernels.revision=1.2.0",
               Depthwise({8, 8}, 4, 1, Padding::kSame, 4)))
HAZARD_PAIR("esp-nn-conv-unequal-padding", On("esp32s3", Conv({48, 49}, 16, 2)),
            On("esp32s3", Conv({49, 49}, 16, 2)))
// A row of the filter has fewer than 16 values: window by window.
HAZARD_PAIR("esp-nn-conv-unequal-padding", On("esp32s3", Conv({48, 49}, 6, 2)),
            On("esp32s3", Conv({48, 49}, 5, 2)))
HAZARD_PAIR("esp-nn-conv-end-padding",
            On("esp32s3:kernels.revision=1.2.0", Conv({48, 48}, 16, 2)),
            On("esp32s3:kernels.revision=1.2.1", Conv({48, 48}, 16, 2)))
HAZARD_PAIR("esp-nn-conv-unequal-padding", On("esp32s3", Conv({48, 49}, 16, 2)),
            On("esp32s3:kernels.revision=1.2.5", Conv({48, 49}, 16, 2)))
HAZARD_PAIR("esp-nn-softmax-scratch", On("esp32s3", Int8Softmax({2, 4, 8})),
            On("esp32s3", Int8Softmax({2, 8, 8})))

std::string WhatOf(const HazardCase& item) {
  std::string text;
  for (const Hazard& hazard : HazardsOf(item)) text += hazard.what + "\n";
  return text;
}

// The figures of ESP-NN's issue 30 and of pull request 37.
TEST(EspNnHazards, SayHowMuchIsWritten) {
  EXPECT_THAT(WhatOf(On("esp32s3", Depthwise({49, 20}, 32, 2))),
              HasSubstr("writes 44,912 bytes into scratch memory of 32,944"));
  EXPECT_THAT(WhatOf(On("esp32s3", Depthwise({48, 48}, 48, 2))),
              HasSubstr("writes 120,448 bytes into scratch memory of 7,648"));
  EXPECT_THAT(WhatOf(On("esp32s3", Conv({48, 49}, 16, 2))),
              HasSubstr("the last row is wrong"));
  EXPECT_THAT(WhatOf(On("esp32s3", Conv({49, 48}, 16, 2))),
              HasSubstr("the last column is wrong"));
}

}  // namespace
}  // namespace tinyml::runtime
