// Files whose 8-byte numbers are not aligned as the format requires, as some
// writers make them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "formats/tflite/reader.h"
#include "formats/tflite/tflite_generated.h"
#include "formats/tflite/writer.h"
#include "tests/support/models.h"
#include "tinyml/convert.h"
#include "tinyml/model_file.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Bytes = std::vector<uint8_t>;

Model QuantizedModel() {
  Model model = testing::GoodModel();
  Quantization& quantization =
      model.subgraphs[0].tensors[0].quantization.emplace();
  quantization.scale = {0.5F, 0.25F, 0.125F};
  quantization.zero_point = {-3, 127, 7};
  quantization.quantized_dimension = 3;
  return model;
}

// Appends zeros until the file's size is `remainder` more than a multiple of 8.
void PadTo(Bytes& file, size_t remainder) {
  while (file.size() % 8 != remainder) file.push_back(0);
}

template <typename T>
void Append(Bytes& file, T value) {
  const size_t at = file.size();
  file.resize(at + sizeof(T));
  std::memcpy(file.data() + at, &value, sizeof(T));
}

// Moves a vector of `file` to its end, to `remainder` more than a multiple
// of 8. `field` is where the file stores the offset to it.
void MoveVector(Bytes& file, const uint8_t* field, size_t element_bytes,
                size_t remainder) {
  const auto field_at = static_cast<size_t>(field - file.data());
  const auto read = [&file](size_t at) {
    uint32_t value = 0;
    std::memcpy(&value, file.data() + at, sizeof(value));
    return value;
  };
  const size_t vector_at = field_at + read(field_at);
  const size_t size = sizeof(uint32_t) + read(vector_at) * element_bytes;
  const Bytes vector(file.begin() + static_cast<ptrdiff_t>(vector_at),
                     file.begin() + static_cast<ptrdiff_t>(vector_at + size));
  PadTo(file, remainder);
  const auto offset = static_cast<uint32_t>(file.size() - field_at);
  std::memcpy(file.data() + field_at, &offset, sizeof(offset));
  file.insert(file.end(), vector.begin(), vector.end());
}

const fbs::Tensor& FirstTensor(const Bytes& file) {
  return *fbs::GetModel(file.data())->subgraphs()->Get(0)->tensors()->Get(0);
}

// Where `table` stores a field.
const uint8_t* FieldOf(const void* table, flatbuffers::voffset_t field) {
  return static_cast<const flatbuffers::Table*>(table)->GetAddressOf(field);
}

// The file of QuantizedModel() with its zero points `remainder` past a multiple
// of 8; their data are 4 bytes further on.
Bytes WithZeroPointsAt(size_t remainder) {
  Bytes file = *WriteTflite(QuantizedModel());
  MoveVector(file,
             FieldOf(FirstTensor(file).quantization(),
                     fbs::QuantizationParameters::VT_ZERO_POINT),
             sizeof(int64_t), remainder);
  return file;
}

std::string ReadError(Bytes file) {
  const auto model = ReadTflite(ShareBytes(std::move(file)), "m", nullptr);
  return model ? "" : model.error().message;
}

TEST(MisalignedTest, ZeroPointsAtAMultipleOf4AreRead) {
  ReadReport report;
  const auto model = ReadTflite(ShareBytes(WithZeroPointsAt(0)), "m", &report);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(*model, QuantizedModel());
  EXPECT_TRUE(report.misaligned);
  EXPECT_THAT(
      report.warnings,
      ElementsAre(HasSubstr(
          "1 vector or field of 8-byte numbers lies at a multiple of 4 "
          "bytes in the file, not of 8 as the format requires (the first is "
          "subgraphs[0].tensors[0].quantization.zero_point)")));
}

TEST(MisalignedTest, WhereTheyAreAlignedThereIsNoNote) {
  ReadReport report;
  const auto model = ReadTflite(ShareBytes(WithZeroPointsAt(4)), "m", &report);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(*model, QuantizedModel());
  EXPECT_FALSE(report.misaligned);
  EXPECT_THAT(report.warnings, IsEmpty());
}

// Builders do not align what is empty.
TEST(MisalignedTest, AnEmptyVectorMayLieAnywhere) {
  Bytes file = WithZeroPointsAt(0);
  const auto* zero_points = reinterpret_cast<const uint8_t*>(
      FirstTensor(file).quantization()->zero_point());
  std::memset(file.data() + (zero_points - file.data()), 0, sizeof(uint32_t));
  ReadReport report;
  const auto model = ReadTflite(ShareBytes(file), "m", &report);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_THAT(model->subgraphs[0].tensors[0].quantization->zero_point,
              IsEmpty());
  EXPECT_FALSE(report.misaligned);
}

// A table's own numbers of 8 bytes: a buffer's offset and size.
TEST(MisalignedTest, NumbersInTablesAreRead) {
  Bytes file = *WriteTflite(QuantizedModel());
  const auto* buffers = fbs::GetModel(file.data())->buffers();
  const size_t entry = static_cast<size_t>(buffers->Data() - file.data()) + 4;
  PadTo(file, 0);
  const size_t vtable = file.size();
  for (const uint16_t value : {10, 20, 0, 4, 12}) Append(file, value);
  PadTo(file, 0);
  const size_t table = file.size();
  Append(file, static_cast<int32_t>(table - vtable));
  Append(file, static_cast<uint64_t>(table + 20));
  Append(file, uint64_t{24});
  for (uint8_t i = 0; i < 24; ++i) Append(file, i);
  const auto offset = static_cast<uint32_t>(table - entry);
  std::memcpy(file.data() + entry, &offset, sizeof(offset));
  ReadReport report;
  const auto model = ReadTflite(ShareBytes(file), "m", &report);
  ASSERT_TRUE(model) << model.error().message;
  ASSERT_EQ(model->buffers[1].data.bytes().size(), 24U);
  EXPECT_EQ(model->buffers[1].data.bytes()[23], 23);
  EXPECT_THAT(
      report.warnings,
      ElementsAre(HasSubstr("2 vectors or fields of 8-byte numbers lie")));
}

// Cores fault on these, and no writer makes them.
TEST(MisalignedTest, AnythingElseMustBeAligned) {
  for (const size_t remainder : {1, 2, 3, 5, 6, 7}) {
    EXPECT_THAT(ReadError(WithZeroPointsAt(remainder)),
                HasSubstr("zero_point: it is not aligned"));
    Bytes shape = *WriteTflite(QuantizedModel());
    MoveVector(shape, FieldOf(&FirstTensor(shape), fbs::Tensor::VT_SHAPE),
               sizeof(int32_t), remainder);
    EXPECT_THAT(ReadError(shape), HasSubstr("shape: it is not aligned"));
  }
}

TEST(MisalignedTest, ItsLengthIsStillChecked) {
  Bytes file = WithZeroPointsAt(0);
  file.resize(file.size() - 1);
  EXPECT_THAT(ReadError(file), HasSubstr("do not fit into the file"));
}

TEST(MisalignedTest, ConvertAligns) {
  ModelFile file;
  file.name = "m.tflite";
  const SharedBytes bytes = ShareBytes(WithZeroPointsAt(0));
  ReadReport report;
  file.model = *ReadTflite(bytes, "m", &report);
  file.owner = bytes.owner;
  file.bytes = bytes.bytes;
  file.misaligned = report.misaligned;
  for (const bool strip : {false, true}) {
    const auto prepared = PrepareModel(file, {.strip = strip});
    ASSERT_TRUE(prepared) << prepared.error().message;
    EXPECT_FALSE(prepared->misaligned);
    ReadReport again;
    const SharedBytes written = {prepared->owner, prepared->bytes};
    ASSERT_TRUE(ReadTflite(written, "m", &again));
    EXPECT_FALSE(again.misaligned) << strip;
  }
}

}  // namespace
}  // namespace tinyml
