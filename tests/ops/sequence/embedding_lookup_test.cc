// EMBEDDING_LOOKUP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::OpRunner;

OpRunner Lookup() { return OpRunner(BuiltinOperator::kEmbeddingLookup); }

TEST(EmbeddingLookup, CopiesRows) {
  EXPECT_THAT(Lookup()
                  .Input<int32_t>({3}, {2, 0, 2})
                  .Constant<float>({3, 2}, {1, 2, 3, 4, 5, 6})
                  .Output<float>({3, 2})
                  .Run<float>(),
              ElementsAre(5, 6, 1, 2, 5, 6));
  EXPECT_THAT(Lookup()
                  .Input<int32_t>({1}, {1})
                  .Input<int8_t>({2, 1, 3}, {1, 2, 3, 4, 5, -6}, {0.5F, 3})
                  .Output<int8_t>({1, 1, 3}, {0.5F, 3})
                  .Run<int8_t>(),
              ElementsAre(4, 5, -6));
}

TEST(EmbeddingLookup, DequantizesRows) {
  EXPECT_THAT(Lookup()
                  .Input<int32_t>({1}, {1})
                  .Constant<int8_t>({2, 2}, {1, 2, -128, 127}, {0.5F, 0})
                  .Output<float>({1, 2})
                  .Run<float>(),
              ElementsAre(-64, 63.5F));
}

TEST(EmbeddingLookup, IndicesOutsideAreRefused) {
  for (const int32_t index : {-1, 2}) {
    EXPECT_THAT(Lookup()
                    .Input<int32_t>({1}, {index})
                    .Constant<float>({2, 1}, {1, 2})
                    .Output<float>({1, 1})
                    .Error(),
                HasSubstr("index " + std::to_string(index)));
  }
}

}  // namespace
}  // namespace tinyml
