// SELECT_V2. Source: tflite-micro 90b983c2b3f1, micro/kernels/select.cc;
// lite/kernels/internal/reference/select.h.
#include <cstring>
#include <string>

#include "ops/broadcast.h"
#include "ops/kernel.h"
#include "ops/movement/operands.h"

namespace tinyml::ops {
namespace {

struct Choice {
  const uint8_t* condition = nullptr;
  const uint8_t* x = nullptr;
  const uint8_t* y = nullptr;
  uint8_t* output = nullptr;
};

template <typename Word>
void Put(const Choice& choice, int64_t at, int64_t condition, int64_t x,
         int64_t y) {
  constexpr int64_t kWidth = sizeof(Word);
  const uint8_t* from = choice.condition[condition] != 0
                            ? choice.x + x * kWidth
                            : choice.y + y * kWidth;
  std::memcpy(choice.output + at * kWidth, from, sizeof(Word));
}

template <typename Word>
Invocation SelectEach(const Choice& choice, int64_t elements) {
  return [choice, elements]() -> Status {
    for (int64_t i = 0; i < elements; ++i) Put<Word>(choice, i, i, i, i);
    return {};
  };
}

template <typename Word>
Invocation SelectBroadcast(const Choice& choice, Broadcast broadcast) {
  return [choice, broadcast = std::move(broadcast)]() mutable -> Status {
    broadcast.ForEach([&](int64_t at, const std::vector<int64_t>& from) {
      Put<Word>(choice, at, from[0], from[1], from[2]);
    });
    return {};
  };
}

}  // namespace

Result<Invocation> PrepareSelectV2(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 3, 1));
  const TensorView& condition = *op.Input(0);
  const TensorView& x = *op.Input(1);
  const TensorView& y = *op.Input(2);
  const TensorView& output = *op.Output(0);
  TINYML_RETURN_IF_ERROR(CheckRuns(op, condition, {TensorType::kBool}));
  TINYML_RETURN_IF_ERROR(CheckRuns(
      op, x, {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16}));
  const int64_t width = ElementBytes(x.type);
  TINYML_REQUIRE(op, x.type == y.type,
                 x.Describe() + " and " + y.Describe() + " differ in type");
  TINYML_RETURN_IF_ERROR(CheckHolds(op, output, output.Elements(), width));
  const Choice choice = {condition.bytes.data(), x.bytes.data(), y.bytes.data(),
                         output.writable};

  const bool single = condition.Elements() == 1 && x.Elements() == 1 &&
                      y.Elements() == 1 && output.Elements() == 1;
  const bool alike = condition.dims == output.dims && x.dims == output.dims &&
                     y.dims == output.dims;
  if (single || alike) {
    switch (width) {
      case 1:
        return SelectEach<uint8_t>(choice, output.Elements());
      case 2:
        return SelectEach<uint16_t>(choice, output.Elements());
      default:
        return SelectEach<uint32_t>(choice, output.Elements());
    }
  }
  const std::vector<int32_t> shapes[] = {condition.dims, x.dims, y.dims};
  auto broadcast = Broadcast::Make(output.dims, shapes);
  TINYML_REQUIRE(op, broadcast.has_value(),
                 condition.Describe() + ", " + x.Describe() + " and " +
                     y.Describe() + " cannot be broadcast to output " +
                     output.Describe());
  switch (width) {
    case 1:
      return SelectBroadcast<uint8_t>(choice, std::move(*broadcast));
    case 2:
      return SelectBroadcast<uint16_t>(choice, std::move(*broadcast));
    default:
      return SelectBroadcast<uint32_t>(choice, std::move(*broadcast));
  }
}

}  // namespace tinyml::ops
