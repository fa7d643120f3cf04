// SOFTMAX on ESP-NN. Source: esp-tflite-micro 99f49e1498b0,
// micro/kernels/esp_nn/softmax.cc, Init and Prepare.
#include "runtime/reference/softmax.h"

#include "base/macros.h"
#include "runtime/esp_nn/kernels.h"
#include "runtime/esp_nn/scratch_sizes.h"

namespace tinyml::runtime::esp_nn {
namespace {

constexpr Field kNodeDataFields[] = {Struct(kSoftmaxParams), Int32()};
constexpr StructDef kNodeData = {"NodeData (SOFTMAX)", kNodeDataFields};

Status Init(KernelContext& context) {
  context.Persistent(kNodeData);
  return {};
}

Status Prepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(SoftmaxPrepare(context));
  const RuntimeTensor& input = *context.Input(0);
  const RuntimeTensor& output = *context.Output(0);
  if (input.type != TensorType::kInt8 || output.type != TensorType::kInt8) {
    return {};
  }
  // The kernel takes dimension 1 for the width, whatever the rank. A shape of
  // rank 1 lies in the model, and what follows it there is taken.
  const int32_t width =
      input.Rank() == 1 ? input.source->in_file.word_after_shape : input.Dim(1);
  const int32_t bytes = SoftmaxScratchBytes(width, context.target().kernels);
  if (bytes > 0) TINYML_RETURN_IF_ERROR(context.Scratch(bytes));
  const int32_t depth = input.Dim(input.Rank() - 1);
  if (bytes < SoftmaxScratchBytes(depth, context.target().kernels)) {
    context.Warn(
        "the ESP-NN kernel sizes its scratch buffer by dimension 1 and uses as "
        "many elements as the last one has (" +
        std::to_string(depth) + "): Invoke writes past it");
  }
  return {};
}

}  // namespace

const Kernel kSoftmax = {Init, Prepare};

}  // namespace tinyml::runtime::esp_nn
