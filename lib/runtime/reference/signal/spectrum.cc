// SignalEnergy, SignalFftAutoScale and SignalWindow. Source: tflite-micro
// 90b983c2b3f1, signal/micro/kernels/{energy,fft_auto_scale_common,window}.cc.
#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/custom_options.h"
#include "runtime/reference/signal/operands.h"

namespace tinyml::runtime {
namespace {

constexpr Field kEnergyParamsFields[] = {Int32(2)};
constexpr StructDef kEnergyParams = {"TFLMSignalEnergyParams",
                                     kEnergyParamsFields};
constexpr Field kWindowParamsFields[] = {Int32(2)};
constexpr StructDef kWindowParams = {"TFLMSignalWindowParams",
                                     kWindowParamsFields};

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
        "its start_index is negative: Invoke writes before the "
        "output");
  }
  if (start < end) {
    WarnIfShort(context, *context.Input(0), 2 * int64_t{end});
    WarnIfShort(context, *context.Output(0), end);
  }
  return {};
}

Status FftAutoScalePrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(TakeTensors(
      context, {{"input", TensorType::kInt16}},
      {{"output", TensorType::kInt16}, {"scale bits", TensorType::kInt32, 0}}));
  WarnIfShort(context, *context.Input(0), context.Output(0)->Elements());
  return {};
}

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
  // The input is a row of windows; a partial last one counts.
  const int64_t windows =
      weights > 0 ? (input->Elements() + weights - 1) / weights : 0;
  WarnIfShort(context, *input, windows * weights);
  WarnIfShort(context, *context.Output(0), windows * weights);
  return {};
}

}  // namespace

const OperatorKernel reference::kSignalEnergy = {.init = EnergyInit,
                                                 .prepare = EnergyPrepare};
const OperatorKernel reference::kSignalFftAutoScale = {.prepare =
                                                           FftAutoScalePrepare};
const OperatorKernel reference::kSignalWindow = {.init = WindowInit,
                                                 .prepare = WindowPrepare};

}  // namespace tinyml::runtime
