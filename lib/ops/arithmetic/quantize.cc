// QUANTIZE and DEQUANTIZE. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{quantize,quantize_common,dequantize,dequantize_common}.cc;
// lite/kernels/internal/reference/{quantize,requantize,dequantize}.h.
#include <cmath>
#include <type_traits>

#include "base/macros.h"
#include "ops/arithmetic/operands.h"
#include "ops/arithmetic/quantize_floats.h"
#include "ops/kernel.h"

namespace tinyml::ops {
namespace {

// AffineQuantize: it adds the zero point to an int32 that may already be the
// largest or the smallest, and clamps what comes of that.
template <typename Out>
Invocation FromFloat(const OpContext& op, const UnaryOperands& operands) {
  const TensorView& output = operands.output;
  const FloatQuantization quantization{output.scale, output.zero_point,
                                       op.float_to_int()};
  if (op.plain()) {
    return MapElements<float, Out>(operands, [quantization](float value) {
      return quantization.Of<Out>(value);
    });
  }
  return [quantization, in = operands.input.As<float>().data(),
          out = output.Mutable<Out>().data(),
          count = static_cast<size_t>(operands.count),
          rest = operands.rest]() -> Status {
    QuantizeFloats(quantization, in, out, count);
    std::fill_n(out + count, rest, Out{});
    return {};
  };
}

// Requantize.
template <typename In, typename Out>
Result<Invocation> Requantize(const OpContext& op,
                              const UnaryOperands& operands) {
  const auto& [input, output, count, rest] = operands;
  const QuantizedMultiplier factor = QuantizeMultiplier(
      static_cast<double>(input.scale) / static_cast<double>(output.scale));
  TINYML_RETURN_IF_ERROR(RequireShift(op, factor));
  const auto requantize = [factor, from = input.zero_point,
                           to = output.zero_point](In value) {
    const int32_t scaled = MultiplyByQuantizedMultiplier(
        WrapSubtract(static_cast<int32_t>(value), from), factor);
    return static_cast<Out>(Clamp(WrapAdd(scaled, to), kRangeOf<Out>));
  };
  if constexpr (sizeof(In) == 1) {
    return MapBytes<In, Out>(operands, requantize);
  } else {
    return MapElements<In, Out>(operands, requantize);
  }
}

}  // namespace

Result<Invocation> PrepareQuantize(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(op));
  const TensorType to = operands.output.type;
  switch (operands.input.type) {
    case TensorType::kFloat32:
      if (to == TensorType::kInt8) return FromFloat<int8_t>(op, operands);
      if (to == TensorType::kInt16) return FromFloat<int16_t>(op, operands);
      break;
    case TensorType::kInt32:
      if (to == TensorType::kInt8) {
        return Requantize<int32_t, int8_t>(op, operands);
      }
      if (to == TensorType::kInt16) {
        return Requantize<int32_t, int16_t>(op, operands);
      }
      break;
    case TensorType::kInt16:
      if (to == TensorType::kInt8) {
        return Requantize<int16_t, int8_t>(op, operands);
      }
      if (to == TensorType::kInt16) {
        return Requantize<int16_t, int16_t>(op, operands);
      }
      if (to == TensorType::kInt32) {
        return Requantize<int16_t, int32_t>(op, operands);
      }
      break;
    case TensorType::kInt8:
      if (to == TensorType::kInt8) {
        return Requantize<int8_t, int8_t>(op, operands);
      }
      if (to == TensorType::kUInt8) {
        return Requantize<int8_t, uint8_t>(op, operands);
      }
      if (to == TensorType::kInt16) {
        return Requantize<int8_t, int16_t>(op, operands);
      }
      if (to == TensorType::kInt32) {
        return Requantize<int8_t, int32_t>(op, operands);
      }
      break;
    case TensorType::kUInt8:
      if (to == TensorType::kInt8) {
        return Requantize<uint8_t, int8_t>(op, operands);
      }
      break;
    default:
      break;
  }
  return RefuseConversion(op, operands);
}

Result<Invocation> PrepareDequantize(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(op));
  TINYML_RETURN_IF_ERROR(
      RequireType(op, operands.output, TensorType::kFloat32));
  const auto dequantize = [scale = static_cast<double>(operands.input.scale),
                           zero_point = operands.input.zero_point](auto value) {
    return static_cast<float>(scale * WrapSubtract(value, zero_point));
  };
  switch (operands.input.type) {
    case TensorType::kInt8:
      return MapBytes<int8_t, float>(operands, dequantize);
    case TensorType::kUInt8:
      return MapBytes<uint8_t, float>(operands, dequantize);
    case TensorType::kInt16:
      return MapElements<int16_t, float>(operands, dequantize);
    default:
      return RefuseType(op, operands.input);
  }
}

}  // namespace tinyml::ops
