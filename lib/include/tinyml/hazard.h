// Hazards: known defects of a runtime or of a kernel library that a model
// meets on a target.
//
// Plain values; all functions are pure and thread-safe.
#ifndef TINYML_HAZARD_H_
#define TINYML_HAZARD_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tinyml/export.h"
#include "tinyml/operator_id.h"
#include "tinyml/target.h"

namespace tinyml {

// What a defect does to the device.
enum class HazardSeverity : uint8_t {
  kMemory,     // Reads or writes outside of what belongs to the operator.
  kResults,    // Computes something else than the operator means.
  kAbort,      // Aborts, crashes or fails while the model runs.
  kUndefined,  // Leaves or reads values that nothing has set.
};

// "memory", "results", "abort" or "undefined".
TINYML_API std::string_view HazardSeverityName(HazardSeverity severity);

// A defect that an operator of a model meets.
struct Hazard {
  std::string id;  // "esp-nn-depthwise-tiles"
  HazardSeverity severity = HazardSeverity::kResults;
  // The operator; its index is below 0 where the model as a whole meets it.
  OperatorId op;
  std::string operator_name;  // "CONV_2D", or the custom code.
  std::string what;           // What happens: a clause.
  // The upstream change that brought it, and the one that mended it: project,
  // commit and date. Empty: before every known revision, and not yet.
  std::string since;
  std::string fixed_in;
  std::string source;  // Where it is known from.
  std::string remedy;  // What to do: a clause.

  friend bool operator==(const Hazard&, const Hazard&) = default;
};

// A defect by itself.
struct KnownHazard {
  std::string id;
  HazardSeverity severity = HazardSeverity::kResults;
  std::string library;    // Whose code has it: "tflm", "cmsis-nn", ...
  std::string operators;  // Separated by ", "; empty: any.
  std::string what;
  std::string since;  // As in Hazard.
  std::string fixed_in;
  std::string source;
  std::string remedy;
};

// Returns every known defect, by library.
TINYML_API std::vector<KnownHazard> KnownHazards();

// Returns those that the revisions of `target` have.
TINYML_API std::vector<KnownHazard> KnownHazards(const Target& target);

// Returns the defect called `id`.
TINYML_API std::optional<KnownHazard> FindKnownHazard(std::string_view id);

// What a model meets on a target.
struct TargetHazards {
  std::string target;  // As the command line spells it.
  std::vector<Hazard> hazards;
};

// A hazard for people.
struct HazardNote {
  std::string id;
  // "esp-nn-softmax-scratch (memory), operator 3 (SOFTMAX): what happens"
  std::string title;
  // On which targets, if there are several; what mended it; what to do.
  std::string advice;
};

// Returns a note for each hazard; operators that meet it in the same way, and
// targets on which they do, share one.
TINYML_API std::vector<HazardNote> DescribeHazards(
    std::span<const TargetHazards> targets);

}  // namespace tinyml

#endif  // TINYML_HAZARD_H_
