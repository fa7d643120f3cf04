#include "formats/tflite/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "formats/tflite/tflite_generated.h"
#include "formats/tflite/writer.h"
#include "tests/support/models.h"

// Designated initialisers leave members out on purpose.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::vector<uint8_t> BytesOf(std::string_view text) {
  return {text.begin(), text.end()};
}

std::string ReadError(std::vector<uint8_t> bytes) {
  const auto model = ReadTflite(ShareBytes(std::move(bytes)), "m", nullptr);
  return model ? "" : model.error().message;
}

std::vector<uint8_t> GoodFile() { return *WriteTflite(testing::GoodModel()); }

// A file with the vector or table that `make` adds to a FlatBuffer.
std::vector<uint8_t> FileOf(
    flatbuffers::Offset<fbs::Model> (*make)(flatbuffers::FlatBufferBuilder&)) {
  flatbuffers::FlatBufferBuilder builder;
  fbs::FinishModelBuffer(builder, make(builder));
  return {builder.GetBufferPointer(),
          builder.GetBufferPointer() + builder.GetSize()};
}

TEST(ReaderTest, ReadsWhatTheWriterWrote) {
  ReadReport report;
  const auto model = ReadTflite(ShareBytes(GoodFile()), "m", &report);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(*model, testing::GoodModel());
  EXPECT_THAT(report.dropped, IsEmpty());
  EXPECT_THAT(report.warnings, IsEmpty());
}

TEST(ReaderTest, ReadsFromAnyAddress) {
  for (size_t shift = 1; shift < 16; ++shift) {
    const std::vector<uint8_t> file = GoodFile();
    std::vector<uint8_t> shifted(shift, 0);
    shifted.insert(shifted.end(), file.begin(), file.end());
    SharedBytes bytes = ShareBytes(std::move(shifted));
    bytes.bytes = bytes.bytes.subspan(shift);
    const auto model = ReadTflite(bytes, "m", nullptr);
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_EQ(*model, testing::GoodModel());
  }
}

TEST(ReaderTest, KeepsTheFileAlive) {
  Model model;
  {
    SharedBytes file = ShareBytes(GoodFile());
    model = *ReadTflite(std::move(file), "m", nullptr);
  }
  EXPECT_EQ(model.buffers[1].data.bytes()[0], 7);
}

TEST(ReaderTest, NamesTheFileInFrontOfAFault) {
  Model model = testing::GoodModel();
  model.subgraphs[0].operators[0].inputs[0] = 91;
  EXPECT_EQ(ReadError(*WriteTflite(model)),
            "m: subgraph 0, operator 0 (CONV_2D): input tensor 91 is out of "
            "range, the subgraph has 7 tensors");
}

TEST(ReaderTest, SaysWhatAForeignFileIs) {
  EXPECT_EQ(ReadError({}), "m: the file is empty");
  EXPECT_EQ(ReadError({0, 1, 2}),
            "m: the file has only 3 bytes, too few for a TFLite model");
  EXPECT_EQ(ReadError(std::vector<uint8_t>(64, 0)),
            "m: the file begins with zeros, not with the identifier TFL3 of a "
            "TFLite model");
  EXPECT_EQ(ReadError(BytesOf("\x89PNG\r\n\x1a\n....")),
            "m: this is a PNG image, not a TFLite model");
  EXPECT_THAT(ReadError(BytesOf("PK\x03\x04........")),
              StartsWith("m: this is a ZIP archive"));
  EXPECT_THAT(ReadError(BytesOf("\x89HDF\r\n\x1a\n....")),
              StartsWith("m: this is an HDF5 file, probably a Keras model"));
  EXPECT_THAT(ReadError(BytesOf("....TFL2........")),
              StartsWith("m: this is a TFLite model of schema version 2"));
  EXPECT_EQ(ReadError(BytesOf("Dear all,\n")),
            "m: this is a text file, not a TFLite model");
  EXPECT_THAT(ReadError(BytesOf("const char m[] = {0x20, 0x00};\n")),
              StartsWith("m: this is C source text"));
  EXPECT_EQ(ReadError({9, 200, 3, 4, 5, 6, 7, 8, 9}),
            "m: this is not a TFLite model: the identifier TFL3 is missing");
}

TEST(ReaderTest, RecognisesOnnxByItsShape) {
  // IR version 8, producer "p", a graph of two bytes, opset import.
  const std::vector<uint8_t> onnx = {0x08, 8,    0x12, 1, 'p',  0x3a, 2, 0x0a,
                                     0,    0x42, 2,    0, 0x08, 0,    0, 0};
  const std::vector<uint8_t> whole(onnx.begin(), onnx.begin() + 9);
  EXPECT_EQ(ReadError(whole), "m: this is an ONNX model, not a TFLite model");
  std::vector<uint8_t> cut = whole;
  cut[6] = 200;  // The graph goes on past the end of the file.
  EXPECT_EQ(ReadError(cut), "m: this is an ONNX model, not a TFLite model");
}

TEST(ReaderTest, SaysWhereATruncatedFileBreaks) {
  std::vector<uint8_t> file = GoodFile();
  file.resize(200);
  EXPECT_THAT(ReadError(file),
              StartsWith("m: the file is damaged or cut short: "));
  file.resize(8);
  EXPECT_THAT(ReadError(file),
              StartsWith("m: the file is damaged or cut short: "));
}

// Appends `data` to the file and makes buffer `index` refer to it.
std::vector<uint8_t> WithOutsideBuffer(uint64_t offset, uint64_t size,
                                       std::vector<uint8_t> data) {
  flatbuffers::FlatBufferBuilder builder;
  std::vector<flatbuffers::Offset<fbs::Buffer>> buffers = {
      fbs::CreateBuffer(builder), fbs::CreateBuffer(builder, 0, offset, size)};
  const std::vector<int32_t> shape = {4};
  const auto tensor =
      fbs::CreateTensorDirect(builder, &shape, fbs::TensorType::INT8, 1, "t");
  const std::vector<flatbuffers::Offset<fbs::Tensor>> tensors = {tensor};
  const std::vector<flatbuffers::Offset<fbs::SubGraph>> subgraphs = {
      fbs::CreateSubGraphDirect(builder, &tensors)};
  fbs::FinishModelBuffer(
      builder, fbs::CreateModelDirect(builder, 3, nullptr, &subgraphs, nullptr,
                                      &buffers));
  std::vector<uint8_t> file(builder.GetBufferPointer(),
                            builder.GetBufferPointer() + builder.GetSize());
  file.resize(1024);
  file.insert(file.end(), data.begin(), data.end());
  return file;
}

TEST(ReaderTest, FindsBuffersPastTheFlatBuffer) {
  const auto model = ReadTflite(
      ShareBytes(WithOutsideBuffer(1024, 4, {1, 2, 3, 4})), "m", nullptr);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_TRUE(model->buffers[1].outside_flatbuffer);
  EXPECT_THAT(model->buffers[1].data.bytes(), ElementsAre(1, 2, 3, 4));

  // When rewritten, the bytes are inside, and the model is the same.
  const auto again = ReadTflite(ShareBytes(*WriteTflite(*model)), "m", nullptr);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_FALSE(again->buffers[1].outside_flatbuffer);
  EXPECT_EQ(*again, *model);
}

TEST(ReaderTest, ChecksTheRangeOfOutsideBuffers) {
  EXPECT_EQ(ReadError(WithOutsideBuffer(1025, 4, {1, 2, 3, 4})),
            "m: buffer 1: its 4 bytes at offset 1025 lie outside the file of "
            "1028 bytes");
  EXPECT_EQ(ReadError(WithOutsideBuffer(~uint64_t{0}, 4, {1, 2, 3, 4})),
            "m: buffer 1: its 4 bytes at offset 18446744073709551615 lie "
            "outside the file of 1028 bytes");
  EXPECT_EQ(ReadError(WithOutsideBuffer(1024, ~uint64_t{0}, {1, 2, 3, 4})),
            "m: buffer 1: its 18446744073709551615 bytes at offset 1024 lie "
            "outside the file of 1028 bytes");
  // The format's marker for "not outside".
  const auto model = ReadTflite(
      ShareBytes(WithOutsideBuffer(1, 4, {1, 2, 3, 4})), "m", nullptr);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_TRUE(model->buffers[1].data.empty());
}

TEST(ReaderTest, FindsCustomOptionsPastTheFlatBuffer) {
  const auto make = [](uint64_t offset) {
    flatbuffers::FlatBufferBuilder builder;
    const std::vector<int32_t> none;
    const std::vector<flatbuffers::Offset<fbs::Operator>> operators = {
        fbs::CreateOperatorDirect(
            builder, 0, &none, &none, fbs::BuiltinOptions::NONE, 0, nullptr,
            fbs::CustomOptionsFormat::FLEXBUFFERS, nullptr, nullptr, offset,
            /*large_custom_options_size=*/2)};
    const std::vector<flatbuffers::Offset<fbs::SubGraph>> subgraphs = {
        fbs::CreateSubGraphDirect(builder, nullptr, nullptr, nullptr,
                                  &operators)};
    const std::vector<flatbuffers::Offset<fbs::OperatorCode>> codes = {
        fbs::CreateOperatorCodeDirect(builder, 32, "Thing", 1,
                                      fbs::BuiltinOperator::CUSTOM)};
    fbs::FinishModelBuffer(
        builder, fbs::CreateModelDirect(builder, 3, &codes, &subgraphs));
    std::vector<uint8_t> file(builder.GetBufferPointer(),
                              builder.GetBufferPointer() + builder.GetSize());
    file.resize(512);
    file[510] = 8;
    file[511] = 9;
    return file;
  };
  ReadReport report;
  const auto model = ReadTflite(ShareBytes(make(510)), "m", &report);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_THAT(model->subgraphs[0].operators[0].custom_options->bytes(),
              ElementsAre(8, 9));
  EXPECT_THAT(report.warnings,
              ElementsAre("subgraph 0, operator 0: its custom options lie "
                          "outside the FlatBuffer, where the runtime does not "
                          "read them"));
  EXPECT_EQ(ReadError(make(511)),
            "m: subgraph 0, operator 0: custom options: its 2 bytes at offset "
            "511 lie outside the file of 512 bytes");
}

// 3,000 tensors that share one shape of 3,000,000 dimensions: 36 GB copied.
TEST(ReaderTest, RefusesVectorsSharedWithoutMeasure) {
  const auto file = FileOf([](flatbuffers::FlatBufferBuilder& builder) {
    const auto shape = builder.CreateVector(std::vector<int32_t>(3'000'000, 1));
    std::vector<flatbuffers::Offset<fbs::Tensor>> tensors;
    for (int i = 0; i < 3'000; ++i) {
      tensors.push_back(fbs::CreateTensor(builder, shape));
    }
    const auto subgraph = fbs::CreateSubGraphDirect(builder, &tensors);
    const std::vector<flatbuffers::Offset<fbs::SubGraph>> subgraphs = {
        subgraph};
    return fbs::CreateModelDirect(builder, 3, nullptr, &subgraphs);
  });
  EXPECT_EQ(ReadError(file),
            "m: the file's parts are used again so often that the model would "
            "take too much memory");
}

// A vector of two million references to one tensor.
TEST(ReaderTest, RefusesTablesSharedWithoutMeasure) {
  const auto file = FileOf([](flatbuffers::FlatBufferBuilder& builder) {
    const std::vector<flatbuffers::Offset<fbs::Tensor>> tensors(
        2'000'000, fbs::CreateTensor(builder));
    const auto subgraph = fbs::CreateSubGraphDirect(builder, &tensors);
    const std::vector<flatbuffers::Offset<fbs::SubGraph>> subgraphs = {
        subgraph};
    return fbs::CreateModelDirect(builder, 3, nullptr, &subgraphs);
  });
  EXPECT_EQ(ReadError(file),
            "m: the file's parts are used again so often that the model would "
            "take too much memory");
}

// Four thousand references to a subgraph of two thousand operators.
TEST(ReaderTest, RefusesMoreTablesThanItVisits) {
  const auto file = FileOf([](flatbuffers::FlatBufferBuilder& builder) {
    const std::vector<flatbuffers::Offset<fbs::Operator>> operators(
        2'000, fbs::CreateOperator(builder));
    const auto subgraph = fbs::CreateSubGraphDirect(builder, nullptr, nullptr,
                                                    nullptr, &operators);
    const std::vector<flatbuffers::Offset<fbs::SubGraph>> subgraphs(4'000,
                                                                    subgraph);
    return fbs::CreateModelDirect(builder, 3, nullptr, &subgraphs);
  });
  EXPECT_THAT(ReadError(file),
              ::testing::EndsWith("there are more than 4000000 tables"));
}

}  // namespace
}  // namespace tinyml
