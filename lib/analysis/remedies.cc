// Which remedy is for which hazard, and trying them on a model.
#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/macros.h"
#include "tinyml/arena.h"
#include "tinyml/remedy.h"
#include "transform/passes.h"
#include "transform/remedies/remedies.h"

namespace tinyml {
namespace {

using transform::FindRemedy;
using transform::Prescription;
using transform::Remedy;

constexpr size_t kMostRemedies = 2;

struct RemediesOfHazard {
  std::string_view hazard;
  std::array<std::string_view, kMostRemedies> remedies;  // In order.
};

constexpr RemediesOfHazard kRows[] = {
    {"cmsis-nn-conv-grouped-pointwise", {"split-groups"}},
    {"cmsis-nn-conv-grouped-row", {"split-groups"}},
    {"cmsis-nn-conv-int16-groups", {"split-groups"}},
    {"cmsis-nn-conv-int16-sum", {"add-zero-bias"}},
    {"cmsis-nn-conv-int4-groups", {"unpack-int4-weights"}},
    {"cmsis-nn-conv-row-padding", {"explicit-padding"}},
    {"cmsis-nn-conv-row-short", {"explicit-padding"}},
    {"cmsis-nn-depthwise-int4-channels", {"unpack-int4-weights"}},
    {"cmsis-nn-depthwise-no-bias", {"add-zero-bias"}},
    {"cmsis-nn-fully-connected-int16-bias", {"widen-bias"}},
    {"cmsis-nn-maximum-minimum-column", {"broadcast-operands"}},
    {"cmsis-nn-maximum-minimum-dimensions", {"merge-dimensions"}},
    {"cmsis-nn-pad-dimensions", {"merge-dimensions"}},
    {"cmsis-nn-transpose-conv-activation", {"unfuse-activation"}},
    {"cmsis-nn-transpose-conv-partial-rows", {"whole-transpose-conv"}},
    {"cmsis-nn-transpose-dimensions", {"merge-dimensions"}},
    {"cmsis-nn-transpose-order", {"merge-dimensions"}},
    {"esp-nn-conv-end-padding", {"explicit-padding-of-strides"}},
    {"esp-nn-conv-end-padding-p4", {"explicit-padding"}},
    {"esp-nn-conv-last-row-p4", {"explicit-padding"}},
    {"esp-nn-conv-unequal-padding", {"explicit-padding-of-strides"}},
    {"esp-nn-conv-window-edge", {"explicit-padding"}},
    {"esp-nn-depthwise-row-strips", {"explicit-padding"}},
    {"esp-nn-depthwise-strips", {"explicit-padding-of-strides"}},
    {"esp-nn-depthwise-unequal-padding", {"explicit-padding-of-strides"}},
    {"esp-nn-softmax-scratch", {"merge-dimensions"}},
    {"esp-tflite-micro-conv-int16-sum", {"add-zero-bias"}},
    {"esp-tflite-micro-fully-connected-int16-bias", {"widen-bias"}},
    {"esp-tflite-micro-fully-connected-int16-channels",
     {"convolve-fully-connected"}},
    {"tflm-add-int32-activation", {"unfuse-activation"}},
    {"tflm-concatenation-scales", {"requantize-inputs"}},
    {"tflm-conv-int16-sum", {"add-zero-bias"}},
    {"tflm-fully-connected-first-scale", {"convolve-fully-connected"}},
    {"tflm-fully-connected-int16-bias", {"widen-bias"}},
    {"tflm-fully-connected-int16-sum", {"add-zero-bias"}},
    {"tflm-l2-normalization-output", {"requantize-output"}},
    {"tflm-logistic-output", {"requantize-output"}},
    {"tflm-maximum-minimum-scales", {"requantize-inputs"}},
    {"tflm-mean-axes", {"merge-dimensions"}},
    {"tflm-pooling-scales", {"requantize-output"}},
    {"tflm-reduce-stack", {"merge-dimensions"}},
    {"tflm-relu6-output", {"requantize-output"}},
    {"tflm-reshape-writes-model", {"scalar-shape"}},
    {"tflm-space-to-batch-padding",
     {"fold-space-to-batch", "pad-before-space-to-batch"}},
    {"tflm-tanh-output", {"requantize-output"}},
    {"tflm-transpose-conv-activation", {"unfuse-activation"}},
};

// What keeps an operator from running as it should on a target.
struct Trouble {
  std::string hazard;  // Empty: the target refuses it.
  size_t target = 0;
  OperatorId origin;  // In the model as it was given.
  OperatorId now;
};

constexpr OperatorId kWholeModel = {0, -1};

// A model that was rewritten, and what it meets.
struct State {
  Model model;
  std::vector<std::vector<int>> origins;  // By subgraph and operator.
  std::vector<Trouble> troubles;
  std::vector<std::optional<int64_t>> arenas;  // By target.
};

bool IsSame(const Trouble& a, const Trouble& b) {
  return a.hazard == b.hazard && a.target == b.target && a.origin == b.origin;
}

class Remedying {
 public:
  Remedying(const Model& given, std::span<const Target> targets)
      : given_(given), targets_(targets) {
    state_.model = given;
    for (const Subgraph& graph : given.subgraphs) {
      auto& origins = state_.origins.emplace_back();
      for (size_t i = 0; i < graph.operators.size(); ++i) {
        origins.push_back(static_cast<int>(i));
      }
    }
    Look(state_);
    arenas_before_ = state_.arenas;
  }

  Result<RemedyResult> Run() {
    // Each round tries a remedy that was not tried, so this ends.
    while (true) {
      std::vector<Attempt> batch = NextAttempts();
      if (batch.empty()) break;
      if (Try(batch)) continue;
      // One of them does no good; then each by itself.
      if (batch.size() == 1) continue;
      one_by_one_ = true;
      for (const Attempt& attempt : batch) tried_.erase(KeyOf(attempt));
    }
    RemedyResult result;
    result.model = std::move(state_.model);
    if (applied_.empty()) return result;
    TINYML_RETURN_IF_ERROR(transform::RemoveLeftovers(result.model));
    TINYML_RETURN_IF_ERROR(ValidateModel(result.model));
    std::ranges::stable_sort(applied_, {}, &AppliedRemedy::op);
    result.applied = std::move(applied_);
    for (size_t i = 0; i < targets_.size(); ++i) {
      std::optional<int64_t> after;
      if (const auto report = SizeArena(result.model, targets_[i])) {
        after = report->required_arena_bytes;
      }
      result.arenas.push_back(
          {targets_[i].info().name, arenas_before_[i], after});
    }
    return result;
  }

 private:
  struct Attempt {
    Trouble trouble;
    const Remedy* remedy;
  };
  using Key = std::tuple<std::string, OperatorId, std::string_view>;

  static Key KeyOf(const Attempt& attempt) {
    return {attempt.trouble.hazard, attempt.trouble.origin,
            attempt.remedy->name};
  }

  // Simulates the model on every target.
  void Look(State& state) const {
    state.troubles.clear();
    state.arenas.clear();
    for (size_t t = 0; t < targets_.size(); ++t) {
      const auto add = [&](std::string hazard, const OperatorId& id) {
        OperatorId origin = id;
        if (id.index >= 0) {
          origin.index = state.origins[id.subgraph][id.index];
        }
        state.troubles.push_back({std::move(hazard), t, origin, id});
      };
      const Result<ArenaReport> report = SizeArena(state.model, targets_[t]);
      if (!report) {
        state.arenas.emplace_back();
        add("", report.error().subject.op.value_or(kWholeModel));
        continue;
      }
      state.arenas.push_back(report->required_arena_bytes);
      for (const Hazard& hazard : report->hazards) add(hazard.id, hazard.op);
    }
  }

  // The remedies to try against `trouble`, in order.
  static std::vector<const Remedy*> RemediesAgainst(const Trouble& trouble) {
    std::vector<const Remedy*> remedies;
    if (trouble.hazard.empty()) {
      for (const Remedy& remedy : transform::Remedies()) {
        remedies.push_back(&remedy);
      }
    }
    for (const std::string_view name : RemediesFor(trouble.hazard)) {
      remedies.push_back(FindRemedy(name));
    }
    return remedies;
  }

  // One untried remedy for each operator in trouble, or only one in all; they
  // are marked as tried.
  std::vector<Attempt> NextAttempts() {
    std::vector<Attempt> attempts;
    std::set<OperatorId> prescribed;
    for (const Trouble& trouble : state_.troubles) {
      if (trouble.now.index < 0 || prescribed.contains(trouble.now)) continue;
      // What refuses an operator is found by trying.
      const bool refused = trouble.hazard.empty();
      if (refused && !attempts.empty()) continue;
      for (const Remedy* remedy : RemediesAgainst(trouble)) {
        Attempt attempt = {trouble, remedy};
        if (!tried_.insert(KeyOf(attempt)).second) continue;
        attempts.push_back(std::move(attempt));
        prescribed.insert(trouble.now);
        break;
      }
      if (!attempts.empty() && (one_by_one_ || refused)) break;
    }
    return attempts;
  }

  // Applies the remedies, and keeps the result if all of them helped that could
  // be applied.
  bool Try(const std::vector<Attempt>& batch) {
    std::vector<Prescription> prescriptions;
    prescriptions.reserve(batch.size());
    for (const Attempt& attempt : batch) {
      prescriptions.push_back({attempt.trouble.now, attempt.remedy});
    }
    State next;
    next.model = state_.model;
    const std::vector<bool> done =
        transform::ApplyRemedies(next.model, prescriptions, next.origins);
    if (std::ranges::none_of(done, [](bool is_done) { return is_done; })) {
      return true;  // Nothing was changed.
    }
    for (size_t graph = 0; graph < next.origins.size(); ++graph) {
      for (int& origin : next.origins[graph]) {
        origin = state_.origins[graph][origin];
      }
    }
    if (!ValidateModel(next.model)) return false;
    Look(next);
    if (!IsBetter(next)) return false;
    for (size_t i = 0; i < batch.size(); ++i) {
      if (done[i] && Has(next, batch[i].trouble)) return false;
    }
    for (size_t i = 0; i < batch.size(); ++i) {
      if (done[i]) Record(batch[i]);
    }
    state_ = std::move(next);
    return true;
  }

  static bool Has(const State& state, const Trouble& trouble) {
    return std::ranges::any_of(state.troubles, [&](const Trouble& other) {
      return IsSame(other, trouble) ||
             (other.hazard.empty() && other.target == trouble.target &&
              other.origin == kWholeModel);
    });
  }

  // Every target runs it that did, with no more hazards than before.
  bool IsBetter(const State& next) const {
    for (size_t t = 0; t < targets_.size(); ++t) {
      if (!next.arenas[t] && state_.arenas[t]) return false;
      // Where the model was refused, its hazards were not seen.
      if (!state_.arenas[t]) continue;
      const auto count = [t](const State& state) {
        return std::ranges::count(state.troubles, t, &Trouble::target);
      };
      if (count(next) > count(state_)) return false;
    }
    return true;
  }

  void Record(const Attempt& attempt) {
    const OperatorId& id = attempt.trouble.origin;
    applied_.push_back(
        {std::string(attempt.remedy->name), std::string(attempt.remedy->does),
         attempt.trouble.hazard, targets_[attempt.trouble.target].info().name,
         id,
         OperatorName(given_,
                      given_.subgraphs[id.subgraph].operators[id.index])});
    Log(LogLevel::kInfo, "remedy {}: {}", attempt.remedy->name,
        DescribeOperator(given_, id));
  }

  const Model& given_;
  std::span<const Target> targets_;
  State state_;
  std::vector<std::optional<int64_t>> arenas_before_;
  std::set<Key> tried_;
  bool one_by_one_ = false;
  std::vector<AppliedRemedy> applied_;
};

}  // namespace

std::vector<std::string_view> RemediesFor(std::string_view id) {
  std::vector<std::string_view> names;
  for (const RemediesOfHazard& row : kRows) {
    if (row.hazard != id) continue;
    for (const std::string_view name : row.remedies) {
      if (!name.empty()) names.push_back(name);
    }
  }
  return names;
}

Result<RemedyResult> ApplyRemedies(const Model& model,
                                   std::span<const Target> targets) {
  return Remedying(model, targets).Run();
}

}  // namespace tinyml
