#include "formats/npy/conversion.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>

namespace tinyml::npy {
namespace {

template <typename T>
T Load(std::span<const uint8_t> bytes, size_t i) {
  T value;
  std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
  return value;
}

template <typename T>
void Store(std::span<uint8_t> bytes, size_t i, T value) {
  std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof(T));
}

template <typename T>
void StoreClamped(std::span<uint8_t> bytes, size_t i, double value) {
  Store(bytes, i,
        static_cast<T>(std::clamp(value, double{std::numeric_limits<T>::min()},
                                  double{std::numeric_limits<T>::max()})));
}

// An integer element; unsigned 64-bit ones beyond the largest signed one are
// that one.
int64_t IntegerAt(TensorType type, std::span<const uint8_t> bytes, size_t i) {
  switch (type) {
    case TensorType::kInt8:
      return Load<int8_t>(bytes, i);
    case TensorType::kInt16:
      return Load<int16_t>(bytes, i);
    case TensorType::kInt32:
      return Load<int32_t>(bytes, i);
    case TensorType::kInt64:
      return Load<int64_t>(bytes, i);
    case TensorType::kUInt16:
      return Load<uint16_t>(bytes, i);
    case TensorType::kUInt32:
      return Load<uint32_t>(bytes, i);
    case TensorType::kUInt64:
      return static_cast<int64_t>(std::min<uint64_t>(
          Load<uint64_t>(bytes, i), std::numeric_limits<int64_t>::max()));
    default:
      return bytes[i];
  }
}

template <typename Matches>
std::optional<size_t> FindElement(TensorType type,
                                  std::span<const uint8_t> bytes,
                                  Matches matches) {
  if (!IsFloat(type)) return std::nullopt;
  const size_t count = bytes.size() / WidthOf(type);
  for (size_t i = 0; i < count; ++i) {
    if (matches(ElementAt(type, bytes, i))) return i;
  }
  return std::nullopt;
}

template <typename T>
std::string AnyShapeText(std::span<const T> shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ",";
    text += std::to_string(shape[i]);
  }
  return text + "]";
}

}  // namespace

std::string ShapeText(std::span<const int64_t> shape) {
  return AnyShapeText(shape);
}

std::string ShapeText(std::span<const int32_t> shape) {
  return AnyShapeText(shape);
}

std::string Describe(const NpyArray& array) {
  return array.name + " (" + TensorTypeName(array.type) + " " +
         ShapeText(array.shape) + ")";
}

bool IsFloat(TensorType type) {
  return type == TensorType::kFloat32 || type == TensorType::kFloat64 ||
         type == TensorType::kFloat16;
}

bool IsInteger(TensorType type) {
  switch (type) {
    case TensorType::kInt8:
    case TensorType::kInt16:
    case TensorType::kInt32:
    case TensorType::kInt64:
    case TensorType::kUInt8:
    case TensorType::kUInt16:
    case TensorType::kUInt32:
    case TensorType::kUInt64:
      return true;
    default:
      return false;
  }
}

bool IsQuantizedType(TensorType type) {
  return type == TensorType::kInt8 || type == TensorType::kUInt8 ||
         type == TensorType::kInt16;
}

size_t WidthOf(TensorType type) {
  return static_cast<size_t>(TensorTypeBits(type)) / 8;
}

double ElementAt(TensorType type, std::span<const uint8_t> bytes, size_t i) {
  switch (type) {
    case TensorType::kFloat16:
      return static_cast<float>(Eigen::half_impl::half_to_float(
          Eigen::half_impl::raw_uint16_to_half(Load<uint16_t>(bytes, i))));
    case TensorType::kFloat32:
      return Load<float>(bytes, i);
    case TensorType::kFloat64:
      return Load<double>(bytes, i);
    default:
      return static_cast<double>(IntegerAt(type, bytes, i));
  }
}

std::optional<size_t> FindNan(TensorType type, std::span<const uint8_t> bytes) {
  return FindElement(type, bytes, [](double x) { return std::isnan(x); });
}

std::optional<size_t> FindNonFinite(TensorType type,
                                    std::span<const uint8_t> bytes) {
  return FindElement(type, bytes, [](double x) { return !std::isfinite(x); });
}

std::optional<Conversion> Conversion::Find(TensorType from, TensorType to,
                                           const Quantization* quantization) {
  Conversion conversion;
  conversion.from_ = from;
  conversion.to_ = to;
  if (from == to) return conversion;
  if (IsFloat(from) && to == TensorType::kFloat32) return conversion;
  const bool affine = quantization != nullptr && quantization->IsAffine();
  if ((IsFloat(from) && IsQuantizedType(to)) ||
      (IsQuantizedType(from) && to == TensorType::kFloat32)) {
    if (!affine) return std::nullopt;
    conversion.quantizes_ = true;
    conversion.scale_ = quantization->scale[0];
    conversion.zero_point_ = quantization->zero_point[0];
    return conversion;
  }
  const bool plain = (to == TensorType::kInt32 || to == TensorType::kInt64) &&
                     !affine && IsInteger(from);
  return plain ? std::optional(conversion) : std::nullopt;
}

std::string Conversion::Parameters() const {
  if (!quantizes_) return "";
  char text[80];
  std::snprintf(text, sizeof text, " (scale %.9g, zero point %lld)",
                static_cast<double>(scale_),
                static_cast<long long>(zero_point_));
  return text;
}

std::optional<size_t> Conversion::Convert(std::span<const uint8_t> from,
                                          std::span<uint8_t> to) const {
  const size_t count = from.size() / WidthOf(from_);
  if (IsCopy()) {
    if (count != 0) std::memcpy(to.data(), from.data(), from.size());
    return std::nullopt;
  }
  if (IsInteger(from_) && to_ != TensorType::kFloat32) {
    for (size_t i = 0; i < count; ++i) {
      if (from_ == TensorType::kUInt64 &&
          (Load<uint64_t>(from, i) >> 63) != 0) {
        return i;
      }
      const int64_t value = IntegerAt(from_, from, i);
      if (to_ == TensorType::kInt64) {
        Store(to, i, value);
        continue;
      }
      if (value != static_cast<int32_t>(value)) return i;
      Store(to, i, static_cast<int32_t>(value));
    }
    return std::nullopt;
  }
  for (size_t i = 0; i < count; ++i) {
    if (to_ == TensorType::kFloat32) {
      Store(to, i,
            quantizes_ ? scale_ * static_cast<float>(IntegerAt(from_, from, i) -
                                                     zero_point_)
                       : static_cast<float>(ElementAt(from_, from, i)));
      continue;
    }
    // As the runtime's QUANTIZE: the quotient is rounded as a float.
    const double value =
        std::round(static_cast<float>(ElementAt(from_, from, i)) / scale_) +
        static_cast<double>(zero_point_);
    if (to_ == TensorType::kInt8) {
      StoreClamped<int8_t>(to, i, value);
    } else if (to_ == TensorType::kUInt8) {
      StoreClamped<uint8_t>(to, i, value);
    } else {
      StoreClamped<int16_t>(to, i, value);
    }
  }
  return std::nullopt;
}

}  // namespace tinyml::npy
