// The parameter structs that the runtime's parsers allocate for builtin
// operators. Operators that are not here get none.
//
// Source: tflite-micro 90b983c2b3f1, tensorflow/compiler/mlir/lite/core/c/
// builtin_op_data.h (fields) and tensorflow/lite/core/api/
// flatbuffer_conversions.cc (which parser allocates which).
#ifndef TINYML_RUNTIME_ABI_BUILTIN_PARAMS_H_
#define TINYML_RUNTIME_ABI_BUILTIN_PARAMS_H_

#include "runtime/abi/abi.h"

namespace tinyml::runtime {

inline constexpr Field kTfLitePaddingValuesFields[] = {Int32(4)};
inline constexpr StructDef kTfLitePaddingValues = {"TfLitePaddingValues",
                                                   kTfLitePaddingValuesFields};

inline constexpr Field kTfLiteAddParamsFields[] = {Enum(), Bool()};
inline constexpr StructDef kTfLiteAddParams = {"TfLiteAddParams",
                                               kTfLiteAddParamsFields};

inline constexpr Field kTfLiteArgMaxParamsFields[] = {Enum()};
inline constexpr StructDef kTfLiteArgMaxParams = {"TfLiteArgMaxParams",
                                                  kTfLiteArgMaxParamsFields};

inline constexpr Field kTfLiteArgMinParamsFields[] = {Enum()};
inline constexpr StructDef kTfLiteArgMinParams = {"TfLiteArgMinParams",
                                                  kTfLiteArgMinParamsFields};

inline constexpr Field kTfLiteBatchMatMulParamsFields[] = {Bool(3)};
inline constexpr StructDef kTfLiteBatchMatMulParams = {
    "TfLiteBatchMatMulParams", kTfLiteBatchMatMulParamsFields};

inline constexpr Field kTfLiteCallOnceParamsFields[] = {Int32()};
inline constexpr StructDef kTfLiteCallOnceParams = {
    "TfLiteCallOnceParams", kTfLiteCallOnceParamsFields};

inline constexpr Field kTfLiteCastParamsFields[] = {Enum(), Enum()};
inline constexpr StructDef kTfLiteCastParams = {"TfLiteCastParams",
                                                kTfLiteCastParamsFields};

inline constexpr Field kTfLiteConcatenationParamsFields[] = {Int32(), Enum()};
inline constexpr StructDef kTfLiteConcatenationParams = {
    "TfLiteConcatenationParams", kTfLiteConcatenationParamsFields};

inline constexpr Field kTfLiteConvParamsFields[] = {Enum(), Int32(2), Enum(),
                                                    Int32(2), Enum()};
inline constexpr StructDef kTfLiteConvParams = {"TfLiteConvParams",
                                                kTfLiteConvParamsFields};

// Without Change::kBiasTypeParams.
inline constexpr Field kOldTfLiteConvParamsFields[] = {Enum(), Int32(2), Enum(),
                                                       Int32(2)};
inline constexpr StructDef kOldTfLiteConvParams = {"TfLiteConvParams",
                                                   kOldTfLiteConvParamsFields};

inline constexpr Field kTfLiteCumsumParamsFields[] = {Bool(2)};
inline constexpr StructDef kTfLiteCumsumParams = {"TfLiteCumsumParams",
                                                  kTfLiteCumsumParamsFields};

inline constexpr Field kTfLiteDepthToSpaceParamsFields[] = {Int32()};
inline constexpr StructDef kTfLiteDepthToSpaceParams = {
    "TfLiteDepthToSpaceParams", kTfLiteDepthToSpaceParamsFields};

inline constexpr Field kTfLiteDepthwiseConvParamsFields[] = {Enum(), Int32(3),
                                                             Enum(), Int32(2)};
inline constexpr StructDef kTfLiteDepthwiseConvParams = {
    "TfLiteDepthwiseConvParams", kTfLiteDepthwiseConvParamsFields};

inline constexpr Field kTfLiteDivParamsFields[] = {Enum()};
inline constexpr StructDef kTfLiteDivParams = {"TfLiteDivParams",
                                               kTfLiteDivParamsFields};

inline constexpr Field kTfLiteFullyConnectedParamsFields[] = {Enum(), Enum(),
                                                              Bool(2), Enum()};
inline constexpr StructDef kTfLiteFullyConnectedParams = {
    "TfLiteFullyConnectedParams", kTfLiteFullyConnectedParamsFields};

// Without Change::kBiasTypeParams.
inline constexpr Field kOldTfLiteFullyConnectedParamsFields[] = {Enum(), Enum(),
                                                                 Bool(2)};
inline constexpr StructDef kOldTfLiteFullyConnectedParams = {
    "TfLiteFullyConnectedParams", kOldTfLiteFullyConnectedParamsFields};

inline constexpr Field kTfLiteGatherParamsFields[] = {Int32(2)};
inline constexpr StructDef kTfLiteGatherParams = {"TfLiteGatherParams",
                                                  kTfLiteGatherParamsFields};

inline constexpr Field kTfLiteIfParamsFields[] = {Int32(2)};
inline constexpr StructDef kTfLiteIfParams = {"TfLiteIfParams",
                                              kTfLiteIfParamsFields};

inline constexpr Field kTfLiteL2NormParamsFields[] = {Enum()};
inline constexpr StructDef kTfLiteL2NormParams = {"TfLiteL2NormParams",
                                                  kTfLiteL2NormParamsFields};

inline constexpr Field kTfLiteLeakyReluParamsFields[] = {Float()};
inline constexpr StructDef kTfLiteLeakyReluParams = {
    "TfLiteLeakyReluParams", kTfLiteLeakyReluParamsFields};

inline constexpr Field kTfLiteMirrorPaddingParamsFields[] = {Enum()};
inline constexpr StructDef kTfLiteMirrorPaddingParams = {
    "TfLiteMirrorPaddingParams", kTfLiteMirrorPaddingParamsFields};

inline constexpr Field kTfLiteMulParamsFields[] = {Enum()};
inline constexpr StructDef kTfLiteMulParams = {"TfLiteMulParams",
                                               kTfLiteMulParamsFields};

inline constexpr Field kTfLitePackParamsFields[] = {Int32(2)};
inline constexpr StructDef kTfLitePackParams = {"TfLitePackParams",
                                                kTfLitePackParamsFields};

inline constexpr Field kTfLitePoolParamsFields[] = {
    Enum(), Int32(4), Enum(), Struct(kTfLitePaddingValues)};
inline constexpr StructDef kTfLitePoolParams = {"TfLitePoolParams",
                                                kTfLitePoolParamsFields};

inline constexpr Field kTfLiteReducerParamsFields[] = {Bool()};
inline constexpr StructDef kTfLiteReducerParams = {"TfLiteReducerParams",
                                                   kTfLiteReducerParamsFields};

inline constexpr Field kTfLiteReshapeParamsFields[] = {Int32(8), Int32()};
inline constexpr StructDef kTfLiteReshapeParams = {"TfLiteReshapeParams",
                                                   kTfLiteReshapeParamsFields};

inline constexpr Field kTfLiteResizeBilinearParamsFields[] = {Bool(2)};
inline constexpr StructDef kTfLiteResizeBilinearParams = {
    "TfLiteResizeBilinearParams", kTfLiteResizeBilinearParamsFields};

inline constexpr Field kTfLiteResizeNearestNeighborParamsFields[] = {Bool(2)};
inline constexpr StructDef kTfLiteResizeNearestNeighborParams = {
    "TfLiteResizeNearestNeighborParams",
    kTfLiteResizeNearestNeighborParamsFields};

inline constexpr Field kTfLiteShapeParamsFields[] = {Enum()};
inline constexpr StructDef kTfLiteShapeParams = {"TfLiteShapeParams",
                                                 kTfLiteShapeParamsFields};

inline constexpr Field kTfLiteSoftmaxParamsFields[] = {Float()};
inline constexpr StructDef kTfLiteSoftmaxParams = {"TfLiteSoftmaxParams",
                                                   kTfLiteSoftmaxParamsFields};

inline constexpr Field kTfLiteSpaceToDepthParamsFields[] = {Int32()};
inline constexpr StructDef kTfLiteSpaceToDepthParams = {
    "TfLiteSpaceToDepthParams", kTfLiteSpaceToDepthParamsFields};

inline constexpr Field kTfLiteSplitParamsFields[] = {Int32()};
inline constexpr StructDef kTfLiteSplitParams = {"TfLiteSplitParams",
                                                 kTfLiteSplitParamsFields};

inline constexpr Field kTfLiteSplitVParamsFields[] = {Int32()};
inline constexpr StructDef kTfLiteSplitVParams = {"TfLiteSplitVParams",
                                                  kTfLiteSplitVParamsFields};

inline constexpr Field kTfLiteSqueezeParamsFields[] = {Int32(8), Int32()};
inline constexpr StructDef kTfLiteSqueezeParams = {"TfLiteSqueezeParams",
                                                   kTfLiteSqueezeParamsFields};

inline constexpr Field kTfLiteStridedSliceParamsFields[] = {Int32(5), Bool()};
inline constexpr StructDef kTfLiteStridedSliceParams = {
    "TfLiteStridedSliceParams", kTfLiteStridedSliceParamsFields};

// Without Change::kStridedSliceOffset.
inline constexpr Field kOldTfLiteStridedSliceParamsFields[] = {Int32(5)};
inline constexpr StructDef kOldTfLiteStridedSliceParams = {
    "TfLiteStridedSliceParams", kOldTfLiteStridedSliceParamsFields};

inline constexpr Field kTfLiteSubParamsFields[] = {Enum(), Bool()};
inline constexpr StructDef kTfLiteSubParams = {"TfLiteSubParams",
                                               kTfLiteSubParamsFields};

inline constexpr Field kTfLiteSVDFParamsFields[] = {Int32(), Enum(), Bool()};
inline constexpr StructDef kTfLiteSVDFParams = {"TfLiteSVDFParams",
                                                kTfLiteSVDFParamsFields};

inline constexpr Field kTfLiteTransposeConvParamsFields[] = {Enum(), Int32(2),
                                                             Enum(), Enum()};
inline constexpr StructDef kTfLiteTransposeConvParams = {
    "TfLiteTransposeConvParams", kTfLiteTransposeConvParamsFields};

// Without Change::kBiasTypeParams.
inline constexpr Field kOldTfLiteTransposeConvParamsFields[] = {
    Enum(), Int32(2), Enum()};
inline constexpr StructDef kOldTfLiteTransposeConvParams = {
    "TfLiteTransposeConvParams", kOldTfLiteTransposeConvParamsFields};

// Without Change::kTransposeConvParams.
inline constexpr Field kFirstTfLiteTransposeConvParamsFields[] = {Enum(),
                                                                  Int32(2)};
inline constexpr StructDef kFirstTfLiteTransposeConvParams = {
    "TfLiteTransposeConvParams", kFirstTfLiteTransposeConvParamsFields};

inline constexpr Field kTfLiteUnidirectionalSequenceLSTMParamsFields[] = {
    Enum(), Float(2), Bool(3)};
inline constexpr StructDef kTfLiteUnidirectionalSequenceLSTMParams = {
    "TfLiteUnidirectionalSequenceLSTMParams",
    kTfLiteUnidirectionalSequenceLSTMParamsFields};

inline constexpr Field kTfLiteUnpackParamsFields[] = {Int32(2)};
inline constexpr StructDef kTfLiteUnpackParams = {"TfLiteUnpackParams",
                                                  kTfLiteUnpackParamsFields};

inline constexpr Field kTfLiteVarHandleParamsFields[] = {Pointer(2)};
inline constexpr StructDef kTfLiteVarHandleParams = {
    "TfLiteVarHandleParams", kTfLiteVarHandleParamsFields};

inline constexpr Field kTfLiteWhileParamsFields[] = {Int32(2)};
inline constexpr StructDef kTfLiteWhileParams = {"TfLiteWhileParams",
                                                 kTfLiteWhileParamsFields};

// lite/kernels/internal/types.h, ArithmeticParams. The category is an enum
// class of uint8_t.
inline constexpr Field kArithmeticParamsFields[] = {
    Int8(),   Int32(3), Int32(2), Int32(),  Int32(4),
    Int32(2), Float(2), Int64(2), Int16(2), Int32(5)};
inline constexpr StructDef kArithmeticParams = {"ArithmeticParams",
                                                kArithmeticParamsFields};

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_ABI_BUILTIN_PARAMS_H_
