// ELU. Source: tflite-micro 90b983c2b3f1, micro/kernels/elu.cc;
// lite/kernels/internal/reference/elu.h.
#include <cmath>

#include "base/macros.h"
#include "ops/arithmetic/operands.h"

namespace tinyml::ops {
namespace {

// PopulateLookupTable, in single precision throughout.
int8_t Int8Elu(int8_t value, const TensorView& input, const TensorView& output,
               FloatToInt how) {
  const float inverse_scale = 1.0F / output.scale;
  const float real =
      input.scale * static_cast<float>(WrapSubtract(value, input.zero_point));
  const float transformed = real < 0.0F ? std::exp(real) - 1.0F : real;
  const float rescaled = std::round(transformed * inverse_scale);
  const int32_t quantized =
      ToInt32(rescaled + static_cast<float>(output.zero_point), how);
  return static_cast<int8_t>(Clamp(quantized, kRangeOf<int8_t>));
}

}  // namespace

Result<Invocation> PrepareElu(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnaryOfOneType(op));
  const auto& [input, output, count, rest] = operands;
  switch (input.type) {
    case TensorType::kFloat32:
      return MapElements<float, float>(
          operands, [](float x) { return x < 0.0F ? std::expm1(x) : x; });
    case TensorType::kInt8:
      return MapBytes<int8_t, int8_t>(
          operands, [&in = input, &out = output, how = op.float_to_int()](
                        int8_t x) { return Int8Elu(x, in, out, how); });
    default:
      return RefuseType(op, input);
  }
}

}  // namespace tinyml::ops
