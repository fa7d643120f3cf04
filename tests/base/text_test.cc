#include "base/text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tinyml {
namespace {

TEST(PrintableTest, ReplacesControlCharacters) {
  EXPECT_EQ(Printable("a\nb\033[1m\x7f"), "a?b?[1m?");
}

TEST(PrintableTest, CutsBetweenCharacters) {
  EXPECT_EQ(Printable(std::string(60, 'x')), std::string(60, 'x'));
  EXPECT_EQ(Printable(std::string(61, 'x')),
            std::string(60, 'x').append("..."));
  // The 60th byte is the first half of a letter.
  EXPECT_EQ(Printable(std::string(59, 'x').append("\u00e9y")),
            std::string(59, 'x').append("..."));
}

TEST(CountedTest, HasAPluralForAllButOne) {
  EXPECT_EQ(Counted(0, "operator"), "0 operators");
  EXPECT_EQ(Counted(1, "operator"), "1 operator");
  EXPECT_EQ(Counted(21, "operator"), "21 operators");
}

TEST(EditDistanceTest, CountsMistakes) {
  EXPECT_EQ(EditDistance("", ""), 0U);
  EXPECT_EQ(EditDistance("", "abc"), 3U);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3U);
  EXPECT_EQ(EditDistance("ab", "ba"), 1U);
}

TEST(ClosestToTest, GuessesAtMisspellings) {
  const std::vector<std::string> names = {"inspect", "convert", "arena-size",
                                          "x86-64"};
  EXPECT_EQ(ClosestTo("inspct", names), "inspect");
  EXPECT_EQ(ClosestTo("insepct", names), "inspect");
  EXPECT_EQ(ClosestTo("conwerts", names), "convert");
  EXPECT_EQ(ClosestTo("arena_size", names), "arena-size");
  // Swapped neighbours count as one mistake.
  EXPECT_EQ(ClosestTo("x86_46", names), "x86-64");
}

TEST(ClosestToTest, GuessesAtNothingElse) {
  EXPECT_EQ(ClosestTo("frobnicate", std::vector<std::string>{"inspect"}), "");
  EXPECT_EQ(ClosestTo("", std::vector<std::string>{"ab"}), "");
  EXPECT_EQ(ClosestTo("word", {}), "");
}

TEST(ClosestToTest, TakesTheFirstOfEquals) {
  EXPECT_EQ(ClosestTo("ac", std::vector<std::string>{"ab", "ad"}), "ab");
}

}  // namespace
}  // namespace tinyml
