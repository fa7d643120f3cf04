// TRANSPOSE_CONV on CMSIS-NN. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/cmsis_nn/transpose_conv.cc.
#include "runtime/reference/layers/transpose_conv.h"

#include <algorithm>

#include "base/macros.h"
#include "runtime/cmsis_nn/buffer_sizes.h"
#include "runtime/cmsis_nn/kernels.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/layers/conv_2d.h"

namespace tinyml::runtime::cmsis_nn {
namespace {

inline constexpr Field kOpDataFields[] = {Struct(kConvParams), Int32(2),
                                          Int32(), Pointer(2)};
inline constexpr StructDef kOpData = {"OpData (TRANSPOSE_CONV)", kOpDataFields};

// MatchingDim in Prepare, for int8.
Status CheckShapes(const KernelContext& context, const RuntimeTensor& input,
                   const RuntimeTensor& filter, const RuntimeTensor& output) {
  const bool fits = input.Rank() >= 4 && filter.Rank() >= 4 &&
                    output.Rank() >= 4 && input.Dim(0) == output.Dim(0) &&
                    filter.Dim(0) == output.Dim(3) &&
                    input.Dim(3) == filter.Dim(3);
  TINYML_ENSURE(context, fits,
                "input " + input.Describe() + ", filter " + filter.Describe() +
                    " and output " + output.Describe() +
                    " do not fit in batch size or channels");
  return {};
}

Status RequestInt8Buffers(KernelContext& context, const RuntimeTensor& input,
                          const RuntimeTensor& filter,
                          const RuntimeTensor& output) {
  const auto& options = context.Options<TransposeConvOptions>();
  const KernelConfig& config = context.target().kernels;
  ConvShape shape;
  shape.input = {input.Dim(0), input.Dim(1), input.Dim(2), input.Dim(3)};
  shape.filter = {filter.Dim(0), filter.Dim(1), filter.Dim(2), filter.Dim(3)};
  shape.output = {output.Dim(0), output.Dim(1), output.Dim(2), output.Dim(3)};
  shape.stride = {options.stride_h, options.stride_w};
  const bool reverses = context.Has(Change::kCmsisTransposeConvBuffers);
  const int64_t bytes = TransposeConvS8BufferBytes(shape, config);
  // Of the reversed filter or, before that, of the sums of the output.
  const int64_t second_bytes =
      reverses ? TransposeConvS8ReverseBufferBytes(shape)
               : 4 * (output.Elements() / std::max(output.Dim(0), 1));
  TINYML_ENSURE(
      context,
      bytes >= 0 && bytes < kTooManyBytes && second_bytes < kTooManyBytes,
      "CMSIS-NN cannot count the scratch memory that it needs");
  // Both are requested even if they are of 0 bytes; the first one was not where
  // the reference kernel ran instead.
  const bool plain = !reverses && config.optimize_for_size &&
                     context.Has(Change::kCmsisTransposeConvForSize);
  if (!plain) TINYML_RETURN_IF_ERROR(context.Scratch(bytes));
  return context.Scratch(second_bytes);
}

Status Init(KernelContext& context) {
  context.Persistent(kOpData);
  return {};
}

Status Prepare(KernelContext& context) {
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  const RuntimeTensor* input = context.TempInput(kTransposeConvInput);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  const RuntimeTensor* filter = context.TempInput(kTransposeConvFilter);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, filter, "filter"));
  if (context.Has(Change::kCmsisTypeChecks)) {
    TINYML_RETURN_IF_ERROR(CheckConvTypes(context, *input, *filter, *output));
  } else {
    const bool fits =
        input->type == filter->type || (input->type == TensorType::kInt16 &&
                                        filter->type == TensorType::kInt8);
    TINYML_ENSURE(context, fits,
                  "hybrid models are not supported: input " +
                      input->Describe() + " with filter " + filter->Describe());
  }
  TINYML_ENSURE(context, filter->type != TensorType::kInt4,
                "filter " + filter->Describe() + " is not supported");

  AllocatePerChannel(context, filter->Dim(0));
  const bool is_float = input->type == TensorType::kFloat32;
  if (input->type == TensorType::kInt8) {
    TINYML_RETURN_IF_ERROR(CheckShapes(context, *input, *filter, *output));
    TINYML_RETURN_IF_ERROR(
        RequestInt8Buffers(context, *input, *filter, *output));
  }
  if (input->type == TensorType::kInt16) {
    TINYML_RETURN_IF_ERROR(context.Scratch(output->Elements() * 8));
    TINYML_ENSURE(context, context.Input(kTransposeConvBias) != nullptr,
                  "it has no bias, without which CMSIS-NN's int16 kernel "
                  "crashes");
  }
  if (!is_float) {
    TINYML_RETURN_IF_ERROR(CheckFilterScales(context, *filter, filter->Dim(0)));
  }
  const auto activation =
      context.Options<TransposeConvOptions>().fused_activation_function;
  if (!is_float && activation != ActivationFunctionType::kNone) {
    context.Warn("CMSIS-NN ignores its fused activation");
  }
  TINYML_RETURN_IF_ERROR(CalculateOpDataTransposeConv(
      context, input->type, ActivationFunctionType::kNone));
  return CheckTransposeConvInvoke(context);
}

}  // namespace

const Kernel kTransposeConv = {Init, Prepare};

}  // namespace tinyml::runtime::cmsis_nn
