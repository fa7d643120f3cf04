#include "formats/carray/names.h"

#include <gtest/gtest.h>

#include <string>

namespace tinyml::carray {
namespace {

Names Make(const std::string& symbol, SymbolStyle style = SymbolStyle::kDefault,
           const std::string& model = "dir/person_detect.tflite") {
  ConvertOptions options;
  options.output_path = "out/model.cc";
  options.symbol = symbol;
  options.style = style;
  const Result<Names> names = MakeNames(options, model);
  EXPECT_TRUE(names.has_value()) << names.error().message;
  return names.value_or(Names());
}

TEST(NamesTest, Defaults) {
  const Names names = Make("");
  EXPECT_EQ(names.array, "g_model");
  EXPECT_EQ(names.length, "g_model_len");
  EXPECT_EQ(names.camel, "Model");
  EXPECT_EQ(names.upper, "G_MODEL");
  EXPECT_EQ(names.guard, "TINYML_G_MODEL_H_");
  EXPECT_EQ(names.file_macro, "TINYML_G_MODEL_FILE");
}

TEST(NamesTest, ANameOfOnesOwn) {
  const Names names = Make("g_wake_word2");
  EXPECT_EQ(names.array, "g_wake_word2");
  EXPECT_EQ(names.length, "g_wake_word2_len");
  EXPECT_EQ(names.camel, "WakeWord2");
  EXPECT_EQ(names.upper, "G_WAKE_WORD2");
  EXPECT_EQ(Make("kModel").camel, "KModel");
  EXPECT_EQ(Make("_x").camel, "X");
  EXPECT_EQ(Make("_").camel, "Model");
  EXPECT_EQ(Make("g_").camel, "Model");
  EXPECT_EQ(Make("g_2d").camel, "Model2d");
}

TEST(NamesTest, TflmStyleTakesTheModelsName) {
  const Names names = Make("", SymbolStyle::kTflm);
  EXPECT_EQ(names.array, "g_person_detect_model_data");
  EXPECT_EQ(names.length, "g_person_detect_model_data_size");
  EXPECT_EQ(names.camel, "PersonDetect");
  EXPECT_EQ(names.upper, "G_PERSON_DETECT");
  EXPECT_EQ(Make("", SymbolStyle::kTflm, "a/1 kws-v2.0 (int8).tflite").array,
            "g_1_kws_v2_0__int8__model_data");
  EXPECT_EQ(Make("", SymbolStyle::kTflm, "standard input").array,
            "g_model_model_data");
  EXPECT_EQ(Make("g_kws", SymbolStyle::kTflm).length, "g_kws_size");
}

TEST(NamesTest, RefusesWhatCCannotUse) {
  for (const char* name : {"2fast", "a-b", "a b", "class", "_Alignas", "__x",
                           "int", "main", "a\n", "\xc3\xa9t\xc3\xa9"}) {
    ConvertOptions options;
    options.symbol = name;
    const Result<Names> names = MakeNames(options, "m.tflite");
    ASSERT_FALSE(names.has_value()) << name;
    EXPECT_EQ(names.error().code, ErrorCode::kUsage);
  }
}

TEST(NamesTest, SplitPath) {
  const PathParts path = SplitPath("a.b/c.d.cc");
  EXPECT_EQ(path.folder, "a.b/");
  EXPECT_EQ(path.stem, "c.d");
  EXPECT_EQ(path.extension, ".cc");
  EXPECT_EQ(SplitPath("a.b/c").extension, "");
  EXPECT_EQ(SplitPath("a.b/c").stem, "c");
  EXPECT_EQ(SplitPath(".cc").stem, "");
  EXPECT_EQ(SplitPath("-").stem, "-");
}

TEST(NamesTest, TextForOtherPlaces) {
  EXPECT_EQ(CamelCase("cortex-m4+reference"), "CortexM4Reference");
  EXPECT_EQ(ToIdentifier("4 you"), "_4_you");
  EXPECT_EQ(CommentText("a\\\nb?\?/"), "a__b__/");
  EXPECT_EQ(Quoted("a\"b\\\n?"), R"("a\"b\\\012\?")");
}

}  // namespace
}  // namespace tinyml::carray
