// What the Prepare of all convolutions shares, in every kernel library.
#ifndef TINYML_RUNTIME_REFERENCE_LAYERS_CONVOLUTION_H_
#define TINYML_RUNTIME_REFERENCE_LAYERS_CONVOLUTION_H_

#include <cstdint>

#include "runtime/abi/abi.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/kernel_context.h"
#include "tinyml/options.h"
#include "tinyml/status.h"

namespace tinyml::runtime {

// micro/kernels/conv.h, OpDataConv; DEPTHWISE_CONV_2D uses it too.
inline constexpr Field kOpDataConvFields[] = {Struct(kTfLitePaddingValues),
                                              Int32(3),
                                              Int32(2),
                                              Pointer(2),
                                              Int32(2),
                                              Int32()};
inline constexpr StructDef kOpDataConv = {"OpDataConv", kOpDataConvFields};

// Without Change::kConvInt4.
inline constexpr Field kOldOpDataConvFields[] = {
    Struct(kTfLitePaddingValues), Int32(3), Int32(2), Pointer(2), Int32(2)};
inline constexpr StructDef kOldOpDataConv = {"OpDataConv",
                                             kOldOpDataConvFields};

// The positions of the inputs.
struct ConvInputs {
  int input = 0;
  int filter = 1;
  int bias = 2;
};

struct ConvTensors {
  const RuntimeTensor& input;
  const RuntimeTensor& filter;
  const RuntimeTensor& output;
};

// Take the temporary tensors that Prepare begins with, in the order of the
// name; refuse if one is omitted.
Result<ConvTensors> TakeOutputInputFilter(KernelContext& context,
                                          const ConvInputs& at = {});
Result<ConvTensors> TakeInputFilterOutput(KernelContext& context,
                                          const ConvInputs& at = {});

// Refuses combinations of input and filter types that are not float, int8 with
// int8 or int4 weights, or int16 with int8 weights, and an output of a type
// other than the input's. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/conv_common.cc, ConvPrepare.
Status CheckConvTypes(const KernelContext& context, const ConvTensors& tensors);

// Returns whether the types are those that CheckConvTypes takes; if not, warns
// that Invoke fails. For revisions whose Prepare does not look at them.
bool RunsConvTypes(KernelContext& context, const ConvTensors& tensors);

// Refuses a filter of a type other than the input's, except int8 weights with
// int16 input and, if `takes_int4`, int4 weights with int8 input. Source: as
// above, transpose_conv.cc and depthwise_conv_common.cc.
Status CheckNotHybrid(const KernelContext& context, const ConvTensors& tensors,
                      bool takes_int4);

// Refuses an input whose channels are not a multiple of the filter's.
Status CheckGroups(const KernelContext& context, const ConvTensors& tensors);

// Refuses an output whose batch size differs from the input's.
Status CheckBatchSize(const KernelContext& context, const RuntimeTensor& input,
                      const RuntimeTensor& output);

// Refuses a filter without quantization parameters, or with a number of scales
// that is neither 1 nor `channels`. Source: as conv_common.cc, ConvPrepare.
Status CheckFilterScales(const KernelContext& context,
                         const RuntimeTensor& filter, int32_t channels);

// Whether the reference kernel requests those arrays for `input`.
inline bool KeepsMultipliers(const KernelContext& context,
                             const RuntimeTensor& input) {
  return input.type != TensorType::kFloat32 ||
         !context.Has(Change::kEdgeImpulseFloatConv);
}

// Requests the two arrays of `channels` multipliers and shifts.
void AllocatePerChannel(KernelContext& context, int64_t channels);

// Refuses counts of operands other than inputs up to the bias, with or without
// it, and one output.
Status CheckConvCounts(const KernelContext& context, const ConvInputs& at);

// The same; then takes the operands once more and checks the quantization of
// those that are not float32. Source: as above, conv_common.cc,
// CalculateOpDataConv, and the like.
Status CalculateOpDataConv(KernelContext& context, const ConvTensors& tensors,
                           ActivationFunctionType activation, int32_t channels,
                           const ConvInputs& at = {});

// Refuses an unknown bias type in the options. Source: lite/core/api/
// flatbuffer_conversions.cc, ConvertTensorType.
Status CheckBiasTypeOption(const KernelContext& context, TensorType type);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REFERENCE_LAYERS_CONVOLUTION_H_
