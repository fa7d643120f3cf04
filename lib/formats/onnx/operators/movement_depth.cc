// SpaceToDepth and DepthToSpace.
#include <string>
#include <utility>

#include "base/macros.h"
#include "formats/onnx/lowering.h"
#include "formats/onnx/operators/compose.h"
#include "formats/onnx/operators/movement.h"

namespace tinyml::onnx_import {
namespace {

using Op = BuiltinOperator;

// Checks what both operators take.
Result<int64_t> BlockOf(const Lowering& lowering, const Node& node,
                        std::string_view kernel) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 1, 1));
  const ValueId input = node.inputs[0];
  TINYML_RETURN_IF_ERROR(
      CheckKernelType(lowering, node, input, kernel,
                      {TensorType::kFloat32, TensorType::kInt8}));
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, lowering.ShapeOf(input)));
  const int64_t block = node.Int("blocksize", 0);
  constexpr int64_t kMax = 1 << 15;  // Its square fits.
  TINYML_ONNX_REQUIRE(
      lowering, node, lowering.RankOf(input) == 4 && block > 0 && block < kMax,
      "its input is not an image, or its blocksize is out of range");
  return block;
}

}  // namespace

Status LowerSpaceToDepth(Lowering& lowering, const Node& node) {
  TINYML_ASSIGN_OR_RETURN(const int64_t block,
                          BlockOf(lowering, node, "SPACE_TO_DEPTH"));
  const ValueId input = node.inputs[0];
  const Shape& from = lowering.ShapeOf(input);
  TINYML_ONNX_REQUIRE(lowering, node,
                      from[2] % block == 0 && from[3] % block == 0,
                      "its input is not made up of blocks");
  const Shape shape = {from[0], from[1] * block * block, from[2] / block,
                       from[3] / block};
  const Layout layout = ChannelsLast(4);
  TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor,
                          lowering.Get(input, layout));
  const TensorIndex output =
      lowering.NewTensor(lowering.TypeOf(input), InLayout(shape, layout),
                         lowering.OutputName(node, 0));
  SpaceToDepthOptions options;
  options.block_size = static_cast<int32_t>(block);
  lowering.Emit(Op::kSpaceToDepth, {tensor}, {output}, options);
  lowering.Define(node, 0, lowering.TypeOf(input), shape, output, layout);
  return {};
}

Status LowerDepthToSpace(Lowering& lowering, const Node& node) {
  TINYML_ASSIGN_OR_RETURN(const int64_t block,
                          BlockOf(lowering, node, "DEPTH_TO_SPACE"));
  const ValueId input = node.inputs[0];
  const Shape from = lowering.ShapeOf(input);
  TINYML_ONNX_REQUIRE(lowering, node, from[1] % (block * block) == 0,
                      "its channels do not make up blocks");
  const int64_t channels = from[1] / (block * block);
  const Shape shape = {from[0], channels, from[2] * block, from[3] * block};
  const std::string mode = node.String("mode", "DCR");
  TINYML_ONNX_REQUIRE(lowering, node, mode == "DCR" || mode == "CRD",
                      "its mode is unknown to ONNX");
  const Layout layout = ChannelsLast(4);
  const std::string name = lowering.OutputName(node, 0);
  TINYML_ASSIGN_OR_RETURN(TensorIndex tensor, lowering.Get(input, layout));
  if (mode == "CRD" && channels > 1 && block > 1) {
    // The kernel needs the block before the channels; here it comes after them.
    const int64_t pixels = from[0] * from[2] * from[3];
    const Shape dims = DimsOf(lowering, tensor);
    tensor =
        EmitShaped(lowering, tensor, {pixels, channels, block * block}, name);
    tensor = lowering.EmitTranspose(tensor, {0, 2, 1}, name);
    lowering.NoteTranspose(node,
                           "has the mode CRD; DEPTH_TO_SPACE has DCR only");
    tensor = EmitShaped(lowering, tensor, dims, name);
  }
  const TensorIndex output =
      lowering.NewTensor(lowering.TypeOf(input), InLayout(shape, layout), name);
  DepthToSpaceOptions options;
  options.block_size = static_cast<int32_t>(block);
  lowering.Emit(Op::kDepthToSpace, {tensor}, {output}, options);
  lowering.Define(node, 0, lowering.TypeOf(input), shape, output, layout);
  return {};
}

}  // namespace tinyml::onnx_import
