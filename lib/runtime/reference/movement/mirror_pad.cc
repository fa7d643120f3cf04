// MIRROR_PAD. Source: tflite-micro 90b983c2b3f1, micro/kernels/mirror_pad.cc.
#include "base/macros.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime {
namespace {

inline constexpr Field kOpDataMirrorPadFields[] = {Int32(5)};
inline constexpr StructDef kOpDataMirrorPad = {"OpDataMirrorPad",
                                               kOpDataMirrorPadFields};

Status Prepare(KernelContext& context) {
  const RuntimeTensor* input = context.TempInput(0);
  const RuntimeTensor* paddings = context.TempInput(1);
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  TINYML_RETURN_IF_ERROR(CheckPresent(context, paddings, "tensor of paddings"));
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  TINYML_RETURN_IF_ERROR(CheckRank(context, *paddings, "paddings", 2));
  TINYML_ENSURE(context, paddings->Dim(0) == input->Rank(),
                "paddings " + paddings->Describe() +
                    " do not have one row for each dimension of input " +
                    input->Describe());
  // Strides of each dimension in elements, of the output and of the input.
  const int64_t bytes = int64_t{input->Rank()} * 4;
  TINYML_RETURN_IF_ERROR(context.Scratch(bytes));
  TINYML_RETURN_IF_ERROR(context.Scratch(bytes));
  if (output->type == TensorType::kInt16 &&
      context.Has(Change::kAmbiqInt16Kernels)) {
    return {};
  }
  WarnOfType(context, *output, "output",
             {TensorType::kFloat32, TensorType::kInt8});
  return {};
}

}  // namespace

const OperatorKernel reference::kMirrorPad = {
    .builtin_data = &kTfLiteMirrorPaddingParams,
    .init = InitWith<kOpDataMirrorPad>,
    .prepare = Prepare};

}  // namespace tinyml::runtime
