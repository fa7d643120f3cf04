// Models of one operator, and what their simulation shows of its kernel.
#ifndef TINYML_TESTS_RUNTIME_REFERENCE_ONE_OPERATOR_H_
#define TINYML_TESTS_RUNTIME_REFERENCE_ONE_OPERATOR_H_

#include <flatbuffers/flexbuffers.h>

#include <functional>
#include <string>
#include <vector>

#include "runtime/simulate.h"
#include "tinyml/options.h"

namespace tinyml::runtime {

// Quantized if `scale` is not 0.
Tensor MakeTensor(TensorType type, std::vector<int32_t> shape,
                  float scale = 0.0F, int64_t zero_point = 0);

// All tensors but the last `outputs` are inputs.
Model OneOperator(BuiltinOperator code, std::vector<Tensor> tensors,
                  OperatorOptions options = {}, size_t outputs = 1);
// A custom operator; `fill` writes its map of options.
Model OneCustomOperator(const std::string& custom_code,
                        std::vector<Tensor> tensors, size_t outputs,
                        const std::function<void(flexbuffers::Builder&)>& fill);

// Makes tensor `index` a constant of int32 values.
void SetConstant(Model& model, size_t index,
                 const std::vector<int32_t>& values);

// A target of 32 bits whose enums are short.
Target MakeTarget(KernelLibrary library = KernelLibrary::kReference);

Result<Simulation> Allocate(const Model& model,
                            KernelLibrary library = KernelLibrary::kReference);

// The error's message; empty if there is none.
std::string ErrorOf(const Model& model, const Target& target);

// Bytes of the scratch requests, and of the persistent ones of one phase.
std::vector<int64_t> ScratchBytes(const Simulation& simulation);
std::vector<int64_t> PersistentBytes(const Simulation& simulation, Phase phase);

}  // namespace tinyml::runtime

#endif  // TINYML_TESTS_RUNTIME_REFERENCE_ONE_OPERATOR_H_
