#include "runtime/kernels/kernel.h"

namespace tinyml::runtime {
namespace {

// The functions of one row.
struct Entry {
  const OperatorKernel* reference = nullptr;
  const Kernel* cmsis_nn = nullptr;
  const Kernel* esp_nn = nullptr;
};

#define TINYML_ADDRESS_YES(kernel) &kernel
#define TINYML_ADDRESS_NO(kernel) nullptr
#define TINYML_ADDRESS_SINCE(change) TINYML_ADDRESS_YES
#define OPERATOR(id, min_in, max_in, min_out, max_out, options, kind, state, \
                 method, since, rule, macs, family, stem, cmsis, esp)        \
  {&reference::k##id, TINYML_ADDRESS_##cmsis(cmsis_nn::k##id),               \
   TINYML_ADDRESS_##esp(esp_nn::k##id)},
#define FORMAT_OPERATOR(...) {},
#define CUSTOM_OPERATOR(id, ...) {&reference::k##id},
constexpr Entry kEntries[] = {
#include "model/operator_rows.inc"
};
#undef TINYML_ADDRESS_YES
#undef TINYML_ADDRESS_NO
#undef TINYML_ADDRESS_SINCE

// The kernel that the library has for `row`, or null if it uses the reference
// kernel.
const Kernel* FindOverlay(const OperatorRow& row, const KernelConfig& config) {
  if (config.reference_operators[RowIndex(row)]) return nullptr;
  const Entry& entry = kEntries[RowIndex(row)];
  const auto linked = [&](const Availability& cell, const Kernel* kernel) {
    return !cell.since.has_value() || config.changes.Has(*cell.since) ? kernel
                                                                      : nullptr;
  };
  switch (config.library) {
    case KernelLibrary::kCmsisNn:
      return linked(row.cmsis_nn, entry.cmsis_nn);
    case KernelLibrary::kEspNn:
    case KernelLibrary::kEspNnAnsi:
      return linked(row.esp_nn, entry.esp_nn);
    case KernelLibrary::kReference:
      break;
  }
  return nullptr;
}

}  // namespace

const OperatorKernel* FindOperatorKernel(const OperatorRow& row) {
  return kEntries[RowIndex(row)].reference;
}

Kernel SelectKernel(const OperatorRow& row, const Target& target) {
  const OperatorKernel& reference = *FindOperatorKernel(row);
  Kernel kernel = {reference.init, reference.prepare};
  if (const Kernel* overlay = FindOverlay(row, target.kernels)) {
    if (overlay->init != nullptr) kernel.init = overlay->init;
    if (overlay->prepare != nullptr) kernel.prepare = overlay->prepare;
  }
  return kernel;
}

}  // namespace tinyml::runtime
