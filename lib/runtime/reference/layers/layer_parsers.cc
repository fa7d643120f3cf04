#include "runtime/reference/layers/layer_parsers.h"

#include "base/macros.h"

namespace tinyml::runtime::reference {
namespace {

// ConvertTensorType knows every type of the format.
Status CheckBiasType(const KernelContext& context, TensorType type) {
  const bool known =
      type >= TensorType::kFloat32 && type <= TensorType::kFloat8E5M2;
  TINYML_ENSURE(context, known,
                "its options name a bias type that the format does not have");
  return {};
}

}  // namespace

Status ParseConv2D(KernelContext& context) {
  return CheckBiasType(context,
                       context.Options<Conv2DOptions>().quantized_bias_type);
}

Status ParseFullyConnected(KernelContext& context) {
  const auto& options = context.Options<FullyConnectedOptions>();
  TINYML_RETURN_IF_ERROR(CheckBiasType(context, options.quantized_bias_type));
  const bool known =
      options.weights_format == FullyConnectedOptionsWeightsFormat::kDefault ||
      options.weights_format ==
          FullyConnectedOptionsWeightsFormat::kShuffled4x16int8;
  TINYML_ENSURE(context, known,
                "its options name a weights format that the format does not "
                "have");
  return {};
}

Status ParseTransposeConv(KernelContext& context) {
  return CheckBiasType(
      context, context.Options<TransposeConvOptions>().quantized_bias_type);
}

}  // namespace tinyml::runtime::reference
