// Whole runs: batches, what is kept of them, and cancelling.
#include "tinyml/run.h"

#include <gtest/gtest.h>

#include <array>

#include "exec/run_record.h"
#include "tinyml/model_builder.h"
#include "tinyml/report.h"

namespace tinyml {
namespace {

Model Relu() {
  ModelBuilder b;
  const TensorIndex x = b.AddInput("x", TensorType::kFloat32, {1, 2});
  const TensorIndex y = b.AddTensor("y", TensorType::kFloat32, {1, 2});
  b.AddOperator(BuiltinOperator::kRelu, {x}, {y});
  b.SetOutputs({y});
  return b.Build().value();
}

RunOptions FiveSamples() {
  RunOptions options;
  RunInput& input = options.inputs.emplace_back();
  input.array.name = "five";
  input.array.type = TensorType::kFloat32;
  input.array.shape = {5, 2};
  static constexpr std::array<float, 10> kValues = {-1, 1,  -2, 2,  -3,
                                                    3,  -4, 4,  -5, 5};
  input.array.bytes = {reinterpret_cast<const uint8_t*>(kValues.data()),
                       sizeof kValues};
  options.batch = true;
  return options;
}

TEST(RunModelTest, ABatchIsRunSampleBySample) {
  const Model model = Relu();
  const auto result =
      RunModel(model, *Target::Parse("cortex-m4"), FiveSamples());
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(result->samples, 5);
  EXPECT_EQ(result->invocations, 5);
  EXPECT_FALSE(result->ended_early);
  EXPECT_EQ(BufferData(result->stacked.at(0)),
            BufferOf<float>({0, 1, 0, 2, 0, 3, 0, 4, 0, 5}));
  ASSERT_NE(result->record, nullptr);
  EXPECT_EQ(result->record->invocations.size(), 5u);
  EXPECT_FALSE(result->record->allocations.has_value());
}

TEST(RunModelTest, ProgressCancels) {
  const Model model = Relu();
  RunOptions options = FiveSamples();
  int64_t seen = 0;
  options.progress = [&](int64_t done, int64_t of) {
    EXPECT_EQ(of, 5);
    seen = done;
    return done < 3;
  };
  const auto result = RunModel(model, *Target::Parse("cortex-m4"), options);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(seen, 3);
}

// As in a document that no run filled in.
TEST(RunModelTest, AReportNeedsNoRecord) {
  EXPECT_TRUE(FormatRun({}, ReportFormat::kJson).has_value());
  EXPECT_TRUE(FormatRun({}, ReportFormat::kText).has_value());
}

}  // namespace
}  // namespace tinyml
