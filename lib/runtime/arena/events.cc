#include "runtime/arena/events.h"

namespace tinyml::runtime {

std::string_view PhaseName(Phase phase) {
  switch (phase) {
    case Phase::kConstructor:
      return "constructor";
    case Phase::kResourceVariables:
      return "resource_variables";
    case Phase::kStartModel:
      return "start_model";
    case Phase::kEvalTensors:
      return "eval_tensors";
    case Phase::kNodes:
      return "nodes";
    case Phase::kBuiltinData:
      return "builtin_data";
    case Phase::kInit:
      return "init";
    case Phase::kPrepare:
      return "prepare";
    case Phase::kFinishPrepare:
      return "finish_prepare";
    case Phase::kPlan:
      return "plan";
    case Phase::kIoTensors:
      return "io_tensors";
  }
  return "";
}

}  // namespace tinyml::runtime
