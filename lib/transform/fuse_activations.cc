// RELU, RELU6 and clamps become the fused activation of the operator before.
#include <algorithm>
#include <cmath>
#include <optional>

#include "tinyml/options.h"
#include "transform/passes_internal.h"
#include "transform/rewriter.h"

namespace tinyml::transform {
namespace {

using Op = BuiltinOperator;
using Activation = ActivationFunctionType;

// The fused activation of the operator, or nothing if it cannot have one. The
// runtime applies that of TRANSPOSE_CONV and of an int32 ADD only in part, so
// that they are not here.
std::optional<Activation> ActivationOf(const Operator& op) {
  std::optional<Activation> found;
  const auto look = [&](const auto* options) {
    if (options != nullptr) found = options->fused_activation_function;
  };
  look(op.options.As<Conv2DOptions>());
  look(op.options.As<DepthwiseConv2DOptions>());
  look(op.options.As<FullyConnectedOptions>());
  look(op.options.As<Pool2DOptions>());
  look(op.options.As<AddOptions>());
  look(op.options.As<SubOptions>());
  look(op.options.As<MulOptions>());
  look(op.options.As<DivOptions>());
  return found;
}

bool Fuses(Op code) {
  switch (code) {
    case Op::kConv2D:
    case Op::kDepthwiseConv2D:
    case Op::kFullyConnected:
    case Op::kAveragePool2D:
    case Op::kMaxPool2D:
    case Op::kAdd:
    case Op::kSub:
    case Op::kMul:
    case Op::kDiv:
      return true;
    default:
      return false;
  }
}

void SetActivation(Operator& op, Activation activation) {
  const auto set = [&](const auto* options) {
    if (options == nullptr) return false;
    auto changed = *options;
    changed.fused_activation_function = activation;
    op.options = MakeOptions(std::move(changed));
    return true;
  };
  set(op.options.As<Conv2DOptions>()) ||
      set(op.options.As<DepthwiseConv2DOptions>()) ||
      set(op.options.As<FullyConnectedOptions>()) ||
      set(op.options.As<Pool2DOptions>()) || set(op.options.As<AddOptions>()) ||
      set(op.options.As<SubOptions>()) || set(op.options.As<MulOptions>()) ||
      set(op.options.As<DivOptions>());
}

// The value of a constant of one element.
std::optional<float> Scalar(const Rewriter& rewriter, TensorIndex tensor) {
  const auto values = rewriter.Floats(tensor);
  if (!values || values->size() != 1) return std::nullopt;
  return (*values)[0];
}

// What an operator does, if it is a clamp of its only operand that is not
// constant.
struct Clamp {
  TensorIndex input = kNoTensor;
  Activation activation = Activation::kNone;
};

class Fusing {
 public:
  Fusing(Model& model, size_t subgraph) : rewriter_(model, subgraph) {}

  bool Run() {
    for (int i = 0; i < static_cast<int>(rewriter_.OperatorCount()); ++i) {
      if (rewriter_.IsRemoved(i)) continue;
      if (rewriter_.CodeOf(i) == Op::kMinimum && FuseRange(i)) continue;
      const Clamp clamp = ClampOf(i);
      if (clamp.input != kNoTensor) Fuse(i, clamp);
    }
    return rewriter_.Finish();
  }

 private:
  // Finds the operand of a MAXIMUM or MINIMUM whose other one is a constant of
  // one element.
  bool Limited(int index, TensorIndex& input, float& limit) {
    for (const size_t side : {0, 1}) {
      const auto value = Scalar(rewriter_, rewriter_.Input(index, side));
      if (!value) continue;
      input = rewriter_.Input(index, 1 - side);
      limit = *value;
      return !rewriter_.IsConstant(input);
    }
    return false;
  }

  Clamp ClampOf(int index) {
    TensorIndex input = kNoTensor;
    float limit = 0;
    switch (rewriter_.CodeOf(index)) {
      case Op::kRelu:
        return {rewriter_.Input(index, 0), Activation::kRelu};
      case Op::kRelu6:
        return {rewriter_.Input(index, 0), Activation::kRelu6};
      case Op::kReluN1To1:
        return {rewriter_.Input(index, 0), Activation::kReluN1To1};
      case Op::kMaximum:
        if (Limited(index, input, limit) && limit == 0.0f) {
          return {input, Activation::kRelu};
        }
        break;
      default:
        break;
    }
    return {};
  }

  // MINIMUM(MAXIMUM(x, -1), 1), and MINIMUM(x, 6) of what is not negative.
  bool FuseRange(int index) {
    TensorIndex input = kNoTensor;
    float high = 0;
    if (!Limited(index, input, high)) return false;
    const int before = rewriter_.Producer(input);
    if (before == Rewriter::kNone || rewriter_.SoleReader(input) != index) {
      return false;
    }
    if (high == 6.0f) {
      if (!CanHold(before, index) ||
          ActivationOf(rewriter_.op(before)) != Activation::kRelu) {
        return false;
      }
      SetActivation(rewriter_.op(before), Activation::kRelu6);
      rewriter_.Absorb(before, index);
      return true;
    }
    TensorIndex source = kNoTensor;
    float low = 0;
    if (high != 1.0f || rewriter_.CodeOf(before) != Op::kMaximum ||
        !Limited(before, source, low) || low != -1.0f) {
      return false;
    }
    const int maker = rewriter_.Producer(source);
    if (maker == Rewriter::kNone || rewriter_.SoleReader(source) != before ||
        !CanHold(maker, before) || !CanHold(maker, index) ||
        ActivationOf(rewriter_.op(maker)) != Activation::kNone) {
      return false;
    }
    rewriter_.Absorb(maker, before);
    rewriter_.Absorb(maker, index);
    SetActivation(rewriter_.op(maker), Activation::kReluN1To1);
    return true;
  }

  // Whether `maker` can write the result of `clamp` itself.
  bool CanHold(int maker, int clamp) {
    const Operator& op = rewriter_.op(maker);
    if (!Fuses(rewriter_.CodeOf(maker)) || op.outputs.size() != 1) return false;
    const Tensor& made = rewriter_.tensor(op.outputs[0]);
    const Tensor& wanted = rewriter_.tensor(rewriter_.op(clamp).outputs[0]);
    return made.shape == wanted.shape && SameMeaning(made, wanted) &&
           (made.type == TensorType::kFloat32 ||
            made.type == TensorType::kInt8);
  }

  void Fuse(int index, const Clamp& clamp) {
    const int maker = rewriter_.Producer(clamp.input);
    if (maker == Rewriter::kNone ||
        rewriter_.SoleReader(clamp.input) != index || !CanHold(maker, index)) {
      return;
    }
    const auto now = ActivationOf(rewriter_.op(maker));
    const bool within_zero =
        now == Activation::kRelu || now == Activation::kRelu6;
    Activation both = clamp.activation;
    if (within_zero && clamp.activation == Activation::kRelu) {
      both = *now;
    } else if (within_zero && clamp.activation == Activation::kRelu6) {
      both = Activation::kRelu6;
    } else if (now != Activation::kNone) {
      return;
    }
    SetActivation(rewriter_.op(maker), both);
    rewriter_.Absorb(maker, index);
  }

  Rewriter rewriter_;
};

}  // namespace

Result<bool> FuseActivations(Model& model) {
  bool changed = false;
  for (size_t i = 0; i < model.subgraphs.size(); ++i) {
    changed |= Fusing(model, i).Run();
  }
  return changed;
}

}  // namespace tinyml::transform
