// The arena report for people: the two numbers first, then the reasons.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/text.h"
#include "report/arena_formats.h"
#include "report/figures.h"
#include "report/growth_words.h"
#include "report/hazard_words.h"
#include "report/runtime_words.h"
#include "report/text_writer.h"

namespace tinyml::report {
namespace {

class ArenaTextWriter : private TextWriter {
 public:
  ArenaTextWriter(const ArenaDocument& document, const ReportStyle& style)
      : TextWriter(style.color), document_(document), style_(style) {}

  std::string Write() {
    const ReportedModel& model = document_.model;
    Line("{}  {} bytes, {}, {}", model.path, FormatBytes(model.size_bytes),
         Counted(model.operators, "operator"),
         Counted(model.tensors, "tensor"));
    if (document_.targets.size() == 1) {
      Line("");
      WriteTarget(0);
    } else {
      Line("");
      WriteTable();
      if (style_.per_operator) {
        for (size_t i = 0; i < document_.targets.size(); ++i) {
          Line("");
          WriteTarget(i);
        }
      }
    }
    return std::move(text_);
  }

 private:
  static std::string Library(const TargetInfo& target) {
    std::string name =
        fmt::format("{} {}", target.kernels_name, target.kernels_revision);
    if (target.optimize_for == "size") name += " (optimised for size)";
    return name;
  }

  void WriteTarget(size_t index) {
    const TargetAnswer& answer = document_.targets[index];
    const TargetInfo& target = answer.target;
    std::string title = target.name;
    if (!target.title.empty()) title += " (" + target.title + ")";
    Line("{}", Bold(title));
    Line("  runtime {}, kernels {}", RuntimeText(target), Library(target));
    if (const std::string others = OtherRuntimesText(target); !others.empty()) {
      Line("  {}", others);
    }
    if (!target.nearest_note.empty()) WriteWarning(target.nearest_note);
    if (!answer.report) {
      Line("  {} {}", Painted("refused:", kRed), answer.report.error().message);
      if (document_.growth) WriteGrowth(index);
      return;
    }
    const ArenaReport& report = *answer.report;
    Line("");
    Line("  {}  {:>11} bytes   declare this", Bold("required arena"),
         FormatBytes(report.DeclareBytes()));
    if (report.with_io) {
      Line(
          "  before input(0) {:>11} bytes   what AllocateTensors() needs: "
          "input(0) and output(0) allocate later",
          FormatBytes(report.required_arena_bytes));
    }
    Line("  arena used      {:>11} bytes   what arena_used_bytes() reports",
         FormatBytes(report.arena_used_bytes));
    WriteApplication(target.application, report);
    Line("");
    if (document_.growth) WriteGrowth(index);
    WriteFits(target, report);
    WritePeak(report);
    Line("");
    WriteBreakdown(report);
    if (style_.per_operator) {
      Line("");
      WriteOperators(report);
    } else {
      WriteScratchSummary(report);
    }
    for (const std::string& warning : report.warnings) {
      if (warning != target.nearest_note) WriteWarning(warning);
    }
    const TargetHazards met = {target.name, report.hazards};
    text_ += HazardText({&met, 1}, color_);
  }

  // What else the application declares, or keeps.
  void WriteApplication(const ApplicationUse& application,
                        const ArenaReport& report) {
    if (report.resource_arena_bytes) {
      Line("  second arena    {:>11} bytes   for {}; {} declares {}",
           FormatBytes(*report.resource_arena_bytes),
           Counted(report.resource_variables, "resource variable"),
           application.title, FormatBytes(application.resource_arena_bytes));
    }
    if (const auto kept = KeptArenaBytes(application, report)) {
      Line("  arena kept      {:>11} bytes   {}", FormatBytes(*kept),
           *kept >= report.required_arena_bytes
               ? "by " + application.title
               : Painted("by " + application.title +
                             ": less than required, so loading fails",
                         kRed));
    }
    for (const std::string& note : application.notes) Line("  note: {}", note);
  }

  void WriteWarning(std::string_view warning) {
    Line("  {} {}", Painted("warning:", kYellow), warning);
  }

  void WriteGrowth(size_t index) {
    const TargetGrowth& growth = document_.growth->targets[index];
    const TargetInfo& target = document_.targets[index].target;
    const std::string change = GrowthNote(growth);
    if (growth.kind != TargetGrowth::Kind::kCompared) {
      Line("  baseline        {}", change);
      return;
    }
    Line("  baseline        {:>11} bytes   {}",
         FormatBytes(growth.required_before), change);
    if (growth.revisions_changed) {
      Line("    other revisions: {}", RevisionText(growth, target));
    }
    constexpr size_t kMostCauses = 12;
    for (const Cause& cause : CausesOf(growth, kMostCauses)) {
      Line("    {:>11}  {}{}", SignedBytes(cause.change), cause.what,
           cause.parts.empty() ? "" : ": " + cause.parts);
    }
    Line("");
  }

  // "+1,120 bytes (+8.0 %)", and whether that is too much.
  std::string GrowthNote(const TargetGrowth& growth) const {
    switch (growth.kind) {
      case TargetGrowth::Kind::kCompared: {
        const std::string change =
            ChangeText(growth.required_before, growth.required_change);
        return growth.allowed
                   ? change
                   : Painted(change + ", more than the " +
                                 document_.growth->limit + " allowed",
                             kRed);
      }
      case TargetGrowth::Kind::kNew:
        return "not in the baseline";
      case TargetGrowth::Kind::kRefusedBefore:
        return "refused in the baseline";
      case TargetGrowth::Kind::kRefusedNow:
        return "not refused in the baseline";
      case TargetGrowth::Kind::kRefusedBoth:
        return "refused in the baseline, too";
    }
    return "";
  }

  void WriteFits(const TargetInfo& target, const ArenaReport& report) {
    if (const auto fits = FitsRam(target, report.DeclareBytes())) {
      Line(
          "  RAM             {:>11} bytes   {}", FormatBytes(*target.ram_bytes),
          *fits ? fmt::format("the arena takes {} %",
                              Percent(report.DeclareBytes(), *target.ram_bytes))
                : Painted("the arena does not fit", kRed));
    }
    if (const auto fits = FitsFlash(target, document_.model.size_bytes)) {
      Line("  flash           {:>11} bytes   {}",
           FormatBytes(*target.flash_bytes),
           *fits ? fmt::format(
                       "the model takes {} %",
                       Percent(document_.model.size_bytes, *target.flash_bytes))
                 : Painted("the model does not fit", kRed));
    }
    if (document_.budget_bytes) {
      const int64_t budget = *document_.budget_bytes;
      const int64_t over = report.DeclareBytes() - budget;
      Line("  budget          {:>11} bytes   {}", FormatBytes(budget),
           over <= 0
               ? fmt::format("{} bytes are left", FormatBytes(-over))
               : Painted(fmt::format("over by {} bytes", FormatBytes(over)),
                         kRed));
    }
  }

  static std::string Percent(int64_t part, int64_t whole) {
    return fmt::format("{:.1f}", 100.0 * static_cast<double>(part) /
                                     static_cast<double>(whole));
  }

  static std::string_view PhaseMeaning(ArenaPhase phase) {
    switch (phase) {
      case ArenaPhase::kPlan:
        return "while the memory plan is made";
      case ArenaPhase::kIoTensors:
        return "at the end of AllocateTensors()";
      case ArenaPhase::kPrepare:
        return "while the operators prepare";
      default:
        return "while the interpreter is set up";
    }
  }

  void WritePeak(const ArenaReport& report) {
    Line("  peak: {} ({})", PhaseMeaning(report.peak_phase),
         ArenaPhaseName(report.peak_phase));
    for (const ArenaOperator& op : report.operators) {
      if (op.id != report.peak_operator) continue;
      Line("  tensors and scratch are fullest at {} ({} bytes)",
           OperatorLabel(report, op), FormatBytes(report.head_bytes));
    }
  }

  static bool HasSubgraphs(const ArenaReport& report) {
    return !report.operators.empty() && report.operators.back().id.subgraph > 0;
  }

  static std::string OperatorLabel(const ArenaReport& report,
                                   const ArenaOperator& op) {
    if (!HasSubgraphs(report)) {
      return fmt::format("operator {} ({})", op.id.index, op.name);
    }
    return fmt::format("subgraph {}, operator {} ({})", op.id.subgraph,
                       op.id.index, op.name);
  }

  void WriteBreakdown(const ArenaReport& report) {
    Line("  where the {} bytes go", FormatBytes(report.arena_used_bytes));
    for (const ArenaShare& share : report.breakdown) {
      std::string count;
      if (share.count > 0) count = fmt::format("  x {}", share.count);
      Line("  {:>13}  {}{}", FormatBytes(share.bytes), share.what.Name(),
           count);
    }
  }

  static int64_t Total(const std::vector<int64_t>& sizes) {
    return std::accumulate(sizes.begin(), sizes.end(), int64_t{0});
  }

  void WriteScratchSummary(const ArenaReport& report) {
    std::vector<const ArenaOperator*> users;
    for (const ArenaOperator& op : report.operators) {
      if (!op.scratch_bytes.empty()) users.push_back(&op);
    }
    if (users.empty()) return;
    std::stable_sort(users.begin(), users.end(),
                     [](const ArenaOperator* a, const ArenaOperator* b) {
                       return Total(a->scratch_bytes) > Total(b->scratch_bytes);
                     });
    Line("");
    Line("  scratch memory: {}, the most for {}: {} bytes (--per-op lists all)",
         Counted(std::ssize(users), "operator"),
         OperatorLabel(report, *users.front()),
         FormatBytes(Total(users.front()->scratch_bytes)));
  }

  void WriteOperators(const ArenaReport& report) {
    const bool subgraphs = HasSubgraphs(report);
    std::vector<Column> columns = {
        {true, 5}, {false, 8}, {true, 10}, {false, 0}};
    std::vector<Row> rows = {{"op", "operator", "persistent", "scratch"}};
    for (const ArenaOperator& op : report.operators) {
      rows.push_back({std::to_string(op.id.index), op.name,
                      FormatBytes(op.persistent_bytes),
                      SumText(op.scratch_bytes, "-")});
    }
    if (subgraphs) {
      columns.insert(columns.begin(), {true, 5});
      rows[0].insert(rows[0].begin(), "graph");
      for (size_t i = 1; i < rows.size(); ++i) {
        rows[i].insert(rows[i].begin(),
                       std::to_string(report.operators[i - 1].id.subgraph));
      }
    }
    text_ += AlignedRows("  ", std::move(columns), rows);
  }

  void WriteTable() {
    std::vector<Row> rows = {{"target", "required", "used", "RAM", "kernels"}};
    for (size_t i = 0; i < document_.targets.size(); ++i) {
      const TargetAnswer& answer = document_.targets[i];
      const TargetInfo& target = answer.target;
      if (!answer.report) {
        rows.push_back({target.name, Painted("refused:", kRed) + " " +
                                         answer.report.error().message});
        continue;
      }
      const ArenaReport& report = *answer.report;
      const std::string growth =
          document_.growth ? "  " + GrowthNote(document_.growth->targets[i])
                           : "";
      rows.push_back({target.name, FormatBytes(report.DeclareBytes()),
                      FormatBytes(report.arena_used_bytes),
                      OptionalBytes(target.ram_bytes),
                      Library(target) + DistributionSuffix(target) +
                          Verdict(target, report) + growth});
    }
    text_ += AlignedRows(
        "  ", {{false, 6}, {true, 11}, {true, 11}, {true, 11}, {}}, rows);
    Line("");
    Line("  bytes; declare the required arena, 16-byte aligned");
    WriteDistinctWarnings();
    text_ += HazardText(HazardsOf(document_), color_);
  }

  void WriteDistinctWarnings() {
    std::vector<std::string_view> shown;
    const auto show = [&](std::string_view warning) {
      if (warning.empty() || std::ranges::find(shown, warning) != shown.end()) {
        return;
      }
      shown.push_back(warning);
      WriteWarning(warning);
    };
    for (const TargetAnswer& answer : document_.targets) {
      show(answer.target.nearest_note);
      if (!answer.report) continue;
      for (const std::string& warning : answer.report->warnings) show(warning);
    }
  }

  std::string Verdict(const TargetInfo& target,
                      const ArenaReport& report) const {
    std::string verdict;
    if (FitsRam(target, report.DeclareBytes()) == false) {
      verdict += "  " + Painted("does not fit the RAM", kRed);
    }
    if (FitsFlash(target, document_.model.size_bytes) == false) {
      verdict += "  " + Painted("does not fit the flash", kRed);
    }
    if (document_.budget_bytes &&
        report.DeclareBytes() > *document_.budget_bytes) {
      verdict += "  " + Painted("over budget", kRed);
    }
    return verdict;
  }

  const ArenaDocument& document_;
  const ReportStyle& style_;
};

}  // namespace

std::string ArenaText(const ArenaDocument& document, const ReportStyle& style) {
  return ArenaTextWriter(document, style).Write();
}

}  // namespace tinyml::report
