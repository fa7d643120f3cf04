#include "tinyml/model_file.h"

#include <filesystem>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/macros.h"
#include "base/sha256.h"
#include "formats/onnx/import.h"
#include "formats/onnx/lowering.h"
#include "formats/tflite/identify.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"

namespace tinyml {

namespace {

Result<ModelFile> ReadOnnxFile(const SharedBytes& file, ModelFile model_file,
                               const std::string& path,
                               const OnnxOptions& options) {
  const std::string folder =
      path == "-" ? "" : std::filesystem::path(path).parent_path().string();
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

}  // namespace

Result<ModelFile> ReadModelFile(const std::string& path,
                                const OnnxOptions& options) {
  TINYML_ASSIGN_OR_RETURN(const SharedBytes file, ReadFile(path));
  ModelFile model_file;
  model_file.name = path == "-" ? std::string(kStandardInput) : path;
  if (IdentifyContent(file.bytes) == ContentKind::kOnnx) {
    return ReadOnnxFile(file, std::move(model_file), path, options);
  }
  ReadReport report;
  TINYML_ASSIGN_OR_RETURN(model_file.model,
                          ReadTflite(file, model_file.name, &report));
  model_file.owner = file.owner;
  model_file.bytes = file.bytes;
  model_file.warnings = std::move(report.warnings);
  model_file.dropped = std::move(report.dropped);
  return model_file;
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
