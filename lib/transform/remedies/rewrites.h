// The remedies, each in a file of its own, and what they share; remedies.cc has
// the list. Each rewrites operator `index` and returns whether it could.
#ifndef TINYML_TRANSFORM_REMEDIES_REWRITES_H_
#define TINYML_TRANSFORM_REMEDIES_REWRITES_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "ops/window.h"
#include "tinyml/model.h"
#include "transform/rewriter.h"

namespace tinyml::transform {

// A TRANSPOSE_CONV computes everything that its input reaches, without padding;
// a SLICE cuts the output out of that.
bool ComputeWholeTransposeConv(Rewriter& rewriter, int index);
// SPACE_TO_BATCH_ND, a convolution and BATCH_TO_SPACE_ND become a dilated
// convolution, all that begin at SPACE_TO_BATCH_ND `index`. A padding that is
// neither SAME nor VALID becomes a PAD.
bool FoldSpaceToBatch(Rewriter& rewriter, int index);
// A PAD before a VALID convolution does what SAME did.
bool PadExplicitly(Rewriter& rewriter, int index);
// The same, and after the input as much more as makes it whole strides longer
// than the filter, which a VALID convolution may need, too.
bool PadWholeStrides(Rewriter& rewriter, int index);
// The int32 bias of an int16 layer becomes int64.
bool WidenBias(Rewriter& rewriter, int index);
// SPACE_TO_BATCH_ND gets a padded input from a PAD, and pads nothing itself.
bool PadBeforeSpaceToBatch(Rewriter& rewriter, int index);
// A FULLY_CONNECTED becomes a CONV_2D with a filter of 1x1.
bool ConvolveFullyConnected(Rewriter& rewriter, int index);
// An operator whose kernel ignores the parameters of its output writes with
// those that it assumes, and a QUANTIZE makes the output of that.
bool RequantizeOutput(Rewriter& rewriter, int index);
// MAXIMUM, MINIMUM and CONCATENATION, which take integers as they are, read
// operands that QUANTIZE gave the parameters of the output.
bool RequantizeInputs(Rewriter& rewriter, int index);
// MAXIMUM and MINIMUM read operands that BROADCAST_TO made as large as the
// output.
bool BroadcastOperands(Rewriter& rewriter, int index);
// A RESHAPE to [0], as old converters write a scalar, is one to [].
bool ReshapeToScalar(Rewriter& rewriter, int index);
// A layer without bias gets one of zeros.
bool AddZeroBias(Rewriter& rewriter, int index);
// Dimensions that an operator treats alike become one, so that 2 to 4 are left,
// between RESHAPEs.
bool MergeDimensions(Rewriter& rewriter, int index);
// A FULLY_CONNECTED writes a matrix, which a RESHAPE turns into its output.
bool FlattenFullyConnected(Rewriter& rewriter, int index);
// The fused activation becomes an operator.
bool UnfuseActivation(Rewriter& rewriter, int index);
// Weights of int4 become int8.
bool UnpackInt4Weights(Rewriter& rewriter, int index);
// A convolution in groups becomes one for each group, between SPLIT and
// CONCATENATION.
bool SplitGroups(Rewriter& rewriter, int index);

// Folds the chain that ends at BATCH_TO_SPACE_ND `index` and begins at
// SPACE_TO_BATCH_ND `first`, or at any.
bool FoldSpaceToBatchEndingAt(Rewriter& rewriter, int index,
                              std::optional<int> first);

// A tensor for values such as those of `like`, in `shape`, which is called as
// that with `suffix` behind.
Tensor TensorLike(const Tensor& like, std::vector<int32_t> shape,
                  std::string_view suffix);

// Elements before and after an axis.
struct AxisPadding {
  int32_t before = 0;
  int32_t after = 0;
  friend bool operator==(const AxisPadding&, const AxisPadding&) = default;
};
using ImagePadding = std::array<AxisPadding, 2>;  // Of height and width.

// Each adds an operator: before operator `index` one that makes what is
// returned of `from`; after it one that makes `to`.
// `padding` is that of the axes from the second on.
TensorIndex PadBefore(Rewriter& rewriter, int index, TensorIndex from,
                      std::span<const AxisPadding> padding);
TensorIndex ReshapeBefore(Rewriter& rewriter, int index, TensorIndex from,
                          std::vector<int32_t> shape);
void ReshapeAfter(Rewriter& rewriter, int index, TensorIndex from,
                  TensorIndex to);
// `to` is what begins at `begin` in `from`, both of rank 4.
void SliceAfter(Rewriter& rewriter, int index, TensorIndex from, TensorIndex to,
                const std::array<int32_t, 2>& begin);

// The window of a CONV_2D or DEPTHWISE_CONV_2D of images.
struct ConvWindow {
  Padding padding = Padding::kSame;
  std::array<WindowAxis, 2> axes;  // Of height and width.
  std::array<int32_t, 2> output = {};
};
// Nothing if operator `index` is none, or its shapes do not fit each other.
std::optional<ConvWindow> ConvWindowOf(Rewriter& rewriter, int index);
// Sets what is given.
void SetConvWindow(Operator& op, Padding padding,
                   std::optional<std::array<int32_t, 2>> dilation = {});

}  // namespace tinyml::transform

#endif  // TINYML_TRANSFORM_REMEDIES_REWRITES_H_
