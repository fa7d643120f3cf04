#include "model/strip.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "tests/support/models.h"
#include "tests/support/paths.h"
#include "tinyml/arena.h"
#include "tinyml/convert.h"
#include "tinyml/target.h"

namespace tinyml {
namespace {

using testing::GoodModel;

TEST(StripTest, DropsNamesAndTheRest) {
  Model model = GoodModel();
  model.metadata_buffer = {4};
  model.metadata.insert(model.metadata.begin(), {"min_runtime_version", 3});
  Subgraph& main = model.subgraphs[0];
  main.debug_metadata_index = 7;
  main.tensors[0].shape_signature = {-1, 4, 4, 3};
  main.tensors[0].has_rank = true;
  main.tensors[0].quantization->min = {-1};
  main.tensors[0].quantization->max = {1};
  main.tensors[0].quantization->details = CustomQuantization{{1, 2}};
  main.tensors[2].quantization.emplace();
  main.tensors[2].quantization->min = {0};
  main.operators[0].debug_metadata_index = 3;
  main.operators[0].mutating_variable_inputs = {false, false, false};
  const Model stripped = StripModel(model);

  EXPECT_EQ(stripped.description, "");
  EXPECT_TRUE(stripped.signature_defs.empty());
  EXPECT_TRUE(stripped.metadata_buffer.empty());
  EXPECT_TRUE(stripped.external_buffers.empty());
  EXPECT_TRUE(stripped.external_buffer_groups.empty());
  ASSERT_EQ(stripped.metadata.size(), 1u);
  EXPECT_EQ(stripped.metadata[0].name, kOfflinePlanMetadata);
  for (const Subgraph& subgraph : stripped.subgraphs) {
    EXPECT_EQ(subgraph.name, "");
    EXPECT_EQ(subgraph.debug_metadata_index, -1);
    for (const Tensor& tensor : subgraph.tensors) EXPECT_EQ(tensor.name, "");
  }
  const Subgraph& rest = stripped.subgraphs[0];
  EXPECT_TRUE(rest.tensors[0].shape_signature.empty());
  EXPECT_FALSE(rest.tensors[0].has_rank);
  EXPECT_EQ(rest.tensors[0].quantization,
            GoodModel().subgraphs[0].tensors[0].quantization);
  EXPECT_FALSE(rest.tensors[2].quantization.has_value());
  EXPECT_EQ(rest.operators[0].debug_metadata_index, -1);
  EXPECT_TRUE(rest.operators[0].mutating_variable_inputs.empty());
}

TEST(StripTest, KeepsWhatTheRuntimeReads) {
  const Model model = GoodModel();
  const Model stripped = StripModel(model);
  ASSERT_EQ(stripped.subgraphs.size(), model.subgraphs.size());
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    const Subgraph& before = model.subgraphs[s];
    const Subgraph& after = stripped.subgraphs[s];
    EXPECT_EQ(after.inputs, before.inputs);
    EXPECT_EQ(after.outputs, before.outputs);
    ASSERT_EQ(after.tensors.size(), before.tensors.size());
    for (size_t t = 0; t < before.tensors.size(); ++t) {
      EXPECT_EQ(after.tensors[t].shape, before.tensors[t].shape);
      EXPECT_EQ(after.tensors[t].type, before.tensors[t].type);
      EXPECT_EQ(after.tensors[t].quantization, before.tensors[t].quantization);
      EXPECT_EQ(stripped.buffers[after.tensors[t].buffer],
                model.buffers[before.tensors[t].buffer]);
    }
    ASSERT_EQ(after.operators.size(), before.operators.size());
    for (size_t i = 0; i < before.operators.size(); ++i) {
      EXPECT_EQ(after.operators[i].options, before.operators[i].options);
      EXPECT_EQ(after.operators[i].custom_options,
                before.operators[i].custom_options);
      EXPECT_EQ(stripped.CodeOf(after.operators[i]),
                model.CodeOf(before.operators[i]));
    }
  }
  EXPECT_EQ(stripped.buffers[stripped.metadata[0].buffer], model.buffers[4]);
  EXPECT_EQ(StripModel(stripped), stripped);
}

TEST(StripTest, DropsUnusedBuffersAndOperatorCodes) {
  Model model = GoodModel();
  // An unused code at the front, so that all indices change.
  model.operator_codes.insert(model.operator_codes.begin(), OperatorCode());
  for (Subgraph& subgraph : model.subgraphs) {
    for (Operator& op : subgraph.operators) ++op.opcode_index;
  }
  // Empty and unused buffers; tensor 3 has an empty one of its own.
  model.buffers.push_back(Buffer());
  model.buffers.push_back({.data = BufferData({1, 2, 3})});
  model.subgraphs[0].tensors[3].buffer = 5;
  const Model stripped = StripModel(model);
  EXPECT_EQ(stripped.operator_codes, GoodModel().operator_codes);
  EXPECT_EQ(stripped.buffers.size(), GoodModel().buffers.size());
  EXPECT_TRUE(stripped.buffers[0].data.empty());
  EXPECT_EQ(stripped.subgraphs[0].tensors[3].buffer, 0u);
  EXPECT_TRUE(ValidateModel(stripped).has_value());
}

// Its metadata refers to buffers by number.
TEST(StripTest, LeavesTheBuffersOfACompressedModelAlone) {
  Model model = GoodModel();
  model.metadata.push_back({std::string(kCompressionMetadata), 4});
  model.buffers.push_back({.data = BufferData({1, 2, 3})});
  const Model stripped = StripModel(model);
  EXPECT_EQ(stripped.buffers, model.buffers);
  EXPECT_EQ(stripped.metadata.size(), 2u);
}

TEST(StripTest, KeepsSparsityAndReferredExternalBuffers) {
  Model model = GoodModel();
  model.subgraphs[0].tensors[1] = testing::SparseTensor();
  model.subgraphs[0].tensors[3].external_buffer = 5;
  const Model stripped = StripModel(model);
  EXPECT_EQ(stripped.subgraphs[0].tensors[1].sparsity,
            testing::SparseTensor().sparsity);
  EXPECT_EQ(stripped.external_buffers, model.external_buffers);
}

TEST(PrepareTest, WithoutOptionsTheBytesAreTheInputs) {
  const Result<std::vector<uint8_t>> bytes = WriteTflite(GoodModel());
  ASSERT_TRUE(bytes.has_value());
  ModelFile file;
  file.name = "m.tflite";
  file.model = GoodModel();
  file.bytes = *bytes;
  const Result<ModelFile> prepared = PrepareModel(file, {});
  ASSERT_TRUE(prepared.has_value());
  EXPECT_EQ(prepared->bytes.data(), bytes->data());
  EXPECT_EQ(prepared->bytes.size(), bytes->size());
}

TEST(PrepareTest, MovesBuffersInside) {
  ModelFile file;
  file.name = "m.tflite";
  file.model = GoodModel();
  file.model.buffers[1].outside_flatbuffer = true;
  file.dropped = {"field 9 of the model"};
  const Result<ModelFile> prepared = PrepareModel(file, {});
  ASSERT_TRUE(prepared.has_value()) << prepared.error().message;
  EXPECT_EQ(prepared->model, file.model);
  EXPECT_FALSE(prepared->model.buffers[1].outside_flatbuffer);
  ASSERT_EQ(prepared->warnings.size(), 2u);
  EXPECT_EQ(prepared->warnings[1], "not in the output: field 9 of the model");
}

TEST(PrepareTest, SaysHowManyConstantsAreMisaligned) {
  const std::vector<uint8_t> bytes(64);
  ModelFile file;
  file.name = "m.tflite";
  file.bytes = bytes;
  file.model = GoodModel();
  // The bias, int32, at an offset of 22; the filter, int8, at one of 3.
  file.model.buffers[2].data =
      BufferData(nullptr, std::span(bytes).subspan(22, 32));
  file.model.buffers[1].data =
      BufferData(nullptr, std::span(bytes).subspan(3, 24));
  const Result<ModelFile> prepared = PrepareModel(file, {});
  ASSERT_TRUE(prepared.has_value());
  ASSERT_EQ(prepared->warnings.size(), 1u);
  EXPECT_TRUE(prepared->warnings[0].starts_with(
      "m.tflite: 1 constant is not aligned in the file to the size of its "))
      << prepared->warnings[0];
}

TEST(PrepareTest, StripsEverySharedModelToFewerBytes) {
  TINYML_REQUIRE_SHARED(shared);
  for (const std::string& path : testing::TfliteFilesIn(*shared + "/models")) {
    const Result<ModelFile> file = ReadModelFile(path);
    ASSERT_TRUE(file.has_value()) << file.error().message;
    const Result<ModelFile> stripped = PrepareModel(*file, {.strip = true});
    ASSERT_TRUE(stripped.has_value()) << stripped.error().message;
    EXPECT_LE(stripped->bytes.size(), file->bytes.size()) << path;
    // Stripping is idempotent.
    const Result<ModelFile> again = PrepareModel(*stripped, {.strip = true});
    ASSERT_TRUE(again.has_value()) << again.error().message;
    EXPECT_EQ(again->bytes.size(), stripped->bytes.size()) << path;
  }
}

// What the runtime sees is the same, so its arena is.
TEST(PrepareTest, StrippingNeverRaisesTheArena) {
  TINYML_REQUIRE_SHARED(shared);
  std::vector<std::string> paths = testing::TfliteFilesIn(*shared + "/models");
  for (std::string& path : testing::TfliteFilesIn(*shared + "/ops/models")) {
    paths.push_back(std::move(path));
  }
  for (const char* name : {"cortex-m55", "esp32s3"}) {
    const Result<Target> target = Target::Parse(name);
    ASSERT_TRUE(target.has_value()) << target.error().message;
    for (const std::string& path : paths) {
      const Result<ModelFile> file = ReadModelFile(path);
      if (!file.has_value()) continue;
      const Result<ModelFile> stripped = PrepareModel(*file, {.strip = true});
      ASSERT_TRUE(stripped.has_value()) << stripped.error().message;
      EXPECT_LE(stripped->bytes.size(), file->bytes.size()) << path;
      const Result<ArenaReport> before = SizeArena(file->model, *target);
      const Result<ArenaReport> after = SizeArena(stripped->model, *target);
      ASSERT_EQ(before.has_value(), after.has_value()) << path;
      if (!before.has_value()) continue;
      EXPECT_LE(after->required_arena_bytes, before->required_arena_bytes)
          << path;
      EXPECT_LE(after->arena_used_bytes, before->arena_used_bytes) << path;
    }
  }
}

}  // namespace
}  // namespace tinyml
