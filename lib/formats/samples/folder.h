// What lies in a folder of samples.
#ifndef TINYML_FORMATS_SAMPLES_FOLDER_H_
#define TINYML_FORMATS_SAMPLES_FOLDER_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "formats/samples/array_files.h"
#include "tinyml/samples.h"
#include "tinyml/status.h"

namespace tinyml::samples {

enum class FolderKind : uint8_t { kArrays, kImages, kAudio };

struct Folder {
  FolderKind kind = FolderKind::kArrays;
  std::vector<std::string> files;  // Of images and audio, sorted by name.
  std::vector<ArrayFiles> arrays;  // Of arrays, in the order of samples.
};

// Lists `path`, without hidden files. Fails with kIo, and with kInvalid for an
// empty folder, files of unknown or of different kinds, and arrays that cannot
// be told to belong to one input each.
Result<Folder> ScanFolder(const std::string& path,
                          std::span<const SampleInput> inputs);

}  // namespace tinyml::samples

#endif  // TINYML_FORMATS_SAMPLES_FOLDER_H_
