// SPACE_TO_BATCH_ND, a convolution and BATCH_TO_SPACE_ND, as converters write a
// dilated convolution, become one.
//
// A block of b rows deals the rows of the padded input out to b images, so that
// rows that are neighbours there were b apart; the convolution sees each image
// by itself, and the outputs are dealt back. That is a convolution whose
// dilation is b times as large, over the padded input; rows cropped from its
// output are padding that was not needed. A convolution of one dimension has
// the same between two RESHAPEs (or EXPAND_DIMS and SQUEEZE).
#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "ops/window.h"
#include "tinyml/options.h"
#include "transform/passes_internal.h"
#include "transform/remedies/rewrites.h"

namespace tinyml::transform {
namespace {

using Op = BuiltinOperator;

bool OnlyReshapes(Op code) {
  return code == Op::kReshape || code == Op::kExpandDims ||
         code == Op::kSqueeze;
}

// The operators of such a chain, and where the tensors of its ends are.
struct Chain {
  int first = Rewriter::kNone;  // SPACE_TO_BATCH_ND.
  // Around the convolution, if the ends have rank 3.
  int reshape_before = Rewriter::kNone;
  int conv = Rewriter::kNone;
  int last = Rewriter::kNone;  // BATCH_TO_SPACE_ND.
  int reshape_behind = Rewriter::kNone;
  TensorIndex input = kNoTensor;  // Of the first.
  TensorIndex output = kNoTensor;
};

// What SPACE_TO_BATCH_ND or BATCH_TO_SPACE_ND does to one axis.
struct Block {
  int64_t size = 1;
  int64_t before = 0;  // Padding or crop.
  int64_t after = 0;
};

class Folding {
 public:
  Folding(Rewriter& rewriter, int last) : rewriter_(rewriter) {
    chain_.last = last;
  }

  bool Run(std::optional<int> first) {
    if (!Find() || (first && *first != chain_.first)) return false;
    if (!TakeBlocks() || !TakeWindow() || !PlanPadding()) return false;
    Rewrite();
    return true;
  }

 private:
  const std::vector<int32_t>& ShapeOf(TensorIndex tensor) const {
    return rewriter_.tensor(tensor).shape;
  }
  bool SameMeaningOfEnds(int index) {
    const TensorIndex input = rewriter_.Input(index, 0);
    const std::vector<TensorIndex>& outputs = rewriter_.op(index).outputs;
    return input != kNoTensor && outputs.size() == 1 &&
           SameMeaning(rewriter_.tensor(input), rewriter_.tensor(outputs[0]));
  }

  // Goes up from the end of the chain; moves nothing that others read.
  bool Find() {
    if (rewriter_.CodeOf(chain_.last) != Op::kBatchToSpaceNd ||
        !SameMeaningOfEnds(chain_.last)) {
      return false;
    }
    chain_.output = rewriter_.op(chain_.last).outputs[0];
    TensorIndex tensor = rewriter_.Input(chain_.last, 0);
    if (rewriter_.SoleReader(tensor) != chain_.last) return false;
    int maker = rewriter_.Producer(tensor);
    const bool one_dimension = ShapeOf(tensor).size() == 3;
    if (maker != Rewriter::kNone && one_dimension) {
      if (!OnlyReshapes(rewriter_.CodeOf(maker)) || !SameMeaningOfEnds(maker)) {
        return false;
      }
      chain_.reshape_behind = maker;
      tensor = rewriter_.Input(maker, 0);
      if (rewriter_.SoleReader(tensor) != maker) return false;
      maker = rewriter_.Producer(tensor);
    }
    if (maker == Rewriter::kNone) return false;
    const std::optional<ConvWindow> window = ConvWindowOf(rewriter_, maker);
    if (!window) return false;
    chain_.conv = maker;
    window_ = *window;
    maker = rewriter_.Producer(rewriter_.Input(maker, 0));
    if (maker != Rewriter::kNone && one_dimension) {
      if (!OnlyReshapes(rewriter_.CodeOf(maker)) || !SameMeaningOfEnds(maker)) {
        return false;
      }
      chain_.reshape_before = maker;
      maker = rewriter_.Producer(rewriter_.Input(maker, 0));
    }
    if (maker == Rewriter::kNone ||
        rewriter_.CodeOf(maker) != Op::kSpaceToBatchNd ||
        !SameMeaningOfEnds(maker)) {
      return false;
    }
    chain_.first = maker;
    chain_.input = rewriter_.Input(maker, 0);
    return true;
  }

  // Of operator `index`, by axis of the convolution: height and width.
  std::optional<std::array<Block, 2>> BlocksOf(int index, size_t rank) {
    const auto sizes = rewriter_.Ints(rewriter_.Input(index, 1));
    const auto amounts = rewriter_.Ints(rewriter_.Input(index, 2));
    const size_t spatial = rank - 2;
    if (!sizes || !amounts || sizes->size() != spatial ||
        amounts->size() != 2 * spatial) {
      return std::nullopt;
    }
    std::array<Block, 2> blocks;
    constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
    for (size_t i = 0; i < spatial; ++i) {
      const Block block = {(*sizes)[i], (*amounts)[2 * i],
                           (*amounts)[2 * i + 1]};
      if (block.size < 1 || block.before < 0 || block.after < 0 ||
          std::max({block.size, block.before, block.after}) > kMost) {
        return std::nullopt;
      }
      blocks[spatial == 1 ? line_ : i] = block;
    }
    return blocks;
  }

  bool TakeBlocks() {
    const std::vector<int32_t>& in = ShapeOf(chain_.input);
    const std::vector<int32_t>& dealt =
        ShapeOf(rewriter_.op(chain_.first).outputs[0]);
    const std::vector<int32_t>& out = ShapeOf(chain_.output);
    const size_t rank = in.size();
    if ((rank != 3 && rank != 4) || dealt.size() != rank ||
        out.size() != rank ||
        (rank == 3) != (chain_.reshape_behind != Rewriter::kNone)) {
      return false;
    }
    const std::vector<int32_t>& image =
        ShapeOf(rewriter_.Input(chain_.conv, 0));
    if (rank == 3) {
      // The line is the axis of the image that is not 1.
      if (image[0] != dealt[0] || image[3] != dealt[2] || dealt[1] == 1) {
        return false;
      }
      line_ = image[2] == dealt[1] && image[1] == 1 ? 1 : 0;
      if (image[line_ + 1] != dealt[1] || image[2 - line_] != 1) return false;
      if (window_.output[1 - line_] != 1) return false;
    } else if (image != dealt) {
      return false;
    }
    const auto pads = BlocksOf(chain_.first, rank);
    const auto crops = BlocksOf(chain_.last, rank);
    if (!pads || !crops) return false;
    pads_ = *pads;
    crops_ = *crops;
    images_ = in[0];
    for (const size_t axis : {0, 1}) {
      if (pads_[axis].size != crops_[axis].size) return false;
      const bool spatial = rank == 4 || axis == line_;
      input_[axis] = !spatial ? 1 : in[rank == 4 ? axis + 1 : 1];
      output_[axis] = !spatial ? 1 : out[rank == 4 ? axis + 1 : 1];
    }
    return int64_t{images_} * pads_[0].size * pads_[1].size == image[0] &&
           out[0] == images_;
  }

  bool TakeWindow() {
    for (const size_t axis : {0, 1}) {
      const WindowAxis& along = window_.axes[axis];
      const Block& pad = pads_[axis];
      const Block& crop = crops_[axis];
      // Outputs of the images are neighbours only with a stride of 1.
      if (pad.size > 1 && along.stride != 1) return false;
      if (input_[axis] + pad.before + pad.after != along.input * pad.size ||
          window_.output[axis] * crop.size - crop.before - crop.after !=
              output_[axis] ||
          along.dilation * pad.size > std::numeric_limits<int32_t>::max()) {
        return false;
      }
    }
    return true;
  }

  // What is padded in all, and whether that is VALID, SAME or a PAD.
  bool PlanPadding() {
    bool valid = true;
    bool same = true;
    for (const size_t axis : {0, 1}) {
      const WindowAxis& along = window_.axes[axis];
      const Block& pad = pads_[axis];
      const Block& crop = crops_[axis];
      const bool padded = window_.padding == Padding::kSame;
      const int64_t reach = (int64_t{window_.output[axis]} - 1) * along.stride +
                            (int64_t{along.filter} - 1) * along.dilation + 1;
      const int64_t own_before =
          padded ? WindowPadding(along, window_.output[axis]) : 0;
      const int64_t own_after =
          padded ? std::max<int64_t>(reach - along.input - own_before, 0) : 0;
      const int64_t before = pad.before - crop.before + own_before * pad.size;
      const int64_t after = pad.after - crop.after + own_after * pad.size;
      // An input that would lose rows stays as it is.
      if (before < 0 || after < 0 ||
          input_[axis] + before + after > std::numeric_limits<int32_t>::max()) {
        return false;
      }
      padding_[axis] = {static_cast<int32_t>(before),
                        static_cast<int32_t>(after)};
      WindowAxis whole = along;
      whole.input = input_[axis];
      whole.dilation *= static_cast<int32_t>(pad.size);
      dilation_[axis] = whole.dilation;
      valid &= before == 0 && after == 0;
      const int64_t whole_reach = (int64_t{output_[axis]} - 1) * whole.stride +
                                  (int64_t{whole.filter} - 1) * whole.dilation +
                                  1;
      same &=
          WindowOutput(Padding::kSame, whole) == output_[axis] &&
          WindowPadding(whole, output_[axis]) == before &&
          std::max(whole_reach - input_[axis], int64_t{0}) == before + after;
      whole.input += padding_[axis].before + padding_[axis].after;
      if (WindowOutput(Padding::kValid, whole) != output_[axis]) return false;
    }
    pads_first_ = !valid && !same;
    mode_ = same && !valid ? Padding::kSame : Padding::kValid;
    return true;
  }

  void Rewrite() {
    const bool line = chain_.reshape_behind != Rewriter::kNone;
    const std::vector<int32_t> in = ShapeOf(chain_.input);
    const std::vector<int32_t> out = ShapeOf(chain_.output);
    TensorIndex from = chain_.input;
    if (line) {
      from = ReshapeBefore(rewriter_, chain_.conv, from,
                           {in[0], input_[0], input_[1], in[2]});
    }
    if (pads_first_) {
      from = PadBefore(rewriter_, chain_.conv, from, padding_);
    }
    rewriter_.SetInput(chain_.conv, 0, from);
    // Other convolutions may read the same images.
    for (const int index : {chain_.reshape_before, chain_.first}) {
      if (index == Rewriter::kNone) continue;
      if (!rewriter_.IsRead(rewriter_.op(index).outputs[0])) {
        rewriter_.Drop(index);
      }
    }
    SetConvWindow(rewriter_.op(chain_.conv), mode_, dilation_);
    rewriter_.Drop(chain_.last);
    if (!line) {
      rewriter_.SetOutput(chain_.conv, 0, chain_.output);
      return;
    }
    rewriter_.Drop(chain_.reshape_behind);
    const TensorIndex made = rewriter_.NewTensor(
        TensorLike(rewriter_.tensor(chain_.output),
                   {out[0], output_[0], output_[1], out[2]}, "/image"));
    rewriter_.SetOutput(chain_.conv, 0, made);
    ReshapeAfter(rewriter_, chain_.conv, made, chain_.output);
  }

  Rewriter& rewriter_;
  Chain chain_;
  ConvWindow window_;
  size_t line_ = 1;  // Of a single dimension: the axis that it is.
  std::array<Block, 2> pads_;
  std::array<Block, 2> crops_;
  int32_t images_ = 0;
  std::array<int32_t, 2> input_ = {};
  std::array<int32_t, 2> output_ = {};
  ImagePadding padding_;
  std::array<int32_t, 2> dilation_ = {};
  bool pads_first_ = false;
  Padding mode_ = Padding::kValid;
};

}  // namespace

bool FoldSpaceToBatchEndingAt(Rewriter& rewriter, int index,
                              std::optional<int> first) {
  return Folding(rewriter, index).Run(first);
}

Result<bool> FoldSpaceToBatchChains(Model& model) {
  bool changed = false;
  for (size_t i = 0; i < model.subgraphs.size(); ++i) {
    Rewriter rewriter(model, i);
    const auto count = static_cast<int>(rewriter.OperatorCount());
    for (int k = 0; k < count; ++k) {
      FoldSpaceToBatchEndingAt(rewriter, k, {});
    }
    changed |= rewriter.Finish();
  }
  return changed;
}

bool FoldSpaceToBatch(Rewriter& rewriter, int index) {
  if (rewriter.CodeOf(index) != BuiltinOperator::kSpaceToBatchNd) return false;
  bool folded = false;
  const auto count = static_cast<int>(rewriter.OperatorCount());
  for (int i = 0; i < count; ++i) {
    folded |=
        !rewriter.IsRemoved(i) && FoldSpaceToBatchEndingAt(rewriter, i, index);
  }
  return folded;
}

}  // namespace tinyml::transform
