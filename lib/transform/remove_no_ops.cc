// Operators that do nothing, and consecutive RESHAPEs and TRANSPOSEs.
#include <algorithm>
#include <optional>

#include "tinyml/options.h"
#include "transform/passes_internal.h"
#include "transform/rewriter.h"

namespace tinyml::transform {
namespace {

using Op = BuiltinOperator;

bool All(const std::optional<std::vector<float>>& values, float value) {
  return values && !values->empty() &&
         std::ranges::all_of(*values, [&](float v) { return v == value; });
}

template <typename T>
bool HasNoActivation(const Operator& op) {
  const T* options = op.options.As<T>();
  return options != nullptr &&
         options->fused_activation_function == ActivationFunctionType::kNone;
}

class NoOps {
 public:
  NoOps(Model& model, size_t subgraph) : rewriter_(model, subgraph) {}

  bool Run() {
    for (int i = 0; i < static_cast<int>(rewriter_.OperatorCount()); ++i) {
      const Operator& op = rewriter_.op(i);
      if (op.inputs.empty() || op.outputs.size() != 1 ||
          op.outputs[0] == kNoTensor || rewriter_.Input(i, 0) == kNoTensor) {
        continue;
      }
      switch (rewriter_.CodeOf(i)) {
        case Op::kReshape:
          SkipReshape(i);
          break;
        case Op::kTranspose:
          JoinTransposes(i);
          break;
        default:
          break;
      }
      const TensorIndex same = SameAs(i);
      if (same == kNoTensor) continue;
      rewriter_.Bypass(i, same, rewriter_.op(i).outputs[0]);
    }
    return rewriter_.Finish();
  }

 private:
  // The operator before `index`, if it is of the same kind.
  int Before(int index) {
    const int before = rewriter_.Producer(rewriter_.Input(index, 0));
    if (before == Rewriter::kNone ||
        rewriter_.CodeOf(before) != rewriter_.CodeOf(index) ||
        rewriter_.Input(before, 0) == kNoTensor) {
      return Rewriter::kNone;
    }
    return before;
  }

  // A RESHAPE of a RESHAPE reads what the first one does.
  void SkipReshape(int index) {
    const int before = Before(index);
    if (before == Rewriter::kNone) return;
    const TensorIndex source = rewriter_.Input(before, 0);
    const TensorIndex middle = rewriter_.Input(index, 0);
    if (SameMeaning(rewriter_.tensor(source), rewriter_.tensor(middle))) {
      rewriter_.SetInput(index, 0, source);
    }
  }

  std::optional<std::vector<int64_t>> Axes(int index) {
    auto axes = rewriter_.Ints(rewriter_.Input(index, 1));
    const size_t rank =
        rewriter_.tensor(rewriter_.Input(index, 0)).shape.size();
    if (!axes || axes->size() != rank) return std::nullopt;
    std::vector<bool> seen(rank, false);
    for (const int64_t axis : *axes) {
      if (axis < 0 || axis >= static_cast<int64_t>(rank) || seen[axis]) {
        return std::nullopt;
      }
      seen[axis] = true;
    }
    return axes;
  }

  void JoinTransposes(int index) {
    const int before = Before(index);
    if (before == Rewriter::kNone) return;
    const auto first = Axes(before);
    const auto second = Axes(index);
    if (!first || !second || first->size() != second->size()) return;
    std::vector<int32_t> joined;
    for (const int64_t axis : *second) {
      joined.push_back(static_cast<int32_t>((*first)[axis]));
    }
    const Tensor permutation = rewriter_.tensor(rewriter_.Input(index, 1));
    rewriter_.SetInput(index, 0, rewriter_.Input(before, 0));
    rewriter_.SetInput(index, 1,
                       rewriter_.NewInts({static_cast<int32_t>(joined.size())},
                                         joined, permutation.name));
  }

  // The input that the operator's result equals if it has its shape (which
  // Bypass checks), or kNoTensor.
  TensorIndex SameAs(int index) {
    const Operator& op = rewriter_.op(index);
    const TensorIndex input = rewriter_.Input(index, 0);
    switch (rewriter_.CodeOf(index)) {
      case Op::kReshape:
      case Op::kSqueeze:
      case Op::kExpandDims:
      case Op::kCast:
      case Op::kSlice:
      case Op::kBroadcastTo:
      case Op::kTile:
        return input;
      case Op::kPad:
      case Op::kPadv2:
        return NothingAdded(index) ? input : kNoTensor;
      case Op::kQuantize:
        // Of equal parameters on both sides.
        return rewriter_.tensor(input).type != TensorType::kFloat32 ? input
                                                                    : kNoTensor;
      case Op::kConcatenation:
        return op.inputs.size() == 1 &&
                       HasNoActivation<ConcatenationOptions>(op)
                   ? input
                   : kNoTensor;
      case Op::kAddN:
      case Op::kSplit:
      case Op::kSplitV:
        return kNoTensor;
      case Op::kStridedSlice: {
        const auto* options = op.options.As<StridedSliceOptions>();
        const auto strides = rewriter_.Ints(rewriter_.Input(index, 3));
        const bool forward =
            strides && std::ranges::all_of(
                           *strides, [](int64_t step) { return step == 1; });
        return options != nullptr && forward && options->shrink_axis_mask == 0
                   ? input
                   : kNoTensor;
      }
      case Op::kTranspose: {
        const auto axes = Axes(index);
        return axes && std::ranges::is_sorted(*axes) ? input : kNoTensor;
      }
      case Op::kAdd:
        return HasNoActivation<AddOptions>(op) ? Beside(index, 0.0f, true)
                                               : kNoTensor;
      case Op::kSub:
        return HasNoActivation<SubOptions>(op) ? Beside(index, 0.0f, false)
                                               : kNoTensor;
      case Op::kMul:
        return HasNoActivation<MulOptions>(op) ? Beside(index, 1.0f, true)
                                               : kNoTensor;
      case Op::kDiv:
        return HasNoActivation<DivOptions>(op) ? Beside(index, 1.0f, false)
                                               : kNoTensor;
      default:
        return kNoTensor;
    }
  }

  bool NothingAdded(int index) {
    const auto amounts = rewriter_.Ints(rewriter_.Input(index, 1));
    return amounts && std::ranges::all_of(
                          *amounts, [](int64_t amount) { return amount == 0; });
  }

  // The operand beside a constant of which every element is `neutral`.
  TensorIndex Beside(int index, float neutral, bool either_side) {
    if (rewriter_.op(index).inputs.size() != 2) return kNoTensor;
    if (All(rewriter_.Floats(rewriter_.Input(index, 1)), neutral)) {
      return rewriter_.Input(index, 0);
    }
    if (either_side &&
        All(rewriter_.Floats(rewriter_.Input(index, 0)), neutral)) {
      return rewriter_.Input(index, 1);
    }
    return kNoTensor;
  }

  Rewriter rewriter_;
};

}  // namespace

Result<bool> RemoveNoOps(Model& model) {
  bool changed = false;
  for (size_t i = 0; i < model.subgraphs.size(); ++i) {
    changed |= NoOps(model, i).Run();
  }
  return changed;
}

}  // namespace tinyml::transform
