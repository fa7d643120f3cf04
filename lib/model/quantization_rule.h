// What the runtime's integer kernels require of an operator's tensors, as data.
//
// Sources: TensorFlow Lite 8-bit quantization specification
// (tensorflow/lite/g3doc/performance/quantization_spec.md), and the checks of
// tflite-micro 90b983c2b3f1, micro/kernels, which go beyond it. int16 is the
// 16x8 scheme: every zero point is 0.
#ifndef TINYML_MODEL_QUANTIZATION_RULE_H_
#define TINYML_MODEL_QUANTIZATION_RULE_H_

#include <cstdint>

namespace tinyml {

// How the parameters of an operator's quantized tensors are related.
enum class ParameterRule : uint8_t {
  kFree,         // Each tensor has its own.
  kAllTheSame,   // Inputs and outputs share one scale and zero point.
  kFixedOutput,  // The output's are those of the rule; inputs have their own.
  kWeights,      // Weights and a bias whose scale is input x weights.
  kNoQuantizedOutput,  // Inputs have their own; outputs are not activations.
  kSvdf,
  kLstm,
};

// The scale and zero point of what a kernel writes, whatever the tensor says.
struct FixedParameters {
  float scale = 0;
  int32_t zero_point = 0;
};

struct QuantizationRule {
  bool int8 = false;   // Whether there is a kernel.
  bool int16 = false;  // The same.
  ParameterRule rule = ParameterRule::kFree;
  // The input with the elements that the operator works on.
  int input = 0;

  // kAllTheSame: values are computed and rounded, not just moved or compared.
  bool rounds = false;

  FixedParameters fixed_int8 = {};  // kFixedOutput.
  FixedParameters fixed_int16 = {};

  // kWeights: the operands, and the axis of the weights that may be quantized
  // per channel (with int8 activations, with int16).
  int weights = -1;
  int bias = -1;
  int channel_axis = 0;
  bool per_channel_int8 = true;
  bool per_channel_int16 = true;
};

}  // namespace tinyml

#endif  // TINYML_MODEL_QUANTIZATION_RULE_H_
