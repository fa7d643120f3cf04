#include "runtime/targets/embedded_profiles.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "tests/support/paths.h"

namespace tinyml::runtime {
namespace {

namespace fs = std::filesystem;

// The build must embed each file, whole and once, including one just added.
TEST(EmbeddedProfilesTest, AreTheFilesOfTheSourceTree) {
  std::map<std::string, std::string> files;
  const fs::path folder = testing::SourcePath("lib/runtime/profiles");
  for (const char* kind : {"boards", "cores"}) {
    for (const auto& entry : fs::directory_iterator(folder / kind)) {
      if (entry.path().extension() != ".json") continue;
      std::ifstream in(entry.path(), std::ios::binary);
      const bool added =
          files
              .emplace(entry.path().stem(),
                       std::string{std::istreambuf_iterator<char>(in), {}})
              .second;
      EXPECT_TRUE(added) << entry.path() << ": the name is a core's too";
    }
  }
  std::map<std::string, std::string> embedded;
  for (const EmbeddedProfile& profile : kEmbeddedProfiles) {
    embedded.emplace(profile.name, profile.json);
  }
  EXPECT_EQ(embedded.size(), kEmbeddedProfiles.size());
  EXPECT_EQ(embedded, files);
}

}  // namespace
}  // namespace tinyml::runtime
