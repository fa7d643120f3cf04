// What the runtime's integer kernels demand of an operator's tensors: declared
// once for each operator, as data.
//
// Sources: TensorFlow Lite 8-bit quantization specification
// (tensorflow/lite/g3doc/performance/quantization_spec.md), and the checks of
// tflite-micro 90b983c2b3f1, micro/kernels, which go beyond it. int16 is the
// 16x8 scheme: every zero point is 0.
#ifndef TINYML_OPS_QUANTIZATION_RULES_H_
#define TINYML_OPS_QUANTIZATION_RULES_H_

#include <cstdint>
#include <string_view>

#include "tinyml/model.h"

namespace tinyml::ops {

// How the parameters of an operator's quantized tensors hang together.
enum class ParameterRule : uint8_t {
  kFree,         // Each tensor has its own.
  kAllTheSame,   // Inputs and outputs share one scale and zero point.
  kFixedOutput,  // The output's are those of the rule; inputs have their own.
  kWeights,      // Weights and a bias whose scale is input x weights.
  kNoQuantizedOutput,  // Inputs have their own; outputs are no activations.
  kSvdf,
  kLstm,
};

// Scale and zero point that a kernel writes, whatever the tensor says.
struct FixedParameters {
  float scale = 0;
  int32_t zero_point = 0;
};

struct QuantizationRule {
  BuiltinOperator op = BuiltinOperator::kAdd;
  bool int8 = false;   // Whether there is a kernel.
  bool int16 = false;  // The same.
  ParameterRule rule = ParameterRule::kFree;

  FixedParameters fixed_int8 = {};  // kFixedOutput.
  FixedParameters fixed_int16 = {};

  // kWeights: the operands, and the axis of the weights along which there may
  // be a scale for each index (with int8 activations, with int16).
  int input = 0;
  int weights = -1;
  int bias = -1;
  int channel_axis = 0;
  bool per_channel_int8 = true;
  bool per_channel_int16 = true;
};

// The rule of `op`, or null if there is no kernel of integers.
const QuantizationRule* QuantizationRuleOf(BuiltinOperator op);

// Whether `op` only hands values on, of whatever type, between tensors that
// are alike: control flow and variables.
bool HandsValuesOn(BuiltinOperator op);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_QUANTIZATION_RULES_H_
