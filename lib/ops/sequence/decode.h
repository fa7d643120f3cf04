// TFLM_DECODE's encodings of constants. Each decodes all of an output into
// `to`, and refuses what would read past the end of its input or its table.
// Source: tflite-micro 90b983c2b3f1, micro/kernels/decode_state.h.
#ifndef TINYML_OPS_SEQUENCE_DECODE_H_
#define TINYML_OPS_SEQUENCE_DECODE_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "ops/kernel.h"

namespace tinyml::ops {

struct Encoded {
  std::span<const uint8_t> input;
  std::span<const uint8_t> header;  // kDecodeHeaderBytes, checked.
  std::span<const uint8_t> table;   // What follows the header.
  const TensorView* output = nullptr;

  size_t Elements() const { return static_cast<size_t>(output->Elements()); }
  size_t ElementBytes() const {
    return static_cast<size_t>(TensorTypeBits(output->type) / 8);
  }
};

inline constexpr size_t kDecodeHeaderBytes = 16;

// How an output's channels are laid out in its elements.
struct DecodeChannels {
  size_t count = 1;
  bool last_axis = false;  // Or else the first.
};
Result<DecodeChannels> DecodeChannelsOf(const OpContext& op,
                                        const TensorView& output);

Status DecodeLut(OpContext& op, const Encoded& encoded, std::span<uint8_t> to);
Status DecodeHuffman(OpContext& op, const Encoded& encoded,
                     std::span<uint8_t> to);
Status DecodePrune(OpContext& op, const Encoded& encoded,
                   std::span<uint8_t> to);

}  // namespace tinyml::ops

#endif  // TINYML_OPS_SEQUENCE_DECODE_H_
