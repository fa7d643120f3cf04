// NumPy's .npz files: zip archives of .npy files.
#ifndef TINYML_FORMATS_SAMPLES_NPZ_H_
#define TINYML_FORMATS_SAMPLES_NPZ_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "formats/npy/header.h"
#include "tinyml/npy.h"
#include "tinyml/status.h"

namespace tinyml::samples {

// An array of an archive that has not been read yet.
struct NpzMember {
  std::string name;  // Without ".npy".
  uint64_t index = 0;
  // Or why it cannot be read.
  Result<npy::Header> header;
};

// An open archive. Not thread-safe.
class NpzFile {
 public:
  // Reads the headers of all arrays. Fails with kIo, and with kInvalid for what
  // is no archive.
  static Result<NpzFile> Open(const std::string& path);

  const std::vector<NpzMember>& members() const { return members_; }
  // Reads an array; large ones lie in a temporary file. Fails with kInvalid for
  // a damaged one, or for one of 2 GiB or more.
  Result<NpyArray> Load(const NpzMember& member) const;

 private:
  std::string path_;
  std::shared_ptr<void> archive_;
  std::vector<NpzMember> members_;
};

}  // namespace tinyml::samples

#endif  // TINYML_FORMATS_SAMPLES_NPZ_H_
