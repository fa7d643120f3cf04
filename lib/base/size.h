// Sizes as people write them.
#ifndef TINYML_BASE_SIZE_H_
#define TINYML_BASE_SIZE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "tinyml/status.h"

namespace tinyml {

// Returns the bytes that `text` means: digits, then optionally K, M or G for
// powers of 1024. Fails with kUsage.
Result<int64_t> ParseSize(std::string_view text);

// Returns `number` with thousands separated by commas: "82,320".
std::string Thousands(int64_t number);

}  // namespace tinyml

#endif  // TINYML_BASE_SIZE_H_
