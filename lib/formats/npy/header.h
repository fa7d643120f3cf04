// The header of a .npy file, for readers that do not have all of it in memory.
#ifndef TINYML_FORMATS_NPY_HEADER_H_
#define TINYML_FORMATS_NPY_HEADER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tinyml/model.h"
#include "tinyml/status.h"

namespace tinyml::npy {

struct Header {
  TensorType type = TensorType::kFloat32;
  std::vector<int64_t> shape;
  size_t data_offset = 0;  // Of the first element in the file.
  int64_t data_bytes = 0;  // Of all elements.
};

// Reads the header of the array called `name` from the `start` of its file.
// Fails with kInvalid where ReadNpy would, and if the header is longer than
// `start`.
Result<Header> ParseHeader(const std::string& name,
                           std::span<const uint8_t> start);

}  // namespace tinyml::npy

#endif  // TINYML_FORMATS_NPY_HEADER_H_
