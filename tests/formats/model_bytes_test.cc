// Models that are already in memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/paths.h"
#include "tinyml/model_file.h"

namespace tinyml {
namespace {

using ::testing::HasSubstr;

std::vector<uint8_t> Content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool LiesIn(std::span<const uint8_t> part, std::span<const uint8_t> whole) {
  return part.data() >= whole.data() &&
         part.data() + part.size() <= whole.data() + whole.size();
}

class ModelBytesTest : public ::testing::Test {
 protected:
  const std::string path_ = testing::TestdataPath("keyword_int8.tflite");
  const std::vector<uint8_t> content_ = Content(path_);
};

TEST_F(ModelBytesTest, AreTheModelOfTheFile) {
  const auto from_file = ReadModelFile(path_);
  const auto from_bytes = ReadModelBytes(content_, "keyword");
  ASSERT_TRUE(from_file.has_value() && from_bytes.has_value());
  EXPECT_EQ(from_bytes->name, "keyword");
  EXPECT_TRUE(from_bytes->model == from_file->model);
  EXPECT_EQ(Sha256(from_bytes->bytes), Sha256(from_file->bytes));
}

TEST_F(ModelBytesTest, AreSharedWithTheirOwner) {
  auto owner = std::make_shared<const std::vector<uint8_t>>(content_);
  const std::span<const uint8_t> bytes = *owner;
  std::weak_ptr<const std::vector<uint8_t>> alive = owner;
  BufferData kept;
  {
    const auto file = ReadModelBytes(bytes, std::move(owner), "keyword");
    ASSERT_TRUE(file.has_value());
    EXPECT_EQ(file->bytes.data(), bytes.data());
    for (const Buffer& buffer : file->model.buffers) {
      if (buffer.data.empty()) continue;
      EXPECT_TRUE(LiesIn(buffer.data.bytes(), bytes));
      kept = buffer.data;
    }
  }
  EXPECT_FALSE(alive.expired()) << "a buffer still needs it";
  kept = {};
  EXPECT_TRUE(alive.expired());
}

// Like an array in a program: nobody owns it, and it may begin anywhere.
TEST_F(ModelBytesTest, NeedNoOwnerAndNoAlignment) {
  std::vector<uint8_t> memory(content_.size() + 16);
  for (const size_t offset : {size_t{0}, size_t{1}}) {
    std::ranges::copy(content_, memory.begin() + static_cast<int>(offset));
    const auto bytes = std::span(memory).subspan(offset, content_.size());
    const auto file = ReadModelBytes(bytes, nullptr, "array");
    ASSERT_TRUE(file.has_value());
    EXPECT_EQ(LiesIn(file->bytes, memory), offset == 0);
  }
}

TEST_F(ModelBytesTest, MayBeOnnx) {
  const auto file = ReadModelBytes(
      Content(testing::TestdataPath("gestures.onnx")), "gestures");
  ASSERT_TRUE(file.has_value()) << file.error().message;
  EXPECT_TRUE(file->from_onnx);
}

TEST_F(ModelBytesTest, SayWhichModelIsDamaged) {
  const auto cut = std::span(content_).first(content_.size() / 2);
  const auto file = ReadModelBytes(cut, nullptr, "half");
  ASSERT_FALSE(file.has_value());
  EXPECT_EQ(file.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(file.error().message, HasSubstr("half: the file is damaged"));
}

}  // namespace
}  // namespace tinyml
