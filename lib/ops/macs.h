// Multiply-accumulate operations of an operator, as they are commonly counted.
#ifndef TINYML_OPS_MACS_H_
#define TINYML_OPS_MACS_H_

#include <cstdint>

#include "tinyml/model.h"

namespace tinyml {

// Returns the multiply-accumulates of one invocation of `op`: one for each
// product that is added to a sum, without bias, padding included. 0 for
// operators that have none, and if the shapes do not tell.
int64_t CountMacs(const Model& model, const Subgraph& subgraph,
                  const Operator& op);

}  // namespace tinyml

#endif  // TINYML_OPS_MACS_H_
