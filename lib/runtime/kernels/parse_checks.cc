#include "runtime/kernels/parse_checks.h"

namespace tinyml::runtime {

Status CheckOptionType(const KernelContext& context, TensorType type) {
  TINYML_ENSURE(context,
                type >= TensorType::kFloat32 && type <= TensorType::kFloat8E5M2,
                "the options name an unknown " + TensorTypeName(type));
  return {};
}

}  // namespace tinyml::runtime
