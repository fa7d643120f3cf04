// What models ask of the arena in revisions of 2022 and 2023, by hand and
// beside the revisions after them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "runtime/arena/lifetimes.h"
#include "runtime/cmsis_nn/buffer_sizes.h"
#include "runtime/simulate.h"
#include "tests/support/paths.h"
#include "tinyml/model_file.h"
#include "tinyml/target.h"

namespace tinyml::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The sizes of the persistent requests of `name` on `target`.
std::vector<int64_t> Requests(std::string_view model, std::string_view target,
                              std::string_view name) {
  const auto file = ReadModelFile(testing::TestdataPath(model));
  const auto parsed = tinyml::Target::Parse(target);
  EXPECT_TRUE(file.has_value() && parsed.has_value()) << target;
  std::vector<int64_t> sizes;
  if (!file || !parsed) return sizes;
  const auto simulation = Simulate(file->model, parsed->runtime());
  EXPECT_TRUE(simulation.has_value()) << simulation.error().message;
  if (!simulation) return sizes;
  for (const Event& event : simulation->events) {
    if (event.kind == EventKind::kPersistent && event.detail == name) {
      sizes.push_back(event.size);
    }
  }
  return sizes;
}

int64_t First(std::string_view model, std::string_view target,
              std::string_view name) {
  const std::vector<int64_t> sizes = Requests(model, target, name);
  return sizes.empty() ? 0 : sizes.front();
}

struct Expected {
  const char* target;
  int64_t fully_connected;
  int64_t fully_connected_params;
};

// CMSIS-NN's data and the parser's, with short enums and without.
TEST(OldRevisionsTest, FullyConnectedGrew) {
  for (const Expected& row :
       {Expected{"cortex-m4:runtime=2022-05", 56, 4},
        Expected{"cortex-m4:runtime=chirale-2.0.0", 60, 4},
        Expected{"cortex-m4:runtime=gecko-sdk-4.4.1", 60, 4},
        Expected{"cortex-m4:runtime=2024-01", 64, 5},
        Expected{"esp32:runtime=arduino-esp32-1.0.0", 32, 12},
        Expected{"rv32:runtime=2023-01", 36, 12},
        Expected{"rv32:runtime=2024-01", 36, 16}}) {
    const bool reference = std::string(row.target).find("cortex") != 0;
    EXPECT_EQ(
        First("keyword_int8.tflite", row.target,
              reference ? "OpDataFullyConnected" : "OpData (FULLY_CONNECTED)"),
        row.fully_connected)
        << row.target;
    EXPECT_EQ(
        First("keyword_int8.tflite", row.target, "TfLiteFullyConnectedParams"),
        row.fully_connected_params)
        << row.target;
  }
}

TEST(OldRevisionsTest, TensorsAndNodesAreFullWithoutStaticMemory) {
  const std::string_view model = "sine_float.tflite";
  for (const char* target :
       {"cortex-m4:runtime=chirale-2.0.0", "cortex-m4:runtime=zephyr-4.4.0",
        "cortex-m4:runtime=edge-impulse-1.93.20",
        "esp32:runtime=arduino-esp32-1.0.0"}) {
    EXPECT_THAT(Requests(model, target, "TfLiteTensor"), ElementsAre(64, 64))
        << target;
  }
  for (const char* target : {"cortex-m4", "cortex-m33:runtime=gecko-sdk-4.4.1",
                             "esp32:runtime=eloquent-esp32-2.0.0"}) {
    EXPECT_THAT(Requests(model, target, "TfLiteTensor"), ElementsAre(32, 32))
        << target;
  }
  // 44 and 32 bytes for each operator.
  EXPECT_EQ(
      First(model, "cortex-m4:runtime=chirale-2.0.0", "NodeAndRegistration") *
          32,
      First(model, "cortex-m4", "NodeAndRegistration") * 44);
}

TEST(OldRevisionsTest, OperatorsThatDidNotExistAreNamed) {
  for (const auto& [code, target, commit] :
       {std::tuple(BuiltinOperator::kBatchMatmul, "x86-64:runtime=2023-06",
                   "5d542d7eda9c"),
        std::tuple(BuiltinOperator::kSelectV2, "x86-64:runtime=2022-05",
                   "286aeb5ff20d")}) {
    Model model;
    model.subgraphs.emplace_back();
    model.buffers.emplace_back();
    model.operator_codes.emplace_back().builtin_code = code;
    model.subgraphs[0].operators.emplace_back();
    const auto parsed = tinyml::Target::Parse(target);
    ASSERT_TRUE(parsed.has_value());
    const auto simulation = Simulate(model, parsed->runtime());
    ASSERT_FALSE(simulation.has_value());
    EXPECT_THAT(simulation.error().message, HasSubstr(commit));
  }
}

// An output that no operator writes had no beginning, and so no place in time.
TEST(OldRevisionsTest, UnusedInputsAndOutputsAreNotLive) {
  Model model;
  Subgraph& graph = model.subgraphs.emplace_back();
  graph.tensors.resize(2);
  graph.inputs = {0};
  graph.outputs = {1};
  const auto now = ComputeLifetimes(model, {});
  EXPECT_EQ(now->tensors[0][0].last_used, 0);
  EXPECT_EQ(now->tensors[0][1].first_used, 0);
  const auto then = ComputeLifetimes(model, {}, false);
  EXPECT_EQ(then->tensors[0][0].last_used, -1);
  EXPECT_EQ(then->tensors[0][1].first_used, -1);
}

KernelConfig ConfigOf(std::string_view target) {
  return tinyml::Target::Parse(target)->runtime().kernels;
}

// 4 bytes for each of 3 x 3 x 5 products, in fours since June 2023.
TEST(OldRevisionsTest, BuffersOfCmsisNn2022) {
  cmsis_nn::ConvShape shape;
  shape.input = {1, 8, 8, 5};
  shape.filter = {1, 3, 3, 5};
  shape.output = {1, 8, 8, 4};
  shape.stride = shape.dilation = {1, 1};
  shape.padding = {1, 1};
  const KernelConfig old = ConfigOf("cortex-m4:runtime=2023-01");
  const KernelConfig now = ConfigOf("cortex-m4");
  EXPECT_EQ(ConvolveWrapperS8BufferBytes(shape, old), 4 * 45);
  EXPECT_EQ(ConvolveWrapperS8BufferBytes(shape, now), 4 * 48);
  // A depthwise convolution of 3x3 still had one.
  shape.output.c = shape.input.c;
  EXPECT_EQ(DepthwiseConvWrapperS8BufferBytes(shape, old), 2 * 45);
  EXPECT_EQ(DepthwiseConvWrapperS8BufferBytes(shape, now), 0);
  // And so had a 1x1 convolution with a stride.
  shape.filter = {1, 1, 1, 5};
  shape.padding = {};
  EXPECT_EQ(ConvolveWrapperS8BufferBytes(shape, old), 0);
  shape.stride = {2, 2};
  EXPECT_EQ(ConvolveWrapperS8BufferBytes(shape, old), 4 * 5);
  EXPECT_EQ(ConvolveWrapperS8BufferBytes(shape, now), 0);
}

}  // namespace
}  // namespace tinyml::runtime
