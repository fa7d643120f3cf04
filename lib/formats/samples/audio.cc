#include "formats/samples/audio.h"

#include <sndfile.h>

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

#include "base/macros.h"
#include "base/shared_library.h"
#include "base/text.h"
#include "formats/samples/inputs.h"

namespace tinyml::samples {
namespace {

// The functions of libsndfile, which is loaded when the first file is read.
#define SF_FUNCTION(name) \
  decltype(sf_##name)* name = library.Find<decltype(sf_##name)>("sf_" #name)
struct Sndfile {
  SharedLibrary library = {TINYML_SNDFILE_SONAME, "WAV files"};
  SF_FUNCTION(open);
  SF_FUNCTION(close);
  SF_FUNCTION(seek);
  SF_FUNCTION(readf_float);
  SF_FUNCTION(strerror);
};
#undef SF_FUNCTION

const Sndfile& Sf() {
  static Sndfile functions;
  return functions;
}

struct CloseFile {
  void operator()(SNDFILE* file) const { Sf().close(file); }
};

struct OpenedFile {
  std::unique_ptr<SNDFILE, CloseFile> file;
  SF_INFO info = {};
};

// Opens a file, or says why it cannot be read. The library keeps the reason of
// a failure in a variable of its own, hence the lock.
tl::expected<OpenedFile, std::string> OpenFile(const std::string& path) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  OpenedFile opened;
  opened.file.reset(Sf().open(path.c_str(), SFM_READ, &opened.info));
  if (!opened.file) {
    std::string reason = Sf().strerror(nullptr);
    if (reason.ends_with('.')) reason.pop_back();
    return tl::unexpected<std::string>(reason);
  }
  constexpr int kMostChannels = 256;
  if (opened.info.channels < 1 || opened.info.channels > kMostChannels) {
    return tl::unexpected<std::string>(std::to_string(opened.info.channels) +
                                       " channels cannot be mixed");
  }
  return opened;
}

class Audio final : public SampleSource {
 public:
  Audio(const SampleInput& input, Preprocess preprocess)
      : input_(input),
        length_(ElementsOf(input)),
        preprocess_(std::move(preprocess)) {}

  void Add(std::string path) {
    int64_t count = 1;
    if (preprocess_.windows) {
      const auto opened = OpenFile(path);
      if (opened) {
        count = std::max<int64_t>(
            1, opened->info.frames / static_cast<int64_t>(length_));
      }
    }
    files_.push_back({std::move(path), count_, count});
    count_ += count;
  }

  int64_t Count() const override { return count_; }
  std::string NameOf(int64_t index) const override {
    const File& file = FileOf(index);
    if (file.count == 1) return file.path;
    return file.path + ", window " + std::to_string(index - file.first);
  }

  Result<std::optional<std::string>> Read(
      int64_t index,
      std::span<const std::span<uint8_t>> inputs) const override {
    using Reason = std::optional<std::string>;
    const File& file = FileOf(index);
    auto opened = OpenFile(file.path);
    if (!opened) return Reason(std::move(opened.error()));
    if (preprocess_.rate && opened->info.samplerate != *preprocess_.rate) {
      return Fail(ErrorCode::kInvalid,
                  file.path + " has " +
                      std::to_string(opened->info.samplerate) +
                      " samples per second instead of " +
                      std::to_string(*preprocess_.rate) + "; resample it");
    }
    const int64_t start = (index - file.first) * static_cast<int64_t>(length_);
    if (start > 0 && Sf().seek(opened->file.get(), start, SEEK_SET) != start) {
      return Reason("the file ends too early");
    }
    std::vector<float> values = ReadMono(*opened);
    if (values.empty()) return Reason("the file has no samples");
    values.resize(length_);
    for (float& value : values) {
      value = static_cast<float>(preprocess_.Apply(value, 0, DefaultScale()));
    }
    TINYML_RETURN_IF_ERROR(
        WriteReals(values, input_, NameOf(index), inputs[0]));
    return Reason();
  }

 private:
  struct File {
    std::string path;
    int64_t first = 0;
    int64_t count = 1;
  };

  const File& FileOf(int64_t index) const {
    return *std::prev(
        std::ranges::upper_bound(files_, index, {}, &File::first));
  }

  // Integers that stand for themselves are PCM values.
  double DefaultScale() const {
    if (IsReal(input_)) return 1;
    return input_.type == TensorType::kInt8 ? 128 : 32768;
  }

  // At most `length_` values from where the file stands.
  std::vector<float> ReadMono(const OpenedFile& opened) const {
    const size_t channels = opened.info.channels;
    constexpr size_t kBlock = 4096;
    std::vector<float> frames(kBlock * channels);
    std::vector<float> mono;
    while (mono.size() < length_) {
      const auto wanted =
          static_cast<sf_count_t>(std::min(kBlock, length_ - mono.size()));
      const sf_count_t got =
          Sf().readf_float(opened.file.get(), frames.data(), wanted);
      for (size_t i = 0; i < static_cast<size_t>(std::max<sf_count_t>(got, 0));
           ++i) {
        float sum = 0;
        for (size_t c = 0; c < channels; ++c) sum += frames[i * channels + c];
        mono.push_back(sum / static_cast<float>(channels));
      }
      if (got < wanted) break;
    }
    return mono;
  }

  const SampleInput& input_;
  size_t length_;
  Preprocess preprocess_;
  std::vector<File> files_;
  int64_t count_ = 0;
};

}  // namespace

Result<std::unique_ptr<SampleSource>> OpenAudio(
    std::vector<std::string> files, std::span<const SampleInput> inputs,
    const Preprocess& preprocess) {
  TINYML_RETURN_IF_ERROR(Sf().library.status());
  if (inputs.size() != 1) {
    return Fail(ErrorCode::kInvalid,
                "a folder of WAV files is for a model with one input; this one "
                "has " +
                    DescribeAll(inputs));
  }
  const SampleInput& input = inputs[0];
  const auto axes =
      std::ranges::count_if(input.shape, [](int32_t dim) { return dim != 1; });
  if (axes > 1 || !TakesReals(input) ||
      (!IsReal(input) && input.type == TensorType::kUInt8)) {
    return Fail(ErrorCode::kInvalid,
                "input " + Describe(input) +
                    " takes no waveforms, which are [1,N]: for a model of "
                    "features give these as .npy files");
  }
  if (preprocess.bgr) {
    return Fail(ErrorCode::kUsage,
                "preprocessing: bgr is for images, and the samples are WAV "
                "files");
  }
  TINYML_RETURN_IF_ERROR(CheckChannels(preprocess, 1, input));
  auto audio = std::make_unique<Audio>(input, preprocess);
  for (std::string& file : files) audio->Add(std::move(file));
  return audio;
}

}  // namespace tinyml::samples
