// Source of the options: tflite-micro 90b983c2b3f1, micro/flatbuffer_utils.cc,
// FlexbufferWrapper.
#include "ops/signal/operands.h"

#include <string>

#include "model/flexbuffer.h"

namespace tinyml::ops {
namespace {

Status CheckType(const OpContext& op, const TensorView* view, TensorType type,
                 std::string_view role, int i) {
  TINYML_REQUIRE(op, view != nullptr && view->type == type,
                 "its " + std::string(role) + " " + std::to_string(i) +
                     " is missing or not " + TensorTypeName(type));
  return {};
}

}  // namespace

Result<int32_t> SignalOption(const OpContext& op, size_t index,
                             std::string_view name) {
  const auto value = FlexBuffer(op.CustomOptions()).RawInt32(index);
  TINYML_REQUIRE(op, value.has_value(),
                 "its options have no readable '" + std::string(name) + "'");
  return *value;
}

Result<TensorType> SignalType(const OpContext& op) {
  const auto value = FlexBuffer(op.CustomOptions()).Find("T");
  TINYML_REQUIRE(op, value.has_value(), "its options are not readable");
  return static_cast<TensorType>(value->AsInt32());
}

Status CheckSignalTypes(const OpContext& op,
                        std::initializer_list<TensorType> inputs,
                        std::initializer_list<TensorType> outputs) {
  int i = 0;
  for (const TensorType type : inputs) {
    TINYML_RETURN_IF_ERROR(CheckType(op, op.Input(i), type, "input", i));
    ++i;
  }
  i = 0;
  for (const TensorType type : outputs) {
    TINYML_RETURN_IF_ERROR(CheckType(op, op.Output(i), type, "output", i));
    ++i;
  }
  return {};
}

Status CheckLength(const OpContext& op, const TensorView& view,
                   int64_t elements) {
  TINYML_REQUIRE(op, view.Elements() >= elements,
                 view.Describe() + " has fewer than the " +
                     std::to_string(elements) +
                     " elements that the kernel accesses");
  return {};
}

Result<int32_t> InnermostDim(const OpContext& op, const TensorView& view) {
  TINYML_REQUIRE(op, view.Rank() > 0 && view.dims.back() > 0,
                 view.Describe() + " is empty in its last dimension");
  return view.dims.back();
}

}  // namespace tinyml::ops
