// SVDF on CMSIS-NN. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/cmsis_nn/svdf.cc.
#include "runtime/reference/sequence/svdf.h"

#include "base/macros.h"
#include "runtime/cmsis_nn/buffer_sizes.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime::cmsis_nn {
namespace {

// Optimised for speed.
inline constexpr Field kFastOpDataFields[] = {Int32(2), Int32(2), Int32(2),
                                              Int32(3), Pointer()};
inline constexpr StructDef kFastOpData = {"CmsisNnOpDataSvdf",
                                          kFastOpDataFields};
// Optimised for size: the index of one more scratch buffer.
inline constexpr Field kSmallOpDataFields[] = {Int32(2), Int32(2), Int32(3),
                                               Int32(3), Pointer()};
inline constexpr StructDef kSmallOpData = {"CmsisNnOpDataSvdf",
                                           kSmallOpDataFields};

// With Change::kInfineonKernelData: what the binary asks for.
inline constexpr Field kInfineonOpDataFields[] = {Struct(kFastOpData),
                                                  Pointer(2)};
inline constexpr StructDef kInfineonOpData = {"CmsisNnOpDataSvdf",
                                              kInfineonOpDataFields};

// Without Change::kKernelsOf2022.
inline constexpr Field kOpDataOf2020Fields[] = {Int32(2), Int32(2), Int32(2),
                                                Int32(2)};
inline constexpr StructDef kOpDataOf2020 = {"OpData (SVDF)",
                                            kOpDataOf2020Fields};

bool OptimizedForSize(const KernelContext& context) {
  return context.target().kernels.optimize_for_size &&
         context.Has(Change::kCmsisOptimizeForSize);
}

Status Init(KernelContext& context) {
  if (!context.Has(Change::kKernelsOf2022)) {
    return InitWith<kOpDataOf2020>(context);
  }
  if (!context.Has(Change::kCmsisKernelSums)) {
    return reference::kSvdf.init(context);
  }
  if (OptimizedForSize(context)) return InitWith<kSmallOpData>(context);
  return InitWith<kInfineonOpData, Change::kInfineonKernelData, kFastOpData>(
      context);
}

Status Prepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(reference::kSvdf.prepare(context));
  if (context.Input(kSvdfInput)->type == TensorType::kFloat32 ||
      !context.Has(Change::kCmsisKernelSums)) {
    return {};
  }
  const KernelConfig& config = context.target().kernels;
  const RuntimeTensor& weights = *context.Input(kSvdfWeightsFeature);
  const int64_t bytes = SvdfS8BufferBytes(weights.Dim(0), config);
  if (OptimizedForSize(context)) {
    const bool int8_state =
        context.Input(kSvdfWeightsTime)->type == TensorType::kInt8;
    if (bytes == 0 && int8_state) {
      FailsAtInvoke(context,
                    "optimised for size, the kernel of an int8 state runs "
                    "with Helium only");
    }
    return RequestScratch(context, bytes);
  }
  if (bytes == 0) return {};
  TINYML_RETURN_IF_ERROR(CheckConstant(context, weights, "feature weights"));
  context.Persistent("sums of the weights", bytes);
  return {};
}

}  // namespace

const Kernel kSvdf = {.init = Init, .prepare = Prepare};

}  // namespace tinyml::runtime::cmsis_nn
