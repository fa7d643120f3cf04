// The tables of element-wise operators, by family.
#ifndef TINYML_FORMATS_ONNX_OPERATORS_ELEMENTWISE_H_
#define TINYML_FORMATS_ONNX_OPERATORS_ELEMENTWISE_H_

#include <span>
#include <string_view>

#include "formats/onnx/lowering.h"

namespace tinyml::onnx_import {

std::span<const OnnxOperator> ArithmeticOperators();  // Add, Max, Pow, ...
std::span<const OnnxOperator> ActivationOperators();  // Relu, Gelu, ...
std::span<const OnnxOperator> ChoiceOperators();      // Less, And, Where, Cast

// A function that LSTM, GRU and RNN name in `activations`.
struct RecurrentActivation {
  std::string_view name;
  TensorIndex (*emit)(Lowering& lowering, const Node& node, TensorIndex x);
  bool has_alpha = false;
  bool has_beta = false;
};
// Null if there is none.
const RecurrentActivation* FindRecurrentActivation(std::string_view name);
// The operators of the one that `activation.op_type` names, which is known; its
// attributes are alpha and beta, as far as they are given.
TensorIndex EmitActivation(Lowering& lowering, const Node& activation,
                           TensorIndex x);

}  // namespace tinyml::onnx_import

#endif  // TINYML_FORMATS_ONNX_OPERATORS_ELEMENTWISE_H_
