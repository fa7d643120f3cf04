// The resolver's operators with their reference kernels, by kind.
#ifndef TINYML_RUNTIME_REFERENCE_TABLES_H_
#define TINYML_RUNTIME_REFERENCE_TABLES_H_

#include <span>

#include "runtime/kernels/kernel.h"

namespace tinyml::runtime::reference {

std::span<const OperatorKernel> NeuralKernels();       // Layers with weights.
std::span<const OperatorKernel> ArithmeticKernels();   // Element by element.
std::span<const OperatorKernel> ReductionKernels();    // Along axes.
std::span<const OperatorKernel> MovementKernels();     // Shape and layout.
std::span<const OperatorKernel> ControlFlowKernels();  // Subgraphs, variables.
std::span<const OperatorKernel> CustomKernels();       // By custom name.
std::span<const OperatorKernel> SignalKernels();       // The signal library.

}  // namespace tinyml::runtime::reference

#endif  // TINYML_RUNTIME_REFERENCE_TABLES_H_
