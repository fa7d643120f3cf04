// Source: tflite-micro 90b983c2b3f1, micro/kernels/decode_state_huffman.{h,cc}.
#include <cstring>

#include "base/macros.h"
#include "ops/sequence/decode.h"

namespace tinyml::ops {
namespace {

// Entries of the tables: whether a symbol is found; a count of bits (that the
// symbol has beyond the last table, or of the next table's index, less 1); the
// symbol, or how far after this one the next table starts.
struct Layout {
  uint32_t found = 0;
  uint32_t count_mask = 0;
  int count_shift = 0;
  uint32_t value_mask = 0;
};
constexpr Layout kNarrow = {0x8000, 0x7800, 11, 0x07FF};
constexpr Layout kWide = {0x80000000, 0x78000000, 27, 0x07FFFFFF};

// A string of bits, the most significant bit of a byte first; zeros past its
// end.
class BitString {
 public:
  explicit BitString(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  uint32_t Take(size_t count) {
    uint32_t value = 0;
    for (const size_t end = position_ + count; position_ < end; ++position_) {
      const size_t byte = position_ / 8;
      const uint32_t bit =
          byte < bytes_.size() ? bytes_[byte] >> (7 - position_ % 8) & 1U : 0;
      value = value << 1 | bit;
    }
    return value;
  }
  void PutBack(size_t count) { position_ -= count; }
  bool IsPastEnd() const { return position_ > 8 * bytes_.size(); }

 private:
  std::span<const uint8_t> bytes_;
  size_t position_ = 0;
};

}  // namespace

// Codewords of variable length, looked up in a chain of tables.
Status DecodeHuffman(OpContext& op, const Encoded& encoded,
                     std::span<uint8_t> to) {
  const bool wide = (encoded.header[5] & 1U) != 0;
  const size_t first_bits = (encoded.header[5] >> 4) + 1U;
  const Layout& layout = wide ? kWide : kNarrow;
  const TensorType type = encoded.output->type;
  TINYML_REQUIRE(
      op, type == TensorType::kInt8 || (type == TensorType::kInt16 && wide),
      "output " + encoded.output->Describe() +
          " must be int8, or int16 with a table of 32-bit elements");
  const size_t entry_bytes = wide ? 4 : 2;
  const size_t entries = encoded.table.size() / entry_bytes;
  const size_t bytes = encoded.ElementBytes();
  BitString bits(encoded.input);
  // Reading past the input's end, for bits that are put back, is harmless here.
  bool looked_past_end = false;
  for (size_t i = 0; i < encoded.Elements(); ++i) {
    size_t used = first_bits;
    size_t at = bits.Take(used);
    uint32_t entry = 0;
    while (true) {
      TINYML_REQUIRE(op, at < entries,
                     "its codewords lead past the end of their tables");
      std::memcpy(&entry, &encoded.table[at * entry_bytes], entry_bytes);
      if ((entry & layout.found) != 0) break;
      TINYML_REQUIRE(op, !bits.IsPastEnd(),
                     "its input ends before its output is full");
      used = ((entry & layout.count_mask) >> layout.count_shift) + 1U;
      at += (entry & layout.value_mask) + bits.Take(used);
    }
    looked_past_end |= bits.IsPastEnd();
    std::memcpy(&to[i * bytes], &entry, bytes);
    const size_t rest = (entry & layout.count_mask) >> layout.count_shift;
    if (used > rest) bits.PutBack(used - rest);
    TINYML_REQUIRE(op, !bits.IsPastEnd(),
                   "its input ends before its output is full");
  }
  if (looked_past_end) {
    op.Warn("the runtime reads past the end of its codewords");
  }
  return {};
}

}  // namespace tinyml::ops
