// SHA-256, as FIPS 180-4 defines it: how reports and generated sources name a
// model.
#ifndef TINYML_BASE_SHA256_H_
#define TINYML_BASE_SHA256_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace tinyml {

// Hashes data piece by piece.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;

  void Add(std::span<const uint8_t> bytes);
  void Add(std::string_view text);
  // Returns the hash of everything added, and starts again.
  std::string Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Returns the hash of `bytes` as 64 lower-case hexadecimal digits.
std::string Sha256Hex(std::span<const uint8_t> bytes);

}  // namespace tinyml

#endif  // TINYML_BASE_SHA256_H_
