#include "formats/samples/images.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/file.h"
#include "base/macros.h"
#include "formats/samples/decode_image.h"
#include "formats/samples/inputs.h"
#include "formats/samples/resize.h"

namespace tinyml::samples {
namespace {

// How an input holds an image.
struct ImageShape {
  int height = 0;
  int width = 0;
  int channels = 0;
  bool channels_first = false;
};

bool IsChannels(int32_t dim) { return dim == 1 || dim == 3 || dim == 4; }

// The image that `input` takes; where the channels could lie at either end they
// are last.
std::optional<ImageShape> ShapeOf(const SampleInput& input) {
  std::span<const int32_t> shape = input.shape;
  if (shape.size() == 4 && shape[0] == 1) shape = shape.subspan(1);
  if (shape.size() == 3 && IsChannels(shape[2])) {
    return ImageShape{shape[0], shape[1], shape[2], false};
  }
  if (shape.size() == 3 && IsChannels(shape[0])) {
    return ImageShape{shape[1], shape[2], shape[0], true};
  }
  if (shape.size() == 2 && shape[0] > 1 && shape[1] > 1) {
    return ImageShape{shape[0], shape[1], 1, false};
  }
  return std::nullopt;
}

class Images final : public SampleSource {
 public:
  Images(std::vector<std::string> files, const SampleInput& input,
         ImageShape shape, Preprocess preprocess)
      : files_(std::move(files)),
        input_(input),
        shape_(shape),
        preprocess_(std::move(preprocess)) {}

  int64_t Count() const override { return static_cast<int64_t>(files_.size()); }
  std::string NameOf(int64_t index) const override { return files_[index]; }

  Result<std::optional<std::string>> Read(
      int64_t index,
      std::span<const std::span<uint8_t>> inputs) const override {
    const std::string& name = files_[index];
    TINYML_ASSIGN_OR_RETURN(const SharedBytes file, ReadFile(name));
    const auto image = DecodeImage(file.bytes, shape_.channels);
    if (!image) return std::optional(image.error());
    const std::vector<float> pixels =
        Resize(*image, shape_.width, shape_.height);
    TINYML_RETURN_IF_ERROR(
        WriteReals(Arrange(pixels), input_, name, inputs[0]));
    return std::optional<std::string>();
  }

 private:
  // The values of the input from rows of pixels.
  std::vector<float> Arrange(const std::vector<float>& pixels) const {
    const size_t channels = shape_.channels;
    const size_t area = pixels.size() / channels;
    const double default_scale = IsReal(input_) ? 1.0 / 255 : 1;
    std::vector<float> values(pixels.size());
    for (size_t i = 0; i < area; ++i) {
      for (size_t c = 0; c < channels; ++c) {
        const size_t from = preprocess_.bgr && c < 3 ? 2 - c : c;
        values[shape_.channels_first ? c * area + i : i * channels + c] =
            static_cast<float>(preprocess_.Apply(pixels[i * channels + from], c,
                                                 default_scale));
      }
    }
    return values;
  }

  std::vector<std::string> files_;
  const SampleInput& input_;
  ImageShape shape_;
  Preprocess preprocess_;
};

}  // namespace

Result<std::unique_ptr<SampleSource>> OpenImages(
    std::vector<std::string> files, std::span<const SampleInput> inputs,
    const Preprocess& preprocess) {
  if (inputs.size() != 1) {
    return Fail(ErrorCode::kInvalid,
                "a folder of images is for a model with one input; this one "
                "has " +
                    DescribeAll(inputs));
  }
  const SampleInput& input = inputs[0];
  const auto shape = ShapeOf(input);
  if (!shape || !TakesReals(input)) {
    return Fail(ErrorCode::kInvalid,
                "input " + Describe(input) +
                    " takes no images: they need [1,height,width,channels] "
                    "with 1, 3 or 4 channels");
  }
  if (preprocess.rate || preprocess.windows) {
    return Fail(ErrorCode::kUsage,
                "preprocessing: rate and windows are for WAV files, and the "
                "samples are images");
  }
  if (preprocess.bgr && shape->channels < 3) {
    return Fail(ErrorCode::kUsage, "preprocessing: bgr is for colours, and " +
                                       Describe(input) + " has none");
  }
  TINYML_RETURN_IF_ERROR(
      CheckChannels(preprocess, static_cast<size_t>(shape->channels), input));
  return std::make_unique<Images>(std::move(files), input, *shape, preprocess);
}

}  // namespace tinyml::samples
