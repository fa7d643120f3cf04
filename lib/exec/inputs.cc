#include "exec/inputs.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/macros.h"
#include "base/text.h"
#include "formats/npy/conversion.h"

namespace tinyml::exec {
namespace {

std::string Describe(const RunningTensor& input) {
  return "'" + Printable(input.tensor->name) + "' (" +
         TensorTypeName(input.tensor->type) + " " +
         npy::ShapeText(std::span(input.shape)) + ")";
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
  // Named arrays first: those without a name fill the rest in order.
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
      return Fail(ErrorCode::kUsage, "unknown input '" + Printable(given.name) +
                                         "': the model has " + names);
    }
    const NpyArray*& slot = arrays[found - inputs.begin()];
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
    return Fail(ErrorCode::kInvalid, npy::Describe(array) +
                                         " does not have the shape of input " +
                                         Describe(input) + hint);
  }
  if (samples_ >= 0 && samples != samples_) {
    return Fail(ErrorCode::kInvalid,
                npy::Describe(array) + " has " + std::to_string(samples) +
                    " samples, another input has " + std::to_string(samples_));
  }
  samples_ = samples;

  const TensorType type = input.tensor->type;
  const auto& quantization = input.tensor->quantization;
  if (const auto nan = npy::FindNan(array.type, array.bytes)) {
    return Fail(ErrorCode::kInvalid, npy::Describe(array) + ": element " +
                                         std::to_string(*nan) +
                                         " is not a number");
  }
  const auto conversion = npy::Conversion::Find(
      array.type, type, quantization ? &*quantization : nullptr);
  if (!conversion) {
    const bool lacks_scale =
        (npy::IsFloat(array.type) && npy::IsQuantizedType(type)) ||
        (npy::IsQuantizedType(array.type) && npy::IsFloat(type));
    return Fail(ErrorCode::kInvalid,
                npy::Describe(array) + " does not have the type of input " +
                    Describe(input) +
                    (lacks_scale ? ", which has no scale to convert by" : ""));
  }
  std::vector<uint8_t>& values = values_.emplace_back(
      array.bytes.size() / npy::WidthOf(array.type) * npy::WidthOf(type));
  if (const auto beyond = conversion->Convert(array.bytes, values)) {
    return Fail(ErrorCode::kInvalid,
                npy::Describe(array) + ": element " + std::to_string(*beyond) +
                    " does not fit into " + TensorTypeName(type));
  }
  if (!conversion->IsCopy()) {
    notes_.push_back(array.name + ": " + TensorTypeName(array.type) +
                     " converted to " + TensorTypeName(type) + " for input '" +
                     Printable(input.tensor->name) + "'" +
                     conversion->Parameters());
  }
  return {};
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
