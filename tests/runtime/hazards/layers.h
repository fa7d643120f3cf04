// Layers that tests of several libraries' hazards are about.
#ifndef TINYML_TESTS_RUNTIME_HAZARDS_LAYERS_H_
#define TINYML_TESTS_RUNTIME_HAZARDS_LAYERS_H_

#include <cstdint>
#include <vector>

#include "tests/runtime/reference/one_operator.h"
#include "tinyml/options.h"

namespace tinyml::runtime {

// Options of a convolution or of pooling whose windows step alike both ways.
template <typename Options>
Options StrideOptions(Padding padding, int32_t stride) {
  Options options;
  options.padding = padding;
  options.stride_w = stride;
  options.stride_h = stride;
  return options;
}

// How many windows there are along an axis.
inline int32_t Outputs(int32_t input, int32_t filter, int32_t stride,
                       Padding padding) {
  return padding == Padding::kSame ? (input + stride - 1) / stride
                                   : (input - filter) / stride + 1;
}

inline Model Int8Softmax(const std::vector<int32_t>& shape) {
  SoftmaxOptions options;
  options.beta = 1.0F;
  return OneOperator(BuiltinOperator::kSoftmax,
                     {MakeTensor(TensorType::kInt8, shape, 0.5F),
                      MakeTensor(TensorType::kInt8, shape, 1.0F / 256, -128)},
                     MakeOptions(options));
}

// 1x1, int16 without a bias.
inline Model Int16Pointwise(int32_t channels) {
  return OneOperator(
      BuiltinOperator::kConv2D,
      {MakeTensor(TensorType::kInt16, {1, 2, 2, channels}, 0.5F),
       MakeTensor(TensorType::kInt8, {4, 1, 1, channels}, 0.5F),
       MakeTensor(TensorType::kInt16, {1, 2, 2, 4}, 0.5F)},
      MakeOptions(StrideOptions<Conv2DOptions>(Padding::kValid, 1)));
}

// Int16 with int8 weights and a bias of type `bias`.
inline Model FullyConnected16x8(TensorType bias) {
  return OneOperator(BuiltinOperator::kFullyConnected,
                     {MakeTensor(TensorType::kInt16, {1, 8}, 0.5F),
                      MakeTensor(TensorType::kInt8, {4, 8}, 0.5F),
                      MakeTensor(bias, {4}, 0.25F),
                      MakeTensor(TensorType::kInt16, {1, 4}, 0.5F)},
                     MakeOptions(FullyConnectedOptions()));
}

}  // namespace tinyml::runtime

#endif  // TINYML_TESTS_RUNTIME_HAZARDS_LAYERS_H_
