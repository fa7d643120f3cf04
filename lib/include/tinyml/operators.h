// Operator numbers of the TFLite format.
#ifndef TINYML_OPERATORS_H_
#define TINYML_OPERATORS_H_

#include <cstdint>
#include <string_view>

#include "tinyml/export.h"

namespace tinyml {

// One entry per operator of the format: identifier here, name and number there.
#define TINYML_BUILTIN_OPERATORS(X)                                         \
  X(kAdd, "ADD", 0)                                                         \
  X(kAveragePool2D, "AVERAGE_POOL_2D", 1)                                   \
  X(kConcatenation, "CONCATENATION", 2)                                     \
  X(kConv2D, "CONV_2D", 3)                                                  \
  X(kDepthwiseConv2D, "DEPTHWISE_CONV_2D", 4)                               \
  X(kDepthToSpace, "DEPTH_TO_SPACE", 5)                                     \
  X(kDequantize, "DEQUANTIZE", 6)                                           \
  X(kEmbeddingLookup, "EMBEDDING_LOOKUP", 7)                                \
  X(kFloor, "FLOOR", 8)                                                     \
  X(kFullyConnected, "FULLY_CONNECTED", 9)                                  \
  X(kHashtableLookup, "HASHTABLE_LOOKUP", 10)                               \
  X(kL2Normalization, "L2_NORMALIZATION", 11)                               \
  X(kL2Pool2D, "L2_POOL_2D", 12)                                            \
  X(kLocalResponseNormalization, "LOCAL_RESPONSE_NORMALIZATION", 13)        \
  X(kLogistic, "LOGISTIC", 14)                                              \
  X(kLshProjection, "LSH_PROJECTION", 15)                                   \
  X(kLstm, "LSTM", 16)                                                      \
  X(kMaxPool2D, "MAX_POOL_2D", 17)                                          \
  X(kMul, "MUL", 18)                                                        \
  X(kRelu, "RELU", 19)                                                      \
  X(kReluN1To1, "RELU_N1_TO_1", 20)                                         \
  X(kRelu6, "RELU6", 21)                                                    \
  X(kReshape, "RESHAPE", 22)                                                \
  X(kResizeBilinear, "RESIZE_BILINEAR", 23)                                 \
  X(kRnn, "RNN", 24)                                                        \
  X(kSoftmax, "SOFTMAX", 25)                                                \
  X(kSpaceToDepth, "SPACE_TO_DEPTH", 26)                                    \
  X(kSvdf, "SVDF", 27)                                                      \
  X(kTanh, "TANH", 28)                                                      \
  X(kConcatEmbeddings, "CONCAT_EMBEDDINGS", 29)                             \
  X(kSkipGram, "SKIP_GRAM", 30)                                             \
  X(kCall, "CALL", 31)                                                      \
  X(kCustom, "CUSTOM", 32)                                                  \
  X(kEmbeddingLookupSparse, "EMBEDDING_LOOKUP_SPARSE", 33)                  \
  X(kPad, "PAD", 34)                                                        \
  X(kUnidirectionalSequenceRnn, "UNIDIRECTIONAL_SEQUENCE_RNN", 35)          \
  X(kGather, "GATHER", 36)                                                  \
  X(kBatchToSpaceNd, "BATCH_TO_SPACE_ND", 37)                               \
  X(kSpaceToBatchNd, "SPACE_TO_BATCH_ND", 38)                               \
  X(kTranspose, "TRANSPOSE", 39)                                            \
  X(kMean, "MEAN", 40)                                                      \
  X(kSub, "SUB", 41)                                                        \
  X(kDiv, "DIV", 42)                                                        \
  X(kSqueeze, "SQUEEZE", 43)                                                \
  X(kUnidirectionalSequenceLstm, "UNIDIRECTIONAL_SEQUENCE_LSTM", 44)        \
  X(kStridedSlice, "STRIDED_SLICE", 45)                                     \
  X(kBidirectionalSequenceRnn, "BIDIRECTIONAL_SEQUENCE_RNN", 46)            \
  X(kExp, "EXP", 47)                                                        \
  X(kTopKV2, "TOPK_V2", 48)                                                 \
  X(kSplit, "SPLIT", 49)                                                    \
  X(kLogSoftmax, "LOG_SOFTMAX", 50)                                         \
  X(kDelegate, "DELEGATE", 51)                                              \
  X(kBidirectionalSequenceLstm, "BIDIRECTIONAL_SEQUENCE_LSTM", 52)          \
  X(kCast, "CAST", 53)                                                      \
  X(kPrelu, "PRELU", 54)                                                    \
  X(kMaximum, "MAXIMUM", 55)                                                \
  X(kArgMax, "ARG_MAX", 56)                                                 \
  X(kMinimum, "MINIMUM", 57)                                                \
  X(kLess, "LESS", 58)                                                      \
  X(kNeg, "NEG", 59)                                                        \
  X(kPadv2, "PADV2", 60)                                                    \
  X(kGreater, "GREATER", 61)                                                \
  X(kGreaterEqual, "GREATER_EQUAL", 62)                                     \
  X(kLessEqual, "LESS_EQUAL", 63)                                           \
  X(kSelect, "SELECT", 64)                                                  \
  X(kSlice, "SLICE", 65)                                                    \
  X(kSin, "SIN", 66)                                                        \
  X(kTransposeConv, "TRANSPOSE_CONV", 67)                                   \
  X(kSparseToDense, "SPARSE_TO_DENSE", 68)                                  \
  X(kTile, "TILE", 69)                                                      \
  X(kExpandDims, "EXPAND_DIMS", 70)                                         \
  X(kEqual, "EQUAL", 71)                                                    \
  X(kNotEqual, "NOT_EQUAL", 72)                                             \
  X(kLog, "LOG", 73)                                                        \
  X(kSum, "SUM", 74)                                                        \
  X(kSqrt, "SQRT", 75)                                                      \
  X(kRsqrt, "RSQRT", 76)                                                    \
  X(kShape, "SHAPE", 77)                                                    \
  X(kPow, "POW", 78)                                                        \
  X(kArgMin, "ARG_MIN", 79)                                                 \
  X(kFakeQuant, "FAKE_QUANT", 80)                                           \
  X(kReduceProd, "REDUCE_PROD", 81)                                         \
  X(kReduceMax, "REDUCE_MAX", 82)                                           \
  X(kPack, "PACK", 83)                                                      \
  X(kLogicalOr, "LOGICAL_OR", 84)                                           \
  X(kOneHot, "ONE_HOT", 85)                                                 \
  X(kLogicalAnd, "LOGICAL_AND", 86)                                         \
  X(kLogicalNot, "LOGICAL_NOT", 87)                                         \
  X(kUnpack, "UNPACK", 88)                                                  \
  X(kReduceMin, "REDUCE_MIN", 89)                                           \
  X(kFloorDiv, "FLOOR_DIV", 90)                                             \
  X(kReduceAny, "REDUCE_ANY", 91)                                           \
  X(kSquare, "SQUARE", 92)                                                  \
  X(kZerosLike, "ZEROS_LIKE", 93)                                           \
  X(kFill, "FILL", 94)                                                      \
  X(kFloorMod, "FLOOR_MOD", 95)                                             \
  X(kRange, "RANGE", 96)                                                    \
  X(kResizeNearestNeighbor, "RESIZE_NEAREST_NEIGHBOR", 97)                  \
  X(kLeakyRelu, "LEAKY_RELU", 98)                                           \
  X(kSquaredDifference, "SQUARED_DIFFERENCE", 99)                           \
  X(kMirrorPad, "MIRROR_PAD", 100)                                          \
  X(kAbs, "ABS", 101)                                                       \
  X(kSplitV, "SPLIT_V", 102)                                                \
  X(kUnique, "UNIQUE", 103)                                                 \
  X(kCeil, "CEIL", 104)                                                     \
  X(kReverseV2, "REVERSE_V2", 105)                                          \
  X(kAddN, "ADD_N", 106)                                                    \
  X(kGatherNd, "GATHER_ND", 107)                                            \
  X(kCos, "COS", 108)                                                       \
  X(kWhere, "WHERE", 109)                                                   \
  X(kRank, "RANK", 110)                                                     \
  X(kElu, "ELU", 111)                                                       \
  X(kReverseSequence, "REVERSE_SEQUENCE", 112)                              \
  X(kMatrixDiag, "MATRIX_DIAG", 113)                                        \
  X(kQuantize, "QUANTIZE", 114)                                             \
  X(kMatrixSetDiag, "MATRIX_SET_DIAG", 115)                                 \
  X(kRound, "ROUND", 116)                                                   \
  X(kHardSwish, "HARD_SWISH", 117)                                          \
  X(kIf, "IF", 118)                                                         \
  X(kWhile, "WHILE", 119)                                                   \
  X(kNonMaxSuppressionV4, "NON_MAX_SUPPRESSION_V4", 120)                    \
  X(kNonMaxSuppressionV5, "NON_MAX_SUPPRESSION_V5", 121)                    \
  X(kScatterNd, "SCATTER_ND", 122)                                          \
  X(kSelectV2, "SELECT_V2", 123)                                            \
  X(kDensify, "DENSIFY", 124)                                               \
  X(kSegmentSum, "SEGMENT_SUM", 125)                                        \
  X(kBatchMatmul, "BATCH_MATMUL", 126)                                      \
  X(kPlaceholderForGreaterOpCodes, "PLACEHOLDER_FOR_GREATER_OP_CODES", 127) \
  X(kCumsum, "CUMSUM", 128)                                                 \
  X(kCallOnce, "CALL_ONCE", 129)                                            \
  X(kBroadcastTo, "BROADCAST_TO", 130)                                      \
  X(kRfft2D, "RFFT2D", 131)                                                 \
  X(kConv3D, "CONV_3D", 132)                                                \
  X(kImag, "IMAG", 133)                                                     \
  X(kReal, "REAL", 134)                                                     \
  X(kComplexAbs, "COMPLEX_ABS", 135)                                        \
  X(kHashtable, "HASHTABLE", 136)                                           \
  X(kHashtableFind, "HASHTABLE_FIND", 137)                                  \
  X(kHashtableImport, "HASHTABLE_IMPORT", 138)                              \
  X(kHashtableSize, "HASHTABLE_SIZE", 139)                                  \
  X(kReduceAll, "REDUCE_ALL", 140)                                          \
  X(kConv3DTranspose, "CONV_3D_TRANSPOSE", 141)                             \
  X(kVarHandle, "VAR_HANDLE", 142)                                          \
  X(kReadVariable, "READ_VARIABLE", 143)                                    \
  X(kAssignVariable, "ASSIGN_VARIABLE", 144)                                \
  X(kBroadcastArgs, "BROADCAST_ARGS", 145)                                  \
  X(kRandomStandardNormal, "RANDOM_STANDARD_NORMAL", 146)                   \
  X(kBucketize, "BUCKETIZE", 147)                                           \
  X(kRandomUniform, "RANDOM_UNIFORM", 148)                                  \
  X(kMultinomial, "MULTINOMIAL", 149)                                       \
  X(kGelu, "GELU", 150)                                                     \
  X(kDynamicUpdateSlice, "DYNAMIC_UPDATE_SLICE", 151)                       \
  X(kRelu0To1, "RELU_0_TO_1", 152)                                          \
  X(kUnsortedSegmentProd, "UNSORTED_SEGMENT_PROD", 153)                     \
  X(kUnsortedSegmentMax, "UNSORTED_SEGMENT_MAX", 154)                       \
  X(kUnsortedSegmentSum, "UNSORTED_SEGMENT_SUM", 155)                       \
  X(kAtan2, "ATAN2", 156)                                                   \
  X(kUnsortedSegmentMin, "UNSORTED_SEGMENT_MIN", 157)                       \
  X(kSign, "SIGN", 158)                                                     \
  X(kBitcast, "BITCAST", 159)                                               \
  X(kBitwiseXor, "BITWISE_XOR", 160)                                        \
  X(kRightShift, "RIGHT_SHIFT", 161)                                        \
  X(kStablehloLogistic, "STABLEHLO_LOGISTIC", 162)                          \
  X(kStablehloAdd, "STABLEHLO_ADD", 163)                                    \
  X(kStablehloDivide, "STABLEHLO_DIVIDE", 164)                              \
  X(kStablehloMultiply, "STABLEHLO_MULTIPLY", 165)                          \
  X(kStablehloMaximum, "STABLEHLO_MAXIMUM", 166)                            \
  X(kStablehloReshape, "STABLEHLO_RESHAPE", 167)                            \
  X(kStablehloClamp, "STABLEHLO_CLAMP", 168)                                \
  X(kStablehloConcatenate, "STABLEHLO_CONCATENATE", 169)                    \
  X(kStablehloBroadcastInDim, "STABLEHLO_BROADCAST_IN_DIM", 170)            \
  X(kStablehloConvolution, "STABLEHLO_CONVOLUTION", 171)                    \
  X(kStablehloSlice, "STABLEHLO_SLICE", 172)                                \
  X(kStablehloCustomCall, "STABLEHLO_CUSTOM_CALL", 173)                     \
  X(kStablehloReduce, "STABLEHLO_REDUCE", 174)                              \
  X(kStablehloAbs, "STABLEHLO_ABS", 175)                                    \
  X(kStablehloAnd, "STABLEHLO_AND", 176)                                    \
  X(kStablehloCosine, "STABLEHLO_COSINE", 177)                              \
  X(kStablehloExponential, "STABLEHLO_EXPONENTIAL", 178)                    \
  X(kStablehloFloor, "STABLEHLO_FLOOR", 179)                                \
  X(kStablehloLog, "STABLEHLO_LOG", 180)                                    \
  X(kStablehloMinimum, "STABLEHLO_MINIMUM", 181)                            \
  X(kStablehloNegate, "STABLEHLO_NEGATE", 182)                              \
  X(kStablehloOr, "STABLEHLO_OR", 183)                                      \
  X(kStablehloPower, "STABLEHLO_POWER", 184)                                \
  X(kStablehloRemainder, "STABLEHLO_REMAINDER", 185)                        \
  X(kStablehloRsqrt, "STABLEHLO_RSQRT", 186)                                \
  X(kStablehloSelect, "STABLEHLO_SELECT", 187)                              \
  X(kStablehloSubtract, "STABLEHLO_SUBTRACT", 188)                          \
  X(kStablehloTanh, "STABLEHLO_TANH", 189)                                  \
  X(kStablehloScatter, "STABLEHLO_SCATTER", 190)                            \
  X(kStablehloCompare, "STABLEHLO_COMPARE", 191)                            \
  X(kStablehloConvert, "STABLEHLO_CONVERT", 192)                            \
  X(kStablehloDynamicSlice, "STABLEHLO_DYNAMIC_SLICE", 193)                 \
  X(kStablehloDynamicUpdateSlice, "STABLEHLO_DYNAMIC_UPDATE_SLICE", 194)    \
  X(kStablehloPad, "STABLEHLO_PAD", 195)                                    \
  X(kStablehloIota, "STABLEHLO_IOTA", 196)                                  \
  X(kStablehloDotGeneral, "STABLEHLO_DOT_GENERAL", 197)                     \
  X(kStablehloReduceWindow, "STABLEHLO_REDUCE_WINDOW", 198)                 \
  X(kStablehloSort, "STABLEHLO_SORT", 199)                                  \
  X(kStablehloWhile, "STABLEHLO_WHILE", 200)                                \
  X(kStablehloGather, "STABLEHLO_GATHER", 201)                              \
  X(kStablehloTranspose, "STABLEHLO_TRANSPOSE", 202)                        \
  X(kDilate, "DILATE", 203)                                                 \
  X(kStablehloRngBitGenerator, "STABLEHLO_RNG_BIT_GENERATOR", 204)          \
  X(kReduceWindow, "REDUCE_WINDOW", 205)                                    \
  X(kStablehloComposite, "STABLEHLO_COMPOSITE", 206)                        \
  X(kStablehloShiftLeft, "STABLEHLO_SHIFT_LEFT", 207)                       \
  X(kStablehloCbrt, "STABLEHLO_CBRT", 208)                                  \
  X(kStablehloCase, "STABLEHLO_CASE", 209)

enum class BuiltinOperator : int32_t {
#define TINYML_ENUMERATOR(identifier, name, number) identifier = number,
  TINYML_BUILTIN_OPERATORS(TINYML_ENUMERATOR)
#undef TINYML_ENUMERATOR
};

// Returns the format's name ("CONV_2D"), or "" for a number it does not have.
TINYML_API std::string_view BuiltinOperatorName(BuiltinOperator code);

}  // namespace tinyml

#endif  // TINYML_OPERATORS_H_
