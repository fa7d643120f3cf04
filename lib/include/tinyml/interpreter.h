// Running a model on the host as the microcontroller would: tensors at their
// planned places in one arena of exactly the required size, integer results bit
// for bit those of the runtime.
#ifndef TINYML_INTERPRETER_H_
#define TINYML_INTERPRETER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tinyml/export.h"
#include "tinyml/hazard.h"
#include "tinyml/model.h"
#include "tinyml/operator_id.h"
#include "tinyml/status.h"
#include "tinyml/target.h"

namespace tinyml {

struct InterpreterOptions {
  // Each tensor in separate memory instead of the target's arena. Faster to set
  // up, and every intermediate tensor stays readable.
  bool separate_memory = false;
  // The kernels that follow the formulas literally, instead of the fast ones.
  // Integer results are the same.
  bool plain_kernels = false;
  // Watches the arena while operators run: dead memory is filled with `poison`
  // before each, and what it may not write must not change. Needs the arena.
  bool guard = false;
  uint8_t poison = 0xA5;
  bool profile = false;  // Measures each operator.
  // As in ArenaOptions.
  std::optional<int> resource_variables = {};
};

// A tensor of a running model. The memory belongs to the interpreter.
struct RunningTensor {
  const Tensor* tensor = nullptr;  // In the model: name, type, quantization.
  // As in the runtime; may differ from the model's shape.
  std::vector<int32_t> shape;
  std::span<const uint8_t> bytes;
  std::span<uint8_t> writable;  // The same bytes; empty for a constant.
  // How many of the bytes are meaningful: fewer than all for an output that a
  // kernel of the runtime makes smaller than the model says.
  size_t defined_bytes = 0;
};

// What one operator cost, over all invocations.
struct OperatorProfile {
  OperatorId id;
  std::string name;
  int64_t runs = 0;
  int64_t nanoseconds = 0;  // Without the subgraphs that it calls.
  int64_t macs = 0;         // Multiply-accumulates of one run.
  int64_t bytes = 0;        // Operands read and written by one run.
};

// A model that is ready to run. Nothing is allocated while invoking. Not
// thread-safe; several interpreters of one model may run at the same time.
class TINYML_API Interpreter {
 public:
  // `model` must have passed ValidateModel, as every model that was read has,
  // and must outlive the interpreter. Fails with kUnsupported if the runtime on
  // `target` refuses the model.
  static Result<Interpreter> Create(const Model& model, const Target& target,
                                    const InterpreterOptions& options = {});
  // Another interpreter of the same model on the same target, without
  // simulating the runtime's allocation again: for threads, or to compare
  // options. InterpreterOptions::resource_variables stays as it is here.
  Result<Interpreter> Another(const InterpreterOptions& options) const;
  Interpreter(Interpreter&&) noexcept;
  Interpreter& operator=(Interpreter&&) noexcept;
  ~Interpreter();

  // The graph's inputs and outputs. Inputs are to be written before every
  // Invoke(): the plan may reuse their memory.
  std::vector<RunningTensor> Inputs() const;
  std::vector<RunningTensor> Outputs() const;
  // Writes real numbers into input `input`, one for each element. A quantized
  // input (int8, uint8, int16) converts them by its scale and zero point,
  // rounding to nearest, halves away from zero; values beyond the type's range,
  // including infinities, saturate. Fails, and writes nothing, with kUsage for
  // an input that the graph does not have or a wrong number of values, with
  // kInvalid for a NaN among the values of a quantized input, and with
  // kUnsupported for an input of another type, or with per-channel scales.
  Status SetInput(size_t input, std::span<const float> values);
  // Returns the elements of output `output` as real numbers, dequantized by its
  // scale and zero point if it is quantized. Fails like SetInput().
  Result<std::vector<float>> GetOutput(size_t output) const;

  // Any tensor. In an arena, its content is defined only while it is in use.
  RunningTensor At(int subgraph, TensorIndex index) const;

  // Runs the model once. Fails with kUnsupported where the runtime would fail.
  Status Invoke();
  // Resets variables and stateful operators to their initial state.
  Status Reset();
  // Whether the last invocation ended early, as streaming models do until they
  // have seen enough input.
  bool EndedEarly() const;

  // Called after every operator.
  using Observer = std::function<Status(const OperatorId& op)>;
  void SetObserver(Observer observer);

  int64_t ArenaUsedBytes() const;      // arena_used_bytes() of the runtime.
  int64_t RequiredArenaBytes() const;  // The size of the arena.
  // What is undefined or unsafe in the real runtime, a sentence each.
  std::vector<std::string> Warnings() const;
  // Known defects of the real runtime that the model meets. Results are those
  // of the device where that is known, otherwise those of the reference
  // kernels.
  std::vector<Hazard> Hazards() const;
  // In the order of subgraphs and operators; without times unless
  // InterpreterOptions::profile.
  std::vector<OperatorProfile> Profile() const;

 private:
  class Impl;
  explicit Interpreter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tinyml

#endif  // TINYML_INTERPRETER_H_
