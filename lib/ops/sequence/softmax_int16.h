// SOFTMAX of int16 to int16, which looks exponentials up in tables.
#ifndef TINYML_OPS_SEQUENCE_SOFTMAX_INT16_H_
#define TINYML_OPS_SEQUENCE_SOFTMAX_INT16_H_

#include "ops/kernel.h"
#include "ops/sequence/rows.h"

namespace tinyml::ops {

Result<Invocation> PrepareSoftmaxInt16(OpContext& op, Rows rows, float beta);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_SEQUENCE_SOFTMAX_INT16_H_
