// Applications that use the runtime in their own way, and what they change.
#include "runtime/targets/applications.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "tests/support/paths.h"
#include "tinyml/arena.h"
#include "tinyml/model_file.h"

namespace tinyml::runtime {
namespace {

using ::testing::HasSubstr;

ArenaReport Size(const std::string& spec, const std::string& model) {
  const auto target = tinyml::Target::Parse(spec);
  EXPECT_TRUE(target) << target.error().message;
  const auto file = ReadModelFile(testing::TestdataPath(model));
  EXPECT_TRUE(file) << file.error().message;
  const auto report = SizeArena(file->model, *target);
  EXPECT_TRUE(report) << report.error().message;
  return report ? *report : ArenaReport();
}

TEST(ApplicationsTest, AreTheFilesOfTheSourceTree) {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(
           testing::SourcePath("lib/runtime/applications"))) {
    std::ifstream in(entry.path(), std::ios::binary);
    files.emplace(std::istreambuf_iterator<char>(in),
                  std::istreambuf_iterator<char>());
  }
  EXPECT_EQ(files, std::set<std::string>(kEmbeddedApplications.begin(),
                                         kEmbeddedApplications.end()));
  const auto parsed = ParseApplications(kEmbeddedApplications);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->size(), files.size());
}

TEST(ApplicationsTest, RefusesMalformedFiles) {
  const std::string_view text =
      R"({"schema_version": 1, "name": "a", "title": "A", "sources": [],
          "resource_variables": -1})";
  const auto parsed = ParseApplications({&text, 1});
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(parsed.error().message, HasSubstr("resource_variables"));
}

TEST(ApplicationsTest, AreNamedWhereOneIsUnknown) {
  const auto unknown = tinyml::Target::Parse("esp32s3:application=esphone");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kUsage);
  EXPECT_THAT(unknown.error().message,
              HasSubstr("there is no application 'esphone' (there are: "));
  EXPECT_THAT(unknown.error().message, HasSubstr("esphome"));
}

TEST(ApplicationsTest, WithoutAnArenaAreRefused) {
  const auto eon =
      tinyml::Target::Parse("cortex-m4:application=edge-impulse-eon");
  ASSERT_FALSE(eon);
  EXPECT_EQ(eon.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(eon.error().message, HasSubstr("without an interpreter"));
}

// The list of resource variables is in an arena of 1 KiB and not in the tensor
// arena: MicroAllocator::Create() and MicroResourceVariables of 20, on a
// 32-bit chip 36 + 24 + 32 (allocators and planner) and 12 + 20 * 20 bytes
// before alignment.
TEST(ApplicationsTest, EspHomeHasASecondArena) {
  const ArenaReport with =
      Size("esp32s3:application=esphome", "control_flow.tflite");
  ASSERT_TRUE(with.resource_arena_bytes);
  EXPECT_GT(*with.resource_arena_bytes, 20 * 20);
  EXPECT_LE(*with.resource_arena_bytes, 1024);
  EXPECT_EQ(with.resource_variables, 20);
  const ArenaReport without =
      Size("esp32s3:runtime=esphome-1.3.3", "control_flow.tflite");
  EXPECT_FALSE(without.resource_arena_bytes);
  EXPECT_LT(with.arena_used_bytes, without.arena_used_bytes);
}

TEST(ApplicationsTest, BringTheirRuntimeUnlessAnotherIsNamed) {
  EXPECT_EQ(
      tinyml::Target::Parse("esp32s3:application=esphome")->info().distribution,
      "esphome-1.3.3");
  const auto other =
      tinyml::Target::Parse("esp32s3:application=esphome,runtime=1.3.4");
  ASSERT_TRUE(other) << other.error().message;
  EXPECT_EQ(other->info().distribution, "");
  EXPECT_EQ(other->info().runtime_release, "1.3.4");
  EXPECT_EQ(other->info().application.resource_variables, 20);
}

}  // namespace
}  // namespace tinyml::runtime
