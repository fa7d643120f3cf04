#include "formats/samples/npz.h"

#include <zip.h>

#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/macros.h"
#include "base/shared_library.h"
#include "base/spill.h"
#include "base/text.h"

namespace tinyml::samples {
namespace {

// Of an archive that someone made to hurt; NumPy writes a few.
constexpr zip_int64_t kMaxMembers = 4096;
// As a .npy file that a run reads.
constexpr int64_t kMaxArrayBytes = kMaxModelFileBytes;
// NumPy writes headers of 128 bytes, or more with many axes.
constexpr size_t kMaxHeaderBytes = 4096;

// The functions of libzip, which is loaded when the first archive is opened.
#define ZIP_FUNCTION(name)                                         \
  decltype(zip_##name)* name = library.Find<decltype(zip_##name)>( \
      "zip"                                                        \
      "_" #name)
struct Libzip {
  SharedLibrary library = {TINYML_LIBZIP_SONAME, ".npz files"};
  ZIP_FUNCTION(open);
  ZIP_FUNCTION(discard);
  ZIP_FUNCTION(get_num_entries);
  ZIP_FUNCTION(get_name);
  ZIP_FUNCTION(fopen_index);
  ZIP_FUNCTION(fread);
  ZIP_FUNCTION(fclose);
  ZIP_FUNCTION(strerror);
  ZIP_FUNCTION(file_strerror);
  ZIP_FUNCTION(error_init_with_code);
  ZIP_FUNCTION(error_strerror);
  ZIP_FUNCTION(error_fini);
};
#undef ZIP_FUNCTION

const Libzip& Zip() {
  static Libzip functions;
  return functions;
}

struct CloseMember {
  void operator()(zip_file_t* file) const { Zip().fclose(file); }
};
using OpenMember = std::unique_ptr<zip_file_t, CloseMember>;

// "path, array 'x'": errors of it are about the archive.
struct MemberName {
  MemberName(const std::string& archive, std::string_view member)
      : path(archive), text(archive + ", array '" + Printable(member) + "'") {}

  tl::unexpected<Error> Fault(const std::string& reason) const {
    return Fail(Of({ErrorCode::kInvalid, text + " " + reason}));
  }
  template <typename T>
  Result<T> InArchive(Result<T> result) const {
    if (!result) return Fail(Of(std::move(result.error())));
    return result;
  }

  const std::string& path;
  std::string text;

 private:
  Error Of(Error error) const {
    error.subject.file = path;
    error.reason_at = path.size() + 2;
    return error;
  }
};

Result<OpenMember> OpenAt(zip_t* archive, uint64_t index,
                          const MemberName& name) {
  OpenMember file(Zip().fopen_index(archive, index, 0));
  if (!file) {
    return name.Fault(std::string("cannot be unpacked: ") +
                      Zip().strerror(archive));
  }
  return file;
}

// Fills `buffer` as far as the member goes; returns how far.
Result<size_t> ReadSome(zip_file_t* file, const MemberName& name,
                        std::span<uint8_t> buffer) {
  size_t got = 0;
  while (got < buffer.size()) {
    const zip_int64_t more =
        Zip().fread(file, buffer.data() + got, buffer.size() - got);
    if (more < 0) {
      return name.Fault(std::string("cannot be unpacked: ") +
                        Zip().file_strerror(file));
    }
    if (more == 0) break;
    got += static_cast<size_t>(more);
  }
  return got;
}

Result<npy::Header> ReadHeader(zip_t* archive, uint64_t index,
                               const MemberName& name) {
  TINYML_ASSIGN_OR_RETURN(const OpenMember file, OpenAt(archive, index, name));
  std::array<uint8_t, kMaxHeaderBytes> start;
  TINYML_ASSIGN_OR_RETURN(const size_t size, ReadSome(file.get(), name, start));
  return name.InArchive(
      npy::ParseHeader(name.text, std::span(start).first(size)));
}

}  // namespace

Result<NpzFile> NpzFile::Open(const std::string& path) {
  TINYML_RETURN_IF_ERROR(Zip().library.status());
  int code = 0;
  zip_t* const archive = Zip().open(path.c_str(), ZIP_RDONLY, &code);
  if (archive == nullptr) {
    zip_error_t error;
    Zip().error_init_with_code(&error, code);
    const bool io = code == ZIP_ER_OPEN || code == ZIP_ER_READ;
    const std::string why = Zip().error_strerror(&error);
    Zip().error_fini(&error);
    return FailInFile(path, "the archive cannot be read: " + why,
                      io ? ErrorCode::kIo : ErrorCode::kInvalid);
  }
  NpzFile file;
  file.path_ = path;
  file.archive_ = std::shared_ptr<zip_t>(archive, Zip().discard);
  const zip_int64_t count = Zip().get_num_entries(archive, 0);
  if (count > kMaxMembers) {
    return FailInFile(path, "the archive has " + std::to_string(count) +
                                " files, more than " +
                                std::to_string(kMaxMembers));
  }
  for (zip_int64_t i = 0; i < count; ++i) {
    const auto index = static_cast<zip_uint64_t>(i);
    const char* const raw = Zip().get_name(archive, index, ZIP_FL_ENC_RAW);
    const std::string_view name = raw == nullptr ? "" : raw;
    if (!name.ends_with(".npy")) continue;
    const std::string stem(name.substr(0, name.size() - 4));
    file.members_.push_back(
        {stem, index, ReadHeader(archive, index, MemberName(path, stem))});
  }
  return file;
}

Result<NpyArray> NpzFile::Load(const NpzMember& member) const {
  auto* const archive = static_cast<zip_t*>(archive_.get());
  const MemberName name(path_, member.name);
  if (!member.header) return Fail(member.header.error());
  const npy::Header& header = *member.header;
  const auto limit =
      header.data_bytes + static_cast<int64_t>(header.data_offset);
  if (header.data_bytes > kMaxArrayBytes || limit > kMaxArrayBytes) {
    return name.Fault("takes 2 GiB or more; unpack the archive");
  }
  TINYML_ASSIGN_OR_RETURN(const OpenMember file,
                          OpenAt(archive, member.index, name));
  Spill spill;
  std::vector<uint8_t> buffer(size_t{1} << 16);
  // One buffer more than there should be, so that what is too long is seen.
  for (int64_t total = 0; total <= limit;) {
    TINYML_ASSIGN_OR_RETURN(const size_t got,
                            ReadSome(file.get(), name, buffer));
    TINYML_RETURN_IF_ERROR(spill.Append(std::span(buffer).first(got)));
    total += static_cast<int64_t>(got);
    if (got < buffer.size()) break;
  }
  TINYML_ASSIGN_OR_RETURN(SharedBytes bytes, spill.Finish());
  return name.InArchive(
      ParseNpy(name.text, std::move(bytes.owner), bytes.bytes));
}

}  // namespace tinyml::samples
