// Defects of CMSIS-NN's kernels that move values or keep state: each met, and
// narrowly not.
#define HAZARD_PAIRS_OF CmsisNnMemoryHazards

#include <optional>

#include "tests/runtime/hazards/hazard_pair.h"
#include "tests/runtime/hazards/layers.h"
#include "tinyml/model_builder.h"

namespace tinyml::runtime {
namespace {

Model Pool(int32_t images) {
  auto options = StrideOptions<Pool2DOptions>(Padding::kValid, 2);
  options.filter_width = 2;
  options.filter_height = 2;
  return OneOperator(BuiltinOperator::kMaxPool2D,
                     {MakeTensor(TensorType::kInt8, {images, 4, 4, 8}, 0.5F),
                      MakeTensor(TensorType::kInt8, {images, 2, 2, 8}, 0.5F)},
                     MakeOptions(options));
}

Model Transpose(const std::vector<int32_t>& shape,
                const std::vector<int32_t>& order) {
  std::vector<int32_t> result;
  result.reserve(order.size());
  for (const int32_t i : order) result.push_back(shape[i]);
  Model model = OneOperator(
      BuiltinOperator::kTranspose,
      {MakeTensor(TensorType::kInt8, shape, 0.5F),
       MakeTensor(TensorType::kInt32, {static_cast<int32_t>(order.size())}),
       MakeTensor(TensorType::kInt8, result, 0.5F)});
  SetConstant(model, 1, order);
  return model;
}

// One unit of one input over two steps.
Model Lstm(TensorType type, int64_t zero_point = 0) {
  const bool is_float = type == TensorType::kFloat32;
  const TensorType bias = is_float ? type : TensorType::kInt32;
  const TensorType cell = is_float ? type : TensorType::kInt16;
  ModelBuilder b;
  const auto scale = [&](float of) {
    return is_float ? std::optional<Quantization>() : PerTensor(of, 0);
  };
  const auto constant = [&](TensorType of, std::vector<int32_t> shape) {
    const size_t bytes = of == TensorType::kInt8 ? 1 : 4;
    return b.AddConstant("t", of, std::move(shape),
                         BufferData(std::vector<uint8_t>(bytes)),
                         scale(0x1p-5F));
  };
  std::vector<TensorIndex> inputs(24, kNoTensor);
  inputs[0] = b.AddTensor("t", type, {1, 2, 1}, scale(0x1p-7F));
  for (int i = 1; i < 9; ++i) inputs[i] = constant(type, {1, 1});
  for (int i = 12; i < 16; ++i) inputs[i] = constant(bias, {1});
  const auto hidden =
      is_float ? std::optional<Quantization>() : PerTensor(0x1p-7F, zero_point);
  inputs[18] = b.AddVariable("t", type, {1, 1}, hidden);
  inputs[19] = b.AddVariable("t", cell, {1, 1}, scale(0x1p-11F));
  const TensorIndex output = b.AddTensor("t", type, {1, 2, 1}, hidden);
  b.SetInputs({inputs[0]});
  b.SetOutputs({output});
  UnidirectionalSequenceLSTMOptions options;
  options.fused_activation_function = ActivationFunctionType::kTanh;
  b.AddOperator(BuiltinOperator::kUnidirectionalSequenceLstm, inputs, {output},
                MakeOptions(options));
  // Older revisions take the scale of the output from the fifth of these.
  Model model = b.model();
  if (!is_float) {
    for (int i = 0; i < 5; ++i) {
      auto& tensors = model.subgraphs[0].tensors;
      model.subgraphs[0].operators[0].intermediates.push_back(
          static_cast<TensorIndex>(tensors.size()));
      tensors.push_back(MakeTensor(type, {0}, 0x1p-7F, zero_point));
    }
  }
  return model;
}

// An int8 SVDF of rank 1 with `memory` steps.
Model Svdf(int32_t units, int32_t memory) {
  SVDFOptions options;
  options.rank = 1;
  Model model =
      OneOperator(BuiltinOperator::kSvdf,
                  {MakeTensor(TensorType::kInt8, {1, 4}, 0.5F),
                   MakeTensor(TensorType::kInt8, {units, 4}, 0.5F),
                   MakeTensor(TensorType::kInt8, {units, memory}, 0.5F),
                   MakeTensor(TensorType::kInt32, {units}, 0.25F),
                   MakeTensor(TensorType::kInt8, {1, units * memory}, 0.5F),
                   MakeTensor(TensorType::kInt8, {1, units}, 0.5F)},
                  MakeOptions(options));
  model.subgraphs[0].tensors[4].is_variable = true;
  std::erase(model.subgraphs[0].inputs, 4);
  return model;
}

HAZARD_PAIR("cmsis-nn-svdf-state", On("cortex-m55:runtime=2023-01", Svdf(6, 3)),
            On("cortex-m55:runtime=2023-01", Svdf(5, 3)))
HAZARD_PAIR("cmsis-nn-svdf-state", On("cortex-m55:runtime=2023-01", Svdf(6, 3)),
            On("cortex-m55:runtime=2023-01", Svdf(6, 1)))
HAZARD_PAIR("cmsis-nn-svdf-state", On("cortex-m55:runtime=2023-01", Svdf(6, 3)),
            On("cortex-m4:runtime=2023-01", Svdf(6, 3)))
HAZARD_PAIR("cmsis-nn-pooling-batches",
            On("cortex-m4:runtime=2026-02", Pool(2)),
            On("cortex-m4:runtime=2026-02", Pool(1)))
HAZARD_PAIR("cmsis-nn-pooling-batches",
            On("cortex-m4:runtime=2026-02", Pool(2)),
            On("cortex-m4:runtime=2026-08", Pool(2)))
HAZARD_PAIR("cmsis-nn-transpose-order",
            On("cortex-m4:runtime=2026-08", Transpose({3, 4}, {0, 1})),
            On("cortex-m4:runtime=2026-08", Transpose({3, 4}, {1, 0})))
HAZARD_PAIR("cmsis-nn-transpose-order",
            On("cortex-m4:runtime=2026-08", Transpose({3, 4}, {0, 1})),
            On("cortex-m4:runtime=2026-08", Transpose({1, 3, 4}, {0, 1, 2})))
HAZARD_PAIR("cmsis-nn-transpose-order",
            On("cortex-m4:runtime=2026-08", Transpose({3, 4}, {0, 1})),
            On("cortex-m4:runtime=2026-08", Transpose({1, 4}, {0, 1})))
HAZARD_PAIR("cmsis-nn-lstm-state",
            On("cortex-m4:runtime=2026-08", Lstm(TensorType::kInt8)),
            On("cortex-m4:runtime=2026-08", Lstm(TensorType::kFloat32)))
HAZARD_PAIR("cmsis-nn-lstm-state",
            On("cortex-m4:runtime=2026-08", Lstm(TensorType::kInt8)),
            On("cortex-m4+reference:runtime=2026-08", Lstm(TensorType::kInt8)))

HAZARD_PAIR("tflm-lstm-output-zero-point",
            On("cortex-m4+reference:runtime=2022-05",
               Lstm(TensorType::kInt8, 3)),
            On("cortex-m4+reference:runtime=2022-05", Lstm(TensorType::kInt8)))

}  // namespace
}  // namespace tinyml::runtime
