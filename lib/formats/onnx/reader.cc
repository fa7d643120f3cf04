// ONNX's protobuf format. Source: onnx 1.12, onnx/onnx-ml.proto, and IR.md for
// what a graph must fulfil.
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>
#include <algorithm>
#include <limits>
#include <set>
#include <unordered_map>

#include "base/file.h"
#include "base/macros.h"
#include "base/text.h"
#include "formats/onnx/graph.h"
#include "formats/onnx/onnx_format.pb.h"
#include "formats/onnx/tensor_reader.h"

namespace tinyml::onnx_import {
namespace {

constexpr int kMaxDepth = 16;  // Of graphs within graphs.

class Reader {
 public:
  explicit Reader(std::string folder) : tensors_(std::move(folder)) {}

  Result<Graph> Read(const onnx_format::ModelProto& model) {
    for (const auto& opset : model.opset_import()) {
      if (opset.domain().empty() || opset.domain() == "ai.onnx") {
        opset_ = opset.version();
      }
    }
    if (!model.has_graph()) {
      return Fail(ErrorCode::kInvalid, "the ONNX model has no graph");
    }
    if (opset_ < kMinOpset || opset_ > kMaxOpset) {
      return Fail(ErrorCode::kUnsupported,
                  "the ONNX model is of opset " + std::to_string(opset_) +
                      "; opsets " + std::to_string(kMinOpset) + " to " +
                      std::to_string(kMaxOpset) + " can be read");
    }
    if (!model.functions().empty()) {
      for (const auto& function : model.functions()) {
        functions_.insert(function.name());
      }
    }
    return ReadGraph(model.graph(), 0);
  }

 private:
  static constexpr int64_t kMinOpset = 7;
  static constexpr int64_t kMaxOpset = 23;
  using Names = std::unordered_map<std::string, ValueId>;

  ValueId Id(Graph& graph, Names& names, const std::string& name) {
    const auto [found, added] =
        names.emplace(name, static_cast<ValueId>(graph.values.size()));
    if (added) graph.values.emplace_back().name = name;
    return found->second;
  }

  Result<Graph> ReadGraph(const onnx_format::GraphProto& proto, int depth) {
    if (depth > kMaxDepth) {
      return Fail(ErrorCode::kInvalid, "graphs lie in graphs more than " +
                                           std::to_string(kMaxDepth) + " deep");
    }
    Graph graph;
    graph.name = proto.name();
    graph.opset = opset_;
    Names names;
    std::set<ValueId> defined;
    if (!proto.sparse_initializer().empty()) {
      return Fail(ErrorCode::kUnsupported,
                  "sparse initializers are not supported");
    }
    for (const auto& tensor : proto.initializer()) {
      const ValueId id = Id(graph, names, tensor.name());
      if (!defined.insert(id).second) {
        return Fail(ErrorCode::kInvalid, "two initializers are called '" +
                                             Printable(tensor.name()) + "'");
      }
      TINYML_ASSIGN_OR_RETURN(
          Constant constant,
          tensors_.Read(tensor,
                        "initializer '" + Printable(tensor.name()) + "'"));
      Value& value = graph.values[id];
      value.type = constant.type;
      value.constant = std::move(constant);
    }
    for (const auto& info : proto.input()) {
      const ValueId id = Id(graph, names, info.name());
      TINYML_RETURN_IF_ERROR(ReadInfo(info, graph.values[id], true));
      // Before IR version 4 initializers are listed as inputs, too.
      if (graph.values[id].constant) continue;
      if (!defined.insert(id).second) {
        return Fail(ErrorCode::kInvalid,
                    "two inputs are called '" + Printable(info.name()) + "'");
      }
      graph.inputs.push_back(id);
    }
    TINYML_RETURN_IF_ERROR(ReadNodes(proto, depth, graph, names, defined));
    for (const auto& info : proto.output()) {
      const auto found = names.find(info.name());
      if (found == names.end() ||
          (depth == 0 && !defined.count(found->second))) {
        if (depth > 0) {  // A value of the enclosing graph.
          const ValueId id = Id(graph, names, info.name());
          graph.outputs.push_back(id);
          continue;
        }
        return Fail(ErrorCode::kInvalid, "nothing writes the output '" +
                                             Printable(info.name()) + "'");
      }
      graph.outputs.push_back(found->second);
      Value& value = graph.values[found->second];
      if (!value.declared) {
        TINYML_RETURN_IF_ERROR(ReadInfo(info, value, false));
      }
    }
    for (const auto& info : proto.value_info()) {
      const auto found = names.find(info.name());
      if (found == names.end()) continue;
      Value& value = graph.values[found->second];
      if (!value.declared) {
        TINYML_RETURN_IF_ERROR(ReadInfo(info, value, false));
      }
    }
    for (size_t i = 0; i < graph.values.size(); ++i) {
      const auto id = static_cast<ValueId>(i);
      if (!defined.count(id)) graph.captured.push_back(id);
    }
    return Sort(std::move(graph));
  }

  Status ReadNodes(const onnx_format::GraphProto& proto, int depth,
                   Graph& graph, Names& names, std::set<ValueId>& defined) {
    std::vector<std::pair<std::string, ValueId>> read;
    for (const auto& source : proto.node()) {
      Node& node = graph.nodes.emplace_back();
      node.op_type = source.op_type();
      node.domain = source.domain() == "ai.onnx" ? "" : source.domain();
      node.name = source.name();
      for (const std::string& name : source.input()) {
        node.inputs.push_back(name.empty() ? kNoValue : Id(graph, names, name));
      }
      for (const std::string& name : source.output()) {
        if (name.empty()) {
          node.outputs.push_back(kNoValue);
          continue;
        }
        const ValueId id = Id(graph, names, name);
        if (!defined.insert(id).second) {
          return Fail(ErrorCode::kInvalid, Describe(graph, node) + " makes '" +
                                               Printable(name) +
                                               "', which exists already");
        }
        node.outputs.push_back(id);
      }
      for (const auto& attribute : source.attribute()) {
        TINYML_ASSIGN_OR_RETURN(Attribute value,
                                ReadAttribute(attribute, depth));
        // What a body reads from here counts as read by the node.
        if (const auto* body = std::get_if<std::shared_ptr<Graph>>(&value)) {
          for (const ValueId id : (*body)->captured) {
            Id(graph, names, (*body)->values[id].name);
          }
        }
        node.attributes[attribute.name()] = std::move(value);
      }
    }
    if (depth > 0) return {};  // The rest may be values of enclosing graphs.
    for (const Node& node : graph.nodes) {
      for (const ValueId id : node.inputs) {
        if (id >= 0 && !defined.count(id)) {
          return Fail(ErrorCode::kInvalid,
                      Describe(graph, node) + " reads '" +
                          Printable(graph.values[id].name) +
                          "', which nothing writes");
        }
      }
    }
    return {};
  }

  // Orders nodes so that each comes after those that it reads from; the order
  // of the file is kept where it already is so.
  static Result<Graph> Sort(Graph graph) {
    const size_t count = graph.nodes.size();
    std::vector<int64_t> producer(graph.values.size(), -1);
    for (size_t i = 0; i < count; ++i) {
      for (const ValueId id : graph.nodes[i].outputs) {
        if (id >= 0) {
          producer[id] = static_cast<int64_t>(i);
        }
      }
    }
    std::unordered_map<std::string_view, ValueId> names;
    for (size_t i = 0; i < graph.values.size(); ++i) {
      names.emplace(graph.values[i].name, static_cast<ValueId>(i));
    }
    const auto reads = [&](const Node& node) {
      std::vector<ValueId> ids = node.inputs;
      for (const auto& [key, value] : node.attributes) {
        const auto* body = std::get_if<std::shared_ptr<Graph>>(&value);
        if (body == nullptr) continue;
        for (const ValueId id : (*body)->captured) {
          const auto found = names.find((*body)->values[id].name);
          if (found != names.end()) ids.push_back(found->second);
        }
      }
      return ids;
    };
    std::vector<size_t> waiting(count, 0);
    std::vector<std::vector<size_t>> readers(count);
    for (size_t i = 0; i < count; ++i) {
      for (const ValueId id : reads(graph.nodes[i])) {
        if (id < 0 || producer[id] < 0) continue;
        readers[producer[id]].push_back(i);
        ++waiting[i];
      }
    }
    std::set<size_t> ready;
    for (size_t i = 0; i < count; ++i) {
      if (waiting[i] == 0) ready.insert(i);
    }
    std::vector<Node> sorted;
    sorted.reserve(count);
    while (!ready.empty()) {
      const size_t i = *ready.begin();
      ready.erase(ready.begin());
      for (const size_t reader : readers[i]) {
        if (--waiting[reader] == 0) ready.insert(reader);
      }
      sorted.push_back(std::move(graph.nodes[i]));
    }
    if (sorted.size() != count) {
      for (size_t i = 0; i < count; ++i) {
        if (waiting[i] == 0) continue;
        return Fail(ErrorCode::kInvalid,
                    Describe(graph, graph.nodes[i]) +
                        " needs its own result: the graph has a cycle");
      }
    }
    graph.nodes = std::move(sorted);
    return graph;
  }

  Status ReadInfo(const onnx_format::ValueInfoProto& info, Value& value,
                  bool required) {
    const std::string what = "'" + Printable(info.name()) + "'";
    if (!info.type().has_tensor_type()) {
      if (!required) return {};
      return Fail(ErrorCode::kUnsupported,
                  "input " + what + " is not a tensor");
    }
    const auto& tensor = info.type().tensor_type();
    const auto type = OnnxType(tensor.elem_type());
    if (!type) {
      if (!required) return {};
      return Fail(ErrorCode::kUnsupported, "input " + what + " is of type " +
                                               TypeText(tensor.elem_type()));
    }
    if (!value.constant) value.type = *type;
    if (!tensor.has_shape()) return {};
    value.declared.emplace();
    for (const auto& dim : tensor.shape().dim()) {
      DeclaredDim& declared = value.declared->emplace_back();
      if (dim.has_dim_value()) declared.value = dim.dim_value();
      declared.symbol = dim.dim_param();
    }
    return {};
  }

  Result<Attribute> ReadAttribute(const onnx_format::AttributeProto& attribute,
                                  int depth) {
    switch (attribute.type()) {
      case onnx_format::AttributeProto::INT:
        return Attribute(int64_t{attribute.i()});
      case onnx_format::AttributeProto::FLOAT:
        return Attribute(attribute.f());
      case onnx_format::AttributeProto::STRING:
        return Attribute(attribute.s());
      case onnx_format::AttributeProto::INTS:
        return Attribute(std::vector<int64_t>(attribute.ints().begin(),
                                              attribute.ints().end()));
      case onnx_format::AttributeProto::FLOATS:
        return Attribute(std::vector<float>(attribute.floats().begin(),
                                            attribute.floats().end()));
      case onnx_format::AttributeProto::STRINGS:
        return Attribute(std::vector<std::string>(attribute.strings().begin(),
                                                  attribute.strings().end()));
      case onnx_format::AttributeProto::TENSOR: {
        TINYML_ASSIGN_OR_RETURN(
            Constant constant,
            tensors_.Read(attribute.t(),
                          "attribute '" + Printable(attribute.name()) + "'"));
        return Attribute(std::move(constant));
      }
      case onnx_format::AttributeProto::GRAPH: {
        TINYML_ASSIGN_OR_RETURN(Graph body,
                                ReadGraph(attribute.g(), depth + 1));
        return Attribute(std::make_shared<Graph>(std::move(body)));
      }
      default:
        return Attribute();  // Of a kind that no operator here reads.
    }
  }

  TensorReader tensors_;
  int64_t opset_ = 0;
  std::set<std::string> functions_;
};

}  // namespace

Result<Graph> ReadGraph(std::span<const uint8_t> file,
                        const std::string& folder) {
  google::protobuf::SetLogHandler(nullptr);  // It would print on its own.
  onnx_format::ModelProto model;
  google::protobuf::io::ArrayInputStream stream(
      file.data(), static_cast<int>(std::min<size_t>(
                       file.size(), std::numeric_limits<int>::max())));
  google::protobuf::io::CodedInputStream coded(&stream);
  coded.SetTotalBytesLimit(std::numeric_limits<int>::max());
  if (!model.ParseFromCodedStream(&coded) || !coded.ConsumedEntireMessage()) {
    return Fail(ErrorCode::kInvalid,
                "the ONNX file is damaged: its protobuf cannot be read");
  }
  return Reader(folder).Read(model);
}

}  // namespace tinyml::onnx_import
