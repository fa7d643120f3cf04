// QUANTIZE, DEQUANTIZE and CAST. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{quantize,quantize_common,dequantize,dequantize_common,cast}.cc;
// lite/kernels/internal/reference/{quantize,requantize,dequantize}.h.
#include <cmath>
#include <type_traits>

#include "base/macros.h"
#include "ops/arithmetic/arithmetic.h"
#include "ops/arithmetic/operands.h"
#include "ops/arithmetic/quantize_floats.h"

namespace tinyml::ops {
namespace {

// --- QUANTIZE

// AffineQuantize.
template <typename Out>
Invocation FromFloat(const OpContext& op, const UnaryOperands& operands) {
  const TensorView& output = operands.output;
  const auto bound = [&output](int32_t limit) {
    return static_cast<int32_t>(
        std::clamp<int64_t>(int64_t{limit} - output.zero_point,
                            kRangeOf<int32_t>.min, kRangeOf<int32_t>.max));
  };
  const FloatQuantization quantization{output.scale, output.zero_point,
                                       bound(kRangeOf<Out>.min),
                                       bound(kRangeOf<Out>.max)};
  if (op.plain()) {
    return MapElements<float, Out>(operands, [quantization](float value) {
      return static_cast<Out>(quantization(value));
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

tl::unexpected<Error> RefusePair(const OpContext& op,
                                 const UnaryOperands& operands) {
  return op.Refuse("the runtime has no code from " + operands.input.Describe() +
                   " to " + operands.output.Describe());
}

// --- CAST

// Out-of-range floats are undefined in C++. Small and signed integers are cut
// from an int32 on every core. For uint32, Arm cores saturate where x86-64 cuts
// an int64.
template <typename Out>
Out CastFloat(float value, KernelResults results) {
  if constexpr (std::is_same_v<Out, float>) {
    return value;
  } else if constexpr (std::is_same_v<Out, uint32_t>) {
    if (results == KernelResults::kCmsisNn) {
      if (!(value > 0.0F)) return 0;
      return value < 4294967296.0F ? static_cast<uint32_t>(value) : UINT32_MAX;
    }
    const bool fits = std::fabs(value) < 9223372036854775808.0F;
    return fits ? static_cast<uint32_t>(static_cast<int64_t>(value)) : 0;
  } else {
    return static_cast<Out>(SaturatingInt32(value));
  }
}

// `Bool` stands for a byte of which any value but 0 is 1.
struct Bool {
  uint8_t byte;
};

template <typename In, typename Out>
Invocation CastElements(const OpContext& op, const UnaryOperands& operands) {
  return MapElements<In, Out>(operands, [results = op.results()](In value) {
    if constexpr (std::is_same_v<In, float>) {
      return CastFloat<Out>(value, results);
    } else if constexpr (std::is_same_v<In, Bool>) {
      return static_cast<Out>(value.byte != 0);
    } else {
      return static_cast<Out>(value);
    }
  });
}

template <typename In>
Result<Invocation> CastFrom(const OpContext& op,
                            const UnaryOperands& operands) {
  switch (operands.output.type) {
    case TensorType::kInt8:
      return CastElements<In, int8_t>(op, operands);
    case TensorType::kInt16:
      return CastElements<In, int16_t>(op, operands);
    case TensorType::kInt32:
      return CastElements<In, int32_t>(op, operands);
    case TensorType::kUInt32:
      return CastElements<In, uint32_t>(op, operands);
    case TensorType::kFloat32:
      return CastElements<In, float>(op, operands);
    default:
      return RefusePair(op, operands);
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
  return RefusePair(op, operands);
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

Result<Invocation> PrepareCast(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(op));
  switch (operands.input.type) {
    case TensorType::kInt8:
      return CastFrom<int8_t>(op, operands);
    case TensorType::kInt16:
      return CastFrom<int16_t>(op, operands);
    case TensorType::kInt32:
      return CastFrom<int32_t>(op, operands);
    case TensorType::kUInt32:
      return CastFrom<uint32_t>(op, operands);
    case TensorType::kFloat32:
      return CastFrom<float>(op, operands);
    case TensorType::kBool:
      return CastFrom<Bool>(op, operands);
    default:
      return RefuseType(op, operands.input);
  }
}

}  // namespace tinyml::ops
