// Where the tensors of a running model are.
#ifndef TINYML_EXEC_MEMORY_H_
#define TINYML_EXEC_MEMORY_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "ops/tensor_view.h"
#include "runtime/simulate.h"
#include "tinyml/model.h"
#include "tinyml/status.h"

namespace tinyml::exec {

// Zeroed bytes whose start is aligned to 64.
class AlignedBytes {
 public:
  explicit AlignedBytes(size_t size);
  std::span<uint8_t> bytes() const { return {data_.get(), size_}; }

 private:
  struct Free {
    void operator()(uint8_t* data) const;
  };
  std::unique_ptr<uint8_t, Free> data_;
  size_t size_;
};

// The memory of one model that a simulation has sized: one arena of exactly the
// required bytes with everything in its place, or separate memory for each
// tensor. Not thread-safe.
class ModelMemory {
 public:
  enum class Layout { kArena, kSeparate };

  // `model` and `simulation` must outlive the result. Fails with kUnsupported
  // if a tensor has more elements than memory.
  static Result<ModelMemory> Create(const Model& model,
                                    const runtime::Simulation& simulation,
                                    Layout layout);

  // Every tensor, by subgraph and index.
  const std::vector<std::vector<ops::TensorView>>& tensors() const {
    return tensors_;
  }
  // The outputs of subgraph 0 as an application reads them: by the shape in the
  // model, which extends past the elements if a kernel has made the shape
  // smaller.
  const std::vector<ops::TensorView>& outputs() const { return outputs_; }
  // Memory of resource variables, by id; empty for one that never gets any.
  std::span<const std::span<uint8_t>> resources() const { return resources_; }
  // The arena; empty for separate memory.
  std::span<uint8_t> arena() const { return arena_; }
  // Bytes of host memory, not counting constants in the model's file.
  int64_t TotalBytes() const;

  // Resets variables and resource variables to their initial values.
  void ResetVariables();

 private:
  ModelMemory() = default;
  std::span<uint8_t> Allocate(int64_t bytes);
  void PlaceInArena(const runtime::Simulation& simulation);
  void PlaceSeparately(const runtime::Simulation& simulation);
  Status FinishViews();
  void MakeOutputs(const Model& model);

  std::vector<AlignedBytes> blocks_;
  std::span<uint8_t> arena_;
  std::vector<std::vector<ops::TensorView>> tensors_;
  std::vector<ops::TensorView> outputs_;
  std::vector<std::span<uint8_t>> resources_;
  std::vector<int8_t> resource_defaults_;
};

}  // namespace tinyml::exec

#endif  // TINYML_EXEC_MEMORY_H_
