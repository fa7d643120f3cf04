#include "tinyml/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A file with `header` in version 1 of the format, followed by `data`.
std::string File(const std::string& header, const std::string& data) {
  std::string file = "\x93NUMPY";
  file += '\x01';
  file += '\0';
  file += static_cast<char>(header.size() & 0xFF);
  file += static_cast<char>(header.size() >> 8);
  return file + header + data;
}

std::string Header(const std::string& descr, const std::string& order,
                   const std::string& shape) {
  return "{'descr': '" + descr + "', 'fortran_order': " + order +
         ", 'shape': " + shape + ", }\n";
}

Result<NpyArray> Parse(const std::string& text) {
  auto bytes = std::make_shared<std::vector<uint8_t>>(text.begin(), text.end());
  return ParseNpy("a.npy", bytes, *bytes);
}

std::string ErrorOf(const std::string& text) {
  const auto array = Parse(text);
  return array ? "no error" : array.error().message;
}

TEST(Npy, ReadsWhatNumPyWrites) {
  const auto array =
      Parse(File(Header("<i2", "False", "(2, 3)"), std::string(12, '\1')));
  ASSERT_TRUE(array.has_value()) << array.error().message;
  EXPECT_EQ(array->type, TensorType::kInt16);
  EXPECT_THAT(array->shape, ElementsAre(2, 3));
  EXPECT_EQ(array->bytes.size(), 12U);
}

TEST(Npy, ScalarsAndVectorsHaveTheirShapes) {
  const auto scalar =
      Parse(File(Header("<f8", "False", "()"), std::string(8, '\0')));
  ASSERT_TRUE(scalar.has_value());
  EXPECT_TRUE(scalar->shape.empty());
  const auto vector =
      Parse(File(Header("|i1", "False", "(5,)"), std::string(5, '\0')));
  ASSERT_TRUE(vector.has_value());
  EXPECT_THAT(vector->shape, ElementsAre(5));
}

// One dimension is laid out the same in both orders.
TEST(Npy, AVectorMayBeInFortranOrder) {
  EXPECT_TRUE(Parse(File(Header("|u1", "True", "(2,)"), "ab")).has_value());
}

TEST(Npy, SaysWhatItCannotRead) {
  EXPECT_THAT(ErrorOf(File(Header("<f4", "True", "(1, 2)"), "12345678")),
              HasSubstr("Fortran order"));
  EXPECT_THAT(ErrorOf(File(Header(">f4", "False", "(1,)"), "1234")),
              HasSubstr("big-endian"));
  EXPECT_THAT(ErrorOf(File(Header("<f4", "False", "(2,)"), "1234567")),
              HasSubstr("takes 8 bytes, the file has 7"));
  EXPECT_THAT(ErrorOf(File(Header("<f4", "False", "(1,)"), "123456")),
              HasSubstr("takes 4 bytes, the file has 6"));
  EXPECT_THAT(ErrorOf(File(Header("<U7", "False", "(1,)"), "")),
              HasSubstr("elements of type '<U7' are not supported"));
  EXPECT_THAT(ErrorOf("PK\x03\x04"), HasSubstr("not a .npy file"));
  EXPECT_THAT(ErrorOf("\x93NUMPY"), HasSubstr("ends inside its header"));
  EXPECT_THAT(ErrorOf(File("{'descr': '<f4'}", "")),
              HasSubstr("cannot be understood"));
  EXPECT_THAT(ErrorOf(File(Header("<f4", "False", "(-1,)"), "")),
              HasSubstr("cannot be understood"));
  EXPECT_THAT(
      ErrorOf(File(
          Header("<f8", "False", "(4294967296, 4294967296, 4294967296)"), "")),
      HasSubstr("too large"));
}

TEST(Npy, EveryTruncationOfAFileIsRefused) {
  const std::string whole =
      File(Header("<f4", "False", "(2,)"), std::string(8, 'x'));
  ASSERT_TRUE(Parse(whole).has_value());
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(Parse(whole.substr(0, size)).has_value()) << size;
  }
}

TEST(Npy, WritesWhatItReads) {
  const OutputFile file =
      NpyFile("x.npy", TensorType::kInt8, std::vector<int64_t>{1, 2}, {7, 255});
  std::string text;
  ASSERT_TRUE(file.produce([&](std::string_view piece) -> Status {
    text += piece;
    return {};
  }));
  EXPECT_EQ((text.size() - 2) % 64, 0U) << "data is to start at 64";
  const auto array = Parse(text);
  ASSERT_TRUE(array.has_value()) << array.error().message;
  EXPECT_EQ(array->type, TensorType::kInt8);
  EXPECT_THAT(array->shape, ElementsAre(1, 2));
  EXPECT_THAT(array->bytes, ElementsAre(7, 255));
}

}  // namespace
}  // namespace tinyml
