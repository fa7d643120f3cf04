#include "ops/kernel.h"

#include <algorithm>

#include "model/fault.h"
#include "model/operator_table.h"

namespace tinyml::ops {

// Each is defined in lib/ops/<family>/<stem>.cc; an undefined one fails to
// link.
#define OPERATOR(Id, ...) Result<Invocation> Prepare##Id(OpContext& op);
#define CUSTOM_OPERATOR(Id, ...) OPERATOR(Id)
#include "model/operator_rows.inc"

namespace {

// By row.
constexpr PrepareKernel kKernels[] = {
#define OPERATOR(Id, ...) Prepare##Id,
#define CUSTOM_OPERATOR(Id, ...) OPERATOR(Id)
#define FORMAT_OPERATOR(...) nullptr,
#include "model/operator_rows.inc"
};

}  // namespace

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
  const OperatorRow* row = FindOperator(code, custom_name);
  return row != nullptr ? kKernels[RowIndex(*row)] : nullptr;
}

}  // namespace tinyml::ops
