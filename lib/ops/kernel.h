// Executing operators: what a kernel is given and what it returns.
//
// A kernel is prepared once for its operator and then invoked any number of
// times. Preparing checks what memory safety needs, computes multipliers and
// tables and reserves working memory; invoking allocates nothing. A model is
// untrusted: the simulated runtime has accepted it (runtime/simulate.h), but
// that leaves unchecked what the real one leaves unchecked, so a kernel refuses
// in Prepare whatever would make it read or write outside a tensor.
//
// Preparing and invoking the kernels of one model happens on one thread.
#ifndef TINYML_OPS_KERNEL_H_
#define TINYML_OPS_KERNEL_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/macros.h"
#include "ops/tensor_view.h"
#include "tinyml/model.h"
#include "tinyml/operators.h"
#include "tinyml/options.h"
#include "tinyml/status.h"

namespace tinyml::ops {

// Whose results a kernel computes where kernel libraries differ.
enum class KernelResults : uint8_t { kReference, kCmsisNn };

// What a core makes of a float that is out of int32's range, or of NaN: C++
// leaves it open, so that the instruction (or libgcc) decides.
enum class FloatToInt : uint8_t {
  kSaturate,        // Arm, VCVT: the nearest int32; NaN gives 0.
  kSaturateNanMax,  // RISC-V, FCVT.W.S, and Xtensa, TRUNC.S: NaN gives 2^31-1.
  kIndefinite,      // x86, CVTTSS2SI: always -2^31.
};

// Fast kernels give the same integers as plain ones, which follow the formula.
enum class KernelForm : uint8_t { kFast, kPlain };

// What operators of control flow and resource variables ask of the interpreter.
class Session {
 public:
  virtual ~Session() = default;
  // Tensors of another subgraph. Require a valid index.
  virtual std::span<const TensorView* const> Inputs(int subgraph) const = 0;
  virtual std::span<const TensorView* const> Outputs(int subgraph) const = 0;
  // Runs all operators of a subgraph.
  virtual Status Run(int subgraph) = 0;
  // Memory of resource variable `id`; empty if it has none.
  virtual std::span<uint8_t> Resource(int32_t id) const = 0;
  // Ends this invocation of the model after the running operator, without an
  // error: a streaming model has not yet seen enough input.
  virtual void EndInvocation() = 0;
};

// One operator: its tensors, its options and how to execute it. Lives as long
// as the kernel that was prepared from it.
class OpContext {
 public:
  struct Operands {
    // Null where an operand is omitted.
    std::vector<const TensorView*> inputs;
    std::vector<const TensorView*> outputs;
  };

  OpContext(const Model& model, int subgraph, int index, Operands operands,
            Session& session, KernelResults results, KernelForm form)
      : model_(model),
        subgraph_(subgraph),
        index_(index),
        operands_(std::move(operands)),
        session_(session),
        results_(results),
        form_(form) {}

  const Model& model() const { return model_; }
  const Operator& op() const {
    return model_.subgraphs[subgraph_].operators[index_];
  }
  BuiltinOperator code() const { return model_.CodeOf(op()).Code(); }
  int subgraph() const { return subgraph_; }
  int index() const { return index_; }

  // The options table, or the format's defaults if the file has none.
  template <typename T>
  const T& Options() const {
    static const T kDefaults;
    const T* table = op().options.As<T>();
    return table != nullptr ? *table : kDefaults;
  }
  // Raw options of a custom operator; empty if there are none.
  std::span<const uint8_t> CustomOptions() const;

  int NumInputs() const { return static_cast<int>(operands_.inputs.size()); }
  int NumOutputs() const { return static_cast<int>(operands_.outputs.size()); }
  // Operand `i`; null if it is omitted or there are fewer. An output that is
  // not null is writable.
  const TensorView* Input(int i) const { return At(operands_.inputs, i); }
  const TensorView* Output(int i) const { return At(operands_.outputs, i); }

  Session& session() const { return session_; }
  KernelResults results() const { return results_; }
  // Whether CMSIS-NN is built for Helium (Arm MVE), some of whose paths compute
  // different bits; false with reference kernels.
  bool helium() const { return helium_; }
  void set_helium(bool helium) { helium_ = helium; }
  FloatToInt float_to_int() const { return float_to_int_; }
  void set_float_to_int(FloatToInt how) { float_to_int_ = how; }
  bool plain() const { return form_ == KernelForm::kPlain; }

  // An error that names the operator: "subgraph 0, operator 3 (CONV_2D): " and
  // `reason`, a clause without final full stop. `return op.Refuse("...")`. Safe
  // while invoking, where it is the only thing that allocates.
  tl::unexpected<Error> Refuse(std::string_view reason) const;
  // Warns of what is unsafe or undefined in the runtime; once per operator.
  void Warn(std::string_view reason);
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  static const TensorView* At(const std::vector<const TensorView*>& list,
                              int i) {
    return i >= 0 && static_cast<size_t>(i) < list.size() ? list[i] : nullptr;
  }

  const Model& model_;
  int subgraph_;
  int index_;
  Operands operands_;
  Session& session_;
  KernelResults results_;
  KernelForm form_;
  bool helium_ = false;
  FloatToInt float_to_int_ = FloatToInt::kSaturate;
  std::vector<std::string> warnings_;
};

// Runs the operator once. State between invocations lives in the function
// object; a new one starts afresh.
using Invocation = std::function<Status()>;

// Prepares the operator. Fails with kUnsupported.
using PrepareKernel = Result<Invocation> (*)(OpContext& op);

// Returns the kernel of an operator, or null if there is none.
PrepareKernel FindKernel(BuiltinOperator code, std::string_view custom_name);

}  // namespace tinyml::ops

// Refuses with `reason` unless `condition` holds, in a function that returns
// Status or Result and has an OpContext `op`.
#define TINYML_REQUIRE(op, condition, reason)       \
  do {                                              \
    if (!(condition)) return (op).Refuse((reason)); \
  } while (false)

#endif  // TINYML_OPS_KERNEL_H_
