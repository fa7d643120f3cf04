// Turns a simulation into the report that users read.
#ifndef TINYML_RUNTIME_SIZE_ARENA_H_
#define TINYML_RUNTIME_SIZE_ARENA_H_

#include "runtime/simulate.h"
#include "tinyml/arena.h"
#include "tinyml/model.h"

namespace tinyml::runtime {

// Returns the report of `simulation`, of `model` on `target`.
ArenaReport ReportOf(const Model& model, const Target& target,
                     const Simulation& simulation);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_SIZE_ARENA_H_
