// A row of the table of hazards, and what its predicate sees.
//
// A hazard is a defect of the code that a target runs. Its row says where the
// defect is, since when and until when, and which operators meet it; the rows
// stand in files by library and kind of operator, and hazards.cc lists those.
// docs/hazards.md says how to add one.
#ifndef TINYML_RUNTIME_HAZARDS_HAZARD_ROW_H_
#define TINYML_RUNTIME_HAZARDS_HAZARD_ROW_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/simulate.h"
#include "runtime/targets/target.h"
#include "tinyml/hazard.h"
#include "tinyml/model.h"

namespace tinyml::runtime {

// An operator of a simulated model, as its kernel finds it at Invoke.
class HazardSite {
 public:
  HazardSite(const Model& model, const Simulation& simulation,
             const Target& target, OperatorId id)
      : model_(model), simulation_(simulation), target_(target), id_(id) {}

  const Model& model() const { return model_; }
  const Simulation& simulation() const { return simulation_; }
  const Target& target() const { return target_; }
  const KernelConfig& kernels() const { return target_.kernels; }
  bool Has(Change change) const { return target_.kernels.changes.Has(change); }

  // The index is kNoOperatorIndex for a row without operators; then there is
  // nothing of what follows.
  const OperatorId& id() const { return id_; }
  const Subgraph& subgraph() const { return model_.subgraphs[id_.subgraph]; }
  const Operator& op() const { return subgraph().operators[id_.index]; }
  BuiltinOperator code() const { return model_.CodeOf(op()).Code(); }

  // The options table, or the format's defaults if the file has none.
  template <typename T>
  const T& Options() const {
    static const T kDefaults;
    const T* table = op().options.As<T>();
    return table != nullptr ? *table : kDefaults;
  }

  int NumInputs() const { return static_cast<int>(op().inputs.size()); }
  int NumOutputs() const { return static_cast<int>(op().outputs.size()); }
  // Input or output `i`; null if it is omitted or there are fewer.
  const RuntimeTensor* Input(int i) const { return Find(op().inputs, i); }
  const RuntimeTensor* Output(int i) const { return Find(op().outputs, i); }
  // Whether input or output `i` exists and has that type.
  bool InputIs(int i, TensorType type) const {
    const RuntimeTensor* tensor = Input(i);
    return tensor != nullptr && tensor->type == type;
  }
  bool OutputIs(int i, TensorType type) const {
    const RuntimeTensor* tensor = Output(i);
    return tensor != nullptr && tensor->type == type;
  }
  // The operator of this subgraph that writes input `i`; null if none does.
  const Operator* Producer(int i) const;
  // The operators of this subgraph that read output `i`.
  std::vector<const Operator*> Consumers(int i) const;

  // What it asked for while it prepared, in order.
  std::vector<int64_t> ScratchBytes() const;

 private:
  const RuntimeTensor* Find(std::span<const TensorIndex> list, int i) const;

  const Model& model_;
  const Simulation& simulation_;
  const Target& target_;
  OperatorId id_;
};

// Nothing, or what happens at an operator beyond what the row says: a clause
// with figures, or empty.
using HazardFinding = std::optional<std::string>;

inline HazardFinding MetIf(bool met, std::string details = {}) {
  return met ? HazardFinding(std::move(details)) : std::nullopt;
}

// Whose code has the defect, and so which targets run it.
enum class HazardCode : uint8_t {
  kRuntime,    // The interpreter, or a kernel whichever library is linked.
  kReference,  // The reference kernel: linked where no library has another
               // (the cells of model/operator_rows.inc).
  kCmsisNn,    // CMSIS-NN or the kernels that call it.
  kEspNn,      // ESP-NN's optimized builds or the kernels that call it.
};

// The order is that in which a row is read.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding)
struct HazardRow {
  std::string_view id;  // Unique, words joined by "-".
  HazardSeverity severity;
  HazardCode code;
  // As reports name whose defect it is: "tflm", "cmsis-nn", "esp-nn",
  // "esp-tflite-micro", or whose patch.
  std::string_view library;
  // Names of operators, separated by ", "; empty: the predicate is asked once
  // for the whole model.
  std::string_view operators;
  // The target has the defect if it has `since` and lacks `fixed_by`. Nothing:
  // in all known revisions, and in all up to now.
  std::optional<Change> since;
  std::optional<Change> fixed_by;
  // Whether an operator that runs on such a target meets it.
  HazardFinding (*meets)(const HazardSite& site);
  std::string_view what;    // What happens: a clause.
  std::string_view source;  // An upstream issue, or file, function, revision.
  std::string_view remedy;  // What to do: a clause.
  // What reports say of `since` and `fixed_by` where they are nothing, though
  // upstream's history says more; and for a fix that no known revision has.
  std::string_view since_text = {};
  std::string_view fixed_text = {};
  // Whether the kernels of lib/ops/ give what the device gives nonetheless.
  bool is_computed = false;
};

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_HAZARDS_HAZARD_ROW_H_
