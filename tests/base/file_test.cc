#include "base/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace tinyml {
namespace {

namespace fs = std::filesystem;

// A folder for each test, removed with everything in it at the end.
class FileTest : public ::testing::Test {
 protected:
  FileTest() {
    std::string pattern = fs::temp_directory_path() / "tinyml_file_XXXXXX";
    dir_ = mkdtemp(pattern.data());
  }
  ~FileTest() override { fs::remove_all(dir_); }

  std::string Path(const std::string& name) const { return dir_ / name; }
  static std::string Content(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void Put(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
  }
  size_t FilesInDir() const {
    return static_cast<size_t>(
        std::distance(fs::directory_iterator(dir_), fs::directory_iterator()));
  }

  fs::path dir_;
};

TEST_F(FileTest, ReadsWhatWasWritten) {
  Put(Path("a"), std::string("x\0y", 3));
  const Result<SharedBytes> read = ReadFile(Path("a"));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(std::string(read->bytes.begin(), read->bytes.end()),
            std::string("x\0y", 3));
}

TEST_F(FileTest, AnEmptyFileIsNoBytes) {
  Put(Path("empty"), "");
  const Result<SharedBytes> read = ReadFile(Path("empty"));
  ASSERT_TRUE(read.has_value());
  EXPECT_TRUE(read->bytes.empty());
}

TEST_F(FileTest, SaysWhyAFileCannotBeRead) {
  const Result<SharedBytes> missing = ReadFile(Path("missing"));
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, ErrorCode::kIo);
  EXPECT_EQ(missing.error().message,
            "cannot open " + Path("missing") + ": No such file or directory");

  const Result<SharedBytes> directory = ReadFile(dir_);
  ASSERT_FALSE(directory.has_value());
  EXPECT_EQ(directory.error().code, ErrorCode::kIo);
  EXPECT_EQ(directory.error().message,
            dir_.string() + " is a directory, not a file");
}

TEST_F(FileTest, RefusesAFileOverTheLimitWithoutReadingIt) {
  Put(Path("sparse"), "x");
  fs::resize_file(Path("sparse"), uint64_t{3} << 30);
  const Result<SharedBytes> read = ReadFile(Path("sparse"));
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, ErrorCode::kInvalid);
}

TEST_F(FileTest, NothingAppearsBeforeCommit) {
  FileWriter writer;
  ASSERT_TRUE(writer.Add(Path("a"), "one").has_value());
  ASSERT_TRUE(writer.Add(Path("b"), "two").has_value());
  EXPECT_FALSE(fs::exists(Path("a")));
  EXPECT_FALSE(fs::exists(Path("b")));
  ASSERT_TRUE(writer.Commit().has_value());
  EXPECT_EQ(Content(Path("a")), "one");
  EXPECT_EQ(Content(Path("b")), "two");
  EXPECT_EQ(FilesInDir(), 2u);
}

TEST_F(FileTest, LeavesNothingBehindWithoutCommit) {
  Put(Path("a"), "old");
  {
    FileWriter writer;
    ASSERT_TRUE(writer.Add(Path("a"), "new").has_value());
  }
  EXPECT_EQ(Content(Path("a")), "old");
  EXPECT_EQ(FilesInDir(), 1u);
}

// What blocks the second rename appears after its file was added.
TEST_F(FileTest, UndoesTheFirstRenameWhenTheSecondFails) {
  Put(Path("replaced"), "old");
  {
    FileWriter writer;
    ASSERT_TRUE(writer.Add(Path("replaced"), "new").has_value());
    ASSERT_TRUE(writer.Add(Path("created"), "new").has_value());
    ASSERT_TRUE(writer.Add(Path("blocked"), "new").has_value());
    ASSERT_TRUE(writer.Add(Path("last"), "new").has_value());
    fs::create_directories(Path("blocked") + "/full");
    const Status committed = writer.Commit();
    ASSERT_FALSE(committed.has_value());
    EXPECT_EQ(committed.error().code, ErrorCode::kIo);
    EXPECT_EQ(committed.error().message,
              "cannot write " + Path("blocked") + ": it is a directory");
  }
  EXPECT_EQ(Content(Path("replaced")), "old");
  EXPECT_FALSE(fs::exists(Path("created")));
  EXPECT_FALSE(fs::exists(Path("last")));
  EXPECT_TRUE(fs::exists(Path("blocked") + "/full"));
  EXPECT_EQ(FilesInDir(), 2u);
}

TEST_F(FileTest, UndoesTheFirstRenameWhenTheSecondFolderIsGone) {
  Put(Path("a"), "old");
  fs::create_directory(Path("folder"));
  FileWriter writer;
  ASSERT_TRUE(writer.Add(Path("a"), "new").has_value());
  ASSERT_TRUE(writer.Add(Path("folder/b"), "new").has_value());
  fs::remove_all(Path("folder"));
  EXPECT_FALSE(writer.Commit().has_value());
  EXPECT_EQ(Content(Path("a")), "old");
  EXPECT_EQ(FilesInDir(), 1u);
}

TEST_F(FileTest, RestoresAPathThatWasAddedTwice) {
  Put(Path("a"), "old");
  {
    FileWriter writer;
    ASSERT_TRUE(writer.Add(Path("a"), "first").has_value());
    ASSERT_TRUE(writer.Add(Path("a"), "second").has_value());
    ASSERT_TRUE(writer.Add(Path("blocked"), "new").has_value());
    fs::create_directory(Path("blocked"));
    EXPECT_FALSE(writer.Commit().has_value());
  }
  EXPECT_EQ(Content(Path("a")), "old");
  EXPECT_EQ(FilesInDir(), 2u);
}

TEST_F(FileTest, ReplacesASymbolicLinkAndRestoresIt) {
  Put(Path("target"), "kept");
  fs::create_symlink(Path("target"), Path("link"));
  {
    FileWriter writer;
    ASSERT_TRUE(writer.Add(Path("link"), "new").has_value());
    ASSERT_TRUE(writer.Add(Path("blocked"), "new").has_value());
    fs::create_directory(Path("blocked"));
    EXPECT_FALSE(writer.Commit().has_value());
  }
  EXPECT_TRUE(fs::is_symlink(Path("link")));
  EXPECT_EQ(Content(Path("link")), "kept");
}

TEST_F(FileTest, AFileThatCannotBeProducedLeavesAllAsTheyWere) {
  Put(Path("a"), "old");
  const OutputFile files[] = {TextFile(Path("a"), "new"),
                              {Path("b"), [](const Sink&) -> Status {
                                 return Fail(ErrorCode::kUnsupported, "no");
                               }}};
  const Status written = WriteFiles(files);
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().message, "no");
  EXPECT_EQ(Content(Path("a")), "old");
  EXPECT_EQ(FilesInDir(), 1u);
}

TEST_F(FileTest, KeepsTheModeOfAReplacedFile) {
  Put(Path("a"), "old");
  ASSERT_EQ(chmod(Path("a").c_str(), 0640), 0);
  FileWriter writer;
  ASSERT_TRUE(writer.Add(Path("a"), "new").has_value());
  ASSERT_TRUE(writer.Commit().has_value());
  struct stat info = {};
  ASSERT_EQ(stat(Path("a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0640u);
}

TEST_F(FileTest, CannotWriteIntoAMissingFolderOrOverADirectory) {
  FileWriter writer;
  EXPECT_FALSE(writer.Add(Path("no/such/file"), "x").has_value());
  const Status over = writer.Add(dir_, "x");
  ASSERT_FALSE(over.has_value());
  EXPECT_EQ(over.error().code, ErrorCode::kIo);
}

TEST_F(FileTest, WritesADeviceInPlace) {
  FileWriter writer;
  ASSERT_TRUE(writer.Add("/dev/null", "x").has_value());
  ASSERT_TRUE(writer.Commit().has_value());
  // A full disk, as far as the system lets a test simulate one.
  const Status full = writer.Add("/dev/full", "x");
  ASSERT_FALSE(full.has_value());
  EXPECT_EQ(full.error().message,
            "cannot write /dev/full: No space left on device");
}

}  // namespace
}  // namespace tinyml
