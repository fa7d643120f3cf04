// Defects of tflite-micro's kernels that compute element by element or along
// axes. Source, unless a row names another: tflite-micro 90b983c2b3f1,
// micro/kernels/.
#include <cmath>
#include <optional>
#include <string>

#include "runtime/hazards/rows.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

HazardFinding GreaterInt16(const HazardSite& site) {
  return MetIf(site.InputIs(0, TensorType::kInt16) &&
               !site.Has(Change::kAmbiqInt16Kernels));
}

HazardFinding AddInt32Activation(const HazardSite& site) {
  return MetIf(site.OutputIs(0, TensorType::kInt32) &&
               site.Options<AddOptions>().fused_activation_function !=
                   ActivationFunctionType::kNone);
}

HazardFinding ReduceStack(const HazardSite& site) {
  const RuntimeTensor* input = site.Input(0);
  const RuntimeTensor* axis = site.Input(1);
  if (input == nullptr || axis == nullptr) return {};
  return MetIf(input->Rank() > 5 || axis->Elements() > 2);
}

HazardFinding MeanAxes(const HazardSite& site) {
  return MetIf(site.InputIs(0, TensorType::kFloat32) &&
               site.Input(1) != nullptr && site.Input(1)->Elements() > 4);
}

HazardFinding CastTypes(const HazardSite& site) {
  const auto runs = [](const RuntimeTensor* tensor, bool of_input) {
    switch (tensor->type) {
      case TensorType::kInt8:
      case TensorType::kInt16:
      case TensorType::kInt32:
      case TensorType::kUInt32:
      case TensorType::kFloat32:
        return true;
      case TensorType::kBool:
        return of_input;
      default:
        return false;
    }
  };
  const RuntimeTensor* input = site.Input(0);
  const RuntimeTensor* output = site.Output(0);
  if (input == nullptr || output == nullptr) return {};
  return MetIf(!runs(input, true) || !runs(output, false),
               input->Describe() + " to " + output->Describe());
}

HazardFinding RsqrtInt16(const HazardSite& site) {
  return MetIf(site.InputIs(0, TensorType::kInt16) &&
               !site.Input(0)->IsAffine());
}

bool IsInteger(const RuntimeTensor& tensor) {
  return tensor.type == TensorType::kInt8 || tensor.type == TensorType::kInt16;
}

// Whether an int8 output is quantized otherwise than the kernel assumes.
HazardFinding OutputNot(const HazardSite& site, float scale,
                        int32_t zero_point) {
  if (!site.OutputIs(0, TensorType::kInt8)) return {};
  constexpr float kTolerance = 1e-5F;
  const RuntimeTensor& output = *site.Output(0);
  const bool same = std::abs(output.scale / scale - 1) <= kTolerance &&
                    output.zero_point == zero_point;
  return MetIf(!same, "the output has scale " + std::to_string(output.scale) +
                          " and zero point " +
                          std::to_string(output.zero_point));
}

HazardFinding L2NormalizationOutput(const HazardSite& site) {
  return OutputNot(site, 1.0F / 128, 0);
}

// With Change::kAmbiqLogisticTable, not known.
HazardFinding TanhOutput(const HazardSite& site) {
  if (site.Has(Change::kAmbiqLogisticTable)) return {};
  return OutputNot(site, 1.0F / 128, 0);
}

HazardFinding LogisticOutput(const HazardSite& site) {
  if (site.Has(Change::kAmbiqLogisticTable)) return {};
  return OutputNot(site, 1.0F / 256, -128);
}

bool Alike(const RuntimeTensor& a, const RuntimeTensor& b) {
  return a.scale == b.scale && a.zero_point == b.zero_point;
}

HazardFinding Relu6Output(const HazardSite& site) {
  const RuntimeTensor* input = site.Input(0);
  const RuntimeTensor* output = site.Output(0);
  return MetIf(input != nullptr && output != nullptr && IsInteger(*input) &&
               !Alike(*input, *output));
}

HazardFinding MaximumMinimumScales(const HazardSite& site) {
  const RuntimeTensor* output = site.Output(0);
  if (output == nullptr || !IsInteger(*output)) return {};
  for (const RuntimeTensor* input : {site.Input(0), site.Input(1)}) {
    if (input != nullptr && !Alike(*input, *output)) {
      return input->Describe() + " and " + output->Describe() + " differ";
    }
  }
  return std::nullopt;
}

template <typename Options>
ActivationFunctionType FusedOf(const HazardSite& site) {
  return site.Options<Options>().fused_activation_function;
}

ActivationFunctionType FusedActivation(const HazardSite& site) {
  switch (site.code()) {
    case BuiltinOperator::kAdd:
      return FusedOf<AddOptions>(site);
    case BuiltinOperator::kSub:
      return FusedOf<SubOptions>(site);
    case BuiltinOperator::kMul:
      return FusedOf<MulOptions>(site);
    case BuiltinOperator::kDiv:
      return FusedOf<DivOptions>(site);
    case BuiltinOperator::kConv2D:
      return FusedOf<Conv2DOptions>(site);
    case BuiltinOperator::kDepthwiseConv2D:
      return FusedOf<DepthwiseConv2DOptions>(site);
    case BuiltinOperator::kFullyConnected:
      return FusedOf<FullyConnectedOptions>(site);
    case BuiltinOperator::kAveragePool2D:
    case BuiltinOperator::kMaxPool2D:
      return FusedOf<Pool2DOptions>(site);
    default:
      return ActivationFunctionType::kNone;
  }
}

HazardFinding FusedTanh(const HazardSite& site) {
  const ActivationFunctionType fused = FusedActivation(site);
  return MetIf(fused == ActivationFunctionType::kTanh ||
               fused == ActivationFunctionType::kSignBit);
}

constexpr HazardRow kRows[] = {
    {"tflm-greater-int16", HazardSeverity::kUndefined, HazardCode::kReference,
     "tflm", "GREATER", Change::kInt16Movement, std::nullopt, GreaterInt16,
     "GREATER compares int16 with parameters that the runtime never sets",
     "comparisons.cc, ComparisonsPrepare sets them for int8 only and "
     "GreaterEval uses them for int16",
     "compare as float32 or int8"},
    {"tflm-add-int32-activation", HazardSeverity::kResults,
     HazardCode::kRuntime, "tflm", "ADD", std::nullopt, std::nullopt,
     AddInt32Activation, "ADD of int32 ignores its fused activation",
     "add.cc, EvalAdd", "make the activation an operator of its own", "", "",
     true},
    {"tflm-reduce-stack", HazardSeverity::kMemory, HazardCode::kReference,
     "tflm", "MEAN, SUM", std::nullopt, Change::kReduceScratch, ReduceStack,
     "MEAN and SUM keep room for 5 dimensions and 2 axes on their stack, which "
     "more of them overwrite",
     "tflite-micro 0efdd51a3ab2; reduce_common.cc before it",
     "reduce in several operators, or update the runtime"},
    {"tflm-mean-axes", HazardSeverity::kMemory, HazardCode::kReference, "tflm",
     "MEAN", std::nullopt, std::nullopt, MeanAxes,
     "MEAN of float32 keeps room for 4 axes on its stack, which more of them "
     "overwrite",
     "reduce_common.cc, ResolveAxis", "reduce in several operators"},
    {"tflm-cast-types", HazardSeverity::kUndefined, HazardCode::kReference,
     "tflm", "CAST", std::nullopt, Change::kCastChecksTypes, CastTypes,
     "CAST between types that it does not know reports no error and leaves its "
     "output unwritten",
     "tflite-micro b8c7ecc197ea; cast.cc before it",
     "cast to another type, or update the runtime"},
    {"tflm-rsqrt-int16", HazardSeverity::kUndefined, HazardCode::kReference,
     "tflm", "RSQRT", std::nullopt, std::nullopt, RsqrtInt16,
     "RSQRT of int16 without quantization parameters multiplies by a value "
     "that the runtime never sets",
     "elementwise.cc, GenericPrepare and RsqrtEvalQuantized",
     "give its input and output quantization parameters"},
    {"tflm-l2-normalization-output", HazardSeverity::kResults,
     HazardCode::kReference, "tflm", "L2_NORMALIZATION", std::nullopt,
     std::nullopt, L2NormalizationOutput,
     "L2_NORMALIZATION of int8 writes as if its output had scale 1/128 and "
     "zero point 0",
     "l2norm.cc, L2NormEval, and "
     "lite/kernels/internal/reference/integer_ops/l2normalization.h",
     "quantize the output so, and convert it with QUANTIZE", "", "", true},
    {"tflm-tanh-output", HazardSeverity::kResults, HazardCode::kReference,
     "tflm", "TANH", std::nullopt, std::nullopt, TanhOutput,
     "TANH of int8 writes as if its output had scale 1/128 and zero point 0",
     "tanh.cc, CalculateArithmeticOpData",
     "quantize the output so, and convert it with QUANTIZE", "", "", true},
    {"tflm-logistic-output", HazardSeverity::kResults, HazardCode::kReference,
     "tflm", "LOGISTIC", std::nullopt, std::nullopt, LogisticOutput,
     "LOGISTIC of int8 writes as if its output had scale 1/256",
     "logistic_common.cc, CalculateArithmeticOpDataLogistic",
     "quantize the output so, and convert it with QUANTIZE", "", "", true},
    {"tflm-relu6-output", HazardSeverity::kResults, HazardCode::kReference,
     "tflm", "RELU6", std::nullopt, std::nullopt, Relu6Output,
     "RELU6 of int8 or int16 copies values without rescaling them, though its "
     "output is quantized otherwise than its input",
     "activations_common.cc, Relu6Prepare, and activations.cc, Relu6Eval",
     "quantize input and output alike, and convert with QUANTIZE", "", "",
     true},
    {"tflm-maximum-minimum-scales", HazardSeverity::kResults,
     HazardCode::kRuntime, "tflm", "MAXIMUM, MINIMUM", std::nullopt,
     std::nullopt, MaximumMinimumScales,
     "MAXIMUM and MINIMUM of int8 and int16 compare and copy values without "
     "rescaling them, though scales or zero points differ",
     "maximum_minimum.cc and cmsis_nn/maximum_minimum.cc, which prepare "
     "nothing",
     "quantize inputs and output alike, and convert with QUANTIZE", "", "",
     true},
    {"tflm-fused-tanh", HazardSeverity::kResults, HazardCode::kRuntime, "tflm",
     "ADD, SUB, MUL, DIV, CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED, "
     "AVERAGE_POOL_2D, MAX_POOL_2D",
     std::nullopt, std::nullopt, FusedTanh,
     "the runtime ignores a fused activation TANH or SIGN_BIT",
     "lite/kernels/kernel_util.cc and kernel_util.h, "
     "CalculateActivationRangeQuantized and CalculateActivationRange",
     "make the activation an operator of its own", "", "", true},
};

}  // namespace

std::span<const HazardRow> TflmArithmeticHazards() { return kRows; }

}  // namespace tinyml::runtime
