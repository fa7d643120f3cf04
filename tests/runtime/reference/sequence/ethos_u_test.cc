// ethos-u: only where it is linked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/reference/one_operator.h"

namespace tinyml::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(EthosU, RequestsAddressesWhereItIsLinked) {
  const Model model = OneCustomOperator(
      "ethos-u",
      {MakeTensor(TensorType::kUInt8, {100}),
       MakeTensor(TensorType::kUInt8, {10}),
       MakeTensor(TensorType::kInt8, {1, 4})},
      1, [](flexbuffers::Builder& builder) { builder.Int("type", 1); });
  EXPECT_THAT(ErrorOf(model, MakeTarget()), HasSubstr("does not link"));

  Target target = MakeTarget();
  target.kernels.ethos_u = true;
  const auto result = Simulate(model, target);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(PersistentBytes(*result, Phase::kInit), ElementsAre(12));
  EXPECT_THAT(ScratchBytes(*result), ElementsAre(3 * 8, 3 * 4));
}

}  // namespace
}  // namespace tinyml::runtime
