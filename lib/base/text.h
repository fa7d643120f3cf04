// Text for messages, also from untrusted input.
#ifndef TINYML_BASE_TEXT_H_
#define TINYML_BASE_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace tinyml {

// `text` made fit for a message: short, and without control characters.
std::string Printable(std::string_view text);

// How many insertions, deletions and substitutions lead from `a` to `b`.
size_t EditDistance(std::string_view a, std::string_view b);

}  // namespace tinyml

#endif  // TINYML_BASE_TEXT_H_
