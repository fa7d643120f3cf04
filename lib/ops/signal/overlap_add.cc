// SignalOverlapAdd. Source: tflite-micro 90b983c2b3f1,
// signal/micro/kernels/overlap_add.cc, signal/src/overlap_add.cc.
#include <algorithm>
#include <limits>
#include <string>

#include "ops/kernel.h"
#include "ops/signal/operands.h"

namespace tinyml::ops {
namespace {

int16_t Sum(int16_t a, int16_t b) {
  return static_cast<int16_t>(
      std::clamp<int32_t>(a + b, std::numeric_limits<int16_t>::min(),
                          std::numeric_limits<int16_t>::max()));
}

float Sum(float a, float b) { return a + b; }

template <typename T>
Result<Invocation> PrepareOf(OpContext& op) {
  const TensorView& input = *op.Input(0);
  const TensorView& output = *op.Output(0);
  TINYML_REQUIRE(op, input.Rank() >= 2,
                 "input " + input.Describe() + " needs rank 2 or more");
  TINYML_ASSIGN_OR_RETURN(const int32_t step,
                          SignalOption(op, 1, "frame_step"));
  TINYML_ASSIGN_OR_RETURN(const int32_t frame, InnermostDim(op, input));
  const int64_t frames = input.Dim(input.Rank() - 2);
  TINYML_REQUIRE(op, frames > 0 && step >= 0 && step <= frame,
                 "its frame_step " + std::to_string(step) +
                     " does not fit input " + input.Describe());
  const int64_t rows = input.Elements() / (frames * frame);
  TINYML_RETURN_IF_ERROR(CheckLength(op, output, rows * frames * step));
  const bool partial = rows * frames * step < output.Elements();
  if (partial) {
    op.Warn("a part of output " + output.Describe() +
            " is unwritten; tinyml writes zeros there");
  }
  return Invocation([state = std::vector<T>(static_cast<size_t>(rows * frame)),
                     &input, &output, rows, frames, frame, step,
                     partial]() mutable -> Status {
    const T* from = input.As<T>().data();
    T* to = output.Mutable<T>().data();
    if (partial) std::fill_n(to, output.Elements(), T{0});
    T* sums = state.data();
    for (int64_t i = 0; i < rows; ++i, sums += frame) {
      for (int64_t k = 0; k < frames; ++k) {
        for (int32_t j = 0; j < frame; ++j) sums[j] = Sum(from[j], sums[j]);
        std::copy_n(sums, step, to);
        std::copy(sums + step, sums + frame, sums);
        std::fill_n(sums + frame - step, step, T{0});
        from += frame;
        to += step;
      }
    }
    return {};
  });
}

}  // namespace

Result<Invocation> PrepareSignalOverlapAdd(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const TensorType type, SignalType(op));
  TINYML_RETURN_IF_ERROR(CheckSignalTypes(op, {type}, {type}));
  switch (type) {
    case TensorType::kInt16:
      return PrepareOf<int16_t>(op);
    case TensorType::kFloat32:
      return PrepareOf<float>(op);
    default:
      return op.Refuse("its option T is not a type that it supports");
  }
}

}  // namespace tinyml::ops
