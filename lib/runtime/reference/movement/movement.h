// The reference kernels that change shape and layout, for the table and for
// the overlays.
#ifndef TINYML_RUNTIME_REFERENCE_MOVEMENT_MOVEMENT_H_
#define TINYML_RUNTIME_REFERENCE_MOVEMENT_MOVEMENT_H_

#include "runtime/kernels/kernel.h"

namespace tinyml::runtime {

// reshape.cc
Status ReshapeParse(KernelContext& context);
Status ReshapePrepare(KernelContext& context);
Status SqueezeParse(KernelContext& context);
Status SqueezePrepare(KernelContext& context);
Status ExpandDimsPrepare(KernelContext& context);
Status ShapeParse(KernelContext& context);
Status ShapePrepare(KernelContext& context);

// slice.cc
Status SlicePrepare(KernelContext& context);
Status StridedSliceInit(KernelContext& context);
Status StridedSlicePrepare(KernelContext& context);
Status DynamicUpdateSlicePrepare(KernelContext& context);

// split.cc
Status SplitPrepare(KernelContext& context);
Status SplitVPrepare(KernelContext& context);
Status UnpackPrepare(KernelContext& context);

// concatenation.cc
Status ConcatenationInit(KernelContext& context);
Status ConcatenationPrepare(KernelContext& context);
Status PackPrepare(KernelContext& context);

// gather.cc
Status GatherPrepare(KernelContext& context);
Status GatherNdPrepare(KernelContext& context);

// pad.cc
Status PadInit(KernelContext& context);
Status PadPrepare(KernelContext& context);
Status MirrorPadInit(KernelContext& context);
Status MirrorPadPrepare(KernelContext& context);

// transpose.cc
Status TransposePrepare(KernelContext& context);
Status ReverseV2Prepare(KernelContext& context);

// broadcast.cc
Status BroadcastArgsPrepare(KernelContext& context);
Status BroadcastToPrepare(KernelContext& context);

// space_batch_depth.cc
Status BatchToSpaceNdPrepare(KernelContext& context);
Status SpaceToBatchNdInit(KernelContext& context);
Status SpaceToBatchNdPrepare(KernelContext& context);
Status DepthToSpacePrepare(KernelContext& context);
Status SpaceToDepthPrepare(KernelContext& context);

// resize.cc
Status ResizeBilinearPrepare(KernelContext& context);
Status ResizeNearestNeighborPrepare(KernelContext& context);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REFERENCE_MOVEMENT_MOVEMENT_H_
