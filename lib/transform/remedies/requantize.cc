// Kernels that ignore quantization parameters get those that they assume, and a
// QUANTIZE to or from what the model says.
#include <optional>
#include <utility>
#include <vector>

#include "model/operator_table.h"
#include "tinyml/model_builder.h"
#include "tinyml/options.h"
#include "transform/remedies/rewrites.h"

namespace tinyml::transform {
namespace {

using Op = BuiltinOperator;

Operator MakeQuantize(Rewriter& rewriter, TensorIndex from, TensorIndex to) {
  Operator op;
  op.opcode_index = rewriter.Opcode(Op::kQuantize);
  op.inputs = {from};
  op.outputs = {to};
  op.options = MakeOptions(QuantizeOptions());
  return op;
}

// The parameters that the int8 kernel writes with, whatever the tensor says.
// Source: tflite-micro 90b983c2b3f1, micro/kernels/tanh.cc, logistic_common.cc,
// l2norm.cc and activations.cc; pooling_common.cc before 12cd995e7203.
std::optional<Quantization> Assumed(Rewriter& rewriter, int index) {
  const Tensor& input = rewriter.tensor(rewriter.Input(index, 0));
  switch (rewriter.CodeOf(index)) {
    case Op::kTanh:
    case Op::kL2Normalization:
      if (input.type != TensorType::kInt8) return std::nullopt;
      return PerTensor(1.0f / 128, 0);
    case Op::kLogistic:
      if (input.type != TensorType::kInt8) return std::nullopt;
      return PerTensor(1.0f / 256, -128);
    case Op::kRelu6:
      return input.quantization;
    default:
      break;
  }
  const OperatorRow* row = FindOperator(rewriter.CodeOf(index));
  return row != nullptr && row->kind == OperatorKind::kPools
             ? input.quantization
             : std::nullopt;
}

}  // namespace

bool RequantizeOutput(Rewriter& rewriter, int index) {
  if (rewriter.Input(index, 0) == kNoTensor ||
      rewriter.op(index).outputs.size() != 1) {
    return false;
  }
  std::optional<Quantization> assumed = Assumed(rewriter, index);
  if (!assumed || !assumed->IsAffine()) return false;
  const TensorIndex output = rewriter.op(index).outputs[0];
  const std::vector<int32_t> shape = rewriter.tensor(output).shape;
  Tensor made = TensorLike(rewriter.tensor(output), shape, "/assumed");
  made.quantization = std::move(assumed);
  if (SameMeaning(made, rewriter.tensor(output))) return false;
  const TensorIndex own = rewriter.NewTensor(std::move(made));
  rewriter.SetOutput(index, 0, own);
  rewriter.InsertAfter(index, MakeQuantize(rewriter, own, output));
  return true;
}

bool RequantizeInputs(Rewriter& rewriter, int index) {
  const Op code = rewriter.CodeOf(index);
  const bool compares = code == Op::kMaximum || code == Op::kMinimum;
  if ((!compares && code != Op::kConcatenation) ||
      rewriter.op(index).outputs.size() != 1) {
    return false;
  }
  const TensorIndex output = rewriter.op(index).outputs[0];
  bool changed = false;
  for (size_t i = 0; i < rewriter.op(index).inputs.size(); ++i) {
    const TensorIndex input = rewriter.Input(index, i);
    if (input == kNoTensor ||
        SameMeaning(rewriter.tensor(input), rewriter.tensor(output))) {
      continue;
    }
    Tensor made = TensorLike(rewriter.tensor(input),
                             rewriter.tensor(input).shape, "/rescaled");
    made.quantization = rewriter.tensor(output).quantization;
    const TensorIndex rescaled = rewriter.NewTensor(std::move(made));
    rewriter.InsertBefore(index, MakeQuantize(rewriter, input, rescaled));
    rewriter.SetInput(index, i, rescaled);
    changed = true;
  }
  return changed;
}

bool BroadcastOperands(Rewriter& rewriter, int index) {
  const Op code = rewriter.CodeOf(index);
  if ((code != Op::kMaximum && code != Op::kMinimum) ||
      rewriter.op(index).outputs.size() != 1) {
    return false;
  }
  const std::vector<int32_t> shape =
      rewriter.tensor(rewriter.op(index).outputs[0]).shape;
  bool changed = false;
  for (const size_t i : {0, 1}) {
    const TensorIndex input = rewriter.Input(index, i);
    if (input == kNoTensor || rewriter.tensor(input).shape == shape) continue;
    const TensorIndex whole = rewriter.NewTensor(
        TensorLike(rewriter.tensor(input), shape, "/broadcast"));
    Operator op;
    op.opcode_index = rewriter.Opcode(Op::kBroadcastTo);
    op.inputs = {input,
                 rewriter.NewInts({static_cast<int32_t>(shape.size())}, shape,
                                  rewriter.tensor(whole).name + "/shape")};
    op.outputs = {whole};
    op.options = MakeOptions(BroadcastToOptions());
    rewriter.InsertBefore(index, std::move(op));
    rewriter.SetInput(index, i, whole);
    changed = true;
  }
  return changed;
}

}  // namespace tinyml::transform
