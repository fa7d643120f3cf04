// Which tensors become integers, and which of them share their parameters:
// the constraints of model/operator_table.h solved over a whole model.
//
// Every float tensor has a home, the class of its values where it is written.
// Every operand of an operator demands a class. Where that is another one than
// the tensor's home, the rewriter puts a QUANTIZE or DEQUANTIZE between.
#ifndef TINYML_QUANTIZE_PARAMETERS_PLAN_H_
#define TINYML_QUANTIZE_PARAMETERS_PLAN_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "model/operator_table.h"
#include "tinyml/model.h"
#include "tinyml/operator_id.h"
#include "tinyml/status.h"

namespace tinyml::quantize {

// Operands of no class.
inline constexpr int kFloatClass = -1;  // Stays float32.
inline constexpr int kNoClass = -2;     // Was no float: nothing to be done.
inline constexpr int kOwnForm = -3;  // Weights, biases, states: see the rule.

// Tensors that share type, scale and zero point.
struct ParameterClass {
  TensorType type = TensorType::kInt8;  // kInt8 or kInt16.
  // Scale and zero point, where an operator dictates them.
  bool is_fixed = false;
  // The range of int8 is symmetric about zero.
  bool is_symmetric = false;
  std::vector<TensorId> activations;
  std::vector<TensorId> constants;

  // What was chosen for it.
  float scale = 0;
  int32_t zero_point = 0;
  std::string method;
};

struct OperatorPlan {
  // What it computes in: kFloat32, kInt8 or kInt16; kNoType if floats are none
  // of its business.
  static constexpr TensorType kNoType = TensorType::kVariant;
  TensorType type = kNoType;
  std::string why_float;     // One clause, for those that could be expected.
  std::vector<int> inputs;   // The class that each demands.
  std::vector<int> outputs;  // The class that each is written in.
};

struct SubgraphPlan {
  std::vector<OperatorPlan> operators;
  std::vector<int> home;     // Of each tensor.
  std::vector<int> outputs;  // The class that each output of the graph demands.
};

struct Plan {
  std::vector<ParameterClass> classes;
  std::vector<SubgraphPlan> subgraphs;
  // FULLY_CONNECTED has one scale for all channels, whatever its rule.
  bool dense_per_tensor = false;
};

struct PlanOptions {
  TensorType activations = TensorType::kInt8;
  TensorType input = TensorType::kInt8;   // Of the first subgraph's inputs.
  TensorType output = TensorType::kInt8;  // And outputs.
  // Results of operators that are computed otherwise, by name.
  std::set<std::string, std::less<>> keep_float;
  std::set<std::string, std::less<>> int16;
  bool dense_per_tensor = false;
  // Operators that the runtime would refuse otherwise.
  std::set<OperatorId> refused;
};

// Makes the plan; parameters are still to be chosen. `model` must pass
// ValidateModel, with its operators in topological order. Fails with
// kUnsupported for names that no operator of floats has, and for int16 where
// there is no such kernel.
Result<Plan> MakePlan(const Model& model, const PlanOptions& options);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_PARAMETERS_PLAN_H_
