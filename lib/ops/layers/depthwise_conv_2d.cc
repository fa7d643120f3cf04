// DEPTHWISE_CONV_2D. Sources: tflite-micro 90b983c2b3f1,
// micro/kernels/depthwise_conv.cc and depthwise_conv_common.cc,
// micro/kernels/cmsis_nn/depthwise_conv.cc; CMSIS-NN 4ab83cc3cc98,
// Source/ConvolutionFunctions/.
#include "base/macros.h"
#include "ops/kernel.h"
#include "ops/layers/conv_2d_kernels.h"
#include "ops/layers/depthwise_conv_2d_int4.h"
#include "ops/window.h"

namespace tinyml::ops {
namespace {

// Channels that arm_depthwise_conv_s8_opt and arm_depthwise_conv_s4_opt handle
// together: Include/arm_nnsupportfunctions.h, CH_IN_BLOCK_MVE and
// S4_CH_IN_BLOCK_MVE.
constexpr int32_t kHeliumChannels = 124;

Result<ConvGeometry> Geometry(OpContext& op, const LayerOperands& operands) {
  const TensorView& input = *operands.input;
  const TensorView& filter = *operands.filter;
  const TensorView& output = *operands.output;
  TINYML_REQUIRE(op,
                 input.Rank() == 4 && filter.Rank() == 4 && output.Rank() == 4,
                 "input, filter and output must have rank 4");
  TINYML_REQUIRE(
      op, input.Dim(0) == output.Dim(0) && filter.Dim(3) == output.Dim(3),
      "input " + input.Describe() + ", filter " + filter.Describe() +
          " and output " + output.Describe() +
          " differ in batch size or channels");
  const auto& options = op.Options<DepthwiseConv2DOptions>();
  ConvGeometry geometry;
  geometry.batches = input.Dim(0);
  geometry.input = {input.Dim(1), input.Dim(2)};
  geometry.filter = {filter.Dim(1), filter.Dim(2)};
  geometry.output = {output.Dim(1), output.Dim(2)};
  geometry.stride = {options.stride_h, options.stride_w};
  // Without an options table the runtime has zeros, not the format's defaults.
  if (op.op().options.As<DepthwiseConv2DOptions>() != nullptr) {
    geometry.dilation = {options.dilation_h_factor, options.dilation_w_factor};
  } else {
    geometry.dilation = {0, 0};
  }
  const WindowAxis height = {input.Dim(1), filter.Dim(1), options.stride_h,
                             geometry.dilation.height};
  const WindowAxis width = {input.Dim(2), filter.Dim(2), options.stride_w,
                            geometry.dilation.width};
  const PaddingValues padding = WindowPadding(options.padding, height, width);
  geometry.padding = {padding.height, padding.width};
  geometry.input_channels = input.Dim(3);
  geometry.output_channels = output.Dim(3);
  geometry.multiplier = options.depth_multiplier;
  const int64_t expected =
      int64_t{geometry.input_channels} * geometry.multiplier;
  if (geometry.output_channels != expected) {
    // CMSIS-NN takes some of what the reference kernels abort on; with Helium,
    // it convolves one input channel with every output channel.
    TINYML_REQUIRE(op,
                   op.results() == KernelResults::kCmsisNn &&
                       operands.input->type != TensorType::kFloat32 &&
                       geometry.input_channels == 1,
                   "output " + output.Describe() + " does not have " +
                       std::to_string(options.depth_multiplier) +
                       " times the channels of input " + input.Describe());
    op.Warn(
        "the depth multiplier of its options does not fit its output; CMSIS-NN "
        "ignores it with Helium, as here, and has undefined results without");
    geometry.multiplier = geometry.output_channels;
  }
  // Of outputs without channels the multiplier is 0.
  geometry.multiplier = std::max(geometry.multiplier, 1);
  return geometry;
}

Status CheckTypes(OpContext& op, const LayerOperands& operands) {
  const TensorType input = operands.input->type;
  const TensorType filter = operands.filter->type;
  const bool fits =
      (input == TensorType::kFloat32 && filter == TensorType::kFloat32) ||
      (input == TensorType::kInt8 &&
       (filter == TensorType::kInt8 || filter == TensorType::kInt4)) ||
      (input == TensorType::kInt16 && filter == TensorType::kInt8);
  TINYML_REQUIRE(op, fits && input == operands.output->type,
                 "it has no code for input " + operands.input->Describe() +
                     ", filter " + operands.filter->Describe() +
                     " and output " + operands.output->Describe());
  return {};
}

}  // namespace

Result<Invocation> PrepareDepthwiseConv2D(OpContext& op) {
  const LayerOperands operands = {op.Input(0), op.Input(1), op.Input(2),
                                  op.Output(0)};
  TINYML_REQUIRE(op,
                 operands.input != nullptr && operands.filter != nullptr &&
                     operands.output != nullptr,
                 "an operand is missing");
  TINYML_RETURN_IF_ERROR(CheckTypes(op, operands));
  if (operands.output->Elements() == 0) return DoNothing();
  TINYML_ASSIGN_OR_RETURN(const ConvGeometry geometry, Geometry(op, operands));
  const auto& options = op.Options<DepthwiseConv2DOptions>();
  if (operands.input->type == TensorType::kFloat32) {
    return MakeFloatLayer(op, ConvKind::kDepthwise, operands, geometry,
                          options.fused_activation_function);
  }
  const bool cmsis_nn = op.results() == KernelResults::kCmsisNn;
  Requantization quantization;
  TINYML_ASSIGN_OR_RETURN(
      quantization.factors,
      ChannelFactors(op, *operands.input, *operands.filter, *operands.output,
                     geometry.output_channels));
  quantization.range = QuantizedActivationRange(
      options.fused_activation_function, *operands.output);
  quantization.narrow_before_rounding = cmsis_nn;
  // The zero points of int16 tensors are ignored.
  if (operands.input->type == TensorType::kInt8) {
    quantization.input_offset = static_cast<int32_t>(
        0U - static_cast<uint32_t>(operands.input->zero_point));
    quantization.output_offset = operands.output->zero_point;
  }
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
