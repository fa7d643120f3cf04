// The wording of a comparison with an earlier report.
#ifndef TINYML_REPORT_GROWTH_WORDS_H_
#define TINYML_REPORT_GROWTH_WORDS_H_

#include <string>
#include <string_view>
#include <vector>

#include "tinyml/growth.h"
#include "tinyml/report.h"

namespace tinyml::report {

// "compared", "new", "refused_before", "refused_now", "refused_both".
std::string_view GrowthName(TargetGrowth::Kind kind);

// "+1,120 bytes (+8.0 %)", or "unchanged".
std::string ChangeText(int64_t before, int64_t change);

// "operator 3 (CONV_2D)", "operator 3 (CONV_2D, new)".
std::string OperatorText(const OperatorGrowth& op);

// What changed for an operator: "tensors +1,024, scratch -64".
std::string PartsText(const OperatorGrowth& op);

// "kernels cmsis-nn 0123... instead of 4567...", empty if none changed.
std::string RevisionText(const TargetGrowth& growth, const TargetInfo& target);

// Which memories a target no longer fits since the earlier report: "RAM",
// "flash".
std::vector<std::string_view> NoLongerFits(const ArenaDocument& document,
                                           size_t target);

// A target's change in a table: "+1,120 bytes (+8.0 %)", "new".
std::string GrowthCell(const TargetGrowth& growth);

// The comparison as Markdown: what matters first, then what grew.
std::string GrowthMarkdownSummary(const ArenaDocument& document);
std::string GrowthMarkdownCauses(const ArenaDocument& document);

// An operator or a share, in one list.
struct Cause {
  std::string what;   // "operator 3 (CONV_2D)".
  std::string parts;  // PartsText(); empty for a share.
  int64_t change = 0;
};

// What changed, the largest change first: at most `most` causes, and the rest
// combined into one more. They add up to the change of the required arena.
std::vector<Cause> CausesOf(const TargetGrowth& growth, size_t most);

}  // namespace tinyml::report

#endif  // TINYML_REPORT_GROWTH_WORDS_H_
