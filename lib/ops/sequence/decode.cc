// TFLM_DECODE: unpacks constants. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/decode.cc, decode_state_lut.{h,cc}, decode_state_prune.{h,cc}.
//
// What it unpacks is part of the model and the same for every invocation, so it
// is unpacked once.
#include "ops/sequence/decode.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/macros.h"
#include "ops/kernel.h"

namespace tinyml::ops {
namespace {

bool IsDecodable(TensorType type) {
  switch (type) {
    case TensorType::kBool:
    case TensorType::kFloat32:
    case TensorType::kInt8:
    case TensorType::kInt16:
    case TensorType::kInt32:
    case TensorType::kInt64:
      return true;
    default:
      return false;
  }
}

// Bits [first, first + count) of `bytes`, the most significant bit of a byte
// first.
uint32_t Bits(std::span<const uint8_t> bytes, size_t first, size_t count) {
  uint32_t value = 0;
  for (size_t bit = first; bit < first + count; ++bit) {
    value = value << 1 | ((bytes[bit / 8] >> (7 - bit % 8)) & 1U);
  }
  return value;
}

// Channel of element `i`. Elements left over after the channels' equal shares
// belong to none: the runtime does not write them.
std::optional<size_t> ChannelOf(const DecodeChannels& channels, size_t elements,
                                size_t i) {
  if (channels.last_axis) return i % channels.count;
  const size_t share = elements / channels.count;
  if (share == 0 || i / share >= channels.count) return std::nullopt;
  return i / share;
}

struct Output {
  const TensorView* view = nullptr;
  std::vector<uint8_t> bytes;
};

Result<Output> PrepareOutput(OpContext& op, int i) {
  const TensorView* input = op.Input(2 * i);
  const TensorView* ancillary = op.Input(2 * i + 1);
  const TensorView* output = op.Output(i);
  TINYML_REQUIRE(op,
                 input != nullptr && ancillary != nullptr && output != nullptr,
                 "an input or output is missing");
  TINYML_REQUIRE(op, input->IsConstant() && ancillary->IsConstant(),
                 "its inputs should be constants");
  TINYML_REQUIRE(op, ancillary->bytes.size() >= kDecodeHeaderBytes,
                 "ancillary input " + ancillary->Describe() +
                     " is shorter than its header");
  TINYML_REQUIRE(op, IsDecodable(output->type),
                 "output " + output->Describe() +
                     " has a type that the runtime cannot decode to");
  const Encoded encoded{input->bytes,
                        ancillary->bytes.first(kDecodeHeaderBytes),
                        ancillary->bytes.subspan(kDecodeHeaderBytes), output};
  Output result{output, {}};
  result.bytes.resize(encoded.Elements() * encoded.ElementBytes());
  TINYML_REQUIRE(op, encoded.header[1] == 1 && encoded.header[4] == 1,
                 "ancillary input " + ancillary->Describe() +
                     " has a version other than 1");
  Status decoded;
  switch (encoded.header[0]) {
    case 0:
      decoded = DecodeLut(op, encoded, result.bytes);
      break;
    case 1:
      decoded = DecodeHuffman(op, encoded, result.bytes);
      break;
    case 2:
      decoded = DecodePrune(op, encoded, result.bytes);
      break;
    default:
      return op.Refuse("ancillary input " + ancillary->Describe() +
                       " has a decode type that the runtime does not know");
  }
  TINYML_RETURN_IF_ERROR(std::move(decoded));
  return result;
}

}  // namespace

Result<DecodeChannels> DecodeChannelsOf(const OpContext& op,
                                        const TensorView& output) {
  DecodeChannels channels;
  if (!output.IsAffine()) return channels;
  const Quantization& quantization = *output.source->quantization;
  channels.count = quantization.scale.size();
  TINYML_REQUIRE(op, channels.count > 0, "its output has no scale");
  const int32_t axis = quantization.quantized_dimension;
  channels.last_axis = channels.count > 1 && axis == output.Rank() - 1;
  TINYML_REQUIRE(op, channels.last_axis || axis == 0,
                 "output " + output.Describe() +
                     " is quantized along an axis that is neither the first "
                     "nor the last one");
  TINYML_REQUIRE(
      op,
      !channels.last_axis ||
          static_cast<size_t>(output.Elements()) % channels.count == 0,
      "the elements of output " + output.Describe() +
          " are not a multiple of its scales");
  return channels;
}

// Every element is an index into its channel's table of values.
Status DecodeLut(OpContext& op, const Encoded& encoded, std::span<uint8_t> to) {
  TINYML_ASSIGN_OR_RETURN(const DecodeChannels channels,
                          DecodeChannelsOf(op, *encoded.output));
  const size_t width = encoded.header[5] & 7U;
  const size_t stride = encoded.header[6];
  const size_t bytes = encoded.ElementBytes();
  TINYML_REQUIRE(op, width > 0, "its table indices have 0 bits");
  const size_t elements = encoded.Elements();
  for (size_t i = 0; i < elements; ++i) {
    const auto channel = ChannelOf(channels, elements, i);
    if (!channel.has_value()) {
      op.Warn("the runtime leaves the last elements of its output unwritten");
      break;
    }
    TINYML_REQUIRE(op, ((i + 1) * width + 7) / 8 <= encoded.input.size(),
                   "its input has fewer indices than its output has elements");
    const size_t at =
        (*channel * stride + Bits(encoded.input, i * width, width)) * bytes;
    TINYML_REQUIRE(op, at + bytes <= encoded.table.size(),
                   "an index points past the end of its table of values");
    std::memcpy(&to[i * bytes], &encoded.table[at], bytes);
  }
  return {};
}

// A bit for every element says whether it is the next value or zero.
Status DecodePrune(OpContext& op, const Encoded& encoded,
                   std::span<uint8_t> to) {
  TINYML_ASSIGN_OR_RETURN(const DecodeChannels channels,
                          DecodeChannelsOf(op, *encoded.output));
  std::vector<int64_t> zero_points(channels.count, 0);
  if (encoded.output->IsAffine()) {
    const Quantization& quantization = *encoded.output->source->quantization;
    TINYML_REQUIRE(op, quantization.zero_point.size() >= channels.count,
                   "its output has fewer zero points than scales");
    std::copy_n(quantization.zero_point.begin(), channels.count,
                zero_points.begin());
  }
  const bool is_int8 = encoded.output->type == TensorType::kInt8;
  const bool all_zero = std::all_of(
      zero_points.begin(), zero_points.end(),
      [](int64_t point) { return static_cast<int32_t>(point) == 0; });
  TINYML_REQUIRE(op, is_int8 || all_zero,
                 "its output has a zero point, which only int8 may have");
  const size_t bytes = encoded.ElementBytes();
  const size_t elements = encoded.Elements();
  const bool per_channel = channels.count > 1 && !all_zero;
  size_t next = 0;
  for (size_t i = 0; i < elements; ++i) {
    const auto channel = per_channel ? ChannelOf(channels, elements, i)
                                     : std::optional<size_t>(0);
    if (!channel.has_value()) {
      op.Warn("the runtime leaves the last elements of its output unwritten");
      break;
    }
    TINYML_REQUIRE(op, i / 8 < encoded.input.size(),
                   "its input has fewer bits than its output has elements");
    if (Bits(encoded.input, i, 1) == 0) {
      // Only int8, of one byte, has zero points other than 0.
      to[i * bytes] = static_cast<uint8_t>(zero_points[*channel]);
      continue;
    }
    TINYML_REQUIRE(op, next + bytes <= encoded.table.size(),
                   "it has fewer values than bits that ask for one");
    std::memcpy(&to[i * bytes], &encoded.table[next], bytes);
    next += bytes;
  }
  return {};
}

Result<Invocation> PrepareDecode(OpContext& op) {
  TINYML_REQUIRE(op, op.NumInputs() == 2 * op.NumOutputs(),
                 "it needs two inputs for each output");
  std::vector<Output> outputs;
  for (int i = 0; i < op.NumOutputs(); ++i) {
    TINYML_ASSIGN_OR_RETURN(Output output, PrepareOutput(op, i));
    outputs.push_back(std::move(output));
  }
  return [outputs = std::move(outputs)]() -> Status {
    for (const Output& output : outputs) {
      if (output.bytes.empty()) continue;
      std::memcpy(output.view->writable, output.bytes.data(),
                  output.bytes.size());
    }
    return {};
  };
}

}  // namespace tinyml::ops
