#include "base/error.h"

#include <utility>

namespace tinyml {
namespace {

constexpr std::string_view kSeparator = ": ";

}  // namespace

tl::unexpected<Error> FailAbout(ErrorSubject subject, std::string_view name,
                                ErrorCode code, std::string_view reason) {
  return Fail(Within(name, {code, std::string(reason), std::move(subject)}));
}

tl::unexpected<Error> FailInFile(const std::string& path,
                                 std::string_view reason, ErrorCode code) {
  return FailAbout({.file = path}, path, code, reason);
}

Error Within(std::string_view name, Error error) {
  error.message.insert(0, kSeparator).insert(0, name);
  error.reason_at += name.size() + kSeparator.size();
  return error;
}

Error InFile(const std::string& path, Error error) {
  error = Within(path, std::move(error));
  error.subject.file = path;
  return error;
}

}  // namespace tinyml
