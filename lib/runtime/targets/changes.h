// What changed upstream between the known revisions, each change once.
//
// Kernels ask for a change (KernelContext::Has) and never for a revision, so
// that a revision is no more than the list of changes it has: a data file in
// lib/runtime/revisions/. A change is something that figures, refusals or
// warnings depend on; the commit next to it in changes.cc is the first one
// after which upstream behaves that way.
#ifndef TINYML_RUNTIME_TARGETS_CHANGES_H_
#define TINYML_RUNTIME_TARGETS_CHANGES_H_

#include <bitset>
#include <span>
#include <string_view>

#include "model/upstream_change.h"

namespace tinyml::runtime {

struct ChangeInfo {
  Change change;
  std::string_view project;  // As in revision files: "tflm", "cmsis-nn", ...
  std::string_view name;     // As in revision files.
  std::string_view commit;   // Upstream.
  std::string_view date;     // Of the commit.
  std::string_view what;     // A clause for people.
};

// Every change, in the order of the enum.
std::span<const ChangeInfo> AllChanges();

// Returns null if no change of `project` has this name.
const ChangeInfo* FindChange(std::string_view project, std::string_view name);

// The changes that the revisions of a target have. Made empty or with all.
class ChangeSet {
 public:
  static ChangeSet None() { return {}; }
  // All of upstream's: those of vendors' patches contradict each other.
  static ChangeSet All() {
    ChangeSet set;
    for (size_t i = 0; i < kUpstreamChangeCount; ++i) set.bits_.set(i);
    return set;
  }

  bool Has(Change change) const { return bits_[static_cast<size_t>(change)]; }
  void Add(Change change) { bits_.set(static_cast<size_t>(change)); }
  void Remove(Change change) { bits_.reset(static_cast<size_t>(change)); }
  void Add(const ChangeSet& other) { bits_ |= other.bits_; }
  void Remove(const ChangeSet& other) { bits_ &= ~other.bits_; }

  friend bool operator==(const ChangeSet&, const ChangeSet&) = default;

 private:
  std::bitset<kChangeCount> bits_;
};

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_TARGETS_CHANGES_H_
