// SignalOverlapAdd. Source: tflite-micro 90b983c2b3f1,
// signal/micro/kernels/overlap_add.cc, signal/src/overlap_add.cc.
#include <string>

#include "base/macros.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/custom_options.h"
#include "runtime/reference/signal/operands.h"

namespace tinyml::runtime {
namespace {

constexpr Field kOverlapAddParamsFields[] = {Int32(4), Enum(), Pointer()};
constexpr StructDef kOverlapAddParams = {"TFLMSignalOverlapAddParams",
                                         kOverlapAddParamsFields};

struct OverlapAddOptions {
  TensorType type = TensorType::kFloat32;
  int32_t frame_step = 0;
};

// InitAll: a type that is not in the options reads as 0, float.
Result<OverlapAddOptions> ReadOptions(const KernelContext& context) {
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

Status Init(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(ReadOptions(context));
  context.Persistent(kOverlapAddParams);
  return {};
}

Status Prepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const OverlapAddOptions options,
                          ReadOptions(context));
  TINYML_ASSIGN_OR_RETURN(const auto operands,
                          TakeOperands(context, {"input"}, {"output"}));
  const auto [input, output] = operands;
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

}  // namespace

const OperatorKernel reference::kSignalOverlapAdd = {.init = Init,
                                                     .prepare = Prepare};

}  // namespace tinyml::runtime
