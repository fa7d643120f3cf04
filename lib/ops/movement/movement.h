// Kernels that change shape and layout, and CIRCULAR_BUFFER.
#ifndef TINYML_OPS_MOVEMENT_MOVEMENT_H_
#define TINYML_OPS_MOVEMENT_MOVEMENT_H_

#include "ops/kernel.h"

namespace tinyml::ops {

// broadcast_to.cc
Result<Invocation> PrepareBroadcastTo(OpContext& op);
Result<Invocation> PrepareBroadcastArgs(OpContext& op);

// circular_buffer.cc
Result<Invocation> PrepareCircularBuffer(OpContext& op);

// concatenation.cc
Result<Invocation> PrepareConcatenation(OpContext& op);
Result<Invocation> PreparePack(OpContext& op);

// dynamic_update_slice.cc
Result<Invocation> PrepareDynamicUpdateSlice(OpContext& op);

// fill.cc
Result<Invocation> PrepareFill(OpContext& op);
Result<Invocation> PrepareZerosLike(OpContext& op);

// gather.cc
Result<Invocation> PrepareGather(OpContext& op);
Result<Invocation> PrepareGatherNd(OpContext& op);

// mirror_pad.cc
Result<Invocation> PrepareMirrorPad(OpContext& op);

// pad.cc: PAD and PADV2
Result<Invocation> PreparePad(OpContext& op);

// reshape.cc
Result<Invocation> PrepareReshape(OpContext& op);
Result<Invocation> PrepareSqueeze(OpContext& op);
Result<Invocation> PrepareExpandDims(OpContext& op);
Result<Invocation> PrepareShape(OpContext& op);

// resize.cc
Result<Invocation> PrepareResizeBilinear(OpContext& op);
Result<Invocation> PrepareResizeNearestNeighbor(OpContext& op);

// reverse.cc
Result<Invocation> PrepareReverseV2(OpContext& op);

// select.cc
Result<Invocation> PrepareSelectV2(OpContext& op);

// slice.cc
Result<Invocation> PrepareSlice(OpContext& op);
Result<Invocation> PrepareStridedSlice(OpContext& op);

// space_batch.cc
Result<Invocation> PrepareBatchToSpaceNd(OpContext& op);
Result<Invocation> PrepareSpaceToBatchNd(OpContext& op);

// space_depth.cc
Result<Invocation> PrepareDepthToSpace(OpContext& op);
Result<Invocation> PrepareSpaceToDepth(OpContext& op);

// split.cc
Result<Invocation> PrepareSplit(OpContext& op);
Result<Invocation> PrepareSplitV(OpContext& op);
Result<Invocation> PrepareUnpack(OpContext& op);

// transpose.cc
Result<Invocation> PrepareTranspose(OpContext& op);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_MOVEMENT_MOVEMENT_H_
