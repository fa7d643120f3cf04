// Kernels of layers with state, of softmax and other normalizations, of matrix
// products, and of what decodes: weights, embeddings, detections.
#ifndef TINYML_OPS_SEQUENCE_SEQUENCE_H_
#define TINYML_OPS_SEQUENCE_SEQUENCE_H_

#include "ops/kernel.h"

namespace tinyml::ops {

Result<Invocation> PrepareBatchMatMul(OpContext& op);
Result<Invocation> PrepareDecode(OpContext& op);
Result<Invocation> PrepareDetectionPostprocess(OpContext& op);
Result<Invocation> PrepareEmbeddingLookup(OpContext& op);
Result<Invocation> PrepareEthosU(OpContext& op);
Result<Invocation> PrepareL2Normalization(OpContext& op);
Result<Invocation> PrepareLogSoftmax(OpContext& op);
Result<Invocation> PrepareLstm(OpContext& op);
Result<Invocation> PrepareSoftmax(OpContext& op);
Result<Invocation> PrepareSvdf(OpContext& op);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_SEQUENCE_SEQUENCE_H_
