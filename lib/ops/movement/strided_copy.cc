#include "ops/movement/strided_copy.h"

#include <algorithm>
#include <cstring>

namespace tinyml::ops {
namespace {

// Both sides may be the same memory if an offline plan says so.
void CopyRun(const uint8_t* from, uint8_t* to, int64_t bytes) {
  std::memmove(to, from, static_cast<size_t>(bytes));
}

template <typename Word>
void CopyElements(const uint8_t* from, uint8_t* to,
                  const StridedCopy::Axis& axis) {
  constexpr int64_t kWidth = sizeof(Word);
  const int64_t from_step = axis.from * kWidth;
  const int64_t to_step = axis.to * kWidth;
  for (int64_t i = 0; i < axis.count; ++i) {
    Word word;
    std::memcpy(&word, from + i * from_step, sizeof(word));
    std::memcpy(to + i * to_step, &word, sizeof(word));
  }
}

// `outer` and `inner` as a transposition in tiles, so that neither side leaves
// the cache: the outer axis is contiguous on the side it is read from, the
// inner one on the side it is written to.
template <typename Word>
void CopyTiles(const uint8_t* from, uint8_t* to, const StridedCopy::Axis& outer,
               const StridedCopy::Axis& inner) {
  constexpr int64_t kTile = 64 / sizeof(Word);
  constexpr int64_t kWidth = sizeof(Word);
  for (int64_t i0 = 0; i0 < outer.count; i0 += kTile) {
    const int64_t i1 = std::min(outer.count, i0 + kTile);
    for (int64_t j0 = 0; j0 < inner.count; j0 += kTile) {
      const int64_t j1 = std::min(inner.count, j0 + kTile);
      for (int64_t i = i0; i < i1; ++i) {
        CopyElements<Word>(from + (i * outer.from + j0 * inner.from) * kWidth,
                           to + (i * outer.to + j0 * inner.to) * kWidth,
                           {j1 - j0, inner.from, inner.to});
      }
    }
  }
}

}  // namespace

StridedCopy::StridedCopy(int64_t width, std::initializer_list<Axis> axes)
    : width_(width) {
  for (const Axis& axis : axes) Add(axis);
}

void StridedCopy::Add(const Axis& axis) {
  if (axis.count == 1) return;
  if (size_ > 0) {
    Axis& last = axes_[size_ - 1];
    if (last.from == axis.from * axis.count &&
        last.to == axis.to * axis.count) {
      last = {last.count * axis.count, axis.from, axis.to};
      return;
    }
  }
  axes_[size_++] = axis;
}

bool StridedCopy::Fits(int64_t from_offset, int64_t from_elements,
                       int64_t to_offset, int64_t to_elements) const {
  if (Count() <= 0) return true;
  const auto inside = [this](int64_t offset, int64_t elements,
                             int64_t Axis::*stride) {
    int64_t low = offset;
    int64_t high = offset;
    for (size_t i = 0; i < size_; ++i) {
      const int64_t reach = (axes_[i].count - 1) * (axes_[i].*stride);
      (reach < 0 ? low : high) += reach;
    }
    return low >= 0 && high < elements;
  };
  return inside(from_offset, from_elements, &Axis::from) &&
         inside(to_offset, to_elements, &Axis::to);
}

int64_t StridedCopy::Count() const {
  int64_t count = 1;
  for (size_t i = 0; i < size_; ++i) {
    count *= std::max<int64_t>(axes_[i].count, 0);
  }
  return count;
}

void StridedCopy::Run(const uint8_t* from, uint8_t* to) const {
  if (Count() == 0) return;
  if (size_ == 0) return CopyRun(from, to, width_);
  RunAxis(0, from, to);
}

void StridedCopy::RunAxis(size_t axis, const uint8_t* from, uint8_t* to) const {
  const Axis& own = axes_[axis];
  const size_t left = size_ - axis;
  const auto is_contiguous = [](const Axis& each) {
    return each.from == 1 && each.to == 1;
  };
  if (left == 1) {
    if (is_contiguous(own)) return CopyRun(from, to, own.count * width_);
    switch (width_) {
      case 1:
        return CopyElements<uint8_t>(from, to, own);
      case 2:
        return CopyElements<uint16_t>(from, to, own);
      case 4:
        return CopyElements<uint32_t>(from, to, own);
      case 8:
        return CopyElements<uint64_t>(from, to, own);
      default:
        for (int64_t i = 0; i < own.count; ++i) {
          CopyRun(from + i * own.from * width_, to + i * own.to * width_,
                  width_);
        }
        return;
    }
  }
  if (left == 2 && own.from == 1 && axes_[axis + 1].to == 1) {
    const Axis& inner = axes_[axis + 1];
    switch (width_) {
      case 1:
        return CopyTiles<uint8_t>(from, to, own, inner);
      case 2:
        return CopyTiles<uint16_t>(from, to, own, inner);
      case 4:
        return CopyTiles<uint32_t>(from, to, own, inner);
      default:
        break;
    }
  }
  for (int64_t i = 0; i < own.count; ++i) {
    RunAxis(axis + 1, from + i * own.from * width_, to + i * own.to * width_);
  }
}

void RowMajorStrides(std::span<const int32_t> dims, int64_t* strides) {
  int64_t stride = 1;
  for (size_t i = dims.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= dims[i];
  }
}

}  // namespace tinyml::ops
