// Float nets under construction, with made-up weights, and samples for them.
#ifndef TINYML_TESTS_SUPPORT_FLOAT_NET_H_
#define TINYML_TESTS_SUPPORT_FLOAT_NET_H_

#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tinyml/model.h"
#include "tinyml/model_builder.h"
#include "tinyml/options.h"
#include "tinyml/samples.h"

namespace tinyml::testing {

// Fixed numbers from -1 to 1.
class MadeUp {
 public:
  explicit MadeUp(uint32_t seed) : state_(seed) {}
  float operator()() {
    state_ = state_ * 1664525u + 1013904223u;
    return static_cast<float>(state_ >> 8) / float{1 << 23} - 1.0f;
  }
  std::vector<float> Many(size_t count) {
    std::vector<float> values(count);
    for (float& value : values) value = (*this)();
    return values;
  }

 private:
  uint32_t state_;
};

// A window, for layers that have one.
struct Window {
  Padding padding = Padding::kSame;
  int32_t stride = 1;
  int32_t dilation = 1;
  ActivationFunctionType activation = ActivationFunctionType::kNone;
};

// A model of float tensors; those without a name get "t0", "t1", ...
class FloatNet : public ModelBuilder {
 public:
  using Dims = std::vector<int32_t>;

  explicit FloatNet(uint32_t seed = 1) : made_up_(seed) {}

  TensorIndex Input(Dims shape, std::string name = "");
  TensorIndex Floats(Dims shape, const std::vector<float>& values);
  TensorIndex Floats(Dims shape);  // Made up.
  TensorIndex Ints(Dims shape, const std::vector<int32_t>& values);
  // An operator with one output of `shape`.
  template <typename Options>
  TensorIndex Add(BuiltinOperator code, const std::vector<TensorIndex>& inputs,
                  const Dims& shape, Options options,
                  const std::string& name = "") {
    return AddWithOutput(code, inputs, shape, MakeOptions(std::move(options)),
                         name);
  }
  TensorIndex Plain(BuiltinOperator code, std::vector<TensorIndex> inputs,
                    Dims shape) {
    return AddWithOutput(code, std::move(inputs), std::move(shape), {}, "");
  }
  // Without options; the shape of the first input.
  TensorIndex Same(BuiltinOperator code, std::vector<TensorIndex> inputs,
                   std::string name = "") {
    const Dims shape = ShapeOf(inputs[0]);
    return AddWithOutput(code, std::move(inputs), shape, {}, std::move(name));
  }

  // Layers with a bias; square filters of `size`. A convolution has
  // input channels / `groups` in each filter.
  TensorIndex Conv(TensorIndex input, int32_t outputs, int32_t size,
                   Window window = {}, int32_t groups = 1);
  TensorIndex Depthwise(TensorIndex input, int32_t multiplier, int32_t size,
                        Window window = {});
  TensorIndex FullyConnected(
      TensorIndex input, int32_t outputs,
      ActivationFunctionType activation = ActivationFunctionType::kNone);
  TensorIndex TransposeConv(TensorIndex input, int32_t outputs, int32_t size,
                            const Dims& shape, Window window = {});
  TensorIndex Relu(TensorIndex input, std::string name = "");
  TensorIndex Reshape(TensorIndex input, const Dims& shape);
  TensorIndex Transpose(TensorIndex input, const std::vector<int32_t>& axes);

  // Valid until a tensor is added.
  const Dims& ShapeOf(TensorIndex tensor) { return At(tensor).shape; }
  // The model, which must pass ValidateModel.
  Model Take(std::vector<TensorIndex> outputs);

 private:
  std::string NameOr(std::string name);
  TensorIndex AddWithOutput(BuiltinOperator code,
                            std::vector<TensorIndex> inputs, Dims shape,
                            OperatorOptions options, std::string name);
  Dims Slid(TensorIndex input, int32_t channels, int32_t size,
            const Window& window);

  int tensors_ = 0;
  MadeUp made_up_;
};

// Samples of made-up values for every input, in the range -1 to 1.
class MadeUpSamples : public SampleSource {
 public:
  MadeUpSamples(int64_t count, uint32_t seed) : count_(count), seed_(seed) {}
  // Changes the values of a sample before they are returned.
  void Shape(std::function<void(std::vector<float>&)> shape) {
    shape_ = std::move(shape);
  }
  // Samples at multiples of `every` cannot be read.
  void LeaveOut(int64_t every) { left_out_ = every; }

  int64_t Count() const override { return count_; }
  std::string NameOf(int64_t index) const override {
    return "sample " + std::to_string(index);
  }
  Result<std::optional<std::string>> Read(
      int64_t index, std::span<const std::span<uint8_t>> inputs) const override;

 private:
  int64_t count_;
  uint32_t seed_;
  int64_t left_out_ = 0;
  std::function<void(std::vector<float>&)> shape_;
};

// The operators of the first subgraph, by name.
std::vector<std::string> OperatorNames(const Model& model);

// All outputs of `model`, one after the other, for each sample.
std::vector<float> OutputsOf(const Model& model, const SampleSource& samples);

}  // namespace tinyml::testing

#endif  // TINYML_TESTS_SUPPORT_FLOAT_NET_H_
