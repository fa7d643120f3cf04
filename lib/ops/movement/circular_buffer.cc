// CIRCULAR_BUFFER. Source: tflite-micro 90b983c2b3f1,
// micro/kernels/circular_buffer.cc, circular_buffer_common.cc.
#include <cstring>
#include <string>

#include "model/flexbuffer.h"
#include "ops/kernel.h"
#include "ops/movement/operands.h"

namespace tinyml::ops {
namespace {

constexpr std::string_view kName = "CIRCULAR_BUFFER";

// Option cycles_max of an operator; 0 without options.
int32_t CyclesOption(const Operator& op) {
  if (!op.custom_options.has_value() || op.custom_options->bytes().empty()) {
    return 0;
  }
  return FlexBuffer(op.custom_options->bytes()).RawInt32(0).value_or(0);
}

// CircularBufferPrepare's guess where the option is not given. It knows two
// models by their shapes, one of them by how many buffers were prepared since
// it last guessed 1, `prepared`.
int32_t GuessCycles(const std::vector<int32_t>& shape, int& prepared) {
  ++prepared;
  if (shape.size() < 4) return 2;
  const int32_t slots = shape[1];
  if (slots == 5 || slots == 13 || slots == 25 ||
      (prepared == 5 && shape[2] == 2 && shape[3] == 96)) {
    prepared = 0;
    return 1;
  }
  return 2;
}

// One in how many invocations continues past this operator. The runtime counts
// the buffers of all models in a program; this counts those of one.
int32_t CyclesOf(const OpContext& context) {
  const int32_t option = CyclesOption(context.op());
  if (option > 0) return option;
  const Model& model = context.model();
  int prepared = 0;
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    const Subgraph& graph = model.subgraphs[s];
    for (const Operator& op : graph.operators) {
      const OperatorCode& code = model.CodeOf(op);
      if (code.Code() != BuiltinOperator::kCustom ||
          code.custom_code != kName || CyclesOption(op) > 0 ||
          op.outputs.empty() || op.outputs[0] < 0) {
        continue;
      }
      const int32_t cycles =
          GuessCycles(graph.tensors[op.outputs[0]].shape, prepared);
      if (&op == &context.op()) return cycles;
    }
  }
  return 2;
}

}  // namespace

Result<Invocation> PrepareCircularBuffer(OpContext& op) {
  TINYML_RETURN_IF_ERROR(CheckOperands(op, 1, 1));
  const TensorView& input = *op.Input(0);
  const TensorView& output = *op.Output(0);
  TINYML_RETURN_IF_ERROR(CheckRuns(op, input, {TensorType::kInt8}));
  TINYML_REQUIRE(op, output.Rank() >= 4 && output.Dim(1) > 0,
                 "output " + output.Describe() + " has no slots");
  // Only the first element of a batch is kept.
  const int64_t depth = int64_t{output.Dim(2)} * output.Dim(3);
  const int64_t kept = (output.Dim(1) - 1) * depth;
  TINYML_RETURN_IF_ERROR(CheckHolds(op, input, depth, 1));
  TINYML_RETURN_IF_ERROR(CheckHolds(op, output, kept + depth, 1));
  if (kept + depth != output.Elements()) {
    op.Warn("it writes only the first of the batches of output " +
            output.Describe());
  }
  const int32_t cycles = CyclesOf(op);
  return [&op, from = input.bytes.data(), to = output.writable,
          depth = static_cast<size_t>(depth), kept = static_cast<size_t>(kept),
          cycles, left = cycles]() mutable -> Status {
    if (depth > 0) {
      std::memmove(to, to + depth, kept);
      std::memmove(to + kept, from, depth);
    }
    if (--left > 0) {
      op.session().EndInvocation();
    } else {
      left = cycles;
    }
    return {};
  };
}

}  // namespace tinyml::ops
