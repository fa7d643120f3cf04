// The tables of element-wise operators, by family.
#ifndef TINYML_FORMATS_ONNX_OPERATORS_ELEMENTWISE_H_
#define TINYML_FORMATS_ONNX_OPERATORS_ELEMENTWISE_H_

#include <span>

#include "formats/onnx/lowering.h"

namespace tinyml::onnx_import {

std::span<const OnnxOperator> ArithmeticOperators();  // Add, Max, Pow, ...
std::span<const OnnxOperator> ActivationOperators();  // Relu, Gelu, ...
std::span<const OnnxOperator> ChoiceOperators();      // Less, And, Where, Cast

}  // namespace tinyml::onnx_import

#endif  // TINYML_FORMATS_ONNX_OPERATORS_ELEMENTWISE_H_
