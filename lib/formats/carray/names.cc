#include "formats/carray/names.h"

#include <fmt/format.h>
#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "tinyml/model_file.h"

namespace tinyml::carray {
namespace {

// C17's and C++20's keywords, their alternative spellings, and `main`.
constexpr std::string_view kReserved[] = {
    "alignas",     "alignof",      "and",       "and_eq",
    "asm",         "auto",         "bitand",    "bitor",
    "bool",        "break",        "case",      "catch",
    "char",        "char16_t",     "char32_t",  "char8_t",
    "class",       "co_await",     "co_return", "co_yield",
    "compl",       "concept",      "const",     "const_cast",
    "consteval",   "constexpr",    "constinit", "continue",
    "decltype",    "default",      "delete",    "do",
    "double",      "dynamic_cast", "else",      "enum",
    "explicit",    "export",       "extern",    "false",
    "float",       "for",          "friend",    "goto",
    "if",          "inline",       "int",       "long",
    "main",        "mutable",      "namespace", "new",
    "noexcept",    "not",          "not_eq",    "nullptr",
    "operator",    "or",           "or_eq",     "private",
    "protected",   "public",       "register",  "reinterpret_cast",
    "requires",    "restrict",     "return",    "short",
    "signed",      "sizeof",       "static",    "static_assert",
    "static_cast", "struct",       "switch",    "template",
    "this",        "thread_local", "throw",     "true",
    "try",         "typedef",      "typeid",    "typename",
    "typeof",      "union",        "unsigned",  "using",
    "virtual",     "void",         "volatile",  "wchar_t",
    "while",       "xor",          "xor_eq"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

Status CheckIdentifier(std::string_view name) {
  const bool well_formed = !name.empty() && !IsDigit(name.front()) &&
                           std::ranges::all_of(name, [](char c) {
                             return IsLetter(c) || IsDigit(c) || c == '_';
                           });
  if (!well_formed) {
    return Fail(ErrorCode::kUsage,
                fmt::format("{} is not a valid C identifier: use letters, "
                            "digits and \"_\", a digit not first",
                            Quoted(name)));
  }
  if (std::ranges::find(kReserved, name) != std::end(kReserved)) {
    return Fail(ErrorCode::kUsage,
                fmt::format("\"{}\" is a reserved word of C or C++", name));
  }
  const bool reserved_form =
      name.starts_with("__") ||
      (name.size() > 1 && name[0] == '_' && name[1] >= 'A' && name[1] <= 'Z');
  if (reserved_form) {
    return Fail(ErrorCode::kUsage,
                fmt::format("\"{}\" is reserved for the compiler: do not begin "
                            "with \"__\" or \"_\" and a capital",
                            name));
  }
  return {};
}

// The runs of letters and digits in `text`.
std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  size_t begin = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && (IsLetter(text[i]) || IsDigit(text[i]))) continue;
    if (i > begin) words.push_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  return words;
}

// `array` without what marks it as a global (and as an array): what remains is
// the name of the model.
std::string_view ModelPart(std::string_view array, SymbolStyle style) {
  if (array.starts_with("g_")) array.remove_prefix(2);
  constexpr std::string_view kSuffix = "_model_data";
  if (style == SymbolStyle::kTflm && array.size() > kSuffix.size() &&
      array.ends_with(kSuffix)) {
    array.remove_suffix(kSuffix.size());
  }
  return array;
}

}  // namespace

char ToUpper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

PathParts SplitPath(std::string_view path) {
  PathParts parts;
  const size_t slash = path.rfind('/');
  const size_t base = slash == std::string_view::npos ? 0 : slash + 1;
  parts.folder = path.substr(0, base);
  const std::string_view name = path.substr(base);
  const size_t dot = std::min(name.rfind('.'), name.size());
  parts.stem = name.substr(0, dot);
  parts.extension = name.substr(dot);
  return parts;
}

std::string CamelCase(std::string_view text) {
  std::string camel;
  for (const std::string_view word : Words(text)) {
    camel += ToUpper(word.front());
    camel += word.substr(1);
  }
  return camel;
}

std::string ToIdentifier(std::string_view text) {
  std::string identifier;
  if (text.empty() || IsDigit(text.front())) identifier += '_';
  for (const char c : text) {
    identifier += IsLetter(c) || IsDigit(c) ? c : '_';
  }
  return identifier;
}

std::string CommentText(std::string_view text) {
  std::string safe(text);
  // A backslash or the trigraph for one would continue the comment.
  std::ranges::replace_if(
      safe, [](char c) { return c < ' ' || c > '~' || c == '\\' || c == '?'; },
      '_');
  return safe;
}

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '?') {
      quoted += '\\';
      quoted += c;
    } else if (c < ' ' || c > '~') {
      quoted += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
    } else {
      quoted += c;
    }
  }
  quoted += '"';
  return quoted;
}

Result<Names> MakeNames(const ConvertOptions& options,
                        std::string_view model_name) {
  const bool tflm = options.style == SymbolStyle::kTflm;
  Names names;
  names.array = options.symbol;
  if (names.array.empty() && tflm) {
    const bool named = model_name != kStandardInput;
    std::string base = SplitPath(named ? model_name : options.output_path).stem;
    std::ranges::replace_if(
        base, [](char c) { return !IsLetter(c) && !IsDigit(c); }, '_');
    names.array = fmt::format("g_{}_model_data", base);
  } else if (names.array.empty()) {
    names.array = "g_model";
  }
  if (auto status = CheckIdentifier(names.array); !status) {
    return Fail(std::move(status.error()));
  }
  names.length = names.array + (tflm ? "_size" : "_len");
  const std::string_view part = ModelPart(names.array, options.style);
  names.camel = CamelCase(part);
  if (names.camel.empty() || IsDigit(names.camel.front())) {
    names.camel.insert(0, "Model");
  }
  names.upper = names.array.starts_with("g_") ? "G_" : "";
  std::ranges::transform(part, std::back_inserter(names.upper), ToUpper);
  names.guard = fmt::format("TINYML_{}_H_", names.upper);
  names.file_macro = fmt::format("TINYML_{}_FILE", names.upper);
  return names;
}

}  // namespace tinyml::carray
