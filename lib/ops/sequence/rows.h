// Rows along the last dimension, which softmax and normalizations take one by
// one.
#ifndef TINYML_OPS_SEQUENCE_ROWS_H_
#define TINYML_OPS_SEQUENCE_ROWS_H_

#include <algorithm>
#include <cstddef>

#include "base/macros.h"
#include "ops/kernel.h"

namespace tinyml::ops {

struct Rows {
  size_t count = 0;
  size_t depth = 0;
};

// Fails unless the operator has an input and an output of one shape, with at
// least one dimension. The output may have more dimensions of size 1 after
// those, which the runtime ignores.
inline Result<Rows> RowsOf(const OpContext& op) {
  const TensorView* input = op.Input(0);
  const TensorView* output = op.Output(0);
  TINYML_REQUIRE(op, input != nullptr && output != nullptr,
                 "its input or output is missing");
  TINYML_REQUIRE(op,
                 input->Rank() >= 1 && input->Rank() <= output->Rank() &&
                     std::equal(input->dims.begin(), input->dims.end(),
                                output->dims.begin()) &&
                     input->Elements() == output->Elements(),
                 "input " + input->Describe() + " and output " +
                     output->Describe() +
                     " should have the same shape, with at least 1 dimension");
  const auto depth = static_cast<size_t>(input->Dim(input->Rank() - 1));
  if (depth == 0) return Rows{};
  return Rows{static_cast<size_t>(input->Elements()) / depth, depth};
}

}  // namespace tinyml::ops

#endif  // TINYML_OPS_SEQUENCE_ROWS_H_
