// What several JSON reports have in common.
#ifndef TINYML_REPORT_JSON_PARTS_H_
#define TINYML_REPORT_JSON_PARTS_H_

#include <string>

#include "base/json.h"
#include "tinyml/report.h"
#include "tinyml/revisions.h"

namespace tinyml::report {

// What every report begins with: the version of its schema, and the program
// that made it.
Json ReportHead();

Json ModelJson(const ReportedModel& model);

// "runtime" and "kernels", each with name, revision and release, and the
// distribution that the runtime comes in.
void AddRevisions(const TargetInfo& target, Json* json);

// Adds "distribution" to `runtime`, if the target has one.
void AddDistribution(const TargetInfo& target, Json* runtime);

// "requested" of both, where another revision stands in for one.
void AddRequested(const TargetInfo& target, Json* json);

Json ChangeJson(const RevisionChange& change);

// Returns `json` as text, ending in a newline. Names that are not valid UTF-8
// are repaired.
std::string DocumentText(const Json& json);

}  // namespace tinyml::report

#endif  // TINYML_REPORT_JSON_PARTS_H_
