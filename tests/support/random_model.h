// Valid random models, for tests of invariants.
#ifndef TINYML_TESTS_SUPPORT_RANDOM_MODEL_H_
#define TINYML_TESTS_SUPPORT_RANDOM_MODEL_H_

#include <cstdint>

#include "tinyml/model.h"

namespace tinyml::testing {

// Returns a model that the runtime accepts: a random graph of int8 operators
// with branches and joins, operators that use scratch memory, variable tensors,
// and, in some, control flow with subgraphs, resource variables and an offline
// memory plan. The same seed gives the same model.
Model RandomModel(uint32_t seed);

}  // namespace tinyml::testing

#endif  // TINYML_TESTS_SUPPORT_RANDOM_MODEL_H_
