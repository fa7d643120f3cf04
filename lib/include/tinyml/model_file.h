// A model together with the bytes of the file that it came from.
#ifndef TINYML_MODEL_FILE_H_
#define TINYML_MODEL_FILE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tinyml/export.h"
#include "tinyml/model.h"
#include "tinyml/status.h"

namespace tinyml {

// The name of a model that was read from "-".
inline constexpr std::string_view kStandardInput = "standard input";

// A plain value; copying one copies the model's structure and shares its bytes.
struct ModelFile {
  std::string name;  // As messages name it: the path, or kStandardInput.
  std::shared_ptr<const void> owner;
  std::span<const uint8_t> bytes;  // The whole file, kept alive by `owner`.
  Model model;
  // What a user should know about it, one sentence each.
  std::vector<std::string> warnings;
  // What the file holds and `model` does not: writing it again loses this.
  std::vector<std::string> dropped;
};

// Reads and validates the model at `path` ("-": standard input), whose kind is
// told from its contents. Fails with kIo, kInvalid, or, for a model in a format
// that cannot be read yet, kUnsupported.
TINYML_API Result<ModelFile> ReadModelFile(const std::string& path);

// Returns the SHA-256 of `bytes` as 64 lower-case hexadecimal digits.
TINYML_API std::string Sha256(std::span<const uint8_t> bytes);

}  // namespace tinyml

#endif  // TINYML_MODEL_FILE_H_
