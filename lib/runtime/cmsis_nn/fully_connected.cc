// FULLY_CONNECTED on CMSIS-NN. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/cmsis_nn/fully_connected.cc.
#include "runtime/reference/layers/fully_connected.h"

#include "base/macros.h"
#include "runtime/cmsis_nn/buffer_sizes.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/layers/convolution.h"
#include "runtime/reference/layers/layer_checks.h"

namespace tinyml::runtime::cmsis_nn {
namespace {

inline constexpr Field kOpDataFields[] = {Struct(kOpDataFullyConnected),
                                          Int32(2), Pointer(), Int32(3)};
inline constexpr StructDef kOpData = {"OpData (FULLY_CONNECTED)",
                                      kOpDataFields};
// Without Change::kFullyConnectedPerChannel: with multipliers and shifts for
// the convolution that it may run as.
inline constexpr Field kOldOpDataFields[] = {
    Struct(kOpDataPerTensorFullyConnected), Pointer(2), Int32(), Pointer(),
    Int32(3)};
inline constexpr StructDef kOldOpData = {"OpData (FULLY_CONNECTED)",
                                         kOldOpDataFields};

// Without Change::kCmsisKernelSums.
inline constexpr Field kSumlessOpDataFields[] = {
    Struct(kOpDataPerTensorFullyConnected), Pointer(2), Int32(), Int32(3)};
inline constexpr StructDef kSumlessOpData = {"OpData (FULLY_CONNECTED)",
                                             kSumlessOpDataFields};
// Without Change::kFullyConnectedInt4 either.
inline constexpr Field kFirstOpDataFields[] = {
    Struct(kOpDataInt8FullyConnected), Pointer(2), Int32(), Int32(3)};
inline constexpr StructDef kFirstOpData = {"OpData (FULLY_CONNECTED)",
                                           kFirstOpDataFields};

// Without Change::kKernelsOf2022 either.
inline constexpr Field kOpDataOf2020Fields[] = {Int32(2), Int32(2), Int32(2),
                                                Int32(3)};
inline constexpr StructDef kOpDataOf2020 = {"OpData (FULLY_CONNECTED)",
                                            kOpDataOf2020Fields};

// With Change::kAmbiqWeightSums: one more buffer.
inline constexpr Field kAmbiqOpDataFields[] = {Struct(kOpDataFullyConnected),
                                               Int32(3), Pointer(), Int32(3)};
inline constexpr StructDef kAmbiqOpData = {"OpData (FULLY_CONNECTED)",
                                           kAmbiqOpDataFields};
// With Change::kInfineonKernelData: what the binary asks for.
inline constexpr Field kInfineonOpDataFields[] = {Struct(kOpData), Pointer(4)};
inline constexpr StructDef kInfineonOpData = {"OpData (FULLY_CONNECTED)",
                                              kInfineonOpDataFields};

Status Init(KernelContext& context) {
  const StructDef* data = &kFirstOpData;
  if (context.Has(Change::kAmbiqWeightSums)) {
    data = &kAmbiqOpData;
  } else if (context.Has(Change::kInfineonKernelData)) {
    data = &kInfineonOpData;
  } else if (context.Has(Change::kFullyConnectedPerChannel)) {
    data = &kOpData;
  } else if (context.Has(Change::kCmsisKernelSums)) {
    data = &kOldOpData;
  } else if (context.Has(Change::kFullyConnectedInt4)) {
    data = &kSumlessOpData;
  } else if (!context.Has(Change::kKernelsOf2022)) {
    data = &kOpDataOf2020;
  }
  context.Persistent(*data);
  return {};
}

// The sums of an int8 filter's weights.
Status RequestSums(KernelContext& context,
                   const FullyConnectedTensors& tensors) {
  const auto& [input, filter, bias, output] = tensors;
  const KernelConfig& config = context.target().kernels;
  const int64_t bytes =
      FullyConnectedS8BufferBytes(output.Dim(output.Rank() - 1), config);
  if (!context.Has(Change::kCmsisKernelSums)) {
    return RequestScratch(context, bytes);
  }
  const bool looks_at_bias = context.Has(Change::kCmsisConstantTensorChecks);
  const bool constant =
      filter.IsConstant() &&
      (!looks_at_bias || bias == nullptr || bias->IsConstant());
  TINYML_ENSURE(
      context,
      constant || bytes == 0 || context.Has(Change::kCmsisFilterOffset),
      "filter " + filter.Describe() +
          " is not constant, which crashes this revision with Helium");
  const bool for_size =
      config.optimize_for_size && context.Has(Change::kCmsisOptimizeForSize);
  if (bytes > 0 && constant && !for_size) {
    context.Persistent("sums of the weights", bytes);
    return {};
  }
  return RequestScratch(context, bytes);
}

// The buffers of int8 input with an int8 filter.
Status RequestInt8Buffers(KernelContext& context,
                          const FullyConnectedTensors& tensors) {
  const auto& [input, filter, bias, output] = tensors;
  const int64_t channels = output.Dim(output.Rank() - 1);
  const int32_t depth = filter.Dim(filter.Rank() - 1);
  if (output.Rank() > 2 && depth % 4 == 0) {
    // Runs as a convolution, which is always per-channel. Ambiq's gives it the
    // sums as well.
    const bool keeps_sums = context.Has(Change::kAmbiqWeightSums);
    if (!context.Has(Change::kFullyConnectedPerChannel)) {
      AllocatePerChannel(context, channels);
      return {};
    }
    if (IsPerChannel(filter)) {
      return keeps_sums ? RequestSums(context, tensors) : Status();
    }
    const int index = context.ScratchCount();
    TINYML_RETURN_IF_ERROR(RequestScratch(context, channels * 8));
    // The kernel mistakes the buffer's index for its size.
    TINYML_ENSURE_AT_INVOKE(
        context, index >= 4,
        "with an output of rank above 2, a depth that is a multiple of 4 and "
        "per-tensor weights, it asserts that 4 scratch buffers were requested "
        "before its own; quantize per channel or flatten the output");
    return keeps_sums ? RequestSums(context, tensors) : Status();
  }
  return RequestSums(context, tensors);
}

// Without Change::kKernelsOf2022. Source: tinyMLx/arduino-library 6b54b97,
// micro/kernels/cmsis-nn/fully_connected.cpp.
Status PrepareOf2020(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const FullyConnectedTensors tensors,
                          TakeFullyConnected(context));
  const auto& [input, filter, bias, output] = tensors;
  TINYML_RETURN_IF_ERROR(CheckOutputType(context, input, output));
  TINYML_ENSURE(context, input.type == filter.type,
                "hybrid models are not supported: input " + input.Describe() +
                    " with filter " + filter.Describe());
  if (input.type == TensorType::kFloat32) return {};
  TINYML_RETURN_IF_ERROR(
      CheckProductMultiplier(context, input, filter, bias, output));
  TINYML_RETURN_IF_ERROR(CheckActivationRangeQuantized(
      context,
      context.Options<FullyConnectedOptions>().fused_activation_function,
      output));
  const bool has_bias = bias != nullptr && bias->IsConstant();
  TINYML_ENSURE(
      context,
      input.type != TensorType::kInt8 || !has_bias || output.Rank() == 2,
      "output " + output.Describe() + " should have rank 2; CMSIS-NN aborts");
  return {};
}

Status CheckTypes(KernelContext& context, const ConvTensors& tensors,
                  bool* types_fit) {
  if (context.Has(Change::kAmbiqWeightSums) &&
      tensors.input.type == TensorType::kInt16 &&
      tensors.filter.type == TensorType::kInt16) {
    context.Warn("the kernel reads filter " + tensors.filter.Describe() +
                 " as int8");
    *types_fit = true;
    return CheckOutputType(context, tensors.input, tensors.output);
  }
  Status types = CheckConvTypes(context, tensors);
  *types_fit = types.has_value();
  if (*types_fit || context.Has(Change::kCmsisTypeChecks)) return types;
  // Before the change, Prepare compares only input and output.
  TINYML_RETURN_IF_ERROR(
      CheckOutputType(context, tensors.input, tensors.output));
  FailsAtInvoke(context, "the kernel has no code for input " +
                             tensors.input.Describe() + " with filter " +
                             tensors.filter.Describe());
  return {};
}

Status Prepare(KernelContext& context) {
  if (!context.Has(Change::kKernelsOf2022)) return PrepareOf2020(context);
  TINYML_ASSIGN_OR_RETURN(const FullyConnectedTensors tensors,
                          TakeFullyConnected(context));
  const auto& [input, filter, bias, output] = tensors;
  bool types_fit = false;
  TINYML_RETURN_IF_ERROR(
      CheckTypes(context, {input, filter, output}, &types_fit));
  // Before the change, only where it decides how an int8 operator runs.
  const bool checks_rank =
      context.Has(Change::kCmsisTypeChecks) ||
      (input.type == TensorType::kInt8 &&
       (filter.type != TensorType::kInt4 || !context.Has(Change::kCmsisInt4)));
  TINYML_ENSURE(context,
                !checks_rank || (output.Rank() >= 2 && output.Rank() <= 4),
                "the rank of output " + output.Describe() +
                    " should be 2 to 4; CMSIS-NN aborts");
  TINYML_ENSURE(context, filter.Rank() >= 1 && filter.Rank() <= kMaxShapeRank,
                "the rank of filter " + filter.Describe() +
                    " should be 1 to 6; the runtime aborts");
  TINYML_RETURN_IF_ERROR(CalculateOpDataFullyConnected(
      context,
      context.Options<FullyConnectedOptions>().fused_activation_function,
      tensors));
  const bool unpacks =
      filter.type == TensorType::kInt4 && !context.Has(Change::kCmsisInt4);
  if (unpacks) TINYML_RETURN_IF_ERROR(context.Scratch(filter.Elements()));
  if (!types_fit && !IsInt8OrInt16(input)) return {};

  switch (input.type) {
    case TensorType::kFloat32:
      return CheckFullyConnectedInvoke(context, tensors);
    case TensorType::kInt16:
      TINYML_ENSURE(
          context,
          !IsPerChannel(filter) || context.Has(Change::kAmbiqWeightSums),
          "CMSIS-NN takes per-channel weights with int8 input only");
      TINYML_ENSURE(context,
                    (input.zero_point == 0 && output.zero_point == 0) ||
                        !context.Has(Change::kInt16ZeroPoints),
                    "int16 input and output need zero point 0");
      if (IsPerChannel(filter) &&
          context.Has(Change::kAmbiqPerChannelInt16Sums)) {
        return RequestScratch(context,
                              4 * int64_t{output.Dim(output.Rank() - 1)});
      }
      return {};
    default:
      if (filter.type == TensorType::kInt4 && !unpacks) return {};
      return RequestInt8Buffers(context, tensors);
  }
}

}  // namespace

const Kernel kFullyConnected = {.init = Init, .prepare = Prepare};

}  // namespace tinyml::runtime::cmsis_nn
