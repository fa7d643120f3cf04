// NumPy's .npy files: arrays of samples in, tensors out.
//
// Format: NumPy's "NEP 1 -- A Simple File Format for NumPy Arrays", versions 1
// to 3.
#ifndef TINYML_NPY_H_
#define TINYML_NPY_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tinyml/export.h"
#include "tinyml/model.h"
#include "tinyml/output.h"
#include "tinyml/status.h"

namespace tinyml {

// An array in C order, little-endian. Immutable; copies share the bytes.
struct NpyArray {
  std::string name;  // The name in messages: the path.
  TensorType type = TensorType::kFloat32;
  std::vector<int64_t> shape;
  std::shared_ptr<const void> owner;
  std::span<const uint8_t> bytes;  // Exactly those of the elements.
};

// Reads the array at `path` ("-": standard input). Fails with kInvalid for
// anything but a complete little-endian array in C order of a type that
// TensorType has, and with kIo for a file that cannot be read.
TINYML_API Result<NpyArray> ReadNpy(const std::string& path);

// The same for bytes in memory; `name` is for messages.
TINYML_API Result<NpyArray> ParseNpy(std::string name,
                                     std::shared_ptr<const void> owner,
                                     std::span<const uint8_t> file);

// Returns the file of an array. Types that NumPy lacks are written as the
// unsigned integers of their width. Requires bytes for every element.
TINYML_API OutputFile NpyFile(std::string path, TensorType type,
                              std::span<const int64_t> shape,
                              std::vector<uint8_t> bytes);

}  // namespace tinyml

#endif  // TINYML_NPY_H_
