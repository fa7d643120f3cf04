// What the kernels of each operator ask of the arena. The operators and the
// kernel libraries that have kernels of their own are the rows of
// model/operator_rows.inc; what they name is declared here and defined in
// runtime/reference/<family>/<stem>.cc, runtime/cmsis_nn/<stem>.cc and
// runtime/esp_nn/<stem>.cc.
#ifndef TINYML_RUNTIME_KERNELS_KERNEL_H_
#define TINYML_RUNTIME_KERNELS_KERNEL_H_

#include <array>

#include "model/operator_table.h"
#include "runtime/abi/abi.h"
#include "runtime/kernels/kernel_context.h"
#include "tinyml/status.h"

namespace tinyml::runtime {

using KernelStep = Status (*)(KernelContext& context);

// What the parser allocated without a change.
struct ParamsBefore {
  Change change;
  const StructDef* params = nullptr;
};

// An operator as the runtime's resolver registers it, with the reference
// kernel. Null: does nothing.
struct OperatorKernel {
  // What the parser allocates for the operator's parameters.
  const StructDef* builtin_data = nullptr;
  // The same in older revisions, the oldest change first; ends at a null.
  std::array<ParamsBefore, 2> builtin_data_before = {};
  KernelStep parse = nullptr;  // What the parser refuses.
  KernelStep init = nullptr;
  KernelStep prepare = nullptr;
};

// A kernel library's own Init and Prepare; null: the reference kernel's.
struct Kernel {
  KernelStep init = nullptr;
  KernelStep prepare = nullptr;
};

// An Init that allocates the kernel's data, and no more.
template <const StructDef& kOpData>
Status InitWith(KernelContext& context) {
  context.Persistent(kOpData);
  return {};
}

// The same, where the data was `kBefore` before the change.
template <const StructDef& kOpData, Change kChange, const StructDef& kBefore>
Status InitWith(KernelContext& context) {
  context.Persistent(context.Has(kChange) ? kOpData : kBefore);
  return {};
}

// The same, where one of two vendors' patches has data of its own.
template <const StructDef& kFirst, Change kFirstChange,
          const StructDef& kSecond, Change kSecondChange,
          const StructDef& kOtherwise>
Status InitWith(KernelContext& context) {
  if (context.Has(kFirstChange)) return InitWith<kFirst>(context);
  return InitWith<kSecond, kSecondChange, kOtherwise>(context);
}

// The same, where the data was `kBefore` before an upstream change.
template <const StructDef& kFirst, Change kFirstChange,
          const StructDef& kSecond, Change kSecondChange,
          const StructDef& kOpData, Change kChange, const StructDef& kBefore>
Status InitWith(KernelContext& context) {
  if (context.Has(kFirstChange)) return InitWith<kFirst>(context);
  return InitWith<kSecond, kSecondChange, kOpData, kChange, kBefore>(context);
}

// Returns the resolver's entry, or null if the runtime has no such operator in
// any revision.
const OperatorKernel* FindOperatorKernel(const OperatorRow& row);

// Returns the Init and Prepare that `target` links for an operator of the
// runtime; null where it has none.
Kernel SelectKernel(const OperatorRow& row, const Target& target);

namespace reference {
#define OPERATOR(id, ...) extern const OperatorKernel k##id;
#define CUSTOM_OPERATOR(id, ...) extern const OperatorKernel k##id;
#include "model/operator_rows.inc"
}  // namespace reference

#define TINYML_DECLARE_YES(id) extern const Kernel k##id;
#define TINYML_DECLARE_NO(id)
#define TINYML_DECLARE_SINCE(change) TINYML_DECLARE_YES
namespace cmsis_nn {
#define OPERATOR(id, min_in, max_in, min_out, max_out, options, kind, state, \
                 method, since, rule, macs, family, stem, cmsis_nn, esp_nn)  \
  TINYML_DECLARE_##cmsis_nn(id)
#include "model/operator_rows.inc"
}  // namespace cmsis_nn
namespace esp_nn {
#define OPERATOR(id, min_in, max_in, min_out, max_out, options, kind, state, \
                 method, since, rule, macs, family, stem, cmsis_nn, esp_nn)  \
  TINYML_DECLARE_##esp_nn(id)
#include "model/operator_rows.inc"
}  // namespace esp_nn
#undef TINYML_DECLARE_YES
#undef TINYML_DECLARE_NO
#undef TINYML_DECLARE_SINCE

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_KERNELS_KERNEL_H_
