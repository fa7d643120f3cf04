// Defects of CMSIS-NN's kernels that move values or keep state. Source, unless
// a row names another: CMSIS-NN 4ab83cc3cc98, Source/; tflite-micro
// 90b983c2b3f1, micro/kernels/cmsis_nn/. What "measured" means,
// cmsis_nn_conv_hazards.cc says.
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/hazards/rows.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

HazardFinding PoolingBatches(const HazardSite& site) {
  const bool is_int =
      site.InputIs(0, TensorType::kInt8) || site.InputIs(0, TensorType::kInt16);
  return MetIf(is_int && site.Input(0)->Dim(0) > 1,
               "it leaves " +
                   std::to_string(is_int ? site.Input(0)->Dim(0) - 1 : 0) +
                   " of its images unwritten");
}

HazardFinding TransposeOrder(const HazardSite& site) {
  const RuntimeTensor* order = site.Input(1);
  if (!site.InputIs(0, TensorType::kInt8) || order == nullptr ||
      site.Input(0)->Rank() != 2 || order->type != TensorType::kInt32) {
    return {};
  }
  const bool same = order->DataAs<int32_t>() == std::vector<int32_t>{0, 1};
  return MetIf(same && site.Input(0)->Dim(0) > 1 && site.Input(0)->Dim(1) > 1);
}

bool IsQuantizedLstm(const HazardSite& site) {
  return site.InputIs(0, TensorType::kInt8) ||
         site.InputIs(0, TensorType::kInt16);
}

HazardFinding LstmState(const HazardSite& site) {
  return MetIf(IsQuantizedLstm(site));
}

// Results are made three at a time and stored four at a time.
HazardFinding SvdfState(const HazardSite& site) {
  const RuntimeTensor* feature = site.Input(1);
  const RuntimeTensor* time = site.Input(2);
  const RuntimeTensor* state = site.Input(4);
  return MetIf(site.kernels().mve && feature != nullptr && time != nullptr &&
               state != nullptr && state->type == TensorType::kInt8 &&
               feature->Dim(0) % 3 == 0 && time->Dim(1) > 1);
}

constexpr HazardRow kRows[] = {
    {"cmsis-nn-pooling-batches", HazardSeverity::kUndefined,
     HazardCode::kCmsisNn, "tflm", "AVERAGE_POOL_2D, MAX_POOL_2D", std::nullopt,
     Change::kCmsisPoolingBatches, PoolingBatches,
     "pooling of int8 or int16 takes only the first image of its input",
     "tflite-micro 63819227bca7; pooling.cc before it, PopulateCommonParams",
     "run the model on one image at a time, or update the runtime"},
    {"cmsis-nn-transpose-order", HazardSeverity::kResults, HazardCode::kCmsisNn,
     "cmsis-nn", "TRANSPOSE", Change::kCmsisPadTranspose, std::nullopt,
     TransposeOrder,
     "an int8 TRANSPOSE of two dimensions transposes even where its order says "
     "to leave them",
     "measured; TransposeFunctions/arm_transpose_s8.c, the branch for two "
     "dimensions",
     "take the operator out: it is to change nothing"},
    {"cmsis-nn-svdf-state", HazardSeverity::kMemory, HazardCode::kCmsisNn,
     "cmsis-nn", "SVDF", std::nullopt, Change::kSvdfStateStores, SvdfState,
     "with Helium, an int8 SVDF whose number of filters is a multiple of 3 "
     "writes a byte past its state",
     "measured; CMSIS-NN 61d1bb6c4428; "
     "NNSupportFunctions/arm_nn_vec_mat_mult_t_s8.c at e98ee09a03dd",
     "take another number of units, or update CMSIS-NN"},
    {"cmsis-nn-lstm-state", HazardSeverity::kResults, HazardCode::kCmsisNn,
     "tflm", "UNIDIRECTIONAL_SEQUENCE_LSTM", Change::kCmsisLstmGates,
     std::nullopt, LstmState,
     "an int8 or int16 LSTM starts from zeros at every Invoke: what streams a "
     "sequence in parts gets other results from the second part on",
     "unidirectional_sequence_lstm.cc, CMSIS_NN_EvalInteger8x8_16Lstm, passes "
     "no state; LSTMFunctions/arm_lstm_unidirectional_s8.c then clears it",
     "give the model whole sequences, or use the reference kernel"},
};

}  // namespace

std::span<const HazardRow> CmsisNnMemoryHazards() { return kRows; }

}  // namespace tinyml::runtime
