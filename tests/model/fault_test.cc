#include "model/fault.h"

#include <gtest/gtest.h>

#include "tests/support/models.h"

namespace tinyml {
namespace {

const OperatorId kConv(0, 0);
const TensorId kFilter(0, 1);

TEST(FaultTest, NamesTheOperator) {
  const Error error =
      FailAt(testing::GoodModel(), kConv, ErrorCode::kUnsupported, "no kernel")
          .value();
  EXPECT_EQ(error.message, "subgraph 0, operator 0 (CONV_2D): no kernel");
  EXPECT_EQ(error.Reason(), "no kernel");
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  EXPECT_EQ(error.subject.op, kConv);
}

TEST(FaultTest, NamesTheTensor) {
  const Error error =
      FailAt(testing::GoodModel(), kFilter, ErrorCode::kInvalid, "it is empty")
          .value();
  EXPECT_EQ(error.message, "subgraph 0, tensor 1 (filter): it is empty");
  EXPECT_EQ(error.subject.tensor, kFilter);
}

TEST(FaultTest, AboutLeavesASuccessAlone) {
  EXPECT_TRUE(About(testing::GoodModel(), kConv, Status()));
  const Status failed = About(testing::GoodModel(), kConv,
                              Fail(ErrorCode::kInvalid, "it has no input"));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message,
            "subgraph 0, operator 0 (CONV_2D): it has no input");
  EXPECT_EQ(failed.error().subject.op, kConv);
}

}  // namespace
}  // namespace tinyml
