// CONCATENATION and PACK. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{concatenation,pack}.cc.
#include <string>

#include "base/macros.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

// lite/kernels/internal/types.h, ConcatenationParams; OpData holds only that.
inline constexpr Field kConcatenationParamsFields[] = {Int32(), Pointer(2),
                                                       Int32(2), Float()};
inline constexpr StructDef kConcatenationParams = {"OpData (CONCATENATION)",
                                                   kConcatenationParamsFields};
constexpr int kMaxInputs = 10;

// Only some values of the option name an activation; all others mean none.
// Source: lite/core/api/flatbuffer_conversions.cc, ConvertActivation.
bool IsActivation(ActivationFunctionType type) {
  return type >= ActivationFunctionType::kRelu &&
         type <= ActivationFunctionType::kSignBit;
}

// Not checked before Invoke.
Status CheckConcatenationEval(KernelContext& context,
                              const RuntimeTensor& output, int axis) {
  bool fits = axis >= 0 && axis < output.Rank();
  int64_t length = 0;
  for (int i = 0; fits && i < context.NumInputs(); ++i) {
    const RuntimeTensor& input = *context.Input(i);
    length += input.Dim(axis);
    fits = input.Rank() == output.Rank();
    for (int d = 0; fits && d < output.Rank(); ++d) {
      fits = d == axis || input.Dim(d) == output.Dim(d);
    }
  }
  if (!fits || length != output.Dim(axis)) {
    return AbortsAtInvoke(context, "the inputs do not make up output " +
                                       output.Describe() + " along axis " +
                                       std::to_string(axis));
  }
  return {};
}

Status ConcatenationPrepare(KernelContext& context) {
  const auto& options = context.Options<ConcatenationOptions>();
  const RuntimeTensor* first = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, first, "first input"));
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));

  TINYML_ENSURE(context, !IsActivation(options.fused_activation_function),
                "it has a fused activation, which the runtime does not support "
                "here");
  const bool of_2020 = !context.Has(Change::kKernelsOf2022);
  TINYML_RETURN_IF_ERROR(
      of_2020 ? CheckType(
                    context, *first, "input",
                    {TensorType::kFloat32, TensorType::kUInt8,
                     TensorType::kInt8, TensorType::kInt32, TensorType::kInt64})
              : CheckType(context, *first, "input",
                          {TensorType::kFloat32, TensorType::kInt8,
                           TensorType::kInt16, TensorType::kInt32,
                           TensorType::kInt64, TensorType::kBool}));
  TINYML_ENSURE(context,
                first->type != TensorType::kBool ||
                    context.Has(Change::kConcatenationBool),
                "this revision does not take " + first->Describe());
  TINYML_RETURN_IF_ERROR(CheckSameType(context, *first, *output));
  TINYML_ENSURE(context, context.NumInputs() <= kMaxInputs,
                "it has " + std::to_string(context.NumInputs()) +
                    " inputs, the runtime takes up to 10");

  for (int i = 0; i < context.NumInputs(); ++i) {
    const RuntimeTensor* input = context.TempInput(i);
    TINYML_RETURN_IF_ERROR(
        CheckPresent(context, input, "input " + std::to_string(i)));
    if (!context.Has(Change::kConcatenationWithoutScales)) {
      WarnMixedTypes(context, *input, *output);
      TINYML_RETURN_IF_ERROR(
          CheckMaxRank(context, *input, "input", of_2020 ? 4 : kMaxShapeRank));
      continue;
    }
    TINYML_RETURN_IF_ERROR(CheckSameType(context, *input, *output));
    TINYML_RETURN_IF_ERROR(
        CheckMaxRank(context, *input, "input", kMaxShapeRank));
    if (input->type == TensorType::kInt8) {
      TINYML_ENSURE(context,
                    input->scale == output->scale &&
                        input->zero_point == output->zero_point,
                    "input " + input->Describe() + " and output " +
                        output->Describe() +
                        " differ in scale or zero point; the int8 kernel does "
                        "not rescale");
    } else if (input->type == TensorType::kInt16) {
      TINYML_ENSURE(
          context, input->zero_point == 0,
          "input " + input->Describe() + " has a zero point other than 0");
    }
  }
  if (!context.Has(Change::kConcatenationWithoutScales)) {
    // The output is taken once more, and so is every int8 input.
    context.TempOutput(0);
    if (HasType(*output, {TensorType::kInt8, TensorType::kUInt8})) {
      const int64_t bytes = int64_t{4} * context.NumInputs();
      context.Persistent("scales of the inputs", bytes);
      context.Persistent("zero points of the inputs", bytes);
      for (int i = 0; i < context.NumInputs(); ++i) context.TempInput(i);
    }
  }
  TINYML_ENSURE(
      context,
      !context.Has(Change::kConcatenationWithoutScales) ||
          output->type != TensorType::kInt16 || output->zero_point == 0,
      "output " + output->Describe() + " has a zero point other than 0");
  return CheckConcatenationEval(
      context, *output,
      options.axis < 0 ? options.axis + output->Rank() : options.axis);
}

// Upstream has no Prepare.
Status PackPrepare(KernelContext& context) {
  const auto& options = context.Options<PackOptions>();
  const RuntimeTensor* output = context.Output(0);
  if (output == nullptr) {
    return AbortsAtInvoke(context, "the output is missing");
  }
  if (!RunsType(context, *output,
                {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16,
                 TensorType::kInt32, TensorType::kInt64},
                context.Has(Change::kPackInt16))) {
    return {};
  }
  const RuntimeTensor* input = context.Input(0);
  if (input == nullptr || options.values_count > context.NumInputs()) {
    return AbortsAtInvoke(context, "an input is missing");
  }
  const int axis =
      options.axis < 0 ? options.axis + output->Rank() : options.axis;
  if (output->Dim(axis) > 0 &&
      input->Elements() != output->Elements() / output->Dim(axis)) {
    return AbortsAtInvoke(context, "input " + input->Describe() +
                                       " is not a slice of output " +
                                       output->Describe() + " along axis " +
                                       std::to_string(options.axis));
  }
  return {};
}

}  // namespace

const OperatorKernel reference::kConcatenation = {
    .builtin_data = &kTfLiteConcatenationParams,
    .init = InitWith<kConcatenationParams>,
    .prepare = ConcatenationPrepare};
const OperatorKernel reference::kPack = {.builtin_data = &kTfLitePackParams,
                                         .prepare = PackPrepare};

}  // namespace tinyml::runtime
