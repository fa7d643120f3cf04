#include "apps/tinyml/watched_samples.h"

#include "base/error.h"

namespace tinyml::cli {

Result<std::optional<std::string>> WatchedSamples::Read(
    int64_t index, std::span<const std::span<uint8_t>> inputs) const {
  auto read = source_->Read(index, inputs);
  if (!read || !read->has_value()) return read;
  const std::string name = NameOf(index);
  if (strict_) return FailInFile(name, **read);
  const std::lock_guard lock(mutex_);
  left_out_.emplace(index, name + ": " + **read);
  return read;
}

std::vector<std::string> WatchedSamples::LeftOut() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> reasons;
  for (const auto& [index, reason] : left_out_) reasons.push_back(reason);
  return reasons;
}

}  // namespace tinyml::cli
