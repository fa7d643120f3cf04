// Text that comes from untrusted input, for messages.
#ifndef TINYML_BASE_TEXT_H_
#define TINYML_BASE_TEXT_H_

#include <string>
#include <string_view>

namespace tinyml {

// `text` made fit for a message: short, and without control characters.
std::string Printable(std::string_view text);

}  // namespace tinyml

#endif  // TINYML_BASE_TEXT_H_
