// Defects of convolutions on CMSIS-NN: each met, and narrowly not.
#define HAZARD_PAIRS_OF CmsisNnConvHazards

#include "tests/runtime/hazards/hazard_pair.h"
#include "tests/runtime/hazards/layers.h"

namespace tinyml::runtime {
namespace {

constexpr const char* kM55 = "cortex-m55:runtime=2026-08";

// An int8 convolution of 4 channels along one row.
Model Row(int32_t width, int32_t filter, int32_t stride, Padding padding,
          int32_t height = 1) {
  Conv2DOptions options;
  options.padding = padding;
  options.stride_w = stride;
  options.stride_h = 1;
  return OneOperator(
      BuiltinOperator::kConv2D,
      {MakeTensor(TensorType::kInt8, {1, height, width, 4}, 0.5F),
       MakeTensor(TensorType::kInt8, {8, 1, filter, 4}, 0.5F),
       MakeTensor(TensorType::kInt32, {8}, 0.25F),
       MakeTensor(TensorType::kInt8,
                  {1, height, Outputs(width, filter, stride, padding), 8},
                  0.5F)},
      MakeOptions(options));
}

// An int8 convolution of 8 channels, of which the filter has `channels`.
Model Grouped(int32_t height, int32_t filter, int32_t channels) {
  const auto options = StrideOptions<Conv2DOptions>(Padding::kValid, 1);
  return OneOperator(
      BuiltinOperator::kConv2D,
      {MakeTensor(TensorType::kInt8, {1, height, 8, 8}, 0.5F),
       MakeTensor(TensorType::kInt8, {8, 1, filter, channels}, 0.5F),
       MakeTensor(TensorType::kInt32, {8}, 0.25F),
       MakeTensor(TensorType::kInt8, {1, height, 9 - filter, 8}, 0.5F)},
      MakeOptions(options));
}

// 8 columns, 3 of filter, stride 2: windows at 0, 2 and 4, column 7 is unused.
HAZARD_PAIR("cmsis-nn-conv-row-unused-column",
            On(kM55, Row(8, 3, 2, Padding::kValid)),
            On(kM55, Row(9, 3, 2, Padding::kValid)))
HAZARD_PAIR("cmsis-nn-conv-row-unused-column",
            On(kM55, Row(8, 3, 2, Padding::kValid)),
            On(kM55, Row(8, 3, 2, Padding::kValid, 2)))
HAZARD_PAIR("cmsis-nn-conv-row-unused-column",
            On(kM55, Row(8, 3, 2, Padding::kValid)),
            On("cortex-m4:runtime=2026-08", Row(8, 3, 2, Padding::kValid)))
HAZARD_PAIR("cmsis-nn-conv-row-unused-column",
            On("cortex-m55:runtime=2024-05", Row(8, 3, 2, Padding::kValid)),
            On("cortex-m55:runtime=2024-01", Row(8, 3, 2, Padding::kValid)))
// A padding of 1 and 2 (7 columns), and of 1 and 1 (8 columns).
HAZARD_PAIR("cmsis-nn-conv-row-padding", On(kM55, Row(7, 4, 2, Padding::kSame)),
            On(kM55, Row(8, 4, 2, Padding::kSame)))
// A padding of 2 and 2, at both ends of a window of 5.
HAZARD_PAIR("cmsis-nn-conv-row-padding", On(kM55, Row(9, 5, 2, Padding::kSame)),
            On(kM55, Row(9, 5, 1, Padding::kSame)))
// 4 of filter, stride 2: a padded column on each side for one or two of output.
HAZARD_PAIR("cmsis-nn-conv-row-short",
            On("cortex-m55:runtime=2024-01", Row(2, 4, 2, Padding::kSame)),
            On("cortex-m55:runtime=2024-01", Row(4, 4, 2, Padding::kSame)))
HAZARD_PAIR("cmsis-nn-conv-row-short",
            On("cortex-m55:runtime=2024-01", Row(2, 4, 2, Padding::kSame)),
            On("cortex-m55:runtime=2024-05", Row(2, 4, 2, Padding::kSame)))
HAZARD_PAIR("cmsis-nn-conv-grouped-pointwise",
            On("cortex-m4:runtime=2026-02", Grouped(4, 1, 4)),
            On("cortex-m4:runtime=2026-02", Grouped(4, 2, 4)))
HAZARD_PAIR("cmsis-nn-conv-grouped-pointwise",
            On("cortex-m4:runtime=2026-02", Grouped(4, 1, 4)),
            On("cortex-m4:runtime=2026-08", Grouped(4, 1, 4)))
HAZARD_PAIR("cmsis-nn-conv-grouped-row",
            On("cortex-m55:runtime=2026-02", Grouped(1, 3, 4)),
            On("cortex-m55:runtime=2026-02", Grouped(2, 3, 4)))
HAZARD_PAIR("cmsis-nn-conv-grouped-row",
            On("cortex-m55:runtime=2026-02", Grouped(1, 3, 4)),
            On("cortex-m4:runtime=2026-02", Grouped(1, 3, 4)))
HAZARD_PAIR("cmsis-nn-conv-int16-sum",
            On("cortex-m4:runtime=2026-02", Int16Pointwise(512)),
            On("cortex-m4:runtime=2026-02", Int16Pointwise(511)))
HAZARD_PAIR("cmsis-nn-conv-int16-sum",
            On("cortex-m4:runtime=2026-02", Int16Pointwise(512)),
            On("cortex-m4:runtime=2026-08", Int16Pointwise(512)))

}  // namespace
}  // namespace tinyml::runtime
