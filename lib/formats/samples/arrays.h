// Arrays whose first axis counts samples.
#ifndef TINYML_FORMATS_SAMPLES_ARRAYS_H_
#define TINYML_FORMATS_SAMPLES_ARRAYS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/npy/conversion.h"
#include "formats/samples/preprocess.h"
#include "tinyml/npy.h"
#include "tinyml/samples.h"
#include "tinyml/status.h"

namespace tinyml::samples {

// How many samples of `input` an array of `shape` holds; nothing if it does not
// hold any. Beside [N, ...] with the input's shape after N, the input's own
// batch of 1 may be missing, the whole may be a single sample, and axes of 1
// may be missing or all axes be one, as [N,490] for [1,49,10,1].
std::optional<int64_t> SamplesIn(std::span<const int64_t> shape,
                                 const SampleInput& input);

// What is wrong with an array that `what` describes and SamplesIn refuses.
std::string WrongShape(std::string_view what, const SampleInput& input);

// The samples of one input.
class SampleArray {
 public:
  // Fails with kInvalid where the shape or the type does not fit `input`, which
  // must outlive the object, and with kUsage where preprocessing does not.
  static Result<SampleArray> Create(NpyArray array, const SampleInput& input,
                                    const Preprocess& preprocess);

  int64_t count() const { return count_; }
  // Writes sample `index`, which messages call `name`. Fails with kInvalid for
  // a value that is not finite or does not fit the input's type.
  Status Read(int64_t index, std::string_view name,
              std::span<uint8_t> bytes) const;

 private:
  SampleArray(NpyArray array, const SampleInput& input, int64_t count)
      : array_(std::move(array)), input_(&input), count_(count) {}
  Status ReadPreprocessed(std::span<const uint8_t> from, std::string_view name,
                          std::span<uint8_t> bytes) const;

  NpyArray array_;
  const SampleInput* input_;
  int64_t count_;
  // One of the two.
  std::optional<npy::Conversion> conversion_;
  std::optional<Preprocess> preprocess_;
};

// An array for each input, with the same number of samples.
class SampleArrays {
 public:
  // Fails as SampleArray, and with kInvalid where numbers of samples differ.
  static Result<SampleArrays> Create(std::vector<NpyArray> arrays,
                                     std::span<const SampleInput> inputs,
                                     const Preprocess& preprocess);

  int64_t count() const { return count_; }
  Status Read(int64_t index, std::string_view name,
              std::span<const std::span<uint8_t>> inputs) const;

 private:
  std::vector<SampleArray> arrays_;
  int64_t count_ = 0;
};

}  // namespace tinyml::samples

#endif  // TINYML_FORMATS_SAMPLES_ARRAYS_H_
