// How the library reports failure: as values, never as exceptions.
//
// Every fallible function returns Result<T> (or Status, for no value). An Error
// carries a category, which a program maps to an exit code, one sentence that a
// user can act on, and the file, operator or tensor that it is about, so that
// no program has to parse the sentence. All types here are plain values; they
// may be copied and used from any thread.
#ifndef TINYML_STATUS_H_
#define TINYML_STATUS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
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
  kInternal,     // A bug in this library.
  kCancelled,    // The caller's progress callback asked to stop.
};

// What an error is about, as far as known.
struct ErrorSubject {
  std::string file = {};                // Path, or the name of a sample.
  std::optional<OperatorId> op = {};    // Of a model in the TFLite format.
  std::optional<TensorId> tensor = {};  // Likewise.

  friend bool operator==(const ErrorSubject&, const ErrorSubject&) = default;
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  // One sentence without a final full stop: what is wrong and where.
  std::string message;
  ErrorSubject subject = {};
  // Where in `message` the reason begins, after the name of the subject; 0 if
  // the message does not start with one.
  size_t reason_at = 0;

  // The message without the name of its subject.
  std::string_view Reason() const {
    return std::string_view(message).substr(
        reason_at < message.size() ? reason_at : 0);
  }

  friend bool operator==(const Error&, const Error&) = default;
};

template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

// Builds the error side of a Result: `return Fail(ErrorCode::kIo, "...")`.
inline tl::unexpected<Error> Fail(ErrorCode code, std::string message,
                                  ErrorSubject subject = {}) {
  return tl::unexpected<Error>(
      Error{code, std::move(message), std::move(subject)});
}
inline tl::unexpected<Error> Fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace tinyml

#endif  // TINYML_STATUS_H_
