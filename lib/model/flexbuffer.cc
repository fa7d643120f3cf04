#include "model/flexbuffer.h"

#include <bit>
#include <cstring>

namespace tinyml {
namespace {

static_assert(std::endian::native == std::endian::little);

// The format's types that matter here.
enum FlexType : uint8_t {
  kInt = 1,
  kUInt = 2,
  kFloat = 3,
  kIndirectInt = 6,
  kIndirectUInt = 7,
  kIndirectFloat = 8,
  kMap = 9,
  kVector = 10,
  kBool = 26,
};

// A width that is not 1, 2, 4 or 8 reads as the next smaller one.
size_t ReadWidth(uint8_t width) {
  return width < 2 ? 1 : width < 4 ? 2 : width < 8 ? 4 : 8;
}

template <typename T>
T Load(const uint8_t* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(value));
  return value;
}

}  // namespace

int32_t FlexScalar::AsInt32() const {
  if (const auto* integer = std::get_if<int64_t>(&value_)) {
    return static_cast<int32_t>(*integer);
  }
  if (const auto* real = std::get_if<double>(&value_)) {
    constexpr double kLimit = 9.2e18;
    if (!(*real > -kLimit && *real < kLimit)) return 0;
    return static_cast<int32_t>(static_cast<int64_t>(*real));
  }
  return 0;
}

double FlexScalar::AsDouble() const {
  if (const auto* integer = std::get_if<int64_t>(&value_)) {
    return static_cast<double>(*integer);
  }
  const auto* real = std::get_if<double>(&value_);
  return real != nullptr ? *real : 0.0;
}

FlexBuffer::FlexBuffer(std::span<const uint8_t> data) : data_(data) {
  if (data_.size() < 3) return;
  const uint8_t root_width = data_[data_.size() - 1];
  const uint8_t packed_type = data_[data_.size() - 2];
  if (root_width == 0 || root_width > data_.size() - 2) return;
  const auto type = static_cast<uint8_t>(packed_type >> 2);
  if (type != kMap && type != kVector) return;
  const auto position = Follow(data_.size() - 2 - root_width, root_width);
  if (!position) return;
  root_ = Vector{*position, static_cast<uint8_t>(1 << (packed_type & 3))};
  is_map_ = type == kMap;
}

std::optional<uint64_t> FlexBuffer::ReadUnsigned(size_t position,
                                                 uint8_t width) const {
  const size_t bytes = ReadWidth(width);
  if (position > data_.size() || data_.size() - position < bytes) {
    return std::nullopt;
  }
  const uint8_t* at = data_.data() + position;
  switch (bytes) {
    case 1:
      return *at;
    case 2:
      return Load<uint16_t>(at);
    case 4:
      return Load<uint32_t>(at);
    default:
      return Load<uint64_t>(at);
  }
}

std::optional<int64_t> FlexBuffer::ReadSigned(size_t position,
                                              uint8_t width) const {
  const auto bits = ReadUnsigned(position, width);
  if (!bits) return std::nullopt;
  switch (ReadWidth(width)) {
    case 1:
      return static_cast<int8_t>(*bits);
    case 2:
      return static_cast<int16_t>(*bits);
    case 4:
      return static_cast<int32_t>(*bits);
    default:
      return static_cast<int64_t>(*bits);
  }
}

std::optional<double> FlexBuffer::ReadFloat(size_t position,
                                            uint8_t width) const {
  // Below four bytes the format stores an integer here.
  if (width < 4) {
    const auto integer = ReadSigned(position, width);
    if (!integer) return std::nullopt;
    return static_cast<double>(*integer);
  }
  const auto bits = ReadUnsigned(position, width);
  if (!bits) return std::nullopt;
  if (width < 8) return std::bit_cast<float>(static_cast<uint32_t>(*bits));
  return std::bit_cast<double>(*bits);
}

std::optional<size_t> FlexBuffer::Follow(size_t position, uint8_t width) const {
  const auto offset = ReadUnsigned(position, width);
  if (!offset || *offset > position) return std::nullopt;
  return position - static_cast<size_t>(*offset);
}

bool FlexBuffer::KeyEquals(size_t position, std::string_view key) const {
  const size_t left = data_.size() - position;
  return left > key.size() &&
         std::memcmp(data_.data() + position, key.data(), key.size()) == 0 &&
         data_[position + key.size()] == 0;
}

std::optional<int32_t> FlexBuffer::RawInt32(size_t index) const {
  if (!root_ || index > data_.size()) return std::nullopt;
  const auto value =
      ReadSigned(root_->position + index * root_->width, root_->width);
  if (!value) return std::nullopt;
  return static_cast<int32_t>(*value);
}

std::optional<FlexScalar> FlexBuffer::ReadScalar(size_t position, uint8_t width,
                                                 uint8_t packed_type) const {
  const auto type = static_cast<uint8_t>(packed_type >> 2);
  const bool indirect =
      type == kIndirectInt || type == kIndirectUInt || type == kIndirectFloat;
  if (indirect) {
    const auto target = Follow(position, width);
    if (!target) return std::nullopt;
    position = *target;
    width = static_cast<uint8_t>(1 << (packed_type & 3));
  }
  switch (type) {
    case kInt:
    case kIndirectInt:
    case kBool: {
      const auto value = ReadSigned(position, width);
      if (!value) return std::nullopt;
      return FlexScalar(*value);
    }
    case kUInt:
    case kIndirectUInt: {
      const auto value = ReadUnsigned(position, width);
      if (!value) return std::nullopt;
      return FlexScalar(static_cast<int64_t>(*value));
    }
    case kFloat:
    case kIndirectFloat: {
      const auto value = ReadFloat(position, width);
      if (!value) return std::nullopt;
      return FlexScalar(*value);
    }
    default:
      return FlexScalar();
  }
}

std::optional<FlexScalar> FlexBuffer::Find(std::string_view key) const {
  if (!root_ || !is_map_) return FlexScalar();
  const Vector& map = *root_;
  // Before the elements: offset of the keys, their width, the size.
  if (map.position < size_t{3} * map.width) return std::nullopt;
  const auto keys = Follow(map.position - size_t{3} * map.width, map.width);
  const auto key_width =
      ReadUnsigned(map.position - size_t{2} * map.width, map.width);
  const auto size = ReadUnsigned(map.position - map.width, map.width);
  if (!keys || !key_width || !size || *size > data_.size()) {
    return std::nullopt;
  }
  if (*key_width == 0 || *key_width > 8) return std::nullopt;
  const auto width = static_cast<uint8_t>(*key_width);
  for (size_t i = 0; i < *size; ++i) {
    const auto name = Follow(*keys + i * width, width);
    if (!name) return std::nullopt;
    if (!KeyEquals(*name, key)) continue;
    const auto packed_type = ReadUnsigned(
        map.position + static_cast<size_t>(*size) * map.width + i, 1);
    if (!packed_type) return std::nullopt;
    return ReadScalar(map.position + i * map.width, map.width,
                      static_cast<uint8_t>(*packed_type));
  }
  return FlexScalar();
}

}  // namespace tinyml
