#include "runtime/targets/profile.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace tinyml {
namespace {

namespace fs = std::filesystem;

class ProfileTest : public ::testing::Test {
 protected:
  ProfileTest() {
    std::string pattern = fs::temp_directory_path() / "tinyml_profile_XXXXXX";
    dir_ = mkdtemp(pattern.data());
  }
  ~ProfileTest() override { fs::remove_all(dir_); }

  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(dir_ / name) << text;
    return dir_ / name;
  }
  // The sentence with which a profile of this text is refused, without the
  // name in front, or "" if it is not refused.
  std::string Refusal(const std::string& text) const {
    const std::string path = Write("own.json", text);
    const auto target = Target::Parse(path + "+reference");
    if (target) return "";
    const std::string& message = target.error().message;
    EXPECT_EQ(target.error().code, ErrorCode::kInvalid) << message;
    const std::string start = "profile " + path;
    EXPECT_TRUE(message.starts_with(start)) << message;
    return message.substr(std::min(message.size(), start.size()));
  }

  fs::path dir_;
};

TEST_F(ProfileTest, InheritsWhatItDoesNotSay) {
  const std::string path = Write("mine.json", R"({
      "schema_version": 1, "kind": "board", "name": "mine",
      "extends": "cortex-m4", "ram_bytes": 4096})");
  const auto target = Target::Parse(path);
  ASSERT_TRUE(target) << target.error().message;
  EXPECT_EQ(target->info().core, "cortex-m4");
  EXPECT_EQ(target->info().ram_bytes, 4096);
  EXPECT_EQ(target->info().kernels_name, "cmsis-nn");
}

TEST_F(ProfileTest, SwitchesToOtherKernels) {
  const auto target = Target::Parse(
      Write("mine.json", R"({"kind": "board", "extends": "cortex-m4"})") +
      "+reference");
  ASSERT_TRUE(target) << target.error().message;
  EXPECT_EQ(target->info().kernels_name, "reference");
}

TEST_F(ProfileTest, RefusesValuesOfTheWrongType) {
  EXPECT_EQ(Refusal(R"({"extends": "cortex-m4", "name": 5})"),
            ": 'name' must be a string");
  EXPECT_EQ(Refusal(R"({"extends": ["cortex-m4"]})"),
            ": 'extends' must be a string");
  EXPECT_EQ(Refusal(R"({"extends": "cortex-m4", "kernels": {"name": 5}})"),
            ": 'kernels.name' must be a string");
  EXPECT_EQ(Refusal(R"({"extends": "cortex-m4", "runtime": {"revision": 5}})"),
            ": 'runtime.revision' must be a string");
  EXPECT_EQ(Refusal(R"({"extends": "cortex-m4", "kernels": [1]})"),
            ": 'kernels' must be an object");
  EXPECT_EQ(Refusal(R"({"kind": "core", "abi": {}, "runtime": {}})"),
            ": 'kernels' must be an object");
  EXPECT_EQ(Refusal(R"([])"), " is not a JSON object");
}

TEST_F(ProfileTest, RefusesUnknownKeys) {
  EXPECT_EQ(Refusal(R"({"extends": "cortex-m4", "rom_bytes": 5})"),
            " has an unknown key 'rom_bytes'");
  EXPECT_EQ(Refusal(R"({"extends": "cortex-m4", "kernels": {"mve": true}})"),
            " has an unknown key 'kernels.mve'");
}

// Nested more deeply than the stack could copy.
TEST_F(ProfileTest, RefusesDeepNesting) {
  std::string text = R"({"extends": "cortex-m4", "sources": )";
  for (int i = 0; i < 100000; ++i) text += R"({"a":)";
  text += "1" + std::string(100000, '}') + "}";
  EXPECT_EQ(Refusal(text), " is nested too deep");
}

TEST_F(ProfileTest, RefusesAnEndlessInheritance) {
  const std::string path = dir_ / "own.json";
  EXPECT_EQ(Refusal("{\"extends\": \"" + path + "\"}"),
            ": 'extends' leads nowhere");
}

TEST_F(ProfileTest, NamesTheFaultOfWhatItExtends) {
  const std::string parent = Write("parent.json", R"({"kernels": [1]})");
  EXPECT_EQ(Refusal("{\"extends\": \"" + parent + "\"}"),
            " extends '" + parent + "': profile " + parent +
                ": 'kernels' must be an object");
}

}  // namespace
}  // namespace tinyml
