// CONV_2D. Sources: tflite-micro 90b983c2b3f1, micro/kernels/conv.cc and
// conv_common.cc, micro/kernels/cmsis_nn/conv.cc; CMSIS-NN 4ab83cc3cc98,
// Source/ConvolutionFunctions/.
#include "base/macros.h"
#include "ops/kernel.h"
#include "ops/layers/conv_2d_kernels.h"

namespace tinyml::ops {
namespace {

// Columns that CMSIS-NN sums in 32 bits before it continues in 64:
// Include/arm_nnsupportfunctions.h, MAX_COL_COUNT.
constexpr int64_t kMaxColumns = 512;

Result<ConvGeometry> Geometry(OpContext& op, const LayerOperands& operands) {
  TINYML_ASSIGN_OR_RETURN(
      ConvGeometry geometry,
      WindowGeometry<Conv2DOptions>(op, operands, /*channel_axis=*/0));
  const TensorView& input = *operands.input;
  const TensorView& filter = *operands.filter;
  const TensorView& output = *operands.output;
  const int32_t depth = filter.Dim(3);
  TINYML_REQUIRE(
      op, depth > 0 && input.Dim(3) >= depth && input.Dim(3) % depth == 0,
      "filter " + filter.Describe() + " does not divide input " +
          input.Describe() + " into groups");
  geometry.groups = input.Dim(3) / depth;
  TINYML_REQUIRE(op,
                 geometry.output_channels % geometry.groups == 0 &&
                     (geometry.GroupOutputs() > 0 || output.Elements() == 0),
                 "output " + output.Describe() + " does not divide into " +
                     std::to_string(geometry.groups) + " groups");
  return geometry;
}

// ConvEval in both libraries.
Status CheckBias(const OpContext& op, const LayerOperands& operands) {
  const TensorView* bias = operands.bias;
  TINYML_REQUIRE(op,
                 operands.input->type != TensorType::kInt16 ||
                     bias == nullptr || bias->type == TensorType::kInt32 ||
                     bias->type == TensorType::kInt64,
                 "it has no code for bias " + bias->Describe());
  return {};
}

// Where CMSIS-NN's functions read outside their operands, what they find is
// unknown; the results are then those of the reference kernels.
void WarnOfCmsisNn(OpContext& op, const LayerOperands& operands,
                   const ConvGeometry& g) {
  const bool is_int16 = operands.input->type == TensorType::kInt16;
  const bool is_int4 = operands.filter->type == TensorType::kInt4;
  if (g.groups > 1 && (is_int16 || is_int4)) {
    op.Warn(
        "CMSIS-NN ignores the groups of an int16 or int4 convolution and reads "
        "past the end of the filter; the results shown are those of the "
        "reference kernels");
    return;
  }
  const bool one_by_one = g.filter.Elements() == 1 && g.groups == 1 &&
                          g.dilation.Elements() == 1 && g.padding.height == 0 &&
                          g.padding.width == 0;
  // arm_convolve_1x1_s8 and the like assume the output's size.
  const auto beyond = [](int32_t output, int32_t stride, int32_t input) {
    return (int64_t{output} - 1) * stride >= input;
  };
  const bool fits =
      g.stride.height == 1 && g.stride.width == 1
          ? g.output.height == g.input.height && g.output.width == g.input.width
          : !beyond(g.output.height, g.stride.height, g.input.height) &&
                !beyond(g.output.width, g.stride.width, g.input.width);
  if (!is_int16 && one_by_one && !fits) {
    op.Warn(
        "CMSIS-NN assumes that the output of a 1x1 convolution has as many "
        "pixels as its input implies; here it reads or writes past their end, "
        "and the results shown are those of the reference kernels");
  }
  // arm_nn_mat_mult_kernel_s16 adds the remaining columns twice.
  const int64_t columns = g.filter.Elements() * g.input_channels;
  const bool int64_bias =
      operands.bias != nullptr && operands.bias->type == TensorType::kInt64;
  if (is_int16 && int64_bias && columns > kMaxColumns && columns % 4 != 0 &&
      g.output_channels % 2 != 0) {
    op.Warn(
        "on cores with the DSP extension CMSIS-NN sums up to three columns of "
        "the last output channel twice; the results shown are without that");
  }
}

}  // namespace

Result<Invocation> PrepareConv2D(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const LayerOperands operands,
                          TakeOperands(op, 0, 1, 2));
  TINYML_RETURN_IF_ERROR(CheckBias(op, operands));
  if (operands.output->Elements() == 0) return DoNothing();
  TINYML_ASSIGN_OR_RETURN(const ConvGeometry geometry, Geometry(op, operands));
  const auto& options = op.Options<Conv2DOptions>();
  if (operands.input->type == TensorType::kFloat32) {
    return MakeFloatLayer(op, ConvKind::kFull, operands, geometry,
                          options.fused_activation_function);
  }
  const bool cmsis_nn = op.results() == KernelResults::kCmsisNn;
  if (cmsis_nn) WarnOfCmsisNn(op, operands, geometry);

  TINYML_ASSIGN_OR_RETURN(
      Requantization quantization,
      ChannelRequantization(op, operands, geometry.output_channels,
                            options.fused_activation_function));
  // CMSIS-NN takes the type of the sums from the options only where there are
  // kernels for int16 alone; those for all types ignore it.
  const bool int32_sums =
      operands.bias != nullptr
          ? operands.bias->type == TensorType::kInt32
          : cmsis_nn || options.quantized_bias_type == TensorType::kInt32;
  return MakeLayer(op, ConvKind::kFull, operands, geometry,
                   std::move(quantization), !int32_sums);
}

}  // namespace tinyml::ops
