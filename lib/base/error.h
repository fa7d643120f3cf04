// Errors that carry their subject.
#ifndef TINYML_BASE_ERROR_H_
#define TINYML_BASE_ERROR_H_

#include <string>
#include <string_view>

#include "tinyml/status.h"

namespace tinyml {

// "name: reason", about `subject`.
tl::unexpected<Error> FailAbout(ErrorSubject subject, std::string_view name,
                                ErrorCode code, std::string_view reason);

// About a file: "path: reason".
tl::unexpected<Error> FailInFile(const std::string& path,
                                 std::string_view reason,
                                 ErrorCode code = ErrorCode::kInvalid);

// `error` with "name: " before its message; its subject stays.
Error Within(std::string_view name, Error error);

// The same, with the file as its subject.
Error InFile(const std::string& path, Error error);

}  // namespace tinyml

#endif  // TINYML_BASE_ERROR_H_
