// RESHAPE, SQUEEZE and EXPAND_DIMS. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{reshape_common,squeeze,expand_dims}.cc; their parsers in
// lite/core/api/flatbuffer_conversions.cc.
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/macros.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

// The length of the arrays in TfLiteReshapeParams and TfLiteSqueezeParams.
constexpr size_t kMaxOptionDims = 8;

Status CheckOptionLength(const KernelContext& context, size_t length,
                         std::string_view name) {
  TINYML_ENSURE(context, length <= kMaxOptionDims,
                "its option " + std::string(name) + " has " +
                    std::to_string(length) +
                    " elements, the runtime keeps up to 8");
  return {};
}

Status ReshapeParse(KernelContext& context) {
  return CheckOptionLength(
      context, context.Options<ReshapeOptions>().new_shape.size(), "new_shape");
}

Status ReshapePrepare(KernelContext& context) {
  TINYML_ENSURE(context, context.NumInputs() == 1 || context.NumInputs() == 2,
                "it needs 1 or 2 inputs");
  TINYML_ENSURE(context, context.NumOutputs() == 1, "it needs 1 output");
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));

  // Old converters wrote [0] for a scalar. Upstream corrects it in place, in
  // the model itself.
  if (context.NumInputs() == 1 && output->Rank() == 1 && output->Dim(0) == 0) {
    context.OverwriteDims(0).clear();
  }

  const std::string mismatch = "input " + input->Describe() + " and output " +
                               output->Describe() +
                               " differ in number of elements";
  std::optional<size_t> stretch;
  int64_t elements = 1;
  for (size_t i = 0; i < output->dims.size(); ++i) {
    if (output->dims[i] != -1) {
      elements *= output->dims[i];
      TINYML_ENSURE(context,
                    std::abs(elements) <= std::numeric_limits<int32_t>::max(),
                    mismatch);
      continue;
    }
    TINYML_ENSURE(
        context, !stretch.has_value(),
        "output " + output->Describe() + " has more than one dimension of -1");
    stretch = i;
  }
  if (stretch.has_value()) {
    TINYML_ENSURE(context, elements != 0,
                  "output " + output->Describe() +
                      " leaves no size for the dimension of -1: the runtime "
                      "divides by zero");
    std::vector<int32_t>& dims = context.Has(Change::kReshapeShape)
                                     ? context.RelocateDims(0)
                                     : context.OverwriteDims(0);
    dims[*stretch] = static_cast<int32_t>(input->Elements() / elements);
    elements *= dims[*stretch];
  }
  TINYML_RETURN_IF_ERROR(CheckSameType(context, *input, *output));
  TINYML_ENSURE(context, input->Elements() == elements, mismatch);
  return {};
}

Status SqueezeParse(KernelContext& context) {
  return CheckOptionLength(
      context, context.Options<SqueezeOptions>().squeeze_dims.size(),
      "squeeze_dims");
}

Status SqueezePrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const auto operands,
                          TakeOperands(context, {"input"}, {"output"}));
  const auto [input, output] = operands;
  TINYML_RETURN_IF_ERROR(CheckMaxRank(context, *input, "input", 8));

  const auto& listed = context.Options<SqueezeOptions>().squeeze_dims;
  std::vector<bool> squeezed(input->dims.size());
  for (int32_t axis : listed) {
    if (axis < 0) axis += input->Rank();
    TINYML_ENSURE(
        context, axis >= 0 && axis < input->Rank() && input->Dim(axis) == 1,
        "squeeze_dims names dimension " + std::to_string(axis) + " of input " +
            input->Describe() + ", which is not a dimension of size 1");
    squeezed[axis] = true;
  }
  if (listed.empty()) {
    std::transform(input->dims.begin(), input->dims.end(), squeezed.begin(),
                   [](int32_t dim) { return dim == 1; });
  }

  int kept = 0;
  for (int i = 0; i < input->Rank(); ++i) {
    if (squeezed[i]) continue;
    TINYML_ENSURE(
        context, kept < output->Rank() && output->Dim(kept) >= input->Dim(i),
        "output " + output->Describe() +
            " is too small for what remains of input " + input->Describe());
    ++kept;
  }
  if (input->Bytes() != output->Bytes()) {
    context.Warn("input " + input->Describe() + " and output " +
                 output->Describe() + " differ in bytes: Invoke will fail");
  }
  return {};
}

Status ExpandDimsPrepare(KernelContext& context) {
  TINYML_ASSIGN_OR_RETURN(const auto operands,
                          TakeOperands(context, {"input", "axis"}, {"output"}));
  const auto [input, axis_tensor, output] = operands;

  TINYML_RETURN_IF_ERROR(CheckConstant(context, *axis_tensor, "axis"));
  TINYML_RETURN_IF_ERROR(CheckMaxRank(context, *axis_tensor, "axis", 1));
  TINYML_RETURN_IF_ERROR(
      CheckType(context, *axis_tensor, "axis", {TensorType::kInt32}));
  TINYML_ASSIGN_OR_RETURN(const std::vector<int32_t> values,
                          ReadInt32(context, *axis_tensor, "axis", 1));
  TINYML_RETURN_IF_ERROR(
      CheckMaxRank(context, *output, "output", kMaxShapeRank));

  const int32_t axis =
      values[0] < 0 ? values[0] + input->Rank() + 1 : values[0];
  TINYML_ENSURE(context, axis >= 0 && axis <= input->Rank(),
                "axis " + std::to_string(values[0]) +
                    " is out of range for input " + input->Describe());
  std::vector<int32_t> expected = input->dims;
  expected.insert(expected.begin() + axis, 1);
  TINYML_ENSURE(context, output->dims == expected,
                "output " + output->Describe() + " is not input " +
                    input->Describe() + " with a dimension of 1 at axis " +
                    std::to_string(axis));

  if (context.Has(Change::kExpandDimsInt16)) {
    WarnOfType(context, *input, "input",
               {TensorType::kFloat32, TensorType::kInt16, TensorType::kInt8});
  } else {
    WarnOfType(context, *input, "input",
               {TensorType::kFloat32, TensorType::kInt8});
  }
  if (output->Bytes() < input->Bytes()) {
    context.Warn("output " + output->Describe() +
                 " has a smaller type than input " + input->Describe() +
                 ": Invoke writes past its end");
  }
  return {};
}

}  // namespace

const OperatorKernel reference::kReshape = {
    .builtin_data = &kTfLiteReshapeParams,
    .parse = ReshapeParse,
    .prepare = ReshapePrepare};
const OperatorKernel reference::kSqueeze = {
    .builtin_data = &kTfLiteSqueezeParams,
    .parse = SqueezeParse,
    .prepare = SqueezePrepare};
const OperatorKernel reference::kExpandDims = {.prepare = ExpandDimsPrepare};

}  // namespace tinyml::runtime
