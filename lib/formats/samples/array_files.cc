#include "formats/samples/array_files.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <list>
#include <mutex>
#include <utility>

#include "base/file.h"
#include "base/macros.h"
#include "base/text.h"
#include "formats/npy/header.h"
#include "formats/samples/arrays.h"
#include "formats/samples/inputs.h"
#include "formats/samples/members.h"
#include "formats/samples/npz.h"

namespace tinyml::samples {
namespace {

// The file is mapped, not read, so that it may be large.
constexpr int64_t kMaxFileBytes = std::numeric_limits<int64_t>::max();

bool StartsWith(std::span<const uint8_t> bytes, std::string_view start) {
  return bytes.size() >= start.size() &&
         std::equal(
             start.begin(), start.end(), bytes.begin(),
             [](char a, uint8_t b) { return static_cast<uint8_t>(a) == b; });
}

// Archives are told by what they start with, an empty one too.
bool IsArchive(std::span<const uint8_t> bytes) {
  return StartsWith(bytes, "PK\x03\x04") || StartsWith(bytes, "PK\x05\x06");
}

Status CheckInputCount(const ArrayFiles& files,
                       std::span<const SampleInput> inputs) {
  if (inputs.size() == files.paths.size()) return {};
  return Fail(ErrorCode::kInvalid,
              files.name + " is one array, but the model has " +
                  std::to_string(inputs.size()) + " inputs, " +
                  DescribeAll(inputs) +
                  ": give a .npz with an array for each, or a folder with a "
                  ".npy for each");
}

std::string NoteOnIgnored(const std::string& path,
                          std::span<const SampleInput> inputs,
                          const std::vector<NpzMember>& members,
                          const ChosenMembers& chosen) {
  if (chosen.ignored.empty()) return "";
  std::string ignored;
  for (const std::string& name : chosen.ignored) {
    ignored += (ignored.empty() ? "'" : ", '") + Printable(name) + "'";
  }
  std::string used;
  for (size_t i = 0; i < inputs.size(); ++i) {
    used += (used.empty() ? "'" : ", '") +
            Printable(members[chosen.by_input[i]].name) + "'";
  }
  return path + ": reading " + used + ", ignoring " + ignored;
}

// Returns `result`, and sets `damaged` if what was read is no proper file.
template <typename T>
Result<T> Noting(Result<T> result, bool& damaged) {
  if (!result && result.error().code == ErrorCode::kInvalid) damaged = true;
  return result;
}

struct Opened {
  SampleArrays arrays;
  std::string note;
  bool unpacked = false;  // Took more than mapping a file.
};

// What is known of a group before its arrays are read.
struct Peeked {
  int64_t count = 0;
  std::string note;
};

tl::unexpected<Error> FailOnShape(const std::string& path,
                                  const NpzMember& member,
                                  const SampleInput& input) {
  NpyArray unread;
  unread.name = path + ", array '" + Printable(member.name) + "'";
  unread.type = member.header->type;
  unread.shape = member.header->shape;
  return Fail(ErrorCode::kInvalid, WrongShape(npy::Describe(unread), input));
}

Result<Opened> OpenArchive(const std::string& path,
                           std::span<const SampleInput> inputs,
                           const Preprocess& preprocess, bool& damaged) {
  TINYML_ASSIGN_OR_RETURN(const NpzFile file,
                          Noting(NpzFile::Open(path), damaged));
  TINYML_ASSIGN_OR_RETURN(const ChosenMembers chosen,
                          ChooseMembers(path, file.members(), inputs));
  std::vector<NpyArray> arrays;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const NpzMember& member = file.members()[chosen.by_input[i]];
    // Before anything large is unpacked.
    if (member.header && !SamplesIn(member.header->shape, inputs[i])) {
      return FailOnShape(path, member, inputs[i]);
    }
    TINYML_ASSIGN_OR_RETURN(NpyArray array, Noting(file.Load(member), damaged));
    arrays.push_back(std::move(array));
  }
  TINYML_ASSIGN_OR_RETURN(
      SampleArrays samples,
      SampleArrays::Create(std::move(arrays), inputs, preprocess));
  return Opened{std::move(samples),
                NoteOnIgnored(path, inputs, file.members(), chosen), true};
}

// Opens a group. `damaged` becomes true if a file of it is what fails, and not
// how it fits the model.
Result<Opened> Open(const ArrayFiles& files,
                    std::span<const SampleInput> inputs,
                    const Preprocess& preprocess, bool& damaged) {
  std::vector<NpyArray> arrays;
  for (const std::string& path : files.paths) {
    TINYML_ASSIGN_OR_RETURN(SharedBytes file, ReadFile(path, kMaxFileBytes));
    if (files.paths.size() == 1 && IsArchive(file.bytes)) {
      return OpenArchive(path, inputs, preprocess, damaged);
    }
    TINYML_ASSIGN_OR_RETURN(
        NpyArray array,
        Noting(ParseNpy(path, std::move(file.owner), file.bytes), damaged));
    arrays.push_back(std::move(array));
  }
  TINYML_RETURN_IF_ERROR(CheckInputCount(files, inputs));
  TINYML_ASSIGN_OR_RETURN(
      SampleArrays samples,
      SampleArrays::Create(std::move(arrays), inputs, preprocess));
  return Opened{std::move(samples), "", false};
}

// Counts the samples without unpacking archives; otherwise as Open.
Result<Peeked> Peek(const ArrayFiles& files,
                    std::span<const SampleInput> inputs,
                    const Preprocess& preprocess, bool& damaged) {
  bool archive = false;
  if (files.paths.size() == 1) {
    TINYML_ASSIGN_OR_RETURN(const SharedBytes file,
                            ReadFile(files.paths[0], kMaxFileBytes));
    archive = IsArchive(file.bytes);
  }
  if (!archive) {
    TINYML_ASSIGN_OR_RETURN(const Opened opened,
                            Open(files, inputs, preprocess, damaged));
    return Peeked{opened.arrays.count(), ""};
  }
  const std::string& path = files.paths[0];
  TINYML_ASSIGN_OR_RETURN(const NpzFile file,
                          Noting(NpzFile::Open(path), damaged));
  TINYML_ASSIGN_OR_RETURN(const ChosenMembers chosen,
                          ChooseMembers(path, file.members(), inputs));
  const NpzMember& first = file.members()[chosen.by_input[0]];
  TINYML_ASSIGN_OR_RETURN(const npy::Header header,
                          Noting(first.header, damaged));
  const auto count = SamplesIn(header.shape, inputs[0]);
  if (!count) return FailOnShape(path, first, inputs[0]);
  return Peeked{*count, NoteOnIgnored(path, inputs, file.members(), chosen)};
}

// A reason as Read() gives it: callers say the name of the sample.
std::string ReasonFor(const std::string& sample, const Error& error) {
  return error.subject.file == sample ? std::string(error.Reason())
                                      : error.message;
}

Status CheckPreprocess(const Preprocess& preprocess) {
  if (!preprocess.bgr && !preprocess.rate && !preprocess.windows) return {};
  return Fail(ErrorCode::kUsage,
              "preprocessing: bgr is for images and rate and windows for WAV "
              "files, and the samples are arrays");
}

std::string SampleName(const std::string& file, int64_t index) {
  return file + ", sample " + std::to_string(index);
}

class OneGroup final : public SampleSource {
 public:
  OneGroup(std::string name, Opened opened)
      : name_(std::move(name)), opened_(std::move(opened)) {}

  int64_t Count() const override { return opened_.arrays.count(); }
  std::string NameOf(int64_t index) const override {
    return SampleName(name_, index);
  }
  Result<std::optional<std::string>> Read(
      int64_t index,
      std::span<const std::span<uint8_t>> inputs) const override {
    TINYML_RETURN_IF_ERROR(opened_.arrays.Read(index, NameOf(index), inputs));
    return std::optional<std::string>();
  }
  std::vector<std::string> Notes() const override {
    if (opened_.note.empty()) return {};
    return {opened_.note};
  }

 private:
  std::string name_;
  Opened opened_;
};

class GroupsInFolder final : public SampleSource {
 public:
  GroupsInFolder(std::span<const SampleInput> inputs, Preprocess preprocess)
      : inputs_(inputs), preprocess_(std::move(preprocess)) {}

  Status Add(ArrayFiles files) {
    Group group{.files = std::move(files), .first = count_};
    bool damaged = false;
    const Result<Peeked> peeked =
        Peek(group.files, inputs_, preprocess_, damaged);
    if (peeked) {
      group.count = peeked->count;
      if (note_.empty()) note_ = peeked->note;
    } else if (damaged) {
      group.damage = ReasonFor(group.files.name, peeked.error());
    } else {
      return Fail(peeked.error());
    }
    if (group.count == 0) return {};
    count_ += group.count;
    groups_.push_back(std::move(group));
    return {};
  }

  int64_t Count() const override { return count_; }

  std::string NameOf(int64_t index) const override {
    const Group& group = GroupOf(index);
    return group.count == 1 ? group.files.name
                            : SampleName(group.files.name, index - group.first);
  }

  Result<std::optional<std::string>> Read(
      int64_t index,
      std::span<const std::span<uint8_t>> inputs) const override {
    using Reason = std::optional<std::string>;
    const Group& group = GroupOf(index);
    if (!group.damage.empty()) return Reason(group.damage);
    bool damaged = false;
    auto opened = OpenCached(group, damaged);
    if (!opened && damaged) {
      return Reason(ReasonFor(group.files.name, opened.error()));
    }
    if (!opened) return Fail(std::move(opened.error()));
    const SampleArrays& arrays = (*opened)->arrays;
    if (arrays.count() != group.count) {
      return Fail(ErrorCode::kInvalid,
                  group.files.name + " has changed while it was in use",
                  {.file = group.files.name});
    }
    TINYML_RETURN_IF_ERROR(
        arrays.Read(index - group.first, NameOf(index), inputs));
    return Reason();
  }

  std::vector<std::string> Notes() const override {
    if (note_.empty()) return {};
    return {note_};
  }

 private:
  struct Group {
    ArrayFiles files;
    int64_t first = 0;
    int64_t count = 1;
    std::string damage = {};  // Why it cannot be read.
  };
  using Shared = std::shared_ptr<const Opened>;

  const Group& GroupOf(int64_t index) const {
    const auto after =
        std::ranges::upper_bound(groups_, index, {}, &Group::first);
    return *std::prev(after);
  }

  // Unpacked archives of several samples are kept for a while, because their
  // other samples are read next.
  Result<Shared> OpenCached(const Group& group, bool& damaged) const {
    constexpr size_t kKept = 4;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [first, opened] : kept_) {
        if (first == group.first) return opened;
      }
    }
    TINYML_ASSIGN_OR_RETURN(Opened opened,
                            Open(group.files, inputs_, preprocess_, damaged));
    auto shared = std::make_shared<const Opened>(std::move(opened));
    if (shared->unpacked && group.count > 1) {
      const std::lock_guard lock(mutex_);
      kept_.emplace_front(group.first, shared);
      if (kept_.size() > kKept) kept_.pop_back();
    }
    return shared;
  }

  std::span<const SampleInput> inputs_;
  Preprocess preprocess_;
  std::vector<Group> groups_;
  int64_t count_ = 0;
  std::string note_;
  mutable std::mutex mutex_;
  mutable std::list<std::pair<int64_t, Shared>> kept_;
};

}  // namespace

Result<std::unique_ptr<SampleSource>> OpenArrays(
    const ArrayFiles& files, std::span<const SampleInput> inputs,
    const Preprocess& preprocess) {
  TINYML_RETURN_IF_ERROR(CheckPreprocess(preprocess));
  bool damaged = false;
  TINYML_ASSIGN_OR_RETURN(Opened opened,
                          Open(files, inputs, preprocess, damaged));
  return std::make_unique<OneGroup>(files.name, std::move(opened));
}

Result<std::unique_ptr<SampleSource>> OpenArrayFolder(
    std::vector<ArrayFiles> groups, std::span<const SampleInput> inputs,
    const Preprocess& preprocess) {
  TINYML_RETURN_IF_ERROR(CheckPreprocess(preprocess));
  auto source = std::make_unique<GroupsInFolder>(inputs, preprocess);
  for (ArrayFiles& files : groups) {
    TINYML_RETURN_IF_ERROR(source->Add(std::move(files)));
  }
  return source;
}

}  // namespace tinyml::samples
