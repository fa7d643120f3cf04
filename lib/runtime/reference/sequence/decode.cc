// TFLM_DECODE. Source: tflite-micro 90b983c2b3f1, micro/kernels/decode.cc,
// decode_state.{h,cc} and decode_state_{lut,huffman,prune}.{h,cc}, Setup; for
// Invoke: Decode in the same files. The simulation is of builds that give the
// interpreter no separate memory for decompression.
#include <cstddef>
#include <initializer_list>
#include <string>

#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime {
namespace {

// The header at the start of an ancillary tensor's content.
constexpr size_t kTypeOffset = 0;
constexpr size_t kVersionOffset = 1;
constexpr size_t kKindVersionOffset = 4;  // Version of the decode type's part.
constexpr size_t kParametersOffset = 5;
constexpr size_t kHeaderBytes = 16;
constexpr int kTypeLut = 0;
constexpr int kTypeHuffman = 1;
constexpr int kTypePrune = 2;
constexpr int kTypeCustom = 127;

// Virtual table, context, profiler.
constexpr Field kDecodeStateFields[] = {Pointer(3)};
constexpr StructDef kDecodeState = {"DecodeState", kDecodeStateFields};
constexpr Field kLutFields[] = {
    Struct(kDecodeState), Pointer(), SizeT(3), Pointer(), Int8(2), Bool()};
constexpr StructDef kDecodeStateLut = {"DecodeStateLut", kLutFields};
constexpr Field kHuffmanFields[] = {
    Struct(kDecodeState), Pointer(), SizeT(), Pointer(), Bool(), Int8()};
constexpr StructDef kDecodeStateHuffman = {"DecodeStateHuffman",
                                           kHuffmanFields};
constexpr Field kPruneFields[] = {Struct(kDecodeState), Pointer(), SizeT(3),
                                  Pointer(2),           Int8(),    Bool()};
constexpr StructDef kDecodeStatePrune = {"DecodeStatePrune", kPruneFields};
constexpr std::initializer_list<TensorType> kValueTypes = {
    TensorType::kBool,  TensorType::kFloat32, TensorType::kInt8,
    TensorType::kInt16, TensorType::kInt32,   TensorType::kInt64};

// Refuses a quantization along an axis that is neither the first nor, with
// several channels, the last.
Status CheckAxis(const KernelContext& context, const RuntimeTensor& output) {
  if (!output.IsAffine()) return {};
  const int32_t axis = output.QuantizedDimension();
  const bool last = axis == output.Rank() - 1 && output.Scales().size() > 1;
  TINYML_ENSURE(context, last || axis == 0,
                "output " + output.Describe() + " is quantized along axis " +
                    std::to_string(axis) +
                    ", neither the first nor the last one");
  return {};
}

Status SetUpLut(KernelContext& context, const RuntimeTensor& ancillary,
                const RuntimeTensor& output) {
  TINYML_RETURN_IF_ERROR(CheckAxis(context, output));
  WarnOfType(context, output, "output", kValueTypes);
  constexpr uint8_t kBitWidthMask = 7;
  if ((ancillary.data[kParametersOffset] & kBitWidthMask) == 0 &&
      HasType(output, kValueTypes)) {
    return AbortsAtInvoke(context, "the table indices of " +
                                       ancillary.Describe() + " have 0 bits");
  }
  return {};
}

Status SetUpHuffman(KernelContext& context, const RuntimeTensor& ancillary,
                    const RuntimeTensor& output) {
  const bool wide = (ancillary.data[kParametersOffset] & 1) != 0;
  TINYML_ENSURE(context, wide || output.type == TensorType::kInt8,
                "output " + output.Describe() +
                    " must be int8 with a Huffman table of 16-bit elements");
  WarnOfType(context, output, "output",
             {TensorType::kInt8, TensorType::kInt16});
  return {};
}

Status SetUpPrune(KernelContext& context, const RuntimeTensor& output) {
  TINYML_RETURN_IF_ERROR(CheckAxis(context, output));
  WarnOfType(context, output, "output", kValueTypes);
  if (!output.IsAffine()) return {};
  const size_t channels = output.Scales().size();
  bool has_zero_point = false;
  for (size_t i = 0; i < channels; ++i) {
    has_zero_point |= static_cast<int32_t>(output.ZeroPoint(i)) != 0;
  }
  TINYML_ENSURE(context, output.type == TensorType::kInt8 || !has_zero_point,
                "output " + output.Describe() +
                    " has a zero point, which only int8 may have");
  if (channels > 1 && has_zero_point) {
    context.Persistent("zero points of pruned channels",
                       static_cast<int64_t>(channels));
  }
  return {};
}

// One pair of inputs and its output.
Status PrepareOutput(KernelContext& context, int i) {
  const RuntimeTensor* input = context.TempInput(2 * i);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "encoded input"));
  const RuntimeTensor* ancillary = context.TempInput(2 * i + 1);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, ancillary, "ancillary input"));
  const RuntimeTensor* output = context.TempOutput(i);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  TINYML_RETURN_IF_ERROR(CheckConstant(context, *input, "encoded input"));
  TINYML_RETURN_IF_ERROR(CheckConstant(context, *ancillary, "ancillary input"));
  TINYML_ENSURE(context, ancillary->data.size() > kParametersOffset,
                "ancillary input " + ancillary->Describe() +
                    " is shorter than its header");
  if (ancillary->data.size() < kHeaderBytes) {
    context.Warn("ancillary input " + ancillary->Describe() +
                 " is shorter than its header: Invoke reads past it");
  }

  const int version = ancillary->data[kVersionOffset];
  TINYML_ENSURE(context, version == 1,
                "ancillary input " + ancillary->Describe() + " has version " +
                    std::to_string(version) + " and not 1");
  const int type = ancillary->data[kTypeOffset];
  const StructDef* state = nullptr;
  switch (type) {
    case kTypeLut:
      state = &kDecodeStateLut;
      break;
    case kTypeHuffman:
      state = &kDecodeStateHuffman;
      break;
    case kTypePrune:
      state = &kDecodeStatePrune;
      break;
    case kTypeCustom:
      return context.Refuse("the runtime has no custom decode types");
    default:
      return context.Refuse("ancillary input " + ancillary->Describe() +
                            " has the unknown decode type " +
                            std::to_string(type));
  }
  context.Persistent(*state);
  const int kind_version = ancillary->data[kKindVersionOffset];
  TINYML_ENSURE(context, kind_version == 1,
                "the decode type's part of " + ancillary->Describe() +
                    " has version " + std::to_string(kind_version) +
                    " and not 1");
  if (type == kTypeLut) return SetUpLut(context, *ancillary, *output);
  if (type == kTypeHuffman) return SetUpHuffman(context, *ancillary, *output);
  return SetUpPrune(context, *output);
}

Status Prepare(KernelContext& context) {
  const int outputs = context.NumOutputs();
  TINYML_ENSURE(context, outputs > 0, "it has no outputs");
  TINYML_ENSURE(context, context.NumInputs() == 2 * outputs,
                "it needs two inputs for each output");
  context.Persistent("decode state pointers",
                     int64_t{context.abi().pointer_bytes} * outputs);
  for (int i = 0; i < outputs; ++i) {
    TINYML_RETURN_IF_ERROR(PrepareOutput(context, i));
  }
  return {};
}

}  // namespace

const OperatorKernel reference::kDecode = {.prepare = Prepare};

}  // namespace tinyml::runtime
