#include "quantize/refinements/channel_paths.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <utility>

#include "tinyml/options.h"

namespace tinyml::quantize {
namespace {

using Op = BuiltinOperator;
using Activation = ActivationFunctionType;

template <typename Options>
bool IsHomogeneous(const Operator& op) {
  const auto* options = op.options.As<Options>();
  return options != nullptr &&
         (options->fused_activation_function == Activation::kNone ||
          options->fused_activation_function == Activation::kRelu);
}

bool IsHomogeneousLayer(const Operator& op, Op code) {
  switch (code) {
    case Op::kConv2D:
      return IsHomogeneous<Conv2DOptions>(op);
    case Op::kDepthwiseConv2D:
      return IsHomogeneous<DepthwiseConv2DOptions>(op);
    case Op::kFullyConnected:
      return IsHomogeneous<FullyConnectedOptions>(op);
    case Op::kTransposeConv:
      return IsHomogeneous<TransposeConvOptions>(op);
    default:
      return false;
  }
}

// Of one subgraph: who reads what.
class Graph {
 public:
  Graph(const Model& model, size_t index)
      : model_(model), graph_(model.subgraphs[index]) {
    readers_.resize(graph_.tensors.size());
    writers_.resize(graph_.tensors.size());
    for (size_t i = 0; i < graph_.operators.size(); ++i) {
      for (const TensorIndex t : graph_.operators[i].inputs) {
        if (t == kNoTensor) continue;
        Readers& readers = readers_[t];
        ++readers.count;
        readers.last = static_cast<int>(i);
      }
      for (const TensorIndex t : graph_.operators[i].outputs) {
        if (t != kNoTensor) ++writers_[t];
      }
    }
    for (const auto* list : {&graph_.inputs, &graph_.outputs}) {
      for (const TensorIndex t : *list) {
        readers_[t].count += kSeen;
      }
    }
  }

  // Whether the layer alone uses its weights and bias.
  bool OwnsConstants(const Layer& layer) const {
    return IsOwn(layer.weights) &&
           (layer.bias == kNoTensor || IsOwn(layer.bias));
  }

  // The only operator that reads `tensor`, whose values nothing else reads.
  std::optional<int> Reader(TensorIndex tensor) const {
    const size_t t = tensor;
    if (readers_[t].count != 1 || writers_[t] != 1 ||
        graph_.tensors[t].is_variable) {
      return std::nullopt;
    }
    return readers_[t].last;
  }

  // Whether operator `index` hands on `tensor`, channel by channel of
  // `channels`: element i of what it writes is made of elements j with
  // j % channels == i % channels.
  bool KeepsChannels(int index, TensorIndex tensor, int64_t channels) const {
    const Operator& op = graph_.operators[index];
    if (op.inputs.empty() || op.inputs[0] != tensor || op.outputs.size() != 1 ||
        op.outputs[0] == kNoTensor) {
      return false;
    }
    const Op code = model_.CodeOf(op).Code();
    // Elements keep their order.
    if (code == Op::kReshape || code == Op::kSqueeze ||
        code == Op::kExpandDims) {
      return true;
    }
    const std::vector<int32_t>& dims = ShapeOf(tensor);
    const std::vector<int32_t>& made = ShapeOf(op.outputs[0]);
    if (dims.empty() || made.empty() || dims.back() != made.back() ||
        dims.back() % channels != 0) {
      return false;
    }
    switch (code) {
      case Op::kRelu:
      case Op::kLeakyRelu:
      case Op::kResizeNearestNeighbor:
      case Op::kResizeBilinear:
        return true;
      case Op::kAveragePool2D:
      case Op::kMaxPool2D:
        return IsHomogeneous<Pool2DOptions>(op);
      case Op::kPad:
        return PadsNoChannels(op, dims.size());
      case Op::kMean:
        return ReducesNoChannels(op, dims.size());
      default:
        return false;
    }
  }

 private:
  struct Readers {
    int64_t count = 0;
    int last = 0;
  };
  // A tensor that is also an input or output of the subgraph.
  static constexpr int64_t kSeen = int64_t{1} << 40;

  bool IsOwn(TensorIndex tensor) const {
    const size_t t = tensor;
    return readers_[t].count == 1 && writers_[t] == 0;
  }
  const std::vector<int32_t>& ShapeOf(TensorIndex tensor) const {
    return graph_.tensors[tensor].shape;
  }

  // The int32 constant that is input `i`.
  std::optional<std::vector<int32_t>> Ints(const Operator& op, size_t i) const {
    if (op.inputs.size() <= i || op.inputs[i] == kNoTensor) return std::nullopt;
    const Tensor& tensor = graph_.tensors[op.inputs[i]];
    const auto bytes = model_.DataOf(tensor);
    if (tensor.type != TensorType::kInt32 || bytes.empty() ||
        writers_[op.inputs[i]] != 0) {
      return std::nullopt;
    }
    std::vector<int32_t> values(bytes.size() / sizeof(int32_t));
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(int32_t));
    return values;
  }
  bool PadsNoChannels(const Operator& op, size_t rank) const {
    const auto padding = Ints(op, 1);
    return op.inputs.size() == 2 && padding && padding->size() == 2 * rank &&
           padding->at(2 * rank - 2) == 0 && padding->at(2 * rank - 1) == 0;
  }
  bool ReducesNoChannels(const Operator& op, size_t rank) const {
    const auto axes = Ints(op, 1);
    return axes && std::ranges::none_of(*axes, [&](int32_t axis) {
             return axis == -1 || axis == static_cast<int32_t>(rank) - 1;
           });
  }

  const Model& model_;
  const Subgraph& graph_;
  std::vector<Readers> readers_;
  std::vector<int> writers_;
};

}  // namespace

std::vector<ChannelPath> ChannelPaths(const Model& model) {
  const std::vector<Layer> layers = LayersOf(model);
  std::map<OperatorId, const Layer*> by_operator;
  for (const Layer& layer : layers) {
    by_operator[layer.id] = &layer;
  }
  std::vector<Graph> graphs;
  for (size_t i = 0; i < model.subgraphs.size(); ++i) {
    graphs.emplace_back(model, i);
  }
  std::vector<ChannelPath> paths;
  for (const Layer& first : layers) {
    const size_t s = first.id.subgraph;
    const Subgraph& subgraph = model.subgraphs[s];
    const Graph& graph = graphs[s];
    const auto first_matrix = LayerMatrix::Of(model, first);
    if (!first_matrix || !graph.OwnsConstants(first) ||
        !IsHomogeneousLayer(subgraph.operators[first.id.index], first.code)) {
      continue;
    }
    const int64_t channels = first_matrix->rows();
    TensorIndex tensor = first.output;
    // As many steps as there are operators: a loop would be no valid graph.
    for (size_t step = 0; step < subgraph.operators.size(); ++step) {
      const auto reader = graph.Reader(tensor);
      if (!reader) break;
      const auto found = by_operator.find({first.id.subgraph, *reader});
      if (found == by_operator.end()) {
        if (!graph.KeepsChannels(*reader, tensor, channels)) break;
        tensor = subgraph.operators[*reader].outputs[0];
        continue;
      }
      const Layer& second = *found->second;
      const auto second_matrix = LayerMatrix::Of(model, second);
      if (second_matrix && second.input == tensor &&
          graph.OwnsConstants(second) &&
          second_matrix->InputChannels() % channels == 0) {
        paths.push_back({first, second, *first_matrix, *second_matrix});
      }
      break;
    }
  }
  return paths;
}

}  // namespace tinyml::quantize
