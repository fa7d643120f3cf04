// The comparison with an earlier report as Markdown, for a comment on a pull
// request: what matters first, the reasons at the end.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/escape.h"
#include "report/figures.h"
#include "report/growth_words.h"

namespace tinyml::report {
namespace {

using Kind = TargetGrowth::Kind;

constexpr size_t kMostCauses = 8;

std::string MainCause(const TargetGrowth& growth) {
  for (const OperatorGrowth& op : growth.operators) {
    if (op.Change() > 0) return "above all from " + OperatorText(op);
  }
  if (!growth.shares.empty()) {
    return fmt::format("above all {}", growth.shares.front().what.Name());
  }
  return "";
}

// Targets, in words: "a, b and c".
std::string Listed(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += MarkdownCell(names[i]);
  }
  return text;
}

// "It grew on 2 of 3 targets, ...".
std::string Headline(const ArenaDocument& document) {
  size_t compared = 0;
  size_t grew = 0;
  size_t shrank = 0;
  size_t worst = 0;
  const std::vector<TargetGrowth>& targets = document.growth->targets;
  for (size_t i = 0; i < targets.size(); ++i) {
    if (targets[i].kind != Kind::kCompared) continue;
    ++compared;
    if (targets[i].required_change < 0) ++shrank;
    if (targets[i].required_change <= 0) continue;
    if (grew == 0 ||
        targets[i].required_change > targets[worst].required_change) {
      worst = i;
    }
    ++grew;
  }
  const std::string of = Counted(static_cast<int64_t>(compared), "target");
  if (compared == 0) return "Nothing to compare with the baseline.";
  if (grew == 0 && shrank == 0 && compared == 1) {
    return "The arena is as large as before.";
  }
  if (grew == 0 && shrank == 0) {
    return fmt::format("The arena is as large as before on {}.", of);
  }
  if (grew == 0 && compared == 1) return "The arena shrank.";
  if (grew == 0) {
    return fmt::format("The arena shrank on {} of {}, and grew on none.",
                       shrank, of);
  }
  const TargetGrowth& most = targets[worst];
  std::string text = fmt::format(
      "The arena grew on {}{}: {} -> {} bytes ({:+.1f} %)",
      compared > 1
          ? fmt::format("{} of {}, {}", grew, of, grew > 1 ? "most on " : "on ")
          : "",
      MarkdownCell(document.targets[worst].target.name),
      FormatBytes(most.required_before),
      FormatBytes(most.required_before + most.required_change),
      most.required_before > 0
          ? 100.0 * static_cast<double>(most.required_change) /
                static_cast<double>(most.required_before)
          : 0.0);
  if (const std::string cause = MainCause(most); !cause.empty()) {
    text += ", " + MarkdownCell(cause);
  }
  return text + ".";
}

bool SameCauses(const std::vector<Cause>& a, const std::vector<Cause>& b) {
  return std::ranges::equal(a, b, [](const Cause& x, const Cause& y) {
    return x.what == y.what && x.parts == y.parts && x.change == y.change;
  });
}

}  // namespace

std::string GrowthCell(const TargetGrowth& growth) {
  switch (growth.kind) {
    case Kind::kCompared: {
      const std::string text =
          ChangeText(growth.required_before, growth.required_change);
      return growth.allowed ? text : "**" + text + "**";
    }
    case Kind::kNew:
      return "new";
    case Kind::kRefusedBefore:
      return "was refused";
    case Kind::kRefusedNow:
    case Kind::kRefusedBoth:
      break;
  }
  return "";
}

std::string GrowthMarkdownSummary(const ArenaDocument& document) {
  const GrowthReport& growth = *document.growth;
  std::string text = Headline(document) + "\n";
  bool any = false;
  const auto item = [&](const std::string& line) {
    text += (any ? "* " : "\n* ") + line + "\n";
    any = true;
  };
  std::vector<std::string> too_much;
  std::vector<std::string> refused;
  for (size_t i = 0; i < document.targets.size(); ++i) {
    const TargetInfo& target = document.targets[i].target;
    for (const std::string_view memory : NoLongerFits(document, i)) {
      item(fmt::format("**It no longer fits the {} of {}**, {} bytes.", memory,
                       MarkdownCell(target.name),
                       FormatBytes(memory == "RAM" ? *target.ram_bytes
                                                   : *target.flash_bytes)));
    }
    if (growth.targets[i].kind == Kind::kRefusedNow) {
      refused.push_back(target.name);
    } else if (!growth.targets[i].allowed) {
      too_much.push_back(target.name);
    }
  }
  if (!refused.empty()) {
    item(fmt::format("**The runtime now refuses the model** on {}.",
                     Listed(refused)));
  }
  if (!too_much.empty()) {
    item(fmt::format("**More than the allowed growth** ({}) on {}.",
                     MarkdownCell(growth.limit), Listed(too_much)));
  }
  // Once for all targets that changed in the same way.
  std::vector<std::string> said;
  for (size_t i = 0; i < document.targets.size(); ++i) {
    if (!growth.targets[i].revisions_changed) continue;
    std::string revisions =
        RevisionText(growth.targets[i], document.targets[i].target);
    if (std::ranges::find(said, revisions) != said.end()) continue;
    item("Sized for revisions other than the baseline's: " +
         MarkdownCell(revisions) + ".");
    said.push_back(std::move(revisions));
  }
  if (growth.model_sha256 == document.model.sha256) {
    item("The model's file is the same as in the baseline.");
  }
  if (!growth.missing.empty()) {
    item("Only in the baseline: " + Listed(growth.missing) + ".");
  }
  return text + "\n";
}

std::vector<Cause> CausesOf(const TargetGrowth& growth, size_t most) {
  std::vector<Cause> causes;
  for (const OperatorGrowth& op : growth.operators) {
    causes.push_back({OperatorText(op), PartsText(op), op.Change()});
  }
  for (const ShareGrowth& share : growth.shares) {
    causes.push_back(
        {std::string(share.what.Name()), "", share.after - share.before});
  }
  std::ranges::stable_sort(causes, std::greater<>(), [](const Cause& cause) {
    return cause.change < 0 ? -cause.change : cause.change;
  });
  if (causes.size() <= most + 1) return causes;
  Cause rest;
  rest.what =
      Counted(static_cast<int64_t>(causes.size() - most), "smaller change");
  for (size_t i = most; i < causes.size(); ++i) rest.change += causes[i].change;
  causes.resize(most);
  causes.push_back(std::move(rest));
  return causes;
}

std::string GrowthMarkdownCauses(const ArenaDocument& document) {
  const GrowthReport& growth = *document.growth;
  std::string text;
  std::vector<bool> shown(growth.targets.size());
  for (size_t i = 0; i < growth.targets.size(); ++i) {
    const TargetGrowth& target = growth.targets[i];
    if (shown[i] || target.kind != Kind::kCompared) continue;
    const std::vector<Cause> causes = CausesOf(target, kMostCauses);
    if (causes.empty()) continue;
    // One table for all targets with the same reasons.
    std::vector<std::string> names;
    for (size_t j = i; j < growth.targets.size(); ++j) {
      if (growth.targets[j].kind != Kind::kCompared ||
          !SameCauses(causes, CausesOf(growth.targets[j], kMostCauses))) {
        continue;
      }
      shown[j] = true;
      names.push_back(document.targets[j].target.name);
    }
    text += fmt::format("\nWhat changed on {}:\n\n", Listed(names));
    text +=
        "| what | bytes | where |\n"
        "|---|---:|---|\n";
    for (const Cause& cause : causes) {
      text += fmt::format("| {} | {} | {} |\n", MarkdownCell(cause.what),
                          SignedBytes(cause.change), MarkdownCell(cause.parts));
    }
    text += fmt::format("| required arena | {} | |\n",
                        SignedBytes(target.required_change));
  }
  return text;
}

}  // namespace tinyml::report
