#include "ops/layers/conv_2d_kernels.h"

#include "base/macros.h"
#include "ops/layers/conv_2d_fast.h"
#include "ops/layers/conv_2d_plain.h"
#include "ops/layers/depthwise_conv_2d_fast.h"
#include "ops/window.h"

namespace tinyml::ops {
namespace {

template <typename T, typename W, typename Acc, typename Params>
ConvFunction<T, W, Acc> Plain(ConvKind kind, const ConvGeometry& geometry,
                              const Params& params) {
  if constexpr (!(std::is_same_v<T, int16_t> && std::is_same_v<Acc, int32_t>)) {
    if (kind == ConvKind::kDepthwise) {
      return [geometry, params](const T* input, const W* filter,
                                const Acc* bias, T* output) {
        DepthwiseConvPlain(geometry, params, input, filter, bias, output);
      };
    }
  }
  return [geometry, params](const T* input, const W* filter, const Acc* bias,
                            T* output) {
    ConvPlain(geometry, params, input, filter, bias, output);
  };
}

// The operands must hold as many elements as the geometry says.
Status CheckElements(const OpContext& op, ConvKind kind,
                     const LayerOperands& operands, const ConvGeometry& g) {
  const int64_t filter_channels =
      kind == ConvKind::kDepthwise
          ? g.output_channels
          : int64_t{g.output_channels} * g.GroupInputs();
  const bool fits =
      operands.input->Elements() >=
          g.batches * g.input.Elements() * g.input_channels &&
      operands.filter->Elements() >= g.filter.Elements() * filter_channels &&
      operands.output->Elements() >= g.OutputPixels() * g.output_channels;
  TINYML_REQUIRE(op, fits,
                 "input " + operands.input->Describe() + ", filter " +
                     operands.filter->Describe() + " and output " +
                     operands.output->Describe() + " do not match");
  return {};
}

template <typename T, typename Acc, typename Run>
Result<Invocation> Quantized(OpContext& op, const LayerOperands& operands,
                             const ConvGeometry& geometry, FilterValues filter,
                             Run run) {
  BiasValues<Acc> bias(op, operands.bias, geometry.output_channels);
  return [input = operands.input, output = operands.output,
          filter = std::move(filter), bias = std::move(bias),
          run = std::move(run)]() mutable -> Status {
    run(input->As<T>().data(), filter.Get(), bias.Get(),
        output->Mutable<T>().data());
    return {};
  };
}

}  // namespace

ConvFunction<int8_t, int8_t, int32_t> MakeConv(
    ConvKind kind, bool plain, const ConvGeometry& geometry,
    const Requantization& quantization, const int8_t* constant_filter,
    std::type_identity<int8_t> /*type*/) {
  if (!plain) {
    auto fast =
        kind == ConvKind::kFull
            ? FastConvInt8(geometry, quantization, constant_filter)
            : FastDepthwiseInt8(geometry, quantization, constant_filter);
    if (fast != nullptr) return fast;
  }
  return Plain<int8_t, int8_t, int32_t>(kind, geometry, quantization);
}

ConvFunction<int16_t, int8_t, int32_t> MakeConv(
    ConvKind kind, bool plain, const ConvGeometry& geometry,
    const Requantization& quantization, const int8_t* constant_filter,
    std::type_identity<int16_t> /*type*/) {
  if (!plain && kind == ConvKind::kFull) {
    auto fast = FastConvInt16<int32_t>(geometry, quantization, constant_filter);
    if (fast != nullptr) return fast;
  }
  return Plain<int16_t, int8_t, int32_t>(kind, geometry, quantization);
}

ConvFunction<int16_t, int8_t, int64_t> MakeConvInt64(
    ConvKind kind, bool plain, const ConvGeometry& geometry,
    const Requantization& quantization, const int8_t* constant_filter) {
  if (!plain && kind == ConvKind::kFull) {
    auto fast = FastConvInt16<int64_t>(geometry, quantization, constant_filter);
    if (fast != nullptr) return fast;
  }
  return Plain<int16_t, int8_t, int64_t>(kind, geometry, quantization);
}

ConvFunction<float, float, float> MakeConv(ConvKind kind, bool plain,
                                           const ConvGeometry& geometry,
                                           const FloatActivationRange& range,
                                           const float* constant_filter) {
  if (!plain) {
    auto fast = kind == ConvKind::kFull
                    ? FastConvFloat(geometry, range, constant_filter)
                    : FastDepthwiseFloat(geometry, range, constant_filter);
    if (fast != nullptr) return fast;
  }
  return Plain<float, float, float>(kind, geometry, range);
}

Result<LayerOperands> TakeOperands(const OpContext& op, int input, int filter,
                                   int bias, bool int4) {
  const LayerOperands operands = {op.Input(input), op.Input(filter),
                                  op.Input(bias), op.Output(0)};
  TINYML_REQUIRE(op,
                 operands.input != nullptr && operands.filter != nullptr &&
                     operands.output != nullptr,
                 "an operand is missing");
  const TensorType type = operands.input->type;
  const TensorType weights = operands.filter->type;
  const bool fits =
      type == TensorType::kFloat32 ? weights == TensorType::kFloat32
      : type == TensorType::kInt8
          ? weights == TensorType::kInt8 ||
                (int4 && weights == TensorType::kInt4)
          : type == TensorType::kInt16 && weights == TensorType::kInt8;
  TINYML_REQUIRE(op, fits && type == operands.output->type,
                 "it has no code for input " + operands.input->Describe() +
                     ", filter " + operands.filter->Describe() +
                     " and output " + operands.output->Describe());
  return operands;
}

Result<ConvGeometry> WindowGeometry(const OpContext& op,
                                    const LayerOperands& operands,
                                    int channel_axis, Padding padding,
                                    Plane stride, Plane dilation) {
  const TensorView& input = *operands.input;
  const TensorView& filter = *operands.filter;
  const TensorView& output = *operands.output;
  TINYML_REQUIRE(op,
                 input.Rank() == 4 && filter.Rank() == 4 && output.Rank() == 4,
                 "input, filter and output must have rank 4");
  TINYML_REQUIRE(op,
                 input.Dim(0) == output.Dim(0) &&
                     filter.Dim(channel_axis) == output.Dim(3),
                 "input " + input.Describe() + ", filter " + filter.Describe() +
                     " and output " + output.Describe() +
                     " differ in batch size or channels");
  ConvGeometry geometry;
  geometry.batches = input.Dim(0);
  geometry.input = {input.Dim(1), input.Dim(2)};
  geometry.filter = {filter.Dim(1), filter.Dim(2)};
  geometry.output = {output.Dim(1), output.Dim(2)};
  geometry.stride = stride;
  geometry.dilation = dilation;
  const PaddingValues before = WindowPadding(
      padding, {input.Dim(1), filter.Dim(1), stride.height, dilation.height},
      {input.Dim(2), filter.Dim(2), stride.width, dilation.width});
  geometry.padding = {before.height, before.width};
  geometry.input_channels = input.Dim(3);
  geometry.output_channels = output.Dim(3);
  return geometry;
}

void SetOffsets(const LayerOperands& operands, Requantization& quantization) {
  quantization.input_offset = static_cast<int32_t>(
      0U - static_cast<uint32_t>(operands.input->zero_point));
  quantization.output_offset = operands.output->zero_point;
}

Result<Requantization> ChannelRequantization(
    const OpContext& op, const LayerOperands& operands, int32_t channels,
    ActivationFunctionType activation) {
  Requantization quantization;
  TINYML_ASSIGN_OR_RETURN(quantization.factors,
                          ChannelFactors(op, *operands.input, *operands.filter,
                                         *operands.output, channels));
  quantization.range = QuantizedActivationRange(activation, *operands.output);
  quantization.narrow_before_rounding = op.results() == KernelResults::kCmsisNn;
  if (operands.input->type == TensorType::kInt8) {
    SetOffsets(operands, quantization);
  }
  return quantization;
}

Result<Invocation> MakeLayer(OpContext& op, ConvKind kind,
                             const LayerOperands& operands,
                             const ConvGeometry& geometry,
                             Requantization quantization, bool int64_sums) {
  TINYML_RETURN_IF_ERROR(CheckElements(op, kind, operands, geometry));
  const bool is_int16 = operands.input->type == TensorType::kInt16;
  TINYML_RETURN_IF_ERROR(
      CheckRequantization(op, quantization, is_int16 && int64_sums ? 64 : 32));
  FilterValues filter(*operands.filter);
  const int8_t* constant = filter.IsConstant() ? filter.Get() : nullptr;
  if (!is_int16) {
    auto run = MakeConv(kind, op.plain(), geometry, quantization, constant,
                        std::type_identity<int8_t>());
    return Quantized<int8_t, int32_t>(op, operands, geometry, std::move(filter),
                                      std::move(run));
  }
  if (int64_sums) {
    auto run =
        MakeConvInt64(kind, op.plain(), geometry, quantization, constant);
    return Quantized<int16_t, int64_t>(op, operands, geometry,
                                       std::move(filter), std::move(run));
  }
  auto run = MakeConv(kind, op.plain(), geometry, quantization, constant,
                      std::type_identity<int16_t>());
  return Quantized<int16_t, int32_t>(op, operands, geometry, std::move(filter),
                                     std::move(run));
}

Result<Invocation> MakeFloatLayer(OpContext& op, ConvKind kind,
                                  const LayerOperands& operands,
                                  const ConvGeometry& geometry,
                                  ActivationFunctionType activation) {
  TINYML_RETURN_IF_ERROR(CheckElements(op, kind, operands, geometry));
  const TensorView* filter = operands.filter;
  const float* constant =
      filter->IsConstant() ? filter->As<float>().data() : nullptr;
  auto run =
      MakeConv(kind, op.plain(), geometry, FloatRange(activation), constant);
  BiasValues<float> bias(op, operands.bias, geometry.output_channels);
  return [input = operands.input, filter, output = operands.output,
          bias = std::move(bias), run = std::move(run)]() mutable -> Status {
    run(input->As<float>().data(), filter->As<float>().data(), bias.Get(),
        output->Mutable<float>().data());
    return {};
  };
}

}  // namespace tinyml::ops
