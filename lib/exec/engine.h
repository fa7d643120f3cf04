// Runs a model as the microcontroller would, operator by operator.
#ifndef TINYML_EXEC_ENGINE_H_
#define TINYML_EXEC_ENGINE_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "exec/guard.h"
#include "exec/memory.h"
#include "ops/kernel.h"
#include "runtime/simulate.h"
#include "runtime/targets/target.h"
#include "tinyml/hazard.h"
#include "tinyml/model.h"
#include "tinyml/status.h"

namespace tinyml::exec {

struct EngineOptions {
  ModelMemory::Layout layout = ModelMemory::Layout::kArena;
  ops::KernelForm form = ops::KernelForm::kFast;
  // Watches every operator (guard.h); requires the arena layout.
  bool guard = false;
  uint8_t poison = 0xA5;  // What the guard fills dead memory with.
  bool profile = false;   // Measures every operator.
  std::optional<int> resource_variables;
};

// What an operator cost, over all invocations.
struct OperatorTime {
  OperatorId id;
  int64_t runs = 0;
  std::chrono::nanoseconds time{0};  // Without what it called.
};

// A model ready to run. Invoking allocates nothing, unless it fails. Not
// thread-safe; several engines of one model may run at the same time.
class Engine final : private ops::Session {
 public:
  // Called after every operator.
  using Observer = std::function<Status(const OperatorId& op)>;

  // `model`, which must have passed ValidateModel, must outlive the engine.
  // Fails with kUnsupported if the runtime on `target` refuses the model.
  static Result<std::unique_ptr<Engine>> Create(const Model& model,
                                                const runtime::Target& target,
                                                const EngineOptions& options);
  // Another engine of the same model on the same target, which shares the
  // simulation (EngineOptions::resource_variables stays as it is here).
  Result<std::unique_ptr<Engine>> Another(const EngineOptions& options) const;
  ~Engine() override = default;

  // The graph's inputs (to be written before each Invoke) and outputs.
  std::span<const ops::TensorView* const> inputs() const { return Inputs(0); }
  std::span<const ops::TensorView* const> outputs() const {
    return application_outputs_;
  }
  const ops::TensorView& tensor(int subgraph, TensorIndex index) const {
    return memory_->tensors()[subgraph][index];
  }

  // Runs the model once. Fails with kUnsupported where the runtime would fail,
  // with kInternal if the guard finds the plan wrong.
  Status Invoke();
  // Resets variables and operators to their initial state.
  Status Reset();

  const runtime::Simulation& simulation() const { return *simulation_; }
  const ModelMemory& memory() const { return *memory_; }
  // What is undefined or unsafe in the real runtime, a sentence each.
  std::vector<std::string> Warnings() const;
  // Known defects of the real runtime that the model meets.
  const std::vector<Hazard>& hazards() const { return hazards_; }
  const std::vector<OperatorTime>& times() const { return times_; }
  void set_observer(Observer observer) { observer_ = std::move(observer); }
  // Whether the last invocation ended early, as streaming models do until they
  // have seen enough input.
  bool ended_early() const { return ended_; }

 private:
  using Clock = std::chrono::steady_clock;

  struct Node {
    std::unique_ptr<ops::OpContext> context;
    ops::Invocation invoke;
    Status prepared;         // Why it cannot run, if it ever has to.
    std::vector<int> calls;  // Subgraphs, in the order of their scopes.
    int32_t scope = 0;       // Of the operator, from that of its subgraph.
    size_t time = 0;         // Index into times_.
  };

  Engine(const Model& model, const EngineOptions& options)
      : model_(model), options_(options) {}
  Status Prepare();
  Node MakeNode(const OperatorId& id);
  Status RunOperator(int subgraph, Node& node, int32_t scope);
  // The allocation scope in which `caller`, the running operator, enters it.
  int32_t CalledScope(const Node& caller, int subgraph) const;

  std::span<const ops::TensorView* const> Inputs(int subgraph) const override;
  std::span<const ops::TensorView* const> Outputs(int subgraph) const override;
  Status Run(int subgraph) override;
  std::span<uint8_t> Resource(int32_t id) const override;
  void EndInvocation() override { ended_ = true; }

  const Model& model_;
  EngineOptions options_;
  ops::KernelResults results_ = ops::KernelResults::kReference;
  bool helium_ = false;  // CMSIS-NN's results with Arm MVE.
  ops::FloatToInt float_to_int_ = ops::FloatToInt::kSaturate;
  std::shared_ptr<const runtime::Simulation> simulation_;
  std::vector<Hazard> hazards_;
  std::unique_ptr<ModelMemory> memory_;
  std::unique_ptr<Guard> guard_;
  std::vector<std::vector<const ops::TensorView*>> inputs_;
  std::vector<std::vector<const ops::TensorView*>> outputs_;
  std::vector<const ops::TensorView*> application_outputs_;
  std::vector<std::vector<Node>> nodes_;  // By subgraph.
  std::vector<int32_t> scope_counts_;     // Scopes that a subgraph opens.
  std::vector<OperatorTime> times_;
  Observer observer_;
  int32_t scope_ = 0;             // Of the running operator.
  const Node* caller_ = nullptr;  // The running operator.
  size_t depth_ = 0;              // Subgraphs that are running.
  Clock::time_point last_;        // When the last operator ended.
  bool ended_ = false;
};

}  // namespace tinyml::exec

#endif  // TINYML_EXEC_ENGINE_H_
