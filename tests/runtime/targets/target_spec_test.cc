// The spellings of targets: a name, a kernel library, overrides.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "runtime/targets/profile.h"
#include "tinyml/target.h"

namespace tinyml {
namespace {

using runtime::ParseTargetSpec;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(TargetSpecTest, ANameAlone) {
  const auto spec = ParseTargetSpec("cortex-m4");
  ASSERT_TRUE(spec);
  EXPECT_EQ(spec->base, "cortex-m4");
  EXPECT_EQ(spec->kernels, "");
  EXPECT_THAT(spec->overrides, IsEmpty());
}

TEST(TargetSpecTest, AllParts) {
  const auto spec = ParseTargetSpec(
      "cortex-m4+reference:runtime=2024-01,abi.short_enums=false");
  ASSERT_TRUE(spec);
  EXPECT_EQ(spec->base, "cortex-m4");
  EXPECT_EQ(spec->kernels, "reference");
  EXPECT_THAT(spec->overrides, ElementsAre(Pair("runtime", "2024-01"),
                                           Pair("abi.short_enums", "false")));
}

TEST(TargetSpecTest, APlusInAFoldersNameIsPartOfIt) {
  const auto spec = ParseTargetSpec("c++/my.json+reference:ram_bytes=1");
  ASSERT_TRUE(spec);
  EXPECT_EQ(spec->base, "c++/my.json");
  EXPECT_EQ(spec->kernels, "reference");
}

TEST(TargetSpecTest, AValueMayBeEmptyOrHaveAnEqualsSign) {
  const auto spec = ParseTargetSpec("rv32:runtime=,ram_bytes=a=b");
  ASSERT_TRUE(spec);
  EXPECT_THAT(spec->overrides,
              ElementsAre(Pair("runtime", ""), Pair("ram_bytes", "a=b")));
}

TEST(TargetSpecTest, MalformedOnesAreRefused) {
  for (const char* spec : {"", "+reference", "cortex-m4+", ":ram_bytes=1",
                           "cortex-m4:", "cortex-m4:ram_bytes", "cortex-m4:=1",
                           "cortex-m4:ram_bytes=1,"}) {
    const auto parsed = ParseTargetSpec(spec);
    ASSERT_FALSE(parsed) << spec;
    EXPECT_EQ(parsed.error().code, ErrorCode::kUsage) << spec;
    EXPECT_THAT(parsed.error().message, HasSubstr(spec));
  }
}

// A target with one override.
TargetInfo With(std::string_view override_text) {
  const auto target = Target::Parse("cortex-m55:" + std::string(override_text));
  EXPECT_TRUE(target) << target.error().message;
  return target ? target->info() : TargetInfo();
}

TEST(TargetOverrideTest, EachKeyChangesItsField) {
  EXPECT_EQ(With("abi.short_enums=false").short_enums, false);
  EXPECT_EQ(With("abi.pointer_bytes=8").pointer_bytes, 8);
  EXPECT_EQ(With("abi.int64_alignment=4").int64_alignment, 4);
  EXPECT_EQ(With("kernels.optimize_for=size").optimize_for, "size");
  EXPECT_THAT(With("kernels.features=dsp+ethos-u").kernels_features,
              ElementsAre("dsp", "ethos-u"));
  EXPECT_THAT(With("kernels.features=none").kernels_features, IsEmpty());
  EXPECT_EQ(With("kernels.revision=5.0.0").kernels_revision, "bfc54edb61e8");
  EXPECT_EQ(With("runtime=2024-01").runtime_revision, "4b2bdd1a6cc2");
  EXPECT_EQ(With("runtime.revision=2024-01").runtime_revision, "4b2bdd1a6cc2");
  EXPECT_EQ(With("ram_bytes=4096").ram_bytes, 4096);
  EXPECT_EQ(With("flash_bytes=65536").flash_bytes, 65536);
}

TEST(TargetOverrideTest, TheLastOneCounts) {
  EXPECT_EQ(With("ram_bytes=1,ram_bytes=2").ram_bytes, 2);
}

TEST(TargetOverrideTest, WrongOnesAreRefused) {
  struct Wrong {
    const char* spec;
    const char* sentence;
  };
  for (const auto& [spec, sentence] : {
           Wrong{"cortex-m55:abi.endianness=big", "does not exist"},
           Wrong{"cortex-m55:abi.short_enums=yes", "expected true or false"},
           Wrong{"cortex-m55:abi.pointer_bytes=four", "a whole number"},
           Wrong{"cortex-m55:ram_bytes=", "a whole number"},
           Wrong{"cortex-m55:ram_bytes=-1", "a whole number"},
           Wrong{"cortex-m55:ram_bytes=1234567890123456", "a whole number"},
           Wrong{"cortex-m55:abi.pointer_bytes=2", "pointer_bytes"},
           Wrong{"cortex-m55:kernels.features=sse", "sse"},
           Wrong{"cortex-m55:runtime=1999-01", "is not known"},
           Wrong{"cortex-m55+onnxruntime", "there is no kernel library"},
           Wrong{"cortex-m99", "cortex-m99"},
       }) {
    const auto target = Target::Parse(spec);
    ASSERT_FALSE(target) << spec;
    EXPECT_THAT(target.error().message, HasSubstr(sentence)) << spec;
  }
}

}  // namespace
}  // namespace tinyml
