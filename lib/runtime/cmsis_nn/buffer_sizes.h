// Provisional interface; the `neural` branch has the real file: take that one.
#ifndef TINYML_RUNTIME_CMSIS_NN_BUFFER_SIZES_H_
#define TINYML_RUNTIME_CMSIS_NN_BUFFER_SIZES_H_

#include <cstdint>

#include "runtime/target.h"

namespace tinyml::runtime::cmsis_nn {

struct Dims {
  int32_t n = 0, h = 0, w = 0, c = 0;
};
struct Tile {
  int32_t h = 0, w = 0;
};
struct ConvShape {
  Dims input, filter, output;
  Tile stride, dilation, padding;
};

inline int64_t ConvolveWrapperS8BufferBytes(const ConvShape&,
                                            const KernelConfig&) {
  return 0;
}
inline int64_t ConvolveWrapperS16BufferBytes(const ConvShape&,
                                             const KernelConfig&) {
  return 0;
}

}  // namespace tinyml::runtime::cmsis_nn

#endif  // TINYML_RUNTIME_CMSIS_NN_BUFFER_SIZES_H_
