#include "exec/esp_results.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <vector>

#include "tinyml/operators.h"

namespace tinyml::exec {
namespace {

// The operators of esp-tflite-micro's micro/kernels/esp_nn/. Each calls ESP-NN
// for int8 only.
constexpr std::array kEspNnOperators = {BuiltinOperator::kAdd,
                                        BuiltinOperator::kAveragePool2D,
                                        BuiltinOperator::kConv2D,
                                        BuiltinOperator::kDepthwiseConv2D,
                                        BuiltinOperator::kFullyConnected,
                                        BuiltinOperator::kMaxPool2D,
                                        BuiltinOperator::kMul,
                                        BuiltinOperator::kSoftmax};

bool IsInt8(const Subgraph& graph, const std::vector<TensorIndex>& list) {
  return !list.empty() && list[0] >= 0 &&
         graph.tensors[list[0]].type == TensorType::kInt8;
}

}  // namespace

std::string EspVectorCodeNote(const Model& model,
                              const runtime::Target& target) {
  if (target.kernels.library != runtime::KernelLibrary::kEspNn ||
      target.kernels.esp_variant == runtime::EspVariant::kGeneric) {
    return "";
  }
  std::set<std::string_view> names;
  int count = 0;
  for (const Subgraph& graph : model.subgraphs) {
    for (const Operator& op : graph.operators) {
      const BuiltinOperator code = model.CodeOf(op).Code();
      if (std::ranges::find(kEspNnOperators, code) == kEspNnOperators.end() ||
          !IsInt8(graph, op.inputs) || !IsInt8(graph, op.outputs)) {
        continue;
      }
      names.insert(BuiltinOperatorName(code));
      ++count;
    }
  }
  if (count == 0) return "";
  return fmt::format(
      "on the {}, {} operator{} ({}) may run ESP-NN's vector code, which was "
      "not compared: these are the reference kernels' results",
      target.kernels.esp_variant == runtime::EspVariant::kS3 ? "ESP32-S3"
                                                             : "ESP32-P4",
      count, count == 1 ? "" : "s", fmt::join(names, ", "));
}

}  // namespace tinyml::exec
