#include "ops/layers/transpose_conv_rows.h"

#include <algorithm>
#include <utility>

#include "base/macros.h"

namespace tinyml::ops {
namespace {

// Include/arm_nnsupportfunctions.h, REVERSE_TCOL_EFFICIENT_THRESHOLD.
constexpr int32_t kMaxChannelsByRows = 16;

// The most sums that are reserved; the runtime's arena would have to hold them.
constexpr int64_t kMaxSums = int64_t{1} << 28;

// Keeps as many rows of sums as one row of the input reaches, and writes those
// that are complete. It does so for every row of the input, whether or not the
// output has them, so that outputs shift by rows if the padding is not a
// multiple of the stride. Source: CMSIS-NN 4ab83cc3cc98,
// Source/ConvolutionFunctions/arm_transpose_conv_s8.c and
// Source/NNSupportFunctions/arm_nn_transpose_conv_row_s8_s32.c.
class RowBuffer {
 public:
  RowBuffer(const ConvGeometry& geometry, Requantization quantization)
      : g_(geometry),
        quantization_(std::move(quantization)),
        row_size_(RowSize(geometry)),
        sums_(static_cast<size_t>(RowSize(geometry) * Rows(geometry))) {}

  static int64_t RowSize(const ConvGeometry& g) {
    return ((int64_t{g.input.width} - 1) * g.stride.width +
            std::max(g.filter.width, g.stride.width)) *
           g.output_channels;
  }
  static int64_t Rows(const ConvGeometry& g) {
    return std::max(g.filter.height, g.stride.height);
  }

  // Returns whether it stayed within its memory and wrote the whole output.
  // What it did not write is 0. `output` may be null.
  bool Run(const int8_t* input, const int8_t* filter, const int32_t* bias,
           int8_t* output) {
    written_ = 0;
    intact_ = true;
    for (int32_t batch = 0; batch < g_.batches; ++batch) {
      RunBatch(input, filter, bias, output);
      input += g_.input.Elements() * g_.input_channels;
    }
    const int64_t rows = int64_t{g_.batches} * g_.output.height;
    if (written_ != rows) intact_ = false;
    const int64_t row = OutputRow();
    if (written_ < rows && output != nullptr)
      std::fill(output + written_ * row, output + rows * row, 0);
    return intact_;
  }

 private:
  int64_t OutputRow() const {
    return int64_t{g_.output.width} * g_.output_channels;
  }

  void RunBatch(const int8_t* input, const int8_t* filter, const int32_t* bias,
                int8_t* output) {
    for (int64_t start = 0; start < Size(); start += row_size_) {
      ResetRow(start, bias);
    }
    int64_t start = 0;
    for (int64_t y = 0; y < g_.input.height; ++y) {
      const int64_t top =
          std::max<int64_t>(0, g_.padding.height - y * g_.stride.height);
      const int64_t bottom = std::max<int64_t>(
          0, y * g_.stride.height + g_.filter.height -
                 (int64_t{g_.padding.height} + g_.output.height) - 1);
      AddRow(input, filter, start, top, g_.filter.height - bottom);
      input += int64_t{g_.input.width} * g_.input_channels;
      if (top > 0) continue;
      for (int32_t i = 0; i < g_.stride.height; ++i) {
        WriteRow(start, output);
        ResetRow(start, bias);
        start = Next(start);
      }
    }
    const int64_t end = int64_t{g_.padding.height} + g_.output.height;
    for (int64_t y = 0; y < g_.filter.height - g_.stride.height; ++y) {
      const int64_t row = int64_t{g_.input.height} * g_.stride.height + y;
      if (row >= g_.padding.height && row < end) WriteRow(start, output);
      start = Next(start);
    }
  }

  int64_t Size() const { return static_cast<int64_t>(sums_.size()); }
  int64_t Next(int64_t start) const { return (start + row_size_) % Size(); }

  void ResetRow(int64_t start, const int32_t* bias) {
    const int64_t channels = g_.output_channels;
    for (int64_t i = 0; i < row_size_; ++i) {
      sums_[start + i] =
          bias != nullptr ? static_cast<uint32_t>(bias[i % channels]) : 0;
    }
  }

  // Adds the products of a row of input with the filter's rows [top, bottom),
  // the first of them to the row that begins at `start`.
  void AddRow(const int8_t* input, const int8_t* filter, int64_t start,
              int64_t top, int64_t bottom) {
    const int64_t depth = g_.input_channels;
    const auto offset = static_cast<uint32_t>(quantization_.input_offset);
    for (int64_t ky = top; ky < bottom; ++ky, start = Next(start)) {
      for (int64_t x = 0; x < g_.input.width; ++x) {
        for (int64_t kx = 0; kx < g_.filter.width; ++kx) {
          for (int64_t c = 0; c < g_.output_channels; ++c) {
            const int8_t* weights =
                filter +
                ((c * g_.filter.height + ky) * g_.filter.width + kx) * depth;
            uint32_t sum = 0;
            for (int64_t i = 0; i < depth; ++i) {
              sum += (static_cast<uint32_t>(int32_t{input[x * depth + i]}) +
                      offset) *
                     static_cast<uint32_t>(int32_t{weights[i]});
            }
            const int64_t column = x * g_.stride.width + kx;
            sums_[start + column * g_.output_channels + c] += sum;
          }
        }
      }
    }
  }

  void WriteRow(int64_t start, int8_t* output) {
    const int64_t row = written_++;
    if (row >= int64_t{g_.batches} * g_.output.height) {
      intact_ = false;
      return;
    }
    start += int64_t{g_.padding.width} * g_.output_channels;
    for (int64_t i = 0; i < OutputRow(); ++i) {
      uint32_t sum = 0;
      if (start + i < Size()) {
        sum = sums_[start + i];
      } else {
        intact_ = false;
      }
      if (output == nullptr) continue;
      output[row * OutputRow() + i] = static_cast<int8_t>(Requantize(
          quantization_, static_cast<int32_t>(i % g_.output_channels),
          static_cast<int32_t>(sum)));
    }
  }

  ConvGeometry g_;
  Requantization quantization_;
  int64_t row_size_;
  std::vector<uint32_t> sums_;
  int64_t written_ = 0;  // Rows of all batches.
  bool intact_ = true;
};

}  // namespace

bool IsTransposeConvByRows(const ConvGeometry& geometry) {
  return geometry.stride.width > 2 || geometry.stride.height > 2 ||
         geometry.input_channels <= kMaxChannelsByRows;
}

Result<Invocation> MakeTransposeConvByRows(OpContext& op,
                                           const LayerOperands& operands,
                                           const ConvGeometry& geometry,
                                           Requantization quantization) {
  const bool sane =
      geometry.stride.width > 0 && geometry.stride.height > 0 &&
      geometry.input.width > 0 && geometry.output_channels > 0 &&
      RowBuffer::RowSize(geometry) <= kMaxSums / RowBuffer::Rows(geometry);
  TINYML_REQUIRE(op, sane, "CMSIS-NN cannot reserve its rows of sums");
  BiasValues<int32_t> bias(op, operands.bias, geometry.output_channels);
  RowBuffer kernel(geometry, std::move(quantization));
  // Whether it does depends only on the shapes.
  const bool intact =
      kernel.Run(operands.input->As<int8_t>().data(),
                 operands.filter->As<int8_t>().data(), bias.Get(), nullptr);
  // arm_transpose_conv_s8_get_buffer_size uses the wrong stride.
  const bool fits = std::max(geometry.filter.width, geometry.stride.height) >=
                    std::max(geometry.filter.width, geometry.stride.width);
  if (!intact || !fits) {
    op.Warn(
        "CMSIS-NN's transposed convolution reads or writes past the end of its "
        "buffer or output, or leaves some of it unwritten, for these shapes");
  }
  return [operands, bias = std::move(bias),
          kernel = std::move(kernel)]() mutable -> Status {
    kernel.Run(operands.input->As<int8_t>().data(),
               operands.filter->As<int8_t>().data(), bias.Get(),
               operands.output->Mutable<int8_t>().data());
    return {};
  };
}

}  // namespace tinyml::ops
