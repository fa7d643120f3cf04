// VAR_HANDLE, READ_VARIABLE and ASSIGN_VARIABLE. Source: tflite-micro
// 90b983c2b3f1, micro/kernels/var_handle.cc, read_variable.cc,
// assign_variable.cc; micro/micro_resource_variable.cc.
#include <algorithm>
#include <cstring>

#include "ops/kernel.h"

namespace tinyml::ops {
namespace {

// The memory of the variable that `handle` names at Invoke.
Result<std::span<uint8_t>> Variable(const OpContext& op,
                                    const TensorView& handle) {
  int32_t id = 0;
  std::memcpy(&id, handle.bytes.data(), sizeof(id));
  const std::span<uint8_t> memory = op.session().Resource(id);
  TINYML_REQUIRE(op, !memory.empty(),
                 "resource variable " + std::to_string(id) + " has no memory");
  return memory;
}

Status CheckHandle(const OpContext& op, const TensorView* handle) {
  TINYML_REQUIRE(op,
                 handle != nullptr && handle->bytes.size() >= sizeof(int32_t),
                 "its handle is missing or shorter than an id");
  return {};
}

size_t BytesOf(const TensorView& view) {
  return static_cast<size_t>(view.Elements() * TensorTypeBits(view.type) / 8);
}

}  // namespace

// The handle has pointed to its id since the model was loaded.
Result<Invocation> PrepareVarHandle(OpContext& op) {
  static_cast<void>(op);
  return []() -> Status { return {}; };
}

Result<Invocation> PrepareReadVariable(OpContext& op) {
  const TensorView* handle = op.Input(0);
  const TensorView* output = op.Output(0);
  TINYML_RETURN_IF_ERROR(CheckHandle(op, handle));
  TINYML_REQUIRE(op, output != nullptr, "it has no output");
  return [&op, handle, output, bytes = BytesOf(*output)]() -> Status {
    TINYML_ASSIGN_OR_RETURN(const auto variable, Variable(op, *handle));
    TINYML_REQUIRE(op, variable.size() == bytes,
                   "output " + output->Describe() + " and its variable of " +
                       std::to_string(variable.size()) +
                       " bytes differ in size");
    std::memcpy(output->writable, variable.data(), bytes);
    return {};
  };
}

Result<Invocation> PrepareAssignVariable(OpContext& op) {
  const TensorView* handle = op.Input(0);
  const TensorView* value = op.Input(1);
  TINYML_RETURN_IF_ERROR(CheckHandle(op, handle));
  TINYML_REQUIRE(op, value != nullptr, "it has no value");
  return [&op, handle, value, bytes = BytesOf(*value)]() -> Status {
    TINYML_ASSIGN_OR_RETURN(const auto variable, Variable(op, *handle));
    TINYML_REQUIRE(op, variable.size() == bytes,
                   "value " + value->Describe() + " and its variable of " +
                       std::to_string(variable.size()) +
                       " bytes differ in size");
    std::memcpy(variable.data(), value->bytes.data(), bytes);
    return {};
  };
}

}  // namespace tinyml::ops
