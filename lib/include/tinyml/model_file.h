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

// The order of the axes of an ONNX model's inputs and outputs.
enum class IoLayout : uint8_t {
  kChannelsLast,  // As the runtime's convolutions expect, and sensors deliver.
  kOriginal,      // As in the ONNX model.
};

// How ONNX models are imported.
struct OnnxOptions {
  struct InputShape {
    std::string name;
    std::vector<int64_t> shape;  // In ONNX's order.
  };
  IoLayout io_layout = IoLayout::kChannelsLast;
  std::vector<InputShape>
      input_shapes;  // For inputs that leave dimensions open.
};

// A plain value; copying one copies the model's structure and shares its bytes.
struct ModelFile {
  std::string name;  // The name in messages: the path, or kStandardInput.
  std::shared_ptr<const void> owner;
  // The whole .tflite file, kept alive by `owner`; for an ONNX model, the file
  // that its import makes.
  std::span<const uint8_t> bytes;
  Model model;
  // What a user should know about it, one sentence each.
  std::vector<std::string> warnings;
  // What the file holds and `model` does not: rewriting loses this.
  std::vector<std::string> dropped;
  // Whether the file has numbers that are not aligned as the format requires:
  // PrepareModel writes it anew.
  bool misaligned = false;
  // For an ONNX model: why each TRANSPOSE is there, one sentence each.
  bool from_onnx = false;
  std::vector<std::string> transposes;
};

// Reads and validates the model at `path` ("-": standard input), TFLite or
// ONNX, recognised by its contents. Fails with kIo, with kInvalid for a damaged
// model, and with kUnsupported for an ONNX model that the runtime cannot
// express.
TINYML_API Result<ModelFile> ReadModelFile(const std::string& path,
                                           const OnnxOptions& options = {});

// The same for a model in memory, which messages call `name`. Nothing is
// copied: the result, and every model and buffer copied from it, shares
// `bytes`, which `owner` keeps alive. A null `owner` says that the caller does,
// as for an array that is part of the program. (Bytes whose address is not a
// multiple of 16 are copied, and nothing of an ONNX model is shared. Its
// external data is looked for in the working directory.)
TINYML_API Result<ModelFile> ReadModelBytes(std::span<const uint8_t> bytes,
                                            std::shared_ptr<const void> owner,
                                            std::string name,
                                            const OnnxOptions& options = {});
// Takes ownership of `bytes`.
TINYML_API Result<ModelFile> ReadModelBytes(std::vector<uint8_t> bytes,
                                            std::string name,
                                            const OnnxOptions& options = {});

// An ONNX operator that can be imported, what it becomes, and its limits.
struct OnnxOperatorInfo {
  std::string_view name;
  std::string_view becomes;
  std::string_view restrictions;
};
TINYML_API std::vector<OnnxOperatorInfo> ListOnnxOperators();

// Returns the SHA-256 of `bytes` as 64 lower-case hexadecimal digits.
TINYML_API std::string Sha256(std::span<const uint8_t> bytes);

}  // namespace tinyml

#endif  // TINYML_MODEL_FILE_H_
