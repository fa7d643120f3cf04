// SignalDelay, SignalFramer and SignalStacker, which keep samples between
// invocations. Source: tflite-micro 90b983c2b3f1,
// signal/micro/kernels/delay.cc, framer.cc, stacker.cc;
// signal/src/circular_buffer.cc.
#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

#include "ops/kernel.h"
#include "ops/signal/operands.h"

namespace tinyml::ops {
namespace {

// Samples in the order of arrival.
class Queue {
 public:
  explicit Queue(int64_t capacity) : data_(static_cast<size_t>(capacity)) {}

  int64_t Size() const { return size_; }
  // Requires room for `count` more.
  void Push(const int16_t* samples, int64_t count) {
    std::copy_n(samples, count, data_.data() + size_);
    size_ += count;
  }
  void PushZeros(int64_t count) {
    std::fill_n(data_.data() + size_, count, int16_t{0});
    size_ += count;
  }
  // The oldest `count` samples; requires that many.
  void Peek(int16_t* samples, int64_t count) const {
    std::copy_n(data_.data(), count, samples);
  }
  void Drop(int64_t count) {
    std::copy(data_.data() + count, data_.data() + size_, data_.data());
    size_ -= count;
  }

 private:
  std::vector<int16_t> data_;
  int64_t size_ = 0;
};

}  // namespace

Result<Invocation> PrepareSignalDelay(OpContext& op) {
  TINYML_RETURN_IF_ERROR(
      CheckSignalTypes(op, {TensorType::kInt16}, {TensorType::kInt16}));
  const TensorView& input = *op.Input(0);
  const TensorView& output = *op.Output(0);
  TINYML_ASSIGN_OR_RETURN(const int32_t delay,
                          SignalOption(op, 0, "delay_length"));
  TINYML_ASSIGN_OR_RETURN(const int32_t frame, InnermostDim(op, input));
  TINYML_REQUIRE(op, delay >= 0, "its delay_length is negative");
  TINYML_RETURN_IF_ERROR(CheckLength(op, output, input.Elements()));
  std::vector<Queue> queues;
  for (int64_t i = 0; i < input.Elements() / frame; ++i) {
    queues.emplace_back(int64_t{frame} + delay).PushZeros(delay);
  }
  return
      [queues = std::move(queues), &input, &output, frame]() mutable -> Status {
        const int16_t* from = input.As<int16_t>().data();
        int16_t* to = output.Mutable<int16_t>().data();
        for (Queue& queue : queues) {
          queue.Push(from, frame);
          queue.Peek(to, frame);
          queue.Drop(frame);
          from += frame;
          to += frame;
        }
        return {};
      };
}

Result<Invocation> PrepareSignalFramer(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckSignalTypes(
      op, {TensorType::kInt16}, {TensorType::kInt16, TensorType::kBool}));
  const TensorView& input = *op.Input(0);
  const TensorView& output = *op.Output(0);
  const TensorView& valid = *op.Output(1);
  TINYML_ASSIGN_OR_RETURN(const int32_t frame,
                          SignalOption(op, 0, "frame_size"));
  TINYML_ASSIGN_OR_RETURN(const int32_t step,
                          SignalOption(op, 1, "frame_step"));
  TINYML_ASSIGN_OR_RETURN(const int32_t prefill,
                          SignalOption(op, 2, "prefill"));
  TINYML_ASSIGN_OR_RETURN(const int32_t inner, InnermostDim(op, input));
  TINYML_REQUIRE(op,
                 frame > 0 && step > 0 && inner % step == 0 &&
                     (prefill == 0 || frame >= step),
                 "its frame_size " + std::to_string(frame) + " or frame_step " +
                     std::to_string(step) + " does not fit input " +
                     input.Describe());
  const int64_t rows = input.Elements() / inner;
  const int64_t frames = inner / step;
  TINYML_RETURN_IF_ERROR(CheckLength(op, output, rows * frames * frame));
  TINYML_RETURN_IF_ERROR(CheckLength(op, valid, 1));
  const int64_t capacity = (int64_t{frame} + step - 1) / step * step;
  std::vector<Queue> queues;
  for (int64_t i = 0; i < rows; ++i) {
    queues.emplace_back(capacity);
    if (prefill != 0) queues.back().PushZeros(frame - step);
  }
  if (prefill == 0) {
    op.Warn("frames of output " + output.Describe() +
            " are unwritten until there are enough samples; tinyml writes "
            "zeros");
  }
  return [queues = std::move(queues), &input, &output, &valid, frame, step,
          frames]() mutable -> Status {
    const int16_t* from = input.As<int16_t>().data();
    int16_t* to = output.Mutable<int16_t>().data();
    bool all = true;
    for (Queue& queue : queues) {
      for (int64_t i = 0; i < frames; ++i) {
        queue.Push(from, step);
        if (queue.Size() >= frame) {
          queue.Peek(to, frame);
          queue.Drop(step);
        } else {
          std::fill_n(to, frame, int16_t{0});
          all = false;
        }
        from += step;
        to += frame;
      }
    }
    *valid.writable = all ? 1 : 0;
    return {};
  };
}

Result<Invocation> PrepareSignalStacker(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckSignalTypes(
      op, {TensorType::kInt16}, {TensorType::kInt16, TensorType::kBool}));
  const TensorView& input = *op.Input(0);
  const TensorView& output = *op.Output(0);
  const TensorView& valid = *op.Output(1);
  TINYML_ASSIGN_OR_RETURN(const int32_t channels,
                          SignalOption(op, 0, "num_channels"));
  TINYML_ASSIGN_OR_RETURN(const int32_t left,
                          SignalOption(op, 1, "stacker_left_context"));
  TINYML_ASSIGN_OR_RETURN(const int32_t right,
                          SignalOption(op, 2, "stacker_right_context"));
  TINYML_ASSIGN_OR_RETURN(const int32_t step,
                          SignalOption(op, 3, "stacker_step"));
  const int64_t stacked = int64_t{left} + right + 1;
  // The first frame is repeated for each frame of left context.
  TINYML_REQUIRE(op,
                 channels > 0 && stacked > 0 &&
                     1 + std::max(int64_t{left}, int64_t{0}) <= stacked &&
                     stacked <= std::numeric_limits<int32_t>::max() / channels,
                 "its channels and contexts do not make a buffer");
  const int64_t size = channels * stacked;
  const int64_t drop = int64_t{channels} * step;
  TINYML_RETURN_IF_ERROR(CheckLength(op, input, channels));
  TINYML_RETURN_IF_ERROR(CheckLength(op, output, size));
  TINYML_RETURN_IF_ERROR(CheckLength(op, valid, 1));
  const bool partial = right > 0 || size < output.Elements();
  if (partial) {
    op.Warn("output " + output.Describe() +
            " is unwritten, or a part of it, until enough frames are there; "
            "tinyml writes zeros");
  }
  return [&op, queue = Queue(size), &input, &output, &valid, channels, left,
          size, drop, partial, started = false]() mutable -> Status {
    const int16_t* frame = input.As<int16_t>().data();
    queue.Push(frame, channels);
    if (!started) {
      for (int32_t i = 0; i < left; ++i) queue.Push(frame, channels);
      started = true;
    }
    if (partial) std::memset(output.writable, 0, output.bytes.size());
    const bool is_full = queue.Size() >= size;
    if (is_full) {
      TINYML_REQUIRE(op, drop > 0 && drop <= size,
                     "its stacker_step is not within the stacked frames");
      queue.Peek(output.Mutable<int16_t>().data(), size);
      queue.Drop(drop);
    }
    *valid.writable = is_full ? 1 : 0;
    return {};
  };
}

}  // namespace tinyml::ops
