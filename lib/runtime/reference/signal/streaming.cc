// Signal kernels that keep samples between invocations: SignalDelay,
// SignalFramer, SignalOverlapAdd, SignalStacker. Source: tflite-micro
// 90b983c2b3f1, signal/micro/kernels/{delay,framer,overlap_add,stacker}.cc,
// signal/src/{circular_buffer,overlap_add}.cc.
#include <string>

#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/custom_options.h"
#include "runtime/reference/signal/signal.h"

namespace tinyml::runtime::reference {
namespace {

constexpr Field kCircularBufferFields[] = {SizeT(3), Int32(2), Pointer()};
constexpr StructDef kCircularBuffer = {"CircularBuffer", kCircularBufferFields};

constexpr Field kDelayParamsFields[] = {Int32(3), Pointer(2)};
constexpr StructDef kDelayParams = {"TFLMSignalFrontendDelayParams",
                                    kDelayParamsFields};

constexpr Field kFramerParamsFields[] = {Int32(4), Bool(), Pointer(2)};
constexpr StructDef kFramerParams = {"TFLMSignalFramerParams",
                                     kFramerParamsFields};

constexpr Field kOverlapAddParamsFields[] = {Int32(4), Enum(), Pointer()};
constexpr StructDef kOverlapAddParams = {"TFLMSignalOverlapAddParams",
                                         kOverlapAddParamsFields};

constexpr Field kStackerParamsFields[] = {Int32(4), SizeT(2), Bool(),
                                          Pointer(2)};
constexpr StructDef kStackerParams = {"TFLMSignalStackerParams",
                                      kStackerParamsFields};

constexpr std::string_view kState = "circular buffer state";

// CircularBufferGetNeededMemory: every sample is there twice.
Status AllocateCircularBuffer(KernelContext& context, int64_t capacity) {
  TINYML_ASSIGN_OR_RETURN(const int64_t samples,
                          ArrayBytes(context, kState, capacity, 2 * 2));
  return PersistentArray(
      context, kState, LayoutOf(kCircularBuffer, context.abi()).size + samples,
      1);
}

// Each row has buffers of its own. No arena holds as many as are refused here,
// so that hostile shapes cost no time.
Status CheckRows(const KernelContext& context, int64_t rows) {
  constexpr int64_t kMaxRows = int64_t{1} << 20;
  TINYML_ENSURE(context, rows <= kMaxRows,
                "it would need " + std::to_string(rows) + " state buffers");
  return {};
}

// The arrays of pointers to each row's state and circular buffer.
Status AllocatePointers(KernelContext& context, int64_t rows) {
  TINYML_RETURN_IF_ERROR(CheckRows(context, rows));
  const int64_t pointer = context.abi().pointer_bytes;
  TINYML_RETURN_IF_ERROR(
      PersistentArray(context, "state pointers", rows, pointer));
  return PersistentArray(context, "circular buffer pointers", rows, pointer);
}

// Returns the size of the last dimension, which the runtime divides by.
Result<int32_t> InnermostDim(const KernelContext& context,
                             const RuntimeTensor& input) {
  TINYML_RETURN_IF_ERROR(CheckMaxRank(context, input, "input", kMaxShapeRank));
  TINYML_ENSURE(
      context, input.Rank() > 0 && input.Dim(input.Rank() - 1) > 0,
      "input " + input.Describe() + " has no samples in its last dimension");
  return input.Dim(input.Rank() - 1);
}

// --- SignalDelay

Status DelayInit(KernelContext& context) {
  context.Persistent(kDelayParams);
  TINYML_RETURN_IF_ERROR(OptionElement(context, 0, "delay_length"));
  return {};
}

Status DelayPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
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

// --- SignalFramer

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
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 2));
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  const RuntimeTensor* valid = context.TempOutput(1);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, valid, "output 1"));
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
                    " is no multiple of frame_step " + std::to_string(step));
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

// --- SignalOverlapAdd

struct OverlapAddOptions {
  TensorType type = TensorType::kFloat32;
  int32_t frame_step = 0;
};

// OverlapAddInitAll: a type that is not in the options reads as 0, float.
Result<OverlapAddOptions> ReadOverlapAddOptions(const KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const FlexScalar type, OptionValue(context, "T"));
  OverlapAddOptions options;
  options.type = static_cast<TensorType>(type.AsInt32());
  TINYML_ENSURE(context,
                options.type == TensorType::kInt16 ||
                    options.type == TensorType::kFloat32,
                "its option T must be int16 (7) or float32 (0)");
  TINYML_ASSIGN_OR_RETURN(options.frame_step,
                          OptionElement(context, 1, "frame_step"));
  return options;
}

Status OverlapAddInit(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(ReadOverlapAddOptions(context));
  context.Persistent(kOverlapAddParams);
  return {};
}

Status OverlapAddPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const OverlapAddOptions options,
                          ReadOverlapAddOptions(context));
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  TINYML_RETURN_IF_ERROR(
      CheckRank(context, *output, "output", input->Rank() - 1));
  TINYML_RETURN_IF_ERROR(CheckType(context, *input, "input", {options.type}));
  TINYML_RETURN_IF_ERROR(CheckType(context, *output, "output", {options.type}));
  TINYML_ENSURE(context, input->Rank() >= 2,
                "input " + input->Describe() + " needs rank 2 or more");
  TINYML_ASSIGN_OR_RETURN(const int32_t frame, InnermostDim(context, *input));
  const int32_t frames = input->Dim(input->Rank() - 2);
  TINYML_ENSURE(context, frames > 0,
                "input " + input->Describe() + " has no frames");

  const int64_t rows = input->Elements() / (int64_t{frame} * frames);
  TINYML_RETURN_IF_ERROR(CheckRows(context, rows));
  const int bytes = options.type == TensorType::kInt16 ? 2 : 4;
  TINYML_RETURN_IF_ERROR(PersistentArray(context, "state pointers", rows,
                                         context.abi().pointer_bytes));
  for (int64_t i = 0; i < rows; ++i) {
    TINYML_RETURN_IF_ERROR(
        PersistentArray(context, "overlap state", frame, bytes));
  }
  if (rows > 0 && (options.frame_step < 0 || options.frame_step > frame)) {
    return AbortsAtInvoke(context, "its frame_step " +
                                       std::to_string(options.frame_step) +
                                       " is not within the frame of " +
                                       std::to_string(frame) + " samples");
  }
  WarnIfShort(context, *output, rows * frames * options.frame_step);
  return {};
}

// --- SignalStacker

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
  // CircularBufferInit clears what the product says.
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
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 2));
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  const RuntimeTensor* valid = context.TempOutput(1);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, valid, "output 1"));
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

const Kernel kSignalDelay = {DelayInit, DelayPrepare};
const Kernel kSignalFramer = {FramerInit, FramerPrepare};
const Kernel kSignalOverlapAdd = {OverlapAddInit, OverlapAddPrepare};
const Kernel kSignalStacker = {StackerInit, StackerPrepare};

}  // namespace tinyml::runtime::reference
