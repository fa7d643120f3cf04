// Finds a wrong memory plan, or a kernel that writes where it may not, while
// the model runs.
#ifndef TINYML_EXEC_GUARD_H_
#define TINYML_EXEC_GUARD_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/simulate.h"
#include "tinyml/model.h"
#include "tinyml/status.h"

namespace tinyml::exec {

// Watches the non-persistent part of an arena. Before an operator runs, every
// byte outside live buffers, including the gaps around them, and the operator's
// own scratch memory are filled with poison. Afterwards the poison must be
// untouched, and among the live buffers only the operator's outputs may have
// changed. Scratch memory is written too, so a kernel's result cannot depend on
// it. Not thread-safe; nothing is allocated after construction.
class Guard {
 public:
  // `model`, `simulation` and `arena` must outlive the guard.
  Guard(const Model& model, const runtime::Simulation& simulation,
        std::span<uint8_t> arena, uint8_t poison);

  // Around an operator that runs in allocation scope `scope`.
  void Before(const OperatorId& op, int32_t scope);
  // Fails with kInternal, naming the operator and the buffer at fault.
  Status After(const OperatorId& op, int32_t scope);

 private:
  bool IsLive(size_t buffer, int32_t scope) const;
  bool IsOutput(size_t buffer, int subgraph, const Operator& op) const;
  std::span<uint8_t> Bytes(size_t buffer) const;
  // Calls visit(bytes) for each stretch of dead memory.
  template <typename Visit>
  void ForEachDead(int32_t scope, Visit visit) const;
  std::string Describe(size_t buffer) const;

  const Model& model_;
  const runtime::Simulation& simulation_;
  std::span<uint8_t> head_;
  uint8_t poison_;
  std::vector<size_t> by_offset_;    // Buffers in the order of their offsets.
  std::vector<uint64_t> checksums_;  // By buffer.
};

}  // namespace tinyml::exec

#endif  // TINYML_EXEC_GUARD_H_
