#include "base/spill.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "base/macros.h"
#include "base/mapping.h"

namespace tinyml {
namespace {

std::string TemporaryFolder() {
  const char* folder = std::getenv("TMPDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

tl::unexpected<Error> FailToWrite() {
  return Fail(ErrorCode::kIo, "cannot write a temporary file in " +
                                  TemporaryFolder() + ": " +
                                  std::strerror(errno));
}

int OpenNameless() {
  std::string path = TemporaryFolder() + "/tinyml.XXXXXX";
  const int fd = mkostemp(path.data(), O_CLOEXEC);
  if (fd >= 0) unlink(path.c_str());
  return fd;
}

}  // namespace

Spill::~Spill() {
  if (fd_ >= 0) close(fd_);
}

Status Spill::WriteToFile(std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = write(fd_, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return FailToWrite();
    bytes = bytes.subspan(wrote);
  }
  return {};
}

Status Spill::Append(std::span<const uint8_t> bytes) {
  size_ += bytes.size();
  if (size_ <= in_memory_) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return {};
  }
  if (fd_ < 0) {
    fd_ = OpenNameless();
    if (fd_ < 0) return FailToWrite();
    TINYML_RETURN_IF_ERROR(WriteToFile(bytes_));
    bytes_ = {};
  }
  return WriteToFile(bytes);
}

Result<SharedBytes> Spill::Finish() {
  if (fd_ < 0) return ShareBytes(std::move(bytes_));
  void* address = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd_, 0);
  if (address == MAP_FAILED) {
    return Fail(ErrorCode::kIo, std::string("cannot map a temporary file: ") +
                                    std::strerror(errno));
  }
  auto owner = std::make_shared<const Mapping>(address, size_);
  return SharedBytes{owner,
                     std::span(static_cast<const uint8_t*>(address), size_)};
}

}  // namespace tinyml
