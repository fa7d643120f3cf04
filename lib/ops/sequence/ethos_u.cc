// The operator into which Vela compiles networks for an Ethos-U.
#include "ops/kernel.h"

namespace tinyml::ops {

Result<Invocation> PrepareEthosU(OpContext& op) {
  return op.Refuse(
      "it holds a command stream for an Arm Ethos-U, which only that processor "
      "can execute; run the model as it was before Vela compiled it");
}

}  // namespace tinyml::ops
