#include "tests/support/paths.h"

#include <cstdlib>
#include <filesystem>

namespace tinyml::testing {

std::string SourcePath(std::string_view name) {
  return std::string(TINYML_SOURCE_DIR "/").append(name);
}

std::string TestdataPath(std::string_view name) {
  return SourcePath("testdata/").append(name);
}

std::optional<std::string> SharedDir() {
  const char* given = std::getenv("TINYML_SHARED");
  const std::string path =
      given != nullptr ? given : TINYML_SOURCE_DIR "/../shared";
  if (!std::filesystem::is_directory(path)) return std::nullopt;
  return path;
}

}  // namespace tinyml::testing
