#include "ops/kernel_tables.h"
#include "ops/movement/movement.h"

namespace tinyml::ops {

std::span<const KernelEntry> MovementKernels() {
  using Op = BuiltinOperator;
  static constexpr KernelEntry kKernels[] = {
      {Op::kBatchToSpaceNd, "", PrepareBatchToSpaceNd},
      {Op::kBroadcastArgs, "", PrepareBroadcastArgs},
      {Op::kBroadcastTo, "", PrepareBroadcastTo},
      {Op::kConcatenation, "", PrepareConcatenation},
      {Op::kCustom, "CIRCULAR_BUFFER", PrepareCircularBuffer},
      {Op::kDepthToSpace, "", PrepareDepthToSpace},
      {Op::kDynamicUpdateSlice, "", PrepareDynamicUpdateSlice},
      {Op::kExpandDims, "", PrepareExpandDims},
      {Op::kFill, "", PrepareFill},
      {Op::kGather, "", PrepareGather},
      {Op::kGatherNd, "", PrepareGatherNd},
      {Op::kMirrorPad, "", PrepareMirrorPad},
      {Op::kPack, "", PreparePack},
      {Op::kPad, "", PreparePad},
      {Op::kPadv2, "", PreparePad},
      {Op::kReshape, "", PrepareReshape},
      {Op::kResizeBilinear, "", PrepareResizeBilinear},
      {Op::kResizeNearestNeighbor, "", PrepareResizeNearestNeighbor},
      {Op::kReverseV2, "", PrepareReverseV2},
      {Op::kSelectV2, "", PrepareSelectV2},
      {Op::kShape, "", PrepareShape},
      {Op::kSlice, "", PrepareSlice},
      {Op::kSpaceToBatchNd, "", PrepareSpaceToBatchNd},
      {Op::kSpaceToDepth, "", PrepareSpaceToDepth},
      {Op::kSplit, "", PrepareSplit},
      {Op::kSplitV, "", PrepareSplitV},
      {Op::kSqueeze, "", PrepareSqueeze},
      {Op::kStridedSlice, "", PrepareStridedSlice},
      {Op::kTranspose, "", PrepareTranspose},
      {Op::kUnpack, "", PrepareUnpack},
      {Op::kZerosLike, "", PrepareZerosLike},
  };
  return kKernels;
}

}  // namespace tinyml::ops
