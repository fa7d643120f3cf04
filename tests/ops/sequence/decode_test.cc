// TFLM_DECODE.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using testing::Affine;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;

// A header of `type` with two parameters, and the values after it.
template <typename T>
std::vector<uint8_t> Ancillary(uint8_t type, uint8_t parameter, uint8_t stride,
                               const std::vector<T>& values) {
  std::vector<uint8_t> bytes(16 + values.size() * sizeof(T));
  bytes[0] = type;
  bytes[1] = 1;
  bytes[4] = 1;
  bytes[5] = parameter;
  bytes[6] = stride;
  std::memcpy(bytes.data() + 16, values.data(), values.size() * sizeof(T));
  return bytes;
}

template <typename Out, typename T>
OpRunner Decode(const std::vector<uint8_t>& input, uint8_t type,
                uint8_t parameter, uint8_t stride, const std::vector<T>& values,
                std::vector<int32_t> shape, const Affine& quantization = {}) {
  const std::vector<uint8_t> ancillary =
      Ancillary(type, parameter, stride, values);
  OpRunner runner("TFLM_DECODE", {});
  const auto size = [](const std::vector<uint8_t>& bytes) {
    return static_cast<int32_t>(bytes.size());
  };
  runner.Constant<uint8_t>({size(input)}, input);
  runner.Constant<uint8_t>({size(ancillary)}, ancillary);
  runner.Output<Out>(std::move(shape), quantization);
  return runner;
}

// 11 00 01 10, then 01.
TEST(Decode, TableOfFour) {
  EXPECT_THAT((Decode<int8_t, int8_t>({0b11000110, 0b01000000}, 0, 2, 4,
                                      {5, -6, 7, -128}, {5})
                   .Run<int8_t>()),
              ElementsAre(-128, 5, -6, 7, -6));
}

// 3 bits: 101 011 11|0; the third crosses a byte.
TEST(Decode, TableOfEightInt16) {
  EXPECT_THAT((Decode<int16_t, int16_t>({0b10101111, 0b00000000}, 0, 3, 8,
                                        {0, 1, 2, 300, 4, -500, 600, 7}, {3})
                   .Run<int16_t>()),
              ElementsAre(-500, 300, 600));
}

// Two channels with a table each, 1 bit: 0110 1001 along the first axis, and
// alternating along the last.
TEST(Decode, TablesOfChannels) {
  const std::vector<int8_t> values = {1, 2, 3, 4};
  EXPECT_THAT((Decode<int8_t, int8_t>({0b01101001}, 0, 1, 2, values, {2, 4},
                                      Affine({1.0F, 1.0F}, {0, 0}, 0))
                   .Run<int8_t>()),
              ElementsAre(1, 2, 2, 1, 4, 3, 3, 4));
  EXPECT_THAT((Decode<int8_t, int8_t>({0b01101001}, 0, 1, 2, values, {4, 2},
                                      Affine({1.0F, 1.0F}, {0, 0}, 1))
                   .Run<int8_t>()),
              ElementsAre(1, 4, 2, 3, 2, 3, 1, 4));
}

TEST(Decode, IndicesPastTheTableAreRefused) {
  EXPECT_THAT(
      (Decode<int8_t, int8_t>({0b11000000}, 0, 2, 4, {5, 6, 7}, {1}).Error()),
      HasSubstr("past the end of its table"));
  EXPECT_THAT((Decode<int8_t, int8_t>({0}, 0, 2, 4, {5, 6, 7, 8}, {5}).Error()),
              HasSubstr("fewer indices"));
}

// Elements 1, 3 and 4 of six are values, the others zero.
TEST(Decode, PrunedInt32) {
  EXPECT_THAT(
      (Decode<int32_t, int32_t>({0b01011000}, 2, 0, 0, {7, -8, 1 << 30}, {6})
           .Run<int32_t>()),
      ElementsAre(0, 7, 0, -8, 1 << 30, 0));
}

TEST(Decode, PrunedInt8HasZeroPoints) {
  EXPECT_THAT((Decode<int8_t, int8_t>({0b01000000}, 2, 0, 0, {5}, {3},
                                      Affine(1.0F, -128))
                   .Run<int8_t>()),
              ElementsAre(-128, 5, -128));
  EXPECT_THAT((Decode<int8_t, int8_t>({0b00010000}, 2, 0, 0, {5}, {2, 2},
                                      Affine({1.0F, 1.0F}, {127, -3}, 0))
                   .Run<int8_t>()),
              ElementsAre(127, 127, -3, 5));
  EXPECT_THAT((Decode<int8_t, int8_t>({0b00010000}, 2, 0, 0, {5}, {2, 2},
                                      Affine({1.0F, 1.0F}, {127, -3}, 1))
                   .Run<int8_t>()),
              ElementsAre(127, -3, 127, 5));
}

TEST(Decode, PrunedAwayTooManyIsRefused) {
  EXPECT_THAT((Decode<int8_t, int8_t>({0b11000000}, 2, 0, 0, {5}, {2}).Error()),
              HasSubstr("fewer values"));
}

// Codewords 0 -> 10, 10 -> 20, 110 -> 30, 111 -> 40. The first table takes 2
// bits: 00 and 01 give 10 and put one bit back, 10 gives 20, 11 leads 2 entries
// on to a table of 1 bit. Entries: found, bits, value.
std::vector<uint32_t> HuffmanTable() {
  const auto symbol = [](uint32_t bits, uint32_t value) {
    return 0x80000000 | bits << 27 | value;
  };
  // From entry 3 on, + 1: entries 4 and 5.
  return {symbol(1, 10), symbol(1, 10), symbol(2, 20),
          0U << 27 | 1,  symbol(1, 30), symbol(1, 40)};
}

// 0 110 10 111 0: bytes from the most significant bit.
TEST(Decode, Huffman) {
  const std::vector<uint8_t> codewords = {0b01101011, 0b10000000, 0, 0};
  EXPECT_THAT(
      (Decode<int8_t, uint32_t>(codewords, 1, 0x11, 0, HuffmanTable(), {5})
           .Run<int8_t>()),
      ElementsAre(10, 30, 20, 40, 10));
  EXPECT_THAT(
      (Decode<int16_t, uint32_t>(codewords, 1, 0x11, 0, HuffmanTable(), {5})
           .Run<int16_t>()),
      ElementsAre(10, 30, 20, 40, 10));
}

TEST(Decode, HuffmanWithNarrowTable) {
  const auto symbol = [](int bits, int value) {
    return static_cast<uint16_t>(0x8000 | bits << 11 | value);
  };
  const std::vector<uint16_t> table = {symbol(1, 10), symbol(1, 10),
                                       symbol(2, 20), 1,
                                       symbol(1, 30), symbol(1, 40)};
  EXPECT_THAT((Decode<int8_t, uint16_t>({0b01101011, 0b10000000, 0, 0}, 1, 0x10,
                                        0, table, {5})
                   .Run<int8_t>()),
              ElementsAre(10, 30, 20, 40, 10));
}

TEST(Decode, HuffmanStaysInItsTablesAndItsInput) {
  EXPECT_THAT((Decode<int8_t, uint32_t>({0xFF, 0, 0, 0}, 1, 0x11, 0,
                                        {0, 0, 0, 100}, {1})
                   .Error()),
              HasSubstr("past the end of their tables"));
  // An entry that leads to itself consumes bits until there are none.
  EXPECT_THAT(
      (Decode<int8_t, uint32_t>({0, 0, 0, 0}, 1, 0x11, 0, {0, 0, 0, 0}, {1})
           .Error()),
      HasSubstr("ends before"));
  EXPECT_THAT(
      (Decode<int8_t, uint32_t>({0xFF, 0xFF}, 1, 0x11, 0, HuffmanTable(), {6})
           .Error()),
      HasSubstr("ends before"));
}

}  // namespace
}  // namespace tinyml
