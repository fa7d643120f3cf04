// UNIDIRECTIONAL_SEQUENCE_LSTM of int8 and int16. Source: tflite-micro
// 90b983c2b3f1, micro/kernels/lstm_eval.h, lstm_eval.cc, lstm_eval_common.cc;
// for CMSIS-NN micro/kernels/cmsis_nn/unidirectional_sequence_lstm.cc and
// CMSIS-NN 4ab83cc3cc98, LSTMFunctions/arm_lstm_unidirectional_{s8,s16}.c,
// NNSupportFunctions/arm_nn_lstm_step_{s8,s16}.c,
// arm_nn_lstm_calculate_gate_{s8_s16,s16}.c,
// arm_nn_vec_mat_mul_result_acc_{s8_s16,s16}.c.
//
// CMSIS-NN differs: it keeps its own states, which it resets at every
// invocation; the second product of a gate, and that of input and cell gate,
// are added before they are clamped; cell clipping depends on the quantized
// clip value; and any activation other than TANH is treated as a sigmoid.
#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

#include "base/macros.h"
#include "ops/fixed_point.h"
#include "ops/sequence/lstm.h"
#include "ops/sequence/requantize.h"
#include "ops/sigmoid.h"

namespace tinyml::ops {
namespace {

int16_t ToInt16(int64_t x) {
  return static_cast<int16_t>(std::clamp<int64_t>(x, -32768, 32767));
}

// LstmParameters that do not depend on the types.
struct LstmParameters {
  LstmOperands operands;
  LstmShape shape;
  std::array<QuantizedMultiplier, kLstmGates> input_factor;
  std::array<QuantizedMultiplier, kLstmGates> recurrent_factor;
  QuantizedMultiplier forget_factor;  // Forget gate x cell.
  QuantizedMultiplier take_factor;    // Input gate x cell gate.
  QuantizedMultiplier hidden_factor;  // tanh(cell) x output gate.
  SigmoidScale cell_tanh;
  bool cell_gate_is_tanh = true;
  bool clips = false;
  int32_t cell_clip = 0;  // At least 0 if it clips.
  bool cmsis_nn = false;
  bool helium = false;
};

// T is the type of input and output.
template <typename T>
struct IntegerLstm {
  static constexpr bool kIsInt8 = std::is_same_v<T, int8_t>;
  using Bias = std::conditional_t<kIsInt8, int32_t, int64_t>;
  using Sum = std::make_unsigned_t<Bias>;  // Wraps around.

  explicit IntegerLstm(const LstmParameters& made) : parameters(made) {
    const LstmShape& shape = parameters.shape;
    for (size_t gate = 0; gate < kLstmGates; ++gate) {
      input_start[gate].resize(shape.units);
      recurrent_start[gate].resize(shape.units);
      activated[gate].resize(shape.units);
      constant = constant &&
                 parameters.operands.input_weights[gate]->IsConstant() &&
                 parameters.operands.recurrent_weights[gate]->IsConstant() &&
                 parameters.operands.bias[gate]->IsConstant();
    }
    if (constant) SumWeights();
    if (parameters.cmsis_nn) cells.resize(shape.units);
  }

  // The initial value of sums of products: the bias, and what the input's zero
  // point contributes.
  void SumWeights() {
    const auto sum = [](const TensorView& weights, size_t columns,
                        int32_t zero_point, std::vector<Sum>& start) {
      const int8_t* at = weights.As<int8_t>().data();
      for (Sum& element : start) {
        Sum row = 0;
        for (size_t i = 0; i < columns; ++i) row += static_cast<Sum>(*at++);
        element -= row * static_cast<Sum>(zero_point);
      }
    };
    const LstmOperands& operands = parameters.operands;
    const LstmShape& shape = parameters.shape;
    for (size_t gate = 0; gate < kLstmGates; ++gate) {
      const Bias* bias = operands.bias[gate]->As<Bias>().data();
      for (size_t u = 0; u < shape.units; ++u) {
        input_start[gate][u] = static_cast<Sum>(bias[u]);
        recurrent_start[gate][u] = 0;
      }
      sum(*operands.input_weights[gate], shape.inputs,
          operands.input->zero_point, input_start[gate]);
      sum(*operands.recurrent_weights[gate], shape.units,
          operands.hidden_state->zero_point, recurrent_start[gate]);
    }
  }

  static Sum Dot(const T* a, const int8_t* weights, size_t count) {
    Sum sum = 0;
    for (size_t i = 0; i < count; ++i) {
      sum += static_cast<Sum>(int32_t{a[i]} * int32_t{weights[i]});
    }
    return sum;
  }

  // `start` and the products of a row, scaled.
  int32_t Product(Sum start, const T* a, const int8_t* weights, size_t count,
                  QuantizedMultiplier factor) const {
    if constexpr (kIsInt8) {
      return MultiplyByQuantizedMultiplier(
          static_cast<int32_t>(start + Dot(a, weights, count)), factor);
    } else {
      // Helium adds up to 512 products to 32 bits of the bias.
      constexpr size_t kNarrow = 512;
      if (parameters.helium) {
        const size_t narrow = std::min(count, kNarrow);
        const auto head = static_cast<int32_t>(start + Dot(a, weights, narrow));
        start = static_cast<Sum>(int64_t{head}) +
                Dot(a + narrow, weights + narrow, count - narrow);
      } else {
        start += Dot(a, weights, count);
      }
      const auto sum = static_cast<int64_t>(start);
      return parameters.cmsis_nn ? CmsisNnRequantize(sum, factor)
                                 : MultiplyByQuantizedMultiplier(sum, factor);
    }
  }

  // `hidden` may be null: no state yet, which contributes nothing.
  void Gate(LstmGate gate, const T* input, const T* hidden) {
    const LstmShape& shape = parameters.shape;
    const int8_t* weights =
        parameters.operands.input_weights[gate]->As<int8_t>().data();
    const int8_t* recurrent =
        parameters.operands.recurrent_weights[gate]->As<int8_t>().data();
    const bool is_tanh = gate == kCellGate && parameters.cell_gate_is_tanh;
    for (size_t u = 0; u < shape.units; ++u) {
      int64_t sum = ToInt16(Product(input_start[gate][u], input,
                                    weights + u * shape.inputs, shape.inputs,
                                    parameters.input_factor[gate]));
      if (hidden != nullptr) {
        const int32_t product = Product(
            recurrent_start[gate][u], hidden, recurrent + u * shape.units,
            shape.units, parameters.recurrent_factor[gate]);
        sum += parameters.cmsis_nn ? product : ToInt16(product);
        // CMSIS-NN adds in 32 bits.
        sum = static_cast<int32_t>(static_cast<uint64_t>(sum));
      }
      const int16_t x = ToInt16(sum);
      activated[gate][u] =
          is_tanh ? Int16Tanh(sigmoids, 3 * x) : Int16Logistic(sigmoids, 3 * x);
    }
  }

  void UpdateCell(int16_t* cell) const {
    for (size_t u = 0; u < parameters.shape.units; ++u) {
      const int16_t kept = ToInt16(MultiplyByQuantizedMultiplier(
          activated[kForgetGate][u] * int32_t{cell[u]},
          parameters.forget_factor));
      const int32_t product = MultiplyByQuantizedMultiplier(
          activated[kInputGate][u] * int32_t{activated[kCellGate][u]},
          parameters.take_factor);
      int32_t sum = kept;
      if (parameters.cmsis_nn) {
        sum = static_cast<int32_t>(static_cast<uint32_t>(sum) +
                                   static_cast<uint32_t>(product));
      } else {
        sum += ToInt16(product);
      }
      sum = ToInt16(sum);
      if (parameters.clips) {
        sum = std::clamp(sum, -parameters.cell_clip, parameters.cell_clip);
      }
      cell[u] = static_cast<int16_t>(sum);
    }
  }

  void UpdateHidden(const int16_t* cell, T* hidden) const {
    for (size_t u = 0; u < parameters.shape.units; ++u) {
      const int32_t product =
          int32_t{Int16Tanh(sigmoids, parameters.cell_tanh(cell[u]))} *
          int32_t{activated[kOutputGate][u]};
      const int32_t scaled =
          MultiplyByQuantizedMultiplier(product, parameters.hidden_factor);
      hidden[u] = static_cast<T>(std::clamp<int64_t>(
          int64_t{scaled} + parameters.operands.hidden_state->zero_point,
          std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
    }
  }

  void Step(const T* input, const T* hidden_in, T* hidden_out, int16_t* cell) {
    for (const LstmGate gate :
         {kForgetGate, kInputGate, kCellGate, kOutputGate}) {
      Gate(gate, input, hidden_in);
    }
    UpdateCell(cell);
    UpdateHidden(cell, hidden_out);
  }

  void Run() {
    if (!constant) SumWeights();
    const LstmShape& shape = parameters.shape;
    const LstmOperands& operands = parameters.operands;
    const T* input = operands.input->template As<T>().data();
    T* output = operands.output->template Mutable<T>().data();
    for (size_t b = 0; b < shape.batch; ++b) {
      if (parameters.cmsis_nn) {
        std::fill(cells.begin(), cells.end(), int16_t{0});
      }
      const T* previous = nullptr;
      for (size_t t = 0; t < shape.time; ++t) {
        const T* in = input + shape.Step(b, t) * shape.inputs;
        T* out = output + shape.Step(b, t) * shape.units;
        if (parameters.cmsis_nn) {
          Step(in, previous, out, cells.data());
          previous = out;
          continue;
        }
        T* hidden = operands.hidden_state->template Mutable<T>().data() +
                    b * shape.units;
        int16_t* cell =
            operands.cell_state->template Mutable<int16_t>().data() +
            b * shape.units;
        Step(in, hidden, hidden, cell);
        std::copy_n(hidden, shape.units, out);
      }
    }
  }

  LstmParameters parameters;
  const SigmoidTable& sigmoids = Sigmoids();
  bool constant = true;
  std::array<std::vector<Sum>, kLstmGates> input_start;
  std::array<std::vector<Sum>, kLstmGates> recurrent_start;
  std::array<std::vector<int16_t>, kLstmGates> activated;
  std::vector<int16_t> cells;  // CMSIS-NN's, of one sequence.
};

Status CheckTypes(const OpContext& op, const LstmOperands& operands) {
  const TensorType type = operands.input->type;
  TINYML_REQUIRE(op, type == TensorType::kInt8 || type == TensorType::kInt16,
                 "input " + operands.input->Describe() +
                     " has a type other than float32, int8 and int16");
  TINYML_REQUIRE(
      op,
      operands.hidden_state->type == type && operands.output->type == type &&
          operands.cell_state->type == TensorType::kInt16,
      "states or output do not match input " + operands.input->Describe());
  // Biases are read as int32 (with int8) or int64, whatever their type.
  const size_t bias_bytes = type == TensorType::kInt8 ? 4 : 8;
  for (size_t gate = 0; gate < kLstmGates; ++gate) {
    for (const TensorView* weights :
         {operands.input_weights[gate], operands.recurrent_weights[gate]}) {
      TINYML_REQUIRE(op, weights->type == TensorType::kInt8,
                     "weights " + weights->Describe() + " are not int8");
    }
    const TensorView& bias = *operands.bias[gate];
    TINYML_REQUIRE(
        op,
        bias.bytes.size() >= static_cast<size_t>(bias.Elements()) * bias_bytes,
        "bias " + bias.Describe() + " is read as int" +
            std::to_string(8 * bias_bytes) + ", past its end");
  }
  return {};
}

// The power of 2 nearest to a scale, in single precision as in lite/
// kernels/internal/quantization_util.cc, CheckedLog2.
int NextPowerOfTwo(float scale) {
  return static_cast<int>(
      std::round(std::log(scale) * (1.0F / std::log(2.0F))));
}

int32_t QuantizedClip(float clip, float scale) {
  const double quotient =
      static_cast<double>(clip) / static_cast<double>(scale);
  if (std::isnan(quotient)) return 0;  // Which then does not clip.
  return static_cast<int32_t>(std::clamp(quotient, -32768.0, 32767.0));
}

Status SetFactors(OpContext& op, LstmParameters& parameters) {
  constexpr double kGateScale = 0x1p-15;
  const LstmOperands& operands = parameters.operands;
  for (size_t gate = 0; gate < kLstmGates; ++gate) {
    const auto factor = [](const TensorView& a, const TensorView& weights) {
      // Before its activation, a gate has scale 2^-12. The runtime multiplies
      // scales in single precision.
      return QuantizeMultiplier(static_cast<double>(a.scale * weights.scale) /
                                0x1p-12);
    };
    const TensorView& input_weights = *operands.input_weights[gate];
    const TensorView& recurrent_weights = *operands.recurrent_weights[gate];
    parameters.input_factor[gate] = factor(*operands.input, input_weights);
    parameters.recurrent_factor[gate] =
        factor(*operands.hidden_state, recurrent_weights);
    for (const TensorView* weights : {&input_weights, &recurrent_weights}) {
      if (weights->IsAffine() &&
          weights->source->quantization->scale.size() > 1) {
        op.Warn("weights " + weights->Describe() +
                " have several scales, for which the runtime uses "
                "uninitialised factors; the first scale is used here");
      }
    }
    for (const QuantizedMultiplier& made :
         {parameters.input_factor[gate], parameters.recurrent_factor[gate]}) {
      TINYML_REQUIRE(op, made.shift <= 31, "a scale is too large");
      if (operands.input->type == TensorType::kInt8) continue;
      TINYML_RETURN_IF_ERROR(CheckInt64Factor(op, made));
    }
  }
  const auto cell_scale = static_cast<double>(operands.cell_state->scale);
  parameters.forget_factor =
      QuantizeMultiplier(kGateScale * cell_scale / cell_scale);
  parameters.take_factor =
      QuantizeMultiplier(kGateScale * kGateScale / cell_scale);
  parameters.hidden_factor =
      QuantizeMultiplier(kGateScale * kGateScale /
                         static_cast<double>(operands.hidden_state->scale));
  TINYML_REQUIRE(op,
                 parameters.take_factor.shift <= 31 &&
                     parameters.hidden_factor.shift <= 31,
                 "the scale of a state is too small");
  return {};
}

template <typename T>
Invocation MakeInvocation(const LstmParameters& parameters) {
  return [lstm = IntegerLstm<T>(parameters)]() mutable -> Status {
    lstm.Run();
    return {};
  };
}

}  // namespace

Result<Invocation> PrepareLstmInteger(OpContext& op,
                                      const LstmOperands& operands,
                                      const LstmShape& shape) {
  TINYML_RETURN_IF_ERROR(CheckTypes(op, operands));
  const auto& options = op.Options<UnidirectionalSequenceLSTMOptions>();
  LstmParameters parameters;
  parameters.operands = operands;
  parameters.shape = shape;
  parameters.cmsis_nn = op.results() == KernelResults::kCmsisNn;
  parameters.helium = op.helium();
  parameters.cell_gate_is_tanh =
      options.fused_activation_function == ActivationFunctionType::kTanh;
  TINYML_REQUIRE(op, parameters.cell_gate_is_tanh || parameters.cmsis_nn,
                 "the activation in its options must be TANH");
  TINYML_RETURN_IF_ERROR(SetFactors(op, parameters));
  const float cell_scale = operands.cell_state->scale;
  TINYML_REQUIRE(op, std::isnormal(cell_scale) && cell_scale > 0.0F,
                 "the scale of cell state " + operands.cell_state->Describe() +
                     " is not above 0");
  const int power = NextPowerOfTwo(cell_scale);
  // micro/kernels/lstm_eval.cc, Tanh; beyond, the runtime overflows or shifts
  // by more than 31 bits.
  TINYML_REQUIRE(op, power >= -43 && power <= 2,
                 "the scale of cell state " + operands.cell_state->Describe() +
                     " is out of the range of its tanh");
  const int shift = power + 12;
  parameters.cell_tanh =
      shift < 0 ? SigmoidScale{3, -shift} : SigmoidScale{3 << shift, 0};
  parameters.cell_clip = QuantizedClip(options.cell_clip, cell_scale);
  parameters.clips =
      parameters.cmsis_nn ? parameters.cell_clip > 0 : options.cell_clip > 0.0F;
  if (operands.input->type == TensorType::kInt8) {
    return MakeInvocation<int8_t>(parameters);
  }
  return MakeInvocation<int16_t>(parameters);
}

}  // namespace tinyml::ops
