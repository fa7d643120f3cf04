#include "formats/tflite/options_conversion.h"

#include <bit>
#include <string>
#include <vector>

#include "formats/tflite/copy.h"
#include "formats/tflite/tflite_generated.h"
#include "tinyml/options.h"

namespace tinyml {
namespace {

template <typename T>
flatbuffers::Offset<flatbuffers::Vector<T>> WriteVector(
    flatbuffers::FlatBufferBuilder& builder, const std::vector<T>& values) {
  if (values.empty()) return 0;
  return builder.CreateVector(values);
}

flatbuffers::Offset<flatbuffers::Vector<uint8_t>> WriteVector(
    flatbuffers::FlatBufferBuilder& builder, const std::vector<bool>& values) {
  if (values.empty()) return 0;
  return builder.CreateVector(values);
}

flatbuffers::Offset<flatbuffers::Vector<fbs::StablehloPrecisionConfig>>
WriteVector(flatbuffers::FlatBufferBuilder& builder,
            const std::vector<StablehloPrecisionConfig>& values) {
  if (values.empty()) return 0;
  std::vector<fbs::StablehloPrecisionConfig> numbers;
  for (StablehloPrecisionConfig value : values) {
    numbers.push_back(static_cast<fbs::StablehloPrecisionConfig>(value));
  }
  return builder.CreateVector(numbers);
}

flatbuffers::Offset<flatbuffers::String> WriteString(
    flatbuffers::FlatBufferBuilder& builder, const std::string& value) {
  if (value.empty()) return 0;
  return builder.CreateString(value);
}

// Writes a float whose default is 0. The builder takes -0 for the default, as
// it compares equal, and would lose the sign.
void AddFloat(flatbuffers::FlatBufferBuilder& builder,
              flatbuffers::voffset_t field, float value) {
  const bool negative_zero = std::bit_cast<uint32_t>(value) == 0x80000000u;
  builder.ForceDefaults(negative_zero);
  builder.AddElement<float>(field, value, 0.0f);
  builder.ForceDefaults(false);
}

template <typename Table>
OperatorOptions ReadTable(const Table* table, ExpansionBudget& budget);

template <typename T>
flatbuffers::Offset<void> WriteTable(flatbuffers::FlatBufferBuilder& builder,
                                     const OptionsBase& options);

}  // namespace

#include "formats/tflite/options_conversion.inc"

namespace {

template <typename Table>
OperatorOptions ReadTable(const Table* table, ExpansionBudget& budget) {
  if (table == nullptr) return {};
  using Options = decltype(Read(*table, budget));
  if (!budget.Charge(1, sizeof(OptionsBase) + sizeof(Options))) return {};
  return MakeOptions(Read(*table, budget));
}

template <typename T>
flatbuffers::Offset<void> WriteTable(flatbuffers::FlatBufferBuilder& builder,
                                     const OptionsBase& options) {
  return Write(builder, *static_cast<const T*>(options.table()));
}

}  // namespace
}  // namespace tinyml
