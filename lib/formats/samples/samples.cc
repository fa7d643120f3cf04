// Opens samples of any kind.
#include "tinyml/samples.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/macros.h"
#include "base/text.h"
#include "formats/npy/conversion.h"
#include "formats/samples/array_files.h"
#include "formats/samples/audio.h"
#include "formats/samples/folder.h"
#include "formats/samples/images.h"
#include "formats/samples/inputs.h"
#include "formats/samples/preprocess.h"
#include "tinyml/npy.h"

namespace tinyml {
namespace {

using Inputs = std::shared_ptr<const std::vector<SampleInput>>;

// What callers hold: keeps the inputs that the samples are made for, and
// chooses as many of them as are wanted.
class ChosenSamples final : public SampleSource {
 public:
  ChosenSamples(Inputs inputs, std::unique_ptr<SampleSource> all,
                std::optional<int64_t> limit)
      : inputs_(std::move(inputs)),
        all_(std::move(all)),
        count_(std::min(all_->Count(), limit.value_or(all_->Count()))) {}

  int64_t Count() const override { return count_; }
  std::string NameOf(int64_t index) const override {
    return all_->NameOf(Chosen(index));
  }
  Result<std::optional<std::string>> Read(
      int64_t index,
      std::span<const std::span<uint8_t>> inputs) const override {
    bool fits =
        index >= 0 && index < count_ && inputs.size() == inputs_->size();
    for (size_t i = 0; fits && i < inputs.size(); ++i) {
      fits = inputs[i].size() == samples::BytesOf((*inputs_)[i]);
    }
    if (!fits) {
      return Fail(ErrorCode::kInternal,
                  "a sample does not match the inputs of the model");
    }
    auto read = all_->Read(Chosen(index), inputs);
    if (!read && read.error().subject.file.empty()) {
      read.error().subject.file = NameOf(index);
    }
    return read;
  }
  std::vector<std::string> Notes() const override { return all_->Notes(); }

 private:
  // Evenly spread, the first one included.
  int64_t Chosen(int64_t index) const {
    __extension__ typedef __int128 Wide;  // NOLINT: no `using` for it.
    return static_cast<int64_t>(Wide{index} * all_->Count() / count_);
  }

  Inputs inputs_;
  std::unique_ptr<SampleSource> all_;
  int64_t count_;
};

Result<std::unique_ptr<SampleSource>> OpenAll(
    const std::string& path, std::span<const SampleInput> inputs,
    const samples::Preprocess& preprocess) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found || error) {
    return Fail(ErrorCode::kIo,
                "cannot open " + path + ": " +
                    (error ? error.message() : "No such file or directory"));
  }
  if (std::filesystem::is_regular_file(status)) {
    return samples::OpenArrays({path, {path}}, inputs, preprocess);
  }
  if (!std::filesystem::is_directory(status)) {
    return Fail(ErrorCode::kInvalid,
                path + " is neither a file nor a folder of samples");
  }
  TINYML_ASSIGN_OR_RETURN(samples::Folder folder,
                          samples::ScanFolder(path, inputs));
  if (folder.kind == samples::FolderKind::kArrays) {
    return samples::OpenArrayFolder(std::move(folder.arrays), inputs,
                                    preprocess);
  }
  auto source =
      folder.kind == samples::FolderKind::kImages
          ? samples::OpenImages(std::move(folder.files), inputs, preprocess)
          : samples::OpenAudio(std::move(folder.files), inputs, preprocess);
  if (!source && source.error().code == ErrorCode::kInvalid) {
    return Fail(InFile(path, std::move(source.error())));
  }
  return source;
}

}  // namespace

std::vector<SampleInput> SampleInputsOf(const Model& model) {
  std::vector<SampleInput> inputs;
  if (model.subgraphs.empty()) return inputs;
  const Subgraph& graph = model.subgraphs[0];
  for (const TensorIndex index : graph.inputs) {
    if (index < 0 || static_cast<size_t>(index) >= graph.tensors.size()) {
      continue;
    }
    const Tensor& tensor = graph.tensors[index];
    inputs.push_back(
        {tensor.name, tensor.type, tensor.shape, tensor.quantization});
  }
  return inputs;
}

Result<std::unique_ptr<SampleSource>> OpenSamples(
    const std::string& path, std::span<const SampleInput> inputs,
    const SampleOptions& options) {
  TINYML_RETURN_IF_ERROR(samples::CheckInputs(inputs));
  if (options.limit && *options.limit < 1) {
    return Fail(ErrorCode::kUsage, "the number of samples must be at least 1");
  }
  TINYML_ASSIGN_OR_RETURN(const samples::Preprocess preprocess,
                          samples::ParsePreprocess(options.preprocess));
  const auto owned = std::make_shared<const std::vector<SampleInput>>(
      inputs.begin(), inputs.end());
  TINYML_ASSIGN_OR_RETURN(std::unique_ptr<SampleSource> all,
                          OpenAll(path, *owned, preprocess));
  if (all->Count() == 0) {
    return Fail(ErrorCode::kInvalid, path +
                                         " has no samples: its first axis "
                                         "is 0");
  }
  return std::make_unique<ChosenSamples>(owned, std::move(all), options.limit);
}

Result<std::vector<int64_t>> ReadLabels(const std::string& path) {
  TINYML_ASSIGN_OR_RETURN(const NpyArray array, ReadNpy(path));
  const bool flat = array.shape.size() == 1 ||
                    (array.shape.size() == 2 && array.shape[1] == 1);
  if (!flat || !npy::IsInteger(array.type)) {
    return Fail(ErrorCode::kInvalid,
                npy::Describe(array) +
                    " holds no labels: expected an integer for each sample");
  }
  std::vector<int64_t> labels(static_cast<size_t>(array.shape[0]));
  const auto conversion =
      npy::Conversion::Find(array.type, TensorType::kInt64, nullptr);
  auto beyond = conversion->Convert(array.bytes,
                                    {reinterpret_cast<uint8_t*>(labels.data()),
                                     labels.size() * sizeof(int64_t)});
  const auto negative =
      std::ranges::find_if(labels, [](int64_t label) { return label < 0; });
  if (!beyond && negative != labels.end()) {
    beyond = static_cast<size_t>(negative - labels.begin());
  }
  if (beyond) {
    return Fail(ErrorCode::kInvalid, npy::Describe(array) + ": label " +
                                         std::to_string(*beyond) +
                                         " is not a class");
  }
  return labels;
}

}  // namespace tinyml
