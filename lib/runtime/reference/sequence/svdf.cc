// SVDF. Source: tflite-micro 90b983c2b3f1, micro/kernels/{svdf,svdf_common}.cc.
#include "runtime/reference/sequence/svdf.h"

#include <cmath>
#include <string>

#include "base/macros.h"
#include "runtime/abi/builtin_params.h"
#include "runtime/kernels/kernel.h"
#include "runtime/kernels/quantization_checks.h"
#include "runtime/kernels/tensor_checks.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

// micro/kernels/svdf.h, OpDataSvdf.
inline constexpr Field kOpDataSvdfFields[] = {Int32(2), Int32(2), Int32(2),
                                              Int32(3)};
inline constexpr StructDef kOpDataSvdf = {"OpDataSvdf", kOpDataSvdfFields};

struct Tensors {
  const RuntimeTensor& input;
  const RuntimeTensor& weights_feature;
  const RuntimeTensor& weights_time;
  const RuntimeTensor& bias;
  const RuntimeTensor& state;
  const RuntimeTensor& output;
};

Status CheckShapes(const KernelContext& context, const Tensors& tensors) {
  const auto& [input, weights_feature, weights_time, bias, state, output] =
      tensors;
  const int64_t rank = context.Options<SVDFOptions>().rank;
  const int64_t filters = weights_feature.Dim(0);
  TINYML_ENSURE(context, rank != 0 && filters % rank == 0,
                "the " + std::to_string(filters) + " filters of " +
                    weights_feature.Describe() +
                    " are not a multiple of the rank in its options, " +
                    std::to_string(rank));
  const int64_t units = filters / rank;
  const int64_t batch = input.Dim(0);
  const int64_t memory = weights_time.Dim(1);
  for (const RuntimeTensor* tensor :
       {&input, &output, &weights_feature, &weights_time, &state}) {
    TINYML_ENSURE(context, tensor->Rank() == 2,
                  tensor->Describe() + " should have rank 2");
  }
  TINYML_ENSURE(context, output.Dim(0) == batch && output.Dim(1) == units,
                "output " + output.Describe() + " should have shape [" +
                    std::to_string(batch) + "," + std::to_string(units) + "]");
  TINYML_ENSURE(context, weights_feature.Dim(1) == input.Dim(1),
                "feature weights " + weights_feature.Describe() +
                    " do not match input " + input.Describe());
  TINYML_ENSURE(context, weights_time.Dim(0) == filters,
                "time weights " + weights_time.Describe() +
                    " do not have a row for each filter");
  TINYML_ENSURE(context, bias.Dim(0) == units,
                "bias " + bias.Describe() + " should have " +
                    std::to_string(units) + " elements");
  TINYML_ENSURE(
      context, state.Dim(0) == batch && state.Dim(1) == memory * filters,
      "state " + state.Describe() + " should have shape [" +
          std::to_string(batch) + "," + std::to_string(memory * filters) + "]");
  TINYML_ENSURE(context, state.IsVariable(),
                "state " + state.Describe() + " is not a variable tensor");
  return {};
}

Status CheckInt8(KernelContext& context, const Tensors& tensors) {
  const auto& [input, weights_feature, weights_time, bias, state, output] =
      tensors;
  const bool takes_int8_state = context.Has(Change::kKernelsOf2022);
  const auto is_int8_or_16 = [&](const RuntimeTensor& tensor) {
    return tensor.type == TensorType::kInt16 ||
           (tensor.type == TensorType::kInt8 && takes_int8_state);
  };
  TINYML_ENSURE(context,
                weights_feature.type == TensorType::kInt8 &&
                    is_int8_or_16(weights_time) && is_int8_or_16(state) &&
                    bias.type == TensorType::kInt32 &&
                    output.type == TensorType::kInt8,
                "int8 input needs int8 feature weights and output, an int32 "
                "bias, and int8 or int16 time weights and state");
  const auto accumulator =
      static_cast<double>(state.scale * weights_time.scale);
  const double difference =
      std::abs(static_cast<double>(bias.scale) - accumulator);
  TINYML_ENSURE(context, difference < 1e-5,
                "the scale of bias " + bias.Describe() +
                    " is not state scale x time weights scale");
  WarnMultiplier(
      context,
      static_cast<double>(input.scale * weights_feature.scale / state.scale));
  WarnMultiplier(context, static_cast<double>(state.scale * weights_time.scale /
                                              output.scale));
  if (weights_time.type != state.type) {
    context.Warn("state " + state.Describe() +
                 " is read with the type of time weights " +
                 weights_time.Describe());
  }
  return {};
}

Status CheckFloat(const KernelContext& context, const Tensors& tensors) {
  const bool all_float = tensors.weights_feature.type == TensorType::kFloat32 &&
                         tensors.weights_time.type == TensorType::kFloat32 &&
                         tensors.state.type == TensorType::kFloat32 &&
                         tensors.bias.type == TensorType::kFloat32 &&
                         tensors.output.type == TensorType::kFloat32;
  TINYML_ENSURE(context, all_float,
                "float32 input needs float32 weights, bias, state and output");
  return {};
}

Status Prepare(KernelContext& context) {
  const RuntimeTensor* inputs[5] = {};
  for (int i = 0; i < 5; ++i) inputs[i] = context.TempInput(i);
  for (int i : {kSvdfInput, kSvdfWeightsFeature, kSvdfWeightsTime,
                kSvdfActivationState}) {
    TINYML_ENSURE(context, inputs[i] != nullptr,
                  "input " + std::to_string(i) + " is missing");
  }
  const RuntimeTensor& input = *inputs[kSvdfInput];
  TINYML_ENSURE(
      context,
      input.type == TensorType::kFloat32 || input.type == TensorType::kInt8,
      "input " + input.Describe() + " has a type other than float32 and int8");
  TINYML_ENSURE(context, context.NumOutputs() == 1, "it needs 1 output");
  TINYML_ENSURE(context, context.NumInputs() == 5, "it needs 5 inputs");
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  TINYML_ENSURE(context, inputs[kSvdfBias] != nullptr,
                "it has no bias, without which the runtime crashes");
  const Tensors tensors = {input,
                           *inputs[kSvdfWeightsFeature],
                           *inputs[kSvdfWeightsTime],
                           *inputs[kSvdfBias],
                           *inputs[kSvdfActivationState],
                           *output};
  TINYML_RETURN_IF_ERROR(CheckShapes(context, tensors));

  const int64_t batch = input.Dim(0);
  if (input.type == TensorType::kInt8) {
    TINYML_RETURN_IF_ERROR(CheckInt8(context, tensors));
    TINYML_RETURN_IF_ERROR(
        context.Scratch(4 * batch * tensors.weights_feature.Dim(0)));
    return context.Scratch(4 * batch * output->Dim(1));
  }
  TINYML_RETURN_IF_ERROR(CheckFloat(context, tensors));
  return context.Scratch(4 * batch * tensors.weights_feature.Dim(0));
}

}  // namespace

const OperatorKernel reference::kSvdf = {.builtin_data = &kTfLiteSVDFParams,
                                         .init = InitWith<kOpDataSvdf>,
                                         .prepare = Prepare};

}  // namespace tinyml::runtime
