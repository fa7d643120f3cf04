// Defects of tflite-micro's interpreter and reference kernels: each met, and
// narrowly not.
#define HAZARD_PAIRS_OF TflmHazards

#include "tests/runtime/hazards/hazard_pair.h"
#include "tests/runtime/hazards/layers.h"
#include "tinyml/model_builder.h"

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
Model MeanOf(TensorType type, std::vector<int32_t> shape, int32_t axes) {
  const float scale = type == TensorType::kFloat32 ? 0.0F : 0.5F;
  ReducerOptions options;
  options.keep_dims = true;
  const Tensor input = MakeTensor(type, shape, scale);
  std::vector<int32_t> list;
  for (int32_t i = 0; i < axes; ++i) {
    list.push_back(static_cast<int32_t>(shape.size()) - 1 - i);
    shape[static_cast<size_t>(list.back())] = 1;
  }
  Model model = OneOperator(BuiltinOperator::kMean,
                            {input, MakeTensor(TensorType::kInt32, {axes}),
                             MakeTensor(type, shape, scale)},
                            MakeOptions(options));
  SetConstant(model, 1, list);
  return model;
}

Model Mean(std::vector<int32_t> shape, int32_t axes) {
  return MeanOf(TensorType::kInt8, std::move(shape), axes);
}

Model MeanFloat(std::vector<int32_t> shape, int32_t axes) {
  return MeanOf(TensorType::kFloat32, std::move(shape), axes);
}

Model TransposeConv(ActivationFunctionType activation) {
  auto options = StrideOptions<TransposeConvOptions>(Padding::kValid, 2);
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

Model Cast(TensorType from, TensorType to) {
  return OneOperator(BuiltinOperator::kCast,
                     {MakeTensor(from, {4}), MakeTensor(to, {4})},
                     MakeOptions(CastOptions()));
}

// One input, one output; quantized unless a scale is 0.
Model Unary(BuiltinOperator code, TensorType type, float input_scale,
            float output_scale, int64_t output_zero_point = 0) {
  return OneOperator(
      code, {MakeTensor(type, {1, 4}, input_scale),
             MakeTensor(type, {1, 4}, output_scale, output_zero_point)});
}

Model Maximum(float second_scale) {
  return OneOperator(BuiltinOperator::kMaximum,
                     {MakeTensor(TensorType::kInt8, {1, 4}, 0.5F),
                      MakeTensor(TensorType::kInt8, {1, 4}, second_scale),
                      MakeTensor(TensorType::kInt8, {1, 4}, 0.5F)});
}

Model MulFused(ActivationFunctionType activation) {
  MulOptions options;
  options.fused_activation_function = activation;
  return OneOperator(BuiltinOperator::kMul,
                     {MakeTensor(TensorType::kInt8, {1, 4}, 0.5F),
                      MakeTensor(TensorType::kInt8, {1, 4}, 0.5F),
                      MakeTensor(TensorType::kInt8, {1, 4}, 0.5F)},
                     MakeOptions(options));
}

// All of [4].
Model StridedSlice(int32_t ellipsis_mask) {
  StridedSliceOptions options;
  options.ellipsis_mask = ellipsis_mask;
  Model model = OneOperator(
      BuiltinOperator::kStridedSlice,
      {MakeTensor(TensorType::kInt8, {4}, 0.5F),
       MakeTensor(TensorType::kInt32, {1}), MakeTensor(TensorType::kInt32, {1}),
       MakeTensor(TensorType::kInt32, {1}),
       MakeTensor(TensorType::kInt8, {4}, 0.5F)},
      MakeOptions(options));
  SetConstant(model, 1, {0});
  SetConstant(model, 2, {4});
  SetConstant(model, 3, {1});
  return model;
}

Model Detection(int32_t classes_per_detection) {
  return OneCustomOperator("TFLite_Detection_PostProcess",
                           {MakeTensor(TensorType::kFloat32, {1, 8, 4}),
                            MakeTensor(TensorType::kFloat32, {1, 8, 4}),
                            MakeTensor(TensorType::kFloat32, {8, 4}),
                            MakeTensor(TensorType::kFloat32, {1, 4, 4}),
                            MakeTensor(TensorType::kFloat32, {1, 4}),
                            MakeTensor(TensorType::kFloat32, {1, 4}),
                            MakeTensor(TensorType::kFloat32, {1})},
                           4, [&](flexbuffers::Builder& builder) {
                             builder.Int("max_detections", 4);
                             builder.Int("max_classes_per_detection",
                                         classes_per_detection);
                             builder.Int("num_classes", 3);
                             builder.Float("nms_score_threshold", 0.5F);
                             builder.Float("nms_iou_threshold", 0.5F);
                             builder.Float("y_scale", 10.0F);
                             builder.Float("x_scale", 10.0F);
                             builder.Float("h_scale", 5.0F);
                             builder.Float("w_scale", 5.0F);
                           });
}

// Two units of one input; `weights` is how its recurrent weights are quantized.
Model Lstm(const Quantization& weights) {
  constexpr int kBeforeStates = 3;  // Omitted: peephole connections.
  ModelBuilder b("lstm");
  std::vector<TensorIndex> inputs = {
      b.AddInput("x", TensorType::kInt8, {1, 1, 1}, PerTensor(0x1p-7F, 0))};
  for (int i = 0; i < 4; ++i) {
    inputs.push_back(
        b.AddConstant<int8_t>("w", {2, 1}, {1, 2}, PerTensor(0x1p-5F, 0)));
  }
  for (int i = 0; i < 4; ++i) {
    inputs.push_back(b.AddConstant<int8_t>("u", {2, 2}, {1, 2, 3, 4}, weights));
  }
  inputs.insert(inputs.end(), kBeforeStates, kNoTensor);
  for (int i = 0; i < 4; ++i) {
    inputs.push_back(b.AddConstant<int32_t>("b", {2}, {0, 0}));
  }
  inputs.insert(inputs.end(), 2, kNoTensor);  // A projection.
  inputs.push_back(
      b.AddVariable("h", TensorType::kInt8, {1, 2}, PerTensor(0x1p-7F, 0)));
  inputs.push_back(
      b.AddVariable("c", TensorType::kInt16, {1, 2}, PerTensor(0x1p-11F, 0)));
  inputs.insert(inputs.end(), 4, kNoTensor);  // Layer normalization.
  const TensorIndex y =
      b.AddTensor("y", TensorType::kInt8, {1, 1, 2}, PerTensor(0x1p-7F, 0));
  UnidirectionalSequenceLSTMOptions options;
  options.fused_activation_function = ActivationFunctionType::kTanh;
  b.AddOperator(BuiltinOperator::kUnidirectionalSequenceLstm, inputs, {y},
                MakeOptions(options));
  b.SetOutputs({y});
  return std::move(*b.Build());
}

HAZARD_PAIR("tflm-lstm-gate-scales",
            On(kHost, Lstm(PerChannel({0x1p-5F, 0x1p-6F}, 0))),
            On(kHost, Lstm(PerTensor(0x1p-5F, 0))))
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
HAZARD_PAIR("tflm-mean-axes", On(kHost, MeanFloat({1, 2, 2, 2, 2}, 5)),
            On(kHost, MeanFloat({1, 2, 2, 2, 2}, 4)))
HAZARD_PAIR("tflm-cast-types",
            On("x86-64:runtime=2025-06",
               Cast(TensorType::kInt64, TensorType::kFloat32)),
            On("x86-64:runtime=2026-02",
               Cast(TensorType::kInt64, TensorType::kFloat32)))
HAZARD_PAIR("tflm-rsqrt-int16",
            On(kHost, Unary(BuiltinOperator::kRsqrt, TensorType::kInt16, 0, 0)),
            On(kHost,
               Unary(BuiltinOperator::kRsqrt, TensorType::kInt16, 0.5F, 0.5F)))
HAZARD_PAIR("tflm-l2-normalization-output",
            On(kHost, Unary(BuiltinOperator::kL2Normalization,
                            TensorType::kInt8, 0.5F, 1.0F / 127)),
            On(kHost, Unary(BuiltinOperator::kL2Normalization,
                            TensorType::kInt8, 0.5F, 1.0F / 128)))
HAZARD_PAIR("tflm-tanh-output",
            On(kM4, Unary(BuiltinOperator::kTanh, TensorType::kInt8, 0.05F,
                          1.0F / 128, 1)),
            On(kM4, Unary(BuiltinOperator::kTanh, TensorType::kInt8, 0.05F,
                          1.0F / 128)))
HAZARD_PAIR("tflm-logistic-output",
            On(kM4, Unary(BuiltinOperator::kLogistic, TensorType::kInt8, 0.05F,
                          1.0F / 255, -128)),
            On(kM4, Unary(BuiltinOperator::kLogistic, TensorType::kInt8, 0.05F,
                          1.0F / 256, -128)))
HAZARD_PAIR("tflm-relu6-output",
            On(kM4,
               Unary(BuiltinOperator::kRelu6, TensorType::kInt8, 0.5F, 0.25F)),
            On(kM4,
               Unary(BuiltinOperator::kRelu6, TensorType::kInt8, 0.5F, 0.5F)))
HAZARD_PAIR("tflm-maximum-minimum-scales", On(kM4, Maximum(0.25F)),
            On(kM4, Maximum(0.5F)))
HAZARD_PAIR("tflm-fused-tanh", On(kM4, MulFused(ActivationFunctionType::kTanh)),
            On(kM4, MulFused(ActivationFunctionType::kReluN1To1)))
HAZARD_PAIR("tflm-strided-slice-masks", On(kM4, StridedSlice(1)),
            On(kM4, StridedSlice(0)))
HAZARD_PAIR("tflm-detection-fast-mode", On(kM4, Detection(2)),
            On(kM4, Detection(1)))
HAZARD_PAIR("tflm-reshape-writes-model", On(kM4, Reshape({0})),
            On(kM4, Reshape({1})))

}  // namespace
}  // namespace tinyml::runtime
