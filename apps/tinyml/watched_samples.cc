#include "apps/tinyml/watched_samples.h"

namespace tinyml::cli {

Result<std::optional<std::string>> WatchedSamples::Read(
    int64_t index, std::span<const std::span<uint8_t>> inputs) const {
  auto read = source_->Read(index, inputs);
  if (read && read->has_value() && strict_) {
    read = Fail(ErrorCode::kInvalid, **read);
  }
  if (!read || read->has_value()) {
    const std::lock_guard lock(mutex_);
    if (!read) {
      failed_ = true;
    } else {
      left_out_.emplace(index, **read);
    }
  }
  return read;
}

std::vector<std::string> WatchedSamples::LeftOut() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> reasons;
  for (const auto& [index, reason] : left_out_) reasons.push_back(reason);
  return reasons;
}

bool WatchedSamples::HasFailed() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

}  // namespace tinyml::cli
