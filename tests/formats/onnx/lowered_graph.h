// An ONNX graph built by hand, lowered, looked at and run:
//
//   LoweredGraph graph;
//   const ValueId x = graph.Input({1, 3, 4, 4}, ChannelsLast(4));
//   const ValueId y = graph.Node("ReduceMean", {x, graph.Ints({2, 3})});
//   EXPECT_THAT(graph.Lower(y), ElementsAre("MEAN"));
#ifndef TINYML_TESTS_FORMATS_ONNX_LOWERED_GRAPH_H_
#define TINYML_TESTS_FORMATS_ONNX_LOWERED_GRAPH_H_

#include <cstring>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "formats/onnx/graph.h"
#include "formats/onnx/lowering.h"
#include "tinyml/interpreter.h"
#include "tinyml/operators.h"
#include "tinyml/target.h"

namespace tinyml::onnx_import {

class LoweredGraph {
 public:
  using Attributes = std::map<std::string, Attribute, std::less<>>;

  explicit LoweredGraph(int64_t opset = 18) { graph_.opset = opset; }

  ValueId Input(Shape shape, Layout layout = {},
                TensorType type = TensorType::kFloat32) {
    const ValueId id = Add();
    if (layout.empty()) layout = Canonical(shape.size());
    inputs_.push_back({id, type, std::move(shape), std::move(layout)});
    return id;
  }
  ValueId Known(Constant constant) {
    const ValueId id = Add();
    graph_.values.back().constant = std::move(constant);
    return id;
  }
  ValueId Ints(const std::vector<int64_t>& values) {
    return Known(Constant::Of({static_cast<int64_t>(values.size())}, values));
  }
  ValueId Floats(const std::vector<float>& values) {
    return Known(Constant::Of({static_cast<int64_t>(values.size())}, values));
  }
  ValueId Scalar(float value) {
    return Known(Constant::Of({}, std::vector<float>{value}));
  }
  ValueId Node(std::string op, std::vector<ValueId> inputs,
               Attributes attributes = {}) {
    onnx_import::Node& node = graph_.nodes.emplace_back();
    node.op_type = std::move(op);
    node.inputs = std::move(inputs);
    node.attributes = std::move(attributes);
    const ValueId id = Add();
    graph_.nodes.back().outputs = {id};
    return id;
  }
  Graph& graph() { return graph_; }

  // Lowers everything; `output` becomes the model's, in the order in which it
  // lies. Returns the names of the operators, or the error alone.
  std::vector<std::string> Lower(ValueId output) {
    lowering_ = std::make_unique<Lowering>(graph_);
    for (size_t i = 0; i < graph_.values.size(); ++i) {
      if (graph_.values[i].constant) {
        lowering_->DefineInitializer(static_cast<ValueId>(i),
                                     *graph_.values[i].constant);
      }
    }
    for (const auto& input : inputs_) {
      const TensorIndex tensor = lowering_->NewTensor(
          input.type, InLayout(input.shape, input.layout), "input");
      lowering_->subgraph().inputs.push_back(tensor);
      lowering_->DefineInput(input.id, input.type, input.shape, tensor,
                             input.layout);
    }
    if (const Status status = lowering_->LowerNodes(); !status) {
      return {status.error().message};
    }
    if (lowering_->At(output).tensor != kNoTensor) {
      lowering_->subgraph().outputs = {lowering_->At(output).tensor};
    }
    std::vector<std::string> names;
    for (const Operator& op : lowering_->subgraph().operators) {
      names.emplace_back(BuiltinOperatorName(
          lowering_->model().operator_codes[op.opcode_index].builtin_code));
    }
    return names;
  }

  const Lowered& At(ValueId id) const { return lowering_->At(id); }
  // What lowering made of the constant `id`, or nothing.
  std::vector<int64_t> Folded(ValueId id) const {
    const Constant* constant = lowering_->ConstantOf(id);
    return constant == nullptr ? std::vector<int64_t>{} : constant->AsInt64();
  }
  std::vector<float> FoldedFloats(ValueId id) const {
    const Constant* constant = lowering_->ConstantOf(id);
    return constant == nullptr ? std::vector<float>{} : constant->AsFloat();
  }

  // Runs what was lowered; each input's values are those in memory.
  template <typename T>
  std::vector<T> Run(const std::vector<std::vector<T>>& inputs) {
    const Model model = lowering_->TakeModel();
    auto interpreter = Interpreter::Create(model, *Target::Parse("x86-64"));
    if (!interpreter) return {};
    const auto running = interpreter->Inputs();
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (running[i].writable.size() != inputs[i].size() * sizeof(T)) return {};
      std::memcpy(running[i].writable.data(), inputs[i].data(),
                  running[i].writable.size());
    }
    if (!interpreter->Invoke()) return {};
    const auto bytes = interpreter->Outputs()[0].bytes;
    std::vector<T> values(bytes.size() / sizeof(T));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }

 private:
  struct GivenInput {
    ValueId id;
    TensorType type;
    Shape shape;
    Layout layout;
  };

  ValueId Add() {
    const auto id = static_cast<ValueId>(graph_.values.size());
    graph_.values.emplace_back().name = "v" + std::to_string(id);
    return id;
  }

  Graph graph_;
  std::vector<GivenInput> inputs_;
  std::unique_ptr<Lowering> lowering_;
};

}  // namespace tinyml::onnx_import

#endif  // TINYML_TESTS_FORMATS_ONNX_LOWERED_GRAPH_H_
