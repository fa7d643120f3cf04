// TRANSPOSE_CONV on CMSIS-NN. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/cmsis_nn/transpose_conv.cc.
#include "runtime/reference/layers/transpose_conv.h"

#include <algorithm>

#include "base/macros.h"
#include "runtime/cmsis_nn/buffer_sizes.h"
#include "runtime/cmsis_nn/conv_shape.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime::cmsis_nn {
namespace {

inline constexpr Field kOpDataFields[] = {Struct(kConvParams), Int32(2),
                                          Int32(), Pointer(2)};
inline constexpr StructDef kOpData = {"OpData (TRANSPOSE_CONV)", kOpDataFields};
// With Change::kAmbiqWeightSums: one more buffer and the sums.
inline constexpr Field kAmbiqOpDataFields[] = {Struct(kOpData), Int32(),
                                               Pointer()};
inline constexpr StructDef kAmbiqOpData = {"OpData (TRANSPOSE_CONV)",
                                           kAmbiqOpDataFields};

// MatchingDim in Prepare, for int8.
Status CheckShapes(const KernelContext& context, const ConvTensors& tensors) {
  const auto& [input, filter, output] = tensors;
  const bool fits = input.Rank() >= 4 && filter.Rank() >= 4 &&
                    output.Rank() >= 4 && input.Dim(0) == output.Dim(0) &&
                    filter.Dim(0) == output.Dim(3) &&
                    input.Dim(3) == filter.Dim(3);
  TINYML_ENSURE(context, fits,
                "input " + input.Describe() + ", filter " + filter.Describe() +
                    " and output " + output.Describe() +
                    " do not match in batch size or channels");
  return {};
}

Status RequestInt8Buffers(KernelContext& context, const ConvTensors& tensors) {
  const auto& [input, filter, output] = tensors;
  const auto& options = context.Options<TransposeConvOptions>();
  const KernelConfig& config = context.target().kernels;
  ConvShape shape;
  shape.input = DimsOf(input);
  shape.filter = DimsOf(filter);
  shape.output = DimsOf(output);
  shape.stride = {options.stride_h, options.stride_w};
  const bool reverses = context.Has(Change::kCmsisTransposeConvBuffers);
  const int64_t bytes = TransposeConvS8BufferBytes(shape, config);
  // For the reversed filter or, before that change, for the sums of the output.
  const int64_t second_bytes =
      reverses ? TransposeConvS8ReverseBufferBytes(shape)
               : 4 * (output.Elements() / std::max(output.Dim(0), 1));
  TINYML_ENSURE(
      context,
      bytes >= 0 && bytes < kTooManyBytes && second_bytes < kTooManyBytes,
      "CMSIS-NN cannot count the scratch memory that it needs");
  // Both are requested even if they have 0 bytes; the first was not where the
  // reference kernel ran instead.
  const bool plain = !reverses && config.optimize_for_size &&
                     context.Has(Change::kCmsisTransposeConvForSize);
  if (!plain) TINYML_RETURN_IF_ERROR(context.Scratch(bytes));
  return context.Scratch(second_bytes);
}

Status Prepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const ConvTensors tensors,
                          TakeOutputInputFilter(context, kTransposeConvInputs));
  const auto& [input, filter, output] = tensors;
  TINYML_RETURN_IF_ERROR(context.Has(Change::kCmsisTypeChecks)
                             ? CheckConvTypes(context, tensors)
                             : CheckNotHybrid(context, tensors, false));
  TINYML_ENSURE(context, filter.type != TensorType::kInt4,
                "filter " + filter.Describe() + " is not supported");

  AllocatePerChannel(context, filter.Dim(0));
  const bool is_float = input.type == TensorType::kFloat32;
  if (input.type == TensorType::kInt8) {
    TINYML_RETURN_IF_ERROR(CheckShapes(context, tensors));
    if (filter.HasData() || context.target().kernels.optimize_for_size) {
      TINYML_RETURN_IF_ERROR(RequestWeightSums(context, output.Dim(3)));
    }
    TINYML_RETURN_IF_ERROR(RequestInt8Buffers(context, tensors));
  }
  if (input.type == TensorType::kInt16) {
    TINYML_RETURN_IF_ERROR(context.Scratch(output.Elements() * 8));
    TINYML_ENSURE(context, context.Input(kTransposeConvInputs.bias) != nullptr,
                  "it has no bias, without which CMSIS-NN's int16 kernel "
                  "crashes");
  }
  if (!is_float) {
    TINYML_RETURN_IF_ERROR(CheckFilterScales(context, filter, filter.Dim(0)));
  }
  TINYML_RETURN_IF_ERROR(CalculateOpDataTransposeConv(
      context, tensors, ActivationFunctionType::kNone));
  return CheckTransposeConvInvoke(context, tensors);
}

}  // namespace

const Kernel kTransposeConv = {
    .init = InitWith<kAmbiqOpData, Change::kAmbiqWeightSums, kOpData>,
    .prepare = Prepare};

}  // namespace tinyml::runtime::cmsis_nn
