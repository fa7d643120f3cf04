// SignalPCAN. Source: tflite-micro 90b983c2b3f1, signal/micro/kernels/pcan.cc.
#include "base/macros.h"
#include "runtime/kernels/kernel.h"
#include "runtime/reference/custom_options.h"
#include "runtime/reference/signal/operands.h"

namespace tinyml::runtime {
namespace {

constexpr Field kPcanParamsFields[] = {Int32()};
constexpr StructDef kPcanParams = {"TfLitePcanParams", kPcanParamsFields};

Status Init(KernelContext& context) {
  context.Persistent(kPcanParams);
  TINYML_RETURN_IF_ERROR(OptionElement(context, 0, "snr_shift"));
  return {};
}

Status Prepare(KernelContext& context) {
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

}  // namespace

const OperatorKernel reference::kSignalPcan = {.init = Init,
                                               .prepare = Prepare};

}  // namespace tinyml::runtime
