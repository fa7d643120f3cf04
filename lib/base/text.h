// Words of messages: text that comes from untrusted input, counted things, and
// guesses at what was meant.
#ifndef TINYML_BASE_TEXT_H_
#define TINYML_BASE_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tinyml {

// `text` made fit for a message: short, and without control characters.
std::string Printable(std::string_view text);

// `text` of any length on one line: control characters become spaces.
std::string OneLine(std::string_view text);

// "1 operator", "2 operators".
std::string Counted(int64_t count, std::string_view noun);

// Insertions, deletions, substitutions and swaps of neighbours that lead from
// one word to the other.
size_t EditDistance(std::string_view a, std::string_view b);

// Returns the candidate that `word` is probably a misspelling of, or "".
std::string_view ClosestTo(std::string_view word,
                           std::span<const std::string> candidates);

}  // namespace tinyml

#endif  // TINYML_BASE_TEXT_H_
