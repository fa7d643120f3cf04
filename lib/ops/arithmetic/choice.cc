// SELECT_V2, ZEROS_LIKE and FILL. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{select,zeros_like,fill}.cc; lite/kernels/internal/reference/
// select.h.
#include <array>
#include <cstring>

#include "base/macros.h"
#include "ops/arithmetic/arithmetic.h"
#include "ops/arithmetic/elementwise.h"
#include "ops/broadcast.h"

namespace tinyml::ops {
namespace {

struct SelectOperands {
  const TensorView& condition;
  const TensorView& x;
  const TensorView& y;
  const TensorView& output;
};

template <typename T>
Result<Invocation> Select(const OpContext& op, const SelectOperands& operands) {
  const auto& [condition, x, y, output] = operands;
  const uint8_t* which = condition.As<uint8_t>().data();
  const T* xs = x.As<T>().data();
  const T* ys = y.As<T>().data();
  T* out = output.Mutable<T>().data();
  const int64_t count = output.Elements();
  const auto is_flat = [count](const TensorView& view) {
    return view.Elements() == count;
  };
  if (is_flat(condition) && is_flat(x) && is_flat(y)) {
    return Invocation([=]() -> Status {
      for (int64_t i = 0; i < count; ++i) {
        out[i] = which[i] != 0 ? xs[i] : ys[i];
      }
      return {};
    });
  }
  const std::array<std::vector<int32_t>, 3> shapes = {condition.dims, x.dims,
                                                      y.dims};
  auto broadcast = Broadcast::Make(output.dims, shapes);
  TINYML_REQUIRE(op, broadcast.has_value(),
                 condition.Describe() + ", " + x.Describe() + " and " +
                     y.Describe() + " do not broadcast to " +
                     output.Describe());
  return Invocation([=, broadcast = std::move(*broadcast)]() mutable -> Status {
    broadcast.ForEach([&](int64_t at, const auto& indices) {
      out[at] = which[indices[0]] != 0 ? xs[indices[1]] : ys[indices[2]];
    });
    return {};
  });
}

template <typename T>
Invocation Fill(const TensorView& value, const TensorView& output) {
  return [from = value.As<T>().data(), to = output.Mutable<T>().data(),
          count = output.Elements()]() -> Status {
    std::fill_n(to, count, *from);
    return {};
  };
}

}  // namespace

Result<Invocation> PrepareSelect(OpContext& op) {
  const TensorView* condition = op.Input(0);
  const TensorView* x = op.Input(1);
  const TensorView* y = op.Input(2);
  const TensorView* output = op.Output(0);
  TINYML_REQUIRE(
      op,
      condition != nullptr && x != nullptr && y != nullptr && output != nullptr,
      "an input or the output is missing");
  TINYML_RETURN_IF_ERROR(RequireType(op, *condition, TensorType::kBool));
  TINYML_RETURN_IF_ERROR(RequireType(op, *y, x->type));
  TINYML_RETURN_IF_ERROR(RequireType(op, *output, x->type));
  const SelectOperands operands{*condition, *x, *y, *output};
  switch (x->type) {
    case TensorType::kFloat32:
      return Select<float>(op, operands);
    case TensorType::kInt8:
      return Select<int8_t>(op, operands);
    case TensorType::kInt16:
      return Select<int16_t>(op, operands);
    default:
      return RefuseType(op, *x);
  }
}

Result<Invocation> PrepareZerosLike(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(op));
  const auto& [input, output, count, rest] = operands;
  switch (input.type) {
    case TensorType::kInt64:
    case TensorType::kInt32:
    case TensorType::kInt8:
    case TensorType::kFloat32:
      break;
    default:
      return RefuseType(op, input);
  }
  TINYML_RETURN_IF_ERROR(RequireType(op, output, input.type));
  const auto bytes =
      static_cast<size_t>(output.Elements() * TensorTypeBits(output.type) / 8);
  return Invocation([to = output.writable, bytes]() -> Status {
    if (bytes > 0) std::memset(to, 0, bytes);
    return {};
  });
}

Result<Invocation> PrepareFill(OpContext& op) {
  const TensorView* value = op.Input(1);
  const TensorView* output = op.Output(0);
  TINYML_REQUIRE(op, value != nullptr && output != nullptr,
                 "the value or the output is missing");
  TINYML_REQUIRE(op, value->Elements() >= 1,
                 "value " + value->Describe() + " is empty");
  TINYML_RETURN_IF_ERROR(RequireType(op, *output, value->type));
  switch (value->type) {
    case TensorType::kFloat32:
      return Fill<float>(*value, *output);
    case TensorType::kInt32:
      return Fill<int32_t>(*value, *output);
    case TensorType::kInt8:
      return Fill<int8_t>(*value, *output);
    default:
      return RefuseType(op, *value);
  }
}

}  // namespace tinyml::ops
