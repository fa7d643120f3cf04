// CAST. Source: tflite-micro 90b983c2b3f1, micro/kernels/cast.cc; ParseCast in
// lite/core/api/flatbuffer_conversions.cc.
#include "base/macros.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/operands.h"
#include "runtime/kernels/parse_checks.h"
#include "runtime/kernels/tensor_checks.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

Status Parse(KernelContext& context) {
  const auto& options = context.Options<CastOptions>();
  TINYML_RETURN_IF_ERROR(CheckOptionType(context, options.in_data_type));
  return CheckOptionType(context, options.out_data_type);
}

Status Prepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  TINYML_ASSIGN_OR_RETURN(const UnaryOperands operands, TakeUnary(context));
  const auto& [input, output] = operands;
  // CastEval.
  TINYML_RETURN_IF_ERROR(CheckEqualShapes(context, {&input, &output}));
  if (input.type == TensorType::kBool && !context.Has(Change::kBoolCast)) {
    FailsAtInvoke(context, "this revision has no code for " + input.Describe());
    return {};
  }
  const bool makes_uint32 = context.Has(Change::kCastUInt32);
  if (output.type == TensorType::kUInt32 && !makes_uint32) {
    FailsAtInvoke(context,
                  "this revision has no code for " + output.Describe());
    return {};
  }
  const bool runs =
      RunsType(
          context, input,
          {TensorType::kInt8, TensorType::kInt16, TensorType::kInt32,
           TensorType::kUInt32, TensorType::kFloat32, TensorType::kBool}) &&
      RunsType(context, output,
               {TensorType::kInt8, TensorType::kInt16, TensorType::kInt32,
                TensorType::kUInt32, TensorType::kFloat32});
  if (!runs && !context.Has(Change::kCastChecksTypes)) {
    context.Warn(
        "this revision does not report it: Invoke leaves the output as it is");
  }
  return {};
}

}  // namespace

const OperatorKernel reference::kCast = {
    .builtin_data = &kTfLiteCastParams, .parse = Parse, .prepare = Prepare};

}  // namespace tinyml::runtime
