#include "ops/window.h"

#include <algorithm>
#include <limits>

namespace tinyml {
namespace {

int64_t EffectiveFilter(const WindowAxis& axis) {
  return (int64_t{axis.filter} - 1) * axis.dilation + 1;
}

bool MakesSense(const WindowAxis& axis) {
  return axis.input >= 0 && axis.filter > 0 && axis.stride > 0 &&
         axis.dilation > 0;
}

int32_t NarrowOrZero(int64_t value) {
  const bool fits = value >= 0 && value <= std::numeric_limits<int32_t>::max();
  return fits ? static_cast<int32_t>(value) : 0;
}

}  // namespace

int32_t WindowOutput(Padding padding, const WindowAxis& axis) {
  if (!MakesSense(axis)) return 0;
  const int64_t reach = padding == Padding::kSame ? 1 : EffectiveFilter(axis);
  return NarrowOrZero((int64_t{axis.input} + axis.stride - reach) /
                      axis.stride);
}

int32_t WindowPadding(const WindowAxis& axis, int32_t output) {
  if (!MakesSense(axis) || output < 0) return 0;
  const int64_t total =
      (int64_t{output} - 1) * axis.stride + EffectiveFilter(axis) - axis.input;
  return NarrowOrZero(std::max<int64_t>(total, 0) / 2);
}

PaddingValues WindowPadding(Padding padding, const WindowAxis& height,
                            const WindowAxis& width) {
  return {WindowPadding(height, WindowOutput(padding, height)),
          WindowPadding(width, WindowOutput(padding, width))};
}

}  // namespace tinyml
