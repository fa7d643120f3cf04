#include "runtime/reference/custom_options.h"

#include <limits>
#include <string>

#include "base/checked.h"
#include "base/macros.h"

namespace tinyml::runtime {

Result<int32_t> OptionElement(const KernelContext& context, size_t index,
                              std::string_view name) {
  const FlexBuffer options(context.CustomOptions());
  const auto value = options.RawInt32(index);
  TINYML_ENSURE(context, value.has_value(),
                "its options have no readable '" + std::string(name) +
                    "' (element " + std::to_string(index) +
                    " of a FlexBuffer vector or map)");
  return *value;
}

Result<FlexScalar> OptionValue(const KernelContext& context,
                               std::string_view key) {
  TINYML_ENSURE(context, !context.CustomOptions().empty(), "it has no options");
  const auto value = FlexBuffer(context.CustomOptions()).Find(key);
  TINYML_ENSURE(
      context, value.has_value(),
      "its options are not a readable FlexBuffer map (while looking for "
      "'" +
          std::string(key) + "')");
  return *value;
}

Result<int64_t> ArrayBytes(const KernelContext& context, std::string_view what,
                           int64_t count, int64_t bytes) {
  const auto product = CheckedMul(count, bytes);
  TINYML_ENSURE(context,
                product && *product >= 0 &&
                    *product <= std::numeric_limits<int32_t>::max(),
                "its " + std::string(what) + " would need " +
                    std::to_string(count) + " elements of " +
                    std::to_string(bytes) + " bytes");
  return *product;
}

Status PersistentArray(KernelContext& context, std::string_view what,
                       int64_t count, int64_t bytes) {
  TINYML_ASSIGN_OR_RETURN(const int64_t total,
                          ArrayBytes(context, what, count, bytes));
  context.Persistent(what, total);
  return {};
}

void WarnIfShort(KernelContext& context, const RuntimeTensor& tensor,
                 int64_t elements) {
  if (tensor.Elements() >= elements) return;
  context.Warn(tensor.Describe() + " has fewer than the " +
               std::to_string(elements) +
               " elements that the kernel accesses at Invoke");
}

}  // namespace tinyml::runtime
