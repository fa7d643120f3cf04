// A RESHAPE to [0] becomes one to [], which is what it means to the runtime.
#include <utility>

#include "tinyml/options.h"
#include "transform/remedies/rewrites.h"

namespace tinyml::transform {

bool ReshapeToScalar(Rewriter& rewriter, int index) {
  Operator& op = rewriter.op(index);
  const TensorIndex input = rewriter.Input(index, 0);
  if (rewriter.CodeOf(index) != BuiltinOperator::kReshape ||
      op.outputs.size() != 1 || input == kNoTensor ||
      rewriter.tensor(op.outputs[0]).shape != std::vector{0} ||
      ElementCount(rewriter.tensor(input).shape) != 1) {
    return false;
  }
  rewriter.SetShape(op.outputs[0], {});
  if (op.options.As<ReshapeOptions>() != nullptr) {
    op.options = MakeOptions(ReshapeOptions());
  }
  return true;
}

}  // namespace tinyml::transform
