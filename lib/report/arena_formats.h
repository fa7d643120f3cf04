// The arena report in each of its formats.
#ifndef TINYML_REPORT_ARENA_FORMATS_H_
#define TINYML_REPORT_ARENA_FORMATS_H_

#include <string>

#include "tinyml/report.h"

namespace tinyml::report {

std::string ArenaText(const ArenaDocument& document, const ReportStyle& style);
std::string ArenaJson(const ArenaDocument& document);
std::string ArenaMarkdown(const ArenaDocument& document);
std::string ArenaCsv(const ArenaDocument& document);
std::string ArenaHtml(const ArenaDocument& document);
std::string ArenaSvg(const ArenaDocument& document);
std::string ArenaJunit(const ArenaDocument& document);

}  // namespace tinyml::report

#endif  // TINYML_REPORT_ARENA_FORMATS_H_
