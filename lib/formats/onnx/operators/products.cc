// Matrix products: FULLY_CONNECTED where one factor is constant, BATCH_MATMUL
// otherwise.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/macros.h"
#include "formats/onnx/lowering.h"
#include "formats/onnx/operators/compose.h"

namespace tinyml::onnx_import {
namespace {

using Op = BuiltinOperator;

// A left factor as FULLY_CONNECTED takes it: the columns last in memory.
struct Rows {
  TensorIndex tensor = kNoTensor;
  Layout layout;  // Of the value, the columns last.
  // If the columns lie in another order than ONNX's: the shape that one row has
  // in ONNX's order, and the order in which it lies.
  Shape row_shape;
  Layout row_layout;
};

// A value that was reshaped to [M, K] and whose rows lie as a whole in memory,
// each in another order than ONNX's: what the end of a convolutional network
// looks like. Taken as it lies, without bringing the rows into ONNX's order.
Result<std::optional<Rows>> TakeFlattened(Lowering& lowering, ValueId id) {
  const ValueId source = lowering.ReshapedFrom(id);
  const Shape& shape = lowering.ShapeOf(id);
  std::optional<Rows> none;
  if (source == kNoValue || shape.empty()) return none;
  // How many of the source's axes make up the rows' number.
  const Shape& from = lowering.ShapeOf(source);
  const int64_t columns = shape.back();
  size_t front = from.size();
  int64_t product = 1;
  while (front > 0 && product < columns) product *= from[--front];
  if (product != columns) return none;
  Rows rows;
  const Layout layout = lowering.LayoutOf(source);
  Layout order = Canonical(front);
  for (const int axis : layout) {
    if (axis >= static_cast<int>(front)) {
      order.push_back(axis);
      rows.row_layout.push_back(axis - static_cast<int>(front));
    }
  }
  if (!SameBytes(from, layout, order)) return none;
  rows.row_shape.assign(from.begin() + static_cast<ptrdiff_t>(front),
                        from.end());
  rows.layout = Canonical(shape.size());
  TINYML_ASSIGN_OR_RETURN(rows.tensor, lowering.Get(source, layout));
  return std::optional(std::move(rows));
}

// `id` with its last axis, the columns, last in memory.
Result<Rows> TakeRows(Lowering& lowering, ValueId id, const std::string& name) {
  TINYML_ASSIGN_OR_RETURN(auto flattened, TakeFlattened(lowering, id));
  if (flattened) {
    flattened->tensor =
        EmitShaped(lowering, flattened->tensor, lowering.ShapeOf(id), name);
    return *flattened;
  }
  Rows rows;
  const auto last = static_cast<int64_t>(lowering.RankOf(id)) - 1;
  rows.layout = WithLast(lowering.LayoutOf(id), {last});
  TINYML_ASSIGN_OR_RETURN(rows.tensor, lowering.Get(id, rows.layout));
  return rows;
}

// Constant weights [K, N] as FULLY_CONNECTED needs them, [N, K], times `scale`,
// the rows in the order of the columns that they meet.
Constant Weights(const Constant& weights, bool transposed, const Rows& rows,
                 float scale) {
  Constant matrix = transposed ? weights : Transposed(weights, {1, 0});
  if (!rows.row_shape.empty()) {
    const Shape flat = matrix.shape;
    Shape wide = {flat[0]};
    wide.insert(wide.end(), rows.row_shape.begin(), rows.row_shape.end());
    Layout order = {0};
    for (const int axis : rows.row_layout) order.push_back(axis + 1);
    matrix.shape = wide;
    matrix = Transposed(matrix, order);
    matrix.shape = flat;
  }
  if (scale == 1) return matrix;
  std::vector<float> values = matrix.AsFloat();
  for (float& value : values) value *= scale;
  return Constant::Of(matrix.shape, values);
}

// [.., K] x [N, K] of a tensor in memory.
TensorIndex EmitFullyConnected(Lowering& lowering, TensorIndex input,
                               const Constant& weights, TensorIndex bias,
                               const std::string& name) {
  Shape dims = DimsOf(lowering, input);
  dims.back() = weights.shape[0];
  const TensorIndex output =
      lowering.NewTensor(TensorType::kFloat32, dims, name);
  FullyConnectedOptions options;
  options.keep_num_dims = dims.size() != 2;
  lowering.Emit(Op::kFullyConnected,
                {input, lowering.NewConstant(weights, name + "/weights"), bias},
                {output}, options);
  return output;
}

// A constant that Gemm adds, as one bias for each column, if it is the same for
// all rows.
std::optional<std::vector<float>> BiasOf(const Constant& added, int64_t columns,
                                         float beta) {
  Shape shape = added.shape;
  while (shape.size() > 1 && shape.front() == 1) shape.erase(shape.begin());
  if (shape.size() > 1) return std::nullopt;
  std::vector<float> values = added.AsFloat();
  if (values.size() == 1) values.assign(columns, values[0]);
  if (static_cast<int64_t>(values.size()) != columns) return std::nullopt;
  for (float& value : values) value *= beta;
  return values;
}

// A factor of BATCH_MATMUL: in memory, and whether its last two axes are
// swapped there.
struct Factor {
  TensorIndex tensor = kNoTensor;
  bool swapped = false;
};

// `id` for a product with `wanted` as the order of its last two axes. What lies
// the other way round is left so.
Result<Factor> TakeFactor(Lowering& lowering, ValueId id, bool transposed) {
  const size_t rank = lowering.RankOf(id);
  Layout straight = Canonical(rank);
  Layout swapped = straight;
  std::swap(swapped[rank - 1], swapped[rank - 2]);
  Factor factor;
  const bool lies_swapped =
      lowering.ConstantOf(id) == nullptr && lowering.LayoutOf(id) == swapped;
  factor.swapped = lies_swapped != transposed;
  TINYML_ASSIGN_OR_RETURN(factor.tensor,
                          lowering.Get(id, lies_swapped ? swapped : straight));
  return factor;
}

TensorIndex EmitBatchMatMul(Lowering& lowering, const Factor& a,
                            const Factor& b, const Shape& dims,
                            const std::string& name) {
  const TensorIndex output =
      lowering.NewTensor(TensorType::kFloat32, dims, name);
  BatchMatMulOptions options;
  options.adj_x = a.swapped;
  options.adj_y = b.swapped;
  lowering.Emit(Op::kBatchMatmul, {a.tensor, b.tensor}, {output}, options);
  return output;
}

// Adds beta * C, of a shape that broadcasts to [M, N].
Result<TensorIndex> EmitAdded(Lowering& lowering, const Node& node,
                              TensorIndex product, ValueId id, float beta,
                              const std::string& name) {
  TINYML_RETURN_IF_ERROR(CheckFloat(lowering, node, id, "ADD"));
  TINYML_ASSIGN_OR_RETURN(TensorIndex added, lowering.Get(id));
  if (beta != 1) {
    added = lowering.EmitBinary(Op::kMul, added,
                                lowering.NewScalar(beta, name + "/beta"), name);
  }
  return lowering.EmitBinary(Op::kAdd, product, added, name);
}

bool Broadcasts(const Shape& from, const Shape& to) {
  if (from.size() > to.size()) return false;
  const size_t added = to.size() - from.size();
  for (size_t i = 0; i < from.size(); ++i) {
    if (from[i] != 1 && from[i] != to[added + i]) return false;
  }
  return true;
}

Status LowerGemm(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 2, 3));
  const ValueId a = node.inputs[0];
  const ValueId b = node.inputs[1];
  const ValueId c = Lowering::Input(node, 2);
  for (const ValueId id : {a, b}) {
    TINYML_RETURN_IF_ERROR(CheckFloat(lowering, node, id, "FULLY_CONNECTED"));
    TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, lowering.ShapeOf(id)));
    TINYML_ONNX_REQUIRE(lowering, node, lowering.RankOf(id) == 2,
                        "its factors are not matrices");
  }
  const bool a_transposed = node.Int("transA", 0) != 0;
  const bool b_transposed = node.Int("transB", 0) != 0;
  const float alpha = node.Float("alpha", 1);
  const float beta = node.Float("beta", 1);
  const Shape& a_shape = lowering.ShapeOf(a);
  const Shape& b_shape = lowering.ShapeOf(b);
  const Shape shape = {a_shape[a_transposed ? 1 : 0],
                       b_shape[b_transposed ? 0 : 1]};
  TINYML_ONNX_REQUIRE(
      lowering, node,
      a_shape[a_transposed ? 0 : 1] == b_shape[b_transposed ? 1 : 0],
      "the shapes of its factors do not fit");
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, shape));
  if (c != kNoValue) {
    TINYML_ONNX_REQUIRE(lowering, node, Broadcasts(lowering.ShapeOf(c), shape),
                        "what it adds does not broadcast to its result");
  }
  const std::string name = lowering.OutputName(node, 0);
  const Constant* added = c != kNoValue ? lowering.ConstantOf(c) : nullptr;
  TensorIndex product = kNoTensor;
  bool rest = c != kNoValue;  // Whether C remains to be added.
  if (const Constant* weights = lowering.ConstantOf(b)) {
    Rows rows;
    if (a_transposed) {
      rows.layout = {1, 0};
      TINYML_ASSIGN_OR_RETURN(rows.tensor, lowering.Get(a, rows.layout));
    } else {
      TINYML_ASSIGN_OR_RETURN(rows, TakeRows(lowering, a, name));
    }
    TensorIndex bias = kNoTensor;
    if (added != nullptr) {
      if (auto values = BiasOf(*added, shape[1], beta)) {
        bias = lowering.NewFloat({shape[1]}, *values, name + "/bias");
        rest = false;
      }
    }
    product = EmitFullyConnected(lowering, rows.tensor,
                                 Weights(*weights, b_transposed, rows, alpha),
                                 bias, name);
  } else {
    TINYML_ASSIGN_OR_RETURN(const Factor left,
                            TakeFactor(lowering, a, a_transposed));
    TINYML_ASSIGN_OR_RETURN(const Factor right,
                            TakeFactor(lowering, b, b_transposed));
    product = EmitBatchMatMul(lowering, left, right, shape, name);
    if (alpha != 1) {
      product = lowering.EmitBinary(
          Op::kMul, product, lowering.NewScalar(alpha, name + "/alpha"), name);
    }
  }
  if (rest) {
    TINYML_ASSIGN_OR_RETURN(product,
                            EmitAdded(lowering, node, product, c, beta, name));
  }
  lowering.Define(node, 0, TensorType::kFloat32, shape, product);
  return {};
}

// --- MatMul

// The shape of the product, without the axes that vectors were given.
struct ProductShape {
  Shape batch;
  int64_t rows = 1;
  int64_t columns = 1;
  bool row_dropped = false;
  bool column_dropped = false;

  Shape Full() const {
    Shape shape = batch;
    shape.push_back(rows);
    shape.push_back(columns);
    return shape;
  }
  Shape Seen() const {  // As ONNX has it.
    Shape shape = batch;
    if (!row_dropped) shape.push_back(rows);
    if (!column_dropped) shape.push_back(columns);
    return shape;
  }
};

Result<ProductShape> ProductOf(const Lowering& lowering, const Node& node) {
  Shape a = lowering.ShapeOf(node.inputs[0]);
  Shape b = lowering.ShapeOf(node.inputs[1]);
  TINYML_ONNX_REQUIRE(lowering, node, !a.empty() && !b.empty(),
                      "one of its factors is a scalar");
  ProductShape product;
  product.row_dropped = a.size() == 1;
  product.column_dropped = b.size() == 1;
  if (product.row_dropped) a.insert(a.begin(), 1);
  if (product.column_dropped) b.push_back(1);
  product.rows = a[a.size() - 2];
  product.columns = b.back();
  TINYML_ONNX_REQUIRE(lowering, node, a.back() == b[b.size() - 2],
                      "the shapes of its factors do not fit");
  const size_t rank = std::max(a.size(), b.size()) - 2;
  for (size_t i = 0; i < rank; ++i) {
    const size_t from_back = rank - i + 2;
    const int64_t left = from_back <= a.size() ? a[a.size() - from_back] : 1;
    const int64_t right = from_back <= b.size() ? b[b.size() - from_back] : 1;
    TINYML_ONNX_REQUIRE(lowering, node,
                        left == right || left == 1 || right == 1,
                        "the shapes of its factors do not broadcast");
    product.batch.push_back(std::max(left, right));
  }
  TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, product.Full()));
  return product;
}

// A x constant matrix.
Status MatMulConstant(Lowering& lowering, const Node& node, Constant weights,
                      const ProductShape& product) {
  const ValueId a = node.inputs[0];
  const std::string name = lowering.OutputName(node, 0);
  weights.shape = {Elements(weights.shape) / product.columns, product.columns};
  TINYML_ASSIGN_OR_RETURN(const Rows rows, TakeRows(lowering, a, name));
  const Constant matrix = Weights(weights, false, rows, 1);
  // A vector is a matrix of one row.
  TensorIndex input = rows.tensor;
  Layout layout = rows.layout;
  if (layout.size() == 1) {
    input = EmitShaped(lowering, input, {1, matrix.shape[1]}, name);
    layout = {0, 1};
  }
  const TensorIndex output =
      EmitFullyConnected(lowering, input, matrix, kNoTensor, name);
  // The order of A, with the axes of 1 that B may have more, and without what
  // the vectors had less.
  Layout order = Canonical(product.batch.size() + 2 - layout.size());
  const auto added = static_cast<int>(order.size());
  for (const int axis : layout) order.push_back(axis + added);
  const auto drop = [&order](size_t axis) {
    std::erase(order, static_cast<int>(axis));
    for (int& other : order) other -= other > static_cast<int>(axis) ? 1 : 0;
  };
  if (product.column_dropped) drop(product.batch.size() + 1);
  if (product.row_dropped) drop(product.batch.size());
  Shape shape = product.Seen();
  const Shape dims = InLayout(shape, order);
  lowering.Define(node, 0, TensorType::kFloat32, std::move(shape),
                  EmitShaped(lowering, output, dims, name), std::move(order));
  return {};
}

Status LowerMatMul(Lowering& lowering, const Node& node) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 2, 2));
  for (const ValueId id : node.inputs) {
    TINYML_RETURN_IF_ERROR(CheckFloat(lowering, node, id, "BATCH_MATMUL"));
    TINYML_RETURN_IF_ERROR(CheckShape(lowering, node, lowering.ShapeOf(id)));
  }
  TINYML_ASSIGN_OR_RETURN(const ProductShape product,
                          ProductOf(lowering, node));
  const Constant* weights = lowering.ConstantOf(node.inputs[1]);
  if (weights != nullptr) {
    const Shape& shape = weights->shape;
    const size_t own = product.column_dropped ? 1 : 2;
    const bool matrix =
        std::all_of(shape.begin(), shape.end() - static_cast<ptrdiff_t>(own),
                    [](int64_t dim) { return dim == 1; });
    if (matrix) return MatMulConstant(lowering, node, *weights, product);
  }
  const std::string name = lowering.OutputName(node, 0);
  Factor factors[2];
  for (size_t i = 0; i < 2; ++i) {
    const ValueId id = node.inputs[i];
    TINYML_ONNX_REQUIRE(lowering, node, lowering.RankOf(id) <= 5,
                        "TFLM's BATCH_MATMUL takes up to 5 dimensions");
    if (lowering.RankOf(id) > 1) {
      TINYML_ASSIGN_OR_RETURN(factors[i], TakeFactor(lowering, id, false));
      continue;
    }
    TINYML_ASSIGN_OR_RETURN(const TensorIndex vector, lowering.Get(id));
    const int64_t length = lowering.ShapeOf(id)[0];
    factors[i].tensor = lowering.EmitReshape(
        vector, i == 0 ? Shape{1, length} : Shape{length, 1}, name);
  }
  TensorIndex output =
      EmitBatchMatMul(lowering, factors[0], factors[1], product.Full(), name);
  Shape shape = product.Seen();
  output = EmitShaped(lowering, output, shape, name);
  lowering.Define(node, 0, TensorType::kFloat32, std::move(shape), output);
  return {};
}

}  // namespace

std::span<const OnnxOperator> ProductOperators() {
  static constexpr OnnxOperator kOperators[] = {
      {"Gemm", LowerGemm, "FULLY_CONNECTED; BATCH_MATMUL, MUL, ADD", "float32"},
      {"MatMul", LowerMatMul, "FULLY_CONNECTED, BATCH_MATMUL",
       "float32, up to 5 dimensions"},
  };
  return kOperators;
}

}  // namespace tinyml::onnx_import
