#include "quantize/rewrite/pool_to_mean.h"

#include <utility>
#include <vector>

#include "model/append.h"
#include "tinyml/model_builder.h"
#include "tinyml/options.h"

namespace tinyml::quantize {
namespace {

bool IsGlobal(const Subgraph& graph, const Operator& op) {
  const auto* options = op.options.As<Pool2DOptions>();
  if (options == nullptr || op.inputs.size() != 1 || op.outputs.size() != 1 ||
      options->fused_activation_function != ActivationFunctionType::kNone) {
    return false;
  }
  const Tensor& input = graph.tensors[op.inputs[0]];
  const Tensor& output = graph.tensors[op.outputs[0]];
  return input.type == TensorType::kFloat32 && input.shape.size() == 4 &&
         output.shape.size() == 4 && output.shape[1] == 1 &&
         output.shape[2] == 1 && options->filter_height == input.shape[1] &&
         options->filter_width == input.shape[2] &&
         // A single position has nothing to average.
         int64_t{input.shape[1]} * input.shape[2] > 1;
}

TensorIndex NewAxes(Model& model, Subgraph& graph) {
  Tensor tensor;
  tensor.name = "height_and_width";
  tensor.type = TensorType::kInt32;
  tensor.shape = {2};
  return AppendConstant(model, graph, std::move(tensor),
                        BufferOf<int32_t>({1, 2}));
}

}  // namespace

int PoolToMean(Model& model) {
  int replaced = 0;
  for (Subgraph& graph : model.subgraphs) {
    for (Operator& op : graph.operators) {
      if (model.CodeOf(op).Code() != BuiltinOperator::kAveragePool2D ||
          !IsGlobal(graph, op)) {
        continue;
      }
      op.opcode_index = OpcodeFor(model, BuiltinOperator::kMean);
      op.inputs.push_back(NewAxes(model, graph));
      ReducerOptions options;
      options.keep_dims = true;
      op.options = MakeOptions(options);
      ++replaced;
    }
  }
  return replaced;
}

}  // namespace tinyml::quantize
