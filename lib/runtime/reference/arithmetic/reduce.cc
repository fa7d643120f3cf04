// MEAN, SUM, REDUCE_MAX, REDUCE_MIN and REDUCE_ALL. Source: tflite-micro
// 90b983c2b3f1, micro/kernels/{reduce,reduce_common}.cc and
// lite/kernels/internal/reference/reduce.h.
#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

#include "base/macros.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/invoke_checks.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/operands.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/kernels/tensor_checks.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

// micro/kernels/reduce.h, OpDataReduce.
inline constexpr Field kOpDataReduceFields[] = {Int32(5), Int32(), Float(),
                                                Int32(),  Float(), Int32(2)};
inline constexpr StructDef kOpDataReduce = {"OpDataReduce",
                                            kOpDataReduceFields};

// Without Change::kReduceScratch.
inline constexpr Field kOldOpDataReduceFields[] = {Int32(4), Int32(), Float(),
                                                   Int32(),  Float(), Int32(2)};
inline constexpr StructDef kOldOpDataReduce = {"OpDataReduce",
                                               kOldOpDataReduceFields};

// Without Change::kMeanLikeLite.
inline constexpr Field kFirstOpDataReduceFields[] = {
    Int32(4), Int32(), Float(), Int32(), Float(), Int32()};
inline constexpr StructDef kFirstOpDataReduce = {"OpData (reduce)",
                                                 kFirstOpDataReduceFields};

Status Init(KernelContext& context) {
  context.Persistent(context.Has(Change::kReduceScratch)  ? kOpDataReduce
                     : context.Has(Change::kMeanLikeLite) ? kOldOpDataReduce
                                                          : kFirstOpDataReduce);
  return {};
}

// The runtime uses these tensors without checking that they are present.
struct ReduceOperands {
  const RuntimeTensor& input;
  const RuntimeTensor& output;
  const RuntimeTensor& axis;
};

Result<ReduceOperands> TakeReduce(KernelContext& context) {
  const RuntimeTensor* input = context.TempInput(0);
  const RuntimeTensor* output = context.TempOutput(0);
  const RuntimeTensor* axis = context.TempInput(1);
  if (input == nullptr || output == nullptr || axis == nullptr) {
    return Fail(
        context.Refuse("the input, the axis or the output is missing").error());
  }
  return ReduceOperands{*input, *output, *axis};
}

// PrepareSimple.
Status PrepareSimple(KernelContext& context) {
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckArity(context, 2, 1));
  const RuntimeTensor* axis = context.TempInput(1);
  TINYML_ENSURE(context, axis != nullptr, "the axis is missing");
  TINYML_RETURN_IF_ERROR(CheckType(context, *axis, TensorType::kInt32));
  TINYML_ENSURE(context, input != nullptr, "input 0 is missing");
  if (input->type == TensorType::kInt8) {
    const RuntimeTensor* output = context.TempOutput(0);
    TINYML_ENSURE(context, output != nullptr, "the output is missing");
    WarnMultiplier(context, static_cast<double>(input->scale) /
                                static_cast<double>(output->scale));
  }
  return {};
}

// Room for an index into the input and for the axes, duplicates included.
Status RequestIndexScratch(KernelContext& context, const RuntimeTensor& input,
                           const RuntimeTensor& axis) {
  TINYML_RETURN_IF_ERROR(context.Scratch(int64_t{4} * input.Rank()));
  return context.Scratch(4 * axis.Elements());
}

// ResolveAxis asserts the range of the axes, if there is something to reduce.
Status CheckAxes(KernelContext& context, const ReduceOperands& operands) {
  const auto& [input, output, axis] = operands;
  if (input.Rank() == 0) return {};
  for (int32_t value : axis.DataAs<int32_t>()) {
    if (value < -input.Rank() || value >= input.Rank()) {
      return AbortsAtInvoke(context, "axis " + std::to_string(value) +
                                         " is not one of " + input.Describe());
    }
  }
  return {};
}

bool HasZeroDim(const RuntimeTensor& tensor) {
  return std::ranges::find(tensor.dims, 0) != tensor.dims.end();
}

// The type that MEAN takes besides float and int8.
TensorType QuantizedToo(const KernelContext& context) {
  return context.Has(Change::kWithoutUInt8) ? TensorType::kInt16
                                            : TensorType::kUInt8;
}

// PrepareMeanOrSumHelper: scratch first, checks afterwards.
Result<ReduceOperands> PrepareMeanOrSum(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const ReduceOperands operands, TakeReduce(context));
  const auto& [input, output, axis] = operands;
  if (HasType(input, {TensorType::kInt8, QuantizedToo(context)})) {
    TINYML_RETURN_IF_ERROR(context.Scratch(4 * output.Elements()));
  }
  if (context.Has(Change::kReduceScratch)) {
    TINYML_RETURN_IF_ERROR(RequestIndexScratch(context, input, axis));
  }
  TINYML_RETURN_IF_ERROR(PrepareSimple(context));
  if (input.type == TensorType::kInt16) {
    WarnMultiplier(context, static_cast<double>(input.scale) /
                                static_cast<double>(output.scale));
  }
  return operands;
}

// EvalMeanHelper with float input.
Status CheckMeanFloat(KernelContext& context, const ReduceOperands& operands) {
  const auto& [input, output, axis] = operands;
  const auto axes = axis.DataAs<int32_t>();
  const bool height_width =
      axes == std::vector<int32_t>{1, 2} || axes == std::vector<int32_t>{2, 1};
  if (!context.Options<ReducerOptions>().keep_dims || input.Rank() != 4 ||
      !height_width) {
    return CheckAxes(context, operands);
  }
  // The special case asserts the shape that keep_dims implies.
  const int missing = 4 - output.Rank();
  const int32_t height = missing > 1 ? 1 : output.Dim(1 - missing);
  const int32_t width = missing > 2 ? 1 : output.Dim(2 - missing);
  if (missing < 0 || height != 1 || width != 1) {
    return AbortsAtInvoke(context, "output " + output.Describe() +
                                       " must keep height and width as 1");
  }
  return {};
}

Status MeanPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const ReduceOperands operands,
                          PrepareMeanOrSum(context));
  const auto& [input, output, axis] = operands;
  if (!RunsType(
          context, input,
          {TensorType::kFloat32, TensorType::kInt8, QuantizedToo(context)})) {
    return {};
  }
  WarnMixedTypes(context, input, output);
  if (input.type == TensorType::kFloat32) {
    return CheckMeanFloat(context, operands);
  }
  return HasZeroDim(input) ? Status() : CheckAxes(context, operands);
}

// Whether input and output have the same type, as the kernels other than MEAN
// require at Invoke, and one of `types`; warns if not.
bool RunsReduce(KernelContext& context, const ReduceOperands& operands,
                std::initializer_list<TensorType> types,
                bool takes_int16 = true) {
  if (operands.input.type != operands.output.type) {
    FailsAtInvoke(context, operands.input.Describe() + " and " +
                               operands.output.Describe() + " differ in type");
    return false;
  }
  return RunsType(context, operands.input, types, takes_int16);
}

Status SumPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const ReduceOperands operands,
                          PrepareMeanOrSum(context));
  if (!RunsReduce(
          context, operands,
          {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16}) ||
      HasZeroDim(operands.input)) {
    return {};
  }
  return CheckAxes(context, operands);
}

Status MinMaxPrepare(KernelContext& context) {
  TINYML_RETURN_IF_ERROR(PrepareSimple(context));
  TINYML_ASSIGN_OR_RETURN(const ReduceOperands operands, TakeReduce(context));
  const auto& [input, output, axis] = operands;
  TINYML_RETURN_IF_ERROR(RequestIndexScratch(context, input, axis));
  if (!RunsReduce(context, operands,
                  {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16},
                  context.Has(Change::kAmbiqInt16Kernels))) {
    return {};
  }
  if (IsInt8OrInt16(input) &&
      (input.scale != output.scale || input.zero_point != output.zero_point)) {
    FailsAtInvoke(context, input.Describe() + " and " + output.Describe() +
                               " differ in scale or zero point");
    return {};
  }
  return HasZeroDim(input) ? Status() : CheckAxes(context, operands);
}

Status AllPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const ReduceOperands operands, TakeReduce(context));
  const auto& [input, output, axis] = operands;
  TINYML_RETURN_IF_ERROR(CheckType(context, input, TensorType::kBool));
  TINYML_RETURN_IF_ERROR(PrepareSimple(context));
  TINYML_RETURN_IF_ERROR(RequestIndexScratch(context, input, axis));
  if (!RunsReduce(context, operands, {TensorType::kBool}) ||
      HasZeroDim(input)) {
    return {};
  }
  return CheckAxes(context, operands);
}

}  // namespace

const OperatorKernel reference::kMean = {.builtin_data = &kTfLiteReducerParams,
                                         .init = Init,
                                         .prepare = MeanPrepare};
const OperatorKernel reference::kSum = {
    .builtin_data = &kTfLiteReducerParams, .init = Init, .prepare = SumPrepare};
const OperatorKernel reference::kReduceMax = {
    .builtin_data = &kTfLiteReducerParams,
    .init = Init,
    .prepare = MinMaxPrepare};
const OperatorKernel reference::kReduceMin = {
    .builtin_data = &kTfLiteReducerParams,
    .init = Init,
    .prepare = MinMaxPrepare};
const OperatorKernel reference::kReduceAll = {
    .builtin_data = &kTfLiteReducerParams, .init = Init, .prepare = AllPrepare};

}  // namespace tinyml::runtime
