// SignalFilterBank, SignalFilterBankLog, SignalFilterBankSpectralSubtraction
// and SignalFilterBankSquareRoot. Source: tflite-micro 90b983c2b3f1,
// signal/micro/kernels/
//
// {filter_bank,filter_bank_log,filter_bank_spectral_subtraction,
// filter_bank_square_root_common}.cc and the config structs of signal/src/.
#include <cstddef>
#include <string>

#include "base/macros.h"
#include "runtime/kernels/kernel.h"
#include "runtime/reference/custom_options.h"
#include "runtime/reference/signal/operands.h"

namespace tinyml::runtime {
namespace {

constexpr Field kFilterBankConfigFields[] = {Int32(), Pointer(5), Int32(2)};
constexpr StructDef kFilterBankConfig = {"FilterbankConfig",
                                         kFilterBankConfigFields};
constexpr Field kFilterBankParamsFields[] = {Struct(kFilterBankConfig),
                                             Pointer()};
constexpr StructDef kFilterBankParams = {"TFLMSignalFilterBankParams",
                                         kFilterBankParamsFields};
constexpr Field kLogParamsFields[] = {Int32(2)};
constexpr StructDef kLogParams = {"TFLMSignalLogParams", kLogParamsFields};
constexpr Field kSubtractionConfigFields[] = {Int32(), Int32(7), Bool()};
constexpr StructDef kSubtractionConfig = {"SpectralSubtractionConfig",
                                          kSubtractionConfigFields};
constexpr Field kSubtractionParamsFields[] = {Struct(kSubtractionConfig),
                                              Pointer(), SizeT()};
constexpr StructDef kSubtractionParams = {"TFLMSignalSpectralSubtractionParams",
                                          kSubtractionParamsFields};

Status FilterBankInit(KernelContext& context) {
  context.Persistent(kFilterBankParams);
  TINYML_ASSIGN_OR_RETURN(const int64_t channels,
                          OptionElement(context, 0, "num_channels"));
  return PersistentArray(context, "filter bank work area", channels + 1, 8);
}

Status FilterBankPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(
      TakeTensors(context,
                  {{"input", TensorType::kUInt32},
                   {"weights", TensorType::kInt16},
                   {"unweights", TensorType::kInt16},
                   {"channel frequency starts", TensorType::kInt16},
                   {"channel weight starts", TensorType::kInt16},
                   {"channel widths", TensorType::kInt16}},
                  {{"output", TensorType::kUInt64}}));
  TINYML_ASSIGN_OR_RETURN(const int64_t channels,
                          OptionElement(context, 0, "num_channels"));
  for (int i = 3; i < 6; ++i) {
    WarnIfShort(context, *context.Input(i), channels + 1);
  }
  if (context.Output(0)->Elements() > channels) {
    context.Warn("output " + context.Output(0)->Describe() +
                 " has more than its " + std::to_string(channels) +
                 " channels: Invoke fills the rest with unrelated memory");
  }
  return {};
}

Status LogInit(KernelContext& context) {
  context.Persistent(kLogParams);
  TINYML_RETURN_IF_ERROR(OptionElement(context, 1, "output_scale"));
  return {};
}

Status LogPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(TakeTensors(context, {{"input", TensorType::kUInt32}},
                                     {{"output", TensorType::kInt16}}));
  WarnIfShort(context, *context.Output(0), context.Input(0)->Elements());
  return {};
}

constexpr size_t kSubtractionChannelsIndex = 4;

Status SubtractionInit(KernelContext& context) {
  context.Persistent(kSubtractionParams);
  TINYML_RETURN_IF_ERROR(
      OptionElement(context, 8, "spectral_subtraction_bits"));
  TINYML_ASSIGN_OR_RETURN(
      const int64_t channels,
      OptionElement(context, kSubtractionChannelsIndex, "num_channels"));
  return PersistentArray(context, "noise estimate", channels, 4);
}

Status SubtractionPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(
      TakeTensors(context, {{"input", TensorType::kUInt32}},
                  {{"output", TensorType::kUInt32},
                   {"noise estimate", TensorType::kUInt32}}));
  TINYML_ASSIGN_OR_RETURN(
      const int64_t channels,
      OptionElement(context, kSubtractionChannelsIndex, "num_channels"));
  WarnIfShort(context, *context.Input(0), channels);
  WarnIfShort(context, *context.Output(0), channels);
  if (context.Output(1)->Elements() > channels) {
    context.Warn("noise estimate " + context.Output(1)->Describe() +
                 " has more than its " + std::to_string(channels) +
                 " channels: Invoke fills the rest with unrelated memory");
  }
  return {};
}

Status SquareRootPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(TakeTensors(
      context,
      {{"input", TensorType::kUInt64}, {"scale bits", TensorType::kInt32, 0}},
      {{"output", TensorType::kUInt32}}));
  WarnIfShort(context, *context.Output(0), context.Input(0)->Elements());
  return {};
}

}  // namespace

const OperatorKernel reference::kSignalFilterBank = {
    .init = FilterBankInit, .prepare = FilterBankPrepare};
const OperatorKernel reference::kSignalFilterBankLog = {.init = LogInit,
                                                        .prepare = LogPrepare};
const OperatorKernel reference::kSignalFilterBankSpectralSubtraction = {
    .init = SubtractionInit, .prepare = SubtractionPrepare};
const OperatorKernel reference::kSignalFilterBankSquareRoot = {
    .prepare = SquareRootPrepare};

}  // namespace tinyml::runtime
