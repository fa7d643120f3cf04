#include "runtime/reference/sequence/lstm_full.h"

#include <array>
#include <cmath>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "base/macros.h"
#include "runtime/abi/abi.h"
#include "runtime/kernels/tensor_checks.h"
#include "runtime/reference/sequence/lstm.h"
#include "tinyml/options.h"

namespace tinyml::runtime {
namespace {

// micro/kernels/lstm_eval.h, IntegerLstmParameter.
inline constexpr Field kIntegerParametersFields[] = {
    Int32(34), Int16(), Int8(), Int32(6), Pointer(9), Int32(28)};
inline constexpr StructDef kIntegerParameters = {"IntegerLstmParameter",
                                                 kIntegerParametersFields};
inline constexpr Field kOpDataFields[] = {Bool(),
                                          Int32(12),
                                          Int32(),
                                          Pointer(),
                                          Bool(),
                                          Int32(2),
                                          Struct(kIntegerParameters)};
inline constexpr StructDef kOpData = {"UnidirectionalSequenceLstmOpData",
                                      kOpDataFields};
// Without Change::kLstmWithoutHybrid.
inline constexpr Field kHybridOpDataFields[] = {Bool(),
                                                Int32(12),
                                                Int32(),
                                                Pointer(),
                                                Bool(),
                                                Int32(2),
                                                Struct(kIntegerParameters),
                                                Float(16)};
inline constexpr StructDef kHybridOpData = {"UnidirectionalSequenceLstmOpData",
                                            kHybridOpDataFields};

constexpr int kOutputWeights = kLstmFirstInputWeights + 3;
constexpr int kRecurrentOutputWeights = kLstmFirstRecurrentWeights + 3;
constexpr int kProjectionBias = kLstmFirstProjection + 1;
constexpr int kIntermediates = 5;

// What the checks share.
struct Cell {
  int32_t batch = 0;
  int32_t inputs = 0;   // Of one step.
  int32_t outputs = 0;  // Of one step.
  int32_t cells = 0;
  bool layer_norm = false;
  bool is_int8 = false;
};

// Takes input `i`; refuses if the kernel would use it without looking whether
// it is there.
Result<const RuntimeTensor*> Take(KernelContext& context, int i) {
  const RuntimeTensor* tensor = context.TempInput(i);
  TINYML_RETURN_IF_ERROR(
      CheckPresent(context, tensor, "input " + std::to_string(i)));
  return tensor;
}

Status CheckShape(const KernelContext& context, const RuntimeTensor& tensor,
                  const std::vector<int32_t>& expected) {
  std::string shape;
  for (int32_t dim : expected) {
    shape += (shape.empty() ? "" : ",") + std::to_string(dim);
  }
  TINYML_ENSURE(context, tensor.dims == expected,
                tensor.Describe() + " should have shape [" + shape + "]");
  return {};
}

// An input that must have a shape and, unless `type` is nothing, a type.
Status CheckInput(KernelContext& context, int i, bool optional,
                  const std::vector<int32_t>& shape,
                  std::optional<TensorType> type) {
  const RuntimeTensor* tensor = context.TempInput(i);
  if (tensor == nullptr && optional) return {};
  TINYML_RETURN_IF_ERROR(
      CheckPresent(context, tensor, "input " + std::to_string(i)));
  TINYML_RETURN_IF_ERROR(CheckShape(context, *tensor, shape));
  return type.has_value() ? CheckType(context, *tensor,
                                      "input " + std::to_string(i), {*type})
                          : Status();
}

// CheckInputTensorDimensions.
Status CheckInputs(KernelContext& context, const Cell& cell) {
  const auto& options = context.Options<UnidirectionalSequenceLSTMOptions>();
  TINYML_ENSURE(context, options.cell_clip >= 0 && options.proj_clip >= 0,
                "a clip in its options is negative");
  const auto present = [&](int i) { return context.Input(i) != nullptr; };
  const bool coupled = !present(kLstmFirstInputWeights);
  for (int i : {0, 1, 2}) {
    TINYML_RETURN_IF_ERROR(CheckInput(context, kLstmFirstInputWeights + i,
                                      i == 0, {cell.cells, cell.inputs}, {}));
  }
  for (int i : {0, 1, 2}) {
    TINYML_RETURN_IF_ERROR(CheckInput(context, kLstmFirstRecurrentWeights + i,
                                      i == 0, {cell.cells, cell.outputs}, {}));
  }
  TINYML_ENSURE(context, coupled == !present(kLstmFirstRecurrentWeights),
                "it has weights of the input gate for the input or for the "
                "state only");
  const TensorType peephole =
      cell.is_int8 ? TensorType::kInt16
                   : context.Input(kLstmFirstInputWeights + 1)->type;
  for (int i : {0, 1, 2}) {
    TINYML_RETURN_IF_ERROR(CheckInput(context, kLstmFirstPeephole + i, true,
                                      {cell.cells}, peephole));
  }
  const bool into_input = present(kLstmFirstPeephole);
  const bool into_forget = present(kLstmFirstPeephole + 1);
  const bool into_output = present(kLstmFirstPeephole + 2);
  TINYML_ENSURE(context,
                ((into_input || coupled) && into_forget && into_output) ||
                    (!into_input && !into_forget && !into_output),
                "it has some of the peephole weights only");
  const TensorType bias =
      cell.is_int8 ? TensorType::kInt32 : TensorType::kFloat32;
  TINYML_ENSURE(context, !coupled || !present(kLstmFirstBias),
                "it has a bias of the input gate, but no weights");
  for (int i : {0, 1, 2, 3}) {
    TINYML_RETURN_IF_ERROR(CheckInput(context, kLstmFirstBias + i,
                                      i == 0 && coupled, {cell.cells}, bias));
  }
  TINYML_RETURN_IF_ERROR(CheckInput(context, kLstmFirstProjection, true,
                                    {cell.outputs, cell.cells}, {}));
  TINYML_RETURN_IF_ERROR(
      CheckInput(context, kProjectionBias, true, {cell.outputs}, bias));
  TINYML_ENSURE(context,
                present(kLstmFirstProjection) || !present(kProjectionBias),
                "it has a bias of the projection, but no weights");
  if (!cell.layer_norm) return {};
  TINYML_ENSURE(context, !coupled || !present(kLstmFirstLayerNorm),
                "it normalizes the input gate, which it does not have");
  const TensorType norm =
      cell.is_int8 ? TensorType::kInt16 : TensorType::kFloat32;
  for (int i : {0, 1, 2, 3}) {
    TINYML_RETURN_IF_ERROR(CheckInput(context, kLstmFirstLayerNorm + i,
                                      i == 0 && coupled, {cell.cells}, norm));
  }
  return {};
}

Status CheckState(const KernelContext& context, const RuntimeTensor* state,
                  int64_t elements) {
  TINYML_ENSURE(context, state != nullptr, "a state is missing");
  TINYML_ENSURE(context, state->IsVariable(),
                "its state " + state->Describe() + " is not a variable tensor");
  TINYML_ENSURE(context, state->Elements() == elements,
                "state " + state->Describe() + " should have " +
                    std::to_string(elements) + " elements");
  return {};
}

bool IsPowerOfTwo(float value) {
  const float log2 = std::log(value) * (1.0F / std::log(2.0F));
  return std::abs(log2 - std::round(log2)) < 1e-3F;
}

// PopulateQuantizedLstmParams8x8_16. Prepare ignores the status that it
// returns, but then temporary tensors are still in use.
Status PrepareInt8(KernelContext& context, const Cell& cell) {
  const RuntimeTensor* cell_state = context.TempInput(kLstmCellState);
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_ENSURE(context, cell_state->IsAffine() && output->IsAffine(),
                "the cell state or the output has no quantization parameters");
  context.TempInput(kLstmInput);
  for (int i = 1; i < kLstmFirstBias; ++i) context.TempInput(i);
  for (int i : {0, 1, 2, 3}) context.TempInput(kLstmFirstLayerNorm + i);
  context.TempInput(kLstmFirstProjection);
  context.TempInput(kLstmOutputState);
  for (int i = 0; i < kIntermediates; ++i) {
    if (i < kIntermediates - 1 && !cell.layer_norm) continue;
    const RuntimeTensor* tensor = context.TempIntermediate(i);
    TINYML_ENSURE(context, tensor != nullptr && tensor->IsAffine(),
                  "intermediate tensor " + std::to_string(i) +
                      " is missing or has no quantization parameters");
  }
  TINYML_ENSURE(context, IsPowerOfTwo(cell_state->scale),
                "the scale of cell state " + cell_state->Describe() +
                    " is not a power of two");
  return {};
}

// PopulatePrecomputedZPTimesWeightsWithBias.
Status PrecomputeSums(KernelContext& context, const Cell& cell) {
  context.TempInput(kLstmInput);
  context.TempInput(kLstmOutputState);
  for (int i = 1; i < kLstmFirstPeephole; ++i) context.TempInput(i);
  context.TempInput(kLstmFirstProjection);
  context.TempInput(kProjectionBias);
  context.TempIntermediate(kIntermediates - 1);
  const auto sums = [&](int i) -> Status {
    const RuntimeTensor* weights = context.Input(i);
    if (weights == nullptr) return {};
    TINYML_RETURN_IF_ERROR(CheckRank(context, *weights, "weights", 2));
    context.Persistent("sums of the weights", int64_t{4} * weights->Dim(0));
    return {};
  };
  // Forget, cell, output, input.
  for (int gate : {1, 2, 3, 0}) {
    if (!cell.layer_norm) context.TempInput(kLstmFirstBias + gate);
    TINYML_RETURN_IF_ERROR(sums(kLstmFirstInputWeights + gate));
    TINYML_RETURN_IF_ERROR(sums(kLstmFirstRecurrentWeights + gate));
  }
  return sums(kLstmFirstProjection);
}

// Weights in 8 bits and input in float.
Status PrepareHybrid(KernelContext& context, const Cell& cell,
                     const RuntimeTensor& input, const RuntimeTensor& weights) {
  for (int i = 1; i < kLstmFirstBias; ++i) context.TempInput(i);
  context.TempInput(kLstmFirstProjection);
  const int64_t weight_bytes = RuntimeTypeBytes(weights.type);
  const int64_t batch = 4 * int64_t{cell.batch};
  const int64_t requests[] = {
      input.Elements() * weight_bytes,
      context.Input(kLstmOutputState)->Elements() * weight_bytes,
      context.Input(kLstmCellState)->Elements() * weight_bytes,
      batch,
      batch,
      batch,
      batch,
      4 * int64_t{cell.cells},
      batch * cell.cells,
      batch,
      batch};
  for (int64_t bytes : requests) {
    TINYML_RETURN_IF_ERROR(context.Scratch(bytes));
  }
  int64_t rows = context.Input(kLstmFirstInputWeights) == nullptr ? 6 : 8;
  if (context.TempInput(kLstmFirstProjection) != nullptr && cell.cells > 0) {
    rows += (cell.outputs + cell.cells - 1) / cell.cells;
  }
  context.Persistent("sums of rows", 4 * rows * cell.cells);
  return {};
}

}  // namespace

Status InitFullLstm(KernelContext& context) {
  context.Persistent(context.Has(Change::kLstmWithoutHybrid) ? kOpData
                                                             : kHybridOpData);
  return {};
}

Status PrepareFullLstm(KernelContext& context) {
  const int count = context.NumInputs();
  TINYML_ENSURE(context, count == 20 || count == kLstmInputs,
                "it needs 20 or 24 inputs");
  Cell cell;
  cell.layer_norm = count == kLstmInputs &&
                    context.TempInput(kLstmFirstLayerNorm + 1) != nullptr;
  TINYML_ENSURE(context, context.NumOutputs() == 1, "it needs 1 output");
  TINYML_ASSIGN_OR_RETURN(const RuntimeTensor* input,
                          Take(context, kLstmInput));
  cell.is_int8 = input->type == TensorType::kInt8;
  TINYML_ENSURE(context, input->Rank() > 1,
                "input " + input->Describe() + " should have rank 3");
  const bool time_major =
      context.Options<UnidirectionalSequenceLSTMOptions>().time_major;
  cell.batch = input->Dim(time_major ? 1 : 0);
  cell.inputs = input->Dim(2);
  TINYML_ASSIGN_OR_RETURN(const RuntimeTensor* weights,
                          Take(context, kOutputWeights));
  cell.cells = weights->Dim(0);
  TINYML_RETURN_IF_ERROR(
      CheckShape(context, *weights, {cell.cells, cell.inputs}));
  TINYML_ASSIGN_OR_RETURN(const RuntimeTensor* recurrent,
                          Take(context, kRecurrentOutputWeights));
  cell.outputs = recurrent->Dim(1);
  TINYML_RETURN_IF_ERROR(
      CheckShape(context, *recurrent, {cell.cells, cell.outputs}));
  TINYML_RETURN_IF_ERROR(CheckInputs(context, cell));
  const RuntimeTensor* output = context.TempOutput(0);
  TINYML_RETURN_IF_ERROR(CheckState(context,
                                    context.TempInput(kLstmOutputState),
                                    int64_t{cell.batch} * cell.outputs));
  TINYML_RETURN_IF_ERROR(CheckState(context, context.TempInput(kLstmCellState),
                                    int64_t{cell.batch} * cell.cells));
  TINYML_RETURN_IF_ERROR(CheckPresent(context, output, "output"));
  TINYML_RETURN_IF_ERROR(CheckShape(
      context, *output, {input->Dim(0), input->Dim(1), cell.outputs}));
  TINYML_ENSURE(
      context,
      !cell.is_int8 || context.op().intermediates.size() == kIntermediates,
      "it needs 5 intermediate tensors");
  const bool coupled = context.TempInput(kLstmFirstInputWeights) == nullptr;
  const int64_t states = int64_t{cell.batch} * cell.cells;
  if (!cell.is_int8) {
    TINYML_RETURN_IF_ERROR(context.Scratch(states * (coupled ? 3 : 4) *
                                           RuntimeTypeBytes(input->type)));
  }
  const bool hybrid =
      input->type == TensorType::kFloat32 &&
      HasType(*weights, {TensorType::kUInt8, TensorType::kInt8});
  if (hybrid && !context.Has(Change::kLstmWithoutHybrid)) {
    TINYML_RETURN_IF_ERROR(PrepareHybrid(context, cell, *input, *weights));
  }
  if (!cell.is_int8) return {};
  TINYML_RETURN_IF_ERROR(PrepareInt8(context, cell));
  for (int64_t bytes : {2, 2, 2, 2, 1}) {
    TINYML_RETURN_IF_ERROR(context.Scratch(states * bytes));
  }
  if (!context.Has(Change::kLstmWithoutSpareScratch)) {
    TINYML_RETURN_IF_ERROR(context.Scratch(states * 4));
  }
  return PrecomputeSums(context, cell);
}

}  // namespace tinyml::runtime
