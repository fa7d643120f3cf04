// Pieces of messages: text from untrusted input, counts, and guesses at what
// was meant.
#ifndef TINYML_BASE_TEXT_H_
#define TINYML_BASE_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tinyml {

// `text` made suitable for a message: short, and without control characters.
std::string Printable(std::string_view text);

// `text` of any length on one line: control characters become spaces.
std::string OneLine(std::string_view text);

// "1 operator", "2 operators".
std::string Counted(int64_t count, std::string_view noun);

// The number of insertions, deletions, substitutions and swaps of adjacent
// characters that turn one word into the other.
size_t EditDistance(std::string_view a, std::string_view b);

// Returns the candidate that `word` probably misspells, or "".
std::string_view ClosestTo(std::string_view word,
                           std::span<const std::string> candidates);

}  // namespace tinyml

#endif  // TINYML_BASE_TEXT_H_
