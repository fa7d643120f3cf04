// Layouts by hand, and against compilers of the targets.
#include "runtime/abi/abi.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <iterator>
#include <list>
#include <random>
#include <string>
#include <vector>

#include "runtime/abi/core_structs.h"

namespace tinyml::runtime {
namespace {

// arm-none-eabi, x86-32, x86-64, RISC-V of 32 bits.
constexpr Abi kArm = {
    .pointer_bytes = 4, .int64_alignment = 8, .short_enums = true};
constexpr Abi kI386 = {
    .pointer_bytes = 4, .int64_alignment = 4, .short_enums = false};
constexpr Abi kX64 = {
    .pointer_bytes = 8, .int64_alignment = 8, .short_enums = false};
constexpr Abi kRv32 = {
    .pointer_bytes = 4, .int64_alignment = 8, .short_enums = false};

TEST(AbiTest, AStructWithoutFieldsHasAByte) {
  const StructDef kEmpty = {"Empty", {}};
  EXPECT_EQ(LayoutOf(kEmpty, kArm), (Layout{1, 1}));
}

//           0 1 2 3 4 5 6 7 8 9
// bool a    a
// int32 b           b b b b
// int16 c                   c c, and two bytes to a multiple of 4
TEST(AbiTest, FieldsArePaddedToTheirAlignmentAndTheEndToTheLargest) {
  const Field kFields[] = {Bool(), Int32(), Int16()};
  const StructDef kPadded = {"Padded", kFields};
  EXPECT_EQ(LayoutOf(kPadded, kArm), (Layout{12, 4}));
  EXPECT_EQ(OffsetOf(kPadded, 0, kArm), 0);
  EXPECT_EQ(OffsetOf(kPadded, 1, kArm), 4);
  EXPECT_EQ(OffsetOf(kPadded, 2, kArm), 8);
}

TEST(AbiTest, AnArrayHasItsElementsAlignment) {
  const Field kFields[] = {Bool(3), Int16(3), Bool()};
  const StructDef kArrays = {"Arrays", kFields};
  EXPECT_EQ(LayoutOf(kArrays, kArm), (Layout{12, 2}));
  EXPECT_EQ(OffsetOf(kArrays, 1, kArm), 4);
  EXPECT_EQ(OffsetOf(kArrays, 2, kArm), 10);
}

// Without TF_LITE_STATIC_MEMORY, as the compilers of Arm and of x86-64 lay them
// out.
TEST(AbiTest, FullTensorsAndNodesHaveTheMembersOfTensorFlowLite) {
  EXPECT_EQ(LayoutOf(kTfLiteTensor, kArm), (Layout{32, 4}));
  EXPECT_EQ(LayoutOf(kFullTfLiteTensor, kArm), (Layout{64, 4}));
  EXPECT_EQ(LayoutOf(kFullTfLiteTensor, kRv32), (Layout{64, 4}));
  EXPECT_EQ(LayoutOf(kFullTfLiteTensor, kX64), (Layout{112, 8}));
  EXPECT_EQ(LayoutOf(kFullTfLiteNode, kArm), (Layout{40, 4}));
  EXPECT_EQ(LayoutOf(kFullNodeAndRegistration, kArm), (Layout{44, 4}));
  EXPECT_EQ(LayoutOf(kFullNodeAndRegistration, kX64), (Layout{88, 8}));
}

// Two pointers to error reporters: 124 bytes with the planner's 44 (2022-05).
TEST(AbiTest, OldAllocatorsPointToAnErrorReporter) {
  EXPECT_EQ(LayoutOf(kReportingArenaAllocator, kRv32).size, 40);
  EXPECT_EQ(LayoutOf(kReportingMicroAllocator, kRv32).size, 40);
  EXPECT_EQ(LayoutOf(kGreedyMemoryPlanner, kRv32).size, 44);
  EXPECT_EQ(LayoutOf(kOldMicroResourceVariable, kRv32).size, 16);
}

TEST(AbiTest, PointersFollowTheTarget) {
  const Field kFields[] = {Bool(), Pointer(), SizeT()};
  const StructDef kPointers = {"Pointers", kFields};
  EXPECT_EQ(LayoutOf(kPointers, kArm), (Layout{12, 4}));
  EXPECT_EQ(LayoutOf(kPointers, kX64), (Layout{24, 8}));
}

// i386 aligns 64-bit members to 4 bytes only.
TEST(AbiTest, SoDoesTheAlignmentOf64Bits) {
  const Field kFields[] = {Int32(), Int64(), Double()};
  const StructDef kWide = {"Wide", kFields};
  EXPECT_EQ(LayoutOf(kWide, kI386), (Layout{20, 4}));
  EXPECT_EQ(LayoutOf(kWide, kRv32), (Layout{24, 8}));
  EXPECT_EQ(OffsetOf(kWide, 1, kI386), 4);
  EXPECT_EQ(OffsetOf(kWide, 1, kRv32), 8);
}

// -fshort-enums shrinks unscoped enums, to the width of their values.
TEST(AbiTest, SoDoesTheSizeOfEnums) {
  const Field kFields[] = {Enum(), Enum(2), ScopedEnum()};
  const StructDef kEnums = {"Enums", kFields};
  EXPECT_EQ(LayoutOf(kEnums, kArm), (Layout{8, 4}));
  EXPECT_EQ(OffsetOf(kEnums, 1, kArm), 2);
  EXPECT_EQ(LayoutOf(kEnums, kRv32), (Layout{12, 4}));
  EXPECT_EQ(OffsetOf(kEnums, 1, kRv32), 4);
}

TEST(AbiTest, ANestedStructKeepsItsPadding) {
  const Field kInnerFields[] = {Int32(), Bool()};
  const StructDef kInner = {"Inner", kInnerFields};
  const Field kFields[] = {Bool(), Struct(kInner, 2), Bool()};
  const StructDef kOuter = {"Outer", kFields};
  EXPECT_EQ(LayoutOf(kOuter, kArm), (Layout{24, 4}));
  EXPECT_EQ(OffsetOf(kOuter, 1, kArm), 4);
  EXPECT_EQ(OffsetOf(kOuter, 2, kArm), 20);
}

// A struct as C declares it, after those that it contains.
std::string Declare(const StructDef& def, const std::string& name) {
  std::string before;
  std::string fields;
  for (size_t i = 0; i < def.fields.size(); ++i) {
    const Field& field = def.fields[i];
    std::string type;
    switch (field.kind) {
      case FieldKind::kBytes:
        type = field.width == 1 ? "char" : field.width == 2 ? "short" : "int";
        break;
      case FieldKind::kPointer:
        type = "void*";
        break;
      case FieldKind::kInt64:
        type = "long long";
        break;
      case FieldKind::kEnum:
        type = field.width == 1 ? "enum Small" : "enum Medium";
        break;
      case FieldKind::kStruct: {
        const std::string inner = name + "_" + std::to_string(i);
        before += Declare(*field.nested, inner);
        type = "struct " + inner;
        break;
      }
    }
    fields += fmt::format("  {} f{}[{}];\n", type, i, field.count);
  }
  return fmt::format("{}struct {} {{\n{}}};\n", before, name, fields);
}

// Assertions, for a compiler, that `def` is laid out as computed for `abi`.
std::string Asserts(const StructDef& def, const std::string& name,
                    const Abi& abi) {
  const Layout layout = LayoutOf(def, abi);
  std::string text = Declare(def, name);
  const auto same = [&](const std::string& what, int64_t value) {
    text += fmt::format("_Static_assert({} == {}, \"\");\n", what, value);
  };
  same(fmt::format("sizeof(struct {})", name), layout.size);
  same(fmt::format("_Alignof(struct {})", name), layout.alignment);
  for (size_t i = 0; i < def.fields.size(); ++i) {
    same(fmt::format("__builtin_offsetof(struct {}, f{})", name, i),
         OffsetOf(def, i, abi));
  }
  return text;
}

// Whether `compiler` accepts a C source; its messages go to the test's output.
bool Compiles(const std::string& compiler, const std::string& source) {
  FILE* pipe =
      popen((compiler + " -std=c11 -fsyntax-only -x c - 2>&1").c_str(), "w");
  if (pipe == nullptr) return false;
  std::fwrite(source.data(), 1, source.size(), pipe);
  return pclose(pipe) == 0;
}

struct Compiler {
  std::string command;
  Abi abi;
};

class CompilerTest : public ::testing::TestWithParam<Compiler> {};

// 200 structs of arbitrary fields, some of which hold one another.
TEST_P(CompilerTest, LaysStructsOutAsComputed) {
  const Compiler& compiler = GetParam();
  if (!Compiles(compiler.command, "int x;")) {
    GTEST_SKIP() << "there is no " << compiler.command;
  }
  std::string source =
      "enum Small { kSmall = 255 };\nenum Medium { kMedium = 1000 };\n";
  const Field kinds[] = {Bool(),  Int16(), Int32(),   Int64(),
                         Enum(1), Enum(2), Pointer(), Double()};
  std::list<std::vector<Field>> fields;
  std::list<StructDef> structs;
  std::mt19937 random(1);
  for (int i = 0; i < 200; ++i) {
    std::vector<Field>& own = fields.emplace_back();
    for (size_t count = 1 + random() % 7; own.size() < count;) {
      Field field = kinds[random() % std::size(kinds)];
      if (i >= 20 && random() % 8 == 0) {
        field = Struct(*std::next(structs.begin(), random() % 20));
      }
      field.count = static_cast<int32_t>(1 + random() % 3);
      own.push_back(field);
    }
    structs.push_back({"", own});
    source += Asserts(structs.back(), "S" + std::to_string(i), compiler.abi);
  }
  for (const StructDef* def :
       {&kTfLiteTensor, &kTfLiteEvalTensor, &kNodeAndRegistration,
        &kMicroAllocator, &kGreedyMemoryPlanner, &kAllocationInfo}) {
    source += Asserts(*def, std::string(def->name), compiler.abi);
  }
  EXPECT_TRUE(Compiles(compiler.command, source)) << source;
}

INSTANTIATE_TEST_SUITE_P(
    AbiTest, CompilerTest,
    ::testing::Values(Compiler{"arm-none-eabi-gcc -mcpu=cortex-m4", kArm},
                      Compiler{"arm-none-eabi-gcc -fno-short-enums", kRv32},
                      Compiler{"clang --target=i386-linux-gnu", kI386},
                      Compiler{"clang --target=x86_64-linux-gnu", kX64},
                      Compiler{"clang --target=riscv32-unknown-elf", kRv32}));

// What the real compilers made of the runtime's structs; the rest is compared
// with ../shared by GoldenStructsTest.
TEST(AbiTest, OfTheRuntimesOwnStructs) {
  EXPECT_EQ(LayoutOf(kTfLiteEvalTensor, kArm), (Layout{12, 4}));
  EXPECT_EQ(LayoutOf(kTfLiteEvalTensor, kX64), (Layout{24, 8}));
  EXPECT_EQ(LayoutOf(kNodeAndRegistration, kArm), (Layout{32, 4}));
  EXPECT_EQ(LayoutOf(kNodeAndRegistration, kX64), (Layout{64, 8}));
  EXPECT_EQ(LayoutOf(kTfLiteTensor, kArm), (Layout{32, 4}));
}

}  // namespace
}  // namespace tinyml::runtime
