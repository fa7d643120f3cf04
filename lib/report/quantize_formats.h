// The formats of a quantization report, one file for each.
#ifndef TINYML_REPORT_QUANTIZE_FORMATS_H_
#define TINYML_REPORT_QUANTIZE_FORMATS_H_

#include <string>

#include "tinyml/quantize_report.h"

namespace tinyml::report {

std::string QuantizeJson(const QuantizeDocument& document);
std::string QuantizeText(const QuantizeDocument& document,
                         const ReportStyle& style);

}  // namespace tinyml::report

#endif  // TINYML_REPORT_QUANTIZE_FORMATS_H_
