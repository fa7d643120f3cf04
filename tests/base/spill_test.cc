// Collected bytes come back the same, from memory or from a temporary file.
#include "base/spill.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

namespace tinyml {
namespace {

// Restores an environment variable at the end of a test.
class TemporaryFolderIs {
 public:
  explicit TemporaryFolderIs(const char* folder) {
    if (const char* old = std::getenv("TMPDIR")) old_ = old;
    setenv("TMPDIR", folder, 1);
  }
  ~TemporaryFolderIs() {
    if (old_) {
      setenv("TMPDIR", old_->c_str(), 1);
    } else {
      unsetenv("TMPDIR");
    }
  }

 private:
  std::optional<std::string> old_;
};

std::vector<uint8_t> Bytes(size_t count) {
  std::vector<uint8_t> bytes(count);
  std::iota(bytes.begin(), bytes.end(), uint8_t{7});
  return bytes;
}

// What is read back of `bytes`, appended ten at a time.
std::vector<uint8_t> Through(Spill& spill, std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    const auto piece = bytes.first(std::min<size_t>(bytes.size(), 10));
    EXPECT_TRUE(spill.Append(piece));
    bytes = bytes.subspan(piece.size());
  }
  const auto all = spill.Finish();
  EXPECT_TRUE(all);
  return {all->bytes.begin(), all->bytes.end()};
}

TEST(SpillTest, FewBytesNeedNoFile) {
  const TemporaryFolderIs nowhere("/nonexistent");
  Spill spill(/*in_memory=*/100);
  EXPECT_EQ(Through(spill, Bytes(100)), Bytes(100));
}

TEST(SpillTest, ManyBytesGoToAFile) {
  Spill spill(/*in_memory=*/100);
  EXPECT_EQ(Through(spill, Bytes(70'001)), Bytes(70'001));
}

TEST(SpillTest, NothingComesBackAsNothing) {
  Spill spill;
  EXPECT_EQ(Through(spill, {}), Bytes(0));
}

TEST(SpillTest, SaysWhereItCannotWrite) {
  const TemporaryFolderIs nowhere("/nonexistent");
  Spill spill(/*in_memory=*/4);
  const Status status = spill.Append(Bytes(5));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kIo);
  EXPECT_EQ(status.error().message,
            "cannot write a temporary file in /nonexistent: No such file or "
            "directory");
}

}  // namespace
}  // namespace tinyml
