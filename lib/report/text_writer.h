// Reports for a terminal: lines, emphasis and tables.
#ifndef TINYML_REPORT_TEXT_WRITER_H_
#define TINYML_REPORT_TEXT_WRITER_H_

#include <fmt/format.h>

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tinyml::report {

// ANSI styles.
inline constexpr std::string_view kBold = "\033[1m";
inline constexpr std::string_view kRed = "\033[31m";
inline constexpr std::string_view kBoldRed = "\033[1;31m";
inline constexpr std::string_view kYellow = "\033[33m";

// Base class of the text reports.
class TextWriter {
 protected:
  explicit TextWriter(bool color) : color_(color) {}

  template <typename... Args>
  void Line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text_), format,
                   std::forward<Args>(args)...);
    text_ += '\n';
  }
  std::string Painted(std::string_view text, std::string_view style) const {
    return color_ ? fmt::format("{}{}\033[0m", style, text) : std::string(text);
  }
  std::string Bold(std::string_view text) const { return Painted(text, kBold); }

  bool color_;
  std::string text_;
};

struct Column {
  bool right = false;  // Right-aligned.
  size_t width = 0;    // At least.
};

// Cells; the last of a row takes as much room as it needs.
using Row = std::vector<std::string>;

// Returns `rows`, each as a line that begins with `indent`, in columns two
// spaces apart. A row may have fewer cells than there are columns.
std::string AlignedRows(std::string_view indent, std::vector<Column> columns,
                        const std::vector<Row>& rows);

}  // namespace tinyml::report

#endif  // TINYML_REPORT_TEXT_WRITER_H_
