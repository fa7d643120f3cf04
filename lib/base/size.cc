#include "base/size.h"

#include <fmt/format.h>

#include <charconv>
#include <system_error>

namespace tinyml {

Result<int64_t> ParseSize(std::string_view text) {
  int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  int shift = 0;
  bool well_formed =
      error == std::errc() && !text.empty() && text.front() != '-';
  if (well_formed && rest != end) {
    constexpr std::string_view kUnits = "KMG";
    const char unit =
        *rest >= 'a' ? static_cast<char>(*rest - 'a' + 'A') : *rest;
    const size_t power = kUnits.find(unit);
    well_formed = rest + 1 == end && power != std::string_view::npos;
    if (well_formed) shift = 10 * (static_cast<int>(power) + 1);
  }
  if (!well_formed || value > (INT64_MAX >> shift)) {
    return Fail(
        ErrorCode::kUsage,
        fmt::format("\"{}\" is not a size: write 262144, 256K or 1M", text));
  }
  return value << shift;
}

std::string Thousands(int64_t number) {
  std::string digits = std::to_string(number);
  const size_t sign = number < 0 ? 1 : 0;
  for (size_t at = digits.size(); at > sign + 3; at -= 3) {
    digits.insert(at - 3, ",");
  }
  return digits;
}

}  // namespace tinyml
