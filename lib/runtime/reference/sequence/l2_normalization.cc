// L2_NORMALIZATION. Source: tflite-micro 90b983c2b3f1, micro/kernels/l2norm.cc.
#include "base/macros.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/layers/layer_checks.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
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

Status Prepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const auto operands,
                          TakeOperands(context, {"input"}, {"output"}));
  const auto [input, output] = operands;
  TINYML_ENSURE(context, input->Rank() <= 4,
                "input " + input->Describe() + " has a rank above 4");
  const bool takes_uint8 =
      output->type == TensorType::kUInt8 && !context.Has(Change::kWithoutUInt8);
  const bool prepares_int16 = context.Has(Change::kAmbiqInt16Kernels) &&
                              output->type == TensorType::kInt16;
  TINYML_ENSURE(
      context,
      input->type == output->type &&
          (output->type == TensorType::kFloat32 ||
           output->type == TensorType::kInt8 || takes_uint8 || prepares_int16),
      "input " + input->Describe() + " and output " + output->Describe() +
          " should both be float32 or int8");
  const auto& options = context.Options<L2NormOptions>();
  TINYML_ENSURE(context, !HasActivation(options.fused_activation_function),
                "a fused activation is not supported");
  if (prepares_int16) {
    FailsAtInvoke(context, "the kernel prepares int16 but has no code for it");
    return {};
  }
  // lite/kernels/internal/reference/l2normalization.h
  return AssertLeadingShape(context, *input, *output);
}

}  // namespace

const OperatorKernel reference::kL2Normalization = {
    .builtin_data = &kTfLiteL2NormParams,
    .init = InitWith<kL2NormalizationParams>,
    .prepare = Prepare};

}  // namespace tinyml::runtime
