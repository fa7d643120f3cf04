#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "formats/samples/arrays.h"
#include "tests/formats/samples/sample_files.h"

namespace tinyml::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Values = std::vector<float>;

TEST(SampleShapes, TheFirstAxisCounts) {
  const SampleInput input = FloatInput({1, 49, 10, 1});
  const auto count = [&](std::vector<int64_t> shape) {
    return samples::SamplesIn(shape, input).value_or(-1);
  };
  EXPECT_EQ(count({600, 49, 10, 1}), 600);
  EXPECT_EQ(count({600, 1, 49, 10, 1}), 600);
  EXPECT_EQ(count({1, 49, 10, 1}), 1);
  EXPECT_EQ(count({49, 10, 1}), 1);
  EXPECT_EQ(count({49, 10}), 1);
  EXPECT_EQ(count({600, 49, 10}), 600);
  EXPECT_EQ(count({600, 490}), 600);
  EXPECT_EQ(count({490}), 1);
  EXPECT_EQ(count({0, 49, 10, 1}), 0);
}

// As many elements in other axes would be a guess at their order.
TEST(SampleShapes, AxesInAnotherOrderAreRefused) {
  const SampleInput input = FloatInput({1, 49, 10, 1});
  for (const std::vector<int64_t>& shape :
       {std::vector<int64_t>{600, 10, 49, 1},
        {600, 7, 70},
        {10, 49},
        {600, 489},
        {},
        {49}}) {
    EXPECT_EQ(samples::SamplesIn(shape, input), std::nullopt);
  }
}

TEST(SampleShapes, SingleNumbersAndBatchesOfTheModel) {
  EXPECT_EQ(samples::SamplesIn(std::vector<int64_t>{7}, FloatInput({1, 1})), 7);
  EXPECT_EQ(samples::SamplesIn(std::vector<int64_t>{7, 1}, FloatInput({})), 7);
  EXPECT_EQ(samples::SamplesIn(std::vector<int64_t>{}, FloatInput({1})), 1);
  // A batch of 5 is one sample.
  EXPECT_EQ(samples::SamplesIn(std::vector<int64_t>{5, 2}, FloatInput({5, 2})),
            1);
  EXPECT_EQ(
      samples::SamplesIn(std::vector<int64_t>{3, 5, 2}, FloatInput({5, 2})), 3);
}

TEST(NpySamples, AreReadOneByOne) {
  const TempFolder folder;
  const std::string path =
      folder.Write("x.npy", Floats({3, 2}, {1, 2, 3, 4, 5, 6}));
  const ReadAll all = ReadSamples(path, {FloatInput({1, 2})});
  EXPECT_EQ(all.message, "");
  EXPECT_THAT(all.samples,
              ElementsAre(Values{1, 2}, Values{3, 4}, Values{5, 6}));
  EXPECT_THAT(all.names, ElementsAre(path + ", sample 0", path + ", sample 1",
                                     path + ", sample 2"));
}

TEST(NpySamples, ALimitSpreadsEvenly) {
  const TempFolder folder;
  const std::string path =
      folder.Write("x.npy", Floats({7, 1}, {0, 1, 2, 3, 4, 5, 6}));
  const ReadAll all =
      ReadSamples(path, {FloatInput({1, 1})}, {.limit = 3, .preprocess = ""});
  EXPECT_THAT(all.samples, ElementsAre(Values{0}, Values{2}, Values{4}));
  const ReadAll more =
      ReadSamples(path, {FloatInput({1, 1})}, {.limit = 100, .preprocess = ""});
  EXPECT_EQ(more.samples.size(), 7U);
}

TEST(NpySamples, OtherTypesAreConverted) {
  const TempFolder folder;
  const std::string doubles = folder.Write(
      "d.npy", Npy<double>(TensorType::kFloat64, {1, 2}, {0.5, -2}));
  EXPECT_THAT(ReadSamples(doubles, {FloatInput({1, 2})}).samples,
              ElementsAre(Values{0.5, -2}));
  // 1.5 and -2 as half precision.
  const std::string halves = folder.Write(
      "h.npy", Npy<uint16_t>(TensorType::kFloat16, {1, 2}, {0x3E00, 0xC000}));
  EXPECT_THAT(ReadSamples(halves, {FloatInput({1, 2})}).samples,
              ElementsAre(Values{1.5, -2}));
  const std::string indices =
      folder.Write("i.npy", Npy<int64_t>(TensorType::kInt64, {1, 1}, {258}));
  EXPECT_THAT(ReadSamples(indices, {{"x", TensorType::kInt32, {1, 1}}}).samples,
              ElementsAre(Values{2, 1, 0, 0}));
}

// Only the user knows which real numbers they represent.
TEST(NpySamples, IntegersForAFloatInputNeedPreprocessing) {
  const TempFolder folder;
  const std::string path = folder.Write(
      "x.npy", Npy<uint8_t>(TensorType::kUInt8, {1, 2}, {255, 51}));
  EXPECT_THAT(ReadSamples(path, {FloatInput({1, 2})}).message,
              HasSubstr("as scale=1/255 or scale=1"));
  const ReadAll all =
      ReadSamples(path, {FloatInput({1, 2})},
                  {.limit = {}, .preprocess = "scale=1/255,mean=0.2:0,std=2"});
  EXPECT_THAT(all.samples, ElementsAre(Values{0.4F, 0.1F})) << all.message;
}

TEST(NpySamples, AFaultyValueIsNamed) {
  const TempFolder folder;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::string path =
      folder.Write("x.npy", Floats({2, 2}, {1, 2, 3, nan}));
  EXPECT_EQ(ReadSamples(path, {FloatInput({1, 2})}).message,
            path +
                ", sample 1: element 1 is not a number for input 'x' (float32 "
                "[1,2])");
  const std::string beyond = folder.Write(
      "b.npy", Npy<double>(TensorType::kFloat64, {1, 2}, {1e300, 0}));
  EXPECT_THAT(ReadSamples(beyond, {FloatInput({1, 2})}).message,
              HasSubstr("sample 0: element 0 is infinite"));
  const std::string large = folder.Write(
      "l.npy", Npy<int64_t>(TensorType::kInt64, {1, 1}, {int64_t{1} << 31}));
  EXPECT_THAT(ReadSamples(large, {{"x", TensorType::kInt32, {1, 1}}}).message,
              HasSubstr("element 0 does not fit into input 'x'"));
}

TEST(NpySamples, SaysWhatDoesNotFit) {
  const TempFolder folder;
  const std::string path = folder.Write("x.npy", Floats({4}, {1, 2, 3, 4}));
  EXPECT_EQ(ReadSamples(path, {FloatInput({1, 3, 2})}).message,
            path +
                " (float32 [4]) does not hold samples of input 'x' (float32 "
                "[1,3,2]): expected [N,3,2], N of them");
  EXPECT_THAT(
      ReadSamples(path, {FloatInput({1, 4}, "a"), FloatInput({1, 4}, "b")})
          .message,
      HasSubstr("the model has 2 inputs, 'a' (float32 [1,4]), 'b'"));
  EXPECT_THAT(ReadSamples(folder.Write("e.npy", Floats({0, 4}, {})),
                          {FloatInput({1, 4})})
                  .message,
              EndsWith("e.npy has no samples: its first axis is 0"));
  EXPECT_THAT(ReadSamples(path, {FloatInput({1, 4})},
                          {.limit = {}, .preprocess = "rate=16000"})
                  .message,
              HasSubstr("the samples are arrays"));
  EXPECT_THAT(ReadSamples(folder.At("none.npy"), {FloatInput({1, 4})}).message,
              EndsWith("none.npy: No such file or directory"));
  EXPECT_THAT(
      ReadSamples(folder.Write("x.txt", "hello"), {FloatInput({1})}).message,
      EndsWith("x.txt: not a .npy file"));
}

TEST(NpySamples, InputsThatTakeNoSamplesAreRefused) {
  EXPECT_THAT(ReadSamples("x", {}).message, HasSubstr("no inputs"));
  EXPECT_THAT(ReadSamples("x", {{"s", TensorType::kString, {1}}}).message,
              HasSubstr("a type that samples cannot be made for"));
  EXPECT_THAT(ReadSamples("x", {FloatInput({-1, 2})}).message,
              HasSubstr("no fixed, sensible shape"));
}

TEST(NpySamples, WrongPlacesToReadIntoAreRefused) {
  const TempFolder folder;
  const std::string path = folder.Write("x.npy", Floats({1, 1}, {1}));
  const std::vector<SampleInput> inputs = {FloatInput({1, 1})};
  const auto source = OpenSamples(path, inputs);
  ASSERT_TRUE(source.has_value());
  std::vector<uint8_t> bytes(3);
  const std::vector<std::span<uint8_t>> spans = {bytes};
  EXPECT_FALSE((*source)->Read(0, spans).has_value());
  EXPECT_NE(Read(**source, inputs, 1).message, "");
}

TEST(ArrayFolder, FilesAreSortedAndMayHoldSeveralSamples) {
  const TempFolder folder;
  folder.Write("10.npy", Floats({1, 2}, {5, 6}));
  folder.Write("2.npy", Floats({2}, {7, 8}));
  folder.Write("1.npy", Floats({2, 2}, {1, 2, 3, 4}));
  folder.Write(".hidden", "no sample");
  const ReadAll all = ReadSamples(folder.path(), {FloatInput({1, 2})});
  EXPECT_EQ(all.message, "");
  EXPECT_THAT(all.samples, ElementsAre(Values{1, 2}, Values{3, 4}, Values{5, 6},
                                       Values{7, 8}));
  EXPECT_THAT(all.names, ElementsAre(EndsWith("/1.npy, sample 0"),
                                     EndsWith("/1.npy, sample 1"),
                                     EndsWith("/10.npy"), EndsWith("/2.npy")));
}

TEST(ArrayFolder, ADamagedFileIsLeftOutAndAWrongShapeFails) {
  const TempFolder folder;
  folder.Write("a.npy", Floats({1, 2}, {1, 2}));
  folder.Write("b.npy", Floats({1, 2}, {1, 2}).substr(0, 70));
  const std::vector<SampleInput> inputs = {FloatInput({1, 2})};
  const ReadAll all = ReadSamples(folder.path(), inputs);
  EXPECT_EQ(all.samples.size(), 2U);
  EXPECT_EQ(all.message, "left out: the .npy file ends inside its header");
  folder.Write("c.npy", Floats({1, 3}, {1, 2, 3}));
  EXPECT_THAT(ReadSamples(folder.path(), inputs).message,
              HasSubstr("c.npy (float32 [1,3]) does not hold samples"));
}

TEST(ArrayFolder, SeveralInputsHaveFilesOrFoldersOfTheirNames) {
  const TempFolder folder;
  const std::vector<SampleInput> inputs = {FloatInput({1, 1}, "b/x"),
                                           FloatInput({1, 2}, "a")};
  folder.Write("files/a.npy", Floats({2, 2}, {1, 2, 3, 4}));
  folder.Write("files/b_x.npy", Floats({2, 1}, {5, 6}));
  folder.Write("folders/a/0.npy", Floats({2}, {1, 2}));
  folder.Write("folders/a/1.npy", Floats({2}, {3, 4}));
  folder.Write("folders/b_x/0.npy", Floats({1}, {5}));
  folder.Write("folders/b_x/1.npy", Floats({1}, {6}));
  for (const char* const way : {"files", "folders"}) {
    const auto source = OpenSamples(folder.At(way), inputs);
    ASSERT_TRUE(source.has_value()) << source.error().message;
    ASSERT_EQ((*source)->Count(), 2);
    EXPECT_THAT(Read(**source, inputs, 1).values,
                ElementsAre(Values{6}, Values{3, 4}));
  }
  folder.Write("folders/a/2.npy", Floats({2}, {3, 4}));
  EXPECT_THAT(ReadSamples(folder.At("folders"), inputs).message,
              HasSubstr("do not have files of the same names"));
  folder.Write("files/c.npy", Floats({2}, {3, 4}));
  EXPECT_THAT(ReadSamples(folder.At("files"), inputs).message,
              HasSubstr("or a .npy or a folder of them with the name of each"));
}

TEST(ArrayFolder, SaysWhatIsInItThatShouldNotBe) {
  const TempFolder folder;
  const std::vector<SampleInput> inputs = {FloatInput({1, 1})};
  const auto message = [&](const std::string& name) {
    return ReadSamples(folder.At(name), inputs).message;
  };
  folder.At("empty/x");
  EXPECT_THAT(message("empty"), HasSubstr("is an empty folder: samples are"));
  folder.Write("unknown/readme.txt", "");
  EXPECT_THAT(message("unknown"), HasSubstr("readme.txt is not a sample"));
  folder.Write("mixed/a.npy", "");
  folder.Write("mixed/b.WAV", "");
  EXPECT_THAT(message("mixed"),
              HasSubstr("holds both arrays (a.npy) and WAV files (b.WAV)"));
  folder.Write("nested/cats/a.npy", "");
  EXPECT_THAT(message("nested"),
              HasSubstr("cats is not the folder of an input"));
  folder.Write("nested/a.npy", "");
  EXPECT_THAT(message("nested"), HasSubstr("cats is a folder among samples"));
}

TEST(Labels, AreIntegersOfAnyWidth) {
  const TempFolder folder;
  const auto labels = ReadLabels(folder.Write(
      "l.npy", Npy<uint16_t>(TensorType::kUInt16, {3, 1}, {1, 0, 500})));
  ASSERT_TRUE(labels.has_value()) << labels.error().message;
  EXPECT_THAT(*labels, ElementsAre(1, 0, 500));
  const auto message = [&](const std::string& bytes) {
    return ReadLabels(folder.Write("m.npy", bytes)).error().message;
  };
  EXPECT_THAT(message(Floats({1}, {1})), HasSubstr("holds no labels"));
  EXPECT_THAT(message(Npy<int8_t>(TensorType::kInt8, {2, 2}, {0, 0, 0, 0})),
              HasSubstr("holds no labels"));
  EXPECT_THAT(message(Npy<int8_t>(TensorType::kInt8, {2}, {0, -1})),
              HasSubstr("label 1 is not a class"));
  EXPECT_THAT(message(Npy<uint64_t>(TensorType::kUInt64, {1}, {~uint64_t{0}})),
              HasSubstr("label 0 is not a class"));
}

}  // namespace
}  // namespace tinyml::testing
