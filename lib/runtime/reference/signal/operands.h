// The tensors of signal operators, taken and checked.
#ifndef TINYML_RUNTIME_REFERENCE_SIGNAL_OPERANDS_H_
#define TINYML_RUNTIME_REFERENCE_SIGNAL_OPERANDS_H_

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "runtime/kernels/kernel_context.h"
#include "tinyml/status.h"

namespace tinyml::runtime {

// What a kernel requires of one tensor.
struct Expected {
  std::string_view role;
  TensorType type = TensorType::kInt16;
  int rank = 1;
};

// Takes the inputs and outputs in this order and checks them.
Status TakeTensors(KernelContext& context,
                   std::initializer_list<Expected> inputs,
                   std::initializer_list<Expected> outputs);

// Refuses more rows than any arena could hold a buffer each for, so that
// hostile shapes cost no time.
Status CheckRows(const KernelContext& context, int64_t rows);

// Returns the size of the last dimension, by which the runtime divides; refuses
// 0.
Result<int32_t> InnermostDim(const KernelContext& context,
                             const RuntimeTensor& input);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REFERENCE_SIGNAL_OPERANDS_H_
