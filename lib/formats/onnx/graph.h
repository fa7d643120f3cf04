// An ONNX graph as plain values: what the file says, checked and in order.
//
// ONNX shapes are in the file's order; for images that is NCHW.
#ifndef TINYML_FORMATS_ONNX_GRAPH_H_
#define TINYML_FORMATS_ONNX_GRAPH_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tinyml/model.h"
#include "tinyml/status.h"

namespace tinyml::onnx_import {

using Shape = std::vector<int64_t>;

// Number of elements of a shape. Requires dimensions whose product fits, as
// every shape of a Constant or of a lowered value has.
int64_t Elements(const Shape& shape);
// The type of ONNX's number for it (TensorProto.DataType), as it is held here;
// nothing for strings, complex numbers and what is not known.
std::optional<TensorType> OnnxType(int64_t number);
// "[1,3,96,96]".
std::string ShapeText(const Shape& shape);

// A tensor with known values. float16, bfloat16 and double of the file are
// float32 here.
struct Constant {
  TensorType type = TensorType::kFloat32;
  Shape shape;
  BufferData data;
  // Of floats that DequantizeLinear made: what they were made of.
  std::shared_ptr<const Quantization> quantized = nullptr;

  // The elements, converted. Integers of other widths are widened; floats cut
  // off to integers and the reverse.
  std::vector<int64_t> AsInt64() const;
  std::vector<float> AsFloat() const;

  static Constant Of(Shape shape, const std::vector<int64_t>& values);
  static Constant Of(Shape shape, const std::vector<float>& values);
  // From values of another type, which must be in the range of `type`.
  static Constant OfType(TensorType type, Shape shape,
                         const std::vector<int64_t>& values);
};

struct Graph;
using Attribute =
    std::variant<std::monostate, int64_t, float, std::string,
                 std::vector<int64_t>, std::vector<float>,
                 std::vector<std::string>, Constant, std::shared_ptr<Graph>>;

// Index of a value; kNoValue marks an omitted input or output.
using ValueId = int32_t;
inline constexpr ValueId kNoValue = -1;

struct Node {
  std::string op_type;
  std::string domain;  // "" is ONNX's own.
  std::string name;    // May be empty.
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  std::map<std::string, Attribute, std::less<>> attributes;

  // Values of attributes, or the default where the node has none (or one of
  // another type).
  int64_t Int(std::string_view key, int64_t fallback) const;
  float Float(std::string_view key, float fallback) const;
  std::string String(std::string_view key, std::string_view fallback) const;
  std::vector<int64_t> Ints(std::string_view key) const;
  std::vector<float> Floats(std::string_view key) const;
  bool Has(std::string_view key) const {
    return attributes.find(key) != attributes.end();
  }
  template <typename T>
  const T* Find(std::string_view key) const {
    const auto found = attributes.find(key);
    return found == attributes.end() ? nullptr : std::get_if<T>(&found->second);
  }
};

// A dimension that a graph input declares: a number, or a name (or nothing)
// where it may vary.
struct DeclaredDim {
  int64_t value = -1;  // -1: varies.
  std::string symbol;
};

struct Value {
  std::string name;
  // Declared type, of inputs and of what the file describes.
  TensorType type = TensorType::kFloat32;
  std::optional<std::vector<DeclaredDim>> declared;
  std::optional<Constant> constant;  // An initializer.
};

// A graph, or the body of a control-flow node: its values include those of the
// enclosing graph that it reads, under the same names.
struct Graph {
  std::string name;
  int64_t opset = 0;  // Of ONNX's own domain.
  std::vector<Value> values;
  std::vector<Node> nodes;      // Each after those that it reads from.
  std::vector<ValueId> inputs;  // Without initializers.
  std::vector<ValueId> outputs;
  // Values read from the enclosing graph: id here, name there.
  std::vector<ValueId> captured;
};

// "node 'conv1' (Conv)", or by its first output where it has no name.
std::string Describe(const Graph& graph, const Node& node);

// Reads a model in ONNX's protobuf format. `folder` is where external data may
// lie, with everything below it and nothing else. Fails with kInvalid.
Result<Graph> ReadGraph(std::span<const uint8_t> file,
                        const std::string& folder);

}  // namespace tinyml::onnx_import

#endif  // TINYML_FORMATS_ONNX_GRAPH_H_
