#include "formats/onnx/input_layout.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <vector>

namespace tinyml::onnx_import {
namespace {

constexpr std::array<std::string_view, 20> kWantChannelsLast = {
    "Conv",
    "ConvTranspose",
    "QLinearConv",
    "ConvInteger",
    "MaxPool",
    "AveragePool",
    "GlobalAveragePool",
    "GlobalMaxPool",
    "LpPool",
    "GlobalLpPool",
    "BatchNormalization",
    "InstanceNormalization",
    "GroupNormalization",
    "LRN",
    "Resize",
    "Upsample",
    "DepthToSpace",
    "SpaceToDepth",
    "PRelu",
    "MaxUnpool"};

// Operators whose first output has the axes of the value that flows in.
constexpr std::array<std::string_view, 36> kKeepAxes = {"Identity",
                                                        "Relu",
                                                        "Clip",
                                                        "LeakyRelu",
                                                        "Sigmoid",
                                                        "Tanh",
                                                        "Elu",
                                                        "Selu",
                                                        "HardSigmoid",
                                                        "HardSwish",
                                                        "Mish",
                                                        "Gelu",
                                                        "Softplus",
                                                        "Softsign",
                                                        "Erf",
                                                        "Exp",
                                                        "Log",
                                                        "Sqrt",
                                                        "Abs",
                                                        "Neg",
                                                        "Add",
                                                        "Sub",
                                                        "Mul",
                                                        "Div",
                                                        "Pow",
                                                        "Max",
                                                        "Min",
                                                        "Sum",
                                                        "Cast",
                                                        "Dropout",
                                                        "Pad",
                                                        "QuantizeLinear",
                                                        "DequantizeLinear",
                                                        "Floor",
                                                        "Concat",
                                                        "Where"};

template <size_t N>
bool Contains(const std::array<std::string_view, N>& list,
              std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace

Layout PreferredLayout(const Graph& graph, ValueId input, size_t rank) {
  if (rank < 3) return Canonical(rank);
  // By value: axis i of it is axis axes[i] of the input.
  struct Reached {
    ValueId value;
    std::vector<int> axes;
  };
  std::vector<Reached> queue = {{input, Canonical(rank)}};
  std::set<ValueId> seen = {input};
  std::vector<std::vector<const Node*>> readers(graph.values.size());
  for (const Node& node : graph.nodes) {
    for (const ValueId id : node.inputs) {
      if (id != kNoValue) readers[id].push_back(&node);
    }
  }
  for (size_t at = 0; at < queue.size(); ++at) {
    for (const Node* reader : readers[queue[at].value]) {
      const Node& node = *reader;
      const std::vector<int> axes = queue[at].axes;
      if (Contains(kWantChannelsLast, node.op_type)) {
        if (node.inputs[0] != queue[at].value) continue;  // A weight.
        Layout layout;
        for (const int axis : ChannelsLast(rank)) {
          layout.push_back(axes[axis]);
        }
        return layout;
      }
      std::vector<int> next = axes;
      if (node.op_type == "Transpose") {
        std::vector<int64_t> order = node.Ints("perm");
        if (order.empty()) {
          for (size_t i = rank; i-- > 0;) {
            order.push_back(static_cast<int64_t>(i));
          }
        }
        if (order.size() != rank) continue;
        bool sound = true;
        for (size_t i = 0; i < rank; ++i) {
          sound &= order[i] >= 0 && order[i] < static_cast<int64_t>(rank);
          if (sound) next[i] = axes[order[i]];
        }
        if (!sound) continue;
      } else if (!Contains(kKeepAxes, node.op_type)) {
        continue;
      }
      if (!node.outputs.empty() && node.outputs[0] != kNoValue &&
          seen.insert(node.outputs[0]).second) {
        queue.push_back({node.outputs[0], std::move(next)});
      }
    }
  }
  return Canonical(rank);
}

}  // namespace tinyml::onnx_import
