// The fused RELU or RELU6 of a TRANSPOSE_CONV becomes an operator.
#include <optional>
#include <utility>

#include "tinyml/options.h"
#include "transform/remedies/rewrites.h"

namespace tinyml::transform {
namespace {

using Op = BuiltinOperator;

std::optional<Op> OperatorFor(ActivationFunctionType activation) {
  switch (activation) {
    case ActivationFunctionType::kRelu:
      return Op::kRelu;
    case ActivationFunctionType::kRelu6:
      return Op::kRelu6;
    default:
      return std::nullopt;
  }
}

}  // namespace

bool UnfuseActivation(Rewriter& rewriter, int index) {
  Operator& op = rewriter.op(index);
  const auto* options = op.options.As<TransposeConvOptions>();
  if (rewriter.CodeOf(index) != Op::kTransposeConv || options == nullptr ||
      op.outputs.size() != 1) {
    return false;
  }
  const auto code = OperatorFor(options->fused_activation_function);
  if (!code) return false;
  TransposeConvOptions changed = *options;
  changed.fused_activation_function = ActivationFunctionType::kNone;
  op.options = MakeOptions(std::move(changed));
  const TensorIndex output = op.outputs[0];
  const std::vector<int32_t> shape = rewriter.tensor(output).shape;
  const TensorIndex before =
      rewriter.NewTensor(TensorLike(rewriter.tensor(output), shape, "/before"));
  rewriter.SetOutput(index, 0, before);
  Operator activation;
  activation.opcode_index = rewriter.Opcode(*code);
  activation.inputs = {before};
  activation.outputs = {output};
  rewriter.InsertAfter(index, std::move(activation));
  return true;
}

}  // namespace tinyml::transform
