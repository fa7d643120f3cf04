// Weights of int4 become int8 of the same values and scales.
#include <cstdint>
#include <vector>

#include "transform/remedies/rewrites.h"

namespace tinyml::transform {

bool UnpackInt4Weights(Rewriter& rewriter, int index) {
  const TensorIndex filter = rewriter.Input(index, 1);
  if (filter == kNoTensor || !rewriter.IsConstant(filter)) return false;
  const Tensor packed = rewriter.tensor(filter);
  const auto elements = ElementCount(packed.shape);
  if (packed.type != TensorType::kInt4 || !elements) return false;
  const auto bytes = rewriter.model().DataOf(packed);
  std::vector<uint8_t> values(static_cast<size_t>(*elements));
  for (size_t i = 0; i < values.size(); ++i) {
    // The lower half of each byte comes first.
    const int half = i % 2 == 0 ? bytes[i / 2] & 15 : bytes[i / 2] >> 4;
    values[i] = static_cast<uint8_t>(half < 8 ? half : half - 16);
  }
  const TensorIndex wide =
      rewriter.NewConstant(TensorType::kInt8, packed.shape,
                           BufferData(std::move(values)), packed.name);
  if (packed.quantization) rewriter.SetQuantization(wide, *packed.quantization);
  rewriter.SetInput(index, 1, wide);
  return true;
}

}  // namespace tinyml::transform
