// SAME becomes a PAD before a VALID convolution.
#include <algorithm>
#include <limits>
#include <optional>

#include "transform/remedies/rewrites.h"

namespace tinyml::transform {
namespace {

// The rows that all windows reach, from the first one's start.
int64_t Reached(const WindowAxis& along, int32_t outputs) {
  return (int64_t{outputs} - 1) * along.stride +
         (int64_t{along.filter} - 1) * along.dilation + 1;
}

// Up to where the next window would begin, too, less one row: VALID has no
// room for it, and the last one the same distance to the end as all others.
int64_t ReachedWithStrides(const WindowAxis& along, int32_t outputs) {
  return Reached(along, outputs) + along.stride - 1;
}

bool Pad(Rewriter& rewriter, int index, const ConvWindow& window,
         int64_t (*reach)(const WindowAxis&, int32_t)) {
  ImagePadding padding;
  for (const size_t axis : {0, 1}) {
    const WindowAxis& along = window.axes[axis];
    const int32_t outputs = window.output[axis];
    if (window.padding == Padding::kSame) {
      padding[axis].before = WindowPadding(along, outputs);
    }
    const int64_t before = padding[axis].before;
    const int64_t after =
        std::max<int64_t>(reach(along, outputs) - along.input - before, 0);
    if (before + along.input + after > std::numeric_limits<int32_t>::max()) {
      return false;
    }
    padding[axis].after = static_cast<int32_t>(after);
  }
  if (padding == ImagePadding{}) return false;
  rewriter.SetInput(
      index, 0, PadBefore(rewriter, index, rewriter.Input(index, 0), padding));
  SetConvWindow(rewriter.op(index), Padding::kValid);
  return true;
}

}  // namespace

bool PadExplicitly(Rewriter& rewriter, int index) {
  const std::optional<ConvWindow> window = ConvWindowOf(rewriter, index);
  return window && window->padding == Padding::kSame &&
         Pad(rewriter, index, *window, Reached);
}

bool PadWholeStrides(Rewriter& rewriter, int index) {
  const std::optional<ConvWindow> window = ConvWindowOf(rewriter, index);
  return window && Pad(rewriter, index, *window, ReachedWithStrides);
}

}  // namespace tinyml::transform
