// The arena report as JUnit XML: a test for each target, for dashboards.
//
// A test fails if the arena is over the budget, grew by more than is allowed,
// does not fit the target's memory, or, where that is asked for, if the model
// meets hazards; a target whose runtime refuses the model
// is an error. The figures are the test's properties.
#include <fmt/format.h>

#include "base/text.h"
#include "report/arena_formats.h"
#include "report/escape.h"
#include "report/figures.h"
#include "report/growth_words.h"
#include "report/hazard_words.h"

namespace tinyml::report {
namespace {

struct Verdict {
  std::string
      type;  // "budget", "growth", "ram", "flash"; the first that fails.
  std::string message;

  void Add(std::string_view kind, std::string_view sentence) {
    if (type.empty()) type = kind;
    if (!message.empty()) message += "; ";
    message += sentence;
  }
};

Verdict VerdictOf(const ArenaDocument& document, size_t index) {
  Verdict verdict;
  const TargetAnswer& answer = document.targets[index];
  const int64_t required = answer.report->DeclareBytes();
  if (document.budget_bytes && required > *document.budget_bytes) {
    verdict.Add("budget",
                fmt::format("the arena of {} bytes is over the budget of {} "
                            "bytes by {}",
                            required, *document.budget_bytes,
                            required - *document.budget_bytes));
  }
  if (document.growth && !document.growth->targets[index].allowed) {
    const TargetGrowth& growth = document.growth->targets[index];
    verdict.Add(
        "growth",
        fmt::format("the arena grew from {} to {} bytes, more than "
                    "the {} allowed",
                    growth.required_before, required, document.growth->limit));
  }
  if (FitsRam(answer.target, required) == false) {
    verdict.Add("ram", fmt::format("the arena of {} bytes does not fit the "
                                   "RAM of {} bytes",
                                   required, *answer.target.ram_bytes));
  }
  if (FitsFlash(answer.target, document.model.size_bytes) == false) {
    verdict.Add(
        "flash",
        fmt::format("the model of {} bytes does not fit the flash of "
                    "{} bytes",
                    document.model.size_bytes, *answer.target.flash_bytes));
  }
  if (document.strict && !answer.report->hazards.empty()) {
    verdict.Add(
        "hazard",
        fmt::format("the model meets {}",
                    Counted(std::ssize(answer.report->hazards), "hazard")));
  }
  return verdict;
}

void AddProperty(std::string_view name, std::string_view value,
                 std::string* text) {
  *text += fmt::format("        <property name=\"{}\" value=\"{}\"/>\n", name,
                       XmlText(value));
}

std::string Properties(const ArenaDocument& document, size_t index) {
  const TargetAnswer& answer = document.targets[index];
  std::string text = "      <properties>\n";
  const auto number = [&](std::string_view name, int64_t value) {
    AddProperty(name, std::to_string(value), &text);
  };
  const TargetInfo& target = answer.target;
  AddProperty("runtime", target.runtime_name + " " + target.runtime_revision,
              &text);
  AddProperty("kernels", target.kernels_name + " " + target.kernels_revision,
              &text);
  if (!target.distribution.empty()) {
    AddProperty("distribution", target.distribution, &text);
  }
  if (!target.nearest_note.empty()) {
    AddProperty("warning", target.nearest_note, &text);
  }
  if (answer.report) {
    number("required_arena_bytes", answer.report->required_arena_bytes);
    number("arena_used_bytes", answer.report->arena_used_bytes);
    number("head_bytes", answer.report->head_bytes);
    number("tail_bytes", answer.report->tail_bytes);
    const TargetHazards met = {target.name, answer.report->hazards};
    for (const HazardNote& note : DescribeHazards({&met, 1})) {
      AddProperty("hazard", note.title + " (" + note.advice + ")", &text);
    }
  }
  if (target.ram_bytes) number("ram_bytes", *target.ram_bytes);
  if (target.flash_bytes) number("flash_bytes", *target.flash_bytes);
  if (document.budget_bytes) number("budget_bytes", *document.budget_bytes);
  if (document.growth) {
    const TargetGrowth& growth = document.growth->targets[index];
    if (growth.kind == TargetGrowth::Kind::kCompared) {
      number("baseline_required_arena_bytes", growth.required_before);
      number("required_change_bytes", growth.required_change);
    }
  }
  return text + "      </properties>\n";
}

// The reasons for a growth, one per line.
std::string Reasons(const ArenaDocument& document, size_t index) {
  if (!document.growth) return "";
  constexpr size_t kMostCauses = 20;
  std::string text;
  for (const Cause& cause :
       CausesOf(document.growth->targets[index], kMostCauses)) {
    text += fmt::format("\n{} {}", SignedBytes(cause.change), cause.what);
    if (!cause.parts.empty()) text += ": " + cause.parts;
  }
  return text;
}

}  // namespace

std::string ArenaJunit(const ArenaDocument& document) {
  const std::string model = XmlText(document.model.path);
  std::string cases;
  size_t failures = 0;
  size_t errors = 0;
  for (size_t i = 0; i < document.targets.size(); ++i) {
    const TargetAnswer& answer = document.targets[i];
    cases +=
        fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"0\">\n",
                    model, XmlText(answer.target.name));
    cases += Properties(document, i);
    if (!answer.report) {
      ++errors;
      cases += fmt::format("      <error type=\"refused\" message=\"{}\"/>\n",
                           XmlText(answer.report.error().message));
    } else if (const Verdict verdict = VerdictOf(document, i);
               !verdict.type.empty()) {
      ++failures;
      cases += fmt::format(
          "      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
          verdict.type, XmlText(verdict.message),
          XmlText(verdict.message + Reasons(document, i)));
    }
    cases += "    </testcase>\n";
  }
  const std::string counts =
      fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"0\"",
                  document.targets.size(), failures, errors);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"tinyml arena-size\" {0}>\n"
      "  <testsuite name=\"{1}\" {0} skipped=\"0\">\n"
      "{2}"
      "  </testsuite>\n"
      "</testsuites>\n",
      counts, model, cases);
}

}  // namespace tinyml::report
