// Where tests find their files.
//
//   std::string model = TestdataPath("sine_float.tflite");
//   TINYML_REQUIRE_SHARED(shared);   // Skips the test, visibly, without it.
//   std::string golden = *shared + "/golden/...";
#ifndef TINYML_TESTS_SUPPORT_PATHS_H_
#define TINYML_TESTS_SUPPORT_PATHS_H_

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

namespace tinyml::testing {

// The path of a file of the source tree.
std::string SourcePath(std::string_view name);

// The path of a file in testdata/.
std::string TestdataPath(std::string_view name);

// The folder of shared material: $TINYML_SHARED, otherwise ../shared beside the
// repository; nothing if that folder does not exist.
std::optional<std::string> SharedDir();

// Skips the running test where the shared folder is absent; otherwise defines
// `name` as its path.
#define TINYML_REQUIRE_SHARED(name)                                     \
  const std::optional<std::string> name = tinyml::testing::SharedDir(); \
  if (!name.has_value()) GTEST_SKIP() << "no shared folder: set TINYML_SHARED"

}  // namespace tinyml::testing

#endif  // TINYML_TESTS_SUPPORT_PATHS_H_
