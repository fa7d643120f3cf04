// How the library reports failure: as values, never as exceptions.
//
// Every fallible function returns Result<T> (or Status, for no value). An Error
// carries a category, which a program maps to an exit code, one sentence that a
// user can act on, and what that sentence is about, so that no program has to
// read it out of the words. All types here are plain values; they may be copied
// and used from any thread.
#ifndef TINYML_STATUS_H_
#define TINYML_STATUS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "tinyml/operator_id.h"

namespace tinyml {

// What kind of failure it is.
enum class ErrorCode {
  kUsage,        // The caller asked for something that does not exist.
  kInvalid,      // The input is not a well-formed model or profile.
  kUnsupported,  // The input is well-formed, but the runtime refuses it.
  kIo,           // A file cannot be read or written.
  kInternal,     // A defect of this library.
};

// What an error is about, as far as that is known.
struct ErrorSubject {
  std::string file;               // Path, or member of an archive.
  std::optional<OperatorId> op;   // Of a model in the TFLite format.
  std::optional<int32_t> tensor;  // Index in the subgraph of `op`, or in 0.

  friend bool operator==(const ErrorSubject&, const ErrorSubject&) = default;
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  // One sentence without a final full stop: what is wrong and where.
  std::string message;
  ErrorSubject subject = {};

  friend bool operator==(const Error&, const Error&) = default;
};

template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

// Builds the error side of a Result: `return Fail(ErrorCode::kIo, "...")`.
inline tl::unexpected<Error> Fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message), {}});
}
inline tl::unexpected<Error> Fail(ErrorCode code, std::string message,
                                  ErrorSubject subject) {
  return tl::unexpected<Error>(
      Error{code, std::move(message), std::move(subject)});
}
inline tl::unexpected<Error> Fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace tinyml

#endif  // TINYML_STATUS_H_
