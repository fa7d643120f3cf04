#include "formats/onnx/import.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/log.h"
#include "base/macros.h"
#include "base/text.h"
#include "formats/onnx/expand_quantized.h"
#include "formats/onnx/graph.h"
#include "formats/onnx/input_layout.h"
#include "formats/onnx/lowering.h"
#include "tinyml/version.h"
#include "transform/passes.h"

namespace tinyml::onnx_import {
namespace {

// Nodes of operators that are not supported, whatever the rest of the import
// says; those of branches are seen when one is taken.
std::vector<std::string> Unsupported(const Graph& graph) {
  std::vector<std::string> names;
  for (const Node& node : graph.nodes) {
    if (FindOnnxOperator(node.domain, node.op_type) == nullptr) {
      names.push_back(Describe(graph, node));
    }
  }
  return names;
}

class Importer {
 public:
  Importer(const Graph& graph, const OnnxOptions& options)
      : graph_(graph), options_(options), lowering_(graph) {}

  Result<Imported> Run() {
    for (size_t i = 0; i < graph_.values.size(); ++i) {
      if (graph_.values[i].constant) {
        lowering_.DefineInitializer(static_cast<ValueId>(i),
                                    *graph_.values[i].constant);
      }
    }
    if (const Status defined = DefineInputs(); !defined) {
      // No shape helps a model that cannot be had.
      const std::vector<std::string> names = Unsupported(graph_);
      if (names.empty()) return Fail(defined.error());
      return Fail(ErrorCode::kUnsupported, NotSupported(names));
    }
    TINYML_RETURN_IF_ERROR(lowering_.LowerNodes());
    TINYML_RETURN_IF_ERROR(DefineOutputs());
    Imported imported;
    imported.transposes = lowering_.transposes();
    imported.notes = std::move(notes_);
    for (std::string& warning : lowering_.TakeWarnings()) {
      imported.notes.push_back(std::move(warning));
    }
    imported.model = lowering_.TakeModel();
    imported.model.description =
        "converted from ONNX by tinyml " TINYML_VERSION_STRING;
    TINYML_RETURN_IF_ERROR(transform::Simplify(imported.model));
    std::vector<std::string> floats =
        transform::AbsorbQuantization(imported.model);
    TINYML_RETURN_IF_ERROR(transform::Simplify(imported.model));
    constexpr size_t kMostNotes = 20;
    if (floats.size() > kMostNotes) {
      const size_t more = floats.size() - kMostNotes;
      floats.resize(kMostNotes);
      floats.push_back("so do " + std::to_string(more) + " more operators");
    }
    for (std::string& note : floats) imported.notes.push_back(std::move(note));
    return imported;
  }

 private:
  Result<Shape> InputShape(const Value& value) {
    const std::string name = "'" + Printable(value.name) + "'";
    const auto given = std::find_if(
        options_.input_shapes.begin(), options_.input_shapes.end(),
        [&](const GivenShape& shape) { return shape.name == value.name; });
    if (given != options_.input_shapes.end()) {
      used_.insert(value.name);
      if (value.declared && value.declared->size() != given->shape.size()) {
        return Fail(
            ErrorCode::kUsage,
            "input " + name + " has " + std::to_string(value.declared->size()) +
                " dimensions, not " + std::to_string(given->shape.size()));
      }
      for (size_t i = 0; value.declared && i < given->shape.size(); ++i) {
        const int64_t declared = (*value.declared)[i].value;
        if (declared >= 0 && declared != given->shape[i]) {
          return Fail(ErrorCode::kUsage,
                      "dimension " + std::to_string(i) + " of input " + name +
                          " is " + std::to_string(declared) + ", not " +
                          std::to_string(given->shape[i]));
        }
      }
      return given->shape;
    }
    if (!value.declared) {
      return Fail(ErrorCode::kUnsupported, "input " + name +
                                               " has no shape; give one with "
                                               "--input-shape " +
                                               Printable(value.name) + "=...");
    }
    Shape shape;
    for (size_t i = 0; i < value.declared->size(); ++i) {
      const DeclaredDim& dim = (*value.declared)[i];
      if (dim.value >= 0) {
        shape.push_back(dim.value);
        continue;
      }
      const std::string what =
          "dimension " + std::to_string(i) + " of input " + name +
          (dim.symbol.empty() ? "" : " ('" + Printable(dim.symbol) + "')");
      if (i > 0) {
        return Fail(ErrorCode::kUnsupported,
                    what + " is not fixed; give it with --input-shape " +
                        Printable(value.name) + "=...");
      }
      notes_.push_back(what + " is not fixed; taken as 1, the batch");
      shape.push_back(1);
    }
    return shape;
  }

  Status DefineInputs() {
    for (const ValueId id : graph_.inputs) {
      const Value& value = graph_.values[id];
      TINYML_ASSIGN_OR_RETURN(Shape shape, InputShape(value));
      int64_t elements = 1;
      for (const int64_t dim : shape) {
        constexpr int64_t kMax = int64_t{1} << 31;
        elements = dim <= 0 || elements > kMax / dim ? 0 : elements * dim;
      }
      if (elements == 0 && !shape.empty()) {
        return Fail(ErrorCode::kUnsupported,
                    "input '" + Printable(value.name) + "' has the shape " +
                        ShapeText(shape) + ", which the runtime cannot have");
      }
      const Layout layout = options_.io_layout == IoLayout::kChannelsLast
                                ? PreferredLayout(graph_, id, shape.size())
                                : Canonical(shape.size());
      const TensorIndex tensor =
          lowering_.NewTensor(value.type, InLayout(shape, layout), value.name);
      lowering_.subgraph().inputs.push_back(tensor);
      NoteType(value.name, value.type);
      lowering_.DefineInput(id, value.type, std::move(shape), tensor, layout);
    }
    for (const GivenShape& given : options_.input_shapes) {
      if (!used_.count(given.name)) {
        return Fail(ErrorCode::kUsage,
                    "unknown input '" + Printable(given.name) + "'");
      }
    }
    return {};
  }

  void NoteType(const std::string& name, TensorType type) {
    const TensorType held = TensorTypeFor(type);
    if (held == type) return;
    notes_.push_back("'" + Printable(name) + "' is " + TensorTypeName(type) +
                     " in ONNX and " + TensorTypeName(held) +
                     " here, as the runtime's operators need it");
  }

  Status DefineOutputs() {
    Subgraph& subgraph = lowering_.subgraph();
    std::set<TensorIndex> taken(subgraph.inputs.begin(), subgraph.inputs.end());
    for (const ValueId id : graph_.outputs) {
      const std::string& name = graph_.values[id].name;
      if (!lowering_.At(id).defined) {
        return Fail(ErrorCode::kUnsupported,
                    "the output '" + Printable(name) +
                        "' is a result that is not supported");
      }
      const size_t rank = lowering_.RankOf(id);
      Layout layout = Canonical(rank);
      if (options_.io_layout == IoLayout::kChannelsLast && rank >= 3 &&
          lowering_.LayoutOf(id) == ChannelsLast(rank)) {
        layout = ChannelsLast(rank);
      }
      TINYML_ASSIGN_OR_RETURN(TensorIndex tensor, lowering_.Get(id, layout));
      // An output of its own, made by an operator.
      const bool constant = lowering_.ConstantOf(id) != nullptr;
      if (constant || !taken.insert(tensor).second) {
        tensor = lowering_.EmitReshape(
            tensor, InLayout(lowering_.ShapeOf(id), layout), name);
        taken.insert(tensor);
      }
      subgraph.tensors[tensor].name = name;
      subgraph.outputs.push_back(tensor);
      NoteType(name, lowering_.TypeOf(id));
    }
    return {};
  }

  using GivenShape = OnnxOptions::InputShape;

  const Graph& graph_;
  const OnnxOptions& options_;
  Lowering lowering_;
  std::vector<std::string> notes_;
  std::set<std::string> used_;
};

}  // namespace

Result<Imported> ImportOnnx(std::span<const uint8_t> file,
                            const std::string& folder,
                            const OnnxOptions& options) {
  TINYML_ASSIGN_OR_RETURN(Graph graph, ReadGraph(file, folder));
  Log(LogLevel::kInfo, "ONNX opset {}, {} nodes", graph.opset,
      graph.nodes.size());
  ExpandQuantized(graph);
  return Importer(graph, options).Run();
}

}  // namespace tinyml::onnx_import
