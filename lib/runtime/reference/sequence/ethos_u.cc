// The operator into which Vela compiles networks for an Ethos-U. Source:
// tflite-micro 90b983c2b3f1, micro/kernels/ethos_u/ethosu.cc, Init and Prepare,
// and micro/kernels/ethosu.cc: builds without it register no such operator.
#include "base/macros.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime {
namespace {

constexpr Field kOpDataFields[] = {Int32(3)};
constexpr StructDef kOpData = {"OpData (ethos-u)", kOpDataFields};

Status CheckLinked(KernelContext& context) {
  TINYML_ENSURE(context, context.target().kernels.ethos_u,
                "Vela compiled it for an Ethos-U, whose kernel " +
                    context.target().name +
                    " does not link (\"ethos-u\" in kernels.features of a "
                    "profile); take the model as it was before Vela");
  return {};
}

Status Prepare(KernelContext& context) {
  TINYML_ENSURE(context, context.NumInputs() > 0, "it has no inputs");
  TINYML_ENSURE(context, !context.CustomOptions().empty(),
                "it has no options, in which Vela marks its operator");
  const int64_t addresses = int64_t{context.NumInputs()} + context.NumOutputs();
  TINYML_RETURN_IF_ERROR(context.Scratch(addresses * 8));
  TINYML_RETURN_IF_ERROR(
      context.Scratch(addresses * context.abi().pointer_bytes));
  return CheckPresent(context, context.TempInput(0), "command stream");
}

}  // namespace

const OperatorKernel reference::kEthosU = {
    .parse = CheckLinked, .init = InitWith<kOpData>, .prepare = Prepare};

}  // namespace tinyml::runtime
