#include "base/sha256.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

namespace tinyml {
namespace {

constexpr size_t kBlockBytes = 64;
constexpr size_t kLengthBytes = 8;

// FIPS 180-4, section 4.2.2.
constexpr std::array<uint32_t, 64> kRoundConstants = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

using State = std::array<uint32_t, 8>;

uint32_t LoadBigEndian(const uint8_t* bytes) {
  return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 |
         uint32_t{bytes[2]} << 8 | uint32_t{bytes[3]};
}

// One round, section 6.2.2, step 3: instead of moving all eight variables
// along, it writes the two that change, and the caller renames them.
inline void Round(uint32_t a, uint32_t b, uint32_t c, uint32_t& d, uint32_t e,
                  uint32_t f, uint32_t g, uint32_t& h, uint32_t addend) {
  const uint32_t sum1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
  const uint32_t t1 = h + sum1 + (g ^ (e & (f ^ g))) + addend;
  const uint32_t sum0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
  d += t1;
  h = t1 + sum0 + ((a & b) | (c & (a | b)));
}

void AddBlock(const uint8_t* block, State& state) {
  std::array<uint32_t, 64> schedule;
  for (size_t t = 0; t < 16; ++t) {
    schedule[t] = LoadBigEndian(block + t * sizeof(uint32_t));
  }
  for (size_t t = 16; t < 64; ++t) {
    const uint32_t w15 = schedule[t - 15];
    const uint32_t w2 = schedule[t - 2];
    const uint32_t s0 = std::rotr(w15, 7) ^ std::rotr(w15, 18) ^ (w15 >> 3);
    const uint32_t s1 = std::rotr(w2, 17) ^ std::rotr(w2, 19) ^ (w2 >> 10);
    schedule[t] = schedule[t - 16] + s0 + schedule[t - 7] + s1;
  }
  auto [a, b, c, d, e, f, g, h] = state;
  const auto addend = [&schedule](size_t t) {
    return kRoundConstants[t] + schedule[t];
  };
  for (size_t t = 0; t < 64; t += 8) {
    Round(a, b, c, d, e, f, g, h, addend(t));
    Round(h, a, b, c, d, e, f, g, addend(t + 1));
    Round(g, h, a, b, c, d, e, f, addend(t + 2));
    Round(f, g, h, a, b, c, d, e, addend(t + 3));
    Round(e, f, g, h, a, b, c, d, addend(t + 4));
    Round(d, e, f, g, h, a, b, c, addend(t + 5));
    Round(c, d, e, f, g, h, a, b, addend(t + 6));
    Round(b, c, d, e, f, g, h, a, addend(t + 7));
  }
  const State added = {a, b, c, d, e, f, g, h};
  for (size_t i = 0; i < state.size(); ++i) state[i] += added[i];
}

}  // namespace

std::string Sha256Hex(std::span<const uint8_t> bytes) {
  // FIPS 180-4, section 5.3.3.
  State state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  size_t done = 0;
  for (; bytes.size() - done >= kBlockBytes; done += kBlockBytes) {
    AddBlock(bytes.data() + done, state);
  }
  // The rest, a one bit, zeros, and the length in bits.
  std::array<uint8_t, 2 * kBlockBytes> last = {};
  const size_t rest = bytes.size() - done;
  if (rest > 0) std::memcpy(last.data(), bytes.data() + done, rest);
  last[rest] = 0x80;
  const size_t padded =
      rest + 1 + kLengthBytes > kBlockBytes ? 2 * kBlockBytes : kBlockBytes;
  const uint64_t bits = uint64_t{bytes.size()} * 8;
  for (size_t i = 0; i < kLengthBytes; ++i) {
    last[padded - 1 - i] = static_cast<uint8_t>(bits >> (8 * i));
  }
  for (size_t at = 0; at < padded; at += kBlockBytes) {
    AddBlock(last.data() + at, state);
  }

  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(8 * state.size());
  for (const uint32_t word : state) {
    for (int shift = 28; shift >= 0; shift -= 4) {
      hex += kDigits[(word >> shift) & 15];
    }
  }
  return hex;
}

}  // namespace tinyml
