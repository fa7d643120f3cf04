// What kernels that reduce tensors along axes share.
#ifndef TINYML_OPS_ARITHMETIC_REDUCE_AXES_H_
#define TINYML_OPS_ARITHMETIC_REDUCE_AXES_H_

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "ops/kernel.h"

namespace tinyml::ops {

struct ReduceOperands {
  const TensorView& input;
  const TensorView& axes;
  const TensorView& output;
};

Result<ReduceOperands> TakeReduce(const OpContext& op);

// Walks an input in order, with the element of the output that each element of
// the input belongs to. Axes are resolved at Invoke, since they need not be
// constant.
class Reduction {
 public:
  explicit Reduction(const ReduceOperands& operands);

  // Reads the axes; negative ones count from the end, repeated ones count once.
  // Refuses axes that the input does not have and outputs that are too small.
  Status Resolve(const OpContext& op);

  bool empty() const { return empty_; }
  // Input elements for each output element.
  int64_t reduced() const { return reduced_; }

  // accumulator[j] = function(accumulator[j], input[i]) for every i in order.
  // Requires a successful Resolve; does nothing if the input is empty.
  template <typename In, typename Sum, typename Function>
  void Run(const In* input, Sum* accumulators, Function function) {
    if (empty_) return;
    std::fill_n(position_.begin(), dimensions_, 0);
    const Dimension inner = order_[dimensions_ - 1];
    int64_t at = 0;
    for (int64_t row = 0; row < rows_; ++row) {
      Sum* to = accumulators + at;
      if (inner.stride == 0) {
        Sum sum = *to;
        for (int64_t i = 0; i < inner.size; ++i) sum = function(sum, input[i]);
        *to = sum;
      } else {
        for (int64_t i = 0; i < inner.size; ++i) {
          to[i] = function(to[i], input[i]);
        }
      }
      input += inner.size;
      at += Advance();
    }
  }

 private:
  // Adjacent dimensions of the input that are all reduced or all kept.
  struct Dimension {
    int64_t size = 1;
    int64_t stride = 0;  // In the output; 0 if it is reduced.
  };

  int64_t Advance();

  const TensorView& input_;
  const TensorView& axes_;
  const TensorView& output_;
  bool empty_ = false;
  std::vector<uint8_t> is_reduced_;  // By dimension of the input.
  std::vector<Dimension> order_;     // Outermost first.
  size_t dimensions_ = 0;            // How many of the above are in use.
  std::vector<int64_t> position_;
  int64_t rows_ = 0;
  int64_t reduced_ = 1;
};

}  // namespace tinyml::ops

#endif  // TINYML_OPS_ARITHMETIC_REDUCE_AXES_H_
