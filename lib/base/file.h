// Reading whole files as shared, immutable bytes, and writing files whole or
// not at all.
#ifndef TINYML_BASE_FILE_H_
#define TINYML_BASE_FILE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tinyml/output.h"
#include "tinyml/status.h"

namespace tinyml {

// Immutable bytes together with what keeps them alive (a file mapping or a
// vector). Cheap to copy. Safe to read from any thread.
struct SharedBytes {
  std::shared_ptr<const void> owner;
  std::span<const uint8_t> bytes;
};

// Largest file that is read as a model: offsets of the format are 32-bit, and
// data past the FlatBuffer is addressed from the same file.
inline constexpr int64_t kMaxModelFileBytes = int64_t{2} << 30;

// Returns the bytes of the file at `path`, memory-mapped if the file allows it;
// "-" is standard input. Fails with kIo for a directory, a missing or an
// unreadable file, and with kInvalid for one larger than `max_bytes`.
Result<SharedBytes> ReadFile(const std::string& path,
                             int64_t max_bytes = kMaxModelFileBytes);

// Takes ownership of `bytes`.
SharedBytes ShareBytes(std::vector<uint8_t> bytes);

// Writes files all or nothing: each goes to a temporary file in the folder of
// its destination, and Commit() renames them. If one of the renames fails,
// those before it are undone. Files not committed are removed by the
// destructor. Not thread-safe.
class FileWriter {
 public:
  FileWriter() = default;
  ~FileWriter();
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  // Writes `pieces`, one after another, to what will become `path`. "-" is
  // standard output, written at Commit().
  Status Add(const std::string& path, std::span<const std::string_view> pieces);
  Status Add(const std::string& path, std::string_view contents);
  // Writes what `produce` passes on, without keeping it.
  Status Add(const std::string& path, const Producer& produce);

  // Moves every added file into place, on the disk and not only in the system's
  // cache, and writes standard output last. Fails with kIo, in which case every
  // path holds what it held before. Where the file system has no hard links, a
  // path is missing briefly between two renames.
  Status Commit();

 private:
  struct Pending {
    std::string temporary;
    std::string path;
    std::string backup = {};  // What `path` was before; empty: nothing.
    bool moved = false;       // `path` is the new file.
  };
  Status Move(Pending& file);
  // Undoes what Commit() has done so far.
  void Restore();

  std::vector<Pending> pending_;
  std::vector<std::string> standard_output_;
};

}  // namespace tinyml

#endif  // TINYML_BASE_FILE_H_
