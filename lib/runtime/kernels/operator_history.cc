#include "runtime/kernels/operator_history.h"

namespace tinyml::runtime {

// Source: tflite-micro, micro/micro_mutable_op_resolver.h at the commits of the
// changes.
std::optional<Change> IntroducedBy(BuiltinOperator code,
                                   std::string_view custom_name) {
  switch (code) {
    case BuiltinOperator::kDynamicUpdateSlice:
      return Change::kDynamicUpdateSlice;
    case BuiltinOperator::kReduceAll:
      return Change::kReduceAll;
    case BuiltinOperator::kReduceMin:
      return Change::kReduceMin;
    case BuiltinOperator::kReverseV2:
      return Change::kReverseV2;
    case BuiltinOperator::kCustom:
      if (custom_name == "TFLM_DECODE") return Change::kDecode;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace tinyml::runtime
