// Source: tflite-micro 90b983c2b3f1, micro/kernels/embedding_lookup.cc.
#include <cstring>

#include "base/macros.h"
#include "ops/kernel.h"

namespace tinyml::ops {
namespace {

// Calls copy(output row, table row) for every index.
template <typename Copy>
Status ForEachRow(const OpContext& op, const TensorView& indices, int32_t rows,
                  Copy copy) {
  size_t to = 0;
  for (const int32_t row : indices.As<int32_t>().first(indices.Elements())) {
    TINYML_REQUIRE(op, row >= 0 && row < rows,
                   "index " + std::to_string(row) + " is not one of the " +
                       std::to_string(rows) + " rows of its table");
    copy(to++, static_cast<size_t>(row));
  }
  return {};
}

}  // namespace

Result<Invocation> PrepareEmbeddingLookup(OpContext& op) {
  const TensorView* indices = op.Input(0);
  const TensorView* table = op.Input(1);
  const TensorView* output = op.Output(0);
  TINYML_REQUIRE(op,
                 indices != nullptr && table != nullptr && output != nullptr,
                 "its indices, table or output are missing");
  TINYML_REQUIRE(
      op, indices->type == TensorType::kInt32 && indices->Rank() == 1,
      "indices " + indices->Describe() + " should be int32 of rank 1");
  const bool is_float = table->type == TensorType::kFloat32;
  const bool widens =
      table->type == TensorType::kInt8 && output->type == TensorType::kFloat32;
  TINYML_REQUIRE(op,
                 widens || (table->type == output->type &&
                            (is_float || table->type == TensorType::kInt8)),
                 "output " + output->Describe() + " does not match table " +
                     table->Describe());
  TINYML_REQUIRE(op, table->Rank() >= 1 && table->Dim(0) > 0,
                 "table " + table->Describe() + " has no rows");
  const int32_t rows = table->Dim(0);
  const auto columns = static_cast<size_t>(table->Elements() / rows);
  TINYML_REQUIRE(
      op,
      output->Elements() >= indices->Elements() * static_cast<int64_t>(columns),
      "output " + output->Describe() + " has no room for " +
          std::to_string(indices->Elements()) + " rows of " +
          std::to_string(columns) + " elements");
  if (widens) {
    TINYML_REQUIRE(op, table->zero_point == 0,
                   "table " + table->Describe() +
                       " should have zero point 0 for a float32 output");
    return [&op, indices, table, output, rows, columns]() -> Status {
      const int8_t* from = table->As<int8_t>().data();
      float* to = output->Mutable<float>().data();
      return ForEachRow(op, *indices, rows, [&](size_t row, size_t source) {
        for (size_t c = 0; c < columns; ++c) {
          to[row * columns + c] =
              static_cast<float>(from[source * columns + c]) * table->scale;
        }
      });
    };
  }
  const size_t row_bytes = columns * (is_float ? sizeof(float) : 1);
  return [&op, indices, table, output, rows, row_bytes]() -> Status {
    return ForEachRow(op, *indices, rows, [&](size_t row, size_t source) {
      if (row_bytes == 0) return;
      std::memcpy(output->writable + row * row_bytes,
                  table->bytes.data() + source * row_bytes, row_bytes);
    });
  };
}

}  // namespace tinyml::ops
