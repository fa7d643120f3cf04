#include "ops/movement/operands.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace tinyml::ops {
namespace {

template <typename T>
T ValueAt(const TensorView& view, int64_t i) {
  T value;
  std::memcpy(&value, view.bytes.data() + i * int64_t{sizeof(T)}, sizeof(T));
  return value;
}

template <typename T>
void Fill(uint8_t* to, int64_t elements, const uint8_t* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  std::fill_n(reinterpret_cast<T*>(to), elements, value);
}

}  // namespace

Status CheckOperands(const OpContext& op, int inputs, int outputs) {
  for (int i = 0; i < inputs; ++i) {
    TINYML_REQUIRE(op, op.Input(i) != nullptr,
                   "its input " + std::to_string(i) + " is missing");
  }
  for (int i = 0; i < outputs; ++i) {
    TINYML_REQUIRE(op, op.Output(i) != nullptr,
                   "its output " + std::to_string(i) + " is missing");
  }
  return {};
}

Status CheckRuns(const OpContext& op, const TensorView& view,
                 std::initializer_list<TensorType> types) {
  TINYML_REQUIRE(
      op, std::find(types.begin(), types.end(), view.type) != types.end(),
      "the kernel does not run the type of " + view.Describe());
  return {};
}

int64_t ElementBytes(TensorType type) {
  switch (type) {
    case TensorType::kString:
    case TensorType::kVariant:
    case TensorType::kInt2:
    case TensorType::kUInt4:
    case TensorType::kFloat8E4M3FN:
    case TensorType::kFloat8E5M2:
      return 0;
    case TensorType::kInt4:
      return 1;
    case TensorType::kResource:
      return 4;
    default:
      return TensorTypeBits(type) / 8;
  }
}

Status CheckHolds(const OpContext& op, const TensorView& view, int64_t elements,
                  int64_t width) {
  TINYML_REQUIRE(
      op, elements <= 0 || (width > 0 && elements <= Capacity(view, width)),
      view.Describe() + " has no room for the " + std::to_string(elements) +
          " elements of " + std::to_string(width) +
          " bytes that the kernel accesses");
  return {};
}

int32_t Int32At(const TensorView& view, int64_t i) {
  return ValueAt<int32_t>(view, i);
}

int64_t Int64At(const TensorView& view, int64_t i) {
  return ValueAt<int64_t>(view, i);
}

void FillElements(uint8_t* to, int64_t elements, const uint8_t* value,
                  int64_t width) {
  if (elements <= 0) return;
  switch (width) {
    case 1:
      std::memset(to, *value, static_cast<size_t>(elements));
      break;
    case 2:
      Fill<uint16_t>(to, elements, value);
      break;
    case 4:
      Fill<uint32_t>(to, elements, value);
      break;
    case 8:
      Fill<uint64_t>(to, elements, value);
      break;
    default:
      break;
  }
}

void Clear(const TensorView& view) {
  if (view.writable == nullptr) return;
  std::memset(view.writable, 0, view.bytes.size());
}

}  // namespace tinyml::ops
