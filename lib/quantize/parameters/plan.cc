#include "quantize/parameters/plan.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include "base/macros.h"
#include "model/constants.h"
#include "quantize/parameters/class_forest.h"
#include "tinyml/options.h"

namespace tinyml::quantize {
namespace {

using Op = BuiltinOperator;

class Planner {
 public:
  Planner(const Model& model, const PlanOptions& options)
      : model_(model), options_(options) {}

  Result<Plan> Run() {
    plan_.subgraphs.resize(model_.subgraphs.size());
    nodes_.resize(model_.subgraphs.size());
    for (size_t s = 0; s < model_.subgraphs.size(); ++s) {
      const Subgraph& graph = model_.subgraphs[s];
      plan_.subgraphs[s].operators.resize(graph.operators.size());
      // kNoClass until an operator or the graph gives the tensor a home.
      plan_.subgraphs[s].home.assign(graph.tensors.size(), kNoClass);
    }
    TieSubgraphs();
    for (size_t s = 0; s < model_.subgraphs.size(); ++s) {
      TINYML_RETURN_IF_ERROR(PlanSubgraph(static_cast<int>(s)));
    }
    TINYML_RETURN_IF_ERROR(CheckNames());
    Number();
    return std::move(plan_);
  }

 private:
  const Subgraph& GraphOf(int s) const { return model_.subgraphs[s]; }
  const Tensor& TensorOf(int s, TensorIndex t) const {
    return GraphOf(s).tensors[t];
  }
  int& Home(int s, TensorIndex t) { return plan_.subgraphs[s].home[t]; }
  bool IsFloat(int s, TensorIndex t) const {
    return t != kNoTensor && TensorOf(s, t).type == TensorType::kFloat32;
  }
  bool IsConstant(int s, TensorIndex t) const {
    return t != kNoTensor && IsFloatConstant(model_, TensorOf(s, t));
  }

  // The node of a tensor's values in `type`.
  int NodeOf(int s, TensorIndex t, TensorType type) {
    const auto key = std::pair(t, type);
    auto& nodes = nodes_[s];
    if (const auto found = nodes.find(key); found != nodes.end()) {
      return found->second;
    }
    ClassForest::Node node;
    node.type = type;
    (IsConstant(s, t) ? node.constants : node.activations).push_back({s, t});
    const int made = classes_.Add(std::move(node));
    nodes.emplace(key, made);
    return made;
  }
  // Gives a tensor its home in `type`, if it has none yet; returns that.
  int GiveHome(int s, TensorIndex t, TensorType type) {
    int& home = Home(s, t);
    if (home == kNoClass) {
      home = type == TensorType::kFloat32 ? kFloatClass : NodeOf(s, t, type);
    }
    return home;
  }
  // The type of a tensor's values where it is written.
  TensorType HomeType(int s, TensorIndex t) {
    const int home = Home(s, t);
    if (home == kFloatClass) return TensorType::kFloat32;
    if (home == kNoClass) return OperatorPlan::kNoType;
    return classes_.At(home).type;
  }

  // ---- Control flow and variables: the values that they pass on have the same
  // parameters everywhere.

  void Tie(int s, TensorIndex t, int other_s, TensorIndex other_t) {
    if (!IsFloat(s, t) || !IsFloat(other_s, other_t) || IsConstant(s, t) ||
        IsConstant(other_s, other_t)) {
      return;
    }
    const int a = GiveHome(s, t, options_.activations);
    const int b = GiveHome(other_s, other_t, options_.activations);
    if (a < 0 || b < 0) return;
    classes_.At(a).stays_free = true;
    classes_.At(b).stays_free = true;
    classes_.Unite(a, b);
  }

  void TieLists(int s, const std::vector<TensorIndex>& tensors, int other,
                const std::vector<TensorIndex>& others) {
    for (size_t i = 0; i < std::min(tensors.size(), others.size()); ++i) {
      Tie(s, tensors[i], other, others[i]);
    }
  }

  void TieSubgraphs() {
    for (size_t graph = 0; graph < model_.subgraphs.size(); ++graph) {
      const int s = static_cast<int>(graph);
      for (const Operator& op : GraphOf(s).operators) {
        TieOperator(s, op, handles_[s]);
      }
    }
  }

  void TieOperator(int s, const Operator& op,
                   std::map<TensorIndex, std::string>& names) {
    switch (model_.CodeOf(op).Code()) {
      case Op::kIf:
        if (const auto* options = op.options.As<IfOptions>()) {
          for (const int branch :
               {options->then_subgraph_index, options->else_subgraph_index}) {
            TieLists(s, {op.inputs.begin() + 1, op.inputs.end()}, branch,
                     GraphOf(branch).inputs);
            TieLists(s, op.outputs, branch, GraphOf(branch).outputs);
          }
        }
        break;
      case Op::kWhile:
        if (const auto* options = op.options.As<WhileOptions>()) {
          const Subgraph& body = GraphOf(options->body_subgraph_index);
          TieLists(s, op.inputs, options->cond_subgraph_index,
                   GraphOf(options->cond_subgraph_index).inputs);
          TieLists(s, op.inputs, options->body_subgraph_index, body.inputs);
          TieLists(s, op.inputs, options->body_subgraph_index, body.outputs);
          TieLists(s, op.inputs, s, op.outputs);
        }
        break;
      case Op::kVarHandle:
        if (const auto* options = op.options.As<VarHandleOptions>()) {
          names[op.outputs[0]] = options->shared_name;
        }
        break;
      case Op::kReadVariable:
        TieVariable(s, names[op.inputs[0]], op.outputs[0]);
        break;
      case Op::kAssignVariable:
        if (!IsConstant(s, op.inputs[1])) {
          TieVariable(s, names[op.inputs[0]], op.inputs[1]);
        }
        break;
      default:
        break;
    }
  }

  void TieVariable(int s, const std::string& name, TensorIndex t) {
    const auto [found, is_new] = variables_.try_emplace(name, TensorId{s, t});
    if (is_new) {
      Tie(s, t, s, t);
    } else {
      Tie(s, t, found->second.subgraph, found->second.index);
    }
  }

  // The tensor whose values input `i` of an operator that hands values on
  // becomes; nothing if there is none.
  std::optional<TensorId> BecomesOf(int s, const Operator& op, size_t i) {
    const auto input_of = [&](int other, size_t at) -> std::optional<TensorId> {
      const auto& inputs = GraphOf(other).inputs;
      if (at >= inputs.size()) return std::nullopt;
      return TensorId{other, inputs[at]};
    };
    if (const auto* branch = op.options.As<IfOptions>()) {
      if (i == 0) return std::nullopt;
      return input_of(branch->then_subgraph_index, i - 1);
    }
    if (const auto* loop = op.options.As<WhileOptions>()) {
      return input_of(loop->body_subgraph_index, i);
    }
    if (model_.CodeOf(op).Code() == Op::kAssignVariable) {
      const auto found = variables_.find(handles_[s][op.inputs[0]]);
      if (found != variables_.end()) return found->second;
    }
    return std::nullopt;
  }

  // ---- Operators.

  Status PlanSubgraph(int s) {
    const Subgraph& graph = GraphOf(s);
    SubgraphPlan& plan = plan_.subgraphs[s];
    for (const TensorIndex input : graph.inputs) {
      if (IsFloat(s, input)) {
        GiveHome(s, input, s == 0 ? options_.input : options_.activations);
      }
    }
    for (size_t i = 0; i < graph.operators.size(); ++i) {
      TINYML_RETURN_IF_ERROR(PlanOperator(s, static_cast<int>(i)));
    }
    for (const TensorIndex output : graph.outputs) {
      int demanded = kNoClass;
      if (IsFloat(s, output)) {
        // What no operator writes is a constant, or an unused input.
        const int home = GiveHome(s, output, options_.activations);
        const TensorType type = s == 0 ? options_.output : HomeType(s, output);
        demanded = type == HomeType(s, output)    ? home
                   : type == TensorType::kFloat32 ? kFloatClass
                                                  : NodeOf(s, output, type);
      }
      plan.outputs.push_back(demanded);
    }
    return {};
  }

  // What the operator computes in, and why it is float if that is so.
  Result<TensorType> TypeOf(int s, int index, std::string& why) {
    const Operator& op = GraphOf(s).operators[index];
    const Op code = model_.CodeOf(op).Code();
    bool has_float = false;
    TensorIndex first = kNoTensor;  // The first operand that is no constant.
    for (const TensorIndex t : op.inputs) {
      if (!IsFloat(s, t) || IsConstant(s, t)) continue;
      has_float = true;
      if (first == kNoTensor) first = t;
    }
    bool named_float = false;
    bool named_int16 = false;
    for (const TensorIndex t : op.outputs) {
      if (!IsFloat(s, t)) continue;
      has_float = true;
      const std::string& name = TensorOf(s, t).name;
      named_float |= Named(options_.keep_float, name);
      named_int16 |= Named(options_.int16, name);
    }
    if (!has_float) return OperatorPlan::kNoType;
    if (HandsValuesOn(code)) return options_.activations;
    if (named_float) {
      why = "as requested";
      return TensorType::kFloat32;
    }
    const QuantizationRule* rule = QuantizationRuleOf(code);
    if (options_.refused.contains({s, index})) {
      why = "the runtime refuses its integer form here";
      return TensorType::kFloat32;
    }
    TensorType wanted = named_int16 ? TensorType::kInt16 : options_.activations;
    // What only moves values moves them as they are.
    if (rule != nullptr && rule->rule == ParameterRule::kAllTheSame &&
        !named_int16 && first != kNoTensor) {
      const TensorType home = HomeType(s, first);
      if (home == TensorType::kFloat32 && !IsInput(s, first)) return home;
      if (home == TensorType::kInt8 || home == TensorType::kInt16) {
        wanted = home;
      }
    }
    const bool is_int16 = wanted == TensorType::kInt16;
    if (rule == nullptr || !(is_int16 ? rule->int16 : rule->int8)) {
      why = std::string("the runtime has no ") + (is_int16 ? "int16" : "int8") +
            " kernel for it";
      if (named_int16) {
        return Fail(
            ErrorCode::kUnsupported,
            DescribeOperator(model_, {s, index}) + " cannot be int16: " + why,
            {.op = OperatorId(s, index)});
      }
      return TensorType::kFloat32;
    }
    if (rule->rule == ParameterRule::kWeights &&
        !WeightsAreConstant(s, op, *rule)) {
      why = "its weights or its bias are computed";
      return TensorType::kFloat32;
    }
    return wanted;
  }

  bool Named(const std::set<std::string, std::less<>>& names,
             const std::string& name) {
    if (!names.contains(name)) return false;
    found_names_.insert(name);
    return true;
  }
  bool IsInput(int s, TensorIndex t) const {
    const auto& inputs = GraphOf(s).inputs;
    return std::ranges::find(inputs, t) != inputs.end();
  }
  bool WeightsAreConstant(int s, const Operator& op,
                          const QuantizationRule& rule) const {
    const auto at = [&](int i) {
      return static_cast<size_t>(i) < op.inputs.size() ? op.inputs[i]
                                                       : kNoTensor;
    };
    return IsConstant(s, at(rule.weights)) &&
           (at(rule.bias) == kNoTensor || IsConstant(s, at(rule.bias)));
  }

  Status PlanOperator(int s, int index) {
    const Operator& op = GraphOf(s).operators[index];
    OperatorPlan& plan = plan_.subgraphs[s].operators[index];
    TINYML_ASSIGN_OR_RETURN(plan.type, TypeOf(s, index, plan.why_float));
    plan.inputs.assign(op.inputs.size(), kNoClass);
    plan.outputs.assign(op.outputs.size(), kNoClass);
    if (plan.type == OperatorPlan::kNoType) return {};
    const bool stays_float = plan.type == TensorType::kFloat32;
    const Op code = model_.CodeOf(op).Code();
    const QuantizationRule* rule = QuantizationRuleOf(code);
    for (size_t i = 0; i < op.inputs.size(); ++i) {
      const TensorIndex t = op.inputs[i];
      if (!IsFloat(s, t)) continue;
      const bool own_form =
          !stays_float && !HandsValuesOn(code) && IsOwnForm(*rule, i);
      plan.inputs[i] = own_form      ? kOwnForm
                       : stays_float ? kFloatClass
                                     : NodeOf(s, t, plan.type);
    }
    for (size_t i = 0; i < op.outputs.size(); ++i) {
      const TensorIndex t = op.outputs[i];
      if (IsFloat(s, t)) plan.outputs[i] = GiveHome(s, t, plan.type);
    }
    if (stays_float) {
      // A home that control flow has given is not float.
      for (int& output : plan.outputs) {
        if (output != kNoClass) output = kFloatClass;
      }
      return {};
    }
    if (!HandsValuesOn(code)) {
      ApplyRule(s, op, *rule, plan);
      return {};
    }
    // Constants take the parameters of what they become.
    for (size_t i = 0; i < op.inputs.size(); ++i) {
      if (plan.inputs[i] < 0 || !IsConstant(s, op.inputs[i])) continue;
      const auto becomes = BecomesOf(s, op, i);
      if (!becomes || !IsFloat(becomes->subgraph, becomes->index)) continue;
      plan.inputs[i] =
          GiveHome(becomes->subgraph, becomes->index, options_.activations);
      classes_.At(plan.inputs[i]).constants.push_back({s, op.inputs[i]});
    }
    return {};
  }

  // Weights and the like, whose parameters are no class's.
  static bool IsOwnForm(const QuantizationRule& rule, size_t i) {
    switch (rule.rule) {
      case ParameterRule::kWeights:
        return i == static_cast<size_t>(rule.weights) ||
               i == static_cast<size_t>(rule.bias);
      case ParameterRule::kSvdf:
      case ParameterRule::kLstm:
        return i != 0;
      default:
        return false;
    }
  }

  void ApplyRule(int s, const Operator& op, const QuantizationRule& rule,
                 OperatorPlan& plan) {
    if (rule.rule == ParameterRule::kFixedOutput) {
      for (size_t i = 0; i < plan.outputs.size(); ++i) {
        if (plan.outputs[i] < 0) continue;
        ClassForest::Node node;
        node.type = plan.type;
        node.fixed =
            plan.type == TensorType::kInt8 ? rule.fixed_int8 : rule.fixed_int16;
        const int fixed = classes_.Add(std::move(node));
        // If that cannot be, the rewriter puts a QUANTIZE after it.
        classes_.Unite(plan.outputs[i], fixed);
        plan.outputs[i] = fixed;
      }
      return;
    }
    if (rule.rule == ParameterRule::kAllTheSame) MakeTheSame(s, op, plan);
  }

  // One class for all operands. Those whose parameters are dictated stay out of
  // it, with a QUANTIZE between, unless they all have the same.
  void MakeTheSame(int s, const Operator& op, OperatorPlan& plan) {
    std::vector<int*> inputs;
    std::vector<int*> constants;
    std::vector<int*> free;
    for (size_t i = 0; i < plan.inputs.size(); ++i) {
      if (plan.inputs[i] < 0) continue;
      if (IsConstant(s, op.inputs[i])) {
        constants.push_back(&plan.inputs[i]);
      } else {
        inputs.push_back(&plan.inputs[i]);
      }
    }
    bool dictated = !inputs.empty();
    for (int* input : inputs) {
      const auto& fixed = classes_.At(*input).fixed;
      const auto& first = classes_.At(*inputs[0]).fixed;
      dictated = dictated && fixed && fixed->scale == first->scale &&
                 fixed->zero_point == first->zero_point;
      if (!fixed) free.push_back(input);
    }
    // A constant beside dictated parameters might be out of their range.
    if (dictated && constants.empty()) free = inputs;
    int together = kNoClass;
    const auto join = [&](int& operand) {
      if (together == kNoClass) {
        together = operand;
      } else if (!classes_.Unite(together, operand)) {
        operand = together;
      }
    };
    for (int* input : free) join(*input);
    for (int& output : plan.outputs) {
      if (output >= 0) join(output);
    }
    if (together == kNoClass) return;
    for (int* input : inputs) *input = together;
    for (int* constant : constants) {
      // A constant may be part of several classes: a node for each.
      ClassForest::Node node;
      node.type = plan.type;
      node.constants = {{s, op.inputs[constant - plan.inputs.data()]}};
      const int own = classes_.Add(std::move(node));
      classes_.Unite(together, own);
      *constant = together;
    }
  }

  Status CheckNames() const {
    for (const auto* names : {&options_.keep_float, &options_.int16}) {
      for (const std::string& name : *names) {
        if (!found_names_.contains(name)) {
          return Fail(ErrorCode::kUsage,
                      "no float operator writes a tensor \"" + name + "\"");
        }
      }
    }
    return {};
  }

  // Gives the classes their numbers, in the order in which they are met.
  void Number() {
    std::map<int, int> numbers;
    const auto renumber = [&](int& operand) {
      if (operand < 0) return;
      const int root = classes_.Find(operand);
      const auto [found, is_new] =
          numbers.try_emplace(root, static_cast<int>(plan_.classes.size()));
      operand = found->second;
      if (!is_new) return;
      const ClassForest::Node& node = classes_.At(root);
      ParameterClass& made = plan_.classes.emplace_back();
      made.type = node.type;
      made.is_fixed = node.fixed.has_value();
      if (made.is_fixed) {
        made.scale = node.fixed->scale;
        made.zero_point = node.fixed->zero_point;
        made.method = "fixed";
      }
      made.is_symmetric = node.symmetric;
      made.activations = node.activations;
      made.constants = node.constants;
    };
    for (SubgraphPlan& graph : plan_.subgraphs) {
      for (int& home : graph.home) renumber(home);
      for (OperatorPlan& op : graph.operators) {
        for (int& operand : op.inputs) renumber(operand);
        for (int& operand : op.outputs) renumber(operand);
      }
      for (int& operand : graph.outputs) renumber(operand);
    }
  }

  const Model& model_;
  const PlanOptions& options_;
  Plan plan_;
  ClassForest classes_;
  std::vector<std::map<std::pair<TensorIndex, TensorType>, int>> nodes_;
  // Tensors that hold a handle, by subgraph, and the variable's name.
  std::map<int, std::map<TensorIndex, std::string>> handles_;
  std::map<std::string, TensorId> variables_;
  std::set<std::string, std::less<>> found_names_;
};

}  // namespace

Result<Plan> MakePlan(const Model& model, const PlanOptions& options) {
  TINYML_ASSIGN_OR_RETURN(Plan plan, Planner(model, options).Run());
  plan.dense_per_tensor = options.dense_per_tensor;
  return plan;
}

}  // namespace tinyml::quantize
