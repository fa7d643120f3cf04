// Broadcasting: operands of different shapes, repeated along dimensions of size
// 1 until their shapes agree, as element-wise operators take them.
#ifndef TINYML_OPS_BROADCAST_H_
#define TINYML_OPS_BROADCAST_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace tinyml::ops {

// How the elements of N operands line up with those of an output. Shapes are
// compared from their last dimension; missing ones count as 1.
class Broadcast {
 public:
  // Returns nothing unless every dimension of every operand is 1 or that of
  // `output`, and no operand has more dimensions (other than leading ones of
  // size 1).
  static std::optional<Broadcast> Make(
      std::span<const int32_t> output,
      std::span<const std::vector<int32_t>> operands);

  // Returns the shape that all operands broadcast to, or nothing if they do
  // not.
  static std::optional<std::vector<int32_t>> OutputShape(
      std::span<const std::vector<int32_t>> operands);

  // Calls visit(output index, indices) for every element of the output in
  // order; indices[k] is the element of operand k. Does not allocate.
  template <typename Visit>
  void ForEach(Visit visit) {
    std::fill(position_.begin(), position_.end(), 0);
    std::fill(indices_.begin(), indices_.end(), 0);
    for (int64_t at = 0; at < elements_; ++at) {
      visit(at, std::as_const(indices_));
      Advance();
    }
  }

 private:
  void Advance();

  std::vector<int32_t> dims_;
  int64_t elements_ = 0;
  // By operand, then by dimension: the stride in elements, 0 where it repeats.
  std::vector<std::vector<int64_t>> strides_;
  std::vector<int32_t> position_;
  std::vector<int64_t> indices_;
};

}  // namespace tinyml::ops

#endif  // TINYML_OPS_BROADCAST_H_
