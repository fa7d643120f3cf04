// ARG_MAX: the shape of its output.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runtime/reference/one_operator.h"

namespace tinyml::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ArgMax, KeptDimensionAbortsWhereInvokeWasMeasured) {
  Model model = OneOperator(BuiltinOperator::kArgMax,
                            {MakeTensor(TensorType::kFloat32, {2, 3}),
                             MakeTensor(TensorType::kInt32, {1}),
                             MakeTensor(TensorType::kInt32, {2, 1})});
  SetConstant(model, 1, {1});
  EXPECT_FALSE(Allocate(model));
  const auto esp = Allocate(model, KernelLibrary::kEspNn);
  ASSERT_TRUE(esp);
  EXPECT_THAT(esp->warnings, ElementsAre(HasSubstr("one dimension fewer")));
  model.subgraphs[0].tensors[2].shape = {2};
  EXPECT_TRUE(Allocate(model));
}

}  // namespace
}  // namespace tinyml::runtime
