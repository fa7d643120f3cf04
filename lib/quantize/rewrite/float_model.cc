#include "quantize/rewrite/float_model.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/macros.h"
#include "base/text.h"
#include "model/constants.h"
#include "model/fault.h"
#include "model/graph.h"
#include "quantize/parameters/plan.h"
#include "quantize/rewrite/weights.h"
#include "transform/passes.h"
#include "transform/rewriter.h"

namespace tinyml::quantize {
namespace {

bool IsQuantized(const Tensor& tensor) {
  switch (tensor.type) {
    case TensorType::kInt8:
    case TensorType::kUInt8:
    case TensorType::kInt16:
    case TensorType::kInt4:
    case TensorType::kInt2:
      return tensor.quantization && !tensor.quantization->scale.empty();
    default:
      return false;
  }
}

std::string Named(const Tensor& tensor) {
  return "tensor \"" + Printable(tensor.name) + "\"";
}

Status CheckTensor(const Model& model, const Tensor& tensor) {
  for (size_t i = 0; i < tensor.shape.size(); ++i) {
    const bool open = tensor.shape[i] < 0 ||
                      // An open batch is one sample.
                      (i > 0 && i < tensor.shape_signature.size() &&
                       tensor.shape_signature[i] < 0 && tensor.shape[i] <= 1);
    if (open) {
      return Fail(ErrorCode::kInvalid,
                  Named(tensor) + " leaves dimension " + std::to_string(i) +
                      " open, but the runtime needs fixed shapes: export the "
                      "model with fixed input shapes");
    }
  }
  if (!IsFloatConstant(model, tensor)) return {};
  const std::vector<float> values = FloatsOf(model, tensor);
  const auto bad = std::ranges::find_if(
      values, [](float value) { return std::isnan(value); });
  if (bad != values.end()) {
    return Fail(ErrorCode::kInvalid, "constant " + Named(tensor) +
                                         " has NaN at element " +
                                         std::to_string(bad - values.begin()) +
                                         ": the model cannot be quantized");
  }
  return {};
}

Status CheckLayers(const Model& model) {
  for (const Layer& layer : LayersOf(model)) {
    const auto& tensors = model.subgraphs[layer.id.subgraph].tensors;
    for (const TensorIndex index : {layer.weights, layer.bias}) {
      if (index == kNoTensor) continue;
      const Tensor& tensor = tensors[index];
      for (const float value : FloatsOf(model, tensor)) {
        if (std::isfinite(value)) continue;
        return FailAt(
            model, layer.id, ErrorCode::kInvalid,
            Named(tensor) + " holds infinity: the model cannot be quantized");
      }
    }
  }
  return {};
}

// An operator that computes on floats with integer weights, or on integers.
Status CheckOperator(const Model& model, size_t s, size_t i) {
  const Subgraph& graph = model.subgraphs[s];
  const Operator& op = graph.operators[i];
  bool has_float = false;
  const Tensor* quantized = nullptr;
  const auto look = [&](TensorIndex index) {
    if (index == kNoTensor) return;
    const Tensor& tensor = graph.tensors[index];
    has_float |= tensor.type == TensorType::kFloat32;
    if (IsQuantized(tensor)) quantized = &tensor;
  };
  std::ranges::for_each(op.inputs, look);
  std::ranges::for_each(op.outputs, look);
  if (quantized == nullptr) return {};
  const BuiltinOperator code = model.CodeOf(op).Code();
  const bool converts = code == BuiltinOperator::kQuantize ||
                        code == BuiltinOperator::kDequantize;
  const std::string what =
      Named(*quantized) + " is " + TensorTypeName(quantized->type);
  if (has_float && !converts) {
    return FailAt(model, OperatorId(s, i), ErrorCode::kInvalid,
                  what +
                      " next to float32: this is a hybrid model (dynamic-range "
                      "quantization), which the runtime refuses; quantize the "
                      "float model that it was made from");
  }
  return FailAt(model, OperatorId(s, i), ErrorCode::kInvalid,
                what +
                    ": the model is already quantized; quantize the float "
                    "model that it was made from");
}

Status Sort(Model& model) {
  for (Subgraph& graph : model.subgraphs) {
    TINYML_ASSIGN_OR_RETURN(const std::vector<OperatorIndex> order,
                            TopologicalOrder(graph));
    std::vector<Operator> sorted;
    sorted.reserve(order.size());
    for (const OperatorIndex index : order) {
      sorted.push_back(std::move(graph.operators[index]));
    }
    graph.operators = std::move(sorted);
  }
  return {};
}

}  // namespace

Status CheckFloatModel(const Model& model) {
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    for (size_t i = 0; i < model.subgraphs[s].operators.size(); ++i) {
      TINYML_RETURN_IF_ERROR(CheckOperator(model, s, i));
    }
    for (const Tensor& tensor : model.subgraphs[s].tensors) {
      TINYML_RETURN_IF_ERROR(CheckTensor(model, tensor));
    }
  }
  const bool has_float =
      std::ranges::any_of(model.subgraphs, [](const Subgraph& graph) {
        return std::ranges::any_of(graph.tensors, [](const Tensor& tensor) {
          return tensor.type == TensorType::kFloat32;
        });
      });
  if (!has_float) {
    return Fail(ErrorCode::kInvalid,
                "no tensor is float32: there is nothing to quantize");
  }
  return CheckLayers(model);
}

Result<Model> SortAndSimplify(const Model& model,
                              const std::vector<std::string>& skip,
                              std::vector<std::string>& done) {
  Model result = model;
  TINYML_RETURN_IF_ERROR(Sort(result));
  TINYML_RETURN_IF_ERROR(transform::Simplify(result, skip, &done));
  return result;
}

}  // namespace tinyml::quantize
