#include "base/sha256.h"

#include <nettle/sha2.h>

#include <array>

namespace tinyml {

struct Sha256Stream::State {
  sha256_ctx context;
};

Sha256Stream::Sha256Stream() : state_(std::make_unique<State>()) {
  sha256_init(&state_->context);
}

Sha256Stream::~Sha256Stream() = default;

void Sha256Stream::Add(std::span<const uint8_t> bytes) {
  sha256_update(&state_->context, bytes.size(), bytes.data());
}

void Sha256Stream::Add(std::string_view text) {
  Add({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

std::string Sha256Stream::Finish() {
  std::array<uint8_t, SHA256_DIGEST_SIZE> digest;
  sha256_digest(&state_->context, digest.size(), digest.data());

  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * digest.size());
  for (const uint8_t byte : digest) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

std::string Sha256Hex(std::span<const uint8_t> bytes) {
  Sha256Stream stream;
  stream.Add(bytes);
  return stream.Finish();
}

}  // namespace tinyml
