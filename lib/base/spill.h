// Bytes that may be too many for memory: a few stay in it, many go to a
// temporary file that is mapped.
#ifndef TINYML_BASE_SPILL_H_
#define TINYML_BASE_SPILL_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/file.h"
#include "tinyml/status.h"

namespace tinyml {

// Collects bytes. The temporary file has no name, so that nothing is left
// behind whatever happens. Not thread-safe.
class Spill {
 public:
  // More than `in_memory` bytes go to a file.
  explicit Spill(size_t in_memory = size_t{16} << 20) : in_memory_(in_memory) {}
  ~Spill();
  Spill(const Spill&) = delete;
  Spill& operator=(const Spill&) = delete;

  // Fails with kIo if the temporary folder is full or not writable.
  Status Append(std::span<const uint8_t> bytes);
  // Returns everything appended; nothing may be appended afterwards.
  Result<SharedBytes> Finish();

 private:
  Status WriteToFile(std::span<const uint8_t> bytes);

  size_t in_memory_;
  size_t size_ = 0;
  int fd_ = -1;
  std::vector<uint8_t> bytes_;
};

}  // namespace tinyml

#endif  // TINYML_BASE_SPILL_H_
