#include "runtime/hazards/hazards.h"

#include <algorithm>
#include <utility>

#include "model/operator_table.h"
#include "runtime/hazards/rows.h"

namespace tinyml {

using runtime::HazardCode;
using runtime::HazardRow;
using runtime::KernelLibrary;

namespace {

// Whether `names`, separated by ", ", has `name`.
bool Lists(std::string_view names, std::string_view name) {
  while (!names.empty()) {
    const size_t end = std::min(names.find(", "), names.size());
    if (names.substr(0, end) == name) return true;
    names.remove_prefix(std::min(end + 2, names.size()));
  }
  return false;
}

// "cmsis-nn 4a8f5b5d1234, 2026-07-14", or `text`.
std::string Described(const std::optional<Change>& change,
                      std::string_view text) {
  if (!change.has_value()) return std::string(text);
  const runtime::ChangeInfo& info =
      runtime::AllChanges()[static_cast<size_t>(*change)];
  return std::string(info.project) + " " + std::string(info.commit) + ", " +
         std::string(info.date);
}

// Whether `target` links the code of `row` for an operator.
bool Links(const HazardRow& row, const OperatorRow& op,
           const runtime::Target& target) {
  const auto overlaid = [&](const Availability& cell) {
    return cell.exists &&
           (!cell.since.has_value() || target.kernels.changes.Has(*cell.since));
  };
  switch (row.code) {
    case HazardCode::kRuntime:
      return true;
    // A kernel that differs only at Invoke has no cell.
    case HazardCode::kCmsisNn:
      return !op.cmsis_nn.exists || overlaid(op.cmsis_nn);
    case HazardCode::kEspNn:
      return !op.esp_nn.exists || overlaid(op.esp_nn);
    case HazardCode::kReference:
      break;
  }
  switch (target.kernels.library) {
    case KernelLibrary::kCmsisNn:
      return !overlaid(op.cmsis_nn);
    case KernelLibrary::kEspNn:
    case KernelLibrary::kEspNnAnsi:
      return !overlaid(op.esp_nn);
    case KernelLibrary::kReference:
      break;
  }
  return true;
}

Hazard Describe(const HazardRow& row, const Model& model, const OperatorId& id,
                const std::string& details) {
  Hazard hazard;
  hazard.id = row.id;
  hazard.severity = row.severity;
  hazard.op = id;
  if (id.index != kNoOperatorIndex) {
    hazard.operator_name =
        OperatorName(model, model.subgraphs[id.subgraph].operators[id.index]);
  }
  hazard.what = row.what;
  if (!details.empty()) hazard.what += ": " + details;
  hazard.since = Described(row.since, row.since_text);
  hazard.fixed_in = Described(row.fixed_by, row.fixed_text);
  hazard.source = row.source;
  hazard.remedy = row.remedy;
  return hazard;
}

KnownHazard Describe(const HazardRow& row) {
  return {std::string(row.id),
          row.severity,
          std::string(row.library),
          std::string(row.operators),
          std::string(row.what),
          Described(row.since, row.since_text),
          Described(row.fixed_by, row.fixed_text),
          std::string(row.source),
          std::string(row.remedy)};
}

// The rows that an operator with a code of the model could meet, by code; those
// that the model as a whole could, last.
class Candidates {
 public:
  Candidates(const Model& model, const runtime::Target& target)
      : by_code_(model.operator_codes.size()) {
    for (const HazardRow* row : runtime::AllHazards()) {
      if (!runtime::TargetHas(*row, target)) continue;
      if (row->operators.empty()) {
        of_model_.push_back(row);
        continue;
      }
      for (size_t i = 0; i < by_code_.size(); ++i) {
        const OperatorCode& code = model.operator_codes[i];
        const bool custom = code.Code() == BuiltinOperator::kCustom;
        const OperatorRow* op = FindOperator(code.Code(), code.custom_code);
        if (op != nullptr &&
            Lists(row->operators, custom ? std::string_view(code.custom_code)
                                         : BuiltinOperatorName(code.Code())) &&
            Links(*row, *op, target)) {
          by_code_[i].push_back(row);
        }
      }
    }
  }

  const std::vector<const HazardRow*>& OfCode(size_t code) const {
    return by_code_[code];
  }
  const std::vector<const HazardRow*>& OfModel() const { return of_model_; }

 private:
  std::vector<std::vector<const HazardRow*>> by_code_;
  std::vector<const HazardRow*> of_model_;
};

}  // namespace

namespace runtime {

const RuntimeTensor* HazardSite::Find(std::span<const TensorIndex> list,
                                      int i) const {
  if (i < 0 || static_cast<size_t>(i) >= list.size() || list[i] < 0) {
    return nullptr;
  }
  return &simulation_.tensors[id_.subgraph][list[i]];
}

const Operator* HazardSite::Producer(int i) const {
  if (i < 0 || i >= NumInputs() || op().inputs[i] < 0) return nullptr;
  const auto& list = subgraph().operators;
  const auto found = std::ranges::find_if(list, [&](const Operator& other) {
    return std::ranges::find(other.outputs, op().inputs[i]) !=
           other.outputs.end();
  });
  return found == list.end() ? nullptr : &*found;
}

std::vector<const Operator*> HazardSite::Consumers(int i) const {
  std::vector<const Operator*> readers;
  if (i < 0 || i >= NumOutputs() || op().outputs[i] < 0) return readers;
  for (const Operator& other : subgraph().operators) {
    if (std::ranges::find(other.inputs, op().outputs[i]) !=
        other.inputs.end()) {
      readers.push_back(&other);
    }
  }
  return readers;
}

std::vector<int64_t> HazardSite::ScratchBytes() const {
  // Operators prepare in order, so their requests are sorted.
  auto request = std::ranges::lower_bound(simulation_.scratch, id_, {},
                                          &KernelContext::ScratchRequest::op);
  std::vector<int64_t> bytes;
  for (; request != simulation_.scratch.end() && request->op == id_;
       ++request) {
    bytes.push_back(request->bytes);
  }
  return bytes;
}

const std::vector<const HazardRow*>& AllHazards() {
  static const std::vector<const HazardRow*> kRows = [] {
    std::vector<const HazardRow*> rows;
    for (const auto& file :
         {TflmMovementHazards(), TflmArithmeticHazards(), TflmLayerHazards(),
          TflmStateHazards(), TflmResultHazards(), CmsisNnHazards(),
          CmsisNnConvHazards(), CmsisNnMemoryHazards(), EspNnHazards(),
          EspNnResultHazards()}) {
      for (const HazardRow& row : file) rows.push_back(&row);
    }
    return rows;
  }();
  return kRows;
}

bool TargetHas(const HazardRow& row, const Target& target) {
  const KernelConfig& kernels = target.kernels;
  if (row.code == HazardCode::kCmsisNn &&
      kernels.library != KernelLibrary::kCmsisNn) {
    return false;
  }
  if (row.code == HazardCode::kEspNn &&
      kernels.library != KernelLibrary::kEspNn) {
    return false;
  }
  return (!row.since.has_value() || kernels.changes.Has(*row.since)) &&
         (!row.fixed_by.has_value() || !kernels.changes.Has(*row.fixed_by));
}

std::vector<Hazard> FindHazards(const Model& model,
                                const Simulation& simulation,
                                const Target& target) {
  const Candidates candidates(model, target);
  std::vector<Hazard> hazards;
  const auto ask = [&](const HazardRow& row, const OperatorId& id) {
    const HazardSite site(model, simulation, target, id);
    if (const HazardFinding finding = row.meets(site)) {
      hazards.push_back(Describe(row, model, id, *finding));
    }
  };
  for (const HazardRow* row : candidates.OfModel()) {
    ask(*row, {0, kNoOperatorIndex});
  }
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    const auto& list = model.subgraphs[s].operators;
    for (size_t i = 0; i < list.size(); ++i) {
      for (const HazardRow* row : candidates.OfCode(list[i].opcode_index)) {
        ask(*row, {s, i});
      }
    }
  }
  return hazards;
}

bool IsComputed(const Hazard& hazard) {
  return std::ranges::any_of(AllHazards(), [&](const HazardRow* row) {
    return row->id == hazard.id && row->is_computed;
  });
}

}  // namespace runtime

std::string_view HazardSeverityName(HazardSeverity severity) {
  switch (severity) {
    case HazardSeverity::kMemory:
      return "memory";
    case HazardSeverity::kResults:
      return "results";
    case HazardSeverity::kAbort:
      return "abort";
    case HazardSeverity::kUndefined:
      return "undefined";
  }
  return "";
}

std::vector<KnownHazard> KnownHazards() {
  std::vector<KnownHazard> known;
  for (const HazardRow* row : runtime::AllHazards()) {
    known.push_back(Describe(*row));
  }
  return known;
}

std::vector<KnownHazard> KnownHazards(const Target& target) {
  std::vector<KnownHazard> known;
  for (const HazardRow* row : runtime::AllHazards()) {
    if (runtime::TargetHas(*row, target.runtime())) {
      known.push_back(Describe(*row));
    }
  }
  return known;
}

std::optional<KnownHazard> FindKnownHazard(std::string_view id) {
  for (const HazardRow* row : runtime::AllHazards()) {
    if (row->id == id) return Describe(*row);
  }
  return std::nullopt;
}

}  // namespace tinyml
