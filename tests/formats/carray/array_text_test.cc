#include "formats/carray/array_text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace tinyml::carray {
namespace {

using Bytes = std::vector<uint8_t>;

std::string StringLines(const Bytes& bytes) {
  std::string text;
  const Status status = WriteStringLines(bytes, [&](std::string_view piece) {
    text += piece;
    return Status();
  });
  EXPECT_TRUE(status.has_value());
  return text;
}

std::string NumberLines(const Bytes& bytes) {
  std::string text;
  const Status status = WriteNumberLines(bytes, [&](std::string_view piece) {
    text += piece;
    return Status();
  });
  EXPECT_TRUE(status.has_value());
  return text;
}

// Reads string literals by the rules of C: an octal escape has up to three
// digits, adjacent literals are joined.
Bytes ReadLiterals(const std::string& text) {
  static constexpr std::string_view kLetters = "abtnvfr";
  Bytes bytes;
  bool inside = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      inside = !inside;
      continue;
    }
    if (!inside) {
      EXPECT_EQ(text[i], '\n');
      continue;
    }
    if (text[i] != '\\') {
      bytes.push_back(static_cast<uint8_t>(text[i]));
      continue;
    }
    ++i;
    if (const size_t at = kLetters.find(text[i]); at != kLetters.npos) {
      bytes.push_back(static_cast<uint8_t>(7 + at));
    } else if (text[i] == '"' || text[i] == '\\' || text[i] == '?') {
      bytes.push_back(static_cast<uint8_t>(text[i]));
    } else {
      unsigned value = 0;
      size_t digits = 0;
      while (digits < 3 && text[i] >= '0' && text[i] <= '7') {
        value = 8 * value + static_cast<unsigned>(text[i] - '0');
        ++i;
        ++digits;
      }
      --i;
      EXPECT_GT(digits, 0u);
      EXPECT_LT(value, 256u);
      bytes.push_back(static_cast<uint8_t>(value));
    }
  }
  EXPECT_FALSE(inside);
  return bytes;
}

Bytes RandomBytes(size_t count) {
  std::mt19937 random(17);
  Bytes bytes(count);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

TEST(ArrayTextTest, StringsLookAsOneWouldWriteThem) {
  EXPECT_EQ(StringLines({'T', 'F', 'L', '3'}), R"("TFL3")");
  EXPECT_EQ(StringLines({}), R"("")");
  EXPECT_EQ(StringLines({0, 'a', 0, '7', 8, '8', 255, '\n', '"', '\\', '?'}),
            R"("\0a\0007\b8\377\n\"\\\?")");
}

TEST(ArrayTextTest, EveryPairOfBytesIsReadBack) {
  Bytes bytes;
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      bytes.push_back(static_cast<uint8_t>(first));
      bytes.push_back(static_cast<uint8_t>(second));
    }
  }
  EXPECT_EQ(ReadLiterals(StringLines(bytes)), bytes);
  // The same pairs, the other way round at the ends of lines.
  bytes.insert(bytes.begin(), 'x');
  EXPECT_EQ(ReadLiterals(StringLines(bytes)), bytes);
}

TEST(ArrayTextTest, EveryLengthIsReadBack) {
  const Bytes random = RandomBytes(300);
  for (size_t length = 0; length <= random.size(); ++length) {
    const Bytes bytes(random.begin(),
                      random.begin() + static_cast<std::ptrdiff_t>(length));
    ASSERT_EQ(ReadLiterals(StringLines(bytes)), bytes) << length;
  }
}

TEST(ArrayTextTest, StringsArePrintableAndHaveNoTrigraphs) {
  Bytes bytes(5000, '?');
  const Bytes random = RandomBytes(200000);
  bytes.insert(bytes.end(), random.begin(), random.end());
  const std::string text = StringLines(bytes);
  for (const char c : text) ASSERT_TRUE((c >= ' ' && c <= '~') || c == '\n');
  EXPECT_EQ(text.find("??"), text.npos);
  EXPECT_EQ(ReadLiterals(text), bytes);
}

TEST(ArrayTextTest, NumbersLookAsOneWouldWriteThem) {
  EXPECT_EQ(NumberLines({}), "");
  EXPECT_EQ(NumberLines({0}), "0");
  EXPECT_EQ(NumberLines({0, 9, 10, 99, 100, 255}), "0,9,10,99,100,255");
}

TEST(ArrayTextTest, NumbersOfEveryLengthAreReadBack) {
  const Bytes random = RandomBytes(1000);
  for (const size_t length : {1, 23, 24, 25, 26, 48, 49, 50, 999, 1000}) {
    const Bytes bytes(random.begin(),
                      random.begin() + static_cast<std::ptrdiff_t>(length));
    std::istringstream text(NumberLines(bytes));
    Bytes read;
    for (std::string number; std::getline(text, number, ',');) {
      read.push_back(static_cast<uint8_t>(std::stoi(number)));
    }
    EXPECT_EQ(read, bytes) << length;
  }
}

TEST(ArrayTextTest, AnErrorOfTheSinkEndsTheText) {
  const Bytes bytes = RandomBytes(1 << 20);
  int calls = 0;
  const Status status = WriteStringLines(bytes, [&](std::string_view) {
    ++calls;
    return Status(Fail(ErrorCode::kIo, "disk full"));
  });
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().message, "disk full");
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace tinyml::carray
