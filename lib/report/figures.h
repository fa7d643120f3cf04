// Figures as reports show them.
#ifndef TINYML_REPORT_FIGURES_H_
#define TINYML_REPORT_FIGURES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tinyml::report {

// "+1,120", "-16", "0".
std::string SignedBytes(int64_t bytes);

// "1,120", or "-" if it is not known.
std::string OptionalBytes(const std::optional<int64_t>& bytes);

// "1,024 + 64"; `none` if there are no sizes.
std::string SumText(const std::vector<int64_t>& sizes, const char* none);

}  // namespace tinyml::report

#endif  // TINYML_REPORT_FIGURES_H_
