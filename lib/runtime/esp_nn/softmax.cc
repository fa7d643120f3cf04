// SOFTMAX on ESP-NN. Source: esp-tflite-micro 99f49e1498b0,
// micro/kernels/esp_nn/softmax.cc, Init and Prepare.
#include "runtime/reference/sequence/softmax.h"

#include "base/macros.h"
#include "runtime/esp_nn/scratch_sizes.h"
#include "runtime/kernels/kernel.h"

namespace tinyml::runtime::esp_nn {
namespace {

constexpr Field kNodeDataFields[] = {Struct(kSoftmaxParams), Int32()};
constexpr StructDef kNodeData = {"NodeData (SOFTMAX)", kNodeDataFields};

Status Prepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(reference::kSoftmax.prepare(context));
  const RuntimeTensor& input = *context.Input(0);
  const RuntimeTensor& output = *context.Output(0);
  if (input.type != TensorType::kInt8 || output.type != TensorType::kInt8) {
    return {};
  }
  // The kernel takes dimension 1 for the width, whatever the rank; for a vector
  // that is the word after its shape in the file.
  const KernelConfig& kernels = context.target().kernels;
  const int32_t width =
      input.Rank() > 1 ? input.Dim(1) : input.source->word_after_shape.value;
  const int32_t bytes = SoftmaxScratchBytes(width, kernels);
  if (bytes > 0) TINYML_RETURN_IF_ERROR(context.Scratch(bytes));
  return {};
}

}  // namespace

const Kernel kSoftmax = {.init = InitWith<kNodeData>, .prepare = Prepare};

}  // namespace tinyml::runtime::esp_nn
