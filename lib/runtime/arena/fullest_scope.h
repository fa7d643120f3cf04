// Where a memory plan is fullest.
#ifndef TINYML_RUNTIME_ARENA_FULLEST_SCOPE_H_
#define TINYML_RUNTIME_ARENA_FULLEST_SCOPE_H_

#include <span>

#include "tinyml/arena.h"

namespace tinyml::runtime {

struct FullestScope {
  int scope = -1;           // -1 if there are no buffers.
  int operator_scope = -1;  // Of the scopes that belong to operators.
};

// Finds the scope in which the most bytes are live, of those in which the
// highest buffer is live: the buffers live there make the head as large as it
// is. `scopes` says what each scope belongs to; without it, no operator is
// found.
FullestScope FindFullestScope(std::span<const ArenaBuffer> buffers,
                              std::span<const OperatorId> scopes = {});

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_ARENA_FULLEST_SCOPE_H_
