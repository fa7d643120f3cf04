#include "base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <set>
#include <utility>

#include "base/log.h"
#include "base/macros.h"
#include "base/mapping.h"

namespace tinyml {
namespace {

// Closes a file descriptor at the end of its scope.
class ScopedFd {
 public:
  explicit ScopedFd(int fd) : fd_(fd) {}
  ~ScopedFd() {
    if (fd_ >= 0) close(fd_);
  }
  ScopedFd(const ScopedFd&) = delete;
  ScopedFd& operator=(const ScopedFd&) = delete;
  int get() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

// "cannot read PATH: " and what the system says.
tl::unexpected<Error> FailTo(const char* what, const std::string& path) {
  return Fail(
      ErrorCode::kIo,
      std::string("cannot ") + what + " " + path + ": " + std::strerror(errno),
      {.file = path});
}

tl::unexpected<Error> FailAsTooLarge(const std::string& path,
                                     int64_t max_bytes) {
  return Fail(ErrorCode::kInvalid,
              path + " is larger than " + std::to_string(max_bytes >> 20) +
                  " MiB, more than a model can be",
              {.file = path});
}

// Reads a pipe, a terminal or a device to its end.
Result<SharedBytes> ReadStream(int fd, const std::string& name,
                               int64_t max_bytes) {
  std::vector<uint8_t> bytes;
  uint8_t chunk[1 << 16];
  while (true) {
    const ssize_t got = read(fd, chunk, sizeof(chunk));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return FailTo("read", name);
    }
    if (got == 0) break;
    if (static_cast<int64_t>(bytes.size()) + got > max_bytes) {
      return FailAsTooLarge(name, max_bytes);
    }
    bytes.insert(bytes.end(), chunk, chunk + got);
  }
  return ShareBytes(std::move(bytes));
}

Status WriteAll(int fd, std::string_view data, const std::string& name) {
  while (!data.empty()) {
    const ssize_t wrote = write(fd, data.data(), data.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) {
      return FailTo("write", name);
    }
    data.remove_prefix(static_cast<size_t>(wrote));
  }
  return {};
}

// Makes the renames in the folder of `path` survive a crash, if the file system
// can.
Status SyncFolder(const std::string& folder) {
  const ScopedFd fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // A folder may be writable but not readable; then it cannot be synced.
  if (fd.get() < 0 || fsync(fd.get()) == 0 || errno == EINVAL) return {};
  return FailTo("write", folder);
}

}  // namespace

SharedBytes ShareBytes(std::vector<uint8_t> bytes) {
  auto owner = std::make_shared<const std::vector<uint8_t>>(std::move(bytes));
  std::span<const uint8_t> view(*owner);
  return {std::move(owner), view};
}

Result<SharedBytes> ReadFile(const std::string& path, int64_t max_bytes) {
  if (path == "-") return ReadStream(STDIN_FILENO, "standard input", max_bytes);
  ScopedFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) {
    return FailTo("open", path);
  }
  struct stat info = {};
  if (fstat(fd.get(), &info) != 0) {
    return FailTo("read", path);
  }
  if (S_ISDIR(info.st_mode)) {
    return Fail(ErrorCode::kIo, path + " is a directory, not a file",
                {.file = path});
  }
  if (!S_ISREG(info.st_mode)) return ReadStream(fd.get(), path, max_bytes);
  if (info.st_size > max_bytes) {
    return FailAsTooLarge(path, max_bytes);
  }
  if (info.st_size == 0) return SharedBytes{};
  const size_t length = info.st_size;
  void* address = mmap(nullptr, length, PROT_READ, MAP_PRIVATE, fd.get(), 0);
  if (address == MAP_FAILED) return ReadStream(fd.get(), path, max_bytes);
  auto owner = std::make_shared<const Mapping>(address, length);
  return SharedBytes{owner,
                     std::span(static_cast<const uint8_t*>(address), length)};
}

FileWriter::~FileWriter() {
  for (const Pending& file : pending_) unlink(file.temporary.c_str());
}

Status FileWriter::Add(const std::string& path, const Producer& produce) {
  if (path == "-") {
    std::string& text = standard_output_.emplace_back();
    return produce([&text](std::string_view piece) -> Status {
      text += piece;
      return {};
    });
  }
  struct stat info = {};
  const bool exists = stat(path.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode)) {
    return Fail(ErrorCode::kIo, "cannot write " + path + ": it is a directory",
                {.file = path});
  }
  if (exists && !S_ISREG(info.st_mode)) {
    // A device or a pipe: nothing to rename over, so it is written in place.
    ScopedFd device(open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (device.get() < 0) {
      return FailTo("write", path);
    }
    return produce([&](std::string_view piece) {
      return WriteAll(device.get(), piece, path);
    });
  }
  if (exists && access(path.c_str(), W_OK) != 0) {
    return FailTo("write", path);
  }
  std::string temporary = path + ".XXXXXX";
  ScopedFd fd(mkostemp(temporary.data(), O_CLOEXEC));
  if (fd.get() < 0) {
    return FailTo("write", path);
  }
  pending_.push_back({temporary, path});
  const mode_t mask = umask(0);
  umask(mask);
  const mode_t mode = exists ? (info.st_mode & 07777) : (0666 & ~mask);
  if (fchmod(fd.get(), mode) != 0) {
    return FailTo("write", path);
  }
  TINYML_RETURN_IF_ERROR(produce(
      [&](std::string_view piece) { return WriteAll(fd.get(), piece, path); }));
  if (fsync(fd.get()) != 0) {
    return FailTo("write", path);
  }
  if (close(fd.Release()) != 0) {
    return FailTo("write", path);
  }
  return {};
}

Status FileWriter::Add(const std::string& path,
                       std::span<const std::string_view> pieces) {
  return Add(path, [pieces](const Sink& sink) -> Status {
    for (std::string_view piece : pieces) {
      TINYML_RETURN_IF_ERROR(sink(piece));
    }
    return {};
  });
}

Status FileWriter::Add(const std::string& path, std::string_view contents) {
  const std::string_view pieces[] = {contents};
  return Add(path, pieces);
}

Status FileWriter::Move(Pending& file) {
  const char* path = file.path.c_str();
  const std::string backup = file.temporary + ".old";
  struct stat info = {};
  if (lstat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
    return Fail(ErrorCode::kIo,
                "cannot write " + file.path + ": it is a directory",
                {.file = file.path});
  }
  // A hard link leaves the file in place until the rename replaces it.
  if (link(path, backup.c_str()) == 0 ||
      (errno != ENOENT && rename(path, backup.c_str()) == 0)) {
    file.backup = backup;
  } else if (errno != ENOENT) {
    return FailTo("write", file.path);
  }
  if (rename(file.temporary.c_str(), path) != 0) {
    return FailTo("write", file.path);
  }
  file.moved = true;
  return {};
}

void FileWriter::Restore() {
  // Backwards: a path that was added twice gets its first content.
  for (size_t i = pending_.size(); i-- > 0;) {
    Pending& file = pending_[i];
    if (!file.backup.empty()) {
      // Renaming does nothing if both are links to the same file.
      rename(file.backup.c_str(), file.path.c_str());
      unlink(file.backup.c_str());
    } else if (file.moved) {
      unlink(file.path.c_str());
    }
    file.backup.clear();
    file.moved = false;
  }
}

Status FileWriter::Commit() {
  const auto move_all = [this]() -> Status {
    std::set<std::string> folders;
    for (Pending& file : pending_) {
      TINYML_RETURN_IF_ERROR(Move(file));
      const auto folder = std::filesystem::path(file.path).parent_path();
      folders.insert(folder.empty() ? "." : folder.string());
    }
    for (const std::string& folder : folders) {
      TINYML_RETURN_IF_ERROR(SyncFolder(folder));
    }
    for (const std::string& text : standard_output_) {
      TINYML_RETURN_IF_ERROR(WriteAll(STDOUT_FILENO, text, "standard output"));
    }
    return {};
  };
  const Status moved = move_all();
  if (!moved) {
    Restore();
    return moved;
  }
  for (const Pending& file : pending_) {
    if (!file.backup.empty()) unlink(file.backup.c_str());
  }
  pending_.clear();
  standard_output_.clear();
  return {};
}

OutputFile TextFile(std::string path, std::string text) {
  return {std::move(path),
          [text = std::move(text)](const Sink& sink) { return sink(text); }};
}

Status WriteFiles(std::span<const OutputFile> files) {
  FileWriter writer;
  for (const OutputFile& file : files) {
    TINYML_RETURN_IF_ERROR(writer.Add(file.path, file.produce));
  }
  TINYML_RETURN_IF_ERROR(writer.Commit());
  for (const OutputFile& file : files) {
    if (file.path != "-") Log(LogLevel::kInfo, "wrote {}", file.path);
  }
  return {};
}

}  // namespace tinyml
