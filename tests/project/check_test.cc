#include "tinyml/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "project/prepare.h"
#include "tests/support/paths.h"
#include "tinyml/version.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

// A project in a folder of its own.
class CheckTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const ::testing::TestInfo* info =
        ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(::testing::TempDir()) /
              (std::string("tinyml_check_") + info->name() + "_" +
               std::to_string(getpid()));
    fs::create_directories(folder_);
    Copy("keyword_int8.tflite", "keywords.tflite");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void Copy(const std::string& from, const std::string& to) {
    fs::copy_file(testing::TestdataPath(from), folder_ / to,
                  fs::copy_options::overwrite_existing);
  }
  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }
  Project Read(const std::string& text) {
    auto project = ReadProject(Write("tinyml.json", text));
    if (!project) {
      ADD_FAILURE() << project.error().message;
      return {};
    }
    return std::move(*project);
  }
  static std::vector<FindingKind> KindsOf(
      const std::vector<Finding>& findings) {
    std::vector<FindingKind> kinds;
    for (const Finding& finding : findings) kinds.push_back(finding.kind);
    return kinds;
  }

  fs::path folder_;
};

constexpr const char* kPlain =
    R"({"schema_version": 1, "targets": ["cortex-m4"],
        "models": ["keywords.tflite"]})";

TEST_F(CheckTest, KeysLeaveOutRevisionsAndNothingElse) {
  const Project project = Read(
      R"({"schema_version": 1, "targets": [
          "cortex-m4:runtime=2024-01,abi.short_enums=false",
          "esp32s3:kernels.revision=1.1.2", "esp32s3",
          "cortex-m7:runtime=2024-01"], "models": ["keywords.tflite"]})");
  std::vector<std::string> keys;
  for (const ProjectTarget& target : project.models.at(0).targets) {
    keys.push_back(target.key);
  }
  // The second and the third would be the same.
  EXPECT_THAT(keys, ElementsAre("cortex-m4:abi.short_enums=false",
                                "esp32s3:kernels.revision=1.1.2", "esp32s3",
                                "cortex-m7"));
}

TEST_F(CheckTest, ModelsInheritBudgetsAndTargets) {
  const Project project = Read(
      R"({"schema_version": 1, "budget": "96K",
          "targets": ["cortex-m4", {"target": "cortex-m7", "budget": 5}],
          "models": ["keywords.tflite",
                     {"path": "a.b.onnx", "budget": 7},
                     {"path": "x/c", "targets": ["cortex-m0"]}]})");
  ASSERT_EQ(project.models.size(), 3U);
  EXPECT_EQ(project.models[0].targets[0].budget_bytes, 96 * 1024);
  EXPECT_EQ(project.models[0].targets[1].budget_bytes, 5);
  EXPECT_EQ(project.models[1].name, "a.b");
  EXPECT_EQ(project.models[1].targets[1].budget_bytes, 7);
  EXPECT_EQ(project.models[2].name, "c");
  EXPECT_EQ(project.models[2].targets.size(), 1U);
  EXPECT_EQ(project.models[2].targets[0].budget_bytes, 96 * 1024);
}

TEST_F(CheckTest, SettingsChangeTheirHashAndBudgetsDoNot) {
  const auto hash = [&](const std::string& fields) {
    return Read(R"({"schema_version": 1, "targets": ["cortex-m4"],
                    "models": [{"path": "keywords.tflite")" +
                fields + "}]}")
        .models.at(0)
        .settings_sha256;
  };
  const std::string plain = hash("");
  EXPECT_EQ(hash(R"(, "budget": 1)"), plain);
  EXPECT_NE(hash(R"(, "strip": true)"), plain);
  EXPECT_NE(hash(R"(, "outputs": ["a.h"])"), plain);
  EXPECT_NE(hash(R"(, "quantize": {"calibration": "x"})"), plain);
  EXPECT_NE(hash(R"(, "onnx": {"io_layout": "original"})"), plain);
}

TEST_F(CheckTest, ALockSurvivesWritingAndReading) {
  const CheckResult result = CheckProject(Read(kPlain), nullptr).value();
  EXPECT_TRUE(Passes(result.document));
  const auto read =
      ReadLock(Write("tinyml.lock.json", FormatLock(result.lock)));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->models, result.lock.models);
  EXPECT_EQ(read->tool_version, TINYML_VERSION_STRING);
}

TEST_F(CheckTest, ThreadsDoNotChangeTheResult) {
  Copy("sine_float.tflite", "sine.tflite");
  Copy("hybrid_refused.tflite", "hybrid.tflite");
  Write("broken.tflite", "nothing");
  const Project project = Read(
      R"({"schema_version": 1,
          "targets": ["cortex-m4", "cortex-m55", "esp32s3", "x86-64"],
          "models": ["keywords.tflite", "sine.tflite", "hybrid.tflite",
                     "broken.tflite"]})");
  const CheckResult one =
      CheckProject(project, nullptr, {.threads = 1}).value();
  int64_t last = 0;
  int64_t of = 0;
  const CheckResult many = CheckProject(project, nullptr,
                                        {.threads = 7,
                                         .progress =
                                             [&](int64_t done, int64_t all) {
                                               EXPECT_GT(done, last);
                                               last = done;
                                               of = all;
                                               return true;
                                             }})
                               .value();
  EXPECT_EQ(last, of);
  EXPECT_EQ(of, 4 * (1 + 4));
  EXPECT_EQ(FormatCheck(one.document, CheckFormat::kJson),
            FormatCheck(many.document, CheckFormat::kJson));
  EXPECT_EQ(FormatLock(one.lock), FormatLock(many.lock));
  EXPECT_FALSE(one.lock.models.contains("broken"));
  EXPECT_THAT(KindsOf(one.document.models.at(2).targets.at(0).findings),
              ElementsAre(FindingKind::kRefused));
  EXPECT_THAT(KindsOf(one.document.models.at(3).findings),
              ElementsAre(FindingKind::kUnreadable));
}

TEST_F(CheckTest, ProgressCancels) {
  Copy("sine_float.tflite", "sine.tflite");
  const Project project = Read(
      R"({"schema_version": 1, "targets": ["cortex-m4", "esp32s3", "x86-64"],
          "models": ["keywords.tflite", "sine.tflite"]})");
  for (const int threads : {1, 7}) {
    for (const int64_t last : {1, 4, 8}) {
      const auto result = CheckProject(
          project, nullptr,
          {.threads = threads,
           .progress = [&](int64_t done, int64_t) { return done < last; }});
      ASSERT_FALSE(result.has_value()) << threads << " " << last;
      EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
      EXPECT_EQ(result.error().message, "cancelled");
    }
  }
}

TEST_F(CheckTest, AnUnreadableModelKeepsItsLock) {
  const Project project = Read(kPlain);
  const CheckResult before = CheckProject(project, nullptr).value();
  Write("keywords.tflite", "nothing");
  const CheckResult after =
      CheckProject(project, &before.lock, {.update = true}).value();
  EXPECT_FALSE(Passes(after.document));
  EXPECT_EQ(after.lock.models, before.lock.models);
}

TEST_F(CheckTest, SaysWhichPartOfAGrowthIsTheRevisions) {
  const char* const kOld =
      R"({"schema_version": 1, "targets": ["esp32s3:kernels.revision=1.1.2"],
          "models": ["keywords.tflite"]})";
  const char* const kNew = R"({"schema_version": 1, "targets": ["esp32s3"],
          "models": ["keywords.tflite"]})";
  Lock lock = CheckProject(Read(kOld), nullptr).value().lock;
  LockedTarget& locked = lock.models.at("keywords").targets.at("esp32s3");
  CheckResult result = CheckProject(Read(kNew), &lock).value();
  const CheckedTarget& target = result.document.models.at(0).targets.at(0);
  const int64_t change =
      target.now.required_arena_bytes - locked.required_arena_bytes;
  ASSERT_NE(change, 0);
  ASSERT_EQ(target.findings.size(), 1U);
  EXPECT_THAT(target.findings[0].what, HasSubstr("esp-nn "));
  EXPECT_THAT(target.findings[0].what, HasSubstr(" alone ("));
  EXPECT_EQ(target.findings[0].kind,
            change > 0 ? FindingKind::kGrew : FindingKind::kRevision);
  EXPECT_TRUE(target.findings[0].by_revision);
  EXPECT_EQ(Passes(result.document), change < 0);

  // A figure that neither revision gives is not due to the revisions.
  locked.required_arena_bytes += 1600;
  result = CheckProject(Read(kNew), &lock).value();
  EXPECT_THAT(KindsOf(result.document.models.at(0).targets.at(0).findings),
              ElementsAre(FindingKind::kNotReproducible));
  locked.required_arena_bytes -= 1600;

  locked.required_arena_bytes -= 1600;
  lock.models.at("keywords").source_sha256 = std::string(64, '0');
  result = CheckProject(Read(kNew), &lock).value();
  const Finding& both = result.document.models.at(0).targets.at(0).findings[0];
  EXPECT_THAT(both.what, HasSubstr("+1,600 by the model changed, "));
  EXPECT_THAT(both.what, HasSubstr(" by esp-nn "));
  EXPECT_FALSE(both.by_revision);
}

TEST_F(CheckTest, FiguresThatNothingExplainsAreNotReproducible) {
  const Project project = Read(kPlain);
  Lock lock = CheckProject(project, nullptr).value().lock;
  lock.models.at("keywords").targets.at("cortex-m4").arena_used_bytes += 4;
  const CheckResult result = CheckProject(project, &lock).value();
  EXPECT_FALSE(Passes(result.document));
  EXPECT_THAT(KindsOf(result.document.models.at(0).targets.at(0).findings),
              ElementsAre(FindingKind::kNotReproducible));
  // Another version of this program may well compute something else.
  lock.tool_version = "0.0.1";
  const CheckResult other = CheckProject(project, &lock).value();
  EXPECT_THAT(other.document.models.at(0).targets.at(0).findings.at(0).what,
              HasSubstr("tinyml 0.0.1 -> "));
}

TEST_F(CheckTest, AnUpdateSettlesGrowthAndNotABudget) {
  const Project project = Read(
      R"({"schema_version": 1, "targets": ["cortex-m4"], "budget": "8K",
          "models": ["keywords.tflite"]})");
  const CheckResult over =
      CheckProject(project, nullptr, {.update = true}).value();
  EXPECT_FALSE(Passes(over.document));
  const Project plain = Read(kPlain);
  Lock lock = over.lock;
  lock.models.at("keywords").source_sha256 = std::string(64, '0');
  lock.models.at("keywords").targets.at("cortex-m4").required_arena_bytes = 16;
  EXPECT_FALSE(Passes(CheckProject(plain, &lock).value().document));
  EXPECT_TRUE(
      Passes(CheckProject(plain, &lock, {.update = true}).value().document));
}

TEST_F(CheckTest, HashesOfFoldersDependOnNamesAndContents) {
  fs::create_directories(folder_ / "samples" / "a");
  Write("samples/a/1", "x");
  Write("samples/2", "y");
  const std::string path = (folder_ / "samples").string();
  const auto before = project::HashOfPath(path);
  ASSERT_TRUE(before);
  EXPECT_EQ(*project::HashOfPath(path), *before);
  fs::rename(folder_ / "samples/a/1", folder_ / "samples/a/3");
  const auto renamed = project::HashOfPath(path);
  EXPECT_NE(*renamed, *before);
  Write("samples/2", "z");
  EXPECT_NE(*project::HashOfPath(path), *renamed);
  EXPECT_FALSE(project::HashOfPath(path + "/none"));
}

TEST_F(CheckTest, XmlAndMarkdownKeepTheirShapeWhateverNamesSay) {
  const Project project = Read(
      R"({"schema_version": 1, "targets": ["cortex-m4"], "models": [
          {"path": "none", "name": "a|b<c>&\"d\"\u0001\u001b[31m"}]})");
  const CheckResult result = CheckProject(project, nullptr).value();
  const std::string xml = FormatCheck(result.document, CheckFormat::kJunit);
  EXPECT_THAT(xml, HasSubstr("a|b&lt;c&gt;&amp;&quot;d&quot;"));
  EXPECT_EQ(xml.find('\x1b'), std::string::npos);
  const std::string text = FormatCheck(result.document, CheckFormat::kText);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_THAT(FormatCheck(result.document, CheckFormat::kMarkdown),
              HasSubstr("a\\|b&lt;c>"));
}

}  // namespace
}  // namespace tinyml
