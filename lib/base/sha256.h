// SHA-256, as FIPS 180-4 defines it: how reports and generated sources name a
// model.
#ifndef TINYML_BASE_SHA256_H_
#define TINYML_BASE_SHA256_H_

#include <cstdint>
#include <span>
#include <string>

namespace tinyml {

// Returns the hash of `bytes` as 64 lower-case hexadecimal digits.
std::string Sha256Hex(std::span<const uint8_t> bytes);

}  // namespace tinyml

#endif  // TINYML_BASE_SHA256_H_
