#include "quantize/calibration/sample_runs.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "base/macros.h"

namespace tinyml::quantize {
namespace {

// Samples of a block. What is summed up within a block is summed up in the
// order of samples, so that this number is part of the result.
constexpr int64_t kBlock = 8;

struct SampleParameters {
  double scale = 1;
  double zero_point = 0;
};

std::optional<SampleParameters> ParametersOf(const Tensor& tensor) {
  if (!tensor.quantization || !tensor.quantization->IsAffine()) {
    return std::nullopt;
  }
  return SampleParameters{
      static_cast<double>(tensor.quantization->scale[0]),
      static_cast<double>(tensor.quantization->zero_point[0])};
}

template <typename T>
std::vector<float> Dequantized(std::span<const uint8_t> bytes,
                               const SampleParameters& parameters) {
  std::vector<float> values(bytes.size() / sizeof(T));
  for (size_t i = 0; i < values.size(); ++i) {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    values[i] =
        static_cast<float>((value - parameters.zero_point) * parameters.scale);
  }
  return values;
}

template <typename T>
void Quantize(const std::vector<float>& values,
              const SampleParameters& parameters, std::span<uint8_t> bytes) {
  constexpr double kLow = std::numeric_limits<T>::min();
  constexpr double kHigh = std::numeric_limits<T>::max();
  const size_t count = std::min(values.size(), bytes.size() / sizeof(T));
  for (size_t i = 0; i < count; ++i) {
    const double steps =
        std::round(static_cast<double>(values[i]) / parameters.scale) +
        parameters.zero_point;
    const auto value = static_cast<T>(std::clamp(steps, kLow, kHigh));
    std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof(T));
  }
}

}  // namespace

std::vector<std::vector<int64_t>> SampleBlocks(int64_t count, int64_t most,
                                               bool in_a_row) {
  const int64_t chosen = std::clamp<int64_t>(most, 0, count);
  const int64_t size = in_a_row ? std::max<int64_t>(chosen, 1) : kBlock;
  std::vector<std::vector<int64_t>> blocks;
  // count / chosen apart, without a product that could overflow.
  for (int64_t i = 0; i < chosen; ++i) {
    if (i % size == 0) blocks.emplace_back();
    const int64_t index = i * (count / chosen) + i * (count % chosen) / chosen;
    blocks.back().push_back(index);
  }
  return blocks;
}

Result<std::vector<Interpreter>> MakeInterpreters(const Model& model,
                                                  const Target& target,
                                                  int threads) {
  InterpreterOptions options;
  options.separate_memory = true;
  std::vector<Interpreter> interpreters;
  for (int i = 0; i < threads; ++i) {
    TINYML_ASSIGN_OR_RETURN(Interpreter made,
                            i == 0 ? Interpreter::Create(model, target, options)
                                   : interpreters[0].Another(options));
    interpreters.push_back(std::move(made));
  }
  return interpreters;
}

Result<bool> ReadSample(const SampleSource& samples, int64_t index,
                        Interpreter& interpreter) {
  std::vector<std::span<uint8_t>> inputs;
  for (const RunningTensor& input : interpreter.Inputs()) {
    inputs.push_back(input.writable);
  }
  TINYML_ASSIGN_OR_RETURN(const std::optional<std::string> left_out,
                          samples.Read(index, inputs));
  return !left_out.has_value();
}

Result<bool> RunBoth(const SampleSource& samples, int64_t index, bool reset,
                     Interpreter& float_model, Interpreter& quantized) {
  if (reset) {
    TINYML_RETURN_IF_ERROR(float_model.Reset());
    TINYML_RETURN_IF_ERROR(quantized.Reset());
  }
  TINYML_ASSIGN_OR_RETURN(const bool read,
                          ReadSample(samples, index, float_model));
  if (!read) return false;
  const auto from = float_model.Inputs();
  const auto to = quantized.Inputs();
  for (size_t i = 0; i < std::min(from.size(), to.size()); ++i) {
    WriteValues(from[i], to[i]);
  }
  TINYML_RETURN_IF_ERROR(float_model.Invoke());
  TINYML_RETURN_IF_ERROR(quantized.Invoke());
  return true;
}

std::vector<float> RealValues(const RunningTensor& tensor) {
  if (tensor.tensor->type == TensorType::kFloat32) {
    std::vector<float> values(tensor.bytes.size() / sizeof(float));
    if (!values.empty()) {
      std::memcpy(values.data(), tensor.bytes.data(),
                  values.size() * sizeof(float));
    }
    return values;
  }
  const auto parameters = ParametersOf(*tensor.tensor);
  if (!parameters) return {};
  switch (tensor.tensor->type) {
    case TensorType::kInt8:
      return Dequantized<int8_t>(tensor.bytes, *parameters);
    case TensorType::kUInt8:
      return Dequantized<uint8_t>(tensor.bytes, *parameters);
    case TensorType::kInt16:
      return Dequantized<int16_t>(tensor.bytes, *parameters);
    default:
      return {};
  }
}

void WriteValues(const RunningTensor& from, const RunningTensor& to) {
  const auto parameters = ParametersOf(*to.tensor);
  if (from.tensor->type == to.tensor->type || !parameters) {
    if (from.bytes.size() == to.writable.size() && !from.bytes.empty()) {
      std::memcpy(to.writable.data(), from.bytes.data(), from.bytes.size());
    }
    return;
  }
  const std::vector<float> values = RealValues(from);
  switch (to.tensor->type) {
    case TensorType::kInt8:
      Quantize<int8_t>(values, *parameters, to.writable);
      break;
    case TensorType::kUInt8:
      Quantize<uint8_t>(values, *parameters, to.writable);
      break;
    case TensorType::kInt16:
      Quantize<int16_t>(values, *parameters, to.writable);
      break;
    default:
      break;
  }
}

}  // namespace tinyml::quantize
