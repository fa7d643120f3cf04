// PAD and PADV2. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/{pad,pad_common}.cc.
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "base/macros.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/tensor_checks.h"

namespace tinyml::runtime {
namespace {

// lite/kernels/internal/types.h, PadParams.
inline constexpr Field kPadParamsFields[] = {Int8(), Int32(5), Int8(), Int32(5),
                                             Int8()};
inline constexpr StructDef kPadParams = {"PadParams", kPadParamsFields};

// micro/kernels/pad.h, OpData.
inline constexpr Field kPadOpDataFields[] = {Struct(kPadParams), Int32()};
inline constexpr StructDef kPadOpData = {"OpData (PAD)", kPadOpDataFields};

// PadKernelMaxDimensionCount().
constexpr int kPadMaxRank = 5;

// Without Change::kKernelsOf2022: up to 4 dimensions.
inline constexpr Field kPadParamsOf2020Fields[] = {Int8(), Int32(4), Int8(),
                                                   Int32(4), Int8()};
inline constexpr StructDef kPadParamsOf2020 = {"PadParams",
                                               kPadParamsOf2020Fields};
inline constexpr Field kPadOpDataOf2020Fields[] = {Struct(kPadParamsOf2020),
                                                   Int32()};
inline constexpr StructDef kPadOpDataOf2020 = {"OpData (PAD)",
                                               kPadOpDataOf2020Fields};
constexpr int kPadMaxRankOf2020 = 4;

Status CheckPaddedShape(KernelContext& context, const RuntimeTensor& input,
                        const RuntimeTensor& paddings,
                        const RuntimeTensor& output) {
  TINYML_RETURN_IF_ERROR(
      CheckMaxRank(context, paddings, "paddings", kMaxShapeRank));
  TINYML_ENSURE(context, paddings.Elements() == int64_t{output.Rank()} * 2,
                "paddings " + paddings.Describe() +
                    " do not have a pair for each dimension of output " +
                    output.Describe());
  TINYML_RETURN_IF_ERROR(CheckConstant(context, paddings, "paddings"));
  TINYML_ASSIGN_OR_RETURN(
      const std::vector<int32_t> values,
      ReadInt32(context, paddings, "paddings", int64_t{output.Rank()} * 2));
  TINYML_ENSURE(context, output.Rank() <= input.Rank(),
                "output " + output.Describe() +
                    " has more dimensions than input " + input.Describe());
  for (size_t i = 0; i < output.dims.size(); ++i) {
    const int64_t expected =
        int64_t{input.dims[i]} + values[2 * i] + values[2 * i + 1];
    TINYML_ENSURE(context, output.dims[i] == expected,
                  "dimension " + std::to_string(i) + " of output " +
                      output.Describe() + " should be " +
                      std::to_string(expected) + " by input " +
                      input.Describe() + " and its paddings");
  }
  if (output.Rank() < input.Rank()) {
    context.Warn(
        "output " + output.Describe() + " has fewer dimensions than input " +
        input.Describe() +
        ": the runtime pads the others by whatever follows the paddings "
        "in the model");
  }
  return {};
}

Status Prepare(KernelContext& context) {
  TINYML_ENSURE(context, context.NumInputs() == 2 || context.NumInputs() == 3,
                "it needs 2 or 3 inputs");
  TINYML_ENSURE(context, context.NumOutputs() == 1, "it needs 1 output");
  const RuntimeTensor* input = context.TempInput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, input, "input"));
  const RuntimeTensor* paddings = context.TempInput(1);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, paddings, "tensor of paddings"));
  const RuntimeTensor* value = context.TempInput(2);
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));

  TINYML_RETURN_IF_ERROR(CheckSameType(context, *input, *output));
  TINYML_RETURN_IF_ERROR(CheckMaxRank(
      context, *input, "input",
      context.Has(Change::kKernelsOf2022) ? kPadMaxRank : kPadMaxRankOf2020));
  if (value != nullptr) {
    TINYML_ENSURE(context, value->type == input->type && value->Elements() == 1,
                  "padding value " + value->Describe() +
                      " is not one element of the type of input " +
                      input->Describe());
  }
  TINYML_RETURN_IF_ERROR(CheckPaddedShape(context, *input, *paddings, *output));
  const bool is_uint8 =
      input->type == TensorType::kUInt8 && !context.Has(Change::kWithoutUInt8);
  if (input->type == TensorType::kInt8 || is_uint8) {
    using Int8 = std::numeric_limits<int8_t>;
    const int32_t lowest = is_uint8 ? 0 : Int8::min();
    const int32_t highest =
        is_uint8 ? std::numeric_limits<uint8_t>::max() : Int8::max();
    if (value == nullptr) {
      TINYML_ENSURE(
          context,
          output->zero_point >= lowest && output->zero_point <= highest,
          "output " + output->Describe() +
              " has a zero point outside the range of its type");
    } else {
      TINYML_ENSURE(context,
                    output->zero_point == value->zero_point &&
                        output->scale == value->scale,
                    "padding value " + value->Describe() + " and output " +
                        output->Describe() + " differ in scale or zero point");
    }
  }
  WarnOfType(context, *input, "input",
             {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16,
              TensorType::kInt32});
  return {};
}

}  // namespace

const OperatorKernel reference::kPad = {
    .init = InitWith<kPadOpData, Change::kKernelsOf2022, kPadOpDataOf2020>,
    .prepare = Prepare};
const OperatorKernel reference::kPadv2 = {
    .init = InitWith<kPadOpData, Change::kKernelsOf2022, kPadOpDataOf2020>,
    .prepare = Prepare};

}  // namespace tinyml::runtime
