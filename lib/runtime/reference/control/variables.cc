// VAR_HANDLE, READ_VARIABLE and ASSIGN_VARIABLE. Source: tflite-micro
// 90b983c2b3f1, micro/kernels/var_handle.cc, read_variable.cc,
// assign_variable.cc; micro/micro_resource_variable.cc.
//
// A model may leave out names, which upstream distinguishes from empty ones:
// without a container, a handle finds a variable of its name in any container.
// Our Model does not keep the difference, and all containers are usually the
// same, so
#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <string>

#include "base/macros.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

inline constexpr Field kVarHandleOpDataFields[] = {Int32()};
inline constexpr StructDef kVarHandleOpData = {"OpData (VAR_HANDLE)",
                                               kVarHandleOpDataFields};

// MicroResourceVariables::CreateIdIfNoneFound.
Result<int32_t> CreateIdIfNoneFound(KernelContext& context,
                                    const VarHandleOptions& options) {
  auto& variables = context.resource_variables();
  const auto found = std::find_if(
      variables.begin(), variables.end(), [&](const ResourceVariable& known) {
        return known.container == options.container &&
               known.shared_name == options.shared_name;
      });
  const auto id = static_cast<int32_t>(found - variables.begin());
  if (found != variables.end()) return id;
  if (id >= context.resource_capacity()) {
    return Fail(context
                    .Refuse("variable '" + options.shared_name +
                            "' exceeds the " +
                            std::to_string(context.resource_capacity()) +
                            " resource variables that the application creates")
                    .error());
  }
  variables.push_back({options.container, options.shared_name, false, 0});
  return id;
}

// The id of a variable where it is known before Invoke.
std::optional<int32_t> KnownId(const RuntimeTensor& handle) {
  if (handle.resource_id >= 0) return handle.resource_id;
  const auto values = handle.DataAs<int32_t>();
  if (values.empty()) return std::nullopt;
  return values[0];
}

// The size that the first ASSIGN_VARIABLE gives a variable, or nothing if no
// operator of the model gives it memory. Those that take their handle from
// another subgraph do not.
std::optional<int64_t> AssignedBytes(KernelContext& context, int32_t id) {
  const Model& model = context.model();
  const ResourceVariable& variable = context.resource_variables()[id];
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    std::set<TensorIndex> handles;
    for (const Operator& op : model.subgraphs[s].operators) {
      const BuiltinOperator code = model.CodeOf(op).Code();
      if (code == BuiltinOperator::kVarHandle && !op.outputs.empty()) {
        const auto* options = op.options.As<VarHandleOptions>();
        if (options != nullptr && options->container == variable.container &&
            options->shared_name == variable.shared_name) {
          handles.insert(op.outputs[0]);
        }
      }
      if (code != BuiltinOperator::kAssignVariable || op.inputs.size() != 2 ||
          op.inputs[0] < 0 || op.inputs[1] < 0) {
        continue;
      }
      const auto subgraph = static_cast<int>(s);
      const auto constant =
          context.TensorAt(subgraph, op.inputs[0]).DataAs<int32_t>();
      if (handles.count(op.inputs[0]) > 0 ||
          (!constant.empty() && constant[0] == id)) {
        return context.TensorAt(subgraph, op.inputs[1]).BytesInModel();
      }
    }
  }
  return std::nullopt;
}

// MicroResourceVariables::Read.
Status CheckRead(KernelContext& context, int32_t id,
                 const RuntimeTensor& output) {
  if (id < 0 ||
      static_cast<size_t>(id) >= context.resource_variables().size()) {
    // A later VAR_HANDLE may still create it.
    context.Warn("there is no resource variable " + std::to_string(id) +
                 " yet: Invoke will fail if none follows");
    return {};
  }
  const std::optional<int64_t> bytes = AssignedBytes(context, id);
  if (!bytes.has_value()) {
    return AbortsAtInvoke(context,
                          "nothing assigns its variable, which is what gives "
                          "it memory");
  }
  if (*bytes != output.Bytes()) {
    return AbortsAtInvoke(
        context, "output " + output.Describe() + " and its variable of " +
                     std::to_string(*bytes) + " bytes differ in size");
  }
  return {};
}

// MicroResourceVariables::Allocate.
Status AllocateVariable(KernelContext& context, int32_t id,
                        const RuntimeTensor& value) {
  TINYML_ENSURE(context, context.resource_capacity() > 0,
                "the application creates no resource variables: the runtime "
                "crashes");
  auto& variables = context.resource_variables();
  TINYML_ENSURE(context, id >= 0 && static_cast<size_t>(id) < variables.size(),
                "there is no resource variable " + std::to_string(id));
  ResourceVariable& variable = variables[id];
  const int64_t bytes = value.BytesInModel();
  if (variable.allocated) {
    if (variable.bytes != bytes) {
      return AbortsAtInvoke(
          context, "variable '" + variable.shared_name + "' has " +
                       std::to_string(variable.bytes) + " bytes, value " +
                       value.Describe() + " has " + std::to_string(bytes));
    }
    return {};
  }
  TINYML_ENSURE(context, bytes >= 0,
                "value " + value.Describe() + " has no fixed size");
  context.Persistent("resource variable", bytes, Purpose::kResourceVariable);
  variable.order = static_cast<int>(std::count_if(
      variables.begin(), variables.end(),
      [](const ResourceVariable& other) { return other.allocated; }));
  variable.allocated = true;
  variable.bytes = bytes;
  if (value.IsAffine() && context.Has(Change::kResourceDefaults)) {
    variable.default_value = static_cast<int8_t>(value.ZeroPoint(0));
  }
  return {};
}

Status VarHandlePrepare(KernelContext& context) {
  TINYML_ENSURE(context, context.resource_capacity() > 0,
                "it needs resource variables, and the application creates "
                "none");
  TINYML_ENSURE(
      context,
      context.op().options.has_value() || context.resource_variables().empty(),
      "it has no options, which name its variable: the runtime "
      "crashes");
  TINYML_ASSIGN_OR_RETURN(
      const int32_t id,
      CreateIdIfNoneFound(context, context.Options<VarHandleOptions>()));
  TINYML_RETURN_IF_ERROR(CheckPresent(context, context.Output(0), "output"));
  context.PointToResource(0, id);
  return {};
}

Status ReadVariablePrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  const RuntimeTensor* handle = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, handle, "resource id"));
  TINYML_RETURN_IF_ERROR(
      CheckType(context, *handle, "resource id", {TensorType::kResource}));
  TINYML_ENSURE(context, handle->Elements() == 1,
                "resource id " + handle->Describe() + " is not one element");
  if (context.resource_capacity() == 0) {
    FailsAtInvoke(context, "the application creates no resource variables");
    return {};
  }
  const std::optional<int32_t> id = KnownId(*handle);
  const RuntimeTensor* output = context.Output(0);
  if (!id.has_value() || output == nullptr) return {};
  return CheckRead(context, *id, *output);
}

Status AssignVariablePrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 2, 0));
  const RuntimeTensor* handle = context.Input(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, handle, "resource id"));
  TINYML_RETURN_IF_ERROR(
      CheckType(context, *handle, "resource id",
                {TensorType::kResource, TensorType::kInt32}));
  TINYML_ENSURE(context, handle->Elements() == 1,
                "resource id " + handle->Describe() + " is not one element");
  const RuntimeTensor* value = context.TempInput(1);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, value, "value"));
  // A handle from another subgraph is not known yet: then the variable is
  // assigned at Invoke, and must have memory by then.
  const std::optional<int32_t> id = KnownId(*handle);
  if (id.has_value()) return AllocateVariable(context, *id, *value);
  TINYML_ENSURE(context, context.Has(Change::kAssignUnknownVariable),
                "its handle " + handle->Describe() +
                    " is not known while it prepares, on which this revision "
                    "crashes");
  if (context.resource_capacity() == 0) {
    FailsAtInvoke(context, "the application creates no resource variables");
  }
  return {};
}

}  // namespace

const OperatorKernel reference::kVarHandle = {
    .builtin_data = &kTfLiteVarHandleParams,
    .init = InitWith<kVarHandleOpData>,
    .prepare = VarHandlePrepare};
const OperatorKernel reference::kReadVariable = {.prepare =
                                                     ReadVariablePrepare};
const OperatorKernel reference::kAssignVariable = {.prepare =
                                                       AssignVariablePrepare};

}  // namespace tinyml::runtime
