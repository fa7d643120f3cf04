#include "formats/carray/sources.h"

#include <fmt/format.h>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <utility>

#include "base/macros.h"
#include "formats/carray/array_text.h"

namespace tinyml::carray {
namespace {

// How a file spells what the languages spell differently.
struct Spelling {
  std::string_view alignment;    // Before a definition.
  std::string_view external;     // Before a declaration.
  std::string_view weak_prefix;  // Before other attributes.
};

constexpr Spelling kC = {
    .alignment = "_Alignas(16) ", .external = "extern", .weak_prefix = ""};
constexpr Spelling kCpp = {
    .alignment = "alignas(16) ", .external = "extern \"C\"", .weak_prefix = ""};
// A header is compiled as either, within extern "C".
constexpr Spelling kHeader = {.alignment =
                                  "#ifdef __cplusplus\n"
                                  "alignas(16)\n"
                                  "#else\n"
                                  "_Alignas(16)\n"
                                  "#endif\n",
                              .external = "extern",
                              .weak_prefix = "weak, "};

// A piece of a file that is made when the file is written.
using Part = Producer;

Part TextPart(std::string text) {
  return [text = std::move(text)](const Sink& sink) { return sink(text); };
}

OutputFile FileOf(std::string path, std::vector<Part> parts) {
  return {std::move(path),
          [parts = std::move(parts)](const Sink& sink) -> Status {
            for (const Part& part : parts) TINYML_RETURN_IF_ERROR(part(sink));
            return {};
          }};
}

std::string_view Text(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The constants are there for C and C++; the macros for the preprocessor too.
std::string ArenaConstants(const Unit& unit) {
  if (unit.arenas.empty()) return "";
  struct Constant {
    std::string name;
    std::string macro;
    int64_t bytes;
  };
  const Names& names = unit.names;
  const auto largest = std::ranges::max_element(
      unit.arenas, {}, &ArenaConstant::required_arena_bytes);
  std::vector<Constant> constants = {{fmt::format("k{}ArenaSize", names.camel),
                                      fmt::format("{}_ARENA_SIZE", names.upper),
                                      largest->required_arena_bytes}};
  std::string text =
      "\n// The smallest tensor arena, in bytes, with which AllocateTensors() "
      "succeeds\n// if the arena is aligned to 16 bytes";
  const bool several = unit.arenas.size() > 1;
  text += several ? ": the largest of all targets, then each.\n" : ".\n";
  for (const ArenaConstant& arena : unit.arenas) {
    text += fmt::format(
        "// {}: {} ({}{}{} {}, {} {})\n", CommentText(arena.target),
        arena.required_arena_bytes, CommentText(arena.distribution_title),
        arena.distribution_title.empty() ? "" : ": ",
        CommentText(arena.runtime_name), CommentText(arena.runtime_revision),
        CommentText(arena.kernels_name), CommentText(arena.kernels_revision));
    if (!several) continue;
    std::string upper = ToIdentifier(arena.target);
    std::ranges::transform(upper, upper.begin(), ToUpper);
    constants.push_back(
        {fmt::format("k{}ArenaSize{}", names.camel, CamelCase(arena.target)),
         fmt::format("{}_ARENA_SIZE_{}", names.upper, upper),
         arena.required_arena_bytes});
  }
  for (const Constant& constant : constants) {
    text += fmt::format("#define {} {}\n", constant.macro, constant.bytes);
  }
  text += "#ifdef __cplusplus\n";
  for (const Constant& constant : constants) {
    text +=
        fmt::format("constexpr int {} = {};\n", constant.name, constant.macro);
  }
  text += "#else\n";
  for (const Constant& constant : constants) {
    text += fmt::format("enum {{ {} = {} }};\n", constant.name, constant.macro);
  }
  text += "#endif\n";
  return text;
}

// Compilers promise 4,095 characters for a literal (C) or 65,536 (C++), and
// -Wpedantic holds sources to it; gcc and clang have no limit.
constexpr std::string_view kAllowLongLiterals =
    "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n";

// How `bytes` are spelled so that the array has exactly their size. A literal
// brings a zero of its own, which C++ does not let the array leave out: so it
// may only end where the model has a zero byte, and what follows the model's
// last one is spelled in numbers.
struct Split {
  std::span<const uint8_t> literal;  // Without its zero.
  std::span<const uint8_t> numbers;
  bool has_literal = false;
};

Split SplitAtLastZero(const Unit& unit) {
  const std::span<const uint8_t> bytes = unit.data.bytes();
  Split split;
  if (unit.array_style == ArrayStyle::kString) {
    const std::string_view text = Text(bytes);
    const size_t zero = text.rfind('\0');
    if (zero != std::string_view::npos) {
      split.has_literal = true;
      split.literal = bytes.first(zero);
      split.numbers = bytes.subspan(zero + 1);
      return split;
    }
  }
  split.numbers = bytes;
  return split;
}

// "= {numbers};" or "= literal;" for the whole of one array.
void AddInitialiser(const Unit& unit, const Split& split,
                    std::vector<Part>& parts) {
  if (split.has_literal) {
    parts.push_back(TextPart(" =\n"));
    parts.push_back([data = unit.data, split](const Sink& sink) {
      return WriteStringLines(split.literal, sink);
    });
    parts.push_back(TextPart(";\n"));
    return;
  }
  parts.push_back(TextPart(" = {\n"));
  parts.push_back([data = unit.data, split](const Sink& sink) {
    return WriteNumberLines(split.numbers, sink);
  });
  parts.push_back(TextPart("};\n"));
}

// The literal and the numbers after it as the two members of a struct, and the
// array as another name of that struct.
void AddTwoMembers(const Unit& unit, const Split& split,
                   const Spelling& spelling, std::vector<Part>& parts) {
  const std::string& array = unit.names.array;
  const size_t tail = split.numbers.size();
  parts.push_back(TextPart(fmt::format(
      "// A string literal may only end at a zero byte of the model, so the "
      "last\n"
      "// {0}. {1} is the whole, under the type of an array.\n"
      "struct {1}_parts {{\n"
      "  unsigned char text[{2}];\n"
      "  unsigned char end[{3}];\n"
      "}};\n"
      "{4} const struct {1}_parts {1}_whole\n"
      "    __attribute__(({5}visibility(\"hidden\")));\n"
      "{6}const struct {1}_parts {1}_whole = {{\n",
      tail == 1 ? "byte is a number"
                : fmt::format("{} bytes are numbers", tail),
      array, split.literal.size() + 1, tail, spelling.external,
      spelling.weak_prefix, spelling.alignment)));
  parts.push_back([data = unit.data, split](const Sink& sink) -> Status {
    TINYML_RETURN_IF_ERROR(WriteStringLines(split.literal, sink));
    TINYML_RETURN_IF_ERROR(sink(",\n{"));
    TINYML_RETURN_IF_ERROR(WriteNumberLines(split.numbers, sink));
    return sink("}};\n");
  });
  parts.push_back(
      TextPart(fmt::format("extern const unsigned char {0}[{1}]\n"
                           "    __attribute__(({2}alias(\"{0}_whole\")));\n",
                           array, unit.data.size(), spelling.weak_prefix)));
}

// The definitions of the array and its length, which are declared before.
void AddDefinitions(const Unit& unit, const Split& split,
                    const Spelling& spelling, std::vector<Part>& parts) {
  if (split.has_literal && !split.numbers.empty()) {
    AddTwoMembers(unit, split, spelling, parts);
  } else {
    parts.push_back(
        TextPart(fmt::format("{}const unsigned char {}[{}]", spelling.alignment,
                             unit.names.array, unit.data.size())));
    AddInitialiser(unit, split, parts);
  }
  parts.push_back(TextPart(fmt::format("const unsigned int {} = {};\n",
                                       unit.names.length, unit.data.size())));
}

OutputFile Source(const Unit& unit, const Spelling& spelling) {
  const Split split = SplitAtLastZero(unit);
  std::string top = unit.banner;
  top += fmt::format("#include {}\n\n", Quoted(HeaderName(unit)));
  if (split.has_literal) {
    top += "#if defined(__GNUC__)\n";
    top += kAllowLongLiterals;
    top += "#endif\n\n";
  }
  std::vector<Part> parts = {TextPart(std::move(top))};
  AddDefinitions(unit, split, spelling, parts);
  return FileOf(unit.path.folder + unit.path.stem + unit.path.extension,
                std::move(parts));
}

// The include guard's beginning, and the declarations within extern "C", which
// is left open.
std::string HeaderTop(const Unit& unit, std::string_view attribute) {
  return fmt::format(
      "#ifndef {0}\n"
      "#define {0}\n"
      "\n"
      "#ifdef __cplusplus\n"
      "extern \"C\" {{\n"
      "#endif\n"
      "\n"
      "// The model, aligned to 16 bytes, in read-only memory.\n"
      "extern const unsigned char {1}[{3}]{4};\n"
      "// Its length in bytes.\n"
      "extern const unsigned int {2}{4};\n"
      "\n",
      unit.names.guard, unit.names.array, unit.names.length, unit.data.size(),
      attribute);
}

std::string HeaderBottom(const Unit& unit) {
  std::string text =
      "#ifdef __cplusplus\n"
      "}  // extern \"C\"\n"
      "#endif\n";
  text += ArenaConstants(unit);
  text += fmt::format("\n#endif  // {}\n", unit.names.guard);
  return text;
}

}  // namespace

std::string HeaderName(const Unit& unit) { return unit.path.stem + ".h"; }

OutputFile DeclaringHeader(const Unit& unit) {
  return TextFile(unit.path.folder + HeaderName(unit),
                  unit.banner + HeaderTop(unit, "") + HeaderBottom(unit));
}

OutputFile SelfContainedHeader(const Unit& unit) {
  const Split split = SplitAtLastZero(unit);
  // Of weak definitions the linker takes one.
  std::string top = unit.banner;
  top +=
      "// Files that include this share one array. Link with -Wl,--gc-sections "
      "to drop\n"
      "// the copies that the others bring.\n";
  top += HeaderTop(unit, " __attribute__((weak))");
  if (split.has_literal) {
    top += "#pragma GCC diagnostic push\n";
    top += kAllowLongLiterals;
  }
  std::vector<Part> parts = {TextPart(std::move(top))};
  AddDefinitions(unit, split, kHeader, parts);
  std::string end;
  if (split.has_literal) end += "#pragma GCC diagnostic pop\n";
  end += "\n" + HeaderBottom(unit);
  parts.push_back(TextPart(std::move(end)));
  return FileOf(unit.path.folder + unit.path.stem + unit.path.extension,
                std::move(parts));
}

OutputFile CSource(const Unit& unit) { return Source(unit, kC); }

OutputFile CppSource(const Unit& unit) { return Source(unit, kCpp); }

OutputFile AssemblerSource(const Unit& unit) {
  const std::string name = unit.path.stem + unit.path.extension;
  std::string text = unit.banner;
  text += fmt::format(
      "// The model's bytes are in {0}.bin, beside this file, and found by the "
      "name\n"
      "// under which the compiler was given this file. Where that name does "
      "not lead\n"
      "// here (-fmacro-prefix-map), define {1} as a string: the path of "
      "the .bin.\n"
      "#ifndef __ELF__\n"
      "#error \"this file is for ELF targets; write a .c or .cc file "
      "instead\"\n"
      "#endif\n"
      "\n"
      "    .macro tinyml_include_bytes source\n"
      "    .incbin \"\\source\\().bin\"\n"
      "    .endm\n"
      "\n"
      "    .section .rodata,\"a\",%progbits\n"
      "    .balign 16\n"
      "    .global {2}\n"
      "    .type {2}, %object\n"
      "{2}:\n"
      "#ifdef {1}\n"
      "    .incbin {1}\n"
      "#else\n"
      "    tinyml_include_bytes __FILE__\n"
      "#endif\n"
      "    .if . - {2} - {4}\n"
      "    .error \"the .bin file is not the model that this file was made "
      "with\"\n"
      "    .endif\n"
      "    .size {2}, {4}\n"
      "\n"
      "    .balign 4\n"
      "    .global {3}\n"
      "    .type {3}, %object\n"
      "{3}:\n"
      "    .long {4}\n"
      "    .size {3}, 4\n"
      "\n"
      "    .section .note.GNU-stack,\"\",%progbits\n",
      CommentText(name), unit.names.file_macro, unit.names.array,
      unit.names.length, unit.data.size());
  return TextFile(unit.path.folder + name, std::move(text));
}

OutputFile AssemblerData(const Unit& unit) {
  return {unit.path.folder + unit.path.stem + unit.path.extension + ".bin",
          [data = unit.data](const Sink& sink) {
            return sink(Text(data.bytes()));
          }};
}

}  // namespace tinyml::carray
