// Building a model piece by piece.
//
//   ModelBuilder b("double");
//   const TensorIndex x = b.AddInput("x", TensorType::kFloat32, {1, 4});
//   const TensorIndex two = b.AddConstant<float>("two", {}, {2});
//   const TensorIndex y = b.AddTensor("y", TensorType::kFloat32, {1, 4});
//   b.AddOperator(BuiltinOperator::kMul, {x, two}, {y},
//                 MakeOptions(MulOptions{}));
//   b.SetOutputs({y});
//   Result<Model> model = b.Build();
#ifndef TINYML_MODEL_BUILDER_H_
#define TINYML_MODEL_BUILDER_H_

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "tinyml/export.h"
#include "tinyml/model.h"
#include "tinyml/options.h"
#include "tinyml/status.h"

namespace tinyml {

// The type of a tensor whose elements are T: float, bool, or an integer.
template <typename T>
struct TensorTypeOf;
template <>
struct TensorTypeOf<float>
    : std::integral_constant<TensorType, TensorType::kFloat32> {};
template <>
struct TensorTypeOf<bool>
    : std::integral_constant<TensorType, TensorType::kBool> {};
template <>
struct TensorTypeOf<int8_t>
    : std::integral_constant<TensorType, TensorType::kInt8> {};
template <>
struct TensorTypeOf<uint8_t>
    : std::integral_constant<TensorType, TensorType::kUInt8> {};
template <>
struct TensorTypeOf<int16_t>
    : std::integral_constant<TensorType, TensorType::kInt16> {};
template <>
struct TensorTypeOf<uint16_t>
    : std::integral_constant<TensorType, TensorType::kUInt16> {};
template <>
struct TensorTypeOf<int32_t>
    : std::integral_constant<TensorType, TensorType::kInt32> {};
template <>
struct TensorTypeOf<uint32_t>
    : std::integral_constant<TensorType, TensorType::kUInt32> {};
template <>
struct TensorTypeOf<int64_t>
    : std::integral_constant<TensorType, TensorType::kInt64> {};
template <>
struct TensorTypeOf<uint64_t>
    : std::integral_constant<TensorType, TensorType::kUInt64> {};
template <typename T>
inline constexpr TensorType kTensorTypeOf = TensorTypeOf<T>::value;

// One scale and zero point for a whole tensor.
TINYML_API Quantization PerTensor(float scale, int64_t zero_point);
// Symmetric, with a scale for each index of `dimension`.
TINYML_API Quantization PerChannel(std::vector<float> scales,
                                   int32_t dimension);

// The bytes of `values`, as in a buffer.
template <typename T>
BufferData BufferOf(const std::vector<T>& values) {
  std::vector<uint8_t> bytes(values.size() * sizeof(T));
  for (size_t i = 0; i < values.size(); ++i) {
    const T value = values[i];  // vector<bool> has no data().
    std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof(T));
  }
  return BufferData(std::move(bytes));
}

// A model under construction. Nothing is checked before Build(). Not
// thread-safe.
class TINYML_API ModelBuilder {
 public:
  // Begins with one subgraph, "main", without tensors.
  explicit ModelBuilder(std::string description = "");

  // Begins another subgraph, which becomes the current one, and returns its
  // index, by which IfOptions, WhileOptions and the like name it.
  int32_t AddSubgraph(std::string name);
  // Makes subgraph `index`, which must exist, the current one.
  void SelectSubgraph(int32_t index) { current_ = index; }

  // Each adds a tensor to the current subgraph and returns its index there.
  // AddInput() makes it the next input, too.
  TensorIndex AddTensor(std::string name, TensorType type,
                        std::vector<int32_t> shape,
                        std::optional<Quantization> quantization = {});
  TensorIndex AddInput(std::string name, TensorType type,
                       std::vector<int32_t> shape,
                       std::optional<Quantization> quantization = {});
  // A tensor that keeps its values from one invocation to the next.
  TensorIndex AddVariable(std::string name, TensorType type,
                          std::vector<int32_t> shape,
                          std::optional<Quantization> quantization = {});
  // `values` as the format stores them; shared, not copied.
  TensorIndex AddConstant(std::string name, TensorType type,
                          std::vector<int32_t> shape, BufferData values,
                          std::optional<Quantization> quantization = {});
  // The same from C++ values, as many as `shape` says.
  template <typename T>
  TensorIndex AddConstant(std::string name, std::vector<int32_t> shape,
                          const std::vector<T>& values,
                          std::optional<Quantization> quantization = {}) {
    return AddConstant(std::move(name), kTensorTypeOf<T>, std::move(shape),
                       BufferOf(values), std::move(quantization));
  }

  // Appends an operator to the current subgraph; operators run in this order.
  // kNoTensor is an omitted optional input.
  void AddOperator(BuiltinOperator code, std::vector<TensorIndex> inputs,
                   std::vector<TensorIndex> outputs,
                   OperatorOptions options = {}, int32_t version = 1);
  void AddCustomOperator(std::string custom_code,
                         std::vector<TensorIndex> inputs,
                         std::vector<TensorIndex> outputs,
                         std::vector<uint8_t> custom_options = {});

  void SetInputs(std::vector<TensorIndex> inputs);
  void SetOutputs(std::vector<TensorIndex> outputs);

  // Names the inputs and outputs of the first subgraph by their tensors.
  void AddSignature(std::string key = "serving_default");
  void AddMetadata(std::string name, BufferData data);
  // Returns the index of a new buffer, for what has no method of its own.
  uint32_t AddBuffer(BufferData data);

  // For what has no parameter above. `index` must have been returned for the
  // current subgraph, which must have an operator for LastOperator(). Valid
  // until something is added.
  Tensor& At(TensorIndex index);
  Operator& LastOperator();
  // The model so far.
  const Model& model() const { return model_; }

  // Returns the model and leaves the builder empty. Fails with kInvalid and one
  // sentence for the first fault, as ValidateModel does.
  Result<Model> Build();

 private:
  Subgraph& graph() { return model_.subgraphs[current_]; }

  Model model_;
  int32_t current_ = 0;
};

}  // namespace tinyml

#endif  // TINYML_MODEL_BUILDER_H_
