// SVDF. Source: tflite-micro 90b983c2b3f1, micro/kernels/svdf_common.cc and
// cmsis_nn/svdf.cc; CMSIS-NN 4ab83cc3cc98, SVDFunctions/arm_svdf_s8.c,
// arm_svdf_state_s16_s8.c.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/macros.h"
#include "ops/fixed_point.h"
#include "ops/kernel.h"

namespace tinyml::ops {
namespace {

struct Operands {
  const TensorView* input = nullptr;
  const TensorView* weights_feature = nullptr;
  const TensorView* weights_time = nullptr;
  const TensorView* bias = nullptr;
  const TensorView* state = nullptr;
  const TensorView* output = nullptr;
};

struct Sizes {
  size_t batch = 0;
  size_t input = 0;
  size_t filters = 0;
  size_t memory = 0;  // The length of a filter's memory.
  size_t rank = 0;    // Filters per unit.
  size_t units = 0;
};

Result<Operands> TakeOperands(const OpContext& op) {
  Operands operands{op.Input(0), op.Input(1), op.Input(2),
                    op.Input(3), op.Input(4), op.Output(0)};
  for (const TensorView* view :
       {operands.input, operands.weights_feature, operands.weights_time,
        operands.bias, operands.state, operands.output}) {
    TINYML_REQUIRE(op, view != nullptr, "an input or its output is missing");
  }
  TINYML_REQUIRE(op, !operands.state->IsConstant(),
                 "state " + operands.state->Describe() + " is a constant");
  return operands;
}

Result<Sizes> TakeSizes(const OpContext& op, const Operands& operands) {
  for (const TensorView* view :
       {operands.input, operands.weights_feature, operands.weights_time}) {
    TINYML_REQUIRE(op, view->Rank() == 2,
                   view->Describe() + " should have rank 2");
  }
  const int32_t rank = op.Options<SVDFOptions>().rank;
  const int32_t filters = operands.weights_feature->Dim(0);
  // CMSIS-NN keeps the rank in 16 bits.
  TINYML_REQUIRE(op, rank > 0 && rank <= 32767 && filters % rank == 0,
                 "its rank is not above 0, is above 32767 or does not divide "
                 "the number of filters");
  const int32_t batch = operands.input->Dim(0);
  const int32_t input = operands.input->Dim(1);
  const int32_t memory = operands.weights_time->Dim(1);
  const int32_t units = filters / rank;
  TINYML_REQUIRE(
      op,
      operands.weights_feature->Dim(1) == input &&
          operands.weights_time->Dim(0) == filters &&
          operands.bias->Elements() >= units &&
          operands.output->Elements() == int64_t{batch} * units &&
          operands.state->Elements() == int64_t{batch} * filters * memory,
      "its tensors' shapes do not match");
  // The runtime would shift an empty state for ever.
  TINYML_REQUIRE(op, operands.state->Elements() > 0,
                 "state " + operands.state->Describe() + " is empty");
  return Sizes{static_cast<size_t>(batch),   static_cast<size_t>(input),
               static_cast<size_t>(filters), static_cast<size_t>(memory),
               static_cast<size_t>(rank),    static_cast<size_t>(units)};
}

// Makes room for the newest value at the end of each filter's memory; what
// drops out at the front of one briefly becomes the newest of the one before
// it.
template <typename T>
void ShiftState(T* state, const Sizes& sizes) {
  const size_t count = sizes.batch * sizes.filters * sizes.memory;
  std::memmove(state, state + 1, (count - 1) * sizeof(T));
}

float Activate(ActivationFunctionType activation, float x) {
  switch (activation) {
    case ActivationFunctionType::kRelu:
      return 0.0F > x ? 0.0F : x;
    case ActivationFunctionType::kReluN1To1:
      return std::max(-1.0F, std::min(x, 1.0F));
    case ActivationFunctionType::kRelu6:
      return std::max(0.0F, std::min(x, 6.0F));
    case ActivationFunctionType::kTanh:
      return std::tanh(x);
    case ActivationFunctionType::kSignBit:
      return std::signbit(x) ? 1.0F : 0.0F;
    default:
      return x;
  }
}

void RunFloat(const Operands& operands, const Sizes& sizes,
              ActivationFunctionType activation) {
  const float* weights_feature = operands.weights_feature->As<float>().data();
  const float* weights_time = operands.weights_time->As<float>().data();
  const float* bias = operands.bias->As<float>().data();
  float* state = operands.state->Mutable<float>().data();
  float* output = operands.output->Mutable<float>().data();
  ShiftState(state, sizes);
  for (size_t b = 0; b < sizes.batch; ++b) {
    const float* input = operands.input->As<float>().data() + b * sizes.input;
    float* memory = state + b * sizes.filters * sizes.memory;
    for (size_t f = 0; f < sizes.filters; ++f) {
      const float* weights = weights_feature + f * sizes.input;
      float sum = 0.0F;
      for (size_t i = 0; i < sizes.input; ++i) sum += weights[i] * input[i];
      memory[f * sizes.memory + sizes.memory - 1] = sum;
    }
    for (size_t u = 0; u < sizes.units; ++u) {
      float total = bias[u];
      for (size_t f = u * sizes.rank; f < (u + 1) * sizes.rank; ++f) {
        float sum = 0.0F;
        for (size_t i = f * sizes.memory; i < (f + 1) * sizes.memory; ++i) {
          sum += weights_time[i] * memory[i];
        }
        total += sum;
      }
      output[b * sizes.units + u] = Activate(activation, total);
    }
  }
}

// T is the type of the time weights; the state is read as the same type. Sums
// wrap around, as on the processors.
template <typename T>
struct Quantized {
  Operands operands;
  Sizes sizes;
  QuantizedMultiplier to_state;
  QuantizedMultiplier to_output;
  // What new values are clamped to, and what is then added to them.
  ActivationRange range;
  int32_t state_offset = 0;
  // The state's zero point, where it is taken into account.
  int32_t state_zero_point = 0;
  uint32_t extra = 0;  // Added to the sum of a new value.

  void Run() const {
    T* state = operands.state->Mutable<T>().data();
    ShiftState(state, sizes);
    for (size_t b = 0; b < sizes.batch; ++b) {
      T* memory = state + b * sizes.filters * sizes.memory;
      AppendNewest(operands.input->As<int8_t>().data() + b * sizes.input,
                   memory);
      Reduce(memory,
             operands.output->Mutable<int8_t>().data() + b * sizes.units);
    }
  }

 private:
  void AppendNewest(const int8_t* input, T* memory) const {
    const int8_t* weights = operands.weights_feature->As<int8_t>().data();
    const auto zero_point = static_cast<uint32_t>(operands.input->zero_point);
    for (size_t f = 0; f < sizes.filters; ++f) {
      uint32_t sum = extra;
      for (size_t i = 0; i < sizes.input; ++i) {
        sum += static_cast<uint32_t>(weights[i]) *
               (static_cast<uint32_t>(input[i]) - zero_point);
      }
      weights += sizes.input;
      const int32_t value = std::clamp(
          MultiplyByQuantizedMultiplier(static_cast<int32_t>(sum), to_state),
          range.min, range.max);
      memory[f * sizes.memory + sizes.memory - 1] = static_cast<T>(
          static_cast<uint32_t>(value) + static_cast<uint32_t>(state_offset));
    }
  }

  void Reduce(const T* memory, int8_t* output) const {
    const T* weights = operands.weights_time->As<T>().data();
    const int32_t* bias = operands.bias->As<int32_t>().data();
    const auto zero_point = static_cast<uint32_t>(state_zero_point);
    const size_t per_unit = sizes.rank * sizes.memory;
    for (size_t u = 0; u < sizes.units; ++u) {
      auto sum = static_cast<uint32_t>(bias[u]);
      for (size_t i = u * per_unit; i < (u + 1) * per_unit; ++i) {
        sum += static_cast<uint32_t>(weights[i]) *
               (static_cast<uint32_t>(memory[i]) - zero_point);
      }
      const int32_t scaled =
          MultiplyByQuantizedMultiplier(static_cast<int32_t>(sum), to_output);
      output[u] = static_cast<int8_t>(std::clamp<int64_t>(
          int64_t{scaled} + operands.output->zero_point, -128, 127));
    }
  }
};

template <typename T>
Result<Invocation> PrepareQuantized(OpContext& op, const Operands& operands,
                                    const Sizes& sizes) {
  const float input_scale = operands.input->scale;
  const float state_scale = operands.state->scale;
  Quantized<T> kernel{operands, sizes, {}, {}, {}, 0, 0, 0};
  // In single precision, as in the runtime.
  kernel.to_state = QuantizeMultiplier(static_cast<double>(
      input_scale * operands.weights_feature->scale / state_scale));
  kernel.to_output = QuantizeMultiplier(static_cast<double>(
      state_scale * operands.weights_time->scale / operands.output->scale));
  TINYML_REQUIRE(op,
                 kernel.to_state.shift <= 31 && kernel.to_output.shift <= 31,
                 "its scales give a factor of 2^31 or more");
  TINYML_REQUIRE(op,
                 operands.state->bytes.size() / sizeof(T) >=
                     static_cast<size_t>(operands.state->Elements()),
                 "state " + operands.state->Describe() +
                     " is read with the type of time weights " +
                     operands.weights_time->Describe() + ", which is wider");
  const int32_t zero_point = operands.state->zero_point;
  if (op.results() == KernelResults::kCmsisNn) {
    // It clamps to int16 and truncates, and ignores the state's zero point;
    // with Helium, which uses precomputed sums of the weights, that affects the
    // sums.
    kernel.range = {-32768, 32767};
    if (op.helium() && sizeof(T) == 1) {
      kernel.extra = static_cast<uint32_t>(sizes.input) *
                     static_cast<uint32_t>(zero_point) *
                     static_cast<uint32_t>(operands.input->zero_point);
    }
  } else {
    kernel.range = {std::numeric_limits<T>::min(),
                    std::numeric_limits<T>::max()};
    kernel.state_offset = zero_point;
    kernel.state_zero_point = zero_point;
  }
  return [kernel]() -> Status {
    kernel.Run();
    return {};
  };
}

}  // namespace

Result<Invocation> PrepareSvdf(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const Operands operands, TakeOperands(op));
  TINYML_ASSIGN_OR_RETURN(const Sizes sizes, TakeSizes(op, operands));
  const auto all = [](TensorType type,
                      std::initializer_list<const TensorView*> views) {
    return std::all_of(views.begin(), views.end(), [&](const TensorView* view) {
      return view->type == type;
    });
  };
  if (operands.input->type == TensorType::kFloat32) {
    TINYML_REQUIRE(
        op,
        all(TensorType::kFloat32,
            {operands.weights_feature, operands.weights_time, operands.bias,
             operands.state, operands.output}),
        "float32 input needs float32 weights, bias, state and output");
    const auto activation = op.Options<SVDFOptions>().fused_activation_function;
    return [operands, sizes, activation]() -> Status {
      RunFloat(operands, sizes, activation);
      return {};
    };
  }
  TINYML_REQUIRE(op,
                 all(TensorType::kInt8, {operands.input, operands.output,
                                         operands.weights_feature}) &&
                     operands.bias->type == TensorType::kInt32,
                 "its tensors' types do not match: quantized, it takes int8 "
                 "input, feature weights and output and an int32 bias");
  if (operands.weights_time->type == TensorType::kInt8) {
    return PrepareQuantized<int8_t>(op, operands, sizes);
  }
  TINYML_REQUIRE(op, operands.weights_time->type == TensorType::kInt16,
                 "time weights " + operands.weights_time->Describe() +
                     " have a type other than int8 and int16");
  return PrepareQuantized<int16_t>(op, operands, sizes);
}

}  // namespace tinyml::ops
