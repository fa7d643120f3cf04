// A check's report as JSON, and as JUnit XML, which dashboards read.
#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "project/format.h"
#include "report/escape.h"
#include "report/hazard_words.h"
#include "report/json_parts.h"

namespace tinyml::project {
namespace {

Json FindingsJson(const CheckDocument& document,
                  const std::vector<Finding>& findings) {
  Json list = Json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"kind", FindingKindName(finding.kind)},
                    {"fails", Fails(document, finding)},
                    {"by_revision", finding.by_revision},
                    {"what", finding.what}});
  }
  return list;
}

Json TargetJson(const CheckDocument& document, const CheckedTarget& target) {
  Json json = {{"key", target.key},
               {"target", target.spec},
               {"now", FiguresJson(target.now)}};
  if (target.before) json["before"] = FiguresJson(*target.before);
  if (target.budget_bytes) json["budget_bytes"] = *target.budget_bytes;
  if (target.ram_bytes) json["ram_bytes"] = *target.ram_bytes;
  json["hazards"] = report::HazardsJson(target.hazards);
  json["findings"] = FindingsJson(document, target.findings);
  return json;
}

struct JunitCase {
  std::string name;
  std::vector<const Finding*> failures;
  std::string output;
};

std::string JunitSuite(const std::string& name,
                       const std::vector<JunitCase>& cases) {
  const auto failures = std::ranges::count_if(
      cases, [](const JunitCase& item) { return !item.failures.empty(); });
  std::string xml =
      fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">\n",
                  report::XmlText(name), cases.size(), failures);
  for (const JunitCase& item : cases) {
    xml += fmt::format("    <testcase classname=\"{}\" name=\"{}\"",
                       report::XmlText(name), report::XmlText(item.name));
    if (item.failures.empty() && item.output.empty()) {
      xml += "/>\n";
      continue;
    }
    xml += ">\n";
    if (!item.failures.empty()) {
      // Readers take one failure per test case.
      std::string all;
      for (const Finding* finding : item.failures) all += finding->what + "\n";
      xml += fmt::format(
          "      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
          FindingKindName(item.failures.front()->kind),
          report::XmlText(item.failures.front()->what), report::XmlText(all));
    }
    if (!item.output.empty()) {
      xml += fmt::format("      <system-out>{}</system-out>\n",
                         report::XmlText(item.output));
    }
    xml += "    </testcase>\n";
  }
  return xml + "  </testsuite>\n";
}

JunitCase CaseOf(const CheckDocument& document, std::string name,
                 const std::vector<Finding>& findings) {
  JunitCase result{std::move(name), {}, ""};
  for (const Finding& finding : findings) {
    if (Fails(document, finding)) {
      result.failures.push_back(&finding);
    } else {
      result.output += finding.what + "\n";
    }
  }
  return result;
}

}  // namespace

Json FiguresJson(const LockedTarget& target) {
  Json json = {
      {"runtime",
       {{"name", target.runtime_name}, {"revision", target.runtime_revision}}},
      {"kernels",
       {{"name", target.kernels_name}, {"revision", target.kernels_revision}}}};
  if (!target.distribution.empty()) {
    json["runtime"]["distribution"] = target.distribution;
  }
  if (!target.runtime_requested.empty()) {
    json["runtime"]["requested"] = target.runtime_requested;
  }
  if (!target.kernels_requested.empty()) {
    json["kernels"]["requested"] = target.kernels_requested;
  }
  if (!target.refused.empty()) {
    json["refused"] = target.refused;
    return json;
  }
  json["arena_used_bytes"] = target.arena_used_bytes;
  json["required_arena_bytes"] = target.required_arena_bytes;
  return json;
}

std::string CheckJson(const CheckDocument& document) {
  Json models = Json::array();
  for (const CheckedModel& model : document.models) {
    Json targets = Json::array();
    for (const CheckedTarget& target : model.targets) {
      targets.push_back(TargetJson(document, target));
    }
    models.push_back({{"name", model.name},
                      {"path", model.path},
                      {"findings", FindingsJson(document, model.findings)},
                      {"targets", std::move(targets)}});
  }
  Json json = report::ReportHead();
  json.update({{"project", document.project_path},
               {"lock", document.lock_path},
               {"has_lock", document.has_lock},
               {"passes", Passes(document)},
               {"models", std::move(models)},
               {"gone", document.gone}});
  return report::DocumentText(json);
}

std::string CheckJunit(const CheckDocument& document) {
  std::string suites;
  size_t tests = 0;
  size_t failures = 0;
  // Cases point to their findings.
  const std::vector<Finding> gone = {
      {FindingKind::kGone, true, "only the lock has it"}};
  const auto add = [&](const std::string& name,
                       const std::vector<JunitCase>& cases) {
    tests += cases.size();
    for (const JunitCase& item : cases) failures += !item.failures.empty();
    suites += JunitSuite(name, cases);
  };
  for (const CheckedModel& model : document.models) {
    std::vector<JunitCase> cases = {CaseOf(document, "model", model.findings)};
    for (const CheckedTarget& target : model.targets) {
      cases.push_back(CaseOf(document, target.key, target.findings));
    }
    add(model.name, cases);
  }
  for (const std::string& name : document.gone) {
    add(name, {CaseOf(document, "model", gone)});
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"tinyml check\" tests=\"{}\" failures=\"{}\">\n{}"
      "</testsuites>\n",
      tests, failures, suites);
}

}  // namespace tinyml::project
