// Defects of ESP-NN's arithmetic: each met, and narrowly not.
#define HAZARD_PAIRS_OF EspNnResultHazards

#include "tests/runtime/hazards/hazard_pair.h"
#include "tests/runtime/hazards/layers.h"
#include "tinyml/model_builder.h"

namespace tinyml::runtime {
namespace {

constexpr const char* kS3 = "esp32s3:kernels.revision=1.2.3";

Model FullyConnected(int32_t rows, int32_t depth) {
  return OneOperator(BuiltinOperator::kFullyConnected,
                     {MakeTensor(TensorType::kInt8, {rows, depth}, 0.5F),
                      MakeTensor(TensorType::kInt8, {4, depth}, 0.5F),
                      MakeTensor(TensorType::kInt32, {4}, 0.25F),
                      MakeTensor(TensorType::kInt8, {rows, 4}, 0.5F)},
                     MakeOptions(FullyConnectedOptions()));
}

Model FullyConnected16x8(TensorType bias, bool per_channel) {
  Tensor filter = MakeTensor(TensorType::kInt8, {4, 8}, 0.5F);
  if (per_channel) {
    filter.quantization = PerChannel({0.5F, 0.25F, 0.5F, 0.5F}, 0);
  }
  Tensor sums = MakeTensor(bias, {4}, 0.25F);
  if (per_channel) {
    sums.quantization = PerChannel({0.25F, 0.125F, 0.25F, 0.25F}, 0);
  }
  return OneOperator(BuiltinOperator::kFullyConnected,
                     {MakeTensor(TensorType::kInt16, {1, 8}, 0.5F), filter,
                      sums, MakeTensor(TensorType::kInt16, {1, 4}, 0.5F)},
                     MakeOptions(FullyConnectedOptions()));
}

struct Window {
  int32_t height;
  int32_t width;
};

// An int8 convolution of a square.
Model Conv(int32_t side, int32_t channels, Window filter, int32_t stride,
           Padding padding = Padding::kSame) {
  return OneOperator(
      BuiltinOperator::kConv2D,
      {MakeTensor(TensorType::kInt8, {1, side, side, channels}, 0.5F),
       MakeTensor(TensorType::kInt8, {8, filter.height, filter.width, channels},
                  0.5F),
       MakeTensor(TensorType::kInt32, {8}, 0.25F),
       MakeTensor(TensorType::kInt8,
                  {1, Outputs(side, filter.height, stride, padding),
                   Outputs(side, filter.width, stride, padding), 8},
                  0.5F)},
      MakeOptions(StrideOptions<Conv2DOptions>(padding, stride)));
}

Model Conv16x8(int32_t channels) {
  return OneOperator(
      BuiltinOperator::kConv2D,
      {MakeTensor(TensorType::kInt16, {1, 2, 2, channels}, 0.5F),
       MakeTensor(TensorType::kInt8, {4, 1, 1, channels}, 0.5F),
       MakeTensor(TensorType::kInt16, {1, 2, 2, 4}, 0.5F)},
      MakeOptions(StrideOptions<Conv2DOptions>(Padding::kValid, 1)));
}

Model Depthwise(int32_t side, int32_t filter, int64_t zero_point,
                Padding padding = Padding::kSame) {
  auto options = StrideOptions<DepthwiseConv2DOptions>(padding, 1);
  options.depth_multiplier = 1;
  const int32_t outputs = Outputs(side, filter, 1, padding);
  return OneOperator(
      BuiltinOperator::kDepthwiseConv2D,
      {MakeTensor(TensorType::kInt8, {1, side, side, 48}, 0.5F, zero_point),
       MakeTensor(TensorType::kInt8, {1, filter, filter, 48}, 0.5F),
       MakeTensor(TensorType::kInt32, {48}, 0.25F),
       MakeTensor(TensorType::kInt8, {1, outputs, outputs, 48}, 0.5F)},
      MakeOptions(options));
}

Model Pool(int32_t width) {
  auto options = StrideOptions<Pool2DOptions>(Padding::kValid, 2);
  options.filter_width = 2;
  options.filter_height = 1;
  return OneOperator(
      BuiltinOperator::kMaxPool2D,
      {MakeTensor(TensorType::kInt8, {1, 1, width, 1}, 0.5F),
       MakeTensor(TensorType::kInt8, {1, 1, width / 2, 1}, 0.5F)},
      MakeOptions(options));
}

HAZARD_PAIR("esp-nn-softmax-rows", On(kS3, Int8Softmax({4, 40})),
            On(kS3, Int8Softmax({4, 48})))
HAZARD_PAIR("esp-nn-softmax-rows", On(kS3, Int8Softmax({4, 40})),
            On(kS3, Int8Softmax({1, 40})))
HAZARD_PAIR("esp-nn-softmax-rows", On(kS3, Int8Softmax({4, 40})),
            On(kS3, Int8Softmax({4, 31})))
HAZARD_PAIR("esp-nn-softmax-rows", On(kS3, Int8Softmax({4, 40})),
            On("esp32s3:kernels.revision=1.2.0", Int8Softmax({4, 40})))
HAZARD_PAIR("esp-nn-fully-connected-odd-blocks",
            On("esp32s3:kernels.revision=1.2.2", FullyConnected(1, 63)),
            On("esp32s3:kernels.revision=1.2.2", FullyConnected(1, 64)))
HAZARD_PAIR("esp-nn-fully-connected-odd-blocks",
            On("esp32s3:kernels.revision=1.2.2", FullyConnected(1, 48)),
            On("esp32s3:kernels.revision=1.2.2", FullyConnected(1, 31)))
HAZARD_PAIR("esp-nn-fully-connected-odd-blocks",
            On("esp32s3:kernels.revision=1.2.2", FullyConnected(1, 48)),
            On(kS3, FullyConnected(1, 48)))
HAZARD_PAIR("esp-nn-fully-connected-rows", On(kS3, FullyConnected(2, 20)),
            On(kS3, FullyConnected(2, 24)))
HAZARD_PAIR("esp-nn-fully-connected-rows", On(kS3, FullyConnected(2, 20)),
            On(kS3, FullyConnected(1, 20)))
HAZARD_PAIR("esp-nn-fully-connected-rows", On(kS3, FullyConnected(2, 20)),
            On("esp32c3", FullyConnected(2, 20)))
HAZARD_PAIR("esp-nn-fully-connected-rows",
            On("esp32s3:kernels.revision=1.2.5", FullyConnected(2, 20)),
            On("esp32s3:kernels.revision=1.2.6", FullyConnected(2, 20)))
HAZARD_PAIR("esp-nn-fully-connected-long-rows",
            On("esp32", FullyConnected(1, 65536)),
            On("esp32", FullyConnected(1, 65535)))
HAZARD_PAIR("esp-nn-long-dimension", On("esp32", Pool(65536)),
            On("esp32", Pool(65534)))
HAZARD_PAIR("esp-tflite-micro-fully-connected-int16-bias",
            On("esp32s3", FullyConnected16x8(TensorType::kInt32, false)),
            On("esp32s3", FullyConnected16x8(TensorType::kInt64, false)))
HAZARD_PAIR("esp-tflite-micro-fully-connected-int16-channels",
            On("esp32s3", FullyConnected16x8(TensorType::kInt64, true)),
            On("esp32s3", FullyConnected16x8(TensorType::kInt64, false)))
HAZARD_PAIR("esp-tflite-micro-conv-int16-sum", On("esp32", Conv16x8(512)),
            On("esp32", Conv16x8(511)))
// 2 x 48 x (25 + 23 x 23) bytes are more than 48 KiB, with 22 x 22 fewer.
HAZARD_PAIR("esp-nn-depthwise-row-strips", On(kS3, Depthwise(23, 5, 3)),
            On(kS3, Depthwise(22, 5, 3)))
HAZARD_PAIR("esp-nn-depthwise-row-strips", On(kS3, Depthwise(23, 5, 3)),
            On(kS3, Depthwise(23, 5, 0)))
HAZARD_PAIR("esp-nn-depthwise-row-strips", On(kS3, Depthwise(23, 5, 3)),
            On(kS3, Depthwise(23, 3, 3)))
HAZARD_PAIR("esp-nn-depthwise-row-strips", On(kS3, Depthwise(23, 5, 3)),
            On(kS3, Depthwise(23, 5, 3, Padding::kValid)))
HAZARD_PAIR("esp-nn-conv-window-edge", On(kS3, Conv(2, 4, {3, 3}, 2)),
            On(kS3, Conv(4, 4, {3, 3}, 2)))
HAZARD_PAIR("esp-nn-conv-window-edge", On(kS3, Conv(2, 4, {3, 3}, 2)),
            On(kS3, Conv(2, 6, {3, 3}, 2)))
HAZARD_PAIR("esp-nn-conv-end-padding-p4",
            On("esp32p4:kernels.revision=1.1.1", Conv(8, 4, {3, 3}, 2)),
            On("esp32p4:kernels.revision=1.1.1", Conv(9, 4, {3, 3}, 2)))
HAZARD_PAIR("esp-nn-conv-end-padding-p4",
            On("esp32p4:kernels.revision=1.1.1", Conv(8, 4, {3, 3}, 2)),
            On("esp32p4:kernels.revision=1.1.2", Conv(8, 4, {3, 3}, 2)))
// The padding of a filter of 2 with stride 1 is 1 after the input.
HAZARD_PAIR("esp-nn-conv-last-row-p4",
            On("esp32p4:kernels.revision=1.2.2", Conv(8, 4, {2, 2}, 1)),
            On("esp32p4:kernels.revision=1.2.2", Conv(8, 4, {3, 3}, 2)))
HAZARD_PAIR("esp-nn-conv-last-row-p4",
            On("esp32p4:kernels.revision=1.2.2", Conv(8, 4, {2, 2}, 1)),
            On("esp32p4:kernels.revision=1.2.3", Conv(8, 4, {2, 2}, 1)))
// From 1.2.3 only where a row of the filter has 16 values.
HAZARD_PAIR("esp-nn-conv-last-row-p4",
            On("esp32p4:kernels.revision=1.2.3", Conv(8, 8, {2, 2}, 1)),
            On("esp32p4:kernels.revision=1.2.6", Conv(8, 8, {2, 2}, 1)))

}  // namespace
}  // namespace tinyml::runtime
