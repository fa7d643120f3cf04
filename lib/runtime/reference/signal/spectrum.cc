// Signal kernels that work on one spectrum or one vector of channels at a time:
// SignalEnergy, SignalFftAutoScale, SignalFilterBank and its kin, SignalPCAN,
// SignalWindow. Source: tflite-micro 90b983c2b3f1, signal/micro/kernels/
// {energy,fft_auto_scale_common,filter_bank,filter_bank_log,
// filter_bank_spectral_subtraction,filter_bank_square_root_common,pcan,
// window}.cc and the config structs of signal/src/.
#include <initializer_list>
#include <string>

#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/custom_options.h"
#include "runtime/reference/signal/signal.h"

namespace tinyml::runtime::reference {
namespace {

constexpr Field kEnergyParamsFields[] = {Int32(2)};
constexpr StructDef kEnergyParams = {"TFLMSignalEnergyParams",
                                     kEnergyParamsFields};

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

constexpr Field kPcanParamsFields[] = {Int32()};
constexpr StructDef kPcanParams = {"TfLitePcanParams", kPcanParamsFields};

constexpr Field kWindowParamsFields[] = {Int32(2)};
constexpr StructDef kWindowParams = {"TFLMSignalWindowParams",
                                     kWindowParamsFields};

// What a kernel demands of one tensor.
struct Expected {
  std::string_view role;
  TensorType type = TensorType::kInt16;
  int rank = 1;
};

// Takes the inputs and outputs in this order and checks them.
Status TakeTensors(KernelContext& context,
                   std::initializer_list<Expected> inputs,
                   std::initializer_list<Expected> outputs) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, static_cast<int>(inputs.size()),
                                    static_cast<int>(outputs.size())));
  const auto check = [&](const RuntimeTensor* tensor,
                         const Expected& expected) -> Status {
    TINYML_RETURN_IF_ERROR(CheckPresent(context, tensor, expected.role));
    TINYML_RETURN_IF_ERROR(
        CheckRank(context, *tensor, expected.role, expected.rank));
    return CheckType(context, *tensor, expected.role, {expected.type});
  };
  int i = 0;
  for (const Expected& expected : inputs) {
    TINYML_RETURN_IF_ERROR(check(context.TempInput(i++), expected));
  }
  i = 0;
  for (const Expected& expected : outputs) {
    TINYML_RETURN_IF_ERROR(check(context.TempOutput(i++), expected));
  }
  return {};
}

// --- SignalEnergy

Status EnergyInit(KernelContext& context) {
  context.Persistent(kEnergyParams);
  TINYML_RETURN_IF_ERROR(OptionElement(context, 1, "start_index"));
  return {};
}

Status EnergyPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(TakeTensors(context, {{"input", TensorType::kInt16}},
                                     {{"output", TensorType::kUInt32}}));
  TINYML_ASSIGN_OR_RETURN(const int32_t end,
                          OptionElement(context, 0, "end_index"));
  TINYML_ASSIGN_OR_RETURN(const int32_t start,
                          OptionElement(context, 1, "start_index"));
  if (start < 0 && start < end) {
    context.Warn(
        "its start_index is negative: Invoke writes in front of the "
        "output");
  }
  if (start < end) {
    WarnIfShort(context, *context.Input(0), 2 * int64_t{end});
    WarnIfShort(context, *context.Output(0), end);
  }
  return {};
}

// --- SignalFftAutoScale

Status FftAutoScalePrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(TakeTensors(
      context, {{"input", TensorType::kInt16}},
      {{"output", TensorType::kInt16}, {"scale bits", TensorType::kInt32, 0}}));
  WarnIfShort(context, *context.Input(0), context.Output(0)->Elements());
  return {};
}

// --- SignalFilterBank

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

// --- SignalFilterBankLog

Status FilterBankLogInit(KernelContext& context) {
  context.Persistent(kLogParams);
  TINYML_RETURN_IF_ERROR(OptionElement(context, 1, "output_scale"));
  return {};
}

Status FilterBankLogPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(TakeTensors(context, {{"input", TensorType::kUInt32}},
                                     {{"output", TensorType::kInt16}}));
  WarnIfShort(context, *context.Output(0), context.Input(0)->Elements());
  return {};
}

// --- SignalFilterBankSpectralSubtraction

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

// --- SignalFilterBankSquareRoot

Status SquareRootPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(TakeTensors(
      context,
      {{"input", TensorType::kUInt64}, {"scale bits", TensorType::kInt32, 0}},
      {{"output", TensorType::kUInt32}}));
  WarnIfShort(context, *context.Output(0), context.Input(0)->Elements());
  return {};
}

// --- SignalPCAN

Status PcanInit(KernelContext& context) {
  context.Persistent(kPcanParams);
  TINYML_RETURN_IF_ERROR(OptionElement(context, 0, "snr_shift"));
  return {};
}

Status PcanPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(TakeTensors(context,
                                     {{"input", TensorType::kUInt32},
                                      {"noise estimate", TensorType::kUInt32},
                                      {"gain table", TensorType::kInt16}},
                                     {{"output", TensorType::kUInt32}}));
  const int64_t channels = context.Input(0)->Elements();
  WarnIfShort(context, *context.Input(0), context.Output(0)->Elements());
  WarnIfShort(context, *context.Input(1), channels);
  WarnIfShort(context, *context.Output(0), channels);
  return {};
}

// --- SignalWindow

Status WindowInit(KernelContext& context) {
  context.Persistent(kWindowParams);
  TINYML_RETURN_IF_ERROR(OptionElement(context, 0, "shift"));
  return {};
}

Status WindowPrepare(KernelContext& context) {
  const RuntimeTensor* input = context.Input(0);
  const int rank = input != nullptr ? input->Rank() : 1;
  TINYML_RETURN_IF_ERROR(TakeTensors(
      context,
      {{"input", TensorType::kInt16, rank}, {"weights", TensorType::kInt16}},
      {{"output", TensorType::kInt16, rank}}));
  TINYML_ENSURE(context, rank >= 1,
                "input " + input->Describe() + " is a scalar");
  TINYML_RETURN_IF_ERROR(CheckMaxRank(context, *input, "input", kMaxShapeRank));
  const int32_t weights = context.Input(1)->Dim(0);
  if (weights == 0 && input->Elements() > 0) {
    return AbortsAtInvoke(context,
                          "it has no window weights (the kernel never ends)");
  }
  // The input is a row of windows; a last one that is not whole counts as one.
  const int64_t windows =
      weights > 0 ? (input->Elements() + weights - 1) / weights : 0;
  WarnIfShort(context, *input, windows * weights);
  WarnIfShort(context, *context.Output(0), windows * weights);
  return {};
}

}  // namespace

const Kernel kSignalEnergy = {EnergyInit, EnergyPrepare};
const Kernel kSignalFftAutoScale = {nullptr, FftAutoScalePrepare};
const Kernel kSignalFilterBank = {FilterBankInit, FilterBankPrepare};
const Kernel kSignalFilterBankLog = {FilterBankLogInit, FilterBankLogPrepare};
const Kernel kSignalFilterBankSpectralSubtraction = {SubtractionInit,
                                                     SubtractionPrepare};
const Kernel kSignalFilterBankSquareRoot = {nullptr, SquareRootPrepare};
const Kernel kSignalPcan = {PcanInit, PcanPrepare};
const Kernel kSignalWindow = {WindowInit, WindowPrepare};

}  // namespace tinyml::runtime::reference
