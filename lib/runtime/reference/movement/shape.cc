// SHAPE. Source: tflite-micro 90b983c2b3f1, micro/kernels/shape.cc; ParseShape
// in lite/core/api/flatbuffer_conversions.cc.
#include <string>

#include "base/macros.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

Status Parse(KernelContext& context) {
  const auto type = static_cast<int>(context.Options<ShapeOptions>().out_type);
  TINYML_ENSURE(context,
                type >= 0 && type <= static_cast<int>(TensorType::kFloat8E5M2),
                "its option out_type is " + std::to_string(type) +
                    ", which is not a type");
  return {};
}

Status Prepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(CheckArity(context, 1, 1));
  if (const RuntimeTensor* output = context.Output(0)) {
    WarnOfType(context, *output, "output", {TensorType::kInt32});
  }
  return {};
}

}  // namespace

const OperatorKernel reference::kShape = {
    .builtin_data = &kTfLiteShapeParams, .parse = Parse, .prepare = Prepare};

}  // namespace tinyml::runtime
