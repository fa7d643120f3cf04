// How the runtime's integer kernels need operands and results quantized.
#ifndef TINYML_TRANSFORM_QUANTIZED_OPERATORS_H_
#define TINYML_TRANSFORM_QUANTIZED_OPERATORS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tinyml/model.h"
#include "tinyml/operators.h"

namespace tinyml::transform {

// One scale and one zero point.
struct Scale {
  float scale = 0;
  int64_t zero_point = 0;
  friend bool operator==(const Scale&, const Scale&) = default;
};

// That of an int8 or uint8 tensor quantized as a whole.
std::optional<Scale> ScaleOf(const Tensor& tensor);
Quantization QuantizationOf(const Scale& scale);
// An int8 tensor for what `like` would hold, without a buffer.
Tensor Int8Like(const Tensor& like, const Scale& scale);

enum class Rule : uint8_t {
  kNone,    // It has no integer kernel, or is not known here.
  kLayer,   // Constant weights and bias; activations of any scales.
  kPair,    // Two operands and a result, of any scales.
  kAny,     // One operand and a result, of any scales.
  kFixed,   // One operand; the result has the scale of the kernel.
  kRounds,  // One operand; the result has its scale, rounded to it.
  kMoves,   // The same, and nothing is rounded: elements, or the largest.
  kJoins,   // All operands have the scale of the result.
  kReads,   // One operand; the result is not quantized.
};

// What the operator's row says, as it is used here.
Rule RuleOf(BuiltinOperator code);
// Whether applying the operator to quantized values is the same as quantizing
// its result: movement, and clamps, whose constants are quantized alike.
bool CommutesWithQuantize(BuiltinOperator code);
// Why the kernel cannot have these scales, as a clause; empty if it can.
std::string Objection(BuiltinOperator code, std::span<const Scale> inputs,
                      const Scale& output);

// The writer and the readers of each tensor of a subgraph.
struct Wiring {
  static constexpr int kNone = -1;
  explicit Wiring(const Subgraph& graph);

  std::vector<int> producer;  // The only one, or kNone.
  std::vector<int> reader;    // The only one, or kNone; none of outputs.
  std::vector<bool> is_made;  // By an operator or from outside.
  std::vector<bool> is_output;
};

}  // namespace tinyml::transform

#endif  // TINYML_TRANSFORM_QUANTIZED_OPERATORS_H_
