// A model has millions of bytes, so each is one table look-up and one copy of a
// fixed size, and the text leaves in large pieces.
#include "formats/carray/array_text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/macros.h"

namespace tinyml::carray {
namespace {

constexpr size_t kBytesPerStringLine = 64;
constexpr size_t kNumbersPerLine = 24;
constexpr size_t kMostCharsPerByte = 4;
constexpr size_t kPieceBytes = size_t{64} << 10;

struct ByteText {
  char text[kMostCharsPerByte];
  uint8_t length;
};
using ByteTable = std::array<ByteText, 256>;

constexpr bool IsOctalDigit(int byte) { return byte >= '0' && byte <= '7'; }

// The letter of a two-character escape, or 0. "?" has one so that no two of
// them make a trigraph.
constexpr char EscapeLetter(int byte) {
  constexpr std::string_view kFromSeven = "abtnvfr";
  if (byte >= 7 && byte < 7 + static_cast<int>(kFromSeven.size())) {
    return kFromSeven[byte - 7];
  }
  if (byte == '"' || byte == '\\' || byte == '?')
    return static_cast<char>(byte);
  return 0;
}

constexpr char OctalDigit(int value) {
  return static_cast<char>('0' + (value & 7));
}

// How each byte is spelled in a string literal. An octal escape ends at its
// third digit at the latest, so it needs all three before another digit.
constexpr ByteTable MakeStringTable(bool octal_digit_follows) {
  ByteTable table = {};
  for (int byte = 0; byte < 256; ++byte) {
    ByteText& entry = table[byte];
    size_t n = 0;
    if (const char letter = EscapeLetter(byte); letter != 0) {
      entry.text[n++] = '\\';
      entry.text[n++] = letter;
    } else if (byte >= ' ' && byte <= '~') {
      entry.text[n++] = static_cast<char>(byte);
    } else {
      entry.text[n++] = '\\';
      if (octal_digit_follows || byte >= 64) {
        entry.text[n++] = OctalDigit(byte >> 6);
      }
      if (octal_digit_follows || byte >= 8) {
        entry.text[n++] = OctalDigit(byte >> 3);
      }
      entry.text[n++] = OctalDigit(byte);
    }
    entry.length = static_cast<uint8_t>(n);
  }
  return table;
}

constexpr ByteTable MakeNumberTable() {
  ByteTable table = {};
  for (int byte = 0; byte < 256; ++byte) {
    ByteText& entry = table[byte];
    size_t n = 0;
    if (byte >= 100) entry.text[n++] = static_cast<char>('0' + byte / 100);
    if (byte >= 10) entry.text[n++] = static_cast<char>('0' + byte / 10 % 10);
    entry.text[n++] = static_cast<char>('0' + byte % 10);
    entry.text[n++] = ',';
    entry.length = static_cast<uint8_t>(n);
  }
  return table;
}

constexpr ByteTable kBeforeOctalDigit = MakeStringTable(true);
constexpr ByteTable kBeforeOther = MakeStringTable(false);
constexpr ByteTable kNumbers = MakeNumberTable();

// Appends an entry; always copies as many characters as the longest has, so
// there must be room for them.
inline char* Append(char* out, const ByteText& entry) {
  std::memcpy(out, entry.text, kMostCharsPerByte);
  return out + entry.length;
}

char* AppendStringLine(std::span<const uint8_t> line, char* out) {
  *out++ = '"';
  for (size_t i = 0; i + 1 < line.size(); ++i) {
    const ByteTable& table =
        IsOctalDigit(line[i + 1]) ? kBeforeOctalDigit : kBeforeOther;
    out = Append(out, table[line[i]]);
  }
  if (!line.empty()) out = Append(out, kBeforeOther[line.back()]);
  *out++ = '"';
  return out;
}

char* AppendNumberLine(std::span<const uint8_t> line, char* out) {
  for (const uint8_t byte : line) out = Append(out, kNumbers[byte]);
  return out;
}

// Cuts `bytes` into lines and hands their text on in pieces.
template <typename AppendLine>
Status WriteLines(std::span<const uint8_t> bytes, size_t bytes_per_line,
                  const Sink& sink, const AppendLine& append_line) {
  // A line: its bytes, quotation marks, a newline.
  const size_t longest_line = bytes_per_line * kMostCharsPerByte + 3;
  std::vector<char> piece(kPieceBytes + longest_line);
  char* const begin = piece.data();
  char* out = begin;
  for (size_t at = 0; at < bytes.size(); at += bytes_per_line) {
    if (at > 0) *out++ = '\n';
    const size_t length = std::min(bytes_per_line, bytes.size() - at);
    out = append_line(bytes.subspan(at, length), out);
    if (static_cast<size_t>(out - begin) >= kPieceBytes) {
      TINYML_RETURN_IF_ERROR(
          sink(std::string_view(begin, static_cast<size_t>(out - begin))));
      out = begin;
    }
  }
  return sink(std::string_view(begin, static_cast<size_t>(out - begin)));
}

}  // namespace

Status WriteStringLines(std::span<const uint8_t> bytes, const Sink& sink) {
  if (bytes.empty()) return sink("\"\"");
  return WriteLines(bytes, kBytesPerStringLine, sink, AppendStringLine);
}

Status WriteNumberLines(std::span<const uint8_t> bytes, const Sink& sink) {
  if (bytes.empty()) return {};
  TINYML_RETURN_IF_ERROR(WriteLines(bytes.first(bytes.size() - 1),
                                    kNumbersPerLine, sink, AppendNumberLine));
  // The last one has no comma.
  const ByteText& last = kNumbers[bytes.back()];
  return sink(std::string_view(last.text, last.length - size_t{1}));
}

}  // namespace tinyml::carray
