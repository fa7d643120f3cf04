#include "runtime/abi/builtin_params.h"
#include "runtime/reference/layers/conv_2d.h"
#include "runtime/reference/layers/depthwise_conv_2d.h"
#include "runtime/reference/layers/fully_connected.h"
#include "runtime/reference/layers/layer_parsers.h"
#include "runtime/reference/layers/layers.h"
#include "runtime/reference/layers/pooling.h"
#include "runtime/reference/layers/transpose_conv.h"
#include "runtime/reference/sequence/batch_matmul.h"
#include "runtime/reference/sequence/lstm.h"
#include "runtime/reference/sequence/softmax.h"
#include "runtime/reference/sequence/svdf.h"
#include "runtime/reference/tables.h"

namespace tinyml::runtime::reference {

std::span<const OperatorKernel> NeuralKernels() {
  static constexpr OperatorKernel kTable[] = {
      {BuiltinOperator::kAveragePool2D,
       {},
       &kTfLitePoolParams,
       nullptr,
       {PoolingInit, PoolingPrepare}},
      {BuiltinOperator::kBatchMatmul,
       {},
       &kTfLiteBatchMatMulParams,
       nullptr,
       {BatchMatMulInit, BatchMatMulPrepare}},
      {BuiltinOperator::kConv2D,
       {},
       &kTfLiteConvParams,
       ParseConv2D,
       {ConvInit, ConvPrepare}},
      {BuiltinOperator::kDepthwiseConv2D,
       {},
       &kTfLiteDepthwiseConvParams,
       nullptr,
       {ConvInit, DepthwiseConvPrepare}},
      {BuiltinOperator::kEmbeddingLookup,
       {},
       nullptr,
       nullptr,
       {nullptr, EmbeddingLookupPrepare}},
      {BuiltinOperator::kFullyConnected,
       {},
       &kTfLiteFullyConnectedParams,
       ParseFullyConnected,
       {FullyConnectedInit, FullyConnectedPrepare}},
      {BuiltinOperator::kL2Normalization,
       {},
       &kTfLiteL2NormParams,
       nullptr,
       {L2NormalizationInit, L2NormalizationPrepare}},
      {BuiltinOperator::kL2Pool2D,
       {},
       &kTfLitePoolParams,
       nullptr,
       {nullptr, L2PoolPrepare}},
      {BuiltinOperator::kLogSoftmax,
       {},
       nullptr,
       nullptr,
       {nullptr, LogSoftmaxPrepare}},
      {BuiltinOperator::kMaxPool2D,
       {},
       &kTfLitePoolParams,
       nullptr,
       {PoolingInit, PoolingPrepare}},
      {BuiltinOperator::kSoftmax,
       {},
       &kTfLiteSoftmaxParams,
       nullptr,
       {SoftmaxInit, SoftmaxPrepare}},
      {BuiltinOperator::kSvdf,
       {},
       &kTfLiteSVDFParams,
       nullptr,
       {SvdfInit, SvdfPrepare}},
      {BuiltinOperator::kTransposeConv,
       {},
       &kTfLiteTransposeConvParams,
       ParseTransposeConv,
       {TransposeConvInit, TransposeConvPrepare}},
      {BuiltinOperator::kUnidirectionalSequenceLstm,
       {},
       &kTfLiteUnidirectionalSequenceLSTMParams,
       nullptr,
       {LstmInit, LstmPrepare}},
  };
  return kTable;
}

}  // namespace tinyml::runtime::reference
