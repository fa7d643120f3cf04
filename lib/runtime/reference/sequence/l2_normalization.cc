// Source: tflite-micro 90b983c2b3f1, micro/kernels/l2norm.cc.
#include "base/macros.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/layers/layer_checks.h"
#include "runtime/reference/layers/layers.h"

namespace tinyml::runtime::reference {
namespace {

// lite/kernels/internal/types.h, L2NormalizationParams.
inline constexpr Field kL2NormalizationParamsFields[] = {Int32()};
inline constexpr StructDef kL2NormalizationParams = {
    "L2NormalizationParams", kL2NormalizationParamsFields};

// The activations that the parser knows; it takes any other for none.
bool HasActivation(ActivationFunctionType activation) {
  return activation > ActivationFunctionType::kNone &&
         activation <= ActivationFunctionType::kSignBit;
}

}  // namespace

Status L2NormalizationInit(KernelContext& context) {
  context.Persistent(kL2NormalizationParams);
  return {};
}

Status L2NormalizationPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  TINYML_ENSURE(context, input->Rank() <= 4,
                "input " + input->Describe() + " has a rank above 4");
  TINYML_ENSURE(
      context,
      input->type == output->type && (output->type == TensorType::kFloat32 ||
                                      output->type == TensorType::kInt8),
      "input " + input->Describe() + " and output " + output->Describe() +
          " should both be float32 or int8");
  const auto& options = context.Options<L2NormOptions>();
  TINYML_ENSURE(context, !HasActivation(options.fused_activation_function),
                "a fused activation is not supported");
  // lite/kernels/internal/reference/l2normalization.h
  return AssertLeadingShape(context, *input, *output);
}

}  // namespace tinyml::runtime::reference
