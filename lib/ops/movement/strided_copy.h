// Copies between two layouts with different strides: what slices,
// transpositions and repetitions have in common.
#ifndef TINYML_OPS_MOVEMENT_STRIDED_COPY_H_
#define TINYML_OPS_MOVEMENT_STRIDED_COPY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>

namespace tinyml::ops {

// A nest of loops, the last axis the innermost. It allocates nothing, so that
// it can be rebuilt at Invoke. It takes at most kMaxAxes.
class StridedCopy {
 public:
  static constexpr size_t kMaxAxes = 8;

  // One loop: its iterations, and the stride on either side, in elements.
  struct Axis {
    int64_t count = 0;
    int64_t from = 0;
    int64_t to = 0;
  };

  // Copies elements of `width` bytes; without axes, one. Axes with matching
  // strides on both sides are merged; contiguous elements are copied as a run.
  explicit StridedCopy(int64_t width) : width_(width) {}
  StridedCopy(int64_t width, std::initializer_list<Axis> axes);
  // A nest whose innermost axis is the last one added.
  void Add(const Axis& axis);

  // Whether all reads from `from_offset` on are within `from_elements`, and all
  // writes from `to_offset` on within `to_elements`.
  bool Fits(int64_t from_offset, int64_t from_elements, int64_t to_offset,
            int64_t to_elements) const;
  // Number of copied elements.
  int64_t Count() const;
  // Copies, in the order of the loops. Requires that the copy fits.
  void Run(const uint8_t* from, uint8_t* to) const;

 private:
  void RunAxis(size_t axis, const uint8_t* from, uint8_t* to) const;

  int64_t width_ = 1;
  std::array<Axis, kMaxAxes> axes_ = {};
  size_t size_ = 0;
};

// The strides of a plain walk over `dims`, in elements. Writes dims.size()
// values.
void RowMajorStrides(std::span<const int32_t> dims, int64_t* strides);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_MOVEMENT_STRIDED_COPY_H_
