// Reads recurrent nodes and writes out their steps.
#include "formats/onnx/operators/recurrent.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include "base/macros.h"
#include "formats/onnx/operators/compose.h"
#include "formats/onnx/operators/elementwise.h"

namespace tinyml::onnx_import {
namespace {

// A small file can ask for many steps, each of which becomes operators.
constexpr int64_t kMostSteps = 4096;
constexpr size_t kMostOperators = 200'000;

using MakeStep = std::unique_ptr<RecurrentStep> (*)(Lowering& lowering,
                                                    const RecurrentCell& cell);

// What tells one recurrent operator from another.
struct CellKind {
  int64_t gates = 1;
  std::vector<std::string> activations;  // Those it has by itself.
  bool has_cell = false;                 // initial_c, P and Y_c.
  MakeStep make = nullptr;
};

enum Input : size_t { kX, kW, kR, kB, kLengths, kInitialH, kInitialC, kP };

// The sizes of a node, and how ONNX numbers its axes.
struct Sizes {
  int64_t steps = 0;
  int64_t batch = 0;
  int64_t input = 0;
  int64_t hidden = 0;
  int64_t directions = 1;
  bool reverse = false;  // The first direction.
  bool batch_first = false;
};

// Input `i`, constant and of `shape`, as floats; nothing if it is omitted.
Result<std::vector<float>> Weights(const Lowering& lowering, const Node& node,
                                   size_t i, const Shape& shape,
                                   std::string_view what) {
  const ValueId id = Lowering::Input(node, i);
  if (id == kNoValue) return std::vector<float>();
  TINYML_RETURN_IF_ERROR(CheckFloat(lowering, node, id, "FULLY_CONNECTED"));
  TINYML_ONNX_REQUIRE(lowering, node, lowering.ShapeOf(id) == shape,
                      "its " + std::string(what) + " has the shape " +
                          ShapeText(lowering.ShapeOf(id)) + " instead of " +
                          ShapeText(shape));
  const Constant* constant = lowering.ConstantOf(id);
  TINYML_ONNX_REQUIRE(lowering, node, constant != nullptr,
                      "its " + std::string(what) + " is not constant");
  return constant->AsFloat();
}

Result<Sizes> SizesOf(const Lowering& lowering, const Node& node,
                      const CellKind& kind) {
  for (const size_t i : {size_t{kX}, size_t{kW}, size_t{kR}}) {
    TINYML_RETURN_IF_ERROR(
        CheckFloat(lowering, node, node.inputs[i], "FULLY_CONNECTED"));
    TINYML_ONNX_REQUIRE(lowering, node, lowering.RankOf(node.inputs[i]) == 3,
                        "its X, W and R must have three dimensions");
    TINYML_RETURN_IF_ERROR(
        CheckShape(lowering, node, lowering.ShapeOf(node.inputs[i])));
  }
  Sizes sizes;
  const std::string direction = node.String("direction", "forward");
  TINYML_ONNX_REQUIRE(lowering, node,
                      direction == "forward" || direction == "reverse" ||
                          direction == "bidirectional",
                      "its direction is unknown to ONNX");
  sizes.directions = direction == "bidirectional" ? 2 : 1;
  sizes.reverse = direction == "reverse";
  sizes.batch_first = node.Int("layout", 0) != 0;
  const Shape& x = lowering.ShapeOf(node.inputs[kX]);
  sizes.steps = x[sizes.batch_first ? 1 : 0];
  sizes.batch = x[sizes.batch_first ? 0 : 1];
  sizes.input = x[2];
  sizes.hidden = lowering.ShapeOf(node.inputs[kR])[2];
  TINYML_ONNX_REQUIRE(lowering, node,
                      node.Int("hidden_size", sizes.hidden) == sizes.hidden,
                      "its hidden_size is not that of its weights");
  // Of the products below none overflows: `hidden` fits 31 bits.
  TINYML_ONNX_REQUIRE(lowering, node, sizes.steps <= kMostSteps,
                      "it has " + std::to_string(sizes.steps) +
                          " steps; as many as " + std::to_string(kMostSteps) +
                          " are written out as operators");
  const int64_t d = sizes.directions;
  TINYML_RETURN_IF_ERROR(
      CheckShape(lowering, node,
                 {sizes.steps, d, sizes.batch, sizes.hidden, 2 * kind.gates}));
  const ValueId lengths = Lowering::Input(node, kLengths);
  if (lengths != kNoValue) {
    const Constant* constant = lowering.ConstantOf(lengths);
    TINYML_ONNX_REQUIRE(lowering, node, constant != nullptr,
                        "its sequence_lens is not constant; the number of "
                        "steps that are run is fixed");
    const std::vector<int64_t> values = constant->AsInt64();
    TINYML_ONNX_REQUIRE(
        lowering, node,
        std::all_of(values.begin(), values.end(),
                    [&](int64_t value) { return value == sizes.steps; }),
        "its sequence_lens has sequences shorter than its input");
  }
  return sizes;
}

// The activations of each direction, as nodes of their own.
Result<std::vector<Node>> ActivationsOf(const Lowering& lowering,
                                        const Node& node, const CellKind& kind,
                                        int64_t directions) {
  std::vector<std::string> names;
  if (const auto* given = node.Find<std::vector<std::string>>("activations")) {
    names = *given;
  } else {
    for (int64_t d = 0; d < directions; ++d) {
      names.insert(names.end(), kind.activations.begin(),
                   kind.activations.end());
    }
  }
  TINYML_ONNX_REQUIRE(
      lowering, node,
      names.size() == kind.activations.size() * static_cast<size_t>(directions),
      "it does not have one activation for each of its functions");
  // ONNX Runtime takes the numbers, in order, for those that have one.
  const std::vector<float> alphas = node.Floats("activation_alpha");
  const std::vector<float> betas = node.Floats("activation_beta");
  size_t alpha = 0;
  size_t beta = 0;
  std::vector<Node> activations;
  for (const std::string& name : names) {
    const RecurrentActivation* known = FindRecurrentActivation(name);
    TINYML_ONNX_REQUIRE(lowering, node, known != nullptr,
                        "its activation '" + name + "' is not supported");
    Node& activation = activations.emplace_back();
    activation.op_type = name;
    activation.outputs = node.outputs;
    if (known->has_alpha && alpha < alphas.size()) {
      activation.attributes["alpha"] = alphas[alpha++];
    }
    if (known->has_beta && beta < betas.size()) {
      activation.attributes["beta"] = betas[beta++];
    }
  }
  return activations;
}

// `id`, of three axes with the last one last in memory, as a matrix: its rows
// in the order of axis `major`, then of the other.
Result<TensorIndex> MatrixOf(Lowering& lowering, ValueId id, int major,
                             const std::string& name) {
  const Layout wanted = {major, 1 - major, 2};
  const Shape shape = lowering.ShapeOf(id);
  const Layout held = lowering.LayoutOf(id);
  const bool fits =
      lowering.ConstantOf(id) == nullptr && SameBytes(shape, held, wanted);
  TINYML_ASSIGN_OR_RETURN(const TensorIndex tensor,
                          lowering.Get(id, fits ? held : wanted));
  return EmitShaped(lowering, tensor, {shape[0] * shape[1], shape[2]}, name);
}

// The state that input `i` gives each direction; none for zeros.
Result<std::vector<TensorIndex>> InitialState(Lowering& lowering,
                                              const Node& node, size_t i,
                                              const Sizes& sizes,
                                              const std::string& name) {
  std::vector<TensorIndex> states(static_cast<size_t>(sizes.directions),
                                  kNoTensor);
  const ValueId id = Lowering::Input(node, i);
  if (id == kNoValue) return states;
  TINYML_RETURN_IF_ERROR(CheckFloat(lowering, node, id, "FULLY_CONNECTED"));
  const Shape shape = sizes.batch_first
                          ? Shape{sizes.batch, sizes.directions, sizes.hidden}
                          : Shape{sizes.directions, sizes.batch, sizes.hidden};
  TINYML_ONNX_REQUIRE(lowering, node, lowering.ShapeOf(id) == shape,
                      "its initial state has the shape " +
                          ShapeText(lowering.ShapeOf(id)) + " instead of " +
                          ShapeText(shape));
  if (const Constant* constant = lowering.ConstantOf(id)) {
    const std::vector<float> values = constant->AsFloat();
    if (std::all_of(values.begin(), values.end(),
                    [](float value) { return value == 0; })) {
      return states;
    }
  }
  TINYML_ASSIGN_OR_RETURN(
      const TensorIndex matrix,
      MatrixOf(lowering, id, sizes.batch_first ? 1 : 0, name));
  return EmitSplit(lowering, matrix, 0,
                   std::vector<int64_t>(states.size(), sizes.batch), name);
}

std::vector<float> Part(const std::vector<float>& all, int64_t parts,
                        int64_t i) {
  const auto size = static_cast<ptrdiff_t>(all.size()) / parts;
  return {all.begin() + i * size, all.begin() + (i + 1) * size};
}

// One cell for each direction, all but its rows.
Result<std::vector<RecurrentCell>> CellsOf(Lowering& lowering, const Node& node,
                                           const CellKind& kind,
                                           const Sizes& sizes) {
  const int64_t d = sizes.directions;
  const int64_t h = sizes.hidden;
  const int64_t n = kind.gates * h;
  // What is copied from a file that may name the same weights many times.
  TINYML_ONNX_REQUIRE(
      lowering, node,
      lowering.TakeFoldingBytes(Elements(lowering.ShapeOf(node.inputs[kW])) *
                                int64_t{sizeof(float)}) &&
          lowering.TakeFoldingBytes(
              Elements(lowering.ShapeOf(node.inputs[kR])) *
              int64_t{sizeof(float)}),
      "its weights are too large");
  TINYML_ASSIGN_OR_RETURN(
      const auto weights,
      Weights(lowering, node, kW, {d, n, sizes.input}, "W"));
  TINYML_ASSIGN_OR_RETURN(const auto recurrent,
                          Weights(lowering, node, kR, {d, n, h}, "R"));
  TINYML_ASSIGN_OR_RETURN(auto bias,
                          Weights(lowering, node, kB, {d, 2 * n}, "B"));
  if (bias.empty()) bias.assign(d * 2 * n, 0);
  std::vector<float> peepholes;
  if (kind.has_cell) {
    TINYML_ASSIGN_OR_RETURN(peepholes,
                            Weights(lowering, node, kP, {d, 3 * h}, "P"));
  }
  TINYML_ASSIGN_OR_RETURN(const auto activations,
                          ActivationsOf(lowering, node, kind, d));
  std::vector<RecurrentCell> cells;
  for (int64_t i = 0; i < d; ++i) {
    RecurrentCell& cell = cells.emplace_back();
    cell.node = &node;
    cell.steps = sizes.steps;
    cell.batch = sizes.batch;
    cell.input = sizes.input;
    cell.hidden = h;
    cell.weights = Part(weights, d, i);
    cell.recurrent = Part(recurrent, d, i);
    cell.bias = Part(bias, d, i);
    cell.peepholes = Part(peepholes, d, i);
    const auto count = static_cast<ptrdiff_t>(kind.activations.size());
    cell.activations.assign(activations.begin() + i * count,
                            activations.begin() + (i + 1) * count);
    cell.clip = node.Float("clip", 0);
  }
  return cells;
}

// Output `i` of the node, which holds its axes in the order `order`: as ONNX's
// own where that has the same bytes.
void DefineRows(Lowering& lowering, const Node& node, size_t i, Shape shape,
                TensorIndex tensor, Layout order, const std::string& name) {
  if (SameBytes(shape, order, Canonical(shape.size()))) {
    order = Canonical(shape.size());
  }
  const Shape dims = InLayout(shape, order);
  lowering.Define(node, i, TensorType::kFloat32, std::move(shape),
                  EmitShaped(lowering, tensor, dims, name), std::move(order));
}

bool IsNamed(const Node& node, size_t i) {
  return i < node.outputs.size() && node.outputs[i] != kNoValue;
}

// What the directions gave: all hidden states in the order of time, and the
// last states.
struct Results {
  std::vector<TensorIndex> sequences;  // [steps * batch, hidden] each.
  std::vector<TensorIndex> hidden;     // [batch, hidden] each.
  std::vector<TensorIndex> cell;
};

void DefineResults(Lowering& lowering, const Node& node, const Sizes& sizes,
                   const Results& results, const std::string& name) {
  const int64_t t = sizes.steps;
  const int64_t b = sizes.batch;
  const int64_t d = sizes.directions;
  const int64_t h = sizes.hidden;
  if (IsNamed(node, 0)) {
    // Side by side, each row holds what the directions gave at one time.
    const TensorIndex all = EmitConcat(lowering, results.sequences, 1, name);
    DefineRows(lowering, node, 0,
               sizes.batch_first ? Shape{b, t, d, h} : Shape{t, d, b, h}, all,
               sizes.batch_first ? Layout{1, 0, 2, 3} : Layout{0, 2, 1, 3},
               name);
  }
  const std::array<const std::vector<TensorIndex>*, 2> last = {&results.hidden,
                                                               &results.cell};
  for (size_t i = 0; i < last.size(); ++i) {
    if (!IsNamed(node, i + 1) || last[i]->empty()) continue;
    const std::string own = lowering.OutputName(node, i + 1);
    DefineRows(lowering, node, i + 1,
               sizes.batch_first ? Shape{b, d, h} : Shape{d, b, h},
               EmitConcat(lowering, *last[i], 0, own),
               sizes.batch_first ? Layout{1, 0, 2} : Layout{0, 1, 2}, own);
  }
}

Status LowerRecurrent(Lowering& lowering, const Node& node,
                      const CellKind& kind) {
  TINYML_RETURN_IF_ERROR(CheckInputs(lowering, node, 3, kind.has_cell ? 8 : 6));
  TINYML_ASSIGN_OR_RETURN(const Sizes sizes, SizesOf(lowering, node, kind));
  TINYML_ASSIGN_OR_RETURN(auto cells, CellsOf(lowering, node, kind, sizes));
  std::string name = node.name;
  for (size_t i = node.outputs.size(); i-- > 0;) {
    if (IsNamed(node, i)) name = lowering.OutputName(node, i);
  }
  TINYML_ASSIGN_OR_RETURN(
      const TensorIndex rows,
      MatrixOf(lowering, node.inputs[kX], sizes.batch_first ? 1 : 0, name));
  TINYML_ASSIGN_OR_RETURN(const auto hidden,
                          InitialState(lowering, node, kInitialH, sizes, name));
  std::vector<TensorIndex> cell_state(hidden.size(), kNoTensor);
  if (kind.has_cell) {
    TINYML_ASSIGN_OR_RETURN(
        cell_state, InitialState(lowering, node, kInitialC, sizes, name));
  }
  Results results;
  for (size_t d = 0; d < cells.size(); ++d) {
    cells[d].rows = rows;
    cells[d].name = name;
    const auto step = kind.make(lowering, cells[d]);
    RecurrentState state = {hidden[d], cell_state[d]};
    const bool reverse = sizes.reverse || d == 1;
    std::vector<TensorIndex> sequence(static_cast<size_t>(sizes.steps));
    for (int64_t i = 0; i < sizes.steps; ++i) {
      TINYML_ONNX_REQUIRE(lowering, node,
                          lowering.subgraph().operators.size() < kMostOperators,
                          "its steps, written out, are too many operators");
      const int64_t t = reverse ? sizes.steps - 1 - i : i;
      state = step->Emit(t, state);
      sequence[t] = state.hidden;
    }
    if (IsNamed(node, 0)) {
      results.sequences.push_back(EmitConcat(lowering, sequence, 0, name));
    }
    results.hidden.push_back(state.hidden);
    if (kind.has_cell) results.cell.push_back(state.cell);
  }
  DefineResults(lowering, node, sizes, results, name);
  return {};
}

Status LowerLstm(Lowering& lowering, const Node& node) {
  return LowerRecurrent(lowering, node,
                        {4, {"Sigmoid", "Tanh", "Tanh"}, true, MakeLstm});
}

Status LowerGru(Lowering& lowering, const Node& node) {
  return LowerRecurrent(lowering, node,
                        {3, {"Sigmoid", "Tanh"}, false, MakeGru});
}

Status LowerRnn(Lowering& lowering, const Node& node) {
  return LowerRecurrent(lowering, node, {1, {"Tanh"}, false, MakeRnn});
}

}  // namespace

std::span<const OnnxOperator> RecurrentOperators() {
  static constexpr std::string_view kRestrictions =
      "float32; constant weights; up to 4,096 steps, all of them run";
  static constexpr OnnxOperator kOperators[] = {
      {"GRU", LowerGru,
       "FULLY_CONNECTED, then 11 operators a step: FULLY_CONNECTED, LOGISTIC, "
       "TANH, SPLIT, arithmetic",
       kRestrictions},
      {"LSTM", LowerLstm,
       "FULLY_CONNECTED, then 11 operators a step: FULLY_CONNECTED, LOGISTIC, "
       "TANH, SPLIT, SPLIT_V, arithmetic",
       kRestrictions},
      {"RNN", LowerRnn,
       "FULLY_CONNECTED, then FULLY_CONNECTED, ADD, TANH a step",
       kRestrictions},
  };
  return kOperators;
}

}  // namespace tinyml::onnx_import
