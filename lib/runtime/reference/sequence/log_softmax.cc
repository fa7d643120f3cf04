// LOG_SOFTMAX. Source: tflite-micro 90b983c2b3f1, micro/kernels/log_softmax.cc.
#include "base/macros.h"
#include "ops/fixed_point.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/layers/layer_checks.h"
#include "runtime/reference/sequence/softmax.h"

namespace tinyml::runtime {
namespace {

inline constexpr Field kLogSoftmaxOpDataFields[] = {Int32(4), Int32(),
                                                    SizeT(2)};
inline constexpr StructDef kLogSoftmaxOpData = {"LogSoftmaxOpData",
                                                kLogSoftmaxOpDataFields};

// lite/kernels/internal/quantization_util.cc, PreprocessLogSoftmaxScalingExp.
Status CheckScaling(const KernelContext& context, float input_scale) {
  const double scaling =
      SoftmaxInputMultiplier(1.0, static_cast<double>(input_scale));
  TINYML_RETURN_IF_ERROR(
      CheckMultiplierAboveOne(context, scaling, "2^26 x input scale"));
  const QuantizedMultiplier fixed = QuantizeMultiplier(scaling);
  const auto power = static_cast<double>(int64_t{1} << (31 - fixed.shift));
  return CheckMultiplierBelowOne(context, power / fixed.multiplier,
                                 "the reverse of the input's scaling");
}

// With Change::kAmbiqInt16Kernels.
Status CheckInt16Result(const KernelContext& context,
                        const RuntimeTensor& output) {
  TINYML_ENSURE(context,
                output.scale == 1.0F / 4096 && output.zero_point == 32767,
                "output " + output.Describe() +
                    " should have scale 1/4096 and zero point 32767");
  return {};
}

Status PrepareQuantized(KernelContext& context, const RuntimeTensor& input,
                        const RuntimeTensor& output) {
  context.Persistent(kLogSoftmaxOpData);
  TINYML_RETURN_IF_ERROR(
      input.type == TensorType::kInt16
          ? CheckInt16Result(context, output)
          : CheckFixedResult(context, BuiltinOperator::kLogSoftmax, output));
  TINYML_RETURN_IF_ERROR(CheckScaling(context, input.scale));
  TINYML_ENSURE(context, HasLeadingShape(input, output),
                "input " + input.Describe() +
                    " should have 1 to 6 dimensions; the runtime aborts");
  return {};
}

Status Prepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const auto operands,
                          TakeOperands(context, {"input"}, {"output"}));
  const auto [input, output] = operands;
  TINYML_ENSURE(context,
                input->type == output->type && input->dims == output->dims,
                "input " + input->Describe() + " and output " +
                    output->Describe() + " differ in type or shape");
  if (input->type == TensorType::kInt8 ||
      (input->type == TensorType::kInt16 &&
       context.Has(Change::kAmbiqInt16Kernels))) {
    return PrepareQuantized(context, *input, *output);
  }
  if (!RunsType(context, *input, {TensorType::kFloat32, TensorType::kInt8})) {
    return {};
  }
  return AssertLeadingShape(context, *input, *output);
}

}  // namespace

const OperatorKernel reference::kLogSoftmax = {.prepare = Prepare};

}  // namespace tinyml::runtime
