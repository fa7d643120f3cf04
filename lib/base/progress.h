// Telling a caller how far a call is, and whether the caller cancels it.
#ifndef TINYML_BASE_PROGRESS_H_
#define TINYML_BASE_PROGRESS_H_

#include <cstdint>

#include "tinyml/progress.h"
#include "tinyml/status.h"

namespace tinyml {

// Calls `progress`, unless it is null. Fails with kCancelled if that says so.
inline Status Report(const Progress& progress, int64_t done, int64_t of) {
  if (!progress || progress(done, of)) return {};
  return Fail(ErrorCode::kCancelled, "cancelled");
}

}  // namespace tinyml

#endif  // TINYML_BASE_PROGRESS_H_
