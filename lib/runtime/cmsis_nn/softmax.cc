// SOFTMAX on CMSIS-NN. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/cmsis_nn/softmax.cc.
#include "runtime/reference/sequence/softmax.h"

#include "base/macros.h"
#include "runtime/kernels/kernel.h"
#include "runtime/reference/layers/layer_checks.h"

namespace tinyml::runtime::cmsis_nn {
namespace {

inline constexpr Field kCmsisNnSoftmaxParamsFields[] = {Struct(kSoftmaxParams),
                                                        Int32(2)};
inline constexpr StructDef kCmsisNnSoftmaxParams = {
    "CMSISNNSoftmaxParams", kCmsisNnSoftmaxParamsFields};
// With Change::kInfineonKernelData: what the binary asks for.
inline constexpr Field kInfineonOpDataFields[] = {Struct(kCmsisNnSoftmaxParams),
                                                  Pointer()};
inline constexpr StructDef kInfineonOpData = {"CMSISNNSoftmaxParams",
                                              kInfineonOpDataFields};

Status Init(KernelContext& context) {
  if (!context.Has(Change::kKernelsOf2022)) {
    return InitWith<kSoftmaxParams>(context);
  }
  return InitWith<kInfineonOpData, Change::kInfineonKernelData,
                  kCmsisNnSoftmaxParams>(context);
}

Status Prepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckSoftmax(context));
  if (!context.Has(Change::kKernelsOf2022)) return {};
  const RuntimeTensor& input = *context.Input(0);
  const RuntimeTensor& output = *context.Output(0);
  TINYML_ENSURE(context, HasLeadingShape(input, output),
                "input " + input.Describe() + " and output " +
                    output.Describe() +
                    " should have the same shape, of 6 dimensions at most; "
                    "the runtime aborts");
  return {};
}

}  // namespace

const Kernel kSoftmax = {.init = Init, .prepare = Prepare};

}  // namespace tinyml::runtime::cmsis_nn
