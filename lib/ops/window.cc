#include "ops/window.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace tinyml {
namespace {

int64_t EffectiveFilter(const WindowAxis& axis) {
  return (int64_t{axis.filter} - 1) * axis.dilation + 1;
}

bool MakesSense(const WindowAxis& axis) {
  return axis.input >= 0 && axis.filter > 0 && axis.stride > 0 &&
         axis.dilation > 0;
}

constexpr int64_t kMaxSize = std::numeric_limits<int32_t>::max();

// The output size, or nothing if the runtime finds none.
std::optional<int32_t> CheckedOutput(Padding padding, const WindowAxis& axis) {
  if (!MakesSense(axis)) return std::nullopt;
  int64_t reach = 1;
  if (padding == Padding::kValid) {
    reach = EffectiveFilter(axis);
  } else if (padding != Padding::kSame) {
    return std::nullopt;  // A value that the format does not define.
  }
  const int64_t output =
      (int64_t{axis.input} + axis.stride - reach) / axis.stride;
  if (output < 0 || output > kMaxSize) return std::nullopt;
  return static_cast<int32_t>(output);
}

}  // namespace

int32_t WindowOutput(Padding padding, const WindowAxis& axis) {
  return CheckedOutput(padding, axis).value_or(0);
}

int32_t WindowPadding(const WindowAxis& axis, int32_t output) {
  if (!MakesSense(axis) || output < 0) return 0;
  const int64_t total =
      (int64_t{output} - 1) * axis.stride + EffectiveFilter(axis) - axis.input;
  const int64_t before = std::max<int64_t>(total, 0) / 2;
  return before <= kMaxSize ? static_cast<int32_t>(before) : 0;
}

PaddingValues WindowPadding(Padding padding, const WindowAxis& height,
                            const WindowAxis& width) {
  const auto output_height = CheckedOutput(padding, height);
  const auto output_width = CheckedOutput(padding, width);
  // If one axis fails, the runtime leaves both without padding.
  if (!output_height || !output_width) return {};
  return {WindowPadding(height, *output_height),
          WindowPadding(width, *output_width)};
}

}  // namespace tinyml
