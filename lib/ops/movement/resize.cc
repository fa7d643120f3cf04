// RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR. Source: tflite-micro
// 90b983c2b3f1, micro/kernels/resize_bilinear.cc, resize_nearest_neighbor.cc;
// lite/kernels/internal/reference/resize_bilinear.h,
// resize_nearest_neighbor.h. Where each row and column comes from depends on
// shapes alone and is computed once.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <string>

#include "ops/kernel.h"
#include "ops/movement/operands.h"

namespace tinyml::ops {
namespace {

using Shape4 = std::array<int32_t, 4>;

struct ResizeTensors {
  const TensorView* input = nullptr;
  const TensorView* output = nullptr;
  Shape4 shape = {};   // Of the output.
  int32_t height = 0;  // As requested.
  int32_t width = 0;
  int64_t element = 0;  // Bytes.
};

// A shape with leading ones, as upstream extends one of a lower rank.
Shape4 Extended(const TensorView& view) {
  Shape4 shape = {1, 1, 1, 1};
  std::copy(view.dims.begin(), view.dims.end(),
            shape.end() - static_cast<ptrdiff_t>(view.dims.size()));
  return shape;
}

// The requested size matters, not the output's, which may be larger.
Result<ResizeTensors> TakeTensors(const OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 2, 1));
  const TensorView& input = *op.Input(0);
  const TensorView& output = *op.Output(0);
  const TensorView& size = *op.Input(1);
  TINYML_RETURN_IF_ERROR(CheckHolds(op, size, 2, sizeof(int32_t)));
  TINYML_REQUIRE(op, input.Rank() == 4 && output.Rank() <= 4,
                 "input " + input.Describe() + " or output " +
                     output.Describe() + " is not of rank 4");
  ResizeTensors tensors = {&input,           &output,
                           Extended(output), Int32At(size, 0),
                           Int32At(size, 1), ElementBytes(output.type)};
  TINYML_REQUIRE(
      op, input.Dim(0) == tensors.shape[0] && input.Dim(3) == tensors.shape[3],
      "input " + input.Describe() + " and output " + output.Describe() +
          " differ in batch or channels");
  TINYML_REQUIRE(op,
                 tensors.height > 0 && tensors.width > 0 &&
                     tensors.height <= tensors.shape[1] &&
                     tensors.width <= tensors.shape[2],
                 "output " + output.Describe() + " has no room for the size " +
                     std::to_string(tensors.height) + " x " +
                     std::to_string(tensors.width) + " asked for");
  TINYML_RETURN_IF_ERROR(
      CheckHolds(op, input, input.Elements(), tensors.element));
  TINYML_REQUIRE(op, input.Elements() > 0 || output.Elements() == 0,
                 "input " + input.Describe() + " is empty");
  return tensors;
}

bool IsPartial(const ResizeTensors& tensors) {
  return tensors.height != tensors.shape[1] ||
         tensors.width != tensors.shape[2];
}

// The two indices of the input that an index of the output lies between, and
// its distance from the first; T is float, or int32_t in units of 2^-10.
template <typename T>
struct Position {
  int64_t low = 0;
  int64_t high = 0;
  T fraction = 0;
};

// ComputeInterpolationValues.
std::vector<Position<float>> FloatPositions(
    int32_t input, int32_t output, const ResizeBilinearOptions& options) {
  float scale = static_cast<float>(input) / static_cast<float>(output);
  if (options.align_corners && output > 1) {
    scale = static_cast<float>(input - 1) / static_cast<float>(output - 1);
  }
  std::vector<Position<float>> positions;
  for (int32_t i = 0; i < output; ++i) {
    const auto index = static_cast<float>(i);
    const float at = options.half_pixel_centers ? (index + 0.5F) * scale - 0.5F
                                                : index * scale;
    Position<float>& position = positions.emplace_back();
    position.low = std::max<int64_t>(static_cast<int64_t>(std::floor(at)), 0);
    position.high =
        std::min<int64_t>(static_cast<int64_t>(std::ceil(at)), input - 1);
    position.fraction = at - static_cast<float>(position.low);
  }
  return positions;
}

// ComputeInterpolationValuesInteger.
std::vector<Position<int32_t>> IntegerPositions(
    int32_t input, int32_t output, const ResizeBilinearOptions& options) {
  constexpr int64_t kOne = 1 << 10;
  int64_t scale = (kOne * input + output / 2) / output;
  if (options.align_corners && output > 1) {
    scale = (kOne * (input - 1) + (output - 1) / 2) / (output - 1);
  }
  std::vector<Position<int32_t>> positions;
  for (int64_t i = 0; i < output; ++i) {
    const int64_t at = options.half_pixel_centers
                           ? i * scale + scale / 2 - kOne / 2
                           : i * scale;
    Position<int32_t>& position = positions.emplace_back();
    position.low = std::max<int64_t>(at / kOne, 0);
    position.high = std::min<int64_t>((at + kOne - 1) / kOne, input - 1);
    position.fraction = static_cast<int32_t>(at - kOne * position.low);
  }
  return positions;
}

// Because the scale is rounded, the last indices of a large output lie past the
// end of a small input, and the runtime reads there.
template <typename T>
Status CheckInside(const OpContext& op,
                   const std::vector<Position<T>>& positions, int32_t size) {
  for (const Position<T>& position : positions) {
    TINYML_REQUIRE(
        op, position.low < size && position.high >= 0 && position.high < size,
        "it reads outside input " + op.Input(0)->Describe());
  }
  return {};
}

float Interpolate(float top_left, float bottom_left, float top_right,
                  float bottom_right, float y, float x) {
  return top_left * (1 - y) * (1 - x) + bottom_left * y * (1 - x) +
         top_right * (1 - y) * x + bottom_right * y * x;
}

int8_t Interpolate(int8_t top_left, int8_t bottom_left, int8_t top_right,
                   int8_t bottom_right, int32_t y, int32_t x) {
  constexpr int64_t kOne = 1 << 10;
  const int64_t sum = top_left * (kOne - y) * (kOne - x) +
                      bottom_left * int64_t{y} * (kOne - x) +
                      top_right * (kOne - y) * x +
                      bottom_right * int64_t{y} * x;
  const int64_t half = sum > 0 ? 1 << 19 : -(1 << 19);
  return static_cast<int8_t>((sum + half) / (1 << 20));
}

template <typename T, typename F>
Invocation Bilinear(const ResizeTensors& tensors, std::vector<Position<F>> rows,
                    std::vector<Position<F>> columns) {
  return [tensors, rows = std::move(rows), columns = std::move(columns),
          partial = IsPartial(tensors)]() -> Status {
    const TensorView& input = *tensors.input;
    const TensorView& output = *tensors.output;
    if (partial) Clear(output);
    const int64_t depth = input.Dim(3);
    const int64_t row_size = input.Dim(2) * depth;
    const T* image = reinterpret_cast<const T*>(input.bytes.data());
    T* to_image = output.Mutable<T>().data();
    for (int32_t b = 0; b < input.Dim(0); ++b) {
      T* to_row = to_image;
      for (const Position<F>& y : rows) {
        const T* top = image + y.low * row_size;
        const T* bottom = image + y.high * row_size;
        T* to = to_row;
        for (const Position<F>& x : columns) {
          const int64_t left = x.low * depth;
          const int64_t right = x.high * depth;
          for (int64_t c = 0; c < depth; ++c) {
            to[c] = Interpolate(top[left + c], bottom[left + c], top[right + c],
                                bottom[right + c], y.fraction, x.fraction);
          }
          to += depth;
        }
        to_row += tensors.shape[2] * depth;
      }
      image += input.Dim(1) * row_size;
      to_image += int64_t{tensors.shape[1]} * tensors.shape[2] * depth;
    }
    return {};
  };
}

// GetNearestNeighbor of every index.
std::vector<int64_t> Neighbors(int32_t input, int32_t output,
                               const ResizeNearestNeighborOptions& options) {
  const float scale =
      options.align_corners && output > 1
          ? static_cast<float>(input - 1) / static_cast<float>(output - 1)
          : static_cast<float>(input) / static_cast<float>(output);
  const float offset = options.half_pixel_centers ? 0.5F : 0.0F;
  std::vector<int64_t> neighbors;
  for (int32_t i = 0; i < output; ++i) {
    const float at = (static_cast<float>(i) + offset) * scale;
    const float place = options.align_corners ? std::round(at) : std::floor(at);
    neighbors.push_back(
        std::min<int64_t>(static_cast<int64_t>(place), input - 1));
  }
  return neighbors;
}

}  // namespace

Result<Invocation> PrepareResizeBilinear(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const ResizeTensors tensors, TakeTensors(op));
  TINYML_RETURN_IF_ERROR(CheckRuns(op, *tensors.output,
                                   {TensorType::kFloat32, TensorType::kInt8}));
  const auto& options = op.Options<ResizeBilinearOptions>();
  const int32_t height = tensors.input->Dim(1);
  const int32_t width = tensors.input->Dim(2);
  if (tensors.output->type == TensorType::kFloat32) {
    auto rows = FloatPositions(height, tensors.height, options);
    auto columns = FloatPositions(width, tensors.width, options);
    TINYML_RETURN_IF_ERROR(CheckInside(op, rows, height));
    TINYML_RETURN_IF_ERROR(CheckInside(op, columns, width));
    return Bilinear<float>(tensors, std::move(rows), std::move(columns));
  }
  // Beyond this, upstream overflows.
  constexpr int32_t kMostInt8 = 1 << 20;
  TINYML_REQUIRE(
      op, std::max({height, width, tensors.height, tensors.width}) <= kMostInt8,
      "input " + tensors.input->Describe() + " or output " +
          tensors.output->Describe() + " is too large");
  auto rows = IntegerPositions(height, tensors.height, options);
  auto columns = IntegerPositions(width, tensors.width, options);
  TINYML_RETURN_IF_ERROR(CheckInside(op, rows, height));
  TINYML_RETURN_IF_ERROR(CheckInside(op, columns, width));
  return Bilinear<int8_t>(tensors, std::move(rows), std::move(columns));
}

// It writes one row after the other, as if the output had the requested size.
Result<Invocation> PrepareResizeNearestNeighbor(OpContext& op) {
  TINYML_ASSIGN_OR_RETURN(const ResizeTensors tensors, TakeTensors(op));
  TINYML_RETURN_IF_ERROR(
      CheckRuns(op, *tensors.output,
                {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16}));
  const auto& options = op.Options<ResizeNearestNeighborOptions>();
  return [tensors, partial = IsPartial(tensors),
          rows = Neighbors(tensors.input->Dim(1), tensors.height, options),
          columns = Neighbors(tensors.input->Dim(2), tensors.width,
                              options)]() -> Status {
    const TensorView& input = *tensors.input;
    if (partial) Clear(*tensors.output);
    const int64_t pixel = input.Dim(3) * tensors.element;
    if (pixel == 0) return {};
    const int64_t row_bytes = input.Dim(2) * pixel;
    const uint8_t* image = input.bytes.data();
    uint8_t* to = tensors.output->writable;
    for (int32_t b = 0; b < input.Dim(0); ++b) {
      for (const int64_t y : rows) {
        for (const int64_t x : columns) {
          std::memmove(to, image + y * row_bytes + x * pixel,
                       static_cast<size_t>(pixel));
          to += pixel;
        }
      }
      image += input.Dim(1) * row_bytes;
    }
    return {};
  };
}

}  // namespace tinyml::ops
