// Convolutions ready to run, in the plain or the fast form.
#ifndef TINYML_OPS_LAYERS_CONV_2D_KERNELS_H_
#define TINYML_OPS_LAYERS_CONV_2D_KERNELS_H_

#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>

#include "ops/kernel.h"
#include "ops/layers/conv_2d_geometry.h"

namespace tinyml::ops {

enum class ConvKind : uint8_t { kFull, kDepthwise };

// Runs a convolution whose shapes and scales are fixed. `bias` may be null.
// Allocates nothing.
template <typename T, typename W, typename Acc>
using ConvFunction = std::function<void(const T* input, const W* filter,
                                        const Acc* bias, T* output)>;

// Returns the convolution in the wanted form; plain also where the fast form
// does not cover the parameters. `constant_filter` is the filter that every
// call will have, or null if it may change.
ConvFunction<int8_t, int8_t, int32_t> MakeConv(
    ConvKind kind, bool plain, const ConvGeometry& geometry,
    const Requantization& quantization, const int8_t* constant_filter,
    std::type_identity<int8_t> type);
// Sums of 32 bits; kFull only.
ConvFunction<int16_t, int8_t, int32_t> MakeConv(
    ConvKind kind, bool plain, const ConvGeometry& geometry,
    const Requantization& quantization, const int8_t* constant_filter,
    std::type_identity<int16_t> type);
// Sums of 64 bits.
ConvFunction<int16_t, int8_t, int64_t> MakeConvInt64(
    ConvKind kind, bool plain, const ConvGeometry& geometry,
    const Requantization& quantization, const int8_t* constant_filter);
ConvFunction<float, float, float> MakeConv(ConvKind kind, bool plain,
                                           const ConvGeometry& geometry,
                                           const FloatActivationRange& range,
                                           const float* constant_filter);

// The operands of a layer; `bias` may be null.
struct LayerOperands {
  const TensorView* input = nullptr;
  const TensorView* filter = nullptr;
  const TensorView* bias = nullptr;
  const TensorView* output = nullptr;
};

// Of an operator without outputs, whose other sizes may then be anything.
inline Invocation DoNothing() {
  return []() -> Status { return {}; };
}

// The invocation of a convolution (or fully connected layer) with the sums that
// its operands ask for. Requires that the geometry fits the operands: checks
// only the number of elements and, of the scales, what rescaling needs.
// `int64_sums` is heeded for int16.
Result<Invocation> MakeLayer(OpContext& op, ConvKind kind,
                             const LayerOperands& operands,
                             const ConvGeometry& geometry,
                             Requantization quantization, bool int64_sums);
Result<Invocation> MakeFloatLayer(OpContext& op, ConvKind kind,
                                  const LayerOperands& operands,
                                  const ConvGeometry& geometry,
                                  ActivationFunctionType activation);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_LAYERS_CONV_2D_KERNELS_H_
