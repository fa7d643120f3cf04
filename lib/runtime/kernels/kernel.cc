#include "runtime/kernels/kernel.h"

#include <array>
#include <span>

#include "runtime/cmsis_nn/kernels.h"
#include "runtime/esp_nn/kernels.h"
#include "runtime/reference/tables.h"

namespace tinyml::runtime {
namespace {

using Table = std::span<const OperatorKernel>;

std::array<Table, 7> Tables() {
  return {reference::NeuralKernels(),      reference::ArithmeticKernels(),
          reference::ReductionKernels(),   reference::MovementKernels(),
          reference::ControlFlowKernels(), reference::CustomKernels(),
          reference::SignalKernels()};
}

}  // namespace

const OperatorKernel* FindOperatorKernel(BuiltinOperator code,
                                         std::string_view custom_name) {
  const bool custom = code == BuiltinOperator::kCustom;
  for (const Table& table : Tables()) {
    for (const OperatorKernel& entry : table) {
      if (entry.code != code) continue;
      if (!custom || entry.custom_name == custom_name) return &entry;
    }
  }
  return nullptr;
}

Kernel SelectKernel(const OperatorKernel& entry, const Target& target) {
  const Kernel* overlay = nullptr;
  switch (target.kernels.library) {
    case KernelLibrary::kReference:
      break;
    case KernelLibrary::kCmsisNn:
      overlay = cmsis_nn::FindKernel(entry.code, target.kernels.changes);
      break;
    case KernelLibrary::kEspNn:
    case KernelLibrary::kEspNnAnsi:
      overlay = esp_nn::FindKernel(entry.code);
      break;
  }
  return overlay != nullptr ? *overlay : entry.reference;
}

}  // namespace tinyml::runtime
