#include "base/sha256.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tinyml {
namespace {

std::string Hash(const std::string& text) {
  return Sha256Hex(
      {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

// FIPS 180-4's examples.
TEST(Sha256Test, KnownAnswers) {
  EXPECT_EQ(Hash(""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hash("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Hash(std::string(1000000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

// The lengths around which the padding needs another block.
TEST(Sha256Test, PaddingAtBlockEdges) {
  EXPECT_EQ(Hash(std::string(55, 'a')),
            "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
  EXPECT_EQ(Hash(std::string(56, 'a')),
            "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a");
  EXPECT_EQ(Hash(std::string(64, 'a')),
            "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
}

TEST(Sha256Test, PiecesHashLikeTheWhole) {
  Sha256Stream stream;
  stream.Add("a");
  stream.Add(std::vector<uint8_t>{'b'});
  stream.Add("");
  stream.Add("c");
  EXPECT_EQ(stream.Finish(), Hash("abc"));
  // It starts again.
  EXPECT_EQ(stream.Finish(), Hash(""));
}

}  // namespace
}  // namespace tinyml
