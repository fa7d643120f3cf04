// FULLY_CONNECTED, computed as a 1x1 convolution with one pixel for each row of
// the output. Sources: tflite-micro 90b983c2b3f1,
// micro/kernels/fully_connected.cc and fully_connected_common.cc,
// micro/kernels/cmsis_nn/fully_connected.cc; CMSIS-NN 4ab83cc3cc98,
// Source/FullyConnectedFunctions/.
#include <cmath>
#include <limits>

#include "base/macros.h"
#include "ops/kernel.h"
#include "ops/layers/conv_2d_kernels.h"

namespace tinyml::ops {
namespace {

Result<ConvGeometry> DenseGeometry(OpContext& op,
                                   const LayerOperands& operands) {
  const TensorView& filter = *operands.filter;
  const TensorView& output = *operands.output;
  TINYML_REQUIRE(op, filter.Rank() >= 1 && output.Rank() >= 1,
                 "filter " + filter.Describe() + " or output " +
                     output.Describe() + " has no dimension");
  const int32_t depth = filter.Dim(filter.Rank() - 1);
  const int32_t channels = output.Dim(output.Rank() - 1);
  const int64_t rows =
      Product(output.dims, 0, static_cast<size_t>(output.Rank()) - 1);
  TINYML_REQUIRE(op, rows <= std::numeric_limits<int32_t>::max(),
                 "output " + output.Describe() + " has too many rows");
  if (op.results() == KernelResults::kReference) {
    const bool fits =
        filter.Rank() >= 2 && (operands.input->type == TensorType::kFloat32
                                   ? filter.Dim(filter.Rank() - 2) == channels
                                   : filter.Dim(filter.Rank() - 2) >= channels);
    TINYML_REQUIRE(op, fits,
                   "filter " + filter.Describe() +
                       " does not have a row for "
                       "each channel of output " +
                       output.Describe());
  }
  ConvGeometry geometry;
  geometry.input = {1, static_cast<int32_t>(rows)};
  geometry.output = geometry.input;
  geometry.input_channels = depth;
  geometry.output_channels = channels;
  return geometry;
}

// Per tensor, the runtime multiplies the scales in single precision; per
// channel, in double. Source: CalculateOpDataFullyConnected and
// GetQuantizedConvolutionMultipler.
Result<std::vector<QuantizedMultiplier>> Factors(const OpContext& op,
                                                 const LayerOperands& operands,
                                                 int32_t channels) {
  const TensorView& filter = *operands.filter;
  if (filter.IsAffine() && filter.source->quantization->scale.size() > 1) {
    return ChannelFactors(op, *operands.input, filter, *operands.output,
                          channels);
  }
  const float product = operands.input->scale * filter.scale;
  return std::vector<QuantizedMultiplier>(
      static_cast<size_t>(channels),
      QuantizeMultiplier(static_cast<double>(product) /
                         static_cast<double>(operands.output->scale)));
}

}  // namespace

Result<Invocation> PrepareFullyConnected(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const LayerOperands operands,
                          TakeOperands(op, 0, 1, 2));
  if (operands.output->Elements() == 0) return DoNothing();
  TINYML_ASSIGN_OR_RETURN(const ConvGeometry geometry,
                          DenseGeometry(op, operands));
  const auto& options = op.Options<FullyConnectedOptions>();
  if (operands.input->type == TensorType::kFloat32) {
    return MakeFloatLayer(op, ConvKind::kFull, operands, geometry,
                          options.fused_activation_function);
  }
  TINYML_REQUIRE(
      op, operands.filter->zero_point == 0,
      "the zero point of filter " + operands.filter->Describe() + " must be 0");
  const bool cmsis_nn = op.results() == KernelResults::kCmsisNn;
  const bool is_int16 = operands.input->type == TensorType::kInt16;
  Requantization quantization;
  TINYML_ASSIGN_OR_RETURN(quantization.factors,
                          Factors(op, operands, geometry.output_channels));
  quantization.range = QuantizedActivationRange(
      options.fused_activation_function, *operands.output);
  quantization.narrow_before_rounding = cmsis_nn;
  SetOffsets(operands, quantization);
  // arm_fully_connected_s16 always reads the bias as int64.
  const bool int32_sums =
      is_int16 && !cmsis_nn &&
      (operands.bias != nullptr
           ? operands.bias->type == TensorType::kInt32
           : options.quantized_bias_type == TensorType::kInt32);
  return MakeLayer(op, ConvKind::kFull, operands, geometry,
                   std::move(quantization), is_int16 && !int32_sums);
}

}  // namespace tinyml::ops
