// Some of the samples of a source.
#ifndef TINYML_QUANTIZE_SAMPLE_SUBSET_H_
#define TINYML_QUANTIZE_SAMPLE_SUBSET_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tinyml/samples.h"

namespace tinyml::quantize {

class SampleSubset : public SampleSource {
 public:
  // `all` must outlive the subset; `indices` are of its samples.
  SampleSubset(const SampleSource& all, std::vector<int64_t> indices)
      : all_(all), indices_(std::move(indices)) {}

  int64_t Count() const override { return std::ssize(indices_); }
  std::string NameOf(int64_t index) const override {
    return all_.NameOf(At(index));
  }
  Result<std::optional<std::string>> Read(
      int64_t index,
      std::span<const std::span<uint8_t>> inputs) const override {
    return all_.Read(At(index), inputs);
  }

 private:
  int64_t At(int64_t index) const { return indices_[index]; }

  const SampleSource& all_;
  std::vector<int64_t> indices_;
};

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_SAMPLE_SUBSET_H_
