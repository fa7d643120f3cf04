// What a kernel's Init and Prepare may ask of the runtime, simulated.
//
// The simulation of a kernel is a function that makes the same requests, in the
// same order, as the upstream function it is named after, and refuses what that
// function refuses. It sees the model and the target, and records events.
//
// One KernelContext serves one simulation and is used from one thread.
#ifndef TINYML_RUNTIME_KERNELS_KERNEL_CONTEXT_H_
#define TINYML_RUNTIME_KERNELS_KERNEL_CONTEXT_H_

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/abi.h"
#include "runtime/arena/events.h"
#include "runtime/targets/target.h"
#include "tinyml/model.h"
#include "tinyml/options.h"
#include "tinyml/status.h"

namespace tinyml::runtime {

// A tensor as kernels see it. Kernels change `dims` only through
// KernelContext::RelocateDims.
struct RuntimeTensor {
  const Tensor* source = nullptr;
  TensorType type = TensorType::kFloat32;
  std::vector<int32_t> dims;
  // Content of a constant tensor; empty for one that lives in the arena.
  std::span<const uint8_t> data;
  // Scale and zero point of a tensor that the runtime treats as quantized (it
  // has both); the first ones if there are several. Otherwise 0.
  float scale = 0.0F;
  int32_t zero_point = 0;
  // The id that VAR_HANDLE made the tensor point to; -1 for other tensors.
  int32_t resource_id = -1;
  // Whether `dims` moved to the arena and may differ from the model's shape.
  bool dims_relocated = false;

  int Rank() const { return static_cast<int>(dims.size()); }
  // Dimension `i`, or 0 past the rank (the runtime reads past the end there).
  int32_t Dim(int i) const { return i >= 0 && i < Rank() ? dims[i] : 0; }
  int64_t Elements() const;
  // Its size in bytes as the runtime counts it: int4 takes a whole byte here.
  int64_t Bytes() const;
  // The same by the shape in the model, which a TfLiteTensor's byte count
  // follows even after a kernel has relocated the dims.
  int64_t BytesInModel() const;
  bool IsConstant() const { return !data.empty(); }
  // Whether it already points to data before memory is planned, and so is not
  // planned.
  bool HasData() const { return IsConstant() || resource_id >= 0; }
  bool IsVariable() const { return source->is_variable; }
  // Whether the runtime gives it TfLiteAffineQuantization.
  bool IsAffine() const {
    return source->quantization.has_value() && source->quantization->IsAffine();
  }
  // Requires IsAffine().
  const std::vector<float>& Scales() const {
    return source->quantization->scale;
  }
  // The zero point of channel `i` as the runtime expands them: if there are not
  // as many as scales, the first one is used for all. Requires IsAffine().
  int64_t ZeroPoint(size_t i) const;
  int32_t QuantizedDimension() const {
    return source->quantization->quantized_dimension;
  }
  // "'conv/Relu' (int8 [1,49,10,8])", for messages.
  std::string Describe() const;
  // Copies the constant content as elements of T (as many as there are).
  template <typename T>
  std::vector<T> DataAs() const {
    std::vector<T> values(data.size() / sizeof(T));
    if (!values.empty()) {
      std::memcpy(values.data(), data.data(), values.size() * sizeof(T));
    }
    return values;
  }
};

// Bytes per element in the runtime's arithmetic, or 0 for a type it does not
// know. Source: tflite-micro 90b983c2b3f1, micro/memory_helpers.cc,
// TfLiteTypeSizeOf.
int64_t RuntimeTypeBytes(TensorType type);

// A resource variable as MicroResourceVariables keeps it.
struct ResourceVariable {
  std::string container;
  std::string shared_name;
  bool allocated = false;
  int64_t bytes = 0;
  int order = 0;  // How many variables were given memory before it.
  // What every byte is before anything is assigned.
  int8_t default_value = 0;
};

class KernelContext {
 public:
  KernelContext(const Model& model, const Target& target);

  // --- The model and the operator at hand.

  const Model& model() const { return model_; }
  const Target& target() const { return target_; }
  const Abi& abi() const { return target_.abi; }
  // Whether the target's revisions include `change`.
  bool Has(Change change) const { return target_.kernels.changes.Has(change); }
  // The index is kNoOperatorIndex outside of any operator.
  const OperatorId& id() const { return id_; }
  const Subgraph& subgraph() const { return model_.subgraphs[id_.subgraph]; }
  const Operator& op() const { return subgraph().operators[id_.index]; }

  // The options table, or the format's defaults if the file has none.
  template <typename T>
  const T& Options() const {
    static const T kDefaults;
    const T* table = op().options.As<T>();
    return table != nullptr ? *table : kDefaults;
  }
  // Raw options of a custom operator; empty if there are none.
  std::span<const uint8_t> CustomOptions() const;

  int NumInputs() const { return static_cast<int>(op().inputs.size()); }
  int NumOutputs() const { return static_cast<int>(op().outputs.size()); }

  // Input or output `i`; null if it is omitted or there are fewer.
  const RuntimeTensor* Input(int i) const;
  const RuntimeTensor* Output(int i) const;
  // A tensor of any subgraph, as kernels of control flow see them.
  const RuntimeTensor& TensorAt(int subgraph, TensorIndex index) const;

  // --- Requests. Sizes in bytes.

  // AllocatePersistentBuffer: from the tail, 16-aligned.
  void Persistent(std::string_view detail, int64_t bytes,
                  Purpose purpose = Purpose::kBookkeeping);
  // The same for `count` structs.
  void Persistent(const StructDef& def, int64_t count = 1);
  // RequestScratchBufferInArena; fails past 12 requests of one operator.
  Status Scratch(int64_t bytes);
  // How many scratch buffers the whole model has requested so far.
  int ScratchCount() const { return static_cast<int>(scratch_.size()); }
  // AllocateTempInputTensor and the like: takes temporary memory for a
  // TfLiteTensor and its quantization until Prepare ends, and returns the
  // tensor; null, taking nothing, if it is omitted or there are fewer.
  const RuntimeTensor* TempInput(int i);
  const RuntimeTensor* TempOutput(int i);
  const RuntimeTensor* TempIntermediate(int i);
  // AllocateTempTfLiteTensor by index in the current subgraph.
  const RuntimeTensor* TempTensor(TensorIndex index);
  // AllocateTempBuffer.
  void TempBuffer(int64_t bytes, int32_t alignment);

  // CreateWritableTensorDimsWithCopy: moves the output's shape to persistent
  // memory and returns it for writing. Requires that the output exists.
  std::vector<int32_t>& RelocateDims(int output);
  // Returns the output's shape for writing, for a kernel that overwrites it in
  // the model itself. Requires that the output exists.
  std::vector<int32_t>& OverwriteDims(int output);
  // Points the output at the id of a resource variable, for good. Requires
  // that the output exists.
  void PointToResource(int output, int32_t id);

  // Resource variables. The capacity is how many the application created.
  std::vector<ResourceVariable>& resource_variables() { return resources_; }
  int resource_capacity() const { return resource_capacity_; }

  // --- Verdicts.

  // The runtime refuses the model (or would abort or crash) here. `reason` is a
  // clause without operator name or final full stop. Usage:
  // `return context.Refuse("...")`.
  [[nodiscard]] Status Refuse(std::string_view reason) const;
  // The runtime goes on, but something is unsafe or will fail at Invoke.
  void Warn(std::string_view reason);

  // --- For the simulation that drives the kernels.

  struct ScratchRequest {
    OperatorId op;
    int64_t bytes = 0;
  };

  void Select(Phase phase, OperatorId op = kNobody);
  void Record(EventKind kind, std::string_view detail, int64_t bytes,
              int32_t alignment, Purpose purpose = Purpose::kBookkeeping);
  void RecordStruct(EventKind kind, const StructDef& def, int64_t count = 1);
  // TfLiteTensor, TfLiteAffineQuantization and zero points of one tensor.
  void RecordTensorStructs(EventKind kind, const RuntimeTensor& tensor);
  // Fails if a tensor has a type that the runtime does not know, or is too big.
  Status LoadTensors();
  void set_resource_capacity(int capacity) { resource_capacity_ = capacity; }

  const EventLog& events() const { return events_; }
  EventLog TakeEvents() { return std::move(events_); }
  // Forgets all events but the first `count`.
  void DropEvents(size_t count) { events_.resize(count); }
  std::vector<std::vector<RuntimeTensor>> TakeTensors() {
    return std::move(tensors_);
  }
  const std::vector<ScratchRequest>& scratch() const { return scratch_; }
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  const RuntimeTensor* Find(std::span<const TensorIndex> list, int i) const;
  RuntimeTensor& MutableTensor(TensorIndex index);

  const Model& model_;
  const Target& target_;
  std::vector<std::vector<RuntimeTensor>> tensors_;  // By subgraph and index.
  EventLog events_;
  std::vector<ScratchRequest> scratch_;
  std::vector<ResourceVariable> resources_;
  std::vector<std::string> warnings_;
  int resource_capacity_ = 0;
  Phase phase_ = Phase::kConstructor;
  OperatorId id_ = kNobody;
  int scratch_of_operator_ = 0;
};

}  // namespace tinyml::runtime

// Refuses with `reason` unless `condition` holds (the counterpart of
// TF_LITE_ENSURE), in a function that returns Status or Result.
#define TINYML_ENSURE(context, condition, reason)              \
  do {                                                         \
    if (!(condition)) {                                        \
      return ::tinyml::Fail((context).Refuse(reason).error()); \
    }                                                          \
  } while (false)

#endif  // TINYML_RUNTIME_KERNELS_KERNEL_CONTEXT_H_
