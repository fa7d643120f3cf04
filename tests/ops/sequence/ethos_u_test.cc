// ethos-u.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/kernel.h"
#include "ops/sequence/detection_postprocess_boxes.h"
#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::HasSubstr;

class NoSession : public ops::Session {
 public:
  std::span<const ops::TensorView* const> Inputs(int) const override {
    return {};
  }
  std::span<const ops::TensorView* const> Outputs(int) const override {
    return {};
  }
  Status Run(int) override { return {}; }
  std::span<uint8_t> Resource(int32_t) const override { return {}; }
  void EndInvocation() override {}
};

TEST(EthosU, IsRefused) {
  Model model;
  model.operator_codes.resize(1);
  model.operator_codes[0].builtin_code = BuiltinOperator::kCustom;
  model.operator_codes[0].custom_code = "ethos-u";
  model.subgraphs.resize(1);
  model.subgraphs[0].operators.resize(1);
  NoSession session;
  ops::OpContext op(model, 0, 0, {}, session, ops::KernelResults::kCmsisNn,
                    ops::KernelForm::kFast);
  const auto prepare = ops::FindKernel(BuiltinOperator::kCustom, "ethos-u");
  ASSERT_NE(prepare, nullptr);
  const auto made = prepare(op);
  ASSERT_FALSE(made.has_value());
  EXPECT_THAT(made.error().message, HasSubstr("before Vela compiled it"));
}

}  // namespace
}  // namespace tinyml
