// LSTM, GRU and RNN against ONNX's equations, written out below in doubles.
#include <gmock/gmock.h>

#include <cmath>
#include <string>
#include <vector>

#include "tests/formats/onnx/lowered_graph.h"

namespace tinyml::onnx_import {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pointwise;

using DoubleMatrix = std::vector<double>;

constexpr int64_t kSteps = 3;
constexpr int64_t kBatch = 2;
constexpr int64_t kInputs = 4;
constexpr int64_t kHidden = 3;

// Numbers between -1 and 1 that look arbitrary.
std::vector<float> Numbers(int64_t count, double seed) {
  std::vector<float> values;
  for (int64_t i = 0; i < count; ++i) {
    values.push_back(
        static_cast<float>(std::sin(seed + 1.7 * static_cast<double>(i * i))));
  }
  return values;
}

struct Options {
  std::string op = "LSTM";
  std::string direction = "forward";
  bool batch_first = false;
  bool peepholes = false;
  bool coupled = false;
  bool reset_after = false;
  bool initial = false;
  double clip = 0;
  bool bias = true;
  int output = 0;  // Y, Y_h or Y_c.
  int64_t batch = kBatch;
  int64_t steps = kSteps;

  int64_t Gates() const { return op == "LSTM" ? 4 : op == "GRU" ? 3 : 1; }
  int64_t Directions() const { return direction == "bidirectional" ? 2 : 1; }
};

// What the node reads, in ONNX's order with layout 0.
struct Weights {
  explicit Weights(const Options& o)
      : x(Numbers(o.steps * o.batch * kInputs, 1)),
        w(Numbers(o.Directions() * o.Gates() * kHidden * kInputs, 2)),
        r(Numbers(o.Directions() * o.Gates() * kHidden * kHidden, 3)),
        b(Numbers(o.Directions() * 2 * o.Gates() * kHidden, 4)),
        h(Numbers(o.Directions() * o.batch * kHidden, 5)),
        c(Numbers(o.Directions() * o.batch * kHidden, 6)),
        p(Numbers(o.Directions() * 3 * kHidden, 7)) {}
  std::vector<float> x, w, r, b, h, c, p;
};

double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

// One row of a batch in one direction.
class Reference {
 public:
  Reference(const Options& o, const Weights& w, int64_t direction, int64_t row)
      : o_(o), w_(w), d_(direction), h_(kHidden, 0), c_(kHidden, 0) {
    for (int64_t i = 0; o.initial && i < kHidden; ++i) {
      const int64_t at = (d_ * o.batch + row) * kHidden + i;
      h_[i] = w.h[at];
      c_[i] = w.c[at];
    }
  }
  void Step(const float* x) {
    const DoubleMatrix before = h_;
    const auto peep = [&](int64_t gate, int64_t i) {
      return o_.peepholes ? w_.p[(d_ * 3 + gate) * kHidden + i] * c_[i] : 0.0;
    };
    for (int64_t i = 0; i < kHidden; ++i) {
      if (o_.op == "RNN") {
        h_[i] = std::tanh(Clip(Input(x, 0, i) + State(before, 0, i)));
      } else if (o_.op == "LSTM") {
        const auto gate = [&](int64_t g, double extra) {
          return Clip(Input(x, g, i) + State(before, g, i) + extra);
        };
        const double in = Sigmoid(gate(0, peep(0, i)));
        const double forget =
            o_.coupled ? 1 - in : Sigmoid(gate(2, peep(2, i)));
        c_[i] = forget * c_[i] + in * std::tanh(gate(3, 0));
        h_[i] = Sigmoid(gate(1, peep(1, i))) * std::tanh(c_[i]);
      }
    }
    if (o_.op != "GRU") return;
    DoubleMatrix z(kHidden), r(kHidden), reset(kHidden);
    for (int64_t i = 0; i < kHidden; ++i) {
      z[i] = Sigmoid(Clip(Input(x, 0, i) + State(before, 0, i)));
      r[i] = Sigmoid(Clip(Input(x, 1, i) + State(before, 1, i)));
      reset[i] = r[i] * before[i];
    }
    for (int64_t i = 0; i < kHidden; ++i) {
      const double state =
          o_.reset_after ? r[i] * State(before, 2, i) : State(reset, 2, i);
      const double g = std::tanh(Clip(Input(x, 2, i) + state));
      h_[i] = (1 - z[i]) * g + z[i] * before[i];
    }
  }
  const DoubleMatrix& h() const { return h_; }
  const DoubleMatrix& c() const { return c_; }

 private:
  double Clip(double x) const {
    return o_.clip > 0 ? std::min(o_.clip, std::max(-o_.clip, x)) : x;
  }
  double Bias(int64_t gate, int64_t i) const {
    return o_.bias ? w_.b[(d_ * 2 * o_.Gates() + gate) * kHidden + i] : 0.0;
  }
  double Input(const float* x, int64_t gate, int64_t i) const {
    double sum = Bias(gate, i);
    const int64_t row = (d_ * o_.Gates() + gate) * kHidden + i;
    for (int64_t k = 0; k < kInputs; ++k) sum += w_.w[row * kInputs + k] * x[k];
    return sum;
  }
  double State(const DoubleMatrix& h, int64_t gate, int64_t i) const {
    double sum = Bias(o_.Gates() + gate, i);
    const int64_t row = (d_ * o_.Gates() + gate) * kHidden + i;
    for (int64_t k = 0; k < kHidden; ++k) sum += w_.r[row * kHidden + k] * h[k];
    return sum;
  }

  const Options& o_;
  const Weights& w_;
  int64_t d_;
  DoubleMatrix h_, c_;
};

// The output that `o` names, [T, D, B, H] or [D, B, H].
std::vector<float> Expected(const Options& o, const Weights& w) {
  const int64_t d_count = o.Directions();
  std::vector<float> y(o.steps * d_count * o.batch * kHidden);
  std::vector<float> last(d_count * o.batch * kHidden);
  for (int64_t d = 0; d < d_count; ++d) {
    const bool reverse = o.direction == "reverse" || d == 1;
    for (int64_t row = 0; row < o.batch; ++row) {
      Reference cell(o, w, d, row);
      for (int64_t i = 0; i < o.steps; ++i) {
        const int64_t t = reverse ? o.steps - 1 - i : i;
        cell.Step(w.x.data() + (t * o.batch + row) * kInputs);
        for (int64_t k = 0; k < kHidden; ++k) {
          y[((t * d_count + d) * o.batch + row) * kHidden + k] =
              static_cast<float>(cell.h()[k]);
        }
      }
      for (int64_t k = 0; k < kHidden; ++k) {
        last[(d * o.batch + row) * kHidden + k] =
            static_cast<float>(o.output == 2 ? cell.c()[k] : cell.h()[k]);
      }
    }
  }
  return o.output == 0 ? y : last;
}

// `values` of `shape` with their axes in another order.
std::vector<float> Permuted(const std::vector<float>& values, Shape shape,
                            const Layout& order) {
  return Transposed(Constant::Of(std::move(shape), values), order).AsFloat();
}

// The node `o` describes; its inputs are X and, if they are given, the states.
ValueId Build(LoweredGraph& graph, const Options& o, const Weights& w) {
  const int64_t d = o.Directions();
  const int64_t n = o.Gates() * kHidden;
  const ValueId x =
      graph.Input(o.batch_first ? Shape{o.batch, o.steps, kInputs}
                                : Shape{o.steps, o.batch, kInputs});
  const auto state = [&] {
    return !o.initial ? kNoValue
                      : graph.Input(o.batch_first ? Shape{o.batch, d, kHidden}
                                                  : Shape{d, o.batch, kHidden});
  };
  const auto known = [&](Shape shape, const std::vector<float>& values) {
    return graph.Known(Constant::Of(std::move(shape), values));
  };
  std::vector<ValueId> inputs = {x, known({d, n, kInputs}, w.w),
                                 known({d, n, kHidden}, w.r)};
  inputs.push_back(o.bias ? known({d, 2 * n}, w.b) : kNoValue);
  inputs.push_back(kNoValue);
  inputs.push_back(state());
  if (o.op == "LSTM") {
    inputs.push_back(state());
    if (o.peepholes) inputs.push_back(known({d, 3 * kHidden}, w.p));
  }
  LoweredGraph::Attributes attributes = {
      {"hidden_size", kHidden},
      {"direction", o.direction},
      {"layout", int64_t{o.batch_first}},
      {"input_forget", int64_t{o.coupled}},
      {"linear_before_reset", int64_t{o.reset_after}}};
  if (o.clip > 0) attributes["clip"] = static_cast<float>(o.clip);
  const ValueId y = graph.Node(o.op, inputs, attributes);
  auto& outputs = graph.graph().nodes.back().outputs;
  outputs.insert(outputs.begin(), static_cast<size_t>(o.output), kNoValue);
  // In ONNX's order, whatever order the node leaves it in.
  Shape shape = {-1};
  const ValueId flat = graph.Node("Reshape", {y, graph.Ints(shape)});
  return graph.Node("Relu", {graph.Node("Add", {flat, graph.Scalar(2)})});
}

void Check(const Options& o) {
  SCOPED_TRACE(o.op + " " + o.direction + " output " +
               std::to_string(o.output));
  const Weights w(o);
  LoweredGraph graph;
  const ValueId y = Build(graph, o, w);
  ASSERT_THAT(graph.Lower(y), Contains("FULLY_CONNECTED"));
  const int64_t d = o.Directions();
  std::vector<std::vector<float>> inputs = {w.x, w.h, w.c};
  inputs.resize(!o.initial ? 1 : o.op == "LSTM" ? 3 : 2);
  std::vector<float> expected = Expected(o, w);
  if (o.batch_first) {
    inputs[0] = Permuted(w.x, {o.steps, o.batch, kInputs}, {1, 0, 2});
    for (size_t i = 1; i < inputs.size(); ++i) {
      inputs[i] = Permuted(inputs[i], {d, o.batch, kHidden}, {1, 0, 2});
    }
    expected =
        o.output == 0
            ? Permuted(expected, {o.steps, d, o.batch, kHidden}, {2, 0, 1, 3})
            : Permuted(expected, {d, o.batch, kHidden}, {1, 0, 2});
  }
  for (float& value : expected) value += 2;
  EXPECT_THAT(graph.Run<float>(inputs), Pointwise(FloatNear(2e-6F), expected));
}

class OnnxRecurrent : public ::testing::TestWithParam<const char*> {};

TEST_P(OnnxRecurrent, EveryDirectionOutputAndLayout) {
  for (const char* direction : {"forward", "reverse", "bidirectional"}) {
    for (int output = 0; output < (GetParam() == std::string("LSTM") ? 3 : 2);
         ++output) {
      for (const bool batch_first : {false, true}) {
        for (const bool initial : {false, true}) {
          Options o;
          o.op = GetParam();
          o.direction = direction;
          o.output = output;
          o.batch_first = batch_first;
          o.initial = initial;
          Check(o);
        }
      }
    }
  }
}

TEST_P(OnnxRecurrent, VariantsOfTheEquations) {
  for (int bits = 0; bits < 64; ++bits) {
    Options o;
    o.op = GetParam();
    o.peepholes = (bits & 1) != 0;
    o.coupled = (bits & 2) != 0;
    o.reset_after = (bits & 4) != 0;
    o.clip = (bits & 8) != 0 ? 0.3 : 0;
    o.bias = (bits & 16) != 0;
    o.initial = (bits & 32) != 0;
    SCOPED_TRACE(bits);
    Check(o);
  }
}

// More steps than a CONCATENATION takes.
TEST_P(OnnxRecurrent, OneStepAndMany) {
  for (const int64_t steps : {1, 10, 11, 29, 123}) {
    Options o;
    o.op = GetParam();
    o.steps = steps;
    o.batch = steps % 2 + 1;
    Check(o);
  }
}

INSTANTIATE_TEST_SUITE_P(Ops, OnnxRecurrent,
                         ::testing::Values("LSTM", "GRU", "RNN"),
                         [](const auto& info) { return info.param; });

// One step from a given state, as in streaming models.
TEST(OnnxRecurrentOperators, AreAsFewAsAnEngineerWouldWrite) {
  Options o;
  o.steps = 1;
  o.batch = 1;
  o.initial = true;
  const Weights w(o);
  LoweredGraph graph;
  const ValueId y = Build(graph, o, w);
  EXPECT_THAT(graph.Lower(y),
              ElementsAre("RESHAPE", "RESHAPE", "RESHAPE", "FULLY_CONNECTED",
                          "FULLY_CONNECTED", "ADD", "SPLIT_V", "LOGISTIC",
                          "SPLIT", "TANH", "MUL", "MUL", "ADD", "TANH", "MUL",
                          "RESHAPE", "RESHAPE", "ADD", "RELU"));
}

TEST(OnnxRecurrentOperators, AStateOfZerosCostsNothing) {
  Options o;
  o.steps = 1;
  o.batch = 1;
  for (const char* op : {"LSTM", "GRU", "RNN"}) {
    o.op = op;
    const Weights w(o);
    LoweredGraph graph;
    const ValueId y = Build(graph, o, w);
    graph.graph().nodes[0].inputs[5] = graph.Known(
        Constant::Of({1, 1, kHidden}, std::vector<float>(kHidden, 0)));
    const auto names = graph.Lower(y);
    EXPECT_EQ(std::count(names.begin(), names.end(), "FULLY_CONNECTED"),
              o.op == "GRU" ? 2 : 1);
  }
}

TEST(OnnxRecurrentOperators, HaveTheActivationsThatTheyName) {
  const ValueId none = kNoValue;
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 1, 1});
  const ValueId w = graph.Known(Constant::Of({1, 1, 1}, std::vector<float>{1}));
  const ValueId y =
      graph.Node("RNN", {x, w, w, none},
                 {{"activations", std::vector<std::string>{"ScaledTanh"}},
                  {"activation_alpha", std::vector<float>{2.0F}},
                  {"activation_beta", std::vector<float>{0.5F}}});
  graph.Lower(y);
  EXPECT_THAT(
      graph.Run<float>({{3.0F}}),
      ElementsAre(FloatNear(static_cast<float>(2 * std::tanh(1.5)), 1e-6F)));
}

// The parameters go to those activations that have one, as in ONNX Runtime.
TEST(OnnxRecurrentOperators, NumbersOfActivationsGoByTheirOrder) {
  LoweredGraph graph;
  const ValueId x = graph.Input({1, 1, 1});
  const auto known = [&](Shape shape, std::vector<float> values) {
    return graph.Known(Constant::Of(std::move(shape), values));
  };
  const ValueId w = known({2, 1, 1}, {1, 1});
  const ValueId y = graph.Node(
      "RNN", {x, w, w},
      {{"direction", std::string("bidirectional")},
       {"activations", std::vector<std::string>{"Tanh", "LeakyRelu"}},
       {"activation_alpha", std::vector<float>{0.25F}}});
  graph.Lower(y);
  EXPECT_THAT(graph.Run<float>({{-2.0F}}),
              ElementsAre(FloatNear(std::tanh(-2.0F), 1e-6F), -0.5F));
}

TEST(OnnxRecurrentOperators, RefuseWhatCannotBeHad) {
  const auto refusal = [](auto change) {
    Options o;
    const Weights w(o);
    LoweredGraph graph;
    const ValueId y = Build(graph, o, w);
    change(graph, graph.graph().nodes[0]);
    const auto names = graph.Lower(y);
    return names.size() == 1 ? names[0] : "lowered";
  };
  using G = LoweredGraph;
  EXPECT_THAT(refusal([](G&, Node& n) {
                n.attributes["activations"] = std::vector<std::string>{"Tanh"};
              }),
              HasSubstr("does not have one activation for each"));
  EXPECT_THAT(refusal([](G&, Node& n) {
                n.attributes["activations"] =
                    std::vector<std::string>{"Sigmoid", "Sine", "Tanh"};
              }),
              HasSubstr("'Sine' is not supported"));
  EXPECT_THAT(refusal([](G&, Node& n) {
                n.attributes["direction"] = std::string("sideways");
              }),
              HasSubstr("direction"));
  EXPECT_THAT(refusal([](G& g, Node& n) {
                n.inputs[4] = g.Ints({kSteps, kSteps - 1});
              }),
              HasSubstr("shorter than its input"));
  EXPECT_THAT(refusal([](G& g, Node& n) {
                n.inputs[4] = g.Ints({kSteps, kSteps});
              }),
              HasSubstr("lowered"));
  EXPECT_THAT(refusal([](G& g, Node& n) {
                n.inputs[4] = g.Input({kBatch}, {}, TensorType::kInt32);
              }),
              HasSubstr("sequence_lens is not constant"));
  EXPECT_THAT(refusal([](G& g, Node& n) {
                n.inputs[2] = g.Input({1, 4 * kHidden, kHidden});
              }),
              HasSubstr("R is not constant"));
  EXPECT_THAT(refusal([](G& g, Node& n) {
                n.inputs[3] = g.Floats({1, 2});
              }),
              HasSubstr("B has the shape [2] instead of [1,24]"));
  EXPECT_THAT(refusal([](G& g, Node& n) {
                n.inputs[5] = g.Input({1, 1, 1});
              }),
              HasSubstr("initial state has the shape"));
  EXPECT_THAT(refusal([](G& g, Node& n) {
                n.inputs[0] = g.Input({5000, 1, kInputs});
              }),
              HasSubstr("5000 steps"));
  EXPECT_THAT(
      refusal([](G&, Node& n) { n.attributes["hidden_size"] = int64_t{7}; }),
      HasSubstr("hidden_size"));
}

}  // namespace
}  // namespace tinyml::onnx_import
