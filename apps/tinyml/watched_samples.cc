#include "apps/tinyml/watched_samples.h"

namespace tinyml::cli {

Result<std::optional<std::string>> WatchedSamples::Read(
    int64_t index, std::span<const std::span<uint8_t>> inputs) const {
  auto read = source_->Read(index, inputs);
  std::string reason;
  if (read && read->has_value()) {
    reason = NameOf(index) + ": " + **read;
    if (strict_) read = Fail(ErrorCode::kInvalid, reason);
  }
  if (!read || read->has_value()) {
    const std::lock_guard lock(mutex_);
    if (!read) {
      failed_ = true;
    } else {
      left_out_.emplace(index, std::move(reason));
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
  return failed_ || static_cast<int64_t>(left_out_.size()) == Count();
}

}  // namespace tinyml::cli
