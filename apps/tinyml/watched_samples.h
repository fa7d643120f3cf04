// Samples, and what went wrong with them.
#ifndef TINYML_APPS_WATCHED_SAMPLES_H_
#define TINYML_APPS_WATCHED_SAMPLES_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tinyml/samples.h"

namespace tinyml::cli {

// Hands on the samples of another source and remembers which of them could not
// be read.
class WatchedSamples final : public SampleSource {
 public:
  // With `strict`, a sample that cannot be read fails.
  WatchedSamples(std::unique_ptr<SampleSource> source, bool strict)
      : source_(std::move(source)), strict_(strict) {}

  int64_t Count() const override { return source_->Count(); }
  std::string NameOf(int64_t index) const override {
    return source_->NameOf(index);
  }
  Result<std::optional<std::string>> Read(
      int64_t index, std::span<const std::span<uint8_t>> inputs) const override;
  std::vector<std::string> Notes() const override { return source_->Notes(); }

  // The samples that could not be read and why, in their order, each once.
  std::vector<std::string> LeftOut() const;

 private:
  std::unique_ptr<SampleSource> source_;
  bool strict_;
  mutable std::mutex mutex_;
  mutable std::map<int64_t, std::string> left_out_;
};

}  // namespace tinyml::cli

#endif  // TINYML_APPS_WATCHED_SAMPLES_H_
