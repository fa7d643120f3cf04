// SignalDelay, SignalFramer and SignalStacker, which keep samples between
// invocations. Source: tflite-micro 90b983c2b3f1,
// signal/micro/kernels/{delay,framer,stacker}.cc,
// signal/src/circular_buffer.cc.
#include <string>
#include <string_view>

#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/custom_options.h"
#include "runtime/reference/signal/operands.h"

namespace tinyml::runtime {
namespace {

constexpr Field kCircularBufferFields[] = {SizeT(3), Int32(2), Pointer()};
constexpr StructDef kCircularBuffer = {"CircularBuffer", kCircularBufferFields};
constexpr Field kDelayParamsFields[] = {Int32(3), Pointer(2)};
constexpr StructDef kDelayParams = {"TFLMSignalFrontendDelayParams",
                                    kDelayParamsFields};
constexpr Field kFramerParamsFields[] = {Int32(4), Bool(), Pointer(2)};
constexpr StructDef kFramerParams = {"TFLMSignalFramerParams",
                                     kFramerParamsFields};
constexpr Field kStackerParamsFields[] = {Int32(4), SizeT(2), Bool(),
                                          Pointer(2)};
constexpr StructDef kStackerParams = {"TFLMSignalStackerParams",
                                      kStackerParamsFields};
constexpr std::string_view kState = "circular buffer state";

// CircularBufferGetNeededMemory: every sample is kept twice.
Status AllocateCircularBuffer(KernelContext& context, int64_t capacity) {
  TINYML_ASSIGN_OR_RETURN(const int64_t samples,
                          ArrayBytes(context, kState, capacity, 2 * 2));
  return PersistentArray(
      context, kState, LayoutOf(kCircularBuffer, context.abi()).size + samples,
      1);
}

// The arrays of pointers to each row's state and circular buffer.
Status AllocatePointers(KernelContext& context, int64_t rows) {
  TINYML_RETURN_IF_ERROR(CheckRows(context, rows));
  const int64_t pointer = context.abi().pointer_bytes;
  TINYML_RETURN_IF_ERROR(
      PersistentArray(context, "state pointers", rows, pointer));
  return PersistentArray(context, "circular buffer pointers", rows, pointer);
}

Status DelayInit(KernelContext& context) {
  context.Persistent(kDelayParams);
  TINYML_RETURN_IF_ERROR(OptionElement(context, 0, "delay_length"));
  return {};
}

Status DelayPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const auto operands,
                          TakeOperands(context, {"input"}, {"output"}));
  const auto [input, output] = operands;
  TINYML_RETURN_IF_ERROR(
      CheckType(context, *input, "input", {TensorType::kInt16}));
  TINYML_RETURN_IF_ERROR(
      CheckType(context, *output, "output", {TensorType::kInt16}));

  TINYML_ASSIGN_OR_RETURN(const int32_t delay,
                          OptionElement(context, 0, "delay_length"));
  TINYML_ENSURE(context, delay >= 0, "its delay_length is negative");
  TINYML_ASSIGN_OR_RETURN(const int32_t frame, InnermostDim(context, *input));
  const int64_t rows = input->Elements() / frame;
  TINYML_RETURN_IF_ERROR(AllocatePointers(context, rows));
  for (int64_t i = 0; i < rows; ++i) {
    TINYML_RETURN_IF_ERROR(
        AllocateCircularBuffer(context, int64_t{frame} + delay));
  }
  WarnIfShort(context, *output, input->Elements());
  return {};
}

struct FramerOptions {
  int32_t frame_size = 0;
  int32_t frame_step = 0;
  bool prefill = false;
};

Result<FramerOptions> ReadFramerOptions(const KernelContext& context) {
  FramerOptions options;
  TINYML_ASSIGN_OR_RETURN(options.frame_size,
                          OptionElement(context, 0, "frame_size"));
  TINYML_ASSIGN_OR_RETURN(options.frame_step,
                          OptionElement(context, 1, "frame_step"));
  TINYML_ASSIGN_OR_RETURN(const int32_t prefill,
                          OptionElement(context, 2, "prefill"));
  options.prefill = prefill != 0;
  return options;
}

Status FramerInit(KernelContext& context) {
  context.Persistent(kFramerParams);
  TINYML_RETURN_IF_ERROR(ReadFramerOptions(context));
  return {};
}

Status FramerPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(
      const auto operands,
      TakeOperands(context, {"input"}, {"output", "output 1"}));
  const auto [input, output, valid] = operands;
  TINYML_RETURN_IF_ERROR(
      CheckRank(context, *output, "output", input->Rank() + 1));
  TINYML_RETURN_IF_ERROR(CheckRank(context, *valid, "output 1", 0));
  TINYML_RETURN_IF_ERROR(
      CheckType(context, *input, "input", {TensorType::kInt16}));
  TINYML_RETURN_IF_ERROR(
      CheckType(context, *output, "output", {TensorType::kInt16}));
  TINYML_RETURN_IF_ERROR(
      CheckType(context, *valid, "output 1", {TensorType::kBool}));

  TINYML_ASSIGN_OR_RETURN(const FramerOptions options,
                          ReadFramerOptions(context));
  const int32_t step = options.frame_step;
  TINYML_ASSIGN_OR_RETURN(const int32_t inner, InnermostDim(context, *input));
  TINYML_ENSURE(context, step != 0, "its frame_step is 0");
  TINYML_ENSURE(context, inner >= step,
                "input " + input->Describe() + " is shorter than frame_step " +
                    std::to_string(step));
  TINYML_ENSURE(context, inner % step == 0,
                "the last dimension of input " + input->Describe() +
                    " is not a multiple of frame_step " + std::to_string(step));
  const int64_t rows = input->Elements() / inner;
  const int64_t capacity =
      (int64_t{options.frame_size} + step - 1) / step * step;
  TINYML_RETURN_IF_ERROR(AllocatePointers(context, rows));
  for (int64_t i = 0; i < rows; ++i) {
    TINYML_RETURN_IF_ERROR(AllocateCircularBuffer(context, capacity));
  }
  if (options.prefill && rows > 0) {
    const int64_t zeros = int64_t{options.frame_size} - step;
    TINYML_ENSURE(context, zeros >= 0 && zeros <= capacity,
                  "it cannot prefill a frame of " +
                      std::to_string(options.frame_size) +
                      " samples with a step of " + std::to_string(step));
  }
  WarnIfShort(context, *output, rows * (inner / step) * options.frame_size);
  return {};
}

struct StackerOptions {
  int64_t buffer_size = 0;
  int64_t step_size = 0;
  int32_t right_context = 0;
};

Result<StackerOptions> ReadStackerOptions(const KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const int64_t channels,
                          OptionElement(context, 0, "num_channels"));
  TINYML_ASSIGN_OR_RETURN(const int64_t left,
                          OptionElement(context, 1, "stacker_left_context"));
  TINYML_ASSIGN_OR_RETURN(const int32_t right,
                          OptionElement(context, 2, "stacker_right_context"));
  TINYML_ASSIGN_OR_RETURN(const int64_t step,
                          OptionElement(context, 3, "stacker_step"));
  // The size that CircularBufferInit clears.
  TINYML_RETURN_IF_ERROR(
      ArrayBytes(context, kState, channels, left + right + 1));
  return StackerOptions{channels * (left + right + 1), channels * step, right};
}

Status StackerInit(KernelContext& context) {
  context.Persistent(kStackerParams);
  TINYML_ASSIGN_OR_RETURN(const StackerOptions options,
                          ReadStackerOptions(context));
  return AllocateCircularBuffer(context, options.buffer_size);
}

Status StackerPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(
      const auto operands,
      TakeOperands(context, {"input"}, {"output", "output 1"}));
  const auto [input, output, valid] = operands;
  TINYML_RETURN_IF_ERROR(CheckRank(context, *input, "input", 1));
  TINYML_RETURN_IF_ERROR(CheckRank(context, *output, "output", 1));
  TINYML_RETURN_IF_ERROR(CheckRank(context, *valid, "output 1", 0));
  TINYML_RETURN_IF_ERROR(
      CheckType(context, *input, "input", {TensorType::kInt16}));
  TINYML_RETURN_IF_ERROR(
      CheckType(context, *output, "output", {TensorType::kInt16}));
  TINYML_RETURN_IF_ERROR(
      CheckType(context, *valid, "output 1", {TensorType::kBool}));

  TINYML_ASSIGN_OR_RETURN(const StackerOptions options,
                          ReadStackerOptions(context));
  // CircularBufferDiscard asserts this once the buffer is full, which takes
  // right_context more invocations.
  if (options.step_size <= 0 || options.step_size > options.buffer_size) {
    constexpr std::string_view kReason =
        "its stacker_step is not within the stacked frames";
    if (options.right_context == 0) return AbortsAtInvoke(context, kReason);
    context.Warn(
        "its stacker_step is not within the stacked frames: the "
        "runtime aborts once it has seen them all");
  }
  WarnIfShort(context, *output, options.buffer_size);
  return {};
}

}  // namespace

const OperatorKernel reference::kSignalDelay = {.init = DelayInit,
                                                .prepare = DelayPrepare};
const OperatorKernel reference::kSignalFramer = {.init = FramerInit,
                                                 .prepare = FramerPrepare};
const OperatorKernel reference::kSignalStacker = {.init = StackerInit,
                                                  .prepare = StackerPrepare};

}  // namespace tinyml::runtime
