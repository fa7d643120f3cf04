#include "formats/tflite/schema_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/tflite/reader.h"
#include "formats/tflite/tflite_generated.h"
#include "formats/tflite/writer.h"
#include "tests/support/models.h"

namespace tinyml {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A file as a newer version of the format might write it: unknown fields in the
// model, a tensor and an options table, an unknown options type, and a field
// that was deprecated.
std::vector<uint8_t> NewerFile() {
  flatbuffers::FlatBufferBuilder builder;
  const auto add_number = [&builder](flatbuffers::voffset_t field, int value) {
    builder.AddElement<int32_t>(flatbuffers::FieldIndexToOffset(field), value,
                                0);
  };

  // Tensor has 11 fields; this one has field number 13.
  auto start = builder.StartTable();
  add_number(13, 1);
  const flatbuffers::Offset<fbs::Tensor> tensor(builder.EndTable(start));

  // ResizeBilinearOptions: new_height is deprecated, number 4 does not exist.
  start = builder.StartTable();
  add_number(0, 32);
  add_number(4, 5);
  const flatbuffers::Offset<void> options(builder.EndTable(start));

  const std::vector<int32_t> inputs = {0, 0};
  const std::vector<int32_t> outputs = {0};
  const auto known = fbs::CreateOperatorDirect(
      builder, 0, &inputs, &outputs, fbs::BuiltinOptions::ResizeBilinearOptions,
      options);
  const auto unknown =
      fbs::CreateOperatorDirect(builder, 0, &inputs, &outputs,
                                static_cast<fbs::BuiltinOptions>(200), options);

  const std::vector<flatbuffers::Offset<fbs::Tensor>> tensors = {tensor};
  const std::vector<flatbuffers::Offset<fbs::Operator>> operators = {known,
                                                                     unknown};
  const auto subgraph = fbs::CreateSubGraphDirect(builder, &tensors, nullptr,
                                                  nullptr, &operators);
  const auto subgraphs = builder.CreateVector(&subgraph, 1);
  const auto code = fbs::CreateOperatorCode(
      builder, 23, 0, 1, fbs::BuiltinOperator::RESIZE_BILINEAR);
  const auto codes = builder.CreateVector(&code, 1);
  const auto buffer = fbs::CreateBuffer(builder);
  const auto buffers = builder.CreateVector(&buffer, 1);

  start = builder.StartTable();
  builder.AddElement<uint32_t>(fbs::Model::VT_VERSION, 3, 0);
  builder.AddOffset(fbs::Model::VT_OPERATOR_CODES, codes);
  builder.AddOffset(fbs::Model::VT_SUBGRAPHS, subgraphs);
  builder.AddOffset(fbs::Model::VT_BUFFERS, buffers);
  add_number(10, 7);
  const flatbuffers::Offset<fbs::Model> model(builder.EndTable(start));
  fbs::FinishModelBuffer(builder, model);
  return {builder.GetBufferPointer(),
          builder.GetBufferPointer() + builder.GetSize()};
}

TEST(SchemaWalkTest, ListsWhatANewerFormatAdds) {
  ReadReport report;
  const auto model = ReadTflite(ShareBytes(NewerFile()), "m", &report);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_THAT(
      report.dropped,
      ElementsAre(
          "subgraphs[0].tensors[0]: Tensor has field number 13, of a newer "
          "format",
          "subgraphs[0].operators[0].builtin_options.new_height: the format "
          "has deprecated this field",
          "subgraphs[0].operators[0].builtin_options: ResizeBilinearOptions "
          "has field number 4, of a newer format",
          "subgraphs[0].operators[1].builtin_options: BuiltinOptions of type "
          "200, of a newer format",
          "the model's root: Model has field number 10, of a newer format"));
}

TEST(SchemaWalkTest, BoundsItsList) {
  flatbuffers::FlatBufferBuilder builder;
  std::vector<flatbuffers::Offset<fbs::Tensor>> tensors;
  for (int i = 0; i < 30; ++i) {
    const auto start = builder.StartTable();
    builder.AddElement<int32_t>(flatbuffers::FieldIndexToOffset(20), 1, 0);
    tensors.emplace_back(builder.EndTable(start));
  }
  const auto subgraph = fbs::CreateSubGraphDirect(builder, &tensors);
  const auto subgraphs = builder.CreateVector(&subgraph, 1);
  fbs::FinishModelBuffer(builder, fbs::CreateModel(builder, 3, 0, subgraphs));
  const auto walk = WalkSchema({builder.GetBufferPointer(), builder.GetSize()});
  ASSERT_EQ(walk.unknown.size(), kMaxUnknownListed + 1);
  EXPECT_EQ(walk.unknown.back(), "and 10 more");
}

TEST(SchemaWalkTest, FindsNothingInASoundFile) {
  const auto file = *WriteTflite(testing::GoodModel());
  const auto walk = WalkSchema(file);
  EXPECT_EQ(walk.fault, std::nullopt);
  EXPECT_THAT(walk.unknown, IsEmpty());
}

// flatbuffers' verifier is the judge. Where it refuses a file, the walk should
// know why, and where the walk refuses one, the verifier should agree. Of
// alignment only the walk knows what may be otherwise.
TEST(SchemaWalkTest, AgreesWithTheVerifier) {
  const auto good = *WriteTflite(testing::GoodModel());
  for (size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::vector<uint8_t> file = good;
      file[at] ^= static_cast<uint8_t>(1 << bit);
      if (file[4] != 'T' || file[5] != 'F' || file[6] != 'L' ||
          file[7] != '3') {
        continue;
      }
      const auto verify = [&file](bool alignment) {
        flatbuffers::Verifier verifier(file.data(), file.size(), kMaxTableDepth,
                                       kMaxTables, alignment);
        return fbs::VerifyModelBuffer(verifier);
      };
      const bool is_sound = verify(true);
      const auto walk = WalkSchema(file);
      const std::string fault = walk.fault.value_or("no fault");
      // The verifier lets a vector's element point at itself.
      if (is_sound && fault.ends_with("]: its offset is zero")) continue;
      const bool passes = !walk.fault.has_value();
      EXPECT_TRUE(!is_sound || (passes && walk.misaligned == 0))
          << "byte " << at << ", bit " << bit << ": " << fault;
      EXPECT_TRUE(!passes || verify(false))
          << "byte " << at << ", bit " << bit << ": " << fault;
    }
  }
}

TEST(SchemaWalkTest, NamesThePlace) {
  auto file = *WriteTflite(testing::GoodModel());
  const auto* model = fbs::GetModel(file.data());
  const auto* shape = model->subgraphs()->Get(0)->tensors()->Get(2)->shape();
  const auto at = reinterpret_cast<const uint8_t*>(shape) - file.data();
  file[static_cast<size_t>(at) + 2] = 0x10;  // 1,048,577 dimensions.
  EXPECT_EQ(WalkSchema(file).fault,
            "subgraphs[0].tensors[2].shape: it says that it has 1048577 "
            "elements, which do not fit into the file of " +
                std::to_string(file.size()) + " bytes");
}

}  // namespace
}  // namespace tinyml
