#include "formats/npy/file_name.h"

namespace tinyml::npy {

std::string FileNameOf(std::string_view name) {
  std::string file;
  for (const char c : name.substr(0, 100)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') || c == '-' || c == '.';
    file += plain ? c : '_';
  }
  return file;
}

}  // namespace tinyml::npy
