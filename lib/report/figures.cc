#include "report/figures.h"

#include "base/size.h"

#include "tinyml/report.h"

namespace tinyml {

std::string FormatBytes(int64_t bytes) { return Thousands(bytes); }

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
