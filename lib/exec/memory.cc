#include "exec/memory.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

#include "base/macros.h"
#include "runtime/arena/arena.h"

namespace tinyml::exec {
namespace {

using ops::TensorView;
using runtime::Event;
using runtime::EventKind;
using runtime::Purpose;
using runtime::RuntimeTensor;

constexpr std::align_val_t kAlignment{64};

// Offsets of the persistent allocations for `purpose`, in order, from the start
// of an arena of `arena_bytes`.
std::vector<int64_t> PersistentOffsets(const runtime::EventLog& events,
                                       Purpose purpose, int64_t arena_bytes) {
  runtime::Arena arena(arena_bytes);
  std::vector<int64_t> offsets;
  for (const Event& event : events) {
    if (!arena.Apply(event)) break;
    if (event.kind == EventKind::kPersistent && event.purpose == purpose) {
      offsets.push_back(arena_bytes - arena.TailBytes());
    }
  }
  return offsets;
}

// Bytes that the elements of a view take.
int64_t NeededBytes(const TensorView& view) {
  return (view.Elements() * TensorTypeBits(view.type) + 7) / 8;
}

bool IsMisaligned(const TensorView& view) {
  const auto width = static_cast<uintptr_t>(TensorTypeBits(view.type) / 8);
  return width > 1 &&
         reinterpret_cast<uintptr_t>(view.bytes.data()) % width != 0;
}

void SetMemory(TensorView& view, std::span<uint8_t> memory) {
  view.bytes = memory;
  view.writable = memory.data();
}

}  // namespace

AlignedBytes::AlignedBytes(size_t size)
    : data_(static_cast<uint8_t*>(::operator new(size + 1, kAlignment))),
      size_(size) {
  std::memset(data_.get(), 0, size);
}

void AlignedBytes::Free::operator()(uint8_t* data) const {
  ::operator delete(data, kAlignment);
}

Result<ModelMemory> ModelMemory::Create(const Model& model,
                                        const runtime::Simulation& simulation,
                                        Layout layout) {
  ModelMemory memory;
  memory.tensors_.resize(model.subgraphs.size());
  for (size_t s = 0; s < simulation.tensors.size(); ++s) {
    for (const RuntimeTensor& tensor : simulation.tensors[s]) {
      TensorView& view = memory.tensors_[s].emplace_back();
      view.source = tensor.source;
      view.type = tensor.type;
      view.dims = tensor.dims;
      view.bytes = tensor.data;
      view.scale = tensor.scale;
      view.zero_point = tensor.zero_point;
      if (tensor.resource_id < 0) continue;
      // VAR_HANDLE points its output at the variable's id.
      const auto handle = memory.Allocate(sizeof(int32_t));
      std::memcpy(handle.data(), &tensor.resource_id, sizeof(int32_t));
      SetMemory(view, handle);
    }
  }
  for (const runtime::ResourceVariable& resource : simulation.resources) {
    memory.resource_defaults_.push_back(resource.default_value);
  }
  memory.resources_.resize(simulation.resources.size());
  if (layout == Layout::kArena) {
    memory.PlaceInArena(simulation);
  } else {
    memory.PlaceSeparately(simulation);
  }
  TINYML_RETURN_IF_ERROR(memory.FinishViews());
  memory.MakeOutputs(model);
  memory.ResetVariables();
  return memory;
}

std::span<uint8_t> ModelMemory::Allocate(int64_t bytes) {
  return blocks_.emplace_back(static_cast<size_t>(bytes)).bytes();
}

void ModelMemory::PlaceInArena(const runtime::Simulation& simulation) {
  const int64_t size = simulation.replay.required_bytes;
  // After it, room for reading outputs past their elements (MakeOutputs).
  int64_t overhang = 0;
  for (const auto& tensor : simulation.tensors[0]) {
    if (tensor.dims_relocated) {
      overhang = std::max(overhang, tensor.BytesInModel());
    }
  }
  arena_ = Allocate(size + overhang).first(size);
  // A variable has the last memory that it is given: that of the plan, its own,
  // or the one that its initial value takes in the model.
  for (size_t s = 0; s < tensors_.size(); ++s) {
    for (size_t i = 0; i < tensors_[s].size(); ++i) {
      const RuntimeTensor& tensor = simulation.tensors[s][i];
      if (!tensor.IsVariable() || !tensor.IsConstant()) continue;
      SetMemory(tensors_[s][i], Allocate(tensor.Bytes()));
    }
  }
  const auto variables =
      PersistentOffsets(simulation.events, Purpose::kVariableTensor, size);
  for (size_t i = 0; i < variables.size(); ++i) {
    const auto [s, t] = simulation.variables[i];
    const int64_t bytes = simulation.tensors[s][t].Bytes();
    SetMemory(tensors_[s][t], arena_.subspan(variables[i], bytes));
  }
  for (const runtime::PlannedBuffer& buffer : simulation.buffers) {
    if (buffer.is_scratch) continue;
    TensorView& view = tensors_[buffer.owner.subgraph][buffer.index];
    SetMemory(view, arena_.subspan(buffer.offset_bytes, buffer.size_bytes));
  }
  const auto resources =
      PersistentOffsets(simulation.events, Purpose::kResourceVariable, size);
  // They get memory in the order in which operators first assign them.
  for (size_t i = 0; i < simulation.resources.size(); ++i) {
    const auto& resource = simulation.resources[i];
    if (!resource.allocated) continue;
    resources_[i] = arena_.subspan(resources[resource.order], resource.bytes);
  }
}

void ModelMemory::PlaceSeparately(const runtime::Simulation& simulation) {
  for (size_t s = 0; s < tensors_.size(); ++s) {
    for (size_t i = 0; i < tensors_[s].size(); ++i) {
      const RuntimeTensor& tensor = simulation.tensors[s][i];
      const bool is_variable = tensor.IsVariable() && tensor.resource_id < 0;
      if (tensor.HasData() && !is_variable) continue;
      const int64_t bytes = std::max(tensor.Bytes(), tensor.BytesInModel());
      SetMemory(tensors_[s][i], Allocate(bytes));
    }
  }
  for (size_t i = 0; i < simulation.resources.size(); ++i) {
    if (simulation.resources[i].allocated) {
      resources_[i] = Allocate(simulation.resources[i].bytes);
    }
  }
}

Status ModelMemory::FinishViews() {
  for (size_t s = 0; s < tensors_.size(); ++s) {
    for (TensorView& view : tensors_[s]) {
      for (int32_t dim : view.dims) {
        // The runtime refuses operators' outputs with such dimensions; other
        // such tensors are not operands and hold nothing.
        if (dim < 0) view.dims.assign(1, 0);
      }
      if (NeededBytes(view) > static_cast<int64_t>(view.bytes.size())) {
        return Fail(ErrorCode::kUnsupported,
                    "subgraph " + std::to_string(s) + ": tensor " +
                        view.Describe() + " has " +
                        std::to_string(view.bytes.size()) +
                        " bytes of memory and would be used past its end");
      }
      // A file, or an offline plan, may put elements at unaligned addresses,
      // which not every processor tolerates.
      if (IsMisaligned(view)) {
        const auto copy = Allocate(static_cast<int64_t>(view.bytes.size()));
        std::copy(view.bytes.begin(), view.bytes.end(), copy.begin());
        if (view.IsConstant()) {
          view.bytes = copy;
        } else {
          SetMemory(view, copy);
        }
      }
    }
  }
  return {};
}

void ModelMemory::MakeOutputs(const Model& model) {
  for (const TensorIndex index : model.subgraphs[0].outputs) {
    TensorView view = tensors_[0][index];
    if (ops::Product(view.source->shape) > view.Elements() &&
        !view.IsConstant()) {
      view.dims = view.source->shape;
      // There is room for it: PlaceInArena and PlaceSeparately make sure of
      // that.
      SetMemory(view, {view.writable, static_cast<size_t>(NeededBytes(view))});
    }
    outputs_.push_back(std::move(view));
  }
}

int64_t ModelMemory::TotalBytes() const {
  int64_t total = 0;
  for (const AlignedBytes& block : blocks_) {
    total += static_cast<int64_t>(block.bytes().size());
  }
  return total;
}

// Source: tflite-micro 90b983c2b3f1, micro/micro_interpreter_graph.cc,
// ResetTensorData; micro/micro_resource_variable.cc, ResetAll.
void ModelMemory::ResetVariables() {
  for (const auto& list : tensors_) {
    for (const TensorView& view : list) {
      if (!view.source->is_variable || view.IsConstant()) continue;
      const int value = view.type == TensorType::kInt8 ? view.zero_point : 0;
      std::memset(view.writable, value, view.bytes.size());
    }
  }
  for (size_t i = 0; i < resources_.size(); ++i) {
    std::fill(resources_[i].begin(), resources_[i].end(),
              static_cast<uint8_t>(resource_defaults_[i]));
  }
}

}  // namespace tinyml::exec
