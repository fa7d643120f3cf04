// What moves between two targets, and which upstream changes move it.
#include "tinyml/arena_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/paths.h"
#include "tinyml/model_file.h"
#include "tinyml/options.h"
#include "tinyml/target.h"

namespace tinyml {
namespace {

TEST(ArenaDiffTest, FiguresSumToTheTotal) {
  const auto file = ReadModelFile(testing::TestdataPath("keyword_int8.tflite"));
  ASSERT_TRUE(file.has_value());
  const std::pair<const char*, const char*> pairs[] = {
      {"esp32s3:kernels.revision=1.1.2", "esp32s3"},
      {"cortex-m4:runtime=2024-01", "cortex-m4"},
      {"cortex-m55:runtime=2024-05", "cortex-m55:runtime=2025-06"},
      {"cortex-m4", "esp32p4"},
      {"x86-64", "cortex-m0"}};
  for (const auto& [a, b] : pairs) {
    const auto diff =
        DiffArena(file->model, *Target::Parse(a), *Target::Parse(b));
    ASSERT_TRUE(diff.has_value()) << diff.error().message;
    int64_t sum = 0;
    for (const OperatorDiff& op : diff->operators) sum += op.required_change;
    for (const ShareDiff& share : diff->shares) {
      sum += share.after - share.before;
    }
    EXPECT_EQ(sum, diff->RequiredChange()) << a << " " << b;
    EXPECT_NE(sum, 0) << a << " " << b;
  }
}

TEST(ArenaDiffTest, NamesTheCommitsBehindEachOperator) {
  const auto file = ReadModelFile(testing::TestdataPath("keyword_int8.tflite"));
  ASSERT_TRUE(file.has_value());
  const auto diff =
      DiffArena(file->model, *Target::Parse("cortex-m4:runtime=2024-01"),
                *Target::Parse("cortex-m4"));
  ASSERT_TRUE(diff.has_value());
  bool found = false;
  for (const OperatorDiff& op : diff->operators) {
    if (op.name != "FULLY_CONNECTED") continue;
    found = true;
    ASSERT_EQ(op.causes.size(), 1U);
    EXPECT_EQ(op.causes[0].name, "fully-connected-per-channel");
    EXPECT_EQ(op.causes[0].commit, "47b54507432b");
  }
  EXPECT_TRUE(found);
}

// CONCATENATION took a temporary tensor for each scale: no operator has more or
// less memory of its own, yet the arena is smaller.
TEST(ArenaDiffTest, NamesTheCommitsBehindTheRestToo) {
  Model model;
  model.buffers.emplace_back();
  Subgraph& graph = model.subgraphs.emplace_back();
  for (int i = 0; i < 3; ++i) {
    Tensor tensor;
    tensor.type = TensorType::kInt32;
    tensor.shape = {i == 2 ? 2 : 1};
    graph.tensors.push_back(tensor);
  }
  OperatorCode code;
  code.builtin_code = BuiltinOperator::kConcatenation;
  model.operator_codes.push_back(code);
  Operator op;
  op.inputs = {0, 1};
  op.outputs = {2};
  op.options = MakeOptions(ConcatenationOptions{});
  graph.operators.push_back(op);
  graph.inputs = {0, 1};
  graph.outputs = {2};
  const auto diff = DiffArena(model, *Target::Parse("x86-64:runtime=2024-05"),
                              *Target::Parse("x86-64:runtime=2025-02"));
  ASSERT_TRUE(diff.has_value()) << diff.error().message;
  std::vector<std::string_view> names;
  for (const RevisionChange& change : diff->other_causes) {
    names.push_back(change.name);
  }
  EXPECT_THAT(names, ::testing::Contains("concatenation-without-scales"));
}

TEST(ArenaDiffTest, NothingMovesBetweenEqualTargets) {
  const auto file = ReadModelFile(testing::TestdataPath("keyword_int8.tflite"));
  ASSERT_TRUE(file.has_value());
  const auto diff = DiffArena(file->model, *Target::Parse("esp32"),
                              *Target::Parse("esp32:kernels.revision=1.1.2"));
  ASSERT_TRUE(diff.has_value());
  EXPECT_TRUE(diff->operators.empty());
  EXPECT_TRUE(diff->shares.empty());
  EXPECT_EQ(diff->RequiredChange(), 0);
}

TEST(ArenaDiffTest, AReportThatIsThereIsNotMadeAgain) {
  const auto file = ReadModelFile(testing::TestdataPath("keyword_int8.tflite"));
  ASSERT_TRUE(file.has_value());
  const Target before = *Target::Parse("cortex-m4:runtime=2024-01");
  const Target after = *Target::Parse("cortex-m4");
  const auto report = SizeArena(file->model, after);
  ASSERT_TRUE(report.has_value());
  const auto diff = DiffArena(file->model, before, after, *report);
  const auto other = DiffArena(file->model, before, after);
  ASSERT_TRUE(diff.has_value());
  ASSERT_TRUE(other.has_value());
  EXPECT_EQ(diff->RequiredChange(), other->RequiredChange());
  EXPECT_EQ(diff->operators.size(), other->operators.size());
  EXPECT_EQ(diff->shares.size(), other->shares.size());
}

// The parts of the required arena add up to it, on both ends of the plan.
TEST(ArenaReportTest, PartsAddUpToTheRequiredArena) {
  for (const char* name : {"keyword_int8.tflite", "control_flow.tflite",
                           "gestures_with_state.tflite"}) {
    const auto file = ReadModelFile(testing::TestdataPath(name));
    ASSERT_TRUE(file.has_value());
    const auto report = SizeArena(file->model, *Target::Parse("cortex-m4"));
    ASSERT_TRUE(report.has_value()) << report.error().message;
    int64_t sum = 0;
    for (const ArenaOperator& op : report->operators) sum += op.required_bytes;
    for (const ArenaShare& share : report->required_shares) sum += share.bytes;
    EXPECT_EQ(sum, report->required_arena_bytes) << name;
    int64_t used = 0;
    for (const ArenaShare& share : report->breakdown) used += share.bytes;
    EXPECT_EQ(used, report->arena_used_bytes) << name;
    ASSERT_GE(report->peak_scope, 0);
    EXPECT_EQ(report->scopes[report->peak_scope], report->peak_operator);
  }
}

}  // namespace
}  // namespace tinyml
