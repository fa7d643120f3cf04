#include "tinyml/model_file.h"

#include <filesystem>
#include <iterator>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/sha256.h"
#include "base/text.h"
#include "formats/onnx/import.h"
#include "formats/onnx/lowering.h"
#include "formats/read_model.h"
#include "formats/tflite/identify.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"

namespace tinyml {

namespace {

Result<ModelFile> ReadOnnx(const SharedBytes& file, ModelFile model_file,
                           const std::string& folder,
                           const OnnxOptions& options) {
  auto imported = onnx_import::ImportOnnx(file.bytes, folder, options);
  if (!imported) {
    return Fail(InFile(model_file.name, std::move(imported.error())));
  }
  if (const Status valid = ValidateModel(imported->model); !valid) {
    return FailInFile(
        model_file.name,
        "importing the ONNX model made a faulty one: " + valid.error().message,
        ErrorCode::kInternal);
  }
  model_file.model = std::move(imported->model);
  TINYML_ASSIGN_OR_RETURN(std::vector<uint8_t> bytes,
                          WriteTflite(model_file.model));
  const SharedBytes written = ShareBytes(std::move(bytes));
  model_file.owner = written.owner;
  model_file.bytes = written.bytes;
  model_file.warnings = std::move(imported->notes);
  model_file.from_onnx = true;
  model_file.transposes = std::move(imported->transposes);
  return model_file;
}

// Says what was read; the hash is worked out for that alone.
void LogRead(const SharedBytes& file, const ModelFile& model_file,
             const Stopwatch& stopwatch) {
  if (!IsLogged(LogLevel::kInfo)) return;
  int64_t operators = 0;
  int64_t tensors = 0;
  for (const Subgraph& graph : model_file.model.subgraphs) {
    operators += std::ssize(graph.operators);
    tensors += std::ssize(graph.tensors);
  }
  Log(LogLevel::kInfo, "read {}: {}, {} bytes, SHA-256 {} {}", model_file.name,
      model_file.from_onnx ? "ONNX" : "TFLite", file.bytes.size(),
      Sha256Hex(file.bytes), stopwatch.Text());
  Log(LogLevel::kInfo, "{}, {}, {}",
      Counted(std::ssize(model_file.model.subgraphs), "subgraph"),
      Counted(operators, "operator"), Counted(tensors, "tensor"));
}

// External data of ONNX models lies in `folder`.
Result<ModelFile> Read(const SharedBytes& file, std::string name,
                       const std::string& folder, const OnnxOptions& options) {
  const Stopwatch stopwatch;
  ModelFile model_file;
  model_file.name = std::move(name);
  if (IdentifyContent(file.bytes) == ContentKind::kOnnx) {
    Result<ModelFile> imported =
        ReadOnnx(file, std::move(model_file), folder, options);
    if (imported) LogRead(file, *imported, stopwatch);
    return imported;
  }
  ReadReport report;
  TINYML_ASSIGN_OR_RETURN(model_file.model,
                          ReadTflite(file, model_file.name, &report));
  model_file.owner = file.owner;
  model_file.bytes = file.bytes;
  model_file.warnings = std::move(report.warnings);
  model_file.dropped = std::move(report.dropped);
  model_file.misaligned = report.misaligned;
  LogRead(file, model_file, stopwatch);
  return model_file;
}

}  // namespace

Result<ModelFile> ReadModelFile(const std::string& path,
                                const OnnxOptions& options) {
  TINYML_ASSIGN_OR_RETURN(const SharedBytes file, ReadFile(path));
  return ReadModel(file, path, options);
}

Result<ModelFile> ReadModel(const SharedBytes& file, const std::string& path,
                            const OnnxOptions& options) {
  if (path == "-") return Read(file, std::string(kStandardInput), "", options);
  return Read(file, path, std::filesystem::path(path).parent_path().string(),
              options);
}

Result<ModelFile> ReadModelBytes(std::span<const uint8_t> bytes,
                                 std::shared_ptr<const void> owner,
                                 std::string name, const OnnxOptions& options) {
  if (static_cast<int64_t>(bytes.size()) > kMaxModelFileBytes) {
    return Fail(ErrorCode::kInvalid, name + " is larger than a model can be");
  }
  // Tensors lie in the file as the format aligns them, to at most 16 bytes.
  constexpr uintptr_t kAlignment = 16;
  if (reinterpret_cast<uintptr_t>(bytes.data()) % kAlignment != 0) {
    return ReadModelBytes(std::vector<uint8_t>(bytes.begin(), bytes.end()),
                          std::move(name), options);
  }
  return Read({std::move(owner), bytes}, std::move(name), "", options);
}

Result<ModelFile> ReadModelBytes(std::vector<uint8_t> bytes, std::string name,
                                 const OnnxOptions& options) {
  SharedBytes shared = ShareBytes(std::move(bytes));
  return ReadModelBytes(shared.bytes, std::move(shared.owner), std::move(name),
                        options);
}

std::vector<OnnxOperatorInfo> ListOnnxOperators() {
  std::vector<OnnxOperatorInfo> list;
  for (const onnx_import::OnnxOperator* op : onnx_import::AllOnnxOperators()) {
    list.push_back({op->name, op->becomes, op->restrictions});
  }
  return list;
}

std::string Sha256(std::span<const uint8_t> bytes) { return Sha256Hex(bytes); }

}  // namespace tinyml
