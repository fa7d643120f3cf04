// What the models of testdata/ are made with.
#ifndef TINYML_TESTDATA_BUILDER_H_
#define TINYML_TESTDATA_BUILDER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tinyml/model_builder.h"

namespace tinyml {

using Op = BuiltinOperator;
using Shape = std::vector<int32_t>;
using Indices = std::vector<TensorIndex>;
inline constexpr auto kRelu = ActivationFunctionType::kRelu;

// Numerical Recipes' generator; the high bits are the good ones.
class Lcg {
 public:
  explicit Lcg(uint32_t seed) : state_(seed) {}

  // A weight in [-127, 127].
  int8_t Weight() {
    state_ = state_ * 1664525u + 1013904223u;
    return static_cast<int8_t>(static_cast<int>((state_ >> 8) % 255u) - 127);
  }

 private:
  uint32_t state_;
};

// As converters do, each tensor gets an (empty) buffer of its own.
class Builder : public ModelBuilder {
 public:
  using ModelBuilder::ModelBuilder;

  TensorIndex Activation(std::string name, TensorType type, Shape shape,
                         std::optional<Quantization> quantization = {}) {
    const TensorIndex index = AddTensor(std::move(name), type, std::move(shape),
                                        std::move(quantization));
    At(index).buffer = AddBuffer(BufferData());
    return index;
  }
  TensorIndex Variable(std::string name, TensorType type, Shape shape,
                       std::optional<Quantization> quantization = {}) {
    const TensorIndex index = Activation(
        std::move(name), type, std::move(shape), std::move(quantization));
    At(index).is_variable = true;
    return index;
  }
  TensorIndex Int32s(std::string name, const std::vector<int32_t>& values) {
    return AddConstant(std::move(name), {static_cast<int32_t>(values.size())},
                       values);
  }
};

}  // namespace tinyml

#endif  // TINYML_TESTDATA_BUILDER_H_
