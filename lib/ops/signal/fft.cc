// SignalRfft and SignalIrfft. Source: tflite-micro 90b983c2b3f1,
// signal/micro/kernels/rfft.cc, irfft.cc; signal/src/irfft_float.cc.
#include <cstring>
#include <string>

#include "ops/kernel.h"
#include "ops/signal/fft_transform.h"
#include "ops/signal/operands.h"

namespace tinyml::ops {
namespace {

constexpr size_t kFftLengthIndex = 1;

template <typename T>
Result<RealFft<T>> MakeFft(const OpContext& op, bool inverse) {
  TINYML_ASSIGN_OR_RETURN(const int32_t length,
                          SignalOption(op, kFftLengthIndex, "fft_length"));
  auto fft = RealFft<T>::Make(length, inverse);
  TINYML_REQUIRE(op, fft.has_value(),
                 "its fft_length " + std::to_string(length) +
                     " is one on which the runtime's FFT crashes");
  return std::move(*fft);
}

// A row of the output takes as many values as its last dimension says, and the
// transform writes length / 2 + 1 complex ones: where those are fewer, the rest
// of a row stays unwritten; where they are more, the next row overwrites them.
template <typename T>
Result<Invocation> PrepareForward(OpContext& op) {
  using Complex = typename RealFft<T>::Complex;
  TINYML_ASSIGN_OR_RETURN(RealFft<T> fft, MakeFft<T>(op, false));
  TINYML_ASSIGN_OR_RETURN(const int32_t length,
                          SignalOption(op, kFftLengthIndex, "fft_length"));
  const TensorView& input = *op.Input(0);
  const TensorView& output = *op.Output(0);
  TINYML_ASSIGN_OR_RETURN(const int32_t row, InnermostDim(op, input));
  TINYML_ASSIGN_OR_RETURN(const int32_t width, InnermostDim(op, output));
  TINYML_REQUIRE(op, row <= length,
                 "input " + input.Describe() + " is longer than fft_length");
  const int64_t rows = input.Elements() / row;
  const int64_t step = width / 2;
  const int64_t result = length / 2 + 1;
  if (rows > 0) {
    TINYML_RETURN_IF_ERROR(
        CheckLength(op, output, 2 * ((rows - 1) * step + result)));
  }
  const bool partial = 2 * rows * result < output.Elements();
  if (partial) {
    op.Warn("a part of output " + output.Describe() +
            " is unwritten; tinyml writes zeros there");
  }
  return Invocation(
      [fft = std::move(fft), &input, &output, rows, row, step, partial,
       work = std::vector<T>(static_cast<size_t>(length))]() mutable -> Status {
        const T* from = input.As<T>().data();
        auto* to = reinterpret_cast<Complex*>(output.writable);
        if (partial) std::memset(output.writable, 0, output.bytes.size());
        for (int64_t i = 0; i < rows; ++i) {
          std::memcpy(work.data(), from, static_cast<size_t>(row) * sizeof(T));
          fft.Forward(work.data(), to);
          from += row;
          to += step;
        }
        return {};
      });
}

// Rows of the input are counted in complex values, rounded down if the last
// dimension is odd. The inverse in floats divides by its length; in integers it
// does not.
void Normalise(float* values, int32_t length) {
  for (int32_t k = 0; k < length; ++k) values[k] /= static_cast<float>(length);
}
template <typename T>
void Normalise(T* /*values*/, int32_t /*length*/) {}

template <typename T>
Result<Invocation> PrepareInverse(OpContext& op) {
  using Complex = typename RealFft<T>::Complex;
  TINYML_ASSIGN_OR_RETURN(RealFft<T> fft, MakeFft<T>(op, true));
  TINYML_ASSIGN_OR_RETURN(const int32_t length,
                          SignalOption(op, kFftLengthIndex, "fft_length"));
  const TensorView& input = *op.Input(0);
  const TensorView& output = *op.Output(0);
  TINYML_ASSIGN_OR_RETURN(const int32_t width, InnermostDim(op, input));
  TINYML_ASSIGN_OR_RETURN(const int32_t step, InnermostDim(op, output));
  const int64_t row = width / 2;
  TINYML_REQUIRE(
      op, row > 0,
      "input " + input.Describe() + " has no complex value in a row");
  const int64_t rows = (input.Elements() / 2 + row - 1) / row;
  if (rows > 0) {
    TINYML_RETURN_IF_ERROR(
        CheckLength(op, input, 2 * ((rows - 1) * row + length / 2 + 1)));
    TINYML_RETURN_IF_ERROR(CheckLength(op, output, (rows - 1) * step + length));
  }
  const bool partial = rows * length < output.Elements();
  if (partial) {
    op.Warn("a part of output " + output.Describe() +
            " is unwritten; tinyml writes zeros there");
  }
  return Invocation([fft = std::move(fft), &input, &output, rows, row, step,
                     length, partial]() mutable -> Status {
    const auto* from = reinterpret_cast<const Complex*>(input.bytes.data());
    T* to = output.Mutable<T>().data();
    if (partial) std::memset(output.writable, 0, output.bytes.size());
    for (int64_t i = 0; i < rows; ++i) {
      fft.Inverse(from, to);
      Normalise(to, length);
      from += row;
      to += step;
    }
    return {};
  });
}

}  // namespace

Result<Invocation> PrepareSignalRfft(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const TensorType type, SignalType(op));
  TINYML_RETURN_IF_ERROR(CheckSignalTypes(op, {type}, {type}));
  switch (type) {
    case TensorType::kInt16:
      return PrepareForward<int16_t>(op);
    case TensorType::kInt32:
      return PrepareForward<int32_t>(op);
    case TensorType::kFloat32:
      return PrepareForward<float>(op);
    default:
      return op.Refuse("its option T is not a type that it supports");
  }
}

Result<Invocation> PrepareSignalIrfft(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const TensorType type, SignalType(op));
  TINYML_RETURN_IF_ERROR(CheckSignalTypes(op, {type}, {type}));
  switch (type) {
    case TensorType::kInt16:
      return PrepareInverse<int16_t>(op);
    case TensorType::kInt32:
      return PrepareInverse<int32_t>(op);
    case TensorType::kFloat32:
      return PrepareInverse<float>(op);
    default:
      return op.Refuse("its option T is not a type that it supports");
  }
}

}  // namespace tinyml::ops
