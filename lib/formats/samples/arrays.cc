#include "formats/samples/arrays.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/checked.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/text.h"
#include "formats/samples/inputs.h"

namespace tinyml::samples {
namespace {

using Shape = std::vector<int64_t>;

Shape Wide(const SampleInput& input) {
  return {input.shape.begin(), input.shape.end()};
}

Shape WithoutOnes(std::span<const int64_t> shape) {
  Shape kept;
  std::copy_if(shape.begin(), shape.end(), std::back_inserter(kept),
               [](int64_t dim) { return dim != 1; });
  return kept;
}

bool Equal(std::span<const int64_t> a, std::span<const int64_t> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

// Whether `shape` says the elements of one sample in their order: axes of 1 may
// come and go, and all may be joined. Axes that are merely as many elements
// together would be a guess.
bool IsOneSample(std::span<const int64_t> shape, const SampleInput& input) {
  const auto elements = static_cast<int64_t>(ElementsOf(input));
  return Equal(WithoutOnes(shape), WithoutOnes(Wide(input))) ||
         Equal(WithoutOnes(shape), WithoutOnes(Shape{elements}));
}

tl::unexpected<Error> NotFinite(std::string_view name, size_t element,
                                double value, const SampleInput& input) {
  return FailInFile(std::string(name),
                    "element " + std::to_string(element) + " is " +
                        (std::isnan(value) ? "not a number" : "infinite") +
                        " for input " + Describe(input));
}

}  // namespace

std::optional<int64_t> SamplesIn(std::span<const int64_t> shape,
                                 const SampleInput& input) {
  // One sample without an axis that counts.
  if (Equal(shape, Wide(input))) return 1;
  if (!shape.empty() && IsOneSample(shape.subspan(1), input)) return shape[0];
  if (IsOneSample(shape, input)) return 1;
  return std::nullopt;
}

std::string WrongShape(std::string_view what, const SampleInput& input) {
  Shape wanted = Wide(input);
  if (!wanted.empty() && wanted[0] == 1) wanted.erase(wanted.begin());
  std::string shape = "[N";
  for (const int64_t dim : wanted) shape += "," + std::to_string(dim);
  return std::string(what) + " does not hold samples of input " +
         Describe(input) + ": expected " + shape + "], N of them";
}

Result<SampleArray> SampleArray::Create(NpyArray array,
                                        const SampleInput& input,
                                        const Preprocess& preprocess) {
  const auto count = SamplesIn(array.shape, input);
  if (!count) {
    return Fail(ErrorCode::kInvalid, WrongShape(npy::Describe(array), input));
  }
  SampleArray result(std::move(array), input, *count);
  const TensorType from = result.array_.type;
  if (preprocess.changes_values && TakesReals(input) &&
      (npy::IsFloat(from) || npy::IsInteger(from))) {
    const size_t channels =
        input.shape.empty() ? 1 : static_cast<size_t>(input.shape.back());
    TINYML_RETURN_IF_ERROR(CheckChannels(preprocess, channels, input));
    result.preprocess_ = preprocess;
    return result;
  }
  result.conversion_ = npy::Conversion::Find(
      from, input.type, input.quantization ? &*input.quantization : nullptr);
  if (!result.conversion_) {
    const bool integers = npy::IsInteger(from) && npy::IsFloat(input.type);
    return Fail(ErrorCode::kInvalid,
                npy::Describe(result.array_) +
                    " does not have the type of input " + Describe(input) +
                    (integers ? "; say what its integers stand for by "
                                "preprocessing, as scale=1/255 or scale=1"
                              : ""));
  }
  return result;
}

Status SampleArray::Read(int64_t index, std::string_view name,
                         std::span<uint8_t> bytes) const {
  const size_t size = ElementsOf(*input_) * npy::WidthOf(array_.type);
  const auto from =
      array_.bytes.subspan(static_cast<size_t>(index) * size, size);
  if (preprocess_) return ReadPreprocessed(from, name, bytes);
  if (const auto at = npy::FindNonFinite(array_.type, from)) {
    return NotFinite(name, *at, npy::ElementAt(array_.type, from, *at),
                     *input_);
  }
  if (const auto at = conversion_->Convert(from, bytes)) {
    return FailInFile(std::string(name), "element " + std::to_string(*at) +
                                             " does not fit into input " +
                                             Describe(*input_));
  }
  // A double may be too large for a float.
  if (const auto at = npy::FindNonFinite(input_->type, bytes)) {
    return NotFinite(name, *at, npy::ElementAt(input_->type, bytes, *at),
                     *input_);
  }
  return {};
}

Status SampleArray::ReadPreprocessed(std::span<const uint8_t> from,
                                     std::string_view name,
                                     std::span<uint8_t> bytes) const {
  std::vector<float> values(ElementsOf(*input_));
  const size_t channels =
      input_->shape.empty() ? 1 : static_cast<size_t>(input_->shape.back());
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(preprocess_->Apply(
        npy::ElementAt(array_.type, from, i), i % channels, 1));
  }
  return WriteReals(values, *input_, name, bytes);
}

Result<SampleArrays> SampleArrays::Create(std::vector<NpyArray> arrays,
                                          std::span<const SampleInput> inputs,
                                          const Preprocess& preprocess) {
  SampleArrays result;
  for (size_t i = 0; i < arrays.size(); ++i) {
    const std::string name = arrays[i].name;
    TINYML_ASSIGN_OR_RETURN(
        SampleArray array,
        SampleArray::Create(std::move(arrays[i]), inputs[i], preprocess));
    if (i == 0) {
      result.count_ = array.count();
    } else if (array.count() != result.count_) {
      return Fail(ErrorCode::kInvalid,
                  name + " has " + Counted(array.count(), "sample") +
                      " of input " + Describe(inputs[i]) + ", but there are " +
                      std::to_string(result.count_) + " of input " +
                      Describe(inputs[0]));
    }
    result.arrays_.push_back(std::move(array));
  }
  return result;
}

Status SampleArrays::Read(int64_t index, std::string_view name,
                          std::span<const std::span<uint8_t>> inputs) const {
  for (size_t i = 0; i < arrays_.size(); ++i) {
    TINYML_RETURN_IF_ERROR(arrays_[i].Read(index, name, inputs[i]));
  }
  return {};
}

}  // namespace tinyml::samples
