#include "report/escape.h"

#include <cstddef>
#include <cstdint>

namespace tinyml::report {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD.

// The length of the UTF-8 sequence at the start of `text` that is a character
// of XML 1.0; 0 if there is none.
size_t XmlCharacter(std::string_view text) {
  const auto at = [&](size_t i) {
    return i < text.size() ? static_cast<uint8_t>(text[i]) : uint8_t{0};
  };
  const uint8_t lead = at(0);
  if (lead < 0x80) {
    return lead >= 0x20 || lead == '\t' || lead == '\n' || lead == '\r' ? 1 : 0;
  }
  size_t length = 0;
  uint32_t code = 0;
  uint32_t least = 0;
  if ((lead & 0xE0) == 0xC0) {
    length = 2;
    code = lead & 0x1FU;
    least = 0x80;
  } else if ((lead & 0xF0) == 0xE0) {
    length = 3;
    code = lead & 0x0FU;
    least = 0x800;
  } else if ((lead & 0xF8) == 0xF0) {
    length = 4;
    code = lead & 0x07U;
    least = 0x10000;
  } else {
    return 0;
  }
  for (size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xC0) != 0x80) return 0;
    code = (code << 6) | (at(i) & 0x3FU);
  }
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < least || code > 0x10FFFF || surrogate || code == 0xFFFE ||
      code == 0xFFFF) {
    return 0;
  }
  return length;
}

}  // namespace

std::string MarkdownCell(std::string_view text) {
  std::string cell;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    switch (c) {
      case '|':
        cell += "\\|";
        break;
      case '`':
        cell += "\\`";
        break;
      case '<':
        cell += "&lt;";
        break;
      case '&':
        cell += "&amp;";
        break;
      case '(':
        cell += i > 0 && text[i - 1] == ']' ? "\\(" : "(";
        break;
      case '\n':
      case '\r':
        cell += ' ';
        break;
      default:
        cell += c;
    }
  }
  return cell;
}

std::string CsvField(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    return std::string(text);
  }
  std::string field = "\"";
  for (char c : text) {
    if (c == '"') field += '"';
    field += c;
  }
  return field + "\"";
}

std::string XmlText(std::string_view text) {
  std::string safe;
  while (!text.empty()) {
    const size_t length = XmlCharacter(text);
    if (length == 0) {
      safe += kReplacement;
      text.remove_prefix(1);
      continue;
    }
    switch (text.front()) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\t':
      case '\n':
      case '\r':
        // An attribute would turn them into spaces.
        safe += text.front() == '\t'   ? "&#9;"
                : text.front() == '\n' ? "&#10;"
                                       : "&#13;";
        break;
      default:
        safe += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return safe;
}

std::string ScriptJson(std::string_view json) {
  std::string safe;
  safe.reserve(json.size() / 2);
  bool in_string = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '<') {  // Only strings hold it: "</script" and "<!--".
      safe += "\\u003c";
      continue;
    }
    if (!in_string && (c == ' ' || c == '\n')) continue;
    safe += c;
    if (in_string && c == '\\' && i + 1 < json.size()) {
      safe += json[++i];
    } else if (c == '"') {
      in_string = !in_string;
    }
  }
  return safe;
}

}  // namespace tinyml::report
