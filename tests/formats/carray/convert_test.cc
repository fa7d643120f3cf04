#include "tinyml/convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/models.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// A model whose bytes are `text`: the emitters do not interpret them.
ModelFile FileOf(const std::string& text) {
  auto owner = std::make_shared<const std::string>(text);
  ModelFile file;
  file.name = "dir/tiny model.tflite";
  file.bytes = {reinterpret_cast<const uint8_t*>(owner->data()), owner->size()};
  file.owner = owner;
  file.model = testing::GoodModel();
  return file;
}

const std::string kEndsInZero("ab\xff\0", 4);
const std::string kEndsInSeven("ab\0\7", 4);

std::string Contents(const OutputFile& file) {
  std::string text;
  const Status status = file.produce([&](std::string_view piece) {
    text += piece;
    return Status();
  });
  EXPECT_TRUE(status.has_value());
  return text;
}

std::vector<OutputFile> Render(const ModelFile& file,
                               const ConvertOptions& options) {
  Result<std::vector<OutputFile>> files = RenderModel(file, options);
  EXPECT_TRUE(files.has_value()) << files.error().message;
  return std::move(files).value_or(std::vector<OutputFile>());
}

std::vector<std::string> Paths(const std::vector<OutputFile>& files) {
  std::vector<std::string> paths;
  for (const OutputFile& file : files) paths.push_back(file.path);
  return paths;
}

ConvertOptions To(const std::string& path) {
  ConvertOptions options;
  options.output_path = path;
  return options;
}

TEST(ConvertTest, TheExtensionSaysWhatToWrite) {
  const ModelFile file = FileOf(kEndsInZero);
  EXPECT_THAT(Paths(Render(file, To("d/m.cc"))),
              ElementsAre("d/m.cc", "d/m.h"));
  EXPECT_THAT(Paths(Render(file, To("m.cpp"))), ElementsAre("m.cpp", "m.h"));
  EXPECT_THAT(Paths(Render(file, To("m.x.c"))), ElementsAre("m.x.c", "m.x.h"));
  EXPECT_THAT(Paths(Render(file, To("m.h"))), ElementsAre("m.h"));
  EXPECT_THAT(Paths(Render(file, To("m.S"))),
              ElementsAre("m.S", "m.S.bin", "m.h"));
  EXPECT_THAT(Paths(Render(file, To("m.tflite"))), ElementsAre("m.tflite"));
  for (const char* path : {"m", "m.s", "m.txt", "-", "m.cc/x", ".cc"}) {
    const auto files = RenderModel(file, To(path));
    ASSERT_FALSE(files.has_value()) << path;
    EXPECT_EQ(files.error().code, ErrorCode::kUsage);
  }
}

TEST(ConvertTest, StandardOutputTakesOneFile) {
  ConvertOptions options = To("-");
  options.form = OutputForm::kHeader;
  EXPECT_THAT(Paths(Render(FileOf(kEndsInZero), options)), ElementsAre("-"));
  options.form = OutputForm::kCpp;
  EXPECT_FALSE(RenderModel(FileOf(kEndsInZero), options).has_value());
  options.form = OutputForm::kTflite;
  options.resolver = true;
  EXPECT_FALSE(RenderModel(FileOf(kEndsInZero), options).has_value());
}

TEST(ConvertTest, AStringThatEndsWithTheModelsZero) {
  const std::string source =
      Contents(Render(FileOf(kEndsInZero), To("m.cc"))[0]);
  EXPECT_THAT(source, HasSubstr("#include \"m.h\"\n"));
  EXPECT_THAT(source, HasSubstr("alignas(16) const unsigned char g_model[4] =\n"
                                "\"ab\\377\";\n"
                                "const unsigned int g_model_len = 4;\n"));
}

TEST(ConvertTest, BytesAfterTheLastZeroAreNumbers) {
  const std::string source =
      Contents(Render(FileOf(kEndsInSeven), To("m.c"))[0]);
  EXPECT_THAT(source, HasSubstr("  unsigned char text[3];\n"
                                "  unsigned char end[1];\n"));
  EXPECT_THAT(source, HasSubstr("_Alignas(16) const struct g_model_parts "
                                "g_model_whole = {\n\"ab\",\n{7}};\n"));
  EXPECT_THAT(source, HasSubstr("alias(\"g_model_whole\")"));
}

TEST(ConvertTest, AHeaderHoldsWeakDefinitions) {
  const std::string zero = Contents(Render(FileOf(kEndsInZero), To("m.h"))[0]);
  EXPECT_THAT(zero, HasSubstr("g_model[4] __attribute__((weak));\n"));
  EXPECT_THAT(zero, HasSubstr("g_model_len __attribute__((weak));\n"));
  EXPECT_THAT(zero, HasSubstr("const unsigned char g_model[4] =\n"
                              "\"ab\\377\";\n"
                              "const unsigned int g_model_len = 4;\n"));
  const std::string seven =
      Contents(Render(FileOf(kEndsInSeven), To("m.h"))[0]);
  EXPECT_THAT(seven, HasSubstr("((weak, alias(\"g_model_whole\")))"));
}

TEST(ConvertTest, WithoutAZeroAllAreNumbers) {
  const std::string source = Contents(Render(FileOf("abc"), To("m.cc"))[0]);
  EXPECT_THAT(source, HasSubstr("g_model[3] = {\n97,98,99};\n"));
  EXPECT_THAT(source, Not(HasSubstr("#pragma")));
}

TEST(ConvertTest, NumbersOnRequest) {
  ConvertOptions options = To("m.cc");
  options.array_style = ArrayStyle::kNumbers;
  EXPECT_THAT(Contents(Render(FileOf(kEndsInZero), options)[0]),
              HasSubstr("g_model[4] = {\n97,98,255,0};\n"));
}

TEST(ConvertTest, TheHeaderDeclaresAndSaysWhatItIs) {
  const std::string header =
      Contents(Render(FileOf(kEndsInZero), To("d/m.cc"))[1]);
  EXPECT_THAT(header, HasSubstr("from tiny model.tflite: "));
  EXPECT_THAT(header, HasSubstr("// Model: 4 bytes, SHA-256 "));
  EXPECT_THAT(header, HasSubstr("#ifndef TINYML_G_MODEL_H_\n"));
  EXPECT_THAT(header, HasSubstr("extern const unsigned char g_model[4];\n"));
  EXPECT_THAT(header, HasSubstr("extern const unsigned int g_model_len;\n"));
  EXPECT_THAT(header, Not(HasSubstr("ARENA")));
}

TEST(ConvertTest, ArenaOfOneTarget) {
  ConvertOptions options = To("m.cc");
  options.arenas = {{.target = "cortex-m4",
                     .required_arena_bytes = 82320,
                     .runtime_name = "tflm",
                     .runtime_revision = "90b983c2b3f1",
                     .kernels_name = "cmsis-nn",
                     .kernels_revision = "4ab83cc3cc98"}};
  const std::string header = Contents(Render(FileOf(kEndsInZero), options)[1]);
  EXPECT_THAT(header,
              HasSubstr("// cortex-m4: 82320 (tflm 90b983c2b3f1, cmsis-nn "
                        "4ab83cc3cc98)\n"));
  EXPECT_THAT(header, HasSubstr("#define G_MODEL_ARENA_SIZE 82320\n"));
  EXPECT_THAT(header,
              HasSubstr("constexpr int kModelArenaSize = G_MODEL_ARENA_SIZE;"));
  EXPECT_THAT(header, HasSubstr("enum { kModelArenaSize = "));
  EXPECT_THAT(header, Not(HasSubstr("CortexM4")));
}

TEST(ConvertTest, ArenaOfSeveralTargetsIsTheLargest) {
  ConvertOptions options = To("m.h");
  options.symbol = "g_kws";
  options.arenas = {{"esp32", 100, "", "", "", "", ""},
                    {"cortex-m4+reference", 200, "", "", "", "", ""},
                    {"rv32", 150, "", "", "", "", ""}};
  const std::string header = Contents(Render(FileOf(kEndsInZero), options)[0]);
  EXPECT_THAT(header, HasSubstr("#define G_KWS_ARENA_SIZE 200\n"));
  EXPECT_THAT(header, HasSubstr("#define G_KWS_ARENA_SIZE_ESP32 100\n"));
  EXPECT_THAT(header,
              HasSubstr("#define G_KWS_ARENA_SIZE_CORTEX_M4_REFERENCE 200\n"));
  EXPECT_THAT(header, HasSubstr("constexpr int kKwsArenaSizeRv32 = "));
}

TEST(ConvertTest, NoMachinePathsInTheOutput) {
  for (const char* path : {"secret/m.cc", "secret/m.S", "secret/m.h"}) {
    ConvertOptions options = To(path);
    options.resolver = true;
    for (const OutputFile& file : Render(FileOf(kEndsInZero), options)) {
      EXPECT_THAT(Contents(file), Not(HasSubstr("secret"))) << file.path;
      EXPECT_THAT(Contents(file), Not(HasSubstr("dir/"))) << file.path;
    }
  }
}

TEST(ConvertTest, AFileNameThatCannotBeIncludedIsRefused) {
  for (const char* path : {"a\"b.cc", "a\\b.h", "a\nb.S"}) {
    const auto files = RenderModel(FileOf(kEndsInZero), To(path));
    ASSERT_FALSE(files.has_value());
    EXPECT_EQ(files.error().code, ErrorCode::kUsage);
  }
}

TEST(ResolverTest, RegistersEachOperatorOnce) {
  ConvertOptions options = To("d/m.cpp");
  options.resolver = true;
  const std::vector<OutputFile> files = Render(FileOf(kEndsInZero), options);
  EXPECT_THAT(Paths(files), ElementsAre("d/m.cpp", "d/m.h", "d/m_resolver.cpp",
                                        "d/m_resolver.h"));
  const std::string source = Contents(files[2]);
  EXPECT_THAT(source, HasSubstr("#include \"m_resolver.h\"\n"));
  EXPECT_THAT(source,
              HasSubstr("TfLiteStatus RegisterModelOps(ModelOpResolver& "
                        "resolver) {\n"
                        "  if (resolver.AddConv2D() != kTfLiteOk) return "
                        "kTfLiteError;\n"
                        "  if (resolver.AddIf() != kTfLiteOk) return "
                        "kTfLiteError;\n"));
  EXPECT_THAT(source, HasSubstr("AddCustom(\"Thing\", Register_Thing())"));
  const std::string header = Contents(files[3]);
  EXPECT_THAT(header, HasSubstr("using ModelOpResolver = "
                                "tflite::MicroMutableOpResolver<4>;\n"));
  EXPECT_THAT(header, HasSubstr("TFLMRegistration* Register_Thing();\n"));
  EXPECT_THAT(ApplicationOperators(FileOf("").model), ElementsAre("Thing"));
}

TEST(ResolverTest, OperatorsOfTheRuntimesOwnAreNotTheApplications) {
  ModelFile file = FileOf(kEndsInZero);
  file.model.operator_codes[3].custom_code = "SignalRfft";
  ConvertOptions options = To("m.h");
  options.resolver = true;
  const std::vector<OutputFile> files = Render(file, options);
  EXPECT_THAT(Paths(files), ElementsAre("m.h", "m_resolver.h"));
  EXPECT_THAT(Contents(files[1]), HasSubstr("resolver.AddRfft()"));
  EXPECT_THAT(Contents(files[1]), HasSubstr("inline TfLiteStatus "));
  EXPECT_TRUE(ApplicationOperators(file.model).empty());
}

TEST(ResolverTest, CustomCodesThatAreNoIdentifiers) {
  ModelFile file = FileOf(kEndsInZero);
  Model& model = file.model;
  model.operator_codes[3].custom_code = "my op\"1";
  OperatorCode other = model.operator_codes[3];
  other.custom_code = "my op?1";
  model.operator_codes.push_back(other);
  model.subgraphs[1].operators[0].opcode_index = 4;
  ConvertOptions options = To("m.cc");
  options.resolver = true;
  const std::string source = Contents(Render(file, options)[2]);
  EXPECT_THAT(source, HasSubstr(R"(("my op\"1", Register_my_op_1()))"));
  EXPECT_THAT(source, HasSubstr(R"(("my op\?1", Register_my_op_1_2()))"));
}

TEST(ResolverTest, AModelWithoutOperatorsStillCompiles) {
  ModelFile file = FileOf(kEndsInZero);
  for (Subgraph& subgraph : file.model.subgraphs) subgraph.operators.clear();
  ConvertOptions options = To("m.cc");
  options.resolver = true;
  const std::vector<OutputFile> files = Render(file, options);
  EXPECT_THAT(Contents(files[2]), HasSubstr("(void)resolver;"));
  EXPECT_THAT(Contents(files[3]), HasSubstr("MicroMutableOpResolver<1>"));
}

TEST(ResolverTest, SaysWhichOperatorTheRuntimeDoesNotHave) {
  ModelFile file = FileOf(kEndsInZero);
  file.model.operator_codes[2].builtin_code = BuiltinOperator::kGelu;
  ConvertOptions options = To("m.cc");
  options.resolver = true;
  const auto files = RenderModel(file, options);
  ASSERT_FALSE(files.has_value());
  EXPECT_EQ(files.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(files.error().message,
              HasSubstr("subgraph 1, operator 0 (GELU): "));
}

}  // namespace
}  // namespace tinyml
