// The kernels by kind; each table lies in the folder of its kind.
#ifndef TINYML_OPS_KERNEL_TABLES_H_
#define TINYML_OPS_KERNEL_TABLES_H_

#include <span>

#include "ops/kernel.h"

namespace tinyml::ops {

std::span<const KernelEntry> LayerKernels();        // Layers with weights.
std::span<const KernelEntry> SequenceKernels();     // State, softmax, products.
std::span<const KernelEntry> ArithmeticKernels();   // Element by element.
std::span<const KernelEntry> ReductionKernels();    // Along axes.
std::span<const KernelEntry> MovementKernels();     // Shape and layout.
std::span<const KernelEntry> SignalKernels();       // The signal library.
std::span<const KernelEntry> ControlFlowKernels();  // Subgraphs, variables.

}  // namespace tinyml::ops

#endif  // TINYML_OPS_KERNEL_TABLES_H_
