// Nets of one type of activations under construction: float32, int8, or int16
// with int8 weights; everything is made up.
#ifndef TINYML_TESTS_SUPPORT_TYPED_NET_H_
#define TINYML_TESTS_SUPPORT_TYPED_NET_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/float_net.h"
#include "tinyml/model.h"
#include "tinyml/model_builder.h"
#include "tinyml/options.h"

namespace tinyml::testing {

class TypedNet : public ModelBuilder {
 public:
  using Dims = std::vector<int32_t>;

  explicit TypedNet(TensorType type, uint32_t seed = 1)
      : type_(type), made_up_(seed) {}

  bool IsFloat() const { return type_ == TensorType::kFloat32; }

  TensorIndex Input(Dims shape) {
    return AddInput("x", type_, std::move(shape), Activations(0.05f, -3));
  }
  // What an operator writes; those of one kind have one scale.
  TensorIndex Values(Dims shape) {
    return AddTensor(Name("t"), type_, std::move(shape), Activations(0.3f, 4));
  }
  // What an operator writes that only moves values of `like`.
  TensorIndex Moved(TensorIndex like, Dims shape) {
    return AddTensor(Name("m"), type_, std::move(shape), At(like).quantization);
  }
  // Weights with a scale for each index of `axis`.
  TensorIndex Weights(Dims shape, int32_t axis);
  TensorIndex Ints(Dims shape, const std::vector<int32_t>& values) {
    return AddConstant<int32_t>(Name("i"), std::move(shape), values);
  }
  // A bias; the type is that of the kernels unless given.
  TensorIndex Bias(int32_t channels, std::optional<TensorType> type = {});

  template <typename Options>
  TensorIndex Add(BuiltinOperator code, const std::vector<TensorIndex>& inputs,
                  TensorIndex output, Options options) {
    AddOperator(code, inputs, {output}, MakeOptions(std::move(options)));
    return output;
  }
  // CONV_2D with a bias, stride 1; the output has `shape`.
  TensorIndex Conv(TensorIndex input, int32_t outputs, Dims filter, Dims shape,
                   Conv2DOptions options);
  TensorIndex Depthwise(TensorIndex input, Dims filter, Dims shape,
                        DepthwiseConv2DOptions options);

  Model Take(TensorIndex output);

 private:
  std::optional<Quantization> Activations(float scale, int64_t zero_point) {
    if (IsFloat()) return std::nullopt;
    return PerTensor(type_ == TensorType::kInt8 ? scale : scale / 256,
                     type_ == TensorType::kInt8 ? zero_point : 0);
  }
  std::string Name(std::string_view kind) {
    return std::string(kind) + std::to_string(count_++);
  }
  template <typename T>
  std::vector<T> Many(int64_t count, float range) {
    std::vector<T> values;
    for (const float value : made_up_.Many(static_cast<size_t>(count))) {
      values.push_back(static_cast<T>(value * range));
    }
    return values;
  }

  TensorType type_;
  MadeUp made_up_;
  int count_ = 0;
};

// The bytes of all outputs, one after the other, for made-up input, by the
// formulas of the reference kernels. A failure fails the test.
std::vector<uint8_t> ReferenceResults(const Model& model,
                                      std::string_view target = "x86-64");

}  // namespace tinyml::testing

#endif  // TINYML_TESTS_SUPPORT_TYPED_NET_H_
