#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "base/spill.h"
#include "tests/formats/samples/sample_files.h"

namespace tinyml::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Values = std::vector<float>;

const std::vector<SampleInput> kTwo = {FloatInput({1, 2}, "left"),
                                       FloatInput({1, 1}, "right:0")};

TEST(Npz, ArraysHaveTheInputsNames) {
  const TempFolder folder;
  for (const bool deflated : {false, true}) {
    const std::string path = folder.At("x.npz");
    WriteZip(path,
             {{"right_0.npy", Floats({2, 1}, {5, 6})},
              {"labels.npy", "not an array"},
              {"left.npy", Floats({2, 2}, {1, 2, 3, 4})}},
             deflated);
    const auto source = OpenSamples(path, kTwo);
    ASSERT_TRUE(source.has_value()) << source.error().message;
    EXPECT_EQ((*source)->Count(), 2);
    EXPECT_THAT(Read(**source, kTwo, 1).values,
                ElementsAre(Values{3, 4}, Values{6}));
    EXPECT_THAT(
        (*source)->Notes(),
        ElementsAre(path + ": reading 'left', 'right_0', ignoring 'labels'"));
  }
}

TEST(Npz, ArraysWithoutNamesAreInOrder) {
  const TempFolder folder;
  const std::string path = folder.At("x.npz");
  WriteZip(path, {{"arr_1.npy", Floats({1, 1}, {3})},
                  {"arr_0.npy", Floats({1, 2}, {1, 2})}});
  const auto source = OpenSamples(path, kTwo);
  ASSERT_TRUE(source.has_value()) << source.error().message;
  EXPECT_THAT(Read(**source, kTwo, 0).values,
              ElementsAre(Values{1, 2}, Values{3}));
  EXPECT_THAT((*source)->Notes(), IsEmpty());
}

TEST(Npz, OneInputTakesTheOnlyArrayThatFits) {
  const TempFolder folder;
  const std::string path = folder.At("x.npz");
  WriteZip(path, {{"specs.npy", Floats({2, 2}, {1, 2, 3, 4})},
                  {"labels.npy", Floats({3}, {0, 1, 2})}});
  const ReadAll all = ReadSamples(path, {FloatInput({1, 2})});
  EXPECT_EQ(all.message, "");
  EXPECT_THAT(all.samples, ElementsAre(Values{1, 2}, Values{3, 4}));
  EXPECT_EQ(all.notes.size(), 1U);
  WriteZip(path, {{"only.npy", Floats({3}, {0, 1, 2})}});
  EXPECT_THAT(ReadSamples(path, {FloatInput({1, 2})}).message,
              HasSubstr("array 'only' (float32 [3]) does not hold samples"));
}

TEST(Npz, SaysWhatIsMissing) {
  const TempFolder folder;
  const std::string path = folder.At("x.npz");
  WriteZip(path, {{"left.npy", Floats({1, 2}, {1, 2})},
                  {"other.npy", Floats({1, 1}, {1})}});
  EXPECT_THAT(ReadSamples(path, kTwo).message,
              HasSubstr("no array for input 'right:0' (float32 [1,1]): it has "
                        "'left', 'other'"));
  WriteZip(path, {{"left.npy", Floats({1, 2}, {1, 2})},
                  {"right:0.npy", Floats({2, 1}, {1, 2})}});
  EXPECT_THAT(ReadSamples(path, kTwo).message,
              HasSubstr("has 2 samples of input 'right:0' (float32 [1,1]), but "
                        "there are 1 of input 'left'"));
  WriteZip(path, {{"readme.txt", "hello"}});
  EXPECT_THAT(ReadSamples(path, kTwo).message, HasSubstr("has no .npy file"));
}

TEST(Npz, DamageIsFound) {
  const TempFolder folder;
  const std::string path = folder.At("d/x.npz");
  WriteZip(path, {{"x.npy", Floats({1, 2}, {1, 2})}}, false);
  std::string bytes;
  {
    std::ifstream in(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  const std::vector<SampleInput> inputs = {FloatInput({1, 2})};
  for (size_t size = 4; size < bytes.size(); size += 7) {
    folder.Write("d/x.npz", bytes.substr(0, size));
    EXPECT_NE(ReadSamples(path, inputs).message, "") << size;
  }
  // A value whose checksum is wrong.
  std::string changed = bytes;
  changed[changed.find("NUMPY") + 132] ^= 1;
  folder.Write("d/x.npz", changed);
  EXPECT_THAT(ReadSamples(path, inputs).message, HasSubstr("CRC"));
  // In a folder it is left out.
  EXPECT_THAT(ReadSamples(folder.At("d"), inputs).message,
              HasSubstr("left out: "));
}

// The header says less than the archive holds.
TEST(Npz, TooManyBytesAreRefused) {
  const TempFolder folder;
  const std::string path = folder.At("x.npz");
  WriteZip(path,
           {{"x.npy", Floats({1, 2}, {1, 2}) + std::string(1 << 22, '\0')}});
  EXPECT_THAT(ReadSamples(path, {FloatInput({1, 2})}).message,
              HasSubstr("takes 8 bytes, the file has "));
}

TEST(Npz, AFolderOfArchives) {
  const TempFolder folder;
  for (int i = 0; i < 7; ++i) {
    const float base = static_cast<float>(i * 10);
    WriteZip(
        folder.At("s" + std::to_string(i) + ".npz"),
        {{"left.npy", Floats({2, 2}, {base, base + 1, base + 2, base + 3})},
         {"right:0.npy", Floats({2, 1}, {base + 4, base + 5})}});
  }
  const auto source = OpenSamples(folder.path(), kTwo);
  ASSERT_TRUE(source.has_value()) << source.error().message;
  ASSERT_EQ((*source)->Count(), 14);
  // Backwards, the worst case for a read-ahead cache.
  for (int64_t i = 13; i >= 0; --i) {
    const auto base = static_cast<float>(i / 2 * 10);
    const auto odd = static_cast<float>(i % 2);
    EXPECT_THAT(Read(**source, kTwo, i).values,
                ElementsAre(Values{base + 2 * odd, base + 2 * odd + 1},
                            Values{base + 4 + odd}));
  }
}

TEST(Spill, ManyBytesGoThroughAFile) {
  Spill spill(10);
  std::vector<uint8_t> expected;
  for (uint8_t i = 0; i < 20; ++i) {
    const std::vector<uint8_t> piece(i, i);
    ASSERT_TRUE(spill.Append(piece).has_value());
    expected.insert(expected.end(), piece.begin(), piece.end());
  }
  const auto bytes = spill.Finish();
  ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
  EXPECT_EQ(std::vector<uint8_t>(bytes->bytes.begin(), bytes->bytes.end()),
            expected);
}

}  // namespace
}  // namespace tinyml::testing
