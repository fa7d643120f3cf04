#include "report/text_writer.h"

#include <algorithm>

namespace tinyml::report {

std::string AlignedRows(std::string_view indent, std::vector<Column> columns,
                        const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    for (size_t i = 0; i + 1 < row.size(); ++i) {
      columns[i].width = std::max(columns[i].width, row[i].size());
    }
  }
  std::string text;
  for (const Row& row : rows) {
    text += indent;
    for (size_t i = 0; i < row.size(); ++i) {
      const size_t width = columns[i].width;
      if (i + 1 == row.size()) {
        text += row[i];
      } else if (columns[i].right) {
        text += fmt::format("{:>{}}  ", row[i], width);
      } else {
        text += fmt::format("{:<{}}  ", row[i], width);
      }
    }
    text += '\n';
  }
  return text;
}

}  // namespace tinyml::report
