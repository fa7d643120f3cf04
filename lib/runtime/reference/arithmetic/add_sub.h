// ADD: what the overlay shares with the reference kernel.
#ifndef TINYML_RUNTIME_REFERENCE_ARITHMETIC_ADD_SUB_H_
#define TINYML_RUNTIME_REFERENCE_ARITHMETIC_ADD_SUB_H_

#include "runtime/abi/abi.h"
#include "runtime/kernels/operands.h"

namespace tinyml::runtime {

// micro/kernels/add.h, OpDataAdd; cmsis_nn/add.cc has an equal OpData.
inline constexpr Field kOpDataAddFields[] = {
    Bool(), Int32(2), Int32(2), Int32(3), Int32(2), Int32(3), Float(2)};
inline constexpr StructDef kOpDataAdd = {"OpDataAdd", kOpDataAddFields};

// With Change::kInfineonKernelData: what the binary asks for.
inline constexpr Field kInfineonOpDataAddFields[] = {Struct(kOpDataAdd),
                                                     Pointer()};
inline constexpr StructDef kInfineonOpDataAdd = {"OpDataAdd",
                                                 kInfineonOpDataAddFields};

// Allocates the data of ADD on CMSIS-NN.
Status InitAdd(KernelContext& context);

// Without Change::kKernelsOf2022, which takes int8 and uint8 and checks no
// types. Source: tinyMLx/arduino-library 6b54b97, micro/kernels/cmsis-nn/
// add.cpp.
Status PrepareAddOf2020(KernelContext& context, const BinaryOperands& operands);

// The loop over integers of one shape: the reference one asserts the range of
// the inputs' zero points, as every loop over int8 that broadcasts does.
enum class AddLoop : uint8_t { kAssertsZeroPoints, kAssertsNothing };

// What Prepare does once it has its operands, and what the kernel asserts when
// it runs. Source: tflite-micro 90b983c2b3f1, micro/kernels/add_common.cc,
// CalculateOpDataAdd; AddEval and CMSIS-NN's EvalAdd.
Status PrepareAdd(KernelContext& context, const BinaryOperands& operands,
                  AddLoop loop);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REFERENCE_ARITHMETIC_ADD_SUB_H_
