// Defects of tflite-micro's kernels that upstream has mended since, or knows:
// matrices, sums of int16, scales that are not looked at. Source, unless a row
// names another: tflite-micro 90b983c2b3f1, micro/kernels/.
#include <cmath>
#include <cstdint>

#include "runtime/hazards/int16_sums.h"
#include "runtime/hazards/rows.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

HazardFinding BatchMatMulAdjoint(const HazardSite& site) {
  const RuntimeTensor* left = site.Input(0);
  const RuntimeTensor* right = site.Input(1);
  if (left == nullptr || right == nullptr ||
      !site.Options<BatchMatMulOptions>().adj_x) {
    return {};
  }
  return MetIf(left->Rank() > 2 && right->Rank() > 2 &&
               right->Dim(right->Rank() - 3) == 1 &&
               left->Dim(left->Rank() - 3) > 1);
}

HazardFinding FullyConnectedInt16Bias(const HazardSite& site) {
  const RuntimeTensor* bias = site.Input(2);
  return MetIf(site.InputIs(0, TensorType::kInt16) && bias != nullptr &&
               bias->type == TensorType::kInt32);
}

HazardFinding HalfPixelCenters(const HazardSite& site) {
  return MetIf(
      site.Options<ResizeNearestNeighborOptions>().half_pixel_centers &&
      site.Input(0) != nullptr && site.Output(0) != nullptr &&
      site.Input(0)->dims != site.Output(0)->dims);
}

bool IsQuantized(const RuntimeTensor& tensor) {
  return tensor.type == TensorType::kInt8 || tensor.type == TensorType::kInt16;
}

bool SameQuantization(const RuntimeTensor& a, const RuntimeTensor& b) {
  return std::abs(a.scale - b.scale) <= 1e-6F && a.zero_point == b.zero_point;
}

HazardFinding PoolingScales(const HazardSite& site) {
  const RuntimeTensor* input = site.Input(0);
  const RuntimeTensor* output = site.Output(0);
  return MetIf(input != nullptr && output != nullptr && IsQuantized(*input) &&
               !SameQuantization(*input, *output));
}

HazardFinding ConcatenationScales(const HazardSite& site) {
  const RuntimeTensor* output = site.Output(0);
  if (output == nullptr || !IsQuantized(*output)) return {};
  for (int i = 0; i < site.NumInputs(); ++i) {
    const RuntimeTensor* input = site.Input(i);
    if (input != nullptr && !SameQuantization(*input, *output)) {
      return input->Describe();
    }
  }
  return std::nullopt;
}

HazardFinding MulInt16(const HazardSite& site) {
  return MetIf(site.InputIs(0, TensorType::kInt16) &&
               site.OutputIs(0, TensorType::kInt16));
}

// The multiplier of a larger input scale than 32767 / (3 * 4096) does not fit
// into the product of 32 bits.
HazardFinding LogisticTanhRange(const HazardSite& site) {
  return MetIf(site.InputIs(0, TensorType::kInt16) &&
               static_cast<double>(site.Input(0)->scale) * 4096 * 3 >= 32768);
}

HazardFinding ReduceMaxZeroPoints(const HazardSite& site) {
  return MetIf(site.InputIs(0, TensorType::kInt8));
}

// Position of the LSTM's hidden state; kernels/lstm_shared.h.
constexpr int kLstmHiddenState = 18;

HazardFinding LstmOutputZeroPoint(const HazardSite& site) {
  return MetIf(site.InputIs(0, TensorType::kInt8) &&
               site.Input(kLstmHiddenState) != nullptr &&
               site.Input(kLstmHiddenState)->zero_point != 0);
}

constexpr HazardRow kRows[] = {
    {"tflm-batch-matmul-adjoint", HazardSeverity::kResults,
     HazardCode::kRuntime, "tflm", "BATCH_MATMUL", std::nullopt,
     Change::kBatchMatMulAdjoint, BatchMatMulAdjoint,
     "a BATCH_MATMUL of several transposed matrices (adj_x) with one on the "
     "right multiplies the wrong rows",
     "tflite-micro pull request 3413, c36885e9e691; batch_matmul.cc before it, "
     "BatchMatMulEval",
     "transpose the left input with TRANSPOSE, or update the runtime"},
    {"tflm-conv-int16-sum", HazardSeverity::kResults, HazardCode::kReference,
     "tflm", "CONV_2D", std::nullopt, Change::kInt16SumsAreInt64,
     Int16SumOverflows,
     "an int16 convolution without a bias sums up in int32, which its weights "
     "can leave",
     "tflite-micro 7ca66d18e748; conv.cc, ConvEval",
     "give it an int64 bias of zeros, or update the runtime"},
    {"tflm-fully-connected-int16-sum", HazardSeverity::kResults,
     HazardCode::kReference, "tflm", "FULLY_CONNECTED", Change::kInt16Movement,
     Change::kInt16SumsAreInt64, Int16SumOverflows,
     "a fully connected layer with int16 activations and no bias sums up in "
     "int32, which its weights can leave",
     "tflite-micro 51bee03bed47 and 7ca66d18e748; fully_connected.cc, "
     "FullyConnectedEval",
     "give it an int64 bias of zeros, or update the runtime"},
    {"tflm-fully-connected-int16-bias", HazardSeverity::kMemory,
     HazardCode::kReference, "tflm", "FULLY_CONNECTED", std::nullopt,
     Change::kInt16Movement, FullyConnectedInt16Bias,
     "a fully connected layer with int16 activations reads its bias as int64, "
     "whatever its type: the results are wrong, and it reads past the bias",
     "tflite-micro 39209b412a0e; fully_connected.cc before it, "
     "FullyConnectedEval",
     "make the bias int64, or update the runtime"},
    {"tflm-resize-nearest-half-pixel", HazardSeverity::kResults,
     HazardCode::kRuntime, "tflm", "RESIZE_NEAREST_NEIGHBOR", std::nullopt,
     Change::kResizeNearestHalfPixel, HalfPixelCenters,
     "RESIZE_NEAREST_NEIGHBOR ignores half_pixel_centers",
     "tflite-micro pull request 3279, ef48280f0896; "
     "resize_nearest_neighbor.cc before it",
     "convert the model without half_pixel_centers, or update the runtime"},
    {"tflm-pooling-scales", HazardSeverity::kResults, HazardCode::kRuntime,
     "tflm", "AVERAGE_POOL_2D, MAX_POOL_2D", std::nullopt,
     Change::kPoolingSameQuantization, PoolingScales,
     "pooling ignores that its output has another scale or zero point than its "
     "input",
     "tflite-micro pull request 3056, 12cd995e7203; pooling_common.cc before "
     "it",
     "quantize the output like the input, and follow it with QUANTIZE"},
    {"tflm-concatenation-scales", HazardSeverity::kResults,
     HazardCode::kRuntime, "tflm", "CONCATENATION", std::nullopt,
     Change::kConcatenationWithoutScales, ConcatenationScales,
     "CONCATENATION copies inputs of another scale or zero point than its "
     "output without rescaling them",
     "tflite-micro 50e7e5dbd848; concatenation.cc before it, EvalUnquantized",
     "follow such an input with QUANTIZE"},
    {"tflm-mul-int16", HazardSeverity::kUndefined, HazardCode::kRuntime, "tflm",
     "MUL", Change::kMulInt16, Change::kMulInt16Rescaled, MulInt16,
     "an int16 MUL multiplies by a factor, and clamps to a range, that nothing "
     "has set",
     "tflite-micro pull request 1733, 35899fbafc60; mul_common.cc before it, "
     "CalculateOpDataMul",
     "quantize to int8, or take a newer runtime"},
    {"tflm-logistic-tanh-range", HazardSeverity::kResults,
     HazardCode::kReference, "tflm", "LOGISTIC, TANH", std::nullopt,
     Change::kLogisticTanhRange, LogisticTanhRange,
     "an int16 LOGISTIC or TANH overflows if the scale of its input is above "
     "2.666",
     "tflite-micro pull request 2023, 24010d0ef859; logistic_common.cc and "
     "tanh.cc before it",
     "clamp the input to a smaller range before it is quantized"},
    {"tflm-reduce-max-zero-points", HazardSeverity::kUndefined,
     HazardCode::kRuntime, "tflm", "REDUCE_MAX", std::nullopt,
     Change::kReduceMaxZeroPoints, ReduceMaxZeroPoints,
     "an int8 REDUCE_MAX compares two zero points that nothing has set, and "
     "fails when it runs if they differ",
     "tflite-micro issue 2336, 2f97d8219297; reduce_common.cc before it, "
     "PrepareMaxHelper",
     "clear the arena before the interpreter is made, or take a newer runtime"},
    {"tflm-lstm-output-zero-point", HazardSeverity::kResults,
     HazardCode::kRuntime, "tflm", "UNIDIRECTIONAL_SEQUENCE_LSTM", std::nullopt,
     Change::kLstmOutputZeroPoint, LstmOutputZeroPoint,
     "an int8 LSTM subtracts the zero point of its output where it has to add "
     "it",
     "tflite-micro 0c46d6eebff6; micro_tensor_utils.cc before it, "
     "PortableCwiseMul",
     "take a newer runtime"},
};

}  // namespace

std::span<const HazardRow> TflmResultHazards() { return kRows; }

}  // namespace tinyml::runtime
