#include "report/growth_words.h"

#include <fmt/format.h>

#include "report/figures.h"

namespace tinyml::report {

std::string_view GrowthName(TargetGrowth::Kind kind) {
  switch (kind) {
    case TargetGrowth::Kind::kCompared:
      return "compared";
    case TargetGrowth::Kind::kNew:
      return "new";
    case TargetGrowth::Kind::kRefusedBefore:
      return "refused_before";
    case TargetGrowth::Kind::kRefusedNow:
      return "refused_now";
    case TargetGrowth::Kind::kRefusedBoth:
      return "refused_both";
  }
  return "";
}

std::string ChangeText(int64_t before, int64_t change) {
  if (change == 0) return "unchanged";
  std::string text = SignedBytes(change) + " bytes";
  if (before > 0) {
    text += fmt::format(" ({:+.1f} %)", 100.0 * static_cast<double>(change) /
                                            static_cast<double>(before));
  }
  return text;
}

std::string OperatorText(const OperatorGrowth& op) {
  const auto [subgraph, index] = op.Id();
  std::string text =
      subgraph > 0 ? fmt::format("subgraph {}, operator {}", subgraph, index)
                   : fmt::format("operator {}", index);
  text += " (" + op.name;
  if (!op.after) {
    text += ", removed";
  } else if (!op.before) {
    text += ", new";
  } else if (op.before != op.after) {
    text += fmt::format(", was {}", op.before->index);
  }
  return text + ")";
}

std::string PartsText(const OperatorGrowth& op) {
  std::string text;
  const auto add = [&](std::string_view what, int64_t bytes) {
    if (bytes == 0) return;
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {}", what, SignedBytes(bytes));
  };
  add("tensors", op.tensors_change);
  add("scratch", op.scratch_change);
  add("persistent", op.persistent_change);
  return text;
}

std::string RevisionText(const TargetGrowth& growth, const TargetInfo& target) {
  std::string text;
  if (growth.runtime_name != target.runtime_name ||
      growth.runtime_revision != target.runtime_revision ||
      growth.distribution != target.distribution) {
    const std::string before =
        growth.distribution.empty()
            ? growth.runtime_name + " " + growth.runtime_revision
            : growth.distribution;
    const std::string now =
        target.distribution.empty()
            ? target.runtime_name + " " + target.runtime_revision
            : target.distribution;
    text = fmt::format("runtime {} instead of {}", now, before);
  }
  if (growth.kernels_name != target.kernels_name ||
      growth.kernels_revision != target.kernels_revision) {
    if (!text.empty()) text += ", ";
    text += fmt::format("kernels {} {} instead of {} {}", target.kernels_name,
                        target.kernels_revision, growth.kernels_name,
                        growth.kernels_revision);
  }
  return text;
}

std::vector<std::string_view> NoLongerFits(const ArenaDocument& document,
                                           size_t target) {
  std::vector<std::string_view> memories;
  const TargetAnswer& answer = document.targets[target];
  if (!document.growth || !answer.report) return memories;
  const TargetGrowth& growth = document.growth->targets[target];
  if (growth.fitted_ram == true &&
      FitsRam(answer.target, answer.report->DeclareBytes()) == false) {
    memories.emplace_back("RAM");
  }
  if (growth.fitted_flash == true &&
      FitsFlash(answer.target, document.model.size_bytes) == false) {
    memories.emplace_back("flash");
  }
  return memories;
}

}  // namespace tinyml::report
