#include "base/shared_library.h"

#include <dlfcn.h>
#include <fmt/format.h>

namespace tinyml {

SharedLibrary::SharedLibrary(const std::string& soname, std::string_view user)
    : soname_(soname),
      user_(user),
      handle_(dlopen(soname.c_str(), RTLD_NOW | RTLD_LOCAL)) {
  if (handle_ == nullptr) SetFailed();
}

void* SharedLibrary::Symbol(const char* name) {
  if (handle_ == nullptr) return nullptr;
  void* const symbol = dlsym(handle_, name);
  if (symbol == nullptr && status_) SetFailed();
  return symbol;
}

void SharedLibrary::SetFailed() {
  const char* const why = dlerror();
  std::string package = soname_;
  if (const size_t at = package.find(".so."); at != std::string::npos) {
    package.erase(at, 4);
  }
  status_ = Fail(ErrorCode::kIo,
                 fmt::format("{} need the Debian package {}: {}", user_,
                             package, why == nullptr ? soname_ : why));
}

}  // namespace tinyml
