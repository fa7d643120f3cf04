// The page of HTML reports, embedded at build time.
#ifndef TINYML_REPORT_EMBEDDED_PAGE_H_
#define TINYML_REPORT_EMBEDDED_PAGE_H_

#include <string_view>

namespace tinyml::report {

// "{{report}}" is the placeholder for the report's JSON.
extern const std::string_view kArenaPage;

}  // namespace tinyml::report

#endif  // TINYML_REPORT_EMBEDDED_PAGE_H_
