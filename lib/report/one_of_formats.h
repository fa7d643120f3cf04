// Refuses formats that a report does not have.
#ifndef TINYML_REPORT_ONE_OF_FORMATS_H_
#define TINYML_REPORT_ONE_OF_FORMATS_H_

#include <initializer_list>
#include <string_view>

#include "tinyml/report.h"
#include "tinyml/status.h"

namespace tinyml::report {

// Fails with kUsage, "WHAT can be text or json, not svg", unless `format` is
// one of `formats`.
Status OneOfFormats(std::string_view what, ReportFormat format,
                    std::initializer_list<ReportFormat> formats);

}  // namespace tinyml::report

#endif  // TINYML_REPORT_ONE_OF_FORMATS_H_
