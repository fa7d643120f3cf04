// CONV_2D on CMSIS-NN. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/cmsis_nn/conv.cc; what its Invoke asserts is from CMSIS-NN
// 4ab83cc3cc98, Source/ConvolutionFunctions/.
#include "runtime/reference/layers/conv_2d.h"

#include "base/macros.h"
#include "runtime/cmsis_nn/buffer_sizes.h"
#include "runtime/cmsis_nn/conv_shape.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/layers/layer_checks.h"

namespace tinyml::runtime::cmsis_nn {
namespace {

inline constexpr Field kOpDataFields[] = {Struct(kOpDataConv), Int32()};
inline constexpr StructDef kOpData = {"OpData (CONV_2D)", kOpDataFields};
// Without Change::kConvInt4.
inline constexpr Field kOldOpDataFields[] = {Struct(kOldOpDataConv), Int32()};
inline constexpr StructDef kOldOpData = {"OpData (CONV_2D)", kOldOpDataFields};
// With Change::kAmbiqWeightSums: two buffers and the sums.
inline constexpr Field kAmbiqOpDataFields[] = {Struct(kOpDataConv), Int32(2),
                                               Pointer()};
inline constexpr StructDef kAmbiqOpData = {"OpData (CONV_2D)",
                                           kAmbiqOpDataFields};
// With Change::kInfineonKernelData: what the binary asks for.
inline constexpr Field kInfineonOpDataFields[] = {Struct(kOpData), Pointer(3)};
inline constexpr StructDef kInfineonOpData = {"OpData (CONV_2D)",
                                              kInfineonOpDataFields};

Status CheckShapes(const KernelContext& context, const ConvTensors& tensors) {
  TINYML_RETURN_IF_ERROR(CheckRanksAndBatch(context, tensors));
  const auto& [input, filter, output] = tensors;
  TINYML_RETURN_IF_ERROR(CheckGroups(context, tensors));
  const int32_t groups = input.Dim(3) / filter.Dim(3);
  TINYML_ENSURE(context, groups > 0 && output.Dim(3) % groups == 0,
                "the channels of output " + output.Describe() +
                    " are not a multiple of the " + std::to_string(groups) +
                    " groups");
  return {};
}

// Without Change::kCmsisGroupedConv: MatchingDim of RuntimeShapes, and what
// Invoke asserts.
Status CheckUngroupedShapes(KernelContext& context,
                            const ConvTensors& tensors) {
  const auto& [input, filter, output] = tensors;
  TINYML_ENSURE(context, input.Rank() >= 4 && output.Rank() >= 4,
                "input " + input.Describe() + " and output " +
                    output.Describe() + " need rank 4");
  TINYML_RETURN_IF_ERROR(CheckBatchSize(context, input, output));
  if (input.type == TensorType::kFloat32) return {};
  TINYML_RETURN_IF_ERROR(AssertRank4(context, {&input, &filter, &output}));
  TINYML_RETURN_IF_ERROR(AssertSameDim(context, input, 3, filter, 3));
  return AssertSameDim(context, filter, 0, output, 3);
}

// arm_convolve_1_x_n_s8 and arm_convolve_1_x_n_s4.
Status CheckRowInvoke(KernelContext& context, const ConvShape& shape,
                      bool int4_filter) {
  TINYML_ENSURE_AT_INVOKE(context, shape.stride.w != 0,
                          "CMSIS-NN needs a stride above 0");
  if (!context.target().kernels.mve) return {};
  const RowSplit split = SplitRow(shape);
  const bool padding_fits =
      2 * int64_t{shape.padding.w} + split.asymmetric_padding ==
      split.total_padding;
  TINYML_ENSURE_AT_INVOKE(
      context, padding_fits,
      "CMSIS-NN's convolution along one row with Helium cannot leave columns "
      "of the input unused (stride " +
          std::to_string(shape.stride.w) + ")");
  TINYML_ENSURE_AT_INVOKE(
      context, split.complete || !int4_filter,
      "CMSIS-NN's int4 convolution along one row with Helium needs more "
      "columns of output than padding");
  return {};
}

Status CheckInvoke(KernelContext& context, const ConvTensors& tensors,
                   const ConvShape& shape) {
  const auto& [input, filter, output] = tensors;
  const RuntimeTensor* bias = context.Input(2);
  const bool grouped = shape.input.c != shape.filter.c;
  if (input.type == TensorType::kInt16) {
    WarnOfInt16BiasType(context);
    return {};
  }
  if (IsConvolve1x1(shape)) return {};
  const bool int4_filter = filter.type == TensorType::kInt4;
  if (IsConvolve1xN(shape)) return CheckRowInvoke(context, shape, int4_filter);
  if (grouped && int4_filter) return {};
  TINYML_ENSURE_AT_INVOKE(context, !grouped || bias != nullptr,
                          "CMSIS-NN's grouped convolution needs a bias");
  return {};
}

// Without Change::kKernelsOf2022: floats have multipliers too, and types are
// not checked. Source: tinyMLx/arduino-library 6b54b97, micro/kernels/
// cmsis-nn/conv.cpp.
Status PrepareOf2020(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const ConvTensors tensors,
                          TakeInputFilterOutput(context));
  const auto& [input, filter, output] = tensors;
  TINYML_ENSURE(context,
                input.Rank() >= 4 && filter.Rank() >= 3 && output.Rank() >= 4,
                "input " + input.Describe() + ", filter " + filter.Describe() +
                    " and output " + output.Describe() + " need rank 4");
  TINYML_RETURN_IF_ERROR(CheckBatchSize(context, input, output));
  AllocatePerChannel(context, filter.Dim(0));
  if (input.type == TensorType::kFloat32) return CheckConvCounts(context, {});
  TINYML_RETURN_IF_ERROR(CalculateOpDataConv(
      context, tensors,
      context.Options<Conv2DOptions>().fused_activation_function,
      filter.Dim(0)));
  if (input.type != TensorType::kInt8) return {};
  const ConvShape shape =
      ConvShapeOf<Conv2DOptions>(context, tensors, input.Dim(3));
  return RequestScratch(
      context, ConvolveWrapperS8BufferBytes(shape, context.target().kernels));
}

Status Prepare(KernelContext& context) {
  if (!context.Has(Change::kKernelsOf2022)) return PrepareOf2020(context);
  TINYML_ASSIGN_OR_RETURN(const ConvTensors tensors,
                          TakeInputFilterOutput(context));
  const auto& [input, filter, output] = tensors;
  // Upstream asks for the bias as output 2, but there is only one output: none
  // is found, and from here on the bias counts as absent.
  const bool sees_bias = context.Has(Change::kAmbiqWeightSums);
  const RuntimeTensor* bias =
      sees_bias ? context.TempInput(2) : context.TempOutput(2);
  if (context.Has(Change::kCmsisTypeChecks)) {
    TINYML_RETURN_IF_ERROR(CheckConvTypes(context, tensors));
  } else if (context.Has(Change::kCmsisInt4)) {
    TINYML_RETURN_IF_ERROR(CheckOutputType(context, input, output));
    TINYML_RETURN_IF_ERROR(CheckNotHybrid(context, tensors, true));
  }
  const bool grouped = context.Has(Change::kCmsisGroupedConv);
  TINYML_RETURN_IF_ERROR(grouped ? CheckShapes(context, tensors)
                                 : CheckUngroupedShapes(context, tensors));

  const bool int8_groups_only = context.Has(Change::kInfineonKernelData);
  TINYML_ENSURE(context,
                !int8_groups_only || input.type == TensorType::kInt8 ||
                    input.Dim(3) == filter.Dim(3),
                "only int8 convolutions have groups on Infineon's kernels");

  const bool is_float = input.type == TensorType::kFloat32;
  // Where types are not checked: CalculateOpDataConv writes multipliers, for
  // which memory exists only with these types.
  TINYML_ENSURE(
      context, is_float || IsInt8OrInt16(input),
      input.Describe() +
          " is of a type that crashes this revision while it prepares");
  if (filter.type == TensorType::kInt4 && !context.Has(Change::kCmsisInt4)) {
    TINYML_RETURN_IF_ERROR(context.Scratch(filter.Elements()));
  }
  const int32_t channels = filter.Dim(0);
  if (!is_float) AllocatePerChannel(context, channels);
  TINYML_RETURN_IF_ERROR(CalculateOpDataConv(
      context, tensors,
      context.Options<Conv2DOptions>().fused_activation_function, channels));
  TINYML_RETURN_IF_ERROR(CheckConvBias(context));
  const bool runs =
      context.Has(Change::kCmsisInt4) || RunsConvTypes(context, tensors);
  if (is_float) return runs ? CheckConvInvoke(context, tensors) : Status();

  const ConvShape shape = ConvShapeOf<Conv2DOptions>(
      context, tensors, (grouped ? filter : input).Dim(3));
  const KernelConfig& config = context.target().kernels;
  if (input.type == TensorType::kInt8) {
    if (filter.type == TensorType::kInt8 &&
        (filter.HasData() || config.optimize_for_size)) {
      TINYML_RETURN_IF_ERROR(RequestWeightSums(context, output.Dim(3)));
    }
    // Also for int4 filters, though their functions may want less.
    TINYML_RETURN_IF_ERROR(
        RequestScratch(context, ConvolveWrapperS8BufferBytes(shape, config)));
  } else if (bias == nullptr ||
             HasType(*bias, {TensorType::kInt64, TensorType::kInt32})) {
    TINYML_ENSURE(context,
                  (input.zero_point == 0 && output.zero_point == 0) ||
                      !context.Has(Change::kInt16ZeroPoints),
                  "int16 input and output need zero point 0");
    TINYML_RETURN_IF_ERROR(
        RequestScratch(context, ConvolveWrapperS16BufferBytes(shape, config)));
  }
  const bool unpacked =
      filter.type == TensorType::kInt4 && !context.Has(Change::kCmsisInt4);
  if (unpacked) return CheckConvInvoke(context, tensors);
  return runs ? CheckInvoke(context, tensors, shape) : Status();
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

const Kernel kConv2D = {.init = Init, .prepare = Prepare};

}  // namespace tinyml::runtime::cmsis_nn
