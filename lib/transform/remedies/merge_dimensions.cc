// Dimensions that an operator treats alike become one, between RESHAPEs, so
// that kernels for 2 to 4 dimensions can run it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "tinyml/model_builder.h"
#include "tinyml/options.h"
#include "transform/remedies/rewrites.h"

namespace tinyml::transform {
namespace {

using Op = BuiltinOperator;
using Dims = std::vector<int32_t>;

constexpr size_t kFewestDimensions = 2;
constexpr size_t kMostDimensions = 4;

bool IsOutside(const Dims& shape) {
  return shape.size() < kFewestDimensions || shape.size() > kMostDimensions;
}

bool Multiply(int32_t& value, int64_t factor) {
  const int64_t product = value * factor;
  if (product < 0 || product > std::numeric_limits<int32_t>::max()) {
    return false;
  }
  value = static_cast<int32_t>(product);
  return true;
}

// The operator reads `inputs` and writes an output of shape `output`, all
// reshaped.
void Reshape(Rewriter& rewriter, int index, const std::vector<Dims>& inputs,
             Dims output) {
  for (size_t i = 0; i < inputs.size(); ++i) {
    const TensorIndex from = rewriter.Input(index, i);
    if (rewriter.tensor(from).shape == inputs[i]) continue;
    TensorIndex reshaped = kNoTensor;
    if (rewriter.IsConstant(from)) {
      const Tensor held = rewriter.tensor(from);
      reshaped = rewriter.NewConstant(
          held.type, inputs[i], rewriter.model().buffers[held.buffer].data,
          held.name);
      if (held.quantization) {
        rewriter.SetQuantization(reshaped, *held.quantization);
      }
    } else {
      reshaped = ReshapeBefore(rewriter, index, from, inputs[i]);
    }
    rewriter.SetInput(index, i, reshaped);
  }
  const TensorIndex to = rewriter.op(index).outputs[0];
  const TensorIndex made = rewriter.NewTensor(
      TensorLike(rewriter.tensor(to), std::move(output), "/merged"));
  rewriter.SetOutput(index, 0, made);
  ReshapeAfter(rewriter, index, made, to);
}

// An axis without padding belongs to the one before it.
bool MergePad(Rewriter& rewriter, int index) {
  const auto amounts = rewriter.Ints(rewriter.Input(index, 1));
  const Dims shape = rewriter.tensor(rewriter.Input(index, 0)).shape;
  const Dims padded = rewriter.tensor(rewriter.op(index).outputs[0]).shape;
  if (!amounts || amounts->size() != 2 * shape.size() ||
      padded.size() != shape.size()) {
    return false;
  }
  Dims in;
  Dims out;
  Dims pads;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    const auto before = static_cast<int32_t>((*amounts)[2 * axis]);
    const auto after = static_cast<int32_t>((*amounts)[2 * axis + 1]);
    if (before == 0 && after == 0 && !in.empty()) {
      const int32_t factor = shape[axis];
      if (!Multiply(in.back(), factor) || !Multiply(out.back(), factor) ||
          !Multiply(pads[pads.size() - 2], factor) ||
          !Multiply(pads.back(), factor)) {
        return false;
      }
      continue;
    }
    in.push_back(shape[axis]);
    out.push_back(padded[axis]);
    pads.insert(pads.end(), {before, after});
  }
  if (in.size() > kMostDimensions) return false;
  const auto rank = static_cast<int32_t>(in.size());
  const TensorIndex values = rewriter.NewInts(
      {rank, 2}, pads, rewriter.tensor(rewriter.Input(index, 1)).name);
  rewriter.SetInput(index, 1, values);
  Reshape(rewriter, index, {in}, out);
  return true;
}

// Axes that stay next to each other are one.
bool MergeTranspose(Rewriter& rewriter, int index) {
  const auto axes = rewriter.Ints(rewriter.Input(index, 1));
  const Dims shape = rewriter.tensor(rewriter.Input(index, 0)).shape;
  if (!axes || axes->size() != shape.size()) return false;
  std::vector<bool> seen(shape.size(), false);
  for (const int64_t axis : *axes) {
    if (axis < 0 || axis >= std::ssize(shape) || seen[axis]) return false;
    seen[axis] = true;
  }
  // Runs of axes in the order of the output, without those of size 1.
  struct Run {
    int64_t first = 0;
    int64_t last = 0;
    int32_t size = 1;
  };
  std::vector<Run> runs;
  // The axis of the input before `axis` that is not of size 1.
  const auto before = [&](int64_t axis) {
    do --axis;
    while (axis >= 0 && shape[axis] == 1);
    return axis;
  };
  for (const int64_t axis : *axes) {
    if (shape[axis] == 1) continue;
    if (!runs.empty() && before(axis) == runs.back().last) {
      runs.back().last = axis;
      if (!Multiply(runs.back().size, shape[axis])) return false;
    } else {
      runs.push_back({axis, axis, shape[axis]});
    }
  }
  if (runs.size() <= 1) {
    // It moves nothing.
    const Dims out = rewriter.tensor(rewriter.op(index).outputs[0]).shape;
    const auto rank = static_cast<int32_t>(out.size());
    const TensorIndex given = rewriter.Input(index, 1);
    rewriter.SetInput(
        index, 1, rewriter.NewInts({rank}, out, rewriter.tensor(given).name));
    rewriter.SetCode(index, Op::kReshape);
    rewriter.op(index).options = MakeOptions(ReshapeOptions{.new_shape = out});
    return true;
  }
  if (runs.size() > kMostDimensions || !IsOutside(shape)) return false;
  std::vector<size_t> order(runs.size());  // Of the runs, in the input.
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](size_t i) { return runs[i].first; });
  Dims in;
  Dims out;
  Dims permutation(runs.size());
  for (size_t place = 0; place < order.size(); ++place) {
    in.push_back(runs[order[place]].size);
    permutation[order[place]] = static_cast<int32_t>(place);
  }
  for (const Run& run : runs) out.push_back(run.size);
  const TensorIndex values =
      rewriter.NewInts({static_cast<int32_t>(permutation.size())}, permutation,
                       rewriter.tensor(rewriter.Input(index, 1)).name);
  rewriter.SetInput(index, 1, values);
  Reshape(rewriter, index, {in}, out);
  return true;
}

// Neighbouring axes along which every operand has as many elements as the
// output, or every operand one, are one.
bool MergeElementwise(Rewriter& rewriter, int index, size_t operands) {
  const Dims shape = rewriter.tensor(rewriter.op(index).outputs[0]).shape;
  std::vector<Dims> aligned;
  for (size_t i = 0; i < operands; ++i) {
    Dims dims = rewriter.tensor(rewriter.Input(index, i)).shape;
    if (dims.size() > shape.size()) return false;
    dims.insert(dims.begin(), shape.size() - dims.size(), 1);
    aligned.push_back(std::move(dims));
  }
  std::vector<Dims> inputs(operands);
  Dims output;
  std::vector<bool> repeated;  // Of the last axis: which operands.
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    if (shape[axis] == 1) continue;
    std::vector<bool> repeats;
    for (const Dims& dims : aligned) {
      if (dims[axis] != 1 && dims[axis] != shape[axis]) return false;
      repeats.push_back(dims[axis] == 1);
    }
    if (output.empty() || repeats != repeated) {
      for (size_t i = 0; i < operands; ++i) {
        inputs[i].push_back(aligned[i][axis]);
      }
      output.push_back(shape[axis]);
      repeated = std::move(repeats);
      continue;
    }
    if (!Multiply(output.back(), shape[axis])) return false;
    for (size_t i = 0; i < operands; ++i) {
      if (!Multiply(inputs[i].back(), aligned[i][axis])) return false;
    }
  }
  if (output.size() > kMostDimensions) return false;
  while (output.size() < kFewestDimensions) {
    output.insert(output.begin(), 1);
    for (Dims& input : inputs) input.insert(input.begin(), 1);
  }
  Reshape(rewriter, index, inputs, output);
  return true;
}

// All but the last are one.
bool MergeRows(Rewriter& rewriter, int index) {
  const Dims shape = rewriter.tensor(rewriter.Input(index, 0)).shape;
  if (shape.empty() || shape.size() == 2 ||
      rewriter.tensor(rewriter.op(index).outputs[0]).shape != shape) {
    return false;
  }
  Dims rows = {1, shape.back()};
  for (size_t axis = 0; axis + 1 < shape.size(); ++axis) {
    if (!Multiply(rows[0], shape[axis])) return false;
  }
  Reshape(rewriter, index, {rows}, rows);
  return true;
}

// Neighbours that are both reduced or both kept are one.
bool MergeReduced(Rewriter& rewriter, int index) {
  const Dims shape = rewriter.tensor(rewriter.Input(index, 0)).shape;
  const auto axes = rewriter.Ints(rewriter.Input(index, 1));
  const auto* options = rewriter.op(index).options.As<ReducerOptions>();
  if (!axes || options == nullptr) return false;
  const auto rank = static_cast<int64_t>(shape.size());
  std::vector<bool> reduced(shape.size(), false);
  for (const int64_t axis : *axes) {
    if (axis < -rank || axis >= rank) return false;
    reduced[axis < 0 ? axis + rank : axis] = true;
  }
  Dims in;
  Dims out;
  Dims merged;  // The axes that are reduced.
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    if (axis == 0 || reduced[axis] != reduced[axis - 1]) {
      if (reduced[axis]) merged.push_back(static_cast<int32_t>(in.size()));
      in.push_back(shape[axis]);
      out.push_back(reduced[axis] ? 1 : shape[axis]);
      continue;
    }
    if (!Multiply(in.back(), shape[axis])) return false;
    if (!reduced[axis]) out.back() = in.back();
  }
  if (in.size() > kMostDimensions || in.size() == shape.size()) return false;
  const TensorIndex given = rewriter.Input(index, 1);
  rewriter.SetInput(index, 1,
                    rewriter.NewInts({static_cast<int32_t>(merged.size())},
                                     merged, rewriter.tensor(given).name));
  rewriter.op(index).options = MakeOptions(ReducerOptions{.keep_dims = true});
  Reshape(rewriter, index, {in}, out);
  return true;
}

}  // namespace

bool MergeDimensions(Rewriter& rewriter, int index) {
  const Operator& op = rewriter.op(index);
  const TensorIndex first = rewriter.Input(index, 0);
  if (op.outputs.size() != 1 || first == kNoTensor) return false;
  const bool outside = IsOutside(rewriter.tensor(first).shape) ||
                       IsOutside(rewriter.tensor(op.outputs[0]).shape);
  switch (rewriter.CodeOf(index)) {
    case Op::kPad:
    case Op::kPadv2:
      return outside && MergePad(rewriter, index);
    case Op::kTranspose:
      return MergeTranspose(rewriter, index);
    case Op::kSoftmax:
      return MergeRows(rewriter, index);
    case Op::kMean:
    case Op::kSum:
      return MergeReduced(rewriter, index);
    case Op::kMaximum:
    case Op::kMinimum:
    case Op::kAdd:
    case Op::kSub:
    case Op::kMul:
    case Op::kDiv:
    case Op::kSquaredDifference:
    case Op::kPrelu: {
      const TensorIndex second = rewriter.Input(index, 1);
      return second != kNoTensor &&
             (outside || IsOutside(rewriter.tensor(second).shape)) &&
             MergeElementwise(rewriter, index, 2);
    }
    default:
      return false;
  }
}

}  // namespace tinyml::transform
