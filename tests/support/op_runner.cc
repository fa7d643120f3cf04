#include "tests/support/op_runner.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/macros.h"
#include "tinyml/target.h"

namespace tinyml::testing {

Affine::Affine() = default;
Affine::Affine(float scale, int64_t zero_point)
    : scales{scale}, zero_points{zero_point} {}
Affine::Affine(std::vector<float> scales, std::vector<int64_t> zero_points,
               int32_t dimension)
    : scales(std::move(scales)),
      zero_points(std::move(zero_points)),
      dimension(dimension) {}
Affine::Affine(const Affine& other) = default;
Affine& Affine::operator=(const Affine& other) = default;
Affine::~Affine() = default;

OpRunner::OpRunner(OpRunner&& other) noexcept = default;
OpRunner::~OpRunner() = default;

OpRunner::OpRunner(BuiltinOperator code) : code_(code) {
  target_ = Target::Parse("x86-64")->runtime();
  options_.guard = true;
}

OpRunner::OpRunner(std::string custom_code, std::vector<uint8_t> options)
    : OpRunner(BuiltinOperator::kCustom) {
  custom_code_ = std::move(custom_code);
  custom_options_ = std::move(options);
}

TensorIndex OpRunner::AddTensor(TensorType type, std::vector<int32_t> shape,
                                const Affine& quantization) {
  const TensorIndex index = builder_.AddTensor("t" + std::to_string(tensors_++),
                                               type, std::move(shape));
  if (!quantization.scales.empty()) {
    Quantization& made = builder_.At(index).quantization.emplace();
    made.scale = quantization.scales;
    made.zero_point = quantization.zero_points;
    made.quantized_dimension = quantization.dimension;
  }
  return index;
}

OpRunner& OpRunner::AddInput(TensorType type, std::vector<int32_t> shape,
                             BufferData values, const Affine& quantization,
                             Role role) {
  const TensorIndex index = AddTensor(type, std::move(shape), quantization);
  op_inputs_.push_back(index);
  switch (role) {
    case Role::kInput:
      inputs_.emplace_back(index, std::move(values));
      break;
    case Role::kConstant:
      builder_.At(index).buffer = builder_.AddBuffer(std::move(values));
      break;
    case Role::kVariable:
      builder_.At(index).is_variable = true;
      break;
  }
  return *this;
}

OpRunner& OpRunner::Int4Constant(std::vector<int32_t> shape,
                                 const std::vector<int>& values,
                                 const Affine& quantization) {
  std::vector<uint8_t> bytes((values.size() + 1) / 2);
  for (size_t i = 0; i < values.size(); ++i) {
    const auto nibble = static_cast<uint8_t>(values[i] & 0xF);
    bytes[i / 2] = static_cast<uint8_t>(bytes[i / 2] |
                                        (i % 2 == 0 ? nibble : nibble << 4));
  }
  return AddInput(TensorType::kInt4, std::move(shape),
                  BufferData(std::move(bytes)), quantization, Role::kConstant);
}

OpRunner& OpRunner::NoInput() {
  op_inputs_.push_back(kNoTensor);
  return *this;
}

OpRunner& OpRunner::AddOutput(TensorType type, std::vector<int32_t> shape,
                              const Affine& quantization) {
  op_outputs_.push_back(AddTensor(type, std::move(shape), quantization));
  return *this;
}

OpRunner& OpRunner::AddIntermediate(TensorType type,
                                    const Affine& quantization) {
  intermediates_.push_back(AddTensor(type, {0}, quantization));
  return *this;
}

OpRunner& OpRunner::On(std::string_view target) {
  target_ = Target::Parse(target)->runtime();
  return *this;
}

OpRunner& OpRunner::CmsisNn() { return On("cortex-m4"); }
OpRunner& OpRunner::Helium() { return On("cortex-m55"); }

OpRunner& OpRunner::PlainKernels() {
  options_.form = ops::KernelForm::kPlain;
  return *this;
}

Status OpRunner::Prepare() {
  std::vector<TensorIndex> inputs;
  for (const auto& [index, values] : inputs_) inputs.push_back(index);
  builder_.SetInputs(std::move(inputs));
  builder_.SetOutputs(op_outputs_);
  if (code_ == BuiltinOperator::kCustom) {
    builder_.AddCustomOperator(custom_code_, op_inputs_, op_outputs_,
                               custom_options_);
  } else {
    builder_.AddOperator(code_, op_inputs_, op_outputs_, op_options_);
  }
  builder_.LastOperator().intermediates = intermediates_;
  TINYML_ASSIGN_OR_RETURN(model_, builder_.Build());
  TINYML_ASSIGN_OR_RETURN(engine_,
                          exec::Engine::Create(model_, target_, options_));
  return {};
}

Status OpRunner::Invoke() {
  if (engine_ == nullptr) TINYML_RETURN_IF_ERROR(Prepare());
  for (const auto& [index, values] : inputs_) {
    const std::span<const uint8_t> bytes = values.bytes();
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
