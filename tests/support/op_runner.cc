#include "tests/support/op_runner.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/macros.h"
#include "tinyml/target.h"

namespace tinyml::testing {

OpRunner::OpRunner(BuiltinOperator code) {
  model_.buffers.resize(1);
  model_.operator_codes.resize(1);
  model_.operator_codes[0].builtin_code = code;
  model_.subgraphs.resize(1);
  model_.subgraphs[0].operators.resize(1);
  target_ = Target::Parse("x86-64")->runtime();
  options_.guard = true;
}

OpRunner::OpRunner(std::string custom_code, std::vector<uint8_t> options)
    : OpRunner(BuiltinOperator::kCustom) {
  model_.operator_codes[0].custom_code = std::move(custom_code);
  if (!options.empty()) op().custom_options.emplace(std::move(options));
}

TensorIndex OpRunner::AddTensor(TensorType type, std::vector<int32_t> shape,
                                const Affine& quantization) {
  auto& tensors = model_.subgraphs[0].tensors;
  Tensor& tensor = tensors.emplace_back();
  tensor.name = "t" + std::to_string(tensors.size() - 1);
  tensor.type = type;
  tensor.shape = std::move(shape);
  if (!quantization.scales.empty()) {
    tensor.quantization.emplace();
    tensor.quantization->scale = quantization.scales;
    tensor.quantization->zero_point = quantization.zero_points;
    tensor.quantization->quantized_dimension = quantization.dimension;
  }
  return static_cast<TensorIndex>(tensors.size()) - 1;
}

OpRunner& OpRunner::AddInput(TensorType type, std::vector<int32_t> shape,
                             std::vector<uint8_t> bytes,
                             const Affine& quantization, Role role) {
  const TensorIndex index = AddTensor(type, std::move(shape), quantization);
  op().inputs.push_back(index);
  Subgraph& graph = model_.subgraphs[0];
  Tensor& tensor = graph.tensors[index];
  switch (role) {
    case Role::kInput:
      graph.inputs.push_back(index);
      inputs_.emplace_back(index, std::move(bytes));
      break;
    case Role::kConstant:
      tensor.buffer = static_cast<uint32_t>(model_.buffers.size());
      model_.buffers.emplace_back().data = BufferData(std::move(bytes));
      break;
    case Role::kVariable:
      tensor.is_variable = true;
      break;
  }
  return *this;
}

OpRunner& OpRunner::Int4Constant(std::vector<int32_t> shape,
                                 const std::vector<int>& values,
                                 Affine quantization) {
  std::vector<uint8_t> bytes((values.size() + 1) / 2);
  for (size_t i = 0; i < values.size(); ++i) {
    const auto nibble = static_cast<uint8_t>(values[i] & 0xF);
    bytes[i / 2] = static_cast<uint8_t>(bytes[i / 2] |
                                        (i % 2 == 0 ? nibble : nibble << 4));
  }
  return AddInput(TensorType::kInt4, std::move(shape), std::move(bytes),
                  quantization, Role::kConstant);
}

OpRunner& OpRunner::NoInput() {
  op().inputs.push_back(kNoTensor);
  return *this;
}

OpRunner& OpRunner::AddOutput(TensorType type, std::vector<int32_t> shape,
                              const Affine& quantization) {
  const TensorIndex index = AddTensor(type, std::move(shape), quantization);
  op().outputs.push_back(index);
  model_.subgraphs[0].outputs.push_back(index);
  return *this;
}

OpRunner& OpRunner::AddIntermediate(TensorType type,
                                    const Affine& quantization) {
  op().intermediates.push_back(AddTensor(type, {0}, quantization));
  return *this;
}

OpRunner& OpRunner::CmsisNn() {
  target_ = Target::Parse("cortex-m4")->runtime();
  return *this;
}

OpRunner& OpRunner::Helium() {
  target_ = Target::Parse("cortex-m55")->runtime();
  return *this;
}

OpRunner& OpRunner::PlainKernels() {
  options_.form = ops::KernelForm::kPlain;
  return *this;
}

Status OpRunner::Invoke() {
  if (engine_ == nullptr) {
    TINYML_RETURN_IF_ERROR(ValidateModel(model_));
    TINYML_ASSIGN_OR_RETURN(engine_,
                            exec::Engine::Create(model_, target_, options_));
  }
  for (const auto& [index, bytes] : inputs_) {
    const ops::TensorView& view = engine_->tensor(0, index);
    EXPECT_EQ(bytes.size(), view.bytes.size())
        << "values for input " << view.Describe();
    std::copy_n(bytes.begin(), std::min(bytes.size(), view.bytes.size()),
                view.writable);
  }
  return engine_->Invoke();
}

std::vector<uint8_t> OpRunner::RunBytes(size_t output) {
  if (const Status status = Invoke(); !status) {
    ADD_FAILURE() << status.error().message;
    return {};
  }
  const ops::TensorView& view = *engine_->outputs()[output];
  const auto size = static_cast<ptrdiff_t>(
      (view.Elements() * TensorTypeBits(view.type) + 7) / 8);
  return {view.bytes.begin(), view.bytes.begin() + size};
}

std::string OpRunner::Error() {
  const Status status = Invoke();
  EXPECT_FALSE(status.has_value()) << "it did not fail";
  return status ? "" : status.error().message;
}

}  // namespace tinyml::testing
