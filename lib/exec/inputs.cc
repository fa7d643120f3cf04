#include "exec/inputs.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "base/macros.h"
#include "base/text.h"

namespace tinyml::exec {
namespace {

std::string Shape(std::span<const int64_t> shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ",";
    text += std::to_string(shape[i]);
  }
  return text + "]";
}

std::string Describe(const RunningTensor& input) {
  const std::vector<int64_t> shape(input.shape.begin(), input.shape.end());
  return "'" + Printable(input.tensor->name) + "' (" +
         TensorTypeName(input.tensor->type) + " " + Shape(shape) + ")";
}

std::string NameOf(const NpyArray& array) {
  return array.name + " (" + TensorTypeName(array.type) + " " +
         Shape(array.shape) + ")";
}

bool IsFloat(TensorType type) {
  return type == TensorType::kFloat32 || type == TensorType::kFloat64;
}

bool IsQuantizedType(TensorType type) {
  return type == TensorType::kInt8 || type == TensorType::kUInt8 ||
         type == TensorType::kInt16;
}

template <typename T>
T Load(const uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

double LoadFloat(const NpyArray& array, size_t i) {
  return array.type == TensorType::kFloat64
             ? Load<double>(array.bytes.data() + i * sizeof(double))
             : double{Load<float>(array.bytes.data() + i * sizeof(float))};
}

int64_t LoadInteger(const NpyArray& array, size_t i) {
  const uint8_t* const data = array.bytes.data();
  switch (array.type) {
    case TensorType::kInt8:
      return Load<int8_t>(data + i);
    case TensorType::kUInt8:
      return data[i];
    default:
      return Load<int16_t>(data + i * sizeof(int16_t));
  }
}

template <typename T>
void Store(std::vector<uint8_t>& bytes, size_t i, T value) {
  std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof(T));
}

template <typename T>
void StoreQuantized(std::vector<uint8_t>& bytes, size_t i, double value) {
  const double clamped =
      std::clamp(value, double{std::numeric_limits<T>::min()},
                 double{std::numeric_limits<T>::max()});
  Store(bytes, i, static_cast<T>(clamped));
}

std::string ParametersText(const Quantization& quantization) {
  char text[64];
  std::snprintf(text, sizeof text, "scale %.9g, zero point %lld",
                static_cast<double>(quantization.scale[0]),
                static_cast<long long>(quantization.zero_point[0]));
  return text;
}

}  // namespace

Result<InputFeeder> InputFeeder::Create(std::span<const RunningTensor> inputs,
                                        const RunOptions& options) {
  InputFeeder feeder;
  for (const RunningTensor& input : inputs) {
    if (!input.bytes.empty() && input.writable.empty()) {
      return Fail(ErrorCode::kUnsupported,
                  "input " + Describe(input) + " is a constant of the model");
    }
  }
  if (options.inputs.empty() && options.random_seed) {
    feeder.seed_ = options.random_seed;
    feeder.Restart();
    return feeder;
  }
  if (options.random_seed) {
    return Fail(ErrorCode::kUsage,
                "give either input files or a random seed, not both");
  }
  // Arrays with a name first: those without fill the rest in order.
  std::vector<const NpyArray*> arrays(inputs.size());
  for (const RunInput& given : options.inputs) {
    if (given.name.empty()) continue;
    const auto found = std::find_if(inputs.begin(), inputs.end(),
                                    [&](const RunningTensor& input) {
                                      return input.tensor->name == given.name;
                                    });
    if (found == inputs.end()) {
      std::string names;
      for (const RunningTensor& input : inputs) {
        names +=
            (names.empty() ? "'" : ", '") + Printable(input.tensor->name) + "'";
      }
      return Fail(ErrorCode::kUsage, "the model has no input '" +
                                         Printable(given.name) + "'; it has " +
                                         names);
    }
    const NpyArray*& slot = arrays[static_cast<size_t>(found - inputs.begin())];
    if (slot != nullptr) {
      return Fail(ErrorCode::kUsage,
                  "input '" + Printable(given.name) + "' is given twice");
    }
    slot = &given.array;
  }
  for (const RunInput& given : options.inputs) {
    if (!given.name.empty()) continue;
    const auto slot = std::find(arrays.begin(), arrays.end(), nullptr);
    if (slot == arrays.end()) {
      return Fail(ErrorCode::kUsage,
                  "more input files than inputs: the model has " +
                      std::to_string(inputs.size()));
    }
    *slot = &given.array;
  }
  feeder.samples_ = -1;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (arrays[i] == nullptr) {
      return Fail(ErrorCode::kUsage,
                  "no values for input " + Describe(inputs[i]) +
                      ": give a file, or a seed for random ones");
    }
    TINYML_RETURN_IF_ERROR(
        feeder.AddArray(inputs[i], *arrays[i], options.batch));
  }
  feeder.samples_ = std::max<int64_t>(feeder.samples_, inputs.empty() ? 1 : 0);
  return feeder;
}

Status InputFeeder::AddArray(const RunningTensor& input, const NpyArray& array,
                             bool batch) {
  const std::vector<int64_t> shape(input.shape.begin(), input.shape.end());
  std::span<const int64_t> given = array.shape;
  int64_t samples = 1;
  if (batch && !given.empty()) {
    samples = given[0];
    given = given.subspan(1);
  }
  bool fits =
      std::equal(given.begin(), given.end(), shape.begin(), shape.end());
  // One sample of a batch need not repeat the model's own batch dimension.
  if (batch && !shape.empty() && shape[0] == 1) {
    fits |=
        std::equal(given.begin(), given.end(), shape.begin() + 1, shape.end());
  }
  if (!fits || (batch && array.shape.empty())) {
    std::string hint;
    if (!batch && !given.empty() && given.size() >= shape.size() &&
        std::equal(given.end() - static_cast<ptrdiff_t>(shape.size()) + 1,
                   given.end(), shape.begin() + 1, shape.end())) {
      hint = "; --batch runs samples along the first axis";
    }
    return Fail(ErrorCode::kInvalid, NameOf(array) +
                                         " does not have the shape of input " +
                                         Describe(input) + hint);
  }
  if (samples_ >= 0 && samples != samples_) {
    return Fail(ErrorCode::kInvalid,
                NameOf(array) + " has " + std::to_string(samples) +
                    " samples, another input has " + std::to_string(samples_));
  }
  samples_ = samples;

  const TensorType type = input.tensor->type;
  const auto& quantization = input.tensor->quantization;
  const bool affine = quantization.has_value() && quantization->IsAffine();
  const size_t width = static_cast<size_t>(TensorTypeBits(array.type)) / 8;
  const size_t count = array.bytes.size() / width;
  if (IsFloat(array.type)) {
    for (size_t i = 0; i < count; ++i) {
      if (std::isnan(LoadFloat(array, i))) {
        return Fail(ErrorCode::kInvalid, NameOf(array) + ": element " +
                                             std::to_string(i) +
                                             " is not a number");
      }
    }
  }
  std::vector<uint8_t>& values = values_.emplace_back();
  const auto note = [&](const std::string& how) {
    notes_.push_back(array.name + ": " + TensorTypeName(array.type) +
                     " converted to " + TensorTypeName(type) + " for input '" +
                     Printable(input.tensor->name) + "'" + how);
  };
  if (array.type == type) {
    values.assign(array.bytes.begin(), array.bytes.end());
    return {};
  }
  if (IsFloat(array.type) && type == TensorType::kFloat32) {
    values.resize(count * sizeof(float));
    for (size_t i = 0; i < count; ++i) {
      Store(values, i, static_cast<float>(LoadFloat(array, i)));
    }
    note("");
    return {};
  }
  if (IsFloat(array.type) && IsQuantizedType(type) && affine) {
    const double scale = quantization->scale[0];
    const auto zero_point = static_cast<double>(quantization->zero_point[0]);
    values.resize(count * static_cast<size_t>(TensorTypeBits(type)) / 8);
    for (size_t i = 0; i < count; ++i) {
      // As the runtime's QUANTIZE: the quotient is rounded as a float.
      const double value = std::round(static_cast<float>(LoadFloat(array, i)) /
                                      static_cast<float>(scale)) +
                           zero_point;
      if (type == TensorType::kInt8) {
        StoreQuantized<int8_t>(values, i, value);
      } else if (type == TensorType::kUInt8) {
        StoreQuantized<uint8_t>(values, i, value);
      } else {
        StoreQuantized<int16_t>(values, i, value);
      }
    }
    note(" (" + ParametersText(*quantization) + ")");
    return {};
  }
  if (IsQuantizedType(array.type) && type == TensorType::kFloat32 && affine) {
    const float scale = quantization->scale[0];
    const int64_t zero_point = quantization->zero_point[0];
    values.resize(count * sizeof(float));
    for (size_t i = 0; i < count; ++i) {
      Store(values, i,
            scale * static_cast<float>(LoadInteger(array, i) - zero_point));
    }
    note(" (" + ParametersText(*quantization) + ")");
    return {};
  }
  return Fail(ErrorCode::kInvalid,
              NameOf(array) + " does not have the type of input " +
                  Describe(input) +
                  ((IsFloat(array.type) && IsQuantizedType(type)) ||
                           (IsQuantizedType(array.type) && IsFloat(type))
                       ? ", which has no scale to convert by"
                       : ""));
}

void InputFeeder::Feed(int64_t sample, std::span<const RunningTensor> inputs) {
  const auto next = [this] { return state_ = state_ * 1664525U + 1013904223U; };
  for (size_t i = 0; i < inputs.size(); ++i) {
    const std::span<uint8_t> memory = inputs[i].writable;
    if (!seed_) {
      std::memcpy(
          memory.data(),
          values_[i].data() + static_cast<size_t>(sample) * memory.size(),
          memory.size());
    } else if (inputs[i].tensor->type == TensorType::kFloat32) {
      for (size_t at = 0; at + sizeof(float) <= memory.size();
           at += sizeof(float)) {
        const float value =
            static_cast<float>(next() >> 8) / 16777216.0F * 2.0F - 1.0F;
        std::memcpy(memory.data() + at, &value, sizeof(float));
      }
    } else {
      for (uint8_t& byte : memory) byte = static_cast<uint8_t>(next() >> 24);
    }
  }
}

}  // namespace tinyml::exec
