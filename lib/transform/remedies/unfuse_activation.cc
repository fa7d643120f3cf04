// The fused activation of a TRANSPOSE_CONV becomes an operator, and that of an
// ADD of int32, which has no kernel for it, MAXIMUM and MINIMUM.
#include <optional>
#include <utility>
#include <vector>

#include "tinyml/options.h"
#include "transform/remedies/rewrites.h"

namespace tinyml::transform {
namespace {

using Op = BuiltinOperator;
using Activation = ActivationFunctionType;

std::optional<Op> OperatorFor(Activation activation) {
  switch (activation) {
    case Activation::kRelu:
      return Op::kRelu;
    case Activation::kRelu6:
      return Op::kRelu6;
    default:
      return std::nullopt;
  }
}

// What operator `index` wrote is written by the last of `codes`, each of which
// reads what the one before it writes, and a constant if there is one for it.
void Append(Rewriter& rewriter, int index, const std::vector<Op>& codes,
            const std::vector<int32_t>& constants) {
  const TensorIndex output = rewriter.op(index).outputs[0];
  const std::vector<int32_t> shape = rewriter.tensor(output).shape;
  const auto fresh = [&] {
    return rewriter.NewTensor(
        TensorLike(rewriter.tensor(output), shape, "/before"));
  };
  TensorIndex from = fresh();
  rewriter.SetOutput(index, 0, from);
  for (size_t i = 0; i < codes.size(); ++i) {
    Operator op;
    op.opcode_index = rewriter.Opcode(codes[i]);
    op.inputs = {from};
    if (!constants.empty()) {
      op.inputs.push_back(rewriter.NewInts(
          {}, {constants[i]}, rewriter.tensor(output).name + "/limit"));
      op.options = MakeOptions(MaximumMinimumOptions());
    }
    from = i + 1 == codes.size() ? output : fresh();
    op.outputs = {from};
    rewriter.InsertAfter(index, std::move(op));
  }
}

template <typename T>
void DropActivation(Operator& op) {
  T changed = *op.options.As<T>();
  changed.fused_activation_function = Activation::kNone;
  op.options = MakeOptions(std::move(changed));
}

bool IsAddOfInt32(Rewriter& rewriter, int index) {
  return rewriter.CodeOf(index) == Op::kAdd &&
         rewriter.tensor(rewriter.op(index).outputs[0]).type ==
             TensorType::kInt32;
}

}  // namespace

bool UnfuseActivation(Rewriter& rewriter, int index) {
  Operator& op = rewriter.op(index);
  if (op.outputs.size() != 1) return false;
  if (rewriter.CodeOf(index) == Op::kTransposeConv) {
    const auto* options = op.options.As<TransposeConvOptions>();
    if (options == nullptr) return false;
    const auto code = OperatorFor(options->fused_activation_function);
    if (!code) return false;
    DropActivation<TransposeConvOptions>(op);
    Append(rewriter, index, {*code}, {});
    return true;
  }
  const auto* options = op.options.As<AddOptions>();
  if (options == nullptr || !IsAddOfInt32(rewriter, index)) return false;
  switch (options->fused_activation_function) {
    case Activation::kRelu:
      DropActivation<AddOptions>(op);
      Append(rewriter, index, {Op::kMaximum}, {0});
      return true;
    case Activation::kRelu6:
      DropActivation<AddOptions>(op);
      Append(rewriter, index, {Op::kMaximum, Op::kMinimum}, {0, 6});
      return true;
    case Activation::kReluN1To1:
      DropActivation<AddOptions>(op);
      Append(rewriter, index, {Op::kMaximum, Op::kMinimum}, {-1, 1});
      return true;
    default:
      return false;
  }
}

}  // namespace tinyml::transform
