// DEPTHWISE_CONV_2D on CMSIS-NN. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/cmsis_nn/depthwise_conv.cc.
#include "runtime/reference/layers/depthwise_conv_2d.h"

#include "base/macros.h"
#include "runtime/cmsis_nn/buffer_sizes.h"
#include "runtime/cmsis_nn/conv_shape.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/layers/layer_checks.h"

namespace tinyml::runtime::cmsis_nn {
namespace {

inline constexpr Field kOpDataFields[] = {Struct(kOpDataConv), Int32()};
inline constexpr StructDef kOpData = {"OpData (DEPTHWISE_CONV_2D)",
                                      kOpDataFields};
// With Change::kAmbiqWeightSums: two buffers and the sums.
inline constexpr Field kAmbiqOpDataFields[] = {Struct(kOpDataConv), Int32(2),
                                               Pointer()};
inline constexpr StructDef kAmbiqOpData = {"OpData (DEPTHWISE_CONV_2D)",
                                           kAmbiqOpDataFields};
// With Change::kInfineonKernelData: what the binary asks for.
inline constexpr Field kInfineonOpDataFields[] = {Struct(kOpData), Pointer(3)};
inline constexpr StructDef kInfineonOpData = {"OpData (DEPTHWISE_CONV_2D)",
                                              kInfineonOpDataFields};

// Without Change::kConvInt4.
inline constexpr Field kOldOpDataFields[] = {Struct(kOldOpDataConv), Int32()};
inline constexpr StructDef kOldOpData = {"OpData (DEPTHWISE_CONV_2D)",
                                         kOldOpDataFields};

// MatchingDim in Prepare.
Status CheckShapes(const KernelContext& context, const ConvTensors& tensors) {
  TINYML_RETURN_IF_ERROR(CheckRanksAndBatch(context, tensors));
  const auto& [input, filter, output] = tensors;
  TINYML_ENSURE(context, output.Dim(3) == filter.Dim(3),
                "output " + output.Describe() + " and filter " +
                    filter.Describe() + " differ in channels");
  TINYML_ENSURE(
      context, input.Dim(0) == 1 || context.Has(Change::kCmsisDepthwiseBatches),
      "input " + input.Describe() +
          " has more than one image, on which this revision aborts");
  return {};
}

// What the kernel, arm_depthwise_conv_wrapper_s8 and the like assert.
Status CheckInvoke(KernelContext& context, const ConvTensors& tensors) {
  const auto& [input, filter, output] = tensors;
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, input, 0, output, 0));
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, filter, 3, output, 3));
  TINYML_RETURN_IF_ERROR(
      AssertBiasSize(context, context.Input(2), output.Dim(3)));
  TINYML_ENSURE_AT_INVOKE(context, input.Rank() >= 4,
                          "input " + input.Describe() + " must have rank 4");
  // With Helium, one input channel is convolved without the multiplier.
  const bool int8_filter =
      input.type == TensorType::kInt8 && filter.type == TensorType::kInt8;
  const bool as_convolution = context.target().kernels.mve && int8_filter &&
                              input.Dim(3) == 1 && output.Dim(3) > 1 &&
                              context.Has(Change::kDepthwiseOneChannelMve);
  if (as_convolution) return {};
  const auto& options = context.Options<DepthwiseConv2DOptions>();
  const int64_t multiplier = options.depth_multiplier;
  if (output.Dim(3) == input.Dim(3) * multiplier) return {};
  const std::string mismatch =
      "output " + output.Describe() + " does not have " +
      std::to_string(multiplier) + " times the channels of input " +
      input.Describe() + ", by the depth multiplier of its options";
  const Tile dilation = DilationOf<DepthwiseConv2DOptions>(context);
  const bool one_image =
      input.Dim(0) == 1 && dilation.w == 1 && dilation.h == 1;
  // A loop over multiples of 4 channels, which a multiplier of 0 never leaves.
  const bool never_ends = int8_filter && one_image && multiplier == 0;
  const bool refused =
      input.type == TensorType::kInt8 && one_image && multiplier == 1;
  TINYML_ENSURE_AT_INVOKE(context, !never_ends && !refused, mismatch);
  context.Warn(mismatch + "; the results are undefined");
  return {};
}

// Types that do not match, without Change::kCmsisTypeChecks: what Prepare
// refuses nonetheless.
Status CheckUncheckedTypes(KernelContext& context, const ConvTensors& tensors) {
  const auto& [input, filter, output] = tensors;
  // CalculateOpDataDepthwiseConv writes multipliers, for which memory exists
  // only with these types.
  TINYML_ENSURE(
      context,
      HasType(input,
              {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16}),
      input.Describe() +
          " is of a type that crashes this revision while it prepares");
  TINYML_ENSURE(context,
                input.type != TensorType::kInt8 ||
                    HasType(filter, {TensorType::kInt8, TensorType::kInt4}) ||
                    !context.Has(Change::kCmsisInt4),
                "filter " + filter.Describe() +
                    " is of a type that CMSIS-NN's DEPTHWISE_CONV_2D does not "
                    "take with int8 input (int8 or int4)");
  context.Warn("this revision does not check that input " + input.Describe() +
               ", filter " + filter.Describe() + " and output " +
               output.Describe() +
               " match; Invoke fails or gives wrong results");
  return {};
}

// Without Change::kKernelsOf2022: floats have multipliers too, and types are
// not checked. Source: tinyMLx/arduino-library 6b54b97, micro/kernels/
// cmsis-nn/depthwise_conv.cpp.
Status PrepareOf2020(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const ConvTensors tensors,
                          TakeInputFilterOutput(context));
  const auto& [input, filter, output] = tensors;
  const int32_t channels = filter.Dim(kDepthwiseChannelAxis);
  if (input.type == TensorType::kInt8) {
    TINYML_RETURN_IF_ERROR(CheckFilterScales(context, filter, channels));
  }
  AllocatePerChannel(context, channels);
  if (input.type == TensorType::kFloat32) return CheckConvCounts(context, {});
  TINYML_RETURN_IF_ERROR(CalculateOpDataConv(
      context, tensors,
      context.Options<DepthwiseConv2DOptions>().fused_activation_function,
      channels));
  if (input.type != TensorType::kInt8) return {};
  TINYML_RETURN_IF_ERROR(CheckShapes(context, tensors));
  const ConvShape shape =
      ConvShapeOf<DepthwiseConv2DOptions>(context, tensors, output.Dim(3));
  return RequestScratch(context, DepthwiseConvWrapperS8BufferBytes(
                                     shape, context.target().kernels));
}

Status Prepare(KernelContext& context) {
  if (!context.Has(Change::kKernelsOf2022)) return PrepareOf2020(context);
  TINYML_ASSIGN_OR_RETURN(const ConvTensors tensors,
                          TakeInputFilterOutput(context));
  const auto& [input, filter, output] = tensors;
  const bool keeps_sums = context.Has(Change::kAmbiqWeightSums);
  if (keeps_sums) context.TempInput(2);
  const Status types = CheckConvTypes(context, tensors);
  if (!types.has_value()) {
    if (context.Has(Change::kCmsisTypeChecks)) return types;
    TINYML_RETURN_IF_ERROR(CheckUncheckedTypes(context, tensors));
  }

  const bool is_float = input.type == TensorType::kFloat32;
  if (!is_float) {
    const int32_t channels = filter.Dim(kDepthwiseChannelAxis);
    TINYML_ENSURE(context,
                  input.type == TensorType::kInt8 ||
                      (input.zero_point == 0 && output.zero_point == 0) ||
                      !context.Has(Change::kInt16ZeroPoints),
                  "int16 input and output need zero point 0");
    TINYML_RETURN_IF_ERROR(CheckFilterScales(context, filter, channels));
    AllocatePerChannel(context, channels);
  }
  const bool unpacks =
      filter.type == TensorType::kInt4 && !context.Has(Change::kCmsisInt4);
  if (unpacks) TINYML_RETURN_IF_ERROR(context.Scratch(filter.Elements()));
  TINYML_RETURN_IF_ERROR(CalculateOpDataDepthwiseConv(context, tensors));
  if (is_float && types.has_value()) {
    return CheckDepthwiseConvInvoke(context, tensors);
  }
  if (input.type == TensorType::kInt8) {
    TINYML_RETURN_IF_ERROR(CheckShapes(context, tensors));
    ConvShape shape =
        ConvShapeOf<DepthwiseConv2DOptions>(context, tensors, output.Dim(3));
    // Upstream leaves the stride unset here. It decides only whether an
    // input of one channel and one row is convolved along the row on Helium: it
    // is where the stride is a multiple of 4, as what lies on the stack there
    // was when it was measured (a pointer or 0, with which the sizes are
    // alike).
    if (!keeps_sums) shape.stride = {0, 0};
    const KernelConfig& config = context.target().kernels;
    TINYML_RETURN_IF_ERROR(RequestScratch(
        context, filter.type == TensorType::kInt4 && !unpacks
                     ? DepthwiseConvWrapperS4BufferBytes(shape, config)
                     : DepthwiseConvWrapperS8BufferBytes(shape, config)));
    if (filter.type == TensorType::kInt8) {
      TINYML_RETURN_IF_ERROR(RequestWeightSums(context, output.Dim(3)));
    }
  }
  return types.has_value() ? CheckInvoke(context, tensors) : Status();
}

Status Init(KernelContext& context) {
  if (!context.Has(Change::kKernelsOf2022)) {
    return InitWith<kOpDataConv>(context);
  }
  return InitWith<kAmbiqOpData, Change::kAmbiqWeightSums, kInfineonOpData,
                  Change::kInfineonKernelData, kOpData, Change::kConvInt4,
                  kOldOpData>(context);
}

}  // namespace

const Kernel kDepthwiseConv2D = {.init = Init, .prepare = Prepare};

}  // namespace tinyml::runtime::cmsis_nn
