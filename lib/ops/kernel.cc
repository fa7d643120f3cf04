#include "ops/kernel.h"

#include <algorithm>
#include <array>

#include "model/fault.h"
#include "ops/kernel_tables.h"

namespace tinyml::ops {

std::span<const uint8_t> OpContext::CustomOptions() const {
  const auto& options = op().custom_options;
  return options.has_value() ? options->bytes() : std::span<const uint8_t>();
}

tl::unexpected<Error> OpContext::Refuse(std::string_view reason) const {
  return FailAt(model_, OperatorId(subgraph_, index_), ErrorCode::kUnsupported,
                reason);
}

void OpContext::Warn(std::string_view reason) {
  std::string text = DescribeOperator(model_, {subgraph_, index_}) + ": " +
                     std::string(reason);
  if (std::find(warnings_.begin(), warnings_.end(), text) == warnings_.end()) {
    warnings_.push_back(std::move(text));
  }
}

PrepareKernel FindKernel(BuiltinOperator code, std::string_view custom_name) {
  const std::array tables = {LayerKernels(),      SequenceKernels(),
                             ArithmeticKernels(), ReductionKernels(),
                             MovementKernels(),   SignalKernels(),
                             ControlFlowKernels()};
  const bool custom = code == BuiltinOperator::kCustom;
  for (const auto& table : tables) {
    for (const KernelEntry& entry : table) {
      if (entry.code != code) continue;
      if (!custom || entry.custom_name == custom_name) return entry.prepare;
    }
  }
  return nullptr;
}

}  // namespace tinyml::ops
