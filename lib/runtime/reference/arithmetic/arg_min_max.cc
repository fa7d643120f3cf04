// ARG_MAX and ARG_MIN, which have no Prepare upstream. Source: tflite-micro
// 90b983c2b3f1, micro/kernels/arg_min_max.cc and lite/kernels/internal/
// reference/arg_min_max.h; ParseArgMax and ParseArgMin in
// lite/core/api/flatbuffer_conversions.cc.
#include <string>

#include "base/macros.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/parse_checks.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

Status ParseArgMax(KernelContext& context) {
  return CheckOptionType(context, context.Options<ArgMaxOptions>().output_type);
}

Status ParseArgMin(KernelContext& context) {
  return CheckOptionType(context, context.Options<ArgMinOptions>().output_type);
}

// ArgMinMax.
Status CheckShapes(KernelContext& context, const RuntimeTensor& input,
                   const RuntimeTensor& axis, const RuntimeTensor& output) {
  TINYML_RETURN_IF_ERROR(CheckShapeRanks(context, {&input, &output}));
  if (input.Rank() == 0 || output.Rank() != input.Rank() - 1) {
    return AbortsAtInvoke(context, "output " + output.Describe() +
                                       " must have one dimension fewer than " +
                                       input.Describe());
  }
  const auto values = axis.DataAs<int32_t>();
  if (values.empty()) return {};
  const int32_t along = values[0] < 0 ? values[0] + input.Rank() : values[0];
  if (along < 0 || along >= input.Rank()) {
    return AbortsAtInvoke(context, "axis " + std::to_string(values[0]) +
                                       " is not one of " + input.Describe());
  }
  for (int i = 0; i < output.Rank(); ++i) {
    if (output.Dim(i) != input.Dim(i < along ? i : i + 1)) {
      return AbortsAtInvoke(context, "output " + output.Describe() +
                                         " must have the shape of " +
                                         input.Describe() + " without axis " +
                                         std::to_string(along));
    }
  }
  return {};
}

// Eval.
Status Prepare(KernelContext& context) {
  const RuntimeTensor* input = context.Input(0);
  const RuntimeTensor* axis = context.Input(1);
  const RuntimeTensor* output = context.Output(0);
  if (input == nullptr || axis == nullptr || output == nullptr) {
    return AbortsAtInvoke(context,
                          "the input, the axis or the output is missing");
  }
  if (!RunsType(context, *axis, {TensorType::kInt32}) ||
      !RunsType(context, *output, {TensorType::kInt32}) ||
      !RunsType(context, *input, {TensorType::kFloat32, TensorType::kInt8})) {
    return {};
  }
  return CheckShapes(context, *input, *axis, *output);
}

}  // namespace

const OperatorKernel reference::kArgMax = {.builtin_data = &kTfLiteArgMaxParams,
                                           .parse = ParseArgMax,
                                           .prepare = Prepare};
const OperatorKernel reference::kArgMin = {.builtin_data = &kTfLiteArgMinParams,
                                           .parse = ParseArgMin,
                                           .prepare = Prepare};

}  // namespace tinyml::runtime
