#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/formats/samples/sample_files.h"

namespace tinyml::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using Values = std::vector<float>;

SampleOptions With(std::string preprocess) {
  return {.limit = {}, .preprocess = std::move(preprocess)};
}

TEST(Audio, IsCutOrFilledUp) {
  const TempFolder folder;
  WriteWav(folder.At("a.wav"), 16000, 1, {16384, -16384, 8192, 0, 32767});
  WriteWav(folder.At("b.wav"), 16000, 1, {-32768});
  const ReadAll all = ReadSamples(folder.path(), {FloatInput({1, 3, 1})});
  EXPECT_EQ(all.message, "");
  EXPECT_THAT(all.samples,
              ElementsAre(Values{0.5, -0.5, 0.25}, Values{-1, 0, 0}));
  EXPECT_THAT(all.names, ElementsAre(EndsWith("a.wav"), EndsWith("b.wav")));
}

TEST(Audio, ChannelsAreMixed) {
  const TempFolder folder;
  WriteWav(folder.At("a.wav"), 16000, 2, {16384, 0, -16384, -8192});
  EXPECT_THAT(ReadSamples(folder.path(), {FloatInput({1, 2})}).samples,
              ElementsAre(Values{0.25, -0.375}));
}

TEST(Audio, LongFilesMayBeSeveralWindows) {
  const TempFolder folder;
  WriteWav(folder.At("a.wav"), 16000, 1,
           {8192, 8192, 16384, 16384, -8192, -8192, 1});
  WriteWav(folder.At("b.wav"), 16000, 1, {-16384});
  const ReadAll all =
      ReadSamples(folder.path(), {FloatInput({2})}, With("windows"));
  EXPECT_THAT(all.samples, ElementsAre(Values{0.25, 0.25}, Values{0.5, 0.5},
                                       Values{-0.25, -0.25}, Values{-0.5, 0}));
  EXPECT_THAT(
      all.names,
      ElementsAre(EndsWith("a.wav, window 0"), EndsWith("a.wav, window 1"),
                  EndsWith("a.wav, window 2"), EndsWith("b.wav")));
}

TEST(Audio, ValuesMayBePcm) {
  const TempFolder folder;
  WriteWav(folder.At("a.wav"), 16000, 1, {258, -2});
  EXPECT_THAT(
      ReadSamples(folder.path(), {FloatInput({1, 2})}, With("scale=32768"))
          .samples,
      ElementsAre(Values{258, -2}));
  EXPECT_THAT(
      ReadSamples(folder.path(), {{"x", TensorType::kInt16, {1, 2}}}).samples,
      ElementsAre(Values{2, 1, 254, 255}));
}

TEST(Audio, AnotherRateIsRefused) {
  const TempFolder folder;
  WriteWav(folder.At("a.wav"), 44100, 1, {1, 2});
  EXPECT_THAT(
      ReadSamples(folder.path(), {FloatInput({1, 2})}, With("rate=16000"))
          .message,
      EndsWith("a.wav has 44100 samples per second instead of 16000; "
               "resample it"));
  EXPECT_EQ(ReadSamples(folder.path(), {FloatInput({1, 2})}, With("rate=44100"))
                .message,
            "");
}

TEST(Audio, ADamagedFileIsLeftOut) {
  const TempFolder folder;
  folder.Write("a.wav", "RIFF and nothing else");
  EXPECT_THAT(
      ReadSamples(folder.path(), {FloatInput({1, 2})}, With("windows")).message,
      HasSubstr("left out: "));
  WriteWav(folder.At("a.wav"), 16000, 1, {});
  EXPECT_THAT(ReadSamples(folder.path(), {FloatInput({1, 2})}).message,
              HasSubstr("left out: "));
}

TEST(Audio, OnlyWaveformsTakeIt) {
  const TempFolder folder;
  WriteWav(folder.At("a.wav"), 16000, 1, {1, 2});
  EXPECT_THAT(ReadSamples(folder.path(), {FloatInput({1, 49, 10, 1})}).message,
              HasSubstr("takes no waveforms"));
  EXPECT_THAT(
      ReadSamples(folder.path(), {FloatInput({1, 2})}, With("bgr")).message,
      HasSubstr("bgr is for images"));
}

}  // namespace
}  // namespace tinyml::testing
