// The interpreter's own operators, through models of several subgraphs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/op_runner.h"

namespace tinyml {
namespace {

using ::testing::HasSubstr;
using testing::OpRunner;

// A branch that does not exist is only missed when it is wanted.
TEST(ControlFlow, AnUnknownSubgraphIsRefused) {
  IfOptions options;
  options.then_subgraph_index = 3;
  EXPECT_THAT(OpRunner(BuiltinOperator::kIf)
                  .Options(options)
                  .Input<bool>({1}, {true})
                  .Output<float>({1})
                  .Error(),
              HasSubstr("subgraph 3"));
}

}  // namespace
}  // namespace tinyml
