// Libraries that are loaded when first needed, since few commands need them and
// each brings others: a program starts in a third of the time.
#ifndef TINYML_BASE_SHARED_LIBRARY_H_
#define TINYML_BASE_SHARED_LIBRARY_H_

#include <string>
#include <string_view>

#include "tinyml/status.h"

namespace tinyml {

// A library that stays loaded until the process ends. Debian's names follow a
// rule: libzip.so.4 is in the package libzip4.
class SharedLibrary {
 public:
  // Loads `soname`, which `user` (a plural: "WAV files") needs.
  SharedLibrary(const std::string& soname, std::string_view user);

  // Returns the function of that name; null after a failure, or if it is
  // missing, which is a failure too.
  template <typename Function>
  Function* Find(const char* name) {
    return reinterpret_cast<Function*>(Symbol(name));
  }

  // Whether it was loaded and has every function that was looked up; kIo, with
  // the package to install, if not.
  const Status& status() const { return status_; }

 private:
  void* Symbol(const char* name);
  void SetFailed();

  std::string soname_;
  std::string user_;
  void* handle_;
  Status status_;
};

}  // namespace tinyml

#endif  // TINYML_BASE_SHARED_LIBRARY_H_
