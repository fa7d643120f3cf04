// Bytes as the text of an array's initialiser.
#ifndef TINYML_FORMATS_CARRAY_ARRAY_TEXT_H_
#define TINYML_FORMATS_CARRAY_ARRAY_TEXT_H_

#include <cstdint>
#include <span>

#include "tinyml/output.h"
#include "tinyml/status.h"

namespace tinyml::carray {

// Writes `bytes` as lines of string literals, which the compiler joins. Only
// printable ASCII and escapes, no trigraphs; the text ends without a newline.
Status WriteStringLines(std::span<const uint8_t> bytes, const Sink& sink);

// Writes `bytes` as lines of decimal numbers with commas between them; the text
// ends without a comma and a newline.
Status WriteNumberLines(std::span<const uint8_t> bytes, const Sink& sink);

}  // namespace tinyml::carray

#endif  // TINYML_FORMATS_CARRAY_ARRAY_TEXT_H_
