#include "formats/samples/folder.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/macros.h"
#include "base/text.h"
#include "formats/samples/inputs.h"

namespace tinyml::samples {
namespace {

namespace fs = std::filesystem;

struct Entry {
  std::string name;
  bool is_folder = false;
};

struct KindOfExtension {
  std::string_view extension;
  FolderKind kind;
};

constexpr std::array kKinds = {KindOfExtension{".npy", FolderKind::kArrays},
                               KindOfExtension{".npz", FolderKind::kArrays},
                               KindOfExtension{".png", FolderKind::kImages},
                               KindOfExtension{".jpg", FolderKind::kImages},
                               KindOfExtension{".jpeg", FolderKind::kImages},
                               KindOfExtension{".bmp", FolderKind::kImages},
                               KindOfExtension{".ppm", FolderKind::kImages},
                               KindOfExtension{".pgm", FolderKind::kImages},
                               KindOfExtension{".pnm", FolderKind::kImages},
                               KindOfExtension{".wav", FolderKind::kAudio}};

constexpr std::string_view kWhatCanBe =
    "arrays (.npy, .npz), images (.png, .jpg, .bmp, .ppm, .pgm) or .wav files";

std::string_view NameOfKind(FolderKind kind) {
  switch (kind) {
    case FolderKind::kArrays:
      return "arrays";
    case FolderKind::kImages:
      return "images";
    case FolderKind::kAudio:
      break;
  }
  return "WAV files";
}

std::optional<FolderKind> KindOf(const std::string& name) {
  std::string extension = fs::path(name).extension().string();
  std::ranges::transform(extension, extension.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const auto* const found =
      std::ranges::find(kKinds, extension, &KindOfExtension::extension);
  if (found == kKinds.end()) return std::nullopt;
  return found->kind;
}

std::string In(const std::string& folder, const std::string& name) {
  return folder.ends_with('/') ? folder + name : folder + "/" + name;
}

Result<std::vector<Entry>> List(const std::string& path) {
  std::vector<Entry> entries;
  std::error_code error;
  for (fs::directory_iterator at(path, error), end; !error && at != end;
       at.increment(error)) {
    std::string name = at->path().filename().string();
    if (name.starts_with('.')) continue;
    std::error_code ignored;
    entries.push_back({std::move(name), at->is_directory(ignored)});
  }
  if (error) {
    return Fail(ErrorCode::kIo,
                "cannot read the folder " + path + ": " + error.message());
  }
  if (entries.empty()) {
    return Fail(
        ErrorCode::kInvalid,
        path + " is an empty folder: samples are " + std::string(kWhatCanBe));
  }
  std::ranges::sort(entries, {}, &Entry::name);
  return entries;
}

// The kind that all of `entries`, files of `path`, have.
Result<FolderKind> CommonKind(const std::string& path,
                              const std::vector<Entry>& entries) {
  std::optional<FolderKind> common;
  for (const Entry& entry : entries) {
    if (entry.is_folder) {
      return Fail(ErrorCode::kInvalid,
                  In(path, Printable(entry.name)) +
                      " is a folder among samples: folders in a folder of "
                      "samples have the names of the model's inputs, and there "
                      "is one for each");
    }
    const auto kind = KindOf(entry.name);
    if (!kind) {
      return Fail(ErrorCode::kInvalid, In(path, Printable(entry.name)) +
                                           " is not a sample: a folder holds " +
                                           std::string(kWhatCanBe));
    }
    if (common && kind != common) {
      return Fail(ErrorCode::kInvalid,
                  path + " holds both " + std::string(NameOfKind(*common)) +
                      " (" + Printable(entries.front().name) + ") and " +
                      std::string(NameOfKind(*kind)) + " (" +
                      Printable(entry.name) +
                      "): a folder of samples has one kind of file");
    }
    common = kind;
  }
  return *common;
}

// Groups files of subfolders, one for each input, that have the same name.
Result<Folder> ScanSubfolders(const std::string& path,
                              const std::vector<Entry>& entries,
                              std::span<const SampleInput> inputs) {
  Folder folder;
  for (const Entry& entry : entries) {
    const bool is_input =
        entry.is_folder && std::ranges::any_of(inputs, [&](const auto& input) {
          return IsNamedBy(entry.name, input);
        });
    if (!is_input) {
      return Fail(
          ErrorCode::kInvalid,
          In(path, Printable(entry.name)) +
              " is not the folder of an input of the model, which has " +
              DescribeAll(inputs));
    }
  }
  std::string first_folder;
  for (const SampleInput& input : inputs) {
    const auto found = std::ranges::find_if(entries, [&](const Entry& entry) {
      return IsNamedBy(entry.name, input);
    });
    if (found == entries.end()) {
      return Fail(ErrorCode::kInvalid,
                  path + " has no folder for input " + Describe(input));
    }
    const std::string sub = In(path, found->name);
    TINYML_ASSIGN_OR_RETURN(const std::vector<Entry> files, List(sub));
    TINYML_ASSIGN_OR_RETURN(const FolderKind kind, CommonKind(sub, files));
    if (kind != FolderKind::kArrays) {
      return Fail(ErrorCode::kInvalid,
                  sub + " holds " + std::string(NameOfKind(kind)) +
                      "; the folder of an input holds .npy files");
    }
    if (first_folder.empty()) {
      first_folder = sub;
      for (const Entry& file : files) {
        folder.arrays.push_back({In(path, file.name), {}});
      }
    }
    for (size_t i = 0; i < std::max(files.size(), folder.arrays.size()); ++i) {
      const bool both = i < files.size() && i < folder.arrays.size();
      if (!both || folder.arrays[i].name != In(path, files[i].name)) {
        return Fail(ErrorCode::kInvalid,
                    first_folder + " and " + sub +
                        " do not have files of the same names");
      }
      folder.arrays[i].paths.push_back(In(sub, files[i].name));
    }
  }
  return folder;
}

// Arrays of a model with several inputs: a .npy for each, or archives.
Result<Folder> GroupByInput(const std::string& path,
                            const std::vector<Entry>& entries,
                            std::span<const SampleInput> inputs) {
  Folder folder;
  const bool archives = std::ranges::all_of(
      entries, [](const Entry& entry) { return entry.name.ends_with(".npz"); });
  if (archives) {
    for (const Entry& entry : entries) {
      const std::string file = In(path, entry.name);
      folder.arrays.push_back({file, {file}});
    }
    return folder;
  }
  ArrayFiles group{path, {}};
  for (const SampleInput& input : inputs) {
    const auto found = std::ranges::find_if(entries, [&](const Entry& entry) {
      return IsNamedBy(fs::path(entry.name).stem().string(), input);
    });
    if (found != entries.end()) group.paths.push_back(In(path, found->name));
  }
  if (group.paths.size() != inputs.size() || entries.size() != inputs.size()) {
    return Fail(ErrorCode::kInvalid,
                path + ": the model has " + std::to_string(inputs.size()) +
                    " inputs, " + DescribeAll(inputs) +
                    ": give .npz files, or a .npy or a folder of them with the "
                    "name of each input");
  }
  folder.arrays.push_back(std::move(group));
  return folder;
}

}  // namespace

Result<Folder> ScanFolder(const std::string& path,
                          std::span<const SampleInput> inputs) {
  TINYML_ASSIGN_OR_RETURN(const std::vector<Entry> entries, List(path));
  if (std::ranges::all_of(entries, &Entry::is_folder)) {
    return ScanSubfolders(path, entries, inputs);
  }
  TINYML_ASSIGN_OR_RETURN(const FolderKind kind, CommonKind(path, entries));
  if (kind == FolderKind::kArrays && inputs.size() > 1) {
    return GroupByInput(path, entries, inputs);
  }
  Folder folder;
  folder.kind = kind;
  for (const Entry& entry : entries) {
    const std::string file = In(path, entry.name);
    if (kind == FolderKind::kArrays) {
      folder.arrays.push_back({file, {file}});
    } else {
      folder.files.push_back(file);
    }
  }
  return folder;
}

}  // namespace tinyml::samples
