// Runs a single operator on given values, for tests that read like a worked
// example:
//
//   EXPECT_THAT(OpRunner(BuiltinOperator::kAdd)
//                   .Options(AddOptions{})
//                   .Input<int8_t>({2}, {10, 20}, {0.5F, 0})
//                   .Input<int8_t>({2}, {1, 2}, {0.5F, 0})
//                   .Output<int8_t>({2}, {0.5F, 0})
//                   .Run<int8_t>(),
//               ElementsAre(11, 22));
#ifndef TINYML_TESTS_SUPPORT_OP_RUNNER_H_
#define TINYML_TESTS_SUPPORT_OP_RUNNER_H_

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exec/engine.h"
#include "tinyml/model.h"
#include "tinyml/model_builder.h"
#include "tinyml/options.h"

namespace tinyml::testing {

// How a tensor is quantized; not at all without scales.
struct Affine {
  Affine();
  Affine(float scale, int64_t zero_point);
  Affine(std::vector<float> scales, std::vector<int64_t> zero_points,
         int32_t dimension);
  Affine(const Affine& other);
  Affine& operator=(const Affine& other);
  ~Affine();
  std::vector<float> scales;
  std::vector<int64_t> zero_points;
  int32_t dimension = 0;
};

// A model of one operator under construction. By default it runs with the
// reference kernels on x86-64, under the guard.
class OpRunner {
 public:
  explicit OpRunner(BuiltinOperator code);
  // A custom operator; `options` are its raw options.
  OpRunner(std::string custom_code, std::vector<uint8_t> options);
  OpRunner(OpRunner&& other) noexcept;
  ~OpRunner();

  template <typename T>
  OpRunner& Options(T options) {
    op_options_ = MakeOptions(std::move(options));
    return *this;
  }
  // An input that lives in the arena, set before each run.
  template <typename T>
  OpRunner& Input(std::vector<int32_t> shape, const std::vector<T>& values,
                  const Affine& quantization = {}) {
    return AddInput(kTensorTypeOf<T>, std::move(shape), BufferOf(values),
                    quantization, Role::kInput);
  }
  // An input whose values are part of the model.
  template <typename T>
  OpRunner& Constant(std::vector<int32_t> shape, const std::vector<T>& values,
                     const Affine& quantization = {}) {
    return AddInput(kTensorTypeOf<T>, std::move(shape), BufferOf(values),
                    quantization, Role::kConstant);
  }
  // A constant of int4 elements, two of which share a byte.
  OpRunner& Int4Constant(std::vector<int32_t> shape,
                         const std::vector<int>& values,
                         const Affine& quantization = {});
  // A variable tensor among the inputs.
  template <typename T>
  OpRunner& Variable(std::vector<int32_t> shape,
                     const Affine& quantization = {}) {
    return AddInput(kTensorTypeOf<T>, std::move(shape), {}, quantization,
                    Role::kVariable);
  }
  // An omitted input.
  OpRunner& NoInput();
  template <typename T>
  OpRunner& Output(std::vector<int32_t> shape,
                   const Affine& quantization = {}) {
    return AddOutput(kTensorTypeOf<T>, std::move(shape), quantization);
  }
  // Empty tensors that only carry quantization, as LSTM has them.
  template <typename T>
  OpRunner& Intermediate(const Affine& quantization) {
    return AddIntermediate(kTensorTypeOf<T>, quantization);
  }

  OpRunner& CmsisNn();                    // CMSIS-NN's results.
  OpRunner& Helium();                     // The same with Arm MVE.
  OpRunner& On(std::string_view target);  // As the command line spells it.
  OpRunner& PlainKernels();  // The kernels that follow the formula literally.

  // Sets input `i` (not counting constants, variables and omitted ones) to
  // `values` from now on.
  template <typename T>
  OpRunner& Set(size_t i, const std::vector<T>& values) {
    inputs_[i].second = BufferOf(values);
    return *this;
  }

  // Runs once more, with the state that earlier runs left, and returns output
  // `i`. A failure fails the test and returns nothing.
  template <typename T>
  std::vector<T> Run(size_t i = 0) {
    std::vector<T> values;
    const std::vector<uint8_t> bytes = RunBytes(i);
    for (size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
      T value;  // vector<bool> has no data().
      std::memcpy(&value, bytes.data() + at, sizeof(T));
      values.push_back(value);
    }
    return values;
  }
  // The same for an operator that must fail: returns its message.
  std::string Error();
  // Whether the last run ended the invocation before its end.
  bool EndedEarly() const { return engine_->ended_early(); }

 private:
  enum class Role { kInput, kConstant, kVariable };

  TensorIndex AddTensor(TensorType type, std::vector<int32_t> shape,
                        const Affine& quantization);
  OpRunner& AddInput(TensorType type, std::vector<int32_t> shape,
                     BufferData values, const Affine& quantization, Role role);
  OpRunner& AddOutput(TensorType type, std::vector<int32_t> shape,
                      const Affine& quantization);
  OpRunner& AddIntermediate(TensorType type, const Affine& quantization);
  // Builds the model from the calls so far, and its interpreter.
  Status Prepare();
  Status Invoke();
  std::vector<uint8_t> RunBytes(size_t output);

  ModelBuilder builder_;
  BuiltinOperator code_;
  std::string custom_code_;
  std::vector<uint8_t> custom_options_;
  OperatorOptions op_options_;
  std::vector<TensorIndex> op_inputs_;
  std::vector<TensorIndex> op_outputs_;
  std::vector<TensorIndex> intermediates_;
  int tensors_ = 0;
  Model model_;
  runtime::Target target_;
  exec::EngineOptions options_;
  std::vector<std::pair<TensorIndex, BufferData>> inputs_;
  std::unique_ptr<exec::Engine> engine_;
};

}  // namespace tinyml::testing

#endif  // TINYML_TESTS_SUPPORT_OP_RUNNER_H_
