// Defects of tflite-micro's kernels that compute element by element or along
// axes. Source, unless a row names another: tflite-micro 90b983c2b3f1,
// micro/kernels/.
#include "runtime/hazards/rows.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

HazardFinding GreaterInt16(const HazardSite& site) {
  return MetIf(site.InputIs(0, TensorType::kInt16));
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
     "add.cc, EvalAdd", "make the activation an operator of its own"},
    {"tflm-reduce-stack", HazardSeverity::kMemory, HazardCode::kReference,
     "tflm", "MEAN, SUM", std::nullopt, Change::kReduceScratch, ReduceStack,
     "MEAN and SUM keep room for 5 dimensions and 2 axes on their stack, which "
     "more of them overwrite",
     "tflite-micro 0efdd51a3ab2; reduce_common.cc before it",
     "reduce in several operators, or update the runtime"},
};

}  // namespace

std::span<const HazardRow> TflmArithmeticHazards() { return kRows; }

}  // namespace tinyml::runtime
