#include "formats/onnx/tensor_reader.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "base/checked.h"
#include "base/macros.h"
#include "base/text.h"
#include "formats/onnx/onnx_format.pb.h"

namespace tinyml::onnx_import {

std::optional<TensorType> OnnxType(int64_t number) {
  switch (number) {
    case onnx_format::TensorProto::FLOAT:
    case onnx_format::TensorProto::FLOAT16:
    case onnx_format::TensorProto::BFLOAT16:
    case onnx_format::TensorProto::DOUBLE:
      return TensorType::kFloat32;
    case onnx_format::TensorProto::UINT8:
      return TensorType::kUInt8;
    case onnx_format::TensorProto::INT8:
      return TensorType::kInt8;
    case onnx_format::TensorProto::UINT16:
      return TensorType::kUInt16;
    case onnx_format::TensorProto::INT16:
      return TensorType::kInt16;
    case onnx_format::TensorProto::INT32:
      return TensorType::kInt32;
    case onnx_format::TensorProto::INT64:
      return TensorType::kInt64;
    case onnx_format::TensorProto::UINT32:
      return TensorType::kUInt32;
    case onnx_format::TensorProto::UINT64:
      return TensorType::kUInt64;
    case onnx_format::TensorProto::BOOL:
      return TensorType::kBool;
    default:
      return std::nullopt;
  }
}

std::string TypeText(int32_t onnx_type) {
  if (onnx_format::TensorProto::DataType_IsValid(onnx_type)) {
    return onnx_format::TensorProto::DataType_Name(
        static_cast<onnx_format::TensorProto::DataType>(onnx_type));
  }
  return "type " + std::to_string(onnx_type);
}

namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxElements = int64_t{1} << 31;

float FromHalf(uint16_t half) {
  const uint32_t sign = (half & 0x8000U) << 16;
  const uint32_t exponent = (half >> 10) & 0x1FU;
  uint32_t fraction = half & 0x3FFU;
  if (exponent == 0x1F) {  // Infinities and NaNs.
    return std::bit_cast<float>(sign | 0x7F800000U | (fraction << 13));
  }
  if (exponent == 0) {  // Zero and subnormals: fraction * 2^-24.
    const float value = static_cast<float>(fraction) * 0x1p-24F;
    return sign != 0 ? -value : value;
  }
  return std::bit_cast<float>(sign | ((exponent + 112U) << 23) |
                              (fraction << 13));
}

float FromBFloat16(uint16_t value) {
  return std::bit_cast<float>(uint32_t{value} << 16);
}

template <typename T>
T Load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

size_t StoredWidth(int32_t onnx_type) {
  switch (onnx_type) {
    case onnx_format::TensorProto::DOUBLE:
    case onnx_format::TensorProto::INT64:
    case onnx_format::TensorProto::UINT64:
      return 8;
    case onnx_format::TensorProto::FLOAT:
    case onnx_format::TensorProto::INT32:
    case onnx_format::TensorProto::UINT32:
      return 4;
    case onnx_format::TensorProto::FLOAT16:
    case onnx_format::TensorProto::BFLOAT16:
    case onnx_format::TensorProto::INT16:
    case onnx_format::TensorProto::UINT16:
      return 2;
    default:
      return 1;
  }
}

BufferData FromRaw(int32_t onnx_type, std::string_view raw, size_t count) {
  const auto widen = [&](size_t width, auto convert) {
    std::vector<uint8_t> bytes(count * sizeof(float));
    for (size_t i = 0; i < count; ++i) {
      const float value = convert(raw.data() + i * width);
      std::memcpy(bytes.data() + i * sizeof(float), &value, sizeof value);
    }
    return BufferData(std::move(bytes));
  };
  switch (onnx_type) {
    case onnx_format::TensorProto::FLOAT16:
      return widen(2,
                   [](const char* at) { return FromHalf(Load<uint16_t>(at)); });
    case onnx_format::TensorProto::BFLOAT16:
      return widen(
          2, [](const char* at) { return FromBFloat16(Load<uint16_t>(at)); });
    case onnx_format::TensorProto::DOUBLE:
      return widen(8, [](const char* at) {
        return static_cast<float>(Load<double>(at));
      });
    default:
      return BufferData(std::vector<uint8_t>(raw.begin(), raw.end()));
  }
}

template <typename WrongSize>
Result<Constant> FromFields(const onnx_format::TensorProto& tensor,
                            Constant constant, size_t count,
                            WrongSize wrong_size) {
  const auto from = [&](const auto& field, auto convert) -> Result<Constant> {
    if (static_cast<size_t>(field.size()) != count) {
      return wrong_size(static_cast<size_t>(field.size()));
    }
    using T = decltype(convert(field.Get(0)));
    std::vector<uint8_t> bytes(count * sizeof(T));
    for (size_t i = 0; i < count; ++i) {
      const T value = convert(field.Get(static_cast<int>(i)));
      std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof(T));
    }
    constant.data = BufferData(std::move(bytes));
    return std::move(constant);
  };
  const auto as = []<typename T>(T /*zero*/) {
    return [](auto value) { return static_cast<T>(value); };
  };
  switch (tensor.data_type()) {
    case onnx_format::TensorProto::FLOAT:
      return from(tensor.float_data(), as(float{}));
    case onnx_format::TensorProto::DOUBLE:
      return from(tensor.double_data(), as(float{}));
    case onnx_format::TensorProto::FLOAT16:
      return from(tensor.int32_data(), [](int32_t bits) {
        return FromHalf(static_cast<uint16_t>(bits));
      });
    case onnx_format::TensorProto::BFLOAT16:
      return from(tensor.int32_data(), [](int32_t bits) {
        return FromBFloat16(static_cast<uint16_t>(bits));
      });
    case onnx_format::TensorProto::INT64:
      return from(tensor.int64_data(), as(int64_t{}));
    case onnx_format::TensorProto::UINT64:
      return from(tensor.uint64_data(), as(uint64_t{}));
    case onnx_format::TensorProto::UINT32:
      return from(tensor.uint64_data(), as(uint32_t{}));
    case onnx_format::TensorProto::INT32:
      return from(tensor.int32_data(), as(int32_t{}));
    case onnx_format::TensorProto::INT16:
    case onnx_format::TensorProto::UINT16:
      return from(tensor.int32_data(), as(uint16_t{}));
    default:
      return from(tensor.int32_data(), as(uint8_t{}));
  }
}

}  // namespace

Result<Constant> TensorReader::Read(const onnx_format::TensorProto& tensor,
                                    const std::string& what) {
  Constant constant;
  const auto type = OnnxType(tensor.data_type());
  if (!type) {
    return Fail(ErrorCode::kUnsupported,
                what + " is of type " + TypeText(tensor.data_type()));
  }
  constant.type = *type;
  // The dimensions beside a zero count: no product of some of them, in any
  // order, may overflow later.
  int64_t extent = 1;
  for (const int64_t dim : tensor.dims()) {
    const auto product = CheckedMul(extent, std::max<int64_t>(dim, 1));
    if (dim < 0 || !product || *product > kMaxElements) {
      return Fail(ErrorCode::kInvalid, what + " has an impossible shape");
    }
    extent = *product;
    constant.shape.push_back(dim);
  }
  const int64_t elements = Elements(constant.shape);
  const size_t count = elements;
  const auto wrong_size = [&](size_t given) {
    return Fail(ErrorCode::kInvalid, what + " of shape " +
                                         ShapeText(constant.shape) + " has " +
                                         std::to_string(given) + " values");
  };
  const bool external =
      tensor.data_location() == onnx_format::TensorProto::EXTERNAL;
  if (external || tensor.has_raw_data()) {
    SharedBytes outside;
    std::string_view raw = tensor.raw_data();
    if (external) {
      TINYML_ASSIGN_OR_RETURN(outside, ReadExternal(tensor, what));
      raw = {reinterpret_cast<const char*>(outside.bytes.data()),
             outside.bytes.size()};
    }
    const size_t width = StoredWidth(tensor.data_type());
    if (raw.size() != count * width) return wrong_size(raw.size() / width);
    constant.data = FromRaw(tensor.data_type(), raw, count);
    return constant;
  }
  return FromFields(tensor, std::move(constant), count, wrong_size);
}

Result<SharedBytes> TensorReader::ReadExternal(
    const onnx_format::TensorProto& tensor, const std::string& what) {
  std::string location;
  int64_t offset = 0;
  int64_t length = -1;
  const auto number = [](const std::string& text, int64_t* value) {
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), *value);
    return error == std::errc() && end == text.data() + text.size() &&
           *value >= 0;
  };
  for (const auto& entry : tensor.external_data()) {
    bool sound = true;
    if (entry.key() == "location") location = entry.value();
    if (entry.key() == "offset") sound = number(entry.value(), &offset);
    if (entry.key() == "length") sound = number(entry.value(), &length);
    if (!sound) {
      return Fail(ErrorCode::kInvalid, what + " has an external " +
                                           entry.key() + " of '" +
                                           Printable(entry.value()) + "'");
    }
  }
  const fs::path relative(location);
  std::error_code error;
  const fs::path root = fs::weakly_canonical(
      folder_.empty() ? fs::path(".") : fs::path(folder_), error);
  const fs::path path = fs::weakly_canonical(root / relative, error);
  const auto [at, rest] =
      std::mismatch(root.begin(), root.end(), path.begin(), path.end());
  if (location.empty() || relative.is_absolute() || error || at != root.end()) {
    return Fail(ErrorCode::kInvalid, what + " has its data in '" +
                                         Printable(location) +
                                         "', outside of the model's folder");
  }
  auto& file = external_[path.string()];
  if (file.owner == nullptr) {
    TINYML_ASSIGN_OR_RETURN(file, ReadFile(path.string()));
  }
  const auto size = static_cast<int64_t>(file.bytes.size());
  if (length < 0) length = size - std::min(offset, size);
  if (offset > size || length > size - offset) {
    return Fail(ErrorCode::kInvalid, what + " has its data past the end of '" +
                                         Printable(location) + "'");
  }
  SharedBytes part = file;
  part.bytes = file.bytes.subspan(offset, length);
  return part;
}

}  // namespace tinyml::onnx_import
