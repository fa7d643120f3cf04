// Lowerings of MovementOperators() that have files of their own.
#ifndef TINYML_FORMATS_ONNX_OPERATORS_MOVEMENT_H_
#define TINYML_FORMATS_ONNX_OPERATORS_MOVEMENT_H_

#include <string_view>

#include "formats/onnx/lowering.h"

namespace tinyml::onnx_import {

// movement_join.cc
Status LowerConcat(Lowering& lowering, const Node& node);
Status LowerSplit(Lowering& lowering, const Node& node);
Status LowerExpand(Lowering& lowering, const Node& node);
Status LowerTile(Lowering& lowering, const Node& node);
// BROADCAST_TO, or the tensor itself if it has the shape. `dims` are those in
// memory, at most 5.
TensorIndex EmitBroadcast(Lowering& lowering, TensorIndex input,
                          const Shape& dims, std::string_view name);

// movement_slice.cc
Status LowerSlice(Lowering& lowering, const Node& node);
Status LowerPad(Lowering& lowering, const Node& node);

// movement_gather.cc
Status LowerGather(Lowering& lowering, const Node& node);
Status LowerGatherElements(Lowering& lowering, const Node& node);
Status LowerGatherNd(Lowering& lowering, const Node& node);

// movement_scatter.cc; Scatter, the older name, too.
Status LowerScatterElements(Lowering& lowering, const Node& node);
Status LowerScatterNd(Lowering& lowering, const Node& node);
Status LowerOneHot(Lowering& lowering, const Node& node);

// movement_resize.cc; Upsample too.
Status LowerResize(Lowering& lowering, const Node& node);

// movement_depth.cc
Status LowerSpaceToDepth(Lowering& lowering, const Node& node);
Status LowerDepthToSpace(Lowering& lowering, const Node& node);

}  // namespace tinyml::onnx_import

#endif  // TINYML_FORMATS_ONNX_OPERATORS_MOVEMENT_H_
