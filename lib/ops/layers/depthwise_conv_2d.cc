// DEPTHWISE_CONV_2D. Sources: tflite-micro 90b983c2b3f1,
// micro/kernels/depthwise_conv.cc and depthwise_conv_common.cc,
// micro/kernels/cmsis_nn/depthwise_conv.cc; CMSIS-NN 4ab83cc3cc98,
// Source/ConvolutionFunctions/.
#include <algorithm>
#include <string>
#include <utility>

#include "base/macros.h"
#include "ops/kernel.h"
#include "ops/layers/conv_2d_kernels.h"
#include "ops/layers/depthwise_conv_2d_int4.h"

namespace tinyml::ops {
namespace {

// Channels that arm_depthwise_conv_s8_opt and arm_depthwise_conv_s4_opt handle
// together: Include/arm_nnsupportfunctions.h, CH_IN_BLOCK_MVE and
// S4_CH_IN_BLOCK_MVE.
constexpr int32_t kHeliumChannels = 124;

Result<ConvGeometry> Geometry(OpContext& op, const LayerOperands& operands) {
  TINYML_ASSIGN_OR_RETURN(
      ConvGeometry geometry,
      WindowGeometry<DepthwiseConv2DOptions>(op, operands, /*channel_axis=*/3));
  const TensorView& input = *operands.input;
  const TensorView& output = *operands.output;
  const auto& options = op.Options<DepthwiseConv2DOptions>();
  geometry.multiplier = options.depth_multiplier;
  const int64_t expected =
      int64_t{geometry.input_channels} * geometry.multiplier;
  if (geometry.output_channels != expected) {
    // CMSIS-NN accepts some of what the reference kernels abort on; with
    // Helium, it convolves one input channel with every output channel.
    TINYML_REQUIRE(op,
                   op.results() == KernelResults::kCmsisNn &&
                       operands.input->type != TensorType::kFloat32 &&
                       geometry.input_channels == 1,
                   "output " + output.Describe() + " does not have " +
                       std::to_string(options.depth_multiplier) +
                       " times the channels of input " + input.Describe());
    op.Warn(
        "the depth multiplier of its options does not match its output; "
        "CMSIS-NN "
        "ignores it with Helium, as here, and has undefined results without");
    geometry.multiplier = geometry.output_channels;
  }
  // For outputs without channels, the multiplier is 0.
  geometry.multiplier = std::max(geometry.multiplier, 1);
  return geometry;
}

}  // namespace

Result<Invocation> PrepareDepthwiseConv2D(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const LayerOperands operands,
                          TakeOperands(op, 0, 1, 2));
  if (operands.output->Elements() == 0) return DoNothing();
  TINYML_ASSIGN_OR_RETURN(const ConvGeometry geometry, Geometry(op, operands));
  const auto& options = op.Options<DepthwiseConv2DOptions>();
  if (operands.input->type == TensorType::kFloat32) {
    return MakeFloatLayer(op, ConvKind::kDepthwise, operands, geometry,
                          options.fused_activation_function);
  }
  const bool cmsis_nn = op.results() == KernelResults::kCmsisNn;
  TINYML_ASSIGN_OR_RETURN(
      Requantization quantization,
      ChannelRequantization(op, operands, geometry.output_channels,
                            options.fused_activation_function));
  const bool one_image = geometry.multiplier == 1 && geometry.batches == 1 &&
                         geometry.dilation.Elements() == 1;
  if (cmsis_nn && operands.bias == nullptr && one_image &&
      operands.input->type == TensorType::kInt8 &&
      geometry.output_channels > kHeliumChannels) {
    op.Warn(
        "with Helium CMSIS-NN looks for a bias of its channels from " +
        std::to_string(kHeliumChannels) +
        " on, though it has none, and the results are undefined; those shown "
        "are without a bias");
  }
  if (cmsis_nn && operands.filter->type == TensorType::kInt4 &&
      IsDepthwiseInt4Misread(geometry)) {
    return MakeDepthwiseInt4Misread(op, operands, geometry,
                                    std::move(quantization));
  }
  return MakeLayer(op, ConvKind::kDepthwise, operands, geometry,
                   std::move(quantization), /*int64_sums=*/true);
}

}  // namespace tinyml::ops
