// A FULLY_CONNECTED whose output is no matrix writes one, which a RESHAPE turns
// into the output.
#include <cstdint>
#include <limits>
#include <utility>

#include "tinyml/options.h"
#include "transform/remedies/rewrites.h"

namespace tinyml::transform {

bool FlattenFullyConnected(Rewriter& rewriter, int index) {
  Operator& op = rewriter.op(index);
  const auto* options = op.options.As<FullyConnectedOptions>();
  if (rewriter.CodeOf(index) != BuiltinOperator::kFullyConnected ||
      options == nullptr || op.outputs.size() != 1) {
    return false;
  }
  const TensorIndex output = op.outputs[0];
  const std::vector<int32_t> shape = rewriter.tensor(output).shape;
  const auto elements = ElementCount(shape);
  if (shape.size() == 2 || shape.empty() || !elements || shape.back() <= 0) {
    return false;
  }
  const int64_t rows = *elements / shape.back();
  if (rows > std::numeric_limits<int32_t>::max()) return false;
  FullyConnectedOptions changed = *options;
  changed.keep_num_dims = false;
  op.options = MakeOptions(std::move(changed));
  const TensorIndex matrix = rewriter.NewTensor(
      TensorLike(rewriter.tensor(output),
                 {static_cast<int32_t>(rows), shape.back()}, "/matrix"));
  rewriter.SetOutput(index, 0, matrix);
  ReshapeAfter(rewriter, index, matrix, output);
  return true;
}

}  // namespace tinyml::transform
