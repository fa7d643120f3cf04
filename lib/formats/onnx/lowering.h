// Turning an ONNX graph into a TFLite one, node by node in the graph's order.
//
// One forward pass does shapes, constants, layouts and operators together: when
// a node is lowered, the shape of everything that it reads is known, and so are
// the values of what does not depend on the graph's inputs. A node whose result
// can be computed now becomes a constant (fold.h) and no operator.
//
// Layouts. ONNX numbers the axes of an image N, C, H, W; TFLite's operators
// want N, H, W, C. A value knows in which order its axes lie in memory
// (Layout), and each lowering asks for the order that it needs: convolutions
// for NHWC, the element-wise ones for whatever their operands have, those that
// look at single axes for any order, in which they find their axis again. A
// TRANSPOSE is made only where a value is wanted in an order that it does not
// have, once for each order; a Transpose of the ONNX graph merely renames axes
// until somebody needs them in place.
#ifndef TINYML_FORMATS_ONNX_LOWERING_H_
#define TINYML_FORMATS_ONNX_LOWERING_H_

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/onnx/graph.h"
#include "tinyml/model.h"
#include "tinyml/operators.h"
#include "tinyml/options.h"
#include "tinyml/status.h"

namespace tinyml::onnx_import {

// The order of a value's axes in memory: axis i of the TFLite tensor is axis
// layout[i] of the ONNX value.
using Layout = std::vector<int>;

Layout Canonical(size_t rank);     // ONNX's own order.
Layout ChannelsLast(size_t rank);  // 0, 2, 3, ..., 1; rank >= 2.
bool IsCanonical(const Layout& layout);
// The shape in memory of a value of ONNX shape `shape`.
Shape InLayout(const Shape& shape, const Layout& layout);
// Where ONNX axis `axis` lies in memory.
int AxisIn(const Layout& layout, int64_t axis);
// Whether going from one order to the other moves axes of size 1 only, so that
// the bytes stay where they are.
bool SameBytes(const Shape& shape, const Layout& from, const Layout& to);

// `constant` with its axes in the order `layout`.
Constant Transposed(const Constant& constant, const Layout& layout);

// What is known of a value once the node that makes it has been lowered.
struct Lowered {
  bool defined = false;
  TensorType type = TensorType::kFloat32;  // As ONNX has it.
  Shape shape;                             // In ONNX's order.
  std::optional<Constant> constant;
  // Where it lies in the TFLite graph; none for a constant that no operator has
  // needed as a tensor yet.
  TensorIndex tensor = kNoTensor;
  Layout layout;
  // The same value in other orders.
  std::map<Layout, TensorIndex> others;
  // A value that has no tensor yet: `source`, brought into the order
  // `source_layout`, under another shape (DefineReshaped). Get makes it.
  ValueId source = kNoValue;
  Layout source_layout;
  bool renamed = false;  // Its axes were renamed since (DefineTransposed).
  bool refused = false;  // Not defined, since the node that makes it cannot be.
};

class Lowering {
 public:
  explicit Lowering(const Graph& graph);

  const Graph& graph() const { return *graph_; }
  int64_t opset() const { return graph_->opset; }

  // --- What a node reads. `id` must be defined (every input of a node that is
  // being lowered is) and not kNoValue.

  const Lowered& At(ValueId id) const { return values_[id]; }
  const Shape& ShapeOf(ValueId id) const { return At(id).shape; }
  size_t RankOf(ValueId id) const { return At(id).shape.size(); }
  // As ONNX has it; in memory, int64 is int32 (TensorTypeFor).
  TensorType TypeOf(ValueId id) const { return At(id).type; }
  // Its values, if they do not depend on the graph's inputs.
  const Constant* ConstantOf(ValueId id) const {
    const Lowered& value = At(id);
    return value.constant ? &*value.constant : nullptr;
  }
  // The order in which it lies in memory; constants lie in any.
  const Layout& LayoutOf(ValueId id) const { return At(id).layout; }
  // Input `i` of `node`; kNoValue if it is omitted or there are fewer.
  static ValueId Input(const Node& node, size_t i) {
    return i < node.inputs.size() ? node.inputs[i] : kNoValue;
  }

  // The TFLite tensor that holds `id` with its axes in the order `layout`.
  Result<TensorIndex> Get(ValueId id, const Layout& layout);
  // In ONNX's own order.
  Result<TensorIndex> Get(ValueId id) { return Get(id, Canonical(RankOf(id))); }
  // As Get, for a value that is repeated to `rank` dimensions by axes of size 1
  // in front (ONNX's broadcasting); `layout` has `rank` axes.
  Result<TensorIndex> GetBroadcast(ValueId id, const Layout& layout);
  // The order that costs least for an operator that takes all of `ids`,
  // repeated to `rank` dimensions, in the same order: that of the largest
  // operand that is no constant.
  Layout CommonLayout(std::span<const ValueId> ids, size_t rank) const;

  // --- Building the TFLite graph.

  Model& model() { return model_; }
  Subgraph& subgraph() { return model_.subgraphs[0]; }
  const Tensor& tensor(TensorIndex index) const {
    return model_.subgraphs[0].tensors[index];
  }
  // A new activation tensor. `dims` are those in memory.
  TensorIndex NewTensor(TensorType type, const Shape& dims,
                        std::string_view name);
  // A constant tensor, in the type that the runtime has for it.
  TensorIndex NewConstant(const Constant& constant, std::string_view name);
  TensorIndex NewInt32(const std::vector<int64_t>& values,
                       std::string_view name);
  TensorIndex NewFloat(const Shape& shape, const std::vector<float>& values,
                       std::string_view name);
  // A scalar (shape []) of the value.
  TensorIndex NewScalar(float value, std::string_view name);
  // Appends an operator.
  template <typename Options>
  void Emit(BuiltinOperator code, std::vector<TensorIndex> inputs,
            std::vector<TensorIndex> outputs, Options options) {
    OperatorOptions table = MakeOptions(std::move(options));
    Append(code, std::move(inputs), std::move(outputs), std::move(table));
  }
  // Without options.
  void Emit(BuiltinOperator code, std::vector<TensorIndex> inputs,
            std::vector<TensorIndex> outputs) {
    Append(code, std::move(inputs), std::move(outputs), {});
  }
  // Operators of one input and one output of the same type, for chains:
  // `x = EmitUnary(Op::kExp, x, name)`.
  TensorIndex EmitUnary(BuiltinOperator code, TensorIndex input,
                        std::string_view name);
  // ADD, SUB, MUL, DIV, MAXIMUM, MINIMUM and the like of two float tensors,
  // broadcast as the runtime does; the output has the broadcast shape.
  TensorIndex EmitBinary(BuiltinOperator code, TensorIndex a, TensorIndex b,
                         std::string_view name);
  TensorIndex EmitReshape(TensorIndex input, const Shape& dims,
                          std::string_view name);
  TensorIndex EmitTranspose(TensorIndex input, const std::vector<int>& axes,
                            std::string_view name);

  // --- What a node makes.

  // Output `i` of `node` lies in `tensor` with its axes in the order `layout`;
  // `shape` and `type` are ONNX's. Nothing for an omitted output.
  void Define(const Node& node, size_t i, TensorType type, Shape shape,
              TensorIndex tensor, Layout layout);
  // The same in ONNX's own order.
  void Define(const Node& node, size_t i, TensorType type, Shape shape,
              TensorIndex tensor) {
    Layout layout = Canonical(shape.size());
    Define(node, i, type, std::move(shape), tensor, std::move(layout));
  }
  void DefineConstant(const Node& node, size_t i, Constant constant);
  // Output `i` is `source` itself (Identity, Dropout).
  void DefineAlias(const Node& node, size_t i, ValueId source);
  // Output `i` is a value that a body gave (LowerBody).
  void DefineAs(const Node& node, size_t i, Lowered value);
  // Output `i` is `source` with its axes in another order: axis k of the output
  // is axis axes[k] of the source.
  void DefineTransposed(const Node& node, size_t i, ValueId source,
                        const std::vector<int>& axes);
  // Takes `bytes` off what folded constants of the whole graph may need
  // together; returns false, and takes nothing, if they are not left. A small
  // file can ask for much.
  bool TakeFoldingBytes(int64_t bytes);
  // Output `i` has the elements of `source`, in ONNX's order, under the shape
  // `shape`, which must have as many. The order of the axes in memory is kept
  // as far as the shape allows; where elements would have to move, nothing is
  // made until somebody needs the value, so that a product can take the source
  // as it lies and have its constant weights in that order (reshaped.cc).
  void DefineReshaped(const Node& node, size_t i, ValueId source, Shape shape);
  // What `id`, which has no tensor yet, was reshaped from, or kNoValue.
  ValueId ReshapedFrom(ValueId id) const {
    const Lowered& value = At(id);
    return value.tensor == kNoTensor && !value.renamed ? value.source
                                                       : kNoValue;
  }
  // The name that the tensor of output `i` gets.
  std::string OutputName(const Node& node, size_t i) const;

  // --- Verdicts.

  // An error that names the node. `reason` is a clause.
  tl::unexpected<Error> Refuse(const Node& node, std::string_view reason) const;
  // Something that the user should know, once.
  void Warn(std::string message);
  std::vector<std::string> TakeWarnings() { return std::move(warnings_); }
  // For a TRANSPOSE that an operator itself is made of.
  void NoteTranspose(const Node& node, std::string_view why);
  // Why each TRANSPOSE of the result is there, a sentence each.
  const std::vector<std::string>& transposes() const { return transposes_; }

  // --- For the import that drives the lowering (import.cc).

  // A graph input lies in `tensor`.
  void DefineInput(ValueId id, TensorType type, Shape shape, TensorIndex tensor,
                   Layout layout);
  void DefineInitializer(ValueId id, Constant constant);
  // Lowers every node of `body`, whose captured values are found by name in
  // this graph, and returns the values of its outputs. For If.
  Result<std::vector<Lowered>> LowerBody(const Graph& body);
  // Lowers every node. Goes on after one that cannot be, so that the error
  // names all that the user has to look at.
  Status LowerNodes();
  void SetCurrent(const Node* node) { current_ = node; }
  Model TakeModel() { return std::move(model_); }

 private:
  void Append(BuiltinOperator code, std::vector<TensorIndex> inputs,
              std::vector<TensorIndex> outputs, OperatorOptions options);
  // TRANSPOSE, with conversions around it where the kernel does not take the
  // type.
  Result<TensorIndex> Transpose(TensorIndex input, const std::vector<int>& axes,
                                std::string_view name);
  // TRANSPOSE of a type that the kernel takes, seen with fewer axes where there
  // are too many.
  Result<TensorIndex> TransposeInKernel(TensorIndex input,
                                        const std::vector<int>& axes,
                                        std::string_view name);
  // Lowers the nodes of the graph or body that is the current one; notes those
  // that are refused. Fails only where the model is damaged.
  Status LowerEach();
  Status LowerOne(const Node& node);
  // Gives a reshaped value its tensor.
  Status Settle(ValueId id);
  Lowered& Slot(ValueId id) { return values_[id]; }

  const Graph* graph_;
  std::vector<Lowered> values_;
  Model model_;
  std::vector<std::string> warnings_;
  std::vector<std::string> transposes_;
  // Nodes of operators that are not known, and sentences about others.
  std::vector<std::string> unknown_;
  std::vector<std::string> refused_;
  bool body_refused_ = false;  // LowerBody failed for what is noted there.
  const Node* current_ = nullptr;
  int64_t folding_bytes_ = int64_t{1} << 28;
};

// The type in which the runtime holds values of ONNX type `type`: int64, which
// few of its operators take, and uint32, uint64, uint16 become int32.
TensorType TensorTypeFor(TensorType type);

using LowerNode = Status (*)(Lowering& lowering, const Node& node);

// An ONNX operator that can be lowered. The texts are for docs/onnx.md.
struct OnnxOperator {
  std::string_view name;
  LowerNode lower = nullptr;
  std::string_view becomes;       // "CONV_2D, DEPTHWISE_CONV_2D"
  std::string_view restrictions;  // "group must ..."; "" for none.
};

// Tables of them, each in a file of its kind.
std::span<const OnnxOperator> ElementwiseOperators();
std::span<const OnnxOperator> ConvolutionOperators();
std::span<const OnnxOperator> ProductOperators();  // MatMul, Gemm, ...
std::span<const OnnxOperator> NormalizationOperators();
std::span<const OnnxOperator> ReductionOperators();
std::span<const OnnxOperator> MovementOperators();
std::span<const OnnxOperator> ShapeOperators();      // Shape, Constant, If, ...
std::span<const OnnxOperator> RecurrentOperators();  // LSTM, GRU
std::span<const OnnxOperator> QuantizationOperators();

// "these operators are not supported: ..." for the nodes that `names`
// describes.
std::string NotSupported(const std::vector<std::string>& names);

// Returns the operator, or null if there is none (or it is of a domain that is
// not known).
const OnnxOperator* FindOnnxOperator(std::string_view domain,
                                     std::string_view name);
// All of them, by name.
std::vector<const OnnxOperator*> AllOnnxOperators();

}  // namespace tinyml::onnx_import

// Refuses with `reason` unless `condition` holds.
#define TINYML_ONNX_REQUIRE(lowering, node, condition, reason)    \
  do {                                                            \
    if (!(condition)) return (lowering).Refuse((node), (reason)); \
  } while (false)

#endif  // TINYML_FORMATS_ONNX_LOWERING_H_
