// A check's report in each format, and what they share.
#ifndef TINYML_PROJECT_FORMAT_H_
#define TINYML_PROJECT_FORMAT_H_

#include <string>
#include <vector>

#include "base/json.h"
#include "tinyml/check.h"

namespace tinyml::project {

// "grew, over budget"; "ok" if there are no findings.
std::string VerdictOf(const CheckDocument& document,
                      const std::vector<Finding>& findings);

// Whether the check fails for it.
bool Fails(const CheckDocument& document, const Finding& finding);

// The change in the required arena since the lock, "" if there is none.
std::string ChangeOf(const CheckedTarget& target);

// "keywords on cortex-m4".
std::string PlaceOf(const CheckedModel& model, const CheckedTarget& target);

// "2 of 7 fail; ...", the last line of the text report.
std::string SummaryOf(const CheckDocument& document);

// A target's figures, as in the lock and the report.
Json FiguresJson(const LockedTarget& target);

std::string CheckText(const CheckDocument& document, bool color);
std::string CheckMarkdown(const CheckDocument& document);
std::string CheckJson(const CheckDocument& document);
std::string CheckJunit(const CheckDocument& document);

}  // namespace tinyml::project

#endif  // TINYML_PROJECT_FORMAT_H_
