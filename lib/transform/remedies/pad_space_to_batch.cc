// SPACE_TO_BATCH_ND leaves its padding to a PAD.
#include <cstdint>
#include <limits>
#include <vector>

#include "transform/remedies/rewrites.h"

namespace tinyml::transform {

bool PadBeforeSpaceToBatch(Rewriter& rewriter, int index) {
  if (rewriter.CodeOf(index) != BuiltinOperator::kSpaceToBatchNd) return false;
  const TensorIndex input = rewriter.Input(index, 0);
  const auto amounts = rewriter.Ints(rewriter.Input(index, 2));
  if (input == kNoTensor || !amounts || amounts->size() % 2 != 0 ||
      rewriter.op(index).outputs.size() != 1) {
    return false;
  }
  // PAD and SPACE_TO_BATCH_ND pad with the same value only then.
  if (!SameMeaning(rewriter.tensor(input),
                   rewriter.tensor(rewriter.op(index).outputs[0]))) {
    return false;
  }
  const std::vector<int32_t>& shape = rewriter.tensor(input).shape;
  const size_t spatial = amounts->size() / 2;
  if (spatial + 1 >= shape.size()) return false;
  std::vector<AxisPadding> padding;
  bool pads = false;
  for (size_t i = 0; i < spatial; ++i) {
    const int64_t before = (*amounts)[2 * i];
    const int64_t after = (*amounts)[2 * i + 1];
    if (before < 0 || after < 0 ||
        shape[i + 1] + before + after > std::numeric_limits<int32_t>::max()) {
      return false;
    }
    padding.push_back(
        {static_cast<int32_t>(before), static_cast<int32_t>(after)});
    pads |= before != 0 || after != 0;
  }
  if (!pads) return false;
  rewriter.SetInput(index, 0, PadBefore(rewriter, index, input, padding));
  const TensorIndex given = rewriter.Input(index, 2);
  rewriter.SetInput(index, 2,
                    rewriter.NewInts({static_cast<int32_t>(spatial), 2},
                                     std::vector<int32_t>(amounts->size()),
                                     rewriter.tensor(given).name));
  return true;
}

}  // namespace tinyml::transform
