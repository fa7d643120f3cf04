// Tells a caller how far a call has come, and asks whether to cancel it.
#ifndef TINYML_BASE_PROGRESS_H_
#define TINYML_BASE_PROGRESS_H_

#include <cstdint>

#include "tinyml/progress.h"
#include "tinyml/status.h"

namespace tinyml {

// Calls `progress`, unless it is null. Fails with kCancelled if it returns
// false.
inline Status Report(const Progress& progress, int64_t done, int64_t of) {
  if (!progress || progress(done, of)) return {};
  return Fail(ErrorCode::kCancelled, "cancelled");
}

}  // namespace tinyml

#endif  // TINYML_BASE_PROGRESS_H_
