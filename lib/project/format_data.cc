// A check's report as JSON, and as JUnit XML, which dashboards read.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "project/format.h"
#include "tinyml/version.h"

namespace tinyml::project {
namespace {

using Json = nlohmann::ordered_json;

Json FindingsJson(const CheckDocument& document,
                  const std::vector<Finding>& findings) {
  Json list = Json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"kind", FindingKindName(finding.kind)},
                    {"fails", Fails(document, finding)},
                    {"what", finding.what}});
  }
  return list;
}

Json FiguresJson(const LockedTarget& target) {
  Json json = {
      {"runtime",
       {{"name", target.runtime_name}, {"revision", target.runtime_revision}}},
      {"kernels",
       {{"name", target.kernels_name}, {"revision", target.kernels_revision}}}};
  if (!target.refused.empty()) {
    json["refused"] = target.refused;
    return json;
  }
  json["arena_used_bytes"] = target.arena_used_bytes;
  json["required_arena_bytes"] = target.required_arena_bytes;
  return json;
}

Json TargetJson(const CheckDocument& document, const CheckedTarget& target) {
  Json json = {{"key", target.key},
               {"target", target.spec},
               {"now", FiguresJson(target.now)}};
  if (target.before) json["before"] = FiguresJson(*target.before);
  if (target.budget_bytes) json["budget_bytes"] = *target.budget_bytes;
  if (target.ram_bytes) json["ram_bytes"] = *target.ram_bytes;
  json["findings"] = FindingsJson(document, target.findings);
  return json;
}

// Text and attributes of XML, which has no place for control characters, nor
// for bytes that are no UTF-8.
std::string Xml(const std::string& text) {
  // The writer of JSON replaces what is no UTF-8.
  const std::string clean =
      Json::parse(
          Json(text).dump(-1, ' ', false, Json::error_handler_t::replace))
          .get<std::string>();
  std::string xml;
  for (const char c : clean) {
    switch (c) {
      case '&':
        xml += "&amp;";
        break;
      case '<':
        xml += "&lt;";
        break;
      case '>':
        xml += "&gt;";
        break;
      case '"':
        xml += "&quot;";
        break;
      default:
        xml += c >= 0 && c < ' ' ? ' ' : c;
    }
  }
  return xml;
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
                  Xml(name), cases.size(), failures);
  for (const JunitCase& item : cases) {
    xml += fmt::format("    <testcase classname=\"{}\" name=\"{}\"", Xml(name),
                       Xml(item.name));
    if (item.failures.empty() && item.output.empty()) {
      xml += "/>\n";
      continue;
    }
    xml += ">\n";
    if (!item.failures.empty()) {
      // Readers take one failure of a case.
      std::string all;
      for (const Finding* finding : item.failures) all += finding->what + "\n";
      xml += fmt::format(
          "      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
          FindingKindName(item.failures.front()->kind),
          Xml(item.failures.front()->what), Xml(all));
    }
    if (!item.output.empty()) {
      xml +=
          fmt::format("      <system-out>{}</system-out>\n", Xml(item.output));
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
  Json json = {
      {"schema_version", 1},
      {"tool", {{"name", "tinyml"}, {"version", TINYML_VERSION_STRING}}},
      {"project", document.project_path},
      {"lock", document.lock_path},
      {"has_lock", document.has_lock},
      {"passes", Passes(document)},
      {"models", std::move(models)},
      {"gone", document.gone}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
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
