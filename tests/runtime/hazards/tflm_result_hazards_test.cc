// Defects of tflite-micro that upstream mended: each met, and narrowly not.
#define HAZARD_PAIRS_OF TflmResultHazards

#include "tests/runtime/hazards/hazard_pair.h"
#include "tests/runtime/hazards/layers.h"

namespace tinyml::runtime {
namespace {

constexpr const char* kBefore = "cortex-m4+reference:runtime=2026-02";
constexpr const char* kNow = "cortex-m4+reference:runtime=2026-08";

// `batch` matrices, 4 x 3 as stored if `adjoint`, with one of 4 x 5.
Model BatchMatMul(int32_t batch, int32_t right_batch, bool adjoint) {
  BatchMatMulOptions options;
  options.adj_x = adjoint;
  const std::vector<int32_t> left = adjoint ? std::vector<int32_t>{batch, 4, 3}
                                            : std::vector<int32_t>{batch, 3, 4};
  return OneOperator(BuiltinOperator::kBatchMatmul,
                     {MakeTensor(TensorType::kFloat32, left),
                      MakeTensor(TensorType::kFloat32, {right_batch, 4, 5}),
                      MakeTensor(TensorType::kFloat32, {batch, 3, 5})},
                     MakeOptions(options));
}

// A convolution whose 512 weights per output all are `weight`.
Model ConvOf(int8_t weight) {
  Model model = Int16Pointwise(512);
  const uint32_t bytes = static_cast<uint8_t>(weight) * 0x01010101U;
  SetConstant(model, 1, std::vector<int32_t>(512, static_cast<int32_t>(bytes)));
  return model;
}

Model FullyConnected(int32_t depth) {
  return OneOperator(BuiltinOperator::kFullyConnected,
                     {MakeTensor(TensorType::kInt16, {1, depth}, 0.5F),
                      MakeTensor(TensorType::kInt8, {4, depth}, 0.5F),
                      MakeTensor(TensorType::kInt16, {1, 4}, 0.5F)},
                     MakeOptions(FullyConnectedOptions()));
}

Model Resize(bool half_pixel_centers) {
  ResizeNearestNeighborOptions options;
  options.half_pixel_centers = half_pixel_centers;
  Model model = OneOperator(BuiltinOperator::kResizeNearestNeighbor,
                            {MakeTensor(TensorType::kInt8, {1, 4, 4, 2}, 0.5F),
                             MakeTensor(TensorType::kInt32, {2}),
                             MakeTensor(TensorType::kInt8, {1, 6, 6, 2}, 0.5F)},
                            MakeOptions(options));
  SetConstant(model, 1, {6, 6});
  return model;
}

Model Pool(float output_scale) {
  auto options = StrideOptions<Pool2DOptions>(Padding::kValid, 2);
  options.filter_width = 2;
  options.filter_height = 2;
  return OneOperator(
      BuiltinOperator::kAveragePool2D,
      {MakeTensor(TensorType::kInt8, {1, 4, 4, 8}, 0.5F),
       MakeTensor(TensorType::kInt8, {1, 2, 2, 8}, output_scale)},
      MakeOptions(options));
}

Model Concatenation(float second_scale) {
  ConcatenationOptions options;
  options.axis = 1;
  return OneOperator(BuiltinOperator::kConcatenation,
                     {MakeTensor(TensorType::kInt8, {1, 4}, 0.5F),
                      MakeTensor(TensorType::kInt8, {1, 4}, second_scale),
                      MakeTensor(TensorType::kInt8, {1, 8}, 0.5F)},
                     MakeOptions(options));
}

Model Mul(TensorType type) {
  return OneOperator(
      BuiltinOperator::kMul,
      {MakeTensor(type, {1, 8}, 0.5F), MakeTensor(type, {1, 8}, 0.5F),
       MakeTensor(type, {1, 8}, 0.5F)},
      MakeOptions(MulOptions()));
}

Model Logistic(float input_scale) {
  return OneOperator(BuiltinOperator::kLogistic,
                     {MakeTensor(TensorType::kInt16, {1, 8}, input_scale),
                      MakeTensor(TensorType::kInt16, {1, 8}, 0x1p-15F)});
}

Model ReduceMax(TensorType type) {
  ReducerOptions options;
  options.keep_dims = true;
  const float scale = type == TensorType::kFloat32 ? 0.0F : 0.5F;
  Model model = OneOperator(BuiltinOperator::kReduceMax,
                            {MakeTensor(type, {1, 4, 4, 8}, scale),
                             MakeTensor(TensorType::kInt32, {1}),
                             MakeTensor(type, {1, 1, 4, 8}, scale)},
                            MakeOptions(options));
  SetConstant(model, 1, {1});
  return model;
}

HAZARD_PAIR("tflm-mul-int16",
            On("cortex-m4:runtime=2023-01", Mul(TensorType::kInt16)),
            On("cortex-m4:runtime=2023-01", Mul(TensorType::kInt8)))
HAZARD_PAIR("tflm-mul-int16",
            On("cortex-m4:runtime=2023-01", Mul(TensorType::kInt16)),
            On("cortex-m4:runtime=2023-02", Mul(TensorType::kInt16)))
// 2.667 x 12,288 is 32,772.
HAZARD_PAIR("tflm-logistic-tanh-range",
            On("cortex-m4:runtime=2023-01", Logistic(2.667F)),
            On("cortex-m4:runtime=2023-01", Logistic(2.666F)))
HAZARD_PAIR("tflm-reduce-max-zero-points",
            On("cortex-m4:runtime=2023-01", ReduceMax(TensorType::kInt8)),
            On("cortex-m4:runtime=2023-01", ReduceMax(TensorType::kFloat32)))
HAZARD_PAIR("tflm-reduce-max-zero-points",
            On("cortex-m4:runtime=2023-01", ReduceMax(TensorType::kInt8)),
            On("cortex-m4:runtime=2024-01", ReduceMax(TensorType::kInt8)))
HAZARD_PAIR("tflm-batch-matmul-adjoint", On(kBefore, BatchMatMul(2, 1, true)),
            On(kBefore, BatchMatMul(2, 1, false)))
HAZARD_PAIR("tflm-batch-matmul-adjoint", On(kBefore, BatchMatMul(2, 1, true)),
            On(kBefore, BatchMatMul(2, 2, true)))
HAZARD_PAIR("tflm-batch-matmul-adjoint",
            On("cortex-m4:runtime=2026-02", BatchMatMul(2, 1, true)),
            On("cortex-m4:runtime=2026-02", BatchMatMul(1, 1, true)))
HAZARD_PAIR("tflm-batch-matmul-adjoint", On(kBefore, BatchMatMul(2, 1, true)),
            On(kNow, BatchMatMul(2, 1, true)))
HAZARD_PAIR("tflm-conv-int16-sum", On(kBefore, Int16Pointwise(512)),
            On(kBefore, Int16Pointwise(511)))
// 512 times -128 times -32,768 is 2^31.
HAZARD_PAIR("tflm-conv-int16-sum", On(kBefore, ConvOf(-128)),
            On(kBefore, ConvOf(127)))
HAZARD_PAIR("tflm-conv-int16-sum", On(kBefore, Int16Pointwise(512)),
            On(kNow, Int16Pointwise(512)))
HAZARD_PAIR("tflm-fully-connected-int16-sum", On(kBefore, FullyConnected(512)),
            On(kBefore, FullyConnected(511)))
HAZARD_PAIR("tflm-fully-connected-int16-sum", On(kBefore, FullyConnected(512)),
            On("cortex-m4:runtime=2026-02", FullyConnected(512)))
HAZARD_PAIR("tflm-fully-connected-int16-bias",
            On("cortex-m4+reference:runtime=2025-02",
               FullyConnected16x8(TensorType::kInt32)),
            On("cortex-m4+reference:runtime=2025-02",
               FullyConnected16x8(TensorType::kInt64)))
HAZARD_PAIR("tflm-fully-connected-int16-bias",
            On("cortex-m4+reference:runtime=2025-02",
               FullyConnected16x8(TensorType::kInt32)),
            On(kBefore, FullyConnected16x8(TensorType::kInt32)))
HAZARD_PAIR("tflm-resize-nearest-half-pixel",
            On("cortex-m4:runtime=2025-12", Resize(true)),
            On("cortex-m4:runtime=2025-12", Resize(false)))
HAZARD_PAIR("tflm-resize-nearest-half-pixel",
            On("cortex-m4:runtime=2025-12", Resize(true)),
            On("cortex-m4:runtime=2026-02", Resize(true)))
HAZARD_PAIR("tflm-pooling-scales", On("cortex-m4:runtime=2025-02", Pool(0.25F)),
            On("cortex-m4:runtime=2025-02", Pool(0.5F)))
HAZARD_PAIR("tflm-concatenation-scales",
            On("cortex-m4:runtime=2024-05", Concatenation(0.25F)),
            On("cortex-m4:runtime=2024-05", Concatenation(0.5F)))

}  // namespace
}  // namespace tinyml::runtime
