#include "report/figures.h"

#include "tinyml/report.h"

namespace tinyml {

std::string FormatBytes(int64_t bytes) {
  std::string digits = std::to_string(bytes);
  const size_t sign = bytes < 0 ? 1 : 0;
  for (size_t at = digits.size(); at > sign + 3; at -= 3) {
    digits.insert(at - 3, ",");
  }
  return digits;
}

namespace report {

std::string SignedBytes(int64_t bytes) {
  return (bytes > 0 ? "+" : "") + FormatBytes(bytes);
}

std::string OptionalBytes(const std::optional<int64_t>& bytes) {
  return bytes ? FormatBytes(*bytes) : "-";
}

std::string SumText(const std::vector<int64_t>& sizes, const char* none) {
  std::string text;
  for (const int64_t bytes : sizes) {
    text += (text.empty() ? "" : " + ") + FormatBytes(bytes);
  }
  return text.empty() ? none : text;
}

}  // namespace report
}  // namespace tinyml
