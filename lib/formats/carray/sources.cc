#include "formats/carray/sources.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <utility>

#include "base/macros.h"
#include "fmt/format.h"
#include "formats/carray/array_text.h"

namespace tinyml::carray {
namespace {

enum class Language : uint8_t { kC, kCpp };

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
  if (unit.arenas.size() == 1) {
    text += fmt::format(": on {}.\n", CommentText(unit.arenas[0].target));
  } else {
    text += ": the largest of all targets, then each.\n";
    for (const ArenaConstant& arena : unit.arenas) {
      const std::string camel = CamelCase(arena.target);
      std::string upper = ToIdentifier(arena.target);
      for (char& c : upper) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
      }
      constants.push_back({fmt::format("k{}ArenaSize{}", names.camel, camel),
                           fmt::format("{}_ARENA_SIZE_{}", names.upper, upper),
                           arena.required_arena_bytes});
    }
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
    "#if defined(__GNUC__)\n"
    "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n"
    "#endif\n";

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
void AddTwoMembers(const Unit& unit, const Split& split, Language language,
                   std::vector<Part>& parts) {
  const std::string& array = unit.names.array;
  const bool cpp = language == Language::kCpp;
  parts.push_back(TextPart(fmt::format(
      "// A string literal may only end at a zero byte of the model, so the "
      "last\n"
      "// {0} are numbers. {1} is the whole, under the type of an array.\n"
      "struct {1}_parts {{\n"
      "  unsigned char text[{2}];\n"
      "  unsigned char end[{3}];\n"
      "}};\n"
      "{4} const struct {1}_parts {1}_whole\n"
      "    __attribute__((visibility(\"hidden\")));\n"
      "{5}(16) const struct {1}_parts {1}_whole = {{\n",
      split.numbers.size() == 1 ? "byte"
                                : fmt::format("{} bytes", split.numbers.size()),
      array, split.literal.size() + 1, split.numbers.size(),
      cpp ? "extern \"C\"" : "extern", cpp ? "alignas" : "_Alignas")));
  parts.push_back([data = unit.data, split](const Sink& sink) -> Status {
    TINYML_RETURN_IF_ERROR(WriteStringLines(split.literal, sink));
    TINYML_RETURN_IF_ERROR(sink(",\n{"));
    TINYML_RETURN_IF_ERROR(WriteNumberLines(split.numbers, sink));
    return sink("}};\n");
  });
  parts.push_back(
      TextPart(fmt::format("extern const unsigned char {0}[{1}]\n"
                           "    __attribute__((alias(\"{0}_whole\")));\n",
                           array, unit.data.size())));
}

OutputFile Source(const Unit& unit, Language language) {
  const Split split = SplitAtLastZero(unit);
  std::vector<Part> parts;
  std::string top = unit.banner;
  top += fmt::format("#include {}\n\n", Quoted(HeaderName(unit)));
  if (split.has_literal) {
    top += kAllowLongLiterals;
    top += '\n';
  }
  parts.push_back(TextPart(std::move(top)));
  if (split.has_literal && !split.numbers.empty()) {
    AddTwoMembers(unit, split, language, parts);
  } else {
    parts.push_back(TextPart(
        fmt::format("{}(16) const unsigned char {}[{}]",
                    language == Language::kCpp ? "alignas" : "_Alignas",
                    unit.names.array, unit.data.size())));
    AddInitialiser(unit, split, parts);
  }
  parts.push_back(TextPart(fmt::format("const unsigned int {} = {};\n",
                                       unit.names.length, unit.data.size())));
  return FileOf(unit.path.folder + unit.path.stem + unit.path.extension,
                std::move(parts));
}

}  // namespace

std::string HeaderName(const Unit& unit) { return unit.path.stem + ".h"; }

OutputFile DeclaringHeader(const Unit& unit) {
  std::string text = unit.banner;
  text += fmt::format(
      "#ifndef {0}\n"
      "#define {0}\n"
      "\n"
      "#ifdef __cplusplus\n"
      "extern \"C\" {{\n"
      "#endif\n"
      "\n"
      "// The model, aligned to 16 bytes, in read-only memory.\n"
      "extern const unsigned char {1}[{3}];\n"
      "// Its length in bytes.\n"
      "extern const unsigned int {2};\n"
      "\n"
      "#ifdef __cplusplus\n"
      "}}  // extern \"C\"\n"
      "#endif\n",
      unit.names.guard, unit.names.array, unit.names.length, unit.data.size());
  text += ArenaConstants(unit);
  text += fmt::format("\n#endif  // {}\n", unit.names.guard);
  return TextFile(unit.path.folder + HeaderName(unit), std::move(text));
}

OutputFile SelfContainedHeader(const Unit& unit) {
  Split split = SplitAtLastZero(unit);
  if (!split.numbers.empty()) {
    // No alias here: each file that includes the header has an array of its
    // own, and an alias is global.
    split = {.literal = {}, .numbers = unit.data.bytes()};
  }
  std::string top = unit.banner;
  top += fmt::format(
      "// Include it in one source file: each one that does gets a copy of the "
      "model.\n"
      "#ifndef {0}\n"
      "#define {0}\n"
      "\n",
      unit.names.guard);
  if (split.has_literal) {
    top +=
        "#if defined(__GNUC__)\n"
        "#pragma GCC diagnostic push\n"
        "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n"
        "#endif\n"
        "\n";
  }
  top += fmt::format(
      "// The model, aligned to 16 bytes, in read-only memory.\n"
      "#ifdef __cplusplus\n"
      "alignas(16)\n"
      "#else\n"
      "_Alignas(16)\n"
      "#endif\n"
      "static const unsigned char {}[{}]",
      unit.names.array, unit.data.size());
  std::vector<Part> parts;
  parts.push_back(TextPart(std::move(top)));
  AddInitialiser(unit, split, parts);
  std::string end = fmt::format(
      "// Its length in bytes.\n"
      "static const unsigned int {} = {};\n",
      unit.names.length, unit.data.size());
  if (split.has_literal) {
    end +=
        "\n"
        "#if defined(__GNUC__)\n"
        "#pragma GCC diagnostic pop\n"
        "#endif\n";
  }
  end += ArenaConstants(unit);
  end += fmt::format("\n#endif  // {}\n", unit.names.guard);
  parts.push_back(TextPart(std::move(end)));
  return FileOf(unit.path.folder + unit.path.stem + unit.path.extension,
                std::move(parts));
}

OutputFile CSource(const Unit& unit) { return Source(unit, Language::kC); }

OutputFile CppSource(const Unit& unit) { return Source(unit, Language::kCpp); }

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
