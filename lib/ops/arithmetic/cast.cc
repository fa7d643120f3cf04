// CAST. Source: tflite-micro 90b983c2b3f1, micro/kernels/cast.cc.
#include <cmath>
#include <type_traits>

#include "base/macros.h"
#include "ops/arithmetic/operands.h"

namespace tinyml::ops {
namespace {

// Out-of-range floats are undefined in C++. Small and signed integers are
// truncated from an int32 on every core. For uint32, x86-64 truncates an int64
// where the others saturate.
template <typename Out>
Out CastFloat(float value, FloatToInt how) {
  if constexpr (std::is_same_v<Out, float>) {
    return value;
  } else if constexpr (std::is_same_v<Out, uint32_t>) {
    if (how == FloatToInt::kIndefinite) {
      const bool fits = std::fabs(value) < 9223372036854775808.0F;
      return fits ? static_cast<uint32_t>(static_cast<int64_t>(value)) : 0;
    }
    if (std::isnan(value)) {
      return how == FloatToInt::kSaturate ? 0 : UINT32_MAX;
    }
    if (value <= 0.0F) return 0;
    return value < 4294967296.0F ? static_cast<uint32_t>(value) : UINT32_MAX;
  } else {
    return static_cast<Out>(ToInt32(value, how));
  }
}

// `Bool` is a byte of which any non-zero value counts as 1.
struct Bool {
  uint8_t byte;
};

template <typename In, typename Out>
Invocation CastElements(const OpContext& op, const UnaryOperands& operands) {
  return MapElements<In, Out>(operands, [how = op.float_to_int()](In value) {
    if constexpr (std::is_same_v<In, float>) {
      return CastFloat<Out>(value, how);
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
      return RefuseConversion(op, operands);
  }
}

}  // namespace

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
