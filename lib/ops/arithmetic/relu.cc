// RELU, RELU6, LEAKY_RELU and PRELU. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{activations,activations_common,leaky_relu,leaky_relu_common,
// prelu,prelu_common}.cc; lite/kernels/internal/reference/{leaky_relu,prelu}.h.
#include <cmath>

#include "base/macros.h"
#include "ops/arithmetic/operands.h"
#include "ops/kernel.h"

namespace tinyml::ops {
namespace {

// A function of the input's type on each element, by table for int8.
template <typename Function>
Result<Invocation> MapQuantized(const OpContext& op,
                                const UnaryOperands& operands,
                                Function function) {
  TINYML_RETURN_IF_ERROR(
      RequireWritable(op, operands.output, operands.input.type));
  switch (operands.input.type) {
    case TensorType::kInt8:
      return MapBytes<int8_t, int8_t>(operands, [function](int8_t x) {
        return static_cast<int8_t>(function(int32_t{x}));
      });
    case TensorType::kInt16:
      return MapElements<int16_t, int16_t>(operands, [function](int16_t x) {
        return static_cast<int16_t>(function(int32_t{x}));
      });
    default:
      return RefuseType(op, operands.input);
  }
}

template <typename Function>
Result<Invocation> MapFloat(const OpContext& op, const UnaryOperands& operands,
                            Function function) {
  TINYML_RETURN_IF_ERROR(
      RequireWritable(op, operands.output, TensorType::kFloat32));
  return MapElements<float, float>(operands, function);
}

double ScaleRatio(const TensorView& input, const TensorView& output) {
  return static_cast<double>(input.scale / output.scale);
}

// QuantizeLeakyRelu.
struct Leaky {
  int32_t input_zero_point;
  int32_t output_zero_point;
  QuantizedMultiplier identity;
  QuantizedMultiplier slope;  // Of negative values, without its sign.
  bool negative_slope;
  ActivationRange range;

  int32_t operator()(int32_t value) const {
    const int32_t centred = WrapSubtract(value, input_zero_point);
    int32_t scaled = 0;
    if (centred >= 0) {
      scaled = MultiplyByQuantizedMultiplier(centred, identity);
    } else {
      scaled = MultiplyByQuantizedMultiplier(centred, slope);
      if (negative_slope) scaled = WrapSubtract(0, scaled);
    }
    return Clamp(WrapAdd(output_zero_point, scaled), range);
  }
};

// BroadcastPrelu4DSlow.
struct Parametric {
  int32_t input_zero_point;
  int32_t alpha_zero_point;
  int32_t output_zero_point;
  QuantizedMultiplier identity;
  QuantizedMultiplier slope;
  ActivationRange range;

  int32_t operator()(int32_t value, int32_t alpha) const {
    const int32_t centred = WrapSubtract(value, input_zero_point);
    const int32_t scaled =
        centred >= 0
            ? MultiplyByQuantizedMultiplier(centred, identity)
            : MultiplyByQuantizedMultiplier(
                  WrapMultiply(centred, WrapSubtract(alpha, alpha_zero_point)),
                  slope);
    return Clamp(WrapAdd(scaled, output_zero_point), range);
  }
};

}  // namespace

Result<Invocation> PrepareRelu(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(op));
  const auto& [input, output, count, rest] = operands;
  if (input.type == TensorType::kFloat32) {
    return MapFloat(op, operands, [](float x) { return x < 0.0F ? 0.0F : x; });
  }
  const QuantizedMultiplier factor =
      QuantizeMultiplier(ScaleRatio(input, output));
  TINYML_RETURN_IF_ERROR(RequireShift(op, factor));
  ActivationRange range = TypeRange(input.type);
  range.min = std::max(range.min, output.zero_point);
  return MapQuantized(op, operands,
                      [factor, range, input_zero_point = input.zero_point,
                       output_zero_point = output.zero_point](int32_t x) {
                        const int32_t scaled = MultiplyByQuantizedMultiplier(
                            WrapSubtract(x, input_zero_point), factor);
                        return Clamp(WrapAdd(output_zero_point, scaled), range);
                      });
}

// Clamps integers as they are, regardless of the output's quantization.
Result<Invocation> PrepareRelu6(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(op));
  const TensorView& input = operands.input;
  if (input.type == TensorType::kFloat32) {
    return MapFloat(op, operands, [](float x) {
      const float above_zero = x < 0.0F ? 0.0F : x;
      return x > 6.0F ? 6.0F : above_zero;
    });
  }
  // FloatToQuantizedType, micro/micro_utils.h.
  const double six = std::round(static_cast<double>(6.0F / input.scale));
  const int32_t upper =
      Clamp(ToInt32(six + input.zero_point, op.float_to_int()),
            TypeRange(input.type));
  // The lower bound is truncated to the type's width on its way to the kernel.
  const int32_t lower = input.type == TensorType::kInt8
                            ? static_cast<int8_t>(input.zero_point)
                            : static_cast<int16_t>(input.zero_point);
  return MapQuantized(op, operands, [lower, upper](int32_t x) {
    return x > upper ? upper : std::max(x, lower);
  });
}

Result<Invocation> PrepareLeakyRelu(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(op));
  const auto& [input, output, count, rest] = operands;
  const float alpha = op.Options<LeakyReluOptions>().alpha;
  if (input.type == TensorType::kFloat32) {
    return MapFloat(op, operands,
                    [alpha](float x) { return x > 0.0F ? x : x * alpha; });
  }
  const QuantizedMultiplier identity =
      QuantizeMultiplier(ScaleRatio(input, output));
  QuantizedMultiplier slope = QuantizeMultiplier(
      static_cast<double>(input.scale * alpha / output.scale));
  const bool negative = slope.multiplier < 0;
  if (negative) slope.multiplier = WrapSubtract(0, slope.multiplier);
  TINYML_RETURN_IF_ERROR(RequireShift(op, identity));
  TINYML_RETURN_IF_ERROR(RequireShift(op, slope));
  return MapQuantized(op, operands,
                      Leaky{input.zero_point, output.zero_point, identity,
                            slope, negative, TypeRange(input.type)});
}

Result<Invocation> PreparePrelu(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const BinaryOperands operands, TakeBinary(op));
  const auto& [input, alpha, output] = operands;
  TINYML_RETURN_IF_ERROR(RequireWritable(op, output, input.type));
  if (input.type == TensorType::kFloat32) {
    TINYML_RETURN_IF_ERROR(RequireReadable(op, alpha, TensorType::kFloat32));
    return MapPairs<float, float, float>(
        op, operands, [](float x, float a) { return x >= 0.0F ? x : x * a; });
  }
  if (input.type != TensorType::kInt8 && input.type != TensorType::kInt16) {
    return RefuseType(op, input);
  }
  // Parameters are set only for outputs of these types.
  TINYML_RETURN_IF_ERROR(RequireType(op, output, input.type));
  TINYML_RETURN_IF_ERROR(RequireReadable(op, alpha, TensorType::kInt8));
  const double identity =
      static_cast<double>(input.scale) / static_cast<double>(output.scale);
  const double slope = static_cast<double>(input.scale) *
                       static_cast<double>(alpha.scale) /
                       static_cast<double>(output.scale);
  const Parametric prelu{
      input.zero_point,          alpha.zero_point,
      output.zero_point,         QuantizeMultiplier(identity),
      QuantizeMultiplier(slope), TypeRange(input.type)};
  TINYML_RETURN_IF_ERROR(RequireShift(op, prelu.identity));
  TINYML_RETURN_IF_ERROR(RequireShift(op, prelu.slope));
  if (input.type == TensorType::kInt8) {
    return MapPairs<int8_t, int8_t, int8_t>(
        op, operands, [prelu](int8_t x, int8_t a) {
          return static_cast<int8_t>(prelu(x, a));
        });
  }
  return MapPairs<int16_t, int8_t, int16_t>(
      op, operands, [prelu](int16_t x, int8_t a) {
        return static_cast<int16_t>(prelu(x, a));
      });
}

}  // namespace tinyml::ops
