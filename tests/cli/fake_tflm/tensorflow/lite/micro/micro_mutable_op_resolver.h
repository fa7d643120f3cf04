// The runtime's op resolver as far as a generated source uses it: the names of
// the methods, and room for a fixed number of registrations. For tests that
// compile and run what `convert --resolver` writes, without the runtime.
#ifndef TINYML_TESTS_FAKE_MICRO_MUTABLE_OP_RESOLVER_H_
#define TINYML_TESTS_FAKE_MICRO_MUTABLE_OP_RESOLVER_H_

enum TfLiteStatus { kTfLiteOk = 0, kTfLiteError = 1 };

struct TFLMRegistration {};

namespace tflite {

template <unsigned int tOpCount>
class MicroMutableOpResolver {
 public:
  TfLiteStatus AddCustom(const char* name, const TFLMRegistration* kernel) {
    return name != nullptr && kernel != nullptr ? Add() : kTfLiteError;
  }
  unsigned int GetRegistrationLength() const { return count_; }

  TfLiteStatus AddAbs() { return Add(); }
  TfLiteStatus AddAdd() { return Add(); }
  TfLiteStatus AddAddN() { return Add(); }
  TfLiteStatus AddArgMax() { return Add(); }
  TfLiteStatus AddArgMin() { return Add(); }
  TfLiteStatus AddAssignVariable() { return Add(); }
  TfLiteStatus AddAveragePool2D() { return Add(); }
  TfLiteStatus AddBatchMatMul() { return Add(); }
  TfLiteStatus AddBatchToSpaceNd() { return Add(); }
  TfLiteStatus AddBroadcastArgs() { return Add(); }
  TfLiteStatus AddBroadcastTo() { return Add(); }
  TfLiteStatus AddCallOnce() { return Add(); }
  TfLiteStatus AddCast() { return Add(); }
  TfLiteStatus AddCeil() { return Add(); }
  TfLiteStatus AddCircularBuffer() { return Add(); }
  TfLiteStatus AddConcatenation() { return Add(); }
  TfLiteStatus AddConv2D() { return Add(); }
  TfLiteStatus AddCos() { return Add(); }
  TfLiteStatus AddCumSum() { return Add(); }
  TfLiteStatus AddDecode() { return Add(); }
  TfLiteStatus AddDelay() { return Add(); }
  TfLiteStatus AddDepthToSpace() { return Add(); }
  TfLiteStatus AddDepthwiseConv2D() { return Add(); }
  TfLiteStatus AddDequantize() { return Add(); }
  TfLiteStatus AddDetectionPostprocess() { return Add(); }
  TfLiteStatus AddDiv() { return Add(); }
  TfLiteStatus AddDynamicUpdateSlice() { return Add(); }
  TfLiteStatus AddElu() { return Add(); }
  TfLiteStatus AddEmbeddingLookup() { return Add(); }
  TfLiteStatus AddEnergy() { return Add(); }
  TfLiteStatus AddEqual() { return Add(); }
  TfLiteStatus AddEthosU() { return Add(); }
  TfLiteStatus AddExp() { return Add(); }
  TfLiteStatus AddExpandDims() { return Add(); }
  TfLiteStatus AddFftAutoScale() { return Add(); }
  TfLiteStatus AddFill() { return Add(); }
  TfLiteStatus AddFilterBank() { return Add(); }
  TfLiteStatus AddFilterBankLog() { return Add(); }
  TfLiteStatus AddFilterBankSpectralSubtraction() { return Add(); }
  TfLiteStatus AddFilterBankSquareRoot() { return Add(); }
  TfLiteStatus AddFloor() { return Add(); }
  TfLiteStatus AddFloorDiv() { return Add(); }
  TfLiteStatus AddFloorMod() { return Add(); }
  TfLiteStatus AddFramer() { return Add(); }
  TfLiteStatus AddFullyConnected() { return Add(); }
  TfLiteStatus AddGather() { return Add(); }
  TfLiteStatus AddGatherNd() { return Add(); }
  TfLiteStatus AddGreater() { return Add(); }
  TfLiteStatus AddGreaterEqual() { return Add(); }
  TfLiteStatus AddHardSwish() { return Add(); }
  TfLiteStatus AddIf() { return Add(); }
  TfLiteStatus AddIrfft() { return Add(); }
  TfLiteStatus AddL2Normalization() { return Add(); }
  TfLiteStatus AddL2Pool2D() { return Add(); }
  TfLiteStatus AddLeakyRelu() { return Add(); }
  TfLiteStatus AddLess() { return Add(); }
  TfLiteStatus AddLessEqual() { return Add(); }
  TfLiteStatus AddLog() { return Add(); }
  TfLiteStatus AddLogSoftmax() { return Add(); }
  TfLiteStatus AddLogicalAnd() { return Add(); }
  TfLiteStatus AddLogicalNot() { return Add(); }
  TfLiteStatus AddLogicalOr() { return Add(); }
  TfLiteStatus AddLogistic() { return Add(); }
  TfLiteStatus AddMaxPool2D() { return Add(); }
  TfLiteStatus AddMaximum() { return Add(); }
  TfLiteStatus AddMean() { return Add(); }
  TfLiteStatus AddMinimum() { return Add(); }
  TfLiteStatus AddMirrorPad() { return Add(); }
  TfLiteStatus AddMul() { return Add(); }
  TfLiteStatus AddNeg() { return Add(); }
  TfLiteStatus AddNotEqual() { return Add(); }
  TfLiteStatus AddOverlapAdd() { return Add(); }
  TfLiteStatus AddPCAN() { return Add(); }
  TfLiteStatus AddPack() { return Add(); }
  TfLiteStatus AddPad() { return Add(); }
  TfLiteStatus AddPadV2() { return Add(); }
  TfLiteStatus AddPrelu() { return Add(); }
  TfLiteStatus AddQuantize() { return Add(); }
  TfLiteStatus AddReadVariable() { return Add(); }
  TfLiteStatus AddReduceAll() { return Add(); }
  TfLiteStatus AddReduceMax() { return Add(); }
  TfLiteStatus AddReduceMin() { return Add(); }
  TfLiteStatus AddRelu() { return Add(); }
  TfLiteStatus AddRelu6() { return Add(); }
  TfLiteStatus AddReshape() { return Add(); }
  TfLiteStatus AddResizeBilinear() { return Add(); }
  TfLiteStatus AddResizeNearestNeighbor() { return Add(); }
  TfLiteStatus AddReverseV2() { return Add(); }
  TfLiteStatus AddRfft() { return Add(); }
  TfLiteStatus AddRound() { return Add(); }
  TfLiteStatus AddRsqrt() { return Add(); }
  TfLiteStatus AddSelectV2() { return Add(); }
  TfLiteStatus AddShape() { return Add(); }
  TfLiteStatus AddSin() { return Add(); }
  TfLiteStatus AddSlice() { return Add(); }
  TfLiteStatus AddSoftmax() { return Add(); }
  TfLiteStatus AddSpaceToBatchNd() { return Add(); }
  TfLiteStatus AddSpaceToDepth() { return Add(); }
  TfLiteStatus AddSplit() { return Add(); }
  TfLiteStatus AddSplitV() { return Add(); }
  TfLiteStatus AddSqrt() { return Add(); }
  TfLiteStatus AddSquare() { return Add(); }
  TfLiteStatus AddSquaredDifference() { return Add(); }
  TfLiteStatus AddSqueeze() { return Add(); }
  TfLiteStatus AddStacker() { return Add(); }
  TfLiteStatus AddStridedSlice() { return Add(); }
  TfLiteStatus AddSub() { return Add(); }
  TfLiteStatus AddSum() { return Add(); }
  TfLiteStatus AddSvdf() { return Add(); }
  TfLiteStatus AddTanh() { return Add(); }
  TfLiteStatus AddTranspose() { return Add(); }
  TfLiteStatus AddTransposeConv() { return Add(); }
  TfLiteStatus AddUnidirectionalSequenceLSTM() { return Add(); }
  TfLiteStatus AddUnpack() { return Add(); }
  TfLiteStatus AddVarHandle() { return Add(); }
  TfLiteStatus AddWhile() { return Add(); }
  TfLiteStatus AddWindow() { return Add(); }
  TfLiteStatus AddZerosLike() { return Add(); }

 private:
  TfLiteStatus Add() {
    if (count_ == tOpCount) return kTfLiteError;
    ++count_;
    return kTfLiteOk;
  }

  unsigned int count_ = 0;
};

}  // namespace tflite

#endif  // TINYML_TESTS_FAKE_MICRO_MUTABLE_OP_RESOLVER_H_
