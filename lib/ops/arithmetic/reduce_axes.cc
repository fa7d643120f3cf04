#include "ops/arithmetic/reduce_axes.h"

#include <string>

#include "base/macros.h"

namespace tinyml::ops {

Result<ReduceOperands> TakeReduce(const OpContext& op) {
  const TensorView* input = op.Input(0);
  const TensorView* axes = op.Input(1);
  const TensorView* output = op.Output(0);
  TINYML_REQUIRE(op, input != nullptr && axes != nullptr && output != nullptr,
                 "the input, the axes or the output is missing");
  TINYML_REQUIRE(op, axes->type == TensorType::kInt32,
                 "the axes " + axes->Describe() + " must be int32");
  return ReduceOperands{*input, *axes, *output};
}

Reduction::Reduction(const ReduceOperands& operands)
    : input_(operands.input),
      axes_(operands.axes),
      output_(operands.output),
      empty_(operands.input.Elements() == 0),
      is_reduced_(operands.input.dims.size()),
      order_(operands.input.dims.size() + 1),
      position_(operands.input.dims.size() + 1) {}

// Source: tflite-micro 90b983c2b3f1, lite/kernels/internal/reference/reduce.h,
// ResolveAxis and Reduce.
Status Reduction::Resolve(const OpContext& op) {
  const int rank = input_.Rank();
  std::fill(is_reduced_.begin(), is_reduced_.end(), 0);
  const int64_t count = rank == 0 ? 0 : axes_.Elements();
  for (const int32_t axis : axes_.As<int32_t>().first(count)) {
    const int64_t resolved = axis < 0 ? int64_t{axis} + rank : axis;
    TINYML_REQUIRE(
        op, resolved >= 0 && resolved < rank,
        "axis " + std::to_string(axis) + " is not one of " + input_.Describe());
    is_reduced_[resolved] = 1;
  }

  reduced_ = 1;
  int64_t kept = 1;
  dimensions_ = 0;
  for (size_t i = 0; i < is_reduced_.size(); ++i) {
    const bool reduce = is_reduced_[i] != 0;
    const int64_t size = input_.dims[i];
    (reduce ? reduced_ : kept) *= size;
    if (i > 0 && is_reduced_[i] == is_reduced_[i - 1]) {
      order_[dimensions_ - 1].size *= size;
    } else {
      order_[dimensions_++] = {size, reduce ? 0 : 1};
    }
  }
  if (dimensions_ == 0) order_[dimensions_++] = {1, 0};
  TINYML_REQUIRE(op, kept <= output_.Elements(),
                 "output " + output_.Describe() +
                     " is too small for the reduction of " + input_.Describe());
  int64_t stride = 1;
  for (size_t i = dimensions_; i-- > 0;) {
    if (order_[i].stride == 0) continue;
    order_[i].stride = stride;
    stride *= order_[i].size;
  }
  rows_ = 1;
  for (size_t i = 0; i + 1 < dimensions_; ++i) rows_ *= order_[i].size;
  return {};
}

int64_t Reduction::Advance() {
  int64_t step = 0;
  for (size_t i = dimensions_ - 1; i-- > 0;) {
    const Dimension& dimension = order_[i];
    step += dimension.stride;
    if (++position_[i] < dimension.size) break;
    step -= dimension.stride * dimension.size;
    position_[i] = 0;
  }
  return step;
}

}  // namespace tinyml::ops
