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

// Returns the convolution in the requested form, or the plain form if the fast
// one does not cover the parameters. `constant_filter` is the filter that every
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

// The layer's operands, at these inputs and output 0. Refuses if one other than
// the bias is missing, and types other than float32, int8 by int8 (or int4, if
// `int4`) and int16 by int8.
Result<LayerOperands> TakeOperands(const OpContext& op, int input, int filter,
                                   int bias, bool int4 = true);

// The geometry of a convolution over the input, with one group and multiplier.
// Refuses ranks other than 4, and batch sizes or channels that differ; the
// filter's dimension `channel_axis` is that of the output channels.
Result<ConvGeometry> WindowGeometry(const OpContext& op,
                                    const LayerOperands& operands,
                                    int channel_axis, Padding padding,
                                    Plane stride, Plane dilation);
template <typename Options>
Result<ConvGeometry> WindowGeometry(const OpContext& op,
                                    const LayerOperands& operands,
                                    int channel_axis) {
  const auto& options = op.Options<Options>();
  // Without an options table the runtime has zeros, not the format's defaults.
  const bool is_there = op.op().options.template As<Options>() != nullptr;
  return WindowGeometry(
      op, operands, channel_axis, options.padding,
      {options.stride_h, options.stride_w},
      is_there ? Plane{options.dilation_h_factor, options.dilation_w_factor}
               : Plane{0, 0});
}

// Adds the offsets that the zero points of input and output imply.
void SetOffsets(const LayerOperands& operands, Requantization& quantization);
// Factors by channel, the range of the activation and, for int8, the offsets:
// the zero points of int16 tensors are ignored.
Result<Requantization> ChannelRequantization(const OpContext& op,
                                             const LayerOperands& operands,
                                             int32_t channels,
                                             ActivationFunctionType activation);

// For an operator with an empty output, whose other sizes may then be anything.
inline Invocation DoNothing() {
  return []() -> Status { return {}; };
}

// The invocation of a convolution (or fully connected layer) with the sums that
// its operands require. Requires that the geometry fits the operands: checks
// only the number of elements and what rescaling needs of the scales.
// `int64_sums` applies to int16.
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
