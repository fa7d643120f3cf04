#include "exec/esp_results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/paths.h"
#include "tinyml/model_file.h"
#include "tinyml/run.h"
#include "tinyml/target.h"

namespace tinyml::exec {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::string NoteOf(const std::string& model, const std::string& spec) {
  const auto file = ReadModelFile(testing::TestdataPath(model));
  return EspVectorCodeNote(file->model, Target::Parse(spec)->runtime());
}

TEST(EspResultsTest, VectorCodeIsOfTheS3AndTheP4) {
  EXPECT_THAT(NoteOf("keyword_int8.tflite", "esp32s3"),
              HasSubstr("on the ESP32-S3, "));
  EXPECT_THAT(NoteOf("keyword_int8.tflite", "esp32p4"),
              HasSubstr("on the ESP32-P4, "));
  EXPECT_THAT(NoteOf("keyword_int8.tflite", "esp32s3"),
              HasSubstr("DEPTHWISE_CONV_2D"));
  for (const char* other : {"esp32", "esp32c3", "esp32s3+esp-nn-ansi",
                            "esp32s3+reference", "cortex-m4"}) {
    EXPECT_EQ(NoteOf("keyword_int8.tflite", other), "") << other;
  }
}

TEST(EspResultsTest, FloatsAreTheReferenceKernels) {
  EXPECT_EQ(NoteOf("keyword_float.tflite", "esp32s3"), "");
}

TEST(EspResultsTest, ARunSaysSo) {
  const auto file = ReadModelFile(testing::TestdataPath("keyword_int8.tflite"));
  RunOptions options;
  options.random_seed = 1;
  const auto warnings = [&](const char* spec) {
    const auto run = RunModel(file->model, *Target::Parse(spec), options);
    EXPECT_TRUE(run.has_value());
    return run ? run->warnings : std::vector<std::string>();
  };
  EXPECT_THAT(warnings("esp32s3"),
              Contains(HasSubstr("may run ESP-NN's vector code")));
  EXPECT_THAT(warnings("esp32"), Not(Contains(HasSubstr("vector code"))));
}

}  // namespace
}  // namespace tinyml::exec
