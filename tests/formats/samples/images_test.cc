#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "formats/samples/decode_image.h"
#include "formats/samples/preprocess.h"
#include "formats/samples/resize.h"
#include "tests/formats/samples/sample_files.h"

namespace tinyml::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;
using Values = std::vector<float>;

SampleOptions WithPreprocess(std::string preprocess) {
  return {.limit = {}, .preprocess = std::move(preprocess)};
}

// Two pixels: (255, 0, 51) and (0, 102, 255).
const std::vector<uint8_t> kPixels = {255, 0, 51, 0, 102, 255};

TEST(Images, PixelsBecomeZeroToOne) {
  const TempFolder folder;
  folder.Write("a.bmp", Bmp(2, 1, kPixels));
  const ReadAll all = ReadSamples(folder.path(), {FloatInput({1, 1, 2, 3})});
  EXPECT_EQ(all.message, "");
  EXPECT_THAT(all.samples, ElementsAre(Values{1, 0, 0.2F, 0, 0.4F, 1}));
}

TEST(Images, PreprocessingIsByChannel) {
  const TempFolder folder;
  folder.Write("a.bmp", Bmp(2, 1, kPixels));
  const std::vector<SampleInput> input = {FloatInput({1, 1, 2, 3})};
  EXPECT_THAT(ReadSamples(folder.path(), input,
                          WithPreprocess("scale=1,mean=1:2:3,std=2:1:4"))
                  .samples,
              ElementsAre(Values{127, -2, 12, -0.5F, 100, 63}));
  EXPECT_THAT(
      ReadSamples(folder.path(), input, WithPreprocess("scale=1,bgr")).samples,
      ElementsAre(Values{51, 0, 255, 255, 102, 0}));
}

TEST(Images, ChannelsMayComeFirst) {
  const TempFolder folder;
  folder.Write("a.bmp", Bmp(2, 1, kPixels));
  EXPECT_THAT(ReadSamples(folder.path(), {FloatInput({1, 3, 1, 2})},
                          WithPreprocess("scale=1,mean=1:2:3"))
                  .samples,
              ElementsAre(Values{254, -1, -2, 100, 48, 252}));
  // Either end could be channels: they are last.
  EXPECT_THAT(ReadSamples(folder.path(), {FloatInput({1, 1, 2, 3})},
                          WithPreprocess("scale=1"))
                  .samples,
              ElementsAre(Values{255, 0, 51, 0, 102, 255}));
}

TEST(Images, GreyAndColourAreConverted) {
  const TempFolder folder;
  folder.Write("a.pgm", Pgm(2, 1, {10, 200}));
  EXPECT_THAT(ReadSamples(folder.path(), {FloatInput({1, 1, 2, 3})},
                          WithPreprocess("scale=1"))
                  .samples,
              ElementsAre(Values{10, 10, 10, 200, 200, 200}));
  EXPECT_THAT(ReadSamples(folder.path(), {FloatInput({1, 1, 2, 1})},
                          WithPreprocess("scale=1"))
                  .samples,
              ElementsAre(Values{10, 200}));
  folder.Write("a.pgm", Bmp(2, 1, {255, 255, 255, 0, 0, 0}));
  EXPECT_THAT(ReadSamples(folder.path(), {FloatInput({1, 1, 2, 1})},
                          WithPreprocess("scale=1"))
                  .samples,
              ElementsAre(Values{255, 0}));
}

TEST(Images, IntegerInputsTakePixels) {
  const TempFolder folder;
  folder.Write("a.pgm", Pgm(2, 2, {0, 10, 200, 255}));
  EXPECT_THAT(
      ReadSamples(folder.path(), {{"x", TensorType::kUInt8, {1, 2, 2, 1}}})
          .samples,
      ElementsAre(Values{0, 10, 200, 255}));
  Quantization quantization;
  quantization.scale = {1.0F / 255};
  quantization.zero_point = {-128};
  const ReadAll all = ReadSamples(
      folder.path(), {{"x", TensorType::kInt8, {1, 2, 2, 1}, quantization}});
  // Bytes of -128, -118, 72 and 127.
  EXPECT_THAT(all.samples, ElementsAre(Values{128, 138, 72, 127}));
}

TEST(Images, AreResized) {
  samples::Image image = {2, 1, 1, {0, 100}};
  EXPECT_THAT(samples::Resize(image, 4, 1),
              Pointwise(FloatNear(1e-4F), Values{0, 25, 75, 100}));
  EXPECT_THAT(samples::Resize(image, 4, 3),
              Pointwise(FloatNear(1e-4F), Values{0, 25, 75, 100, 0, 25, 75, 100,
                                                 0, 25, 75, 100}));
  EXPECT_THAT(samples::Resize(image, 1, 1),
              Pointwise(FloatNear(1e-4F), Values{50}));
  // No pixel is skipped when shrinking: a triangle over eight pixels.
  image = {4, 1, 1, {0, 0, 0, 80}};
  EXPECT_THAT(samples::Resize(image, 2, 1),
              Pointwise(FloatNear(1e-3F),
                        Values{80 * 0.25F / 3.5F * 0, 80 * 0.75F / 1.75F}));
  image = {2, 2, 3, {1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3}};
  EXPECT_THAT(samples::Resize(image, 3, 5),
              ::testing::Contains(FloatNear(2, 1e-5F)).Times(15));
}

TEST(Images, ADamagedOneIsLeftOut) {
  const TempFolder folder;
  const std::vector<SampleInput> inputs = {FloatInput({1, 8, 8, 3})};
  const std::string bmp = Bmp(2, 2, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  const std::string pgm = Pgm(4, 4, std::vector<uint8_t>(16, 7));
  for (const std::string& whole : {bmp, pgm}) {
    folder.Write("a.png", whole);
    EXPECT_EQ(ReadSamples(folder.path(), inputs).message, "");
    for (const size_t less : {whole.size() - 1, whole.size() / 2, size_t{3},
                              size_t{1}, size_t{0}}) {
      folder.Write("a.png", whole.substr(0, less));
      EXPECT_THAT(ReadSamples(folder.path(), inputs).message,
                  HasSubstr("left out: "))
          << less << " of " << whole.size();
    }
  }
}

TEST(Images, AJpegEndsWithItsMarker) {
  const auto is_whole = [](std::vector<uint8_t> bytes) {
    return samples::IsWhole(bytes, 1, 1, 1);
  };
  // A segment that contains an end of its own, a scan, and the end.
  EXPECT_TRUE(is_whole({0xFF, 0xD8, 0xFF, 0xE1, 0, 4, 0xFF, 0xD9, 0xFF, 0xDA, 1,
                        2, 0xFF, 0xD9}));
  EXPECT_FALSE(is_whole(
      {0xFF, 0xD8, 0xFF, 0xE1, 0, 4, 0xFF, 0xD9, 0xFF, 0xDA, 1, 2, 0xFF}));
  EXPECT_FALSE(is_whole({0xFF, 0xD8, 0xFF, 0xE1, 0xFF, 0xFF, 1}));
}

TEST(Images, SaysWhatDoesNotFit) {
  const TempFolder folder;
  folder.Write("a.bmp", Bmp(2, 1, kPixels));
  const auto message = [&](std::vector<int32_t> shape,
                           const std::string& preprocess = "") {
    return ReadSamples(folder.path(), {FloatInput(std::move(shape))},
                       WithPreprocess(preprocess))
        .message;
  };
  EXPECT_THAT(message({1, 49, 10, 7}), HasSubstr("takes no images"));
  EXPECT_THAT(message({2, 8, 8, 3}), HasSubstr("takes no images"));
  EXPECT_THAT(message({1, 784}), HasSubstr("takes no images"));
  EXPECT_THAT(message({1, 8, 8, 3}, "mean=1:2"),
              HasSubstr("2 numbers for the 3 channels"));
  EXPECT_THAT(message({1, 8, 8, 1}, "bgr"), HasSubstr("bgr is for colours"));
  EXPECT_THAT(message({1, 8, 8, 3}, "windows"), HasSubstr("for WAV files"));
  EXPECT_THAT(message({1, 8, 8, 3}, "mean=1e300"),
              HasSubstr("a.bmp: element 0 is infinite"));
  EXPECT_THAT(
      ReadSamples(folder.path(), {FloatInput({1, 8, 8, 3}), FloatInput({1})})
          .message,
      HasSubstr("for a model with one input"));
}

TEST(Images, SeveralThreadsReadAtOnce) {
  const TempFolder folder;
  for (int i = 0; i < 10; ++i) {
    folder.Write(std::to_string(i) + ".pgm",
                 Pgm(3, 3, std::vector<uint8_t>(9, static_cast<uint8_t>(i))));
  }
  const std::vector<SampleInput> inputs = {FloatInput({1, 3, 3, 1})};
  const auto source =
      OpenSamples(folder.path(), inputs, WithPreprocess("scale=1"));
  ASSERT_TRUE(source.has_value());
  std::vector<float> first(10);
  std::vector<std::thread> threads;
  for (int64_t i = 0; i < 10; ++i) {
    threads.emplace_back(
        [&, i] { first[i] = Read(**source, inputs, i).values[0][0]; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(first, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
}

TEST(Preprocess, IsUnderstood) {
  const auto result = samples::ParsePreprocess(
      "scale=1/255,mean=0.485:0.456,std=2:-1e-3,bgr,rate=16000,windows");
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_DOUBLE_EQ(*result->scale, 1.0 / 255);
  EXPECT_THAT(result->mean, ElementsAre(0.485, 0.456));
  EXPECT_THAT(result->std, ElementsAre(2, -1e-3));
  EXPECT_TRUE(result->bgr && result->windows);
  EXPECT_EQ(result->rate, 16000);
  EXPECT_DOUBLE_EQ(result->Apply(255, 1, 0), (1 - 0.456) / -1e-3);
}

TEST(Preprocess, WhatItCannotBeIsSaid) {
  const auto message = [](std::string_view text) {
    const auto result = samples::ParsePreprocess(text);
    return result ? "no error" : result.error().message;
  };
  for (const char* const unknown : {"scal=1", "bgr=1", "scale", "=", "1/255"}) {
    EXPECT_THAT(message(unknown), HasSubstr("known are scale=X")) << unknown;
  }
  for (const char* const number :
       {"scale=", "scale=a", "scale=1/0", "scale=1/2/3", "mean=1:", "mean=:1",
        "mean=nan", "mean=1e999", "std=0x1"}) {
    EXPECT_THAT(message(number), HasSubstr("write a number")) << number;
  }
  EXPECT_THAT(message("std=1:0"), HasSubstr("divided by 0"));
  EXPECT_THAT(message("scale=1:2"), HasSubstr("one scale"));
  EXPECT_THAT(message("rate=0.5"), HasSubstr("whole number"));
  EXPECT_THAT(message("rate=0"), HasSubstr("whole number"));
}

}  // namespace
}  // namespace tinyml::testing
