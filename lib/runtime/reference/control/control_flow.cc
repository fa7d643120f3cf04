// IF, WHILE and CALL_ONCE. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/if.cc, while.cc, call_once.cc; for calls that the planner
// follows, micro/micro_allocation_info.cc, MarkSubgraphLifetimesIfNecessary.
#include <cstddef>
#include <string>
#include <string_view>

#include "base/macros.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

inline constexpr Field kTwoSubgraphsFields[] = {Int32(2)};
inline constexpr StructDef kIfOpData = {"OpData (IF)", kTwoSubgraphsFields};
inline constexpr StructDef kWhileOpData = {"OpData (WHILE)",
                                           kTwoSubgraphsFields};
inline constexpr Field kCallOnceOpDataFields[] = {Int32(), Bool()};
inline constexpr StructDef kCallOnceOpData = {"OpData (CALL_ONCE)",
                                              kCallOnceOpDataFields};

std::string SubgraphName(std::string_view role, int32_t index) {
  return std::string(role) + " subgraph " + std::to_string(index);
}

// Kernels treat a negative index as in range; the planner takes -1 to mean no
// subgraph and crashes on other negative ones, as it does without an options
// table.
Status CheckSubgraph(const KernelContext& context, int32_t index,
                     std::string_view role, bool may_be_none) {
  TINYML_ENSURE(
      context, context.op().options.has_value(),
      "it has no options, which say what subgraph it calls: the runtime "
      "crashes");
  const auto count = static_cast<int32_t>(context.model().subgraphs.size());
  TINYML_ENSURE(context,
                index < count && (index >= 0 || (index == -1 && may_be_none)),
                "there is no " + SubgraphName(role, index));
  return {};
}

const Subgraph& SubgraphAt(const KernelContext& context, int32_t index) {
  return context.model().subgraphs[index];
}

Status CheckInputCount(const KernelContext& context, size_t count,
                       int32_t index, std::string_view role) {
  const size_t wanted = SubgraphAt(context, index).inputs.size();
  TINYML_ENSURE(context, count == wanted,
                SubgraphName(role, index) + " has " + std::to_string(wanted) +
                    " inputs, the operator passes " + std::to_string(count));
  return {};
}

Status CheckOutputCount(const KernelContext& context, int32_t index,
                        std::string_view role) {
  const size_t count = SubgraphAt(context, index).outputs.size();
  TINYML_ENSURE(context, static_cast<size_t>(context.NumOutputs()) == count,
                SubgraphName(role, index) + " has " + std::to_string(count) +
                    " outputs, the operator " +
                    std::to_string(context.NumOutputs()));
  return {};
}

// Whether a tensor can be copied to one of another subgraph.
bool Fits(const RuntimeTensor* tensor, const RuntimeTensor& other) {
  return tensor != nullptr && tensor->type == other.type &&
         tensor->Bytes() == other.Bytes();
}

void WarnOfPassing(KernelContext& context, const RuntimeTensor& other,
                   int32_t index, std::string_view role) {
  context.Warn("tensor " + other.Describe() + " of " +
               SubgraphName(role, index) +
               " does not match what the operator copies to or from it: "
               "Invoke will fail when the subgraph runs");
}

// What Invoke checks when it copies the operator's inputs, from the `first`th
// on, to those of a subgraph, and outputs back.
void WarnOfInputs(KernelContext& context, int first, int32_t index,
                  std::string_view role) {
  const auto& inputs = SubgraphAt(context, index).inputs;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const RuntimeTensor& inner = context.TensorAt(index, inputs[i]);
    if (!Fits(context.Input(first + static_cast<int>(i)), inner)) {
      WarnOfPassing(context, inner, index, role);
    }
  }
}

void WarnOfOutputs(KernelContext& context, int32_t index,
                   std::string_view role) {
  const auto& outputs = SubgraphAt(context, index).outputs;
  for (size_t i = 0; i < outputs.size(); ++i) {
    const RuntimeTensor& inner = context.TensorAt(index, outputs[i]);
    if (!Fits(context.Output(static_cast<int>(i)), inner)) {
      WarnOfPassing(context, inner, index, role);
    }
  }
}

// A copy that every Invoke makes.
Status CheckCopy(KernelContext& context, const RuntimeTensor* from,
                 const RuntimeTensor* to) {
  if (from == nullptr || to == nullptr) {
    return AbortsAtInvoke(context, "an input or output is missing");
  }
  if (from->type != to->type) {
    return AbortsAtInvoke(context, from->Describe() + " is copied to " +
                                       to->Describe() + " of another type");
  }
  if (from->Bytes() != to->Bytes()) {
    FailsAtInvoke(context, from->Describe() + " is copied to " +
                               to->Describe() + " of another size");
  }
  return {};
}

Status IfPrepare(KernelContext& context) {
  const auto& options = context.Options<IfOptions>();
  const int32_t then_index = options.then_subgraph_index;
  const int32_t else_index = options.else_subgraph_index;
  const RuntimeTensor* condition = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, condition, "condition"));
  TINYML_RETURN_IF_ERROR(
      CheckType(context, *condition, "condition", {TensorType::kBool}));
  TINYML_ENSURE(context, condition->Elements() == 1,
                "condition " + condition->Describe() + " is not one element");
  TINYML_ENSURE(
      context,
      context.NumOutputs() > 0 || context.Has(Change::kIfWithoutOutputs),
      "it has no outputs, without which this revision crashes");
  TINYML_RETURN_IF_ERROR(CheckSubgraph(context, then_index, "then", false));
  TINYML_RETURN_IF_ERROR(CheckSubgraph(context, else_index, "else", true));
  const auto inputs = static_cast<size_t>(context.NumInputs() - 1);
  TINYML_RETURN_IF_ERROR(CheckInputCount(context, inputs, then_index, "then"));
  TINYML_RETURN_IF_ERROR(CheckOutputCount(context, then_index, "then"));

  WarnOfInputs(context, 1, then_index, "then");
  WarnOfOutputs(context, then_index, "then");
  if (else_index < 0) {
    context.Warn(
        "it has no else subgraph: Invoke will fail when it is "
        "wanted");
  } else if (!CheckInputCount(context, inputs, else_index, "else") ||
             !CheckOutputCount(context, else_index, "else")) {
    context.Warn(SubgraphName("else", else_index) +
                 " does not have as many inputs or outputs as the operator "
                 "passes: Invoke will fail when it runs");
  } else {
    WarnOfInputs(context, 1, else_index, "else");
    WarnOfOutputs(context, else_index, "else");
  }
  return {};
}

Status WhilePrepare(KernelContext& context) {
  const auto& options = context.Options<WhileOptions>();
  const int32_t condition = options.cond_subgraph_index;
  const int32_t body = options.body_subgraph_index;
  TINYML_RETURN_IF_ERROR(CheckSubgraph(context, condition, "condition", false));
  TINYML_RETURN_IF_ERROR(CheckSubgraph(context, body, "body", false));
  const auto inputs = static_cast<size_t>(context.NumInputs());
  TINYML_RETURN_IF_ERROR(
      CheckInputCount(context, inputs, condition, "condition"));
  TINYML_RETURN_IF_ERROR(CheckInputCount(context, inputs, body, "body"));
  TINYML_ENSURE(context, context.NumInputs() == context.NumOutputs(),
                "it has " + std::to_string(context.NumInputs()) +
                    " inputs, but " + std::to_string(context.NumOutputs()) +
                    " outputs");
  TINYML_RETURN_IF_ERROR(CheckOutputCount(context, body, "body"));

  for (int i = 0; i < context.NumInputs(); ++i) {
    const RuntimeTensor* input = context.Input(i);
    const TensorIndex inner = SubgraphAt(context, condition).inputs[i];
    TINYML_RETURN_IF_ERROR(
        CheckCopy(context, input, &context.TensorAt(condition, inner)));
    TINYML_RETURN_IF_ERROR(CheckCopy(context, input, context.Output(i)));
  }
  WarnOfInputs(context, 0, body, "body");
  WarnOfOutputs(context, body, "body");
  const auto& results = SubgraphAt(context, condition).outputs;
  if (results.empty() ||
      context.TensorAt(condition, results[0]).type != TensorType::kBool) {
    context.Warn("the first output of " + SubgraphName("condition", condition) +
                 " is not a bool: Invoke reads it as one");
  }
  return {};
}

Status CallOncePrepare(KernelContext& context) {
  const int32_t index = context.Options<CallOnceOptions>().init_subgraph_index;
  TINYML_RETURN_IF_ERROR(CheckArity(context, 0, 0));
  TINYML_RETURN_IF_ERROR(CheckSubgraph(context, index, "init", true));
  if (index < 0) {
    context.Warn("it has no init subgraph: Invoke will fail");
  }
  return {};
}

}  // namespace

const OperatorKernel reference::kIf = {.builtin_data = &kTfLiteIfParams,
                                       .init = InitWith<kIfOpData>,
                                       .prepare = IfPrepare};
const OperatorKernel reference::kWhile = {.builtin_data = &kTfLiteWhileParams,
                                          .init = InitWith<kWhileOpData>,
                                          .prepare = WhilePrepare};
const OperatorKernel reference::kCallOnce = {
    .builtin_data = &kTfLiteCallOnceParams,
    .init = InitWith<kCallOnceOpData>,
    .prepare = CallOncePrepare};

}  // namespace tinyml::runtime
