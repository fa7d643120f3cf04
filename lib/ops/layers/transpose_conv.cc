// TRANSPOSE_CONV. Sources: tflite-micro 90b983c2b3f1,
// micro/kernels/transpose_conv.cc, micro/kernels/cmsis_nn/transpose_conv.cc,
// lite/kernels/internal/reference/transpose_conv.h and
// integer_ops/transpose_conv.h.
#include <algorithm>

#include "base/macros.h"
#include "ops/kernel.h"
#include "ops/layers/conv_2d_kernels.h"
#include "ops/layers/transpose_conv_plain.h"
#include "ops/layers/transpose_conv_rows.h"
#include "ops/window.h"

namespace tinyml::ops {
namespace {

// Operands by number; the first one, the output's shape, is never read.
constexpr int kFilter = 1;
constexpr int kInput = 2;
constexpr int kBias = 3;

Result<ConvGeometry> Geometry(OpContext& op, const LayerOperands& operands) {
  const TensorView& input = *operands.input;
  const TensorView& filter = *operands.filter;
  const TensorView& output = *operands.output;
  const bool fits = input.Rank() == 4 && filter.Rank() == 4 &&
                    output.Rank() == 4 && input.Dim(0) == output.Dim(0) &&
                    input.Dim(3) == filter.Dim(3) &&
                    filter.Dim(0) == output.Dim(3);
  TINYML_REQUIRE(op, fits,
                 "input " + input.Describe() + ", filter " + filter.Describe() +
                     " and output " + output.Describe() +
                     " must have rank 4 and match in batch size and channels");
  const auto& options = op.Options<TransposeConvOptions>();
  ConvGeometry geometry;
  geometry.batches = input.Dim(0);
  geometry.input = {input.Dim(1), input.Dim(2)};
  geometry.filter = {filter.Dim(1), filter.Dim(2)};
  geometry.output = {output.Dim(1), output.Dim(2)};
  geometry.stride = {options.stride_h, options.stride_w};
  // The geometry of the convolution whose input this output would be.
  const PaddingValues padding = WindowPadding(
      options.padding, {output.Dim(1), filter.Dim(1), options.stride_h},
      {output.Dim(2), filter.Dim(2), options.stride_w});
  geometry.padding = {padding.height, padding.width};
  geometry.input_channels = input.Dim(3);
  geometry.output_channels = output.Dim(3);
  return geometry;
}

Invocation MakeFloat(OpContext& op, const LayerOperands& operands,
                     const ConvGeometry& geometry,
                     const FloatActivationRange& range) {
  BiasValues<float> bias(op, operands.bias, geometry.output_channels);
  return
      [operands, geometry, range, bias = std::move(bias)]() mutable -> Status {
        TransposeConvPlain(geometry, range, operands.input->As<float>().data(),
                           operands.filter->As<float>().data(), bias.Get(),
                           operands.output->Mutable<float>().data());
        return {};
      };
}

Invocation MakeInt8(OpContext& op, const LayerOperands& operands,
                    const ConvGeometry& geometry, Requantization quantization) {
  BiasValues<int32_t> bias(op, operands.bias, geometry.output_channels);
  std::vector<int32_t> sums(static_cast<size_t>(operands.output->Elements()));
  return [operands, geometry, quantization = std::move(quantization),
          sums = std::move(sums), bias = std::move(bias)]() mutable -> Status {
    TransposeConvPlain(geometry, quantization,
                       operands.input->As<int8_t>().data(),
                       operands.filter->As<int8_t>().data(), bias.Get(), sums,
                       operands.output->Mutable<int8_t>().data());
    return {};
  };
}

// An int16 bias is widened; any other is read as int64.
class Int16BiasValues {
 public:
  explicit Int16BiasValues(const TensorView& bias)
      : bias_(&bias), values_(static_cast<size_t>(bias.Elements())) {}
  const int64_t* Get() {
    const std::span<const int16_t> narrow = bias_->As<int16_t>();
    std::copy_n(narrow.begin(), values_.size(), values_.begin());
    return values_.data();
  }

 private:
  const TensorView* bias_;
  std::vector<int64_t> values_;
};

template <typename Bias>
Invocation MakeInt16(const LayerOperands& operands,
                     const ConvGeometry& geometry, Requantization quantization,
                     Bias bias) {
  std::vector<int64_t> sums(static_cast<size_t>(operands.output->Elements()));
  return [operands, geometry, quantization = std::move(quantization),
          sums = std::move(sums), bias = std::move(bias)]() mutable -> Status {
    TransposeConvPlain(geometry, quantization,
                       operands.input->As<int16_t>().data(),
                       operands.filter->As<int8_t>().data(), bias.Get(), sums,
                       operands.output->Mutable<int16_t>().data());
    return {};
  };
}

}  // namespace

Result<Invocation> PrepareTransposeConv(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(
      const LayerOperands operands,
      TakeOperands(op, kInput, kFilter, kBias, /*int4=*/false));
  if (operands.output->Elements() == 0) return DoNothing();
  TINYML_ASSIGN_OR_RETURN(const ConvGeometry geometry, Geometry(op, operands));
  ActivationFunctionType activation =
      op.Options<TransposeConvOptions>().fused_activation_function;
  if (operands.input->type == TensorType::kFloat32) {
    return MakeFloat(op, operands, geometry, FloatRange(activation));
  }
  const bool cmsis_nn = op.results() == KernelResults::kCmsisNn;
  if (cmsis_nn) activation = ActivationFunctionType::kNone;
  TINYML_ASSIGN_OR_RETURN(
      Requantization quantization,
      ChannelRequantization(op, operands, geometry.output_channels,
                            activation));
  if (operands.input->type == TensorType::kInt16) {
    // With CMSIS-NN, too, the reference kernel runs.
    quantization.narrow_before_rounding = false;
    TINYML_RETURN_IF_ERROR(CheckRequantization(op, quantization, 64));
    if (operands.bias != nullptr && operands.bias->type == TensorType::kInt16) {
      TINYML_REQUIRE(op, operands.bias->Elements() == geometry.output_channels,
                     "bias " + operands.bias->Describe() +
                         " must have one value for each output channel");
      return MakeInt16(operands, geometry, std::move(quantization),
                       Int16BiasValues(*operands.bias));
    }
    return MakeInt16(
        operands, geometry, std::move(quantization),
        BiasValues<int64_t>(op, operands.bias, geometry.output_channels));
  }
  TINYML_RETURN_IF_ERROR(CheckRequantization(op, quantization, 32));
  if (cmsis_nn && IsTransposeConvByRows(geometry)) {
    return MakeTransposeConvByRows(op, operands, geometry,
                                   std::move(quantization));
  }
  return MakeInt8(op, operands, geometry, std::move(quantization));
}

}  // namespace tinyml::ops
