#include "model/flexbuffer.h"

#include <flatbuffers/flexbuffers.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

namespace tinyml {
namespace {

std::vector<uint8_t> Options() {
  flexbuffers::Builder builder;
  builder.Map([&] {
    builder.Int("T", 7);
    builder.Float("big", 0.5F);
    builder.Int("fft_length", -512);
    builder.Bool("flag", true);
    builder.Double("large", 1e10);
    builder.IndirectInt("far", 70000);
  });
  builder.Finish();
  return builder.GetBuffer();
}

TEST(FlexBuffer, FindsTheValuesOfAMap) {
  const std::vector<uint8_t> bytes = Options();
  const FlexBuffer buffer(bytes);
  ASSERT_TRUE(buffer.IsVector());
  EXPECT_EQ(buffer.Find("T")->AsInt32(), 7);
  EXPECT_EQ(buffer.Find("fft_length")->AsInt32(), -512);
  EXPECT_EQ(buffer.Find("far")->AsInt32(), 70000);
  EXPECT_TRUE(buffer.Find("flag")->AsBool());
  EXPECT_EQ(buffer.Find("big")->AsDouble(), 0.5);
  EXPECT_EQ(buffer.Find("large")->AsInt32(), 1410065408);  // 10^10 mod 2^32
  EXPECT_TRUE(buffer.Find("fft")->IsNull());
}

TEST(FlexBuffer, GivesElementsInTheOrderOfTheKeys) {
  flexbuffers::Builder builder;
  builder.Map([&] {
    builder.Int("frame_step", 160);
    builder.Int("frame_size", -400);
    builder.Bool("prefill", true);
  });
  builder.Finish();
  const FlexBuffer buffer(builder.GetBuffer());
  EXPECT_EQ(buffer.RawInt32(0), -400);
  EXPECT_EQ(buffer.RawInt32(1), 160);
  EXPECT_EQ(buffer.RawInt32(2), 1);
  EXPECT_EQ(buffer.RawInt32(1000), std::nullopt);
}

TEST(FlexBuffer, AScalarRootHasNoElements) {
  flexbuffers::Builder builder;
  builder.Int(3);
  builder.Finish();
  const FlexBuffer buffer(builder.GetBuffer());
  EXPECT_FALSE(buffer.IsVector());
  EXPECT_EQ(buffer.RawInt32(0), std::nullopt);
  EXPECT_TRUE(buffer.Find("T")->IsNull());
}

// Damaged buffers give something or nothing, and stay inside (as the sanitizer
// builds see).
TEST(FlexBuffer, ReadsDamagedBuffersWithoutLeavingThem) {
  const std::vector<uint8_t> good = Options();
  const auto read_all = [](const std::vector<uint8_t>& bytes) {
    const FlexBuffer buffer(bytes);
    for (size_t i = 0; i < 12; ++i) (void)buffer.RawInt32(i);
    for (const char* key : {"T", "fft_length", "far", "nothing"}) {
      (void)buffer.Find(key);
    }
  };
  for (size_t size = 0; size < good.size(); ++size) {
    read_all({good.begin(), good.begin() + static_cast<ptrdiff_t>(size)});
    read_all({good.end() - static_cast<ptrdiff_t>(size), good.end()});
  }
  for (size_t i = 0; i < good.size(); ++i) {
    for (int value = 0; value < 256; ++value) {
      std::vector<uint8_t> bytes = good;
      bytes[i] = static_cast<uint8_t>(value);
      read_all(bytes);
    }
  }
}

}  // namespace
}  // namespace tinyml
