#include "formats/samples/inputs.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/text.h"
#include "formats/npy/conversion.h"
#include "formats/npy/file_name.h"

namespace tinyml::samples {
namespace {

template <typename T>
void WriteRounded(std::span<const float> values, std::span<uint8_t> bytes) {
  for (size_t i = 0; i < values.size(); ++i) {
    const auto value = static_cast<T>(
        std::clamp(std::round(values[i]), float{std::numeric_limits<T>::min()},
                   float{std::numeric_limits<T>::max()}));
    std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof(T));
  }
}

}  // namespace

std::string Describe(const SampleInput& input) {
  return "'" + Printable(input.name) + "' (" + TensorTypeName(input.type) +
         " " + npy::ShapeText(std::span(input.shape)) + ")";
}

std::string DescribeAll(std::span<const SampleInput> inputs) {
  std::string text;
  for (const SampleInput& input : inputs) {
    text += (text.empty() ? "" : ", ") + Describe(input);
  }
  return text;
}

bool IsNamedBy(std::string_view name, const SampleInput& input) {
  return name == input.name || name == npy::FileNameOf(input.name);
}

Status CheckInputs(std::span<const SampleInput> inputs) {
  if (inputs.empty()) {
    return Fail(ErrorCode::kUnsupported,
                "the model has no inputs to give samples to");
  }
  for (const SampleInput& input : inputs) {
    if (TensorTypeBits(input.type) % 8 != 0 ||
        TensorTypeBits(input.type) == 0) {
      return Fail(ErrorCode::kUnsupported,
                  "input " + Describe(input) +
                      " has a type that samples cannot be made for");
    }
    const auto bytes = StoredBytes(input.type, input.shape);
    if (!bytes || *bytes > std::numeric_limits<int32_t>::max()) {
      return Fail(ErrorCode::kUnsupported,
                  "input " + Describe(input) + " has no fixed, sensible shape");
    }
    if (*bytes == 0) {
      return Fail(ErrorCode::kUnsupported,
                  "input " + Describe(input) + " has no elements");
    }
  }
  return {};
}

size_t ElementsOf(const SampleInput& input) {
  return static_cast<size_t>(*ElementCount(input.shape));
}

size_t BytesOf(const SampleInput& input) {
  return static_cast<size_t>(*StoredBytes(input.type, input.shape));
}

bool IsReal(const SampleInput& input) {
  return input.type == TensorType::kFloat32 ||
         (npy::IsQuantizedType(input.type) && input.quantization &&
          input.quantization->IsAffine());
}

bool TakesReals(const SampleInput& input) {
  return IsReal(input) || npy::IsQuantizedType(input.type);
}

Status WriteReals(std::span<const float> values, const SampleInput& input,
                  std::string_view sample, std::span<uint8_t> bytes) {
  for (size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      return Fail(ErrorCode::kInvalid,
                  std::string(sample) + ": element " + std::to_string(i) +
                      " is " +
                      (std::isnan(values[i]) ? "not a number" : "infinite") +
                      " for input " + Describe(input));
    }
  }
  if (IsReal(input)) {
    const auto conversion = npy::Conversion::Find(
        TensorType::kFloat32, input.type,
        input.quantization ? &*input.quantization : nullptr);
    conversion->Convert({reinterpret_cast<const uint8_t*>(values.data()),
                         values.size() * sizeof(float)},
                        bytes);
  } else if (input.type == TensorType::kInt8) {
    WriteRounded<int8_t>(values, bytes);
  } else if (input.type == TensorType::kUInt8) {
    WriteRounded<uint8_t>(values, bytes);
  } else {
    WriteRounded<int16_t>(values, bytes);
  }
  return {};
}

}  // namespace tinyml::samples
