#include "project/prepare.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "base/macros.h"
#include "base/sha256.h"
#include "formats/read_model.h"
#include "tinyml/convert.h"
#include "tinyml/quantize.h"
#include "tinyml/samples.h"

namespace tinyml::project {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxFolders = 32;

Status HashInto(const fs::path& path, const std::string& name, int depth,
                Sha256Stream& hash) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    TINYML_ASSIGN_OR_RETURN(const SharedBytes file,
                            ReadFile(path.string(), INT64_MAX));
    hash.Add(name + '\0' + std::to_string(file.bytes.size()) + '\0');
    hash.Add(file.bytes);
    return {};
  }
  if (depth == kMaxFolders) {
    return Fail(ErrorCode::kInvalid,
                path.string() + ": folders are nested too deep");
  }
  std::vector<fs::path> entries;
  fs::directory_iterator iterator(path, error);
  for (; !error && iterator != fs::directory_iterator();
       iterator.increment(error)) {
    entries.push_back(iterator->path());
  }
  if (error) {
    return Fail(ErrorCode::kIo,
                "cannot read " + path.string() + ": " + error.message());
  }
  std::ranges::sort(entries);
  for (const fs::path& entry : entries) {
    TINYML_RETURN_IF_ERROR(HashInto(
        entry, name + "/" + entry.filename().string(), depth + 1, hash));
  }
  return {};
}

Result<Model> Quantize(const ModelFile& file, const Project& project,
                       const ProjectQuantization& quantization, int threads,
                       const std::function<bool()>& goes_on) {
  QuantizationOptions options = quantization.options;
  options.threads = threads;
  options.progress = [&goes_on](std::string_view, int64_t, int64_t) {
    return goes_on();
  };
  TINYML_ASSIGN_OR_RETURN(
      const std::unique_ptr<SampleSource> samples,
      OpenSamples(PathIn(project, quantization.calibration),
                  SampleInputsOf(file.model), quantization.samples));
  TINYML_ASSIGN_OR_RETURN(QuantizeResult result,
                          QuantizeModel(file.model, samples.get(), options));
  return std::move(result.model);
}

Result<ModelFile> Make(const Project& project, const ProjectModel& model,
                       int threads, const std::function<bool()>& goes_on,
                       LockedModel& locked) {
  const std::string path = PathIn(project, model.path);
  TINYML_ASSIGN_OR_RETURN(const SharedBytes source, ReadFile(path));
  locked.source_sha256 = Sha256Hex(source.bytes);
  locked.settings_sha256 = model.settings_sha256;
  TINYML_ASSIGN_OR_RETURN(ModelFile file, ReadModel(source, path, model.onnx));
  if (model.quantization) {
    TINYML_ASSIGN_OR_RETURN(
        locked.calibration_sha256,
        HashOfPath(PathIn(project, model.quantization->calibration)));
    TINYML_ASSIGN_OR_RETURN(
        const Model quantized,
        Quantize(file, project, *model.quantization, threads, goes_on));
    TINYML_ASSIGN_OR_RETURN(file, MakeModelFile(quantized, path));
  }
  TINYML_ASSIGN_OR_RETURN(file, PrepareModel(std::move(file), model.prepare));
  // Most models are embedded as they are.
  locked.embedded_sha256 = std::ranges::equal(file.bytes, source.bytes)
                               ? locked.source_sha256
                               : Sha256Hex(file.bytes);
  locked.embedded_bytes = static_cast<int64_t>(file.bytes.size());
  return file;
}

}  // namespace

PreparedModel Prepare(const Project& project, const ProjectModel& model,
                      int threads, const std::function<bool()>& goes_on) {
  PreparedModel prepared;
  auto file = Make(project, model, threads, goes_on, prepared.locked);
  if (!file) {
    const bool refused = file.error().code == ErrorCode::kUnsupported;
    prepared.failure = {
        refused ? FindingKind::kRefused : FindingKind::kUnreadable,
        !refused || !model.allow_refused, std::move(file.error().message)};
    return prepared;
  }
  prepared.file = std::move(*file);
  return prepared;
}

Result<std::string> HashOfPath(const std::string& path) {
  Sha256Stream hash;
  TINYML_RETURN_IF_ERROR(HashInto(path, "", 0, hash));
  return hash.Finish();
}

Result<std::string> HashOfOutput(const OutputFile& file) {
  Sha256Stream hash;
  TINYML_RETURN_IF_ERROR(
      file.produce([&hash](std::string_view piece) -> Status {
        hash.Add(piece);
        return {};
      }));
  return hash.Finish();
}

}  // namespace tinyml::project
