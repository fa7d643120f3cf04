// Defects of tflite-micro's interpreter and reference kernels: each met, and
// narrowly not.
#define HAZARD_PAIRS_OF TflmHazards

#include "tests/runtime/hazards/hazard_pair.h"

namespace tinyml::runtime {
namespace {

constexpr const char* kHost = "x86-64:runtime=2026-08";
constexpr const char* kM4 = "cortex-m4:runtime=2026-08";

Model SpaceToBatch(int32_t padding) {
  const int32_t side = 4 + padding;
  Model model = OneOperator(
      BuiltinOperator::kSpaceToBatchNd,
      {MakeTensor(TensorType::kInt8, {1, 4, 4, 1}, 0.5F),
       MakeTensor(TensorType::kInt32, {2}),
       MakeTensor(TensorType::kInt32, {2, 2}),
       MakeTensor(TensorType::kInt8, {4, side / 2, side / 2, 1}, 0.5F)});
  SetConstant(model, 1, {2, 2});
  SetConstant(model, 2, {0, padding, 0, padding});
  return model;
}

Model Greater(TensorType type) {
  return OneOperator(BuiltinOperator::kGreater,
                     {MakeTensor(type, {4}, 0.5F), MakeTensor(type, {4}, 0.5F),
                      MakeTensor(TensorType::kBool, {4})});
}

Model AddInt32(ActivationFunctionType activation) {
  AddOptions options;
  options.fused_activation_function = activation;
  return OneOperator(
      BuiltinOperator::kAdd,
      {MakeTensor(TensorType::kInt32, {4}), MakeTensor(TensorType::kInt32, {4}),
       MakeTensor(TensorType::kInt32, {4})},
      MakeOptions(options));
}

// Over the last axes.
Model Mean(std::vector<int32_t> shape, int32_t axes) {
  ReducerOptions options;
  options.keep_dims = true;
  const Tensor input = MakeTensor(TensorType::kInt8, shape, 0.5F);
  std::vector<int32_t> list;
  for (int32_t i = 0; i < axes; ++i) {
    list.push_back(static_cast<int32_t>(shape.size()) - 1 - i);
    shape[static_cast<size_t>(list.back())] = 1;
  }
  Model model = OneOperator(BuiltinOperator::kMean,
                            {input, MakeTensor(TensorType::kInt32, {axes}),
                             MakeTensor(TensorType::kInt8, shape, 0.5F)},
                            MakeOptions(options));
  SetConstant(model, 1, list);
  return model;
}

Model TransposeConv(ActivationFunctionType activation) {
  TransposeConvOptions options;
  options.padding = Padding::kValid;
  options.stride_w = 2;
  options.stride_h = 2;
  options.fused_activation_function = activation;
  Model model = OneOperator(BuiltinOperator::kTransposeConv,
                            {MakeTensor(TensorType::kInt32, {4}),
                             MakeTensor(TensorType::kInt8, {4, 2, 2, 8}, 0.5F),
                             MakeTensor(TensorType::kInt8, {1, 4, 4, 8}, 0.5F),
                             MakeTensor(TensorType::kInt8, {1, 8, 8, 4}, 0.5F)},
                            MakeOptions(options));
  SetConstant(model, 0, {1, 8, 8, 4});
  return model;
}

Model FullyConnected(std::vector<float> scales) {
  Tensor filter = MakeTensor(TensorType::kInt8, {4, 8}, 0.5F);
  filter.quantization->zero_point.assign(scales.size(), 0);
  filter.quantization->scale = std::move(scales);
  return OneOperator(BuiltinOperator::kFullyConnected,
                     {MakeTensor(TensorType::kInt8, {1, 8}, 0.5F), filter,
                      MakeTensor(TensorType::kInt32, {4}, 0.25F),
                      MakeTensor(TensorType::kInt8, {1, 4}, 0.5F)},
                     MakeOptions(FullyConnectedOptions()));
}

Model Reshape(const std::vector<int32_t>& output) {
  return OneOperator(BuiltinOperator::kReshape,
                     {MakeTensor(TensorType::kInt8, {1}, 0.5F),
                      MakeTensor(TensorType::kInt8, output, 0.5F)},
                     MakeOptions(ReshapeOptions()));
}

HAZARD_PAIR("tflm-space-to-batch-padding", On(kM4, SpaceToBatch(2)),
            On(kM4, SpaceToBatch(0)))
HAZARD_PAIR("tflm-greater-int16", On(kHost, Greater(TensorType::kInt16)),
            On(kHost, Greater(TensorType::kInt8)))
HAZARD_PAIR("tflm-add-int32-activation",
            On(kM4, AddInt32(ActivationFunctionType::kRelu)),
            On(kM4, AddInt32(ActivationFunctionType::kNone)))
HAZARD_PAIR("tflm-reduce-stack",
            On("x86-64:runtime=2025-06", Mean({1, 2, 2, 2}, 3)),
            On("x86-64:runtime=2025-06", Mean({1, 2, 2, 2}, 2)))
HAZARD_PAIR("tflm-reduce-stack",
            On("x86-64:runtime=2025-06", Mean({1, 2, 2, 2}, 3)),
            On("x86-64:runtime=2026-02", Mean({1, 2, 2, 2}, 3)))
HAZARD_PAIR("tflm-transpose-conv-activation",
            On("x86-64:runtime=2025-06",
               TransposeConv(ActivationFunctionType::kRelu)),
            On("x86-64:runtime=2026-08",
               TransposeConv(ActivationFunctionType::kRelu)))
HAZARD_PAIR("tflm-fully-connected-first-scale",
            On("x86-64:runtime=2024-01",
               FullyConnected({0.5F, 0.25F, 0.5F, 0.5F})),
            On("x86-64:runtime=2024-01", FullyConnected({0.5F})))
HAZARD_PAIR("tflm-reshape-writes-model", On(kM4, Reshape({0})),
            On(kM4, Reshape({1})))

}  // namespace
}  // namespace tinyml::runtime
