#include "formats/tflite/writer.h"

#include <gtest/gtest.h>

#include <cmath>

#include "formats/tflite/reader.h"
#include "tests/support/models.h"
#include "tests/support/paths.h"
#include "tinyml/options.h"

// Designated initialisers leave members out on purpose.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace tinyml {
namespace {

// Expects that `model` comes back as it is, with every buffer at a multiple of
// 16 in the file; returns the file.
std::vector<uint8_t> ExpectRoundTrip(const Model& model) {
  auto file = WriteTflite(model);
  EXPECT_TRUE(file);
  if (!file) return {};
  const SharedBytes shared = ShareBytes(*file);
  ReadReport report;
  const auto again = ReadTflite(shared, "again", &report);
  EXPECT_TRUE(again) << again.error().message;
  if (!again) return {};
  EXPECT_EQ(*again, model);
  EXPECT_TRUE(report.dropped.empty()) << report.dropped.front();
  for (const Buffer& buffer : again->buffers) {
    if (buffer.data.empty()) continue;
    // A view into the file, as the reader copies no data.
    EXPECT_EQ((buffer.data.bytes().data() - shared.bytes.data()) % 16, 0)
        << "buffer " << &buffer - again->buffers.data();
  }
  return *std::move(file);
}

TEST(WriterTest, KeepsTheGoodModel) {
  const auto file = ExpectRoundTrip(testing::GoodModel());
  EXPECT_EQ(std::string(file.begin() + 4, file.begin() + 8), "TFL3");
  EXPECT_EQ(file, *WriteTflite(testing::GoodModel()));
}

TEST(WriterTest, KeepsEverythingATensorCanHave) {
  Model model = testing::GoodModel();
  auto& tensors = model.subgraphs[0].tensors;
  tensors.push_back(testing::SparseTensor());
  Tensor& tensor = tensors[6];
  tensor.shape_signature = {-1, 4, 4, 8};
  tensor.has_rank = true;
  tensor.is_variable = true;
  tensor.external_buffer = 5;
  tensor.variant_tensors = {
      {.shape = {2, 3}, .type = TensorType::kInt16, .has_rank = true}};
  tensor.quantization->min = {std::nanf("")};
  tensor.quantization->max = {-0.0f};
  tensor.quantization->details = CustomQuantization{.custom = {1, 2, 3, 4, 5}};
  tensors[5].quantization->details =
      BlockwiseQuantization{.scales = 1, .zero_points = -1, .block_size = 32};
  tensors[3].quantization->details =
      MultiAxisQuantization{.scales = 1,
                            .zero_points = 2,
                            .block_size = 4,
                            .quantized_dimensions = {0, 1}};
  // Empty quantization is not the same as none.
  tensors[2].quantization = Quantization{};
  ExpectRoundTrip(model);
}

TEST(WriterTest, KeepsEverythingAnOperatorCanHave) {
  Model model = testing::GoodModel();
  auto& operators = model.subgraphs[0].operators;
  operators[0].intermediates = {kNoTensor, 3};
  operators[0].mutating_variable_inputs = {false, true, false};
  operators[0].debug_metadata_index = 4;
  model.subgraphs[0].debug_metadata_index = 0;
  operators[2].custom_options = BufferData(std::vector<uint8_t>{});
  model.metadata_buffer = {1, 0};
  const auto file = ExpectRoundTrip(model);

  const auto again = *ReadTflite(ShareBytes(file), "m", nullptr);
  EXPECT_TRUE(again.subgraphs[0].operators[2].custom_options.has_value());
  EXPECT_FALSE(again.subgraphs[0].operators[1].custom_options.has_value());
}

TEST(WriterTest, TellsOptionsAtTheirDefaultsFromNone) {
  Model model = testing::GoodModel();
  model.operator_codes[2] = {.deprecated_builtin_code = 25,
                             .builtin_code = BuiltinOperator::kSoftmax};
  Operator& softmax = model.subgraphs[1].operators[0];
  softmax.options = MakeOptions(SoftmaxOptions{});
  ExpectRoundTrip(model);
  softmax.options = {};
  ExpectRoundTrip(model);
  softmax.options = MakeOptions(SoftmaxOptions{.beta = -0.0f});
  ExpectRoundTrip(model);
  softmax.options = MakeOptions(SoftmaxOptions{.beta = std::nanf("1")});
  ExpectRoundTrip(model);
}

TEST(WriterTest, KeepsOptionsOfTheSecondUnion) {
  Model model = testing::GoodModel();
  model.operator_codes[2] = {
      .deprecated_builtin_code = 127,
      .builtin_code = BuiltinOperator::kStablehloCustomCall};
  Operator& call = model.subgraphs[1].operators[0];
  call.options_2 = MakeOptions(
      StablehloCustomCallOptions{.call_target_name = "target",
                                 .has_side_effect = true,
                                 .backend_config = std::string("with\0zero", 9),
                                 .api_version = 2,
                                 .called_computations = {2},
                                 .custom_attributes = {9, 8, 7}});
  ExpectRoundTrip(model);

  model.operator_codes[2].builtin_code = BuiltinOperator::kStablehloConvolution;
  for (size_t i : {1, 2}) model.subgraphs[i].operators[0].inputs = {0, 0};
  call.options_2 = MakeOptions(StablehloConvolutionOptions{
      .window_strides = {1, -2},
      .window_reversal = {true, false, true},
      .input_batch_dimension = int64_t{1} << 40,
      .precision_config = {StablehloPrecisionConfig::kHighest}});
  ExpectRoundTrip(model);
}

TEST(WriterTest, KeepsSharedBuffersShared) {
  Model model = testing::GoodModel();
  model.buffers[1].data = BufferData(std::vector<uint8_t>(24, 7));
  const size_t once = WriteTflite(model)->size();
  const Buffer shared = {.data = BufferData(std::vector<uint8_t>(50'000, 1))};
  for (int i = 0; i < 100; ++i) model.buffers.push_back(shared);
  const auto file = ExpectRoundTrip(model);
  EXPECT_LT(file.size(), once + 50'000 + 100 * 32);
}

TEST(WriterTest, RefusesMoreThan2GiB) {
  Model model = testing::GoodModel();
  // Views that are never read: only their lengths count.
  static const uint8_t kByte = 0;
  for (int i = 0; i < 3; ++i) {
    model.buffers.push_back(
        {.data =
             BufferData(nullptr, std::span(&kByte, (size_t{1} << 30) + i))});
  }
  const auto file = WriteTflite(model);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().message,
            "the model does not fit into a TFLite file of 2 GiB");
}

class SharedModelsTest : public ::testing::TestWithParam<const char*> {};

TEST_P(SharedModelsTest, ComeBackEqualAndAligned) {
  TINYML_REQUIRE_SHARED(shared);
  const auto paths = testing::TfliteFilesIn(*shared + "/" + GetParam());
  ASSERT_FALSE(paths.empty());
  int refused = 0;
  for (const std::string& path : paths) {
    SCOPED_TRACE(path);
    const auto bytes = ReadFile(path);
    ASSERT_TRUE(bytes);
    ReadReport report;
    const auto model = ReadTflite(*bytes, "m", &report);
    if (!model) {
      // Some operator cases are meant to be refused.
      EXPECT_NE(path.find("_refused_"), std::string::npos)
          << model.error().message;
      ++refused;
      continue;
    }
    EXPECT_TRUE(report.dropped.empty()) << report.dropped.front();
    const auto file = ExpectRoundTrip(*model);
    // Small files of old converters lack a vector or two that we write.
    EXPECT_LE(file.size(), bytes->bytes.size() * 103 / 100 + 64);
  }
  // The rest is refused by the simulated runtime, as the real one does.
  EXPECT_LE(refused, 5);
}

INSTANTIATE_TEST_SUITE_P(Folder, SharedModelsTest,
                         ::testing::Values("models", "ops/models"),
                         [](const auto& info) {
                           return std::string(info.index == 0 ? "models"
                                                              : "ops");
                         });

}  // namespace
}  // namespace tinyml
