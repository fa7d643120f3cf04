#include "exec/guard.h"

#include <algorithm>
#include <numeric>

#include "base/checked.h"
#include "base/text.h"

namespace tinyml::exec {
namespace {

using runtime::PlannedBuffer;

uint64_t Checksum(std::span<const uint8_t> bytes) {
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a.
  for (const uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}

}  // namespace

Guard::Guard(const Model& model, const runtime::Simulation& simulation,
             std::span<uint8_t> arena, uint8_t poison)
    : model_(model),
      simulation_(simulation),
      head_(arena.first(simulation.replay.head_bytes)),
      poison_(poison),
      by_offset_(simulation.buffers.size()),
      checksums_(simulation.buffers.size()) {
  std::iota(by_offset_.begin(), by_offset_.end(), size_t{0});
  std::stable_sort(by_offset_.begin(), by_offset_.end(),
                   [&](size_t a, size_t b) {
                     return simulation.buffers[a].offset_bytes <
                            simulation.buffers[b].offset_bytes;
                   });
}

bool Guard::IsLive(size_t buffer, int32_t scope) const {
  const PlannedBuffer& planned = simulation_.buffers[buffer];
  const auto& lifetime = planned.lifetime;
  // A variable in the model's own plan keeps its value for ever.
  if (!planned.is_scratch && model_.subgraphs[planned.owner.subgraph]
                                 .tensors[planned.index]
                                 .is_variable) {
    return true;
  }
  return lifetime.first_used <= scope && scope <= lifetime.last_used &&
         lifetime.first_used >= 0;
}

bool Guard::IsOutput(size_t buffer, int subgraph, const Operator& op) const {
  const PlannedBuffer& planned = simulation_.buffers[buffer];
  return !planned.is_scratch && planned.owner.subgraph == subgraph &&
         (std::find(op.outputs.begin(), op.outputs.end(), planned.index) !=
              op.outputs.end() ||
          // Kernels with state write the variables among their inputs.
          (model_.subgraphs[subgraph].tensors[planned.index].is_variable &&
           std::find(op.inputs.begin(), op.inputs.end(), planned.index) !=
               op.inputs.end()));
}

std::span<uint8_t> Guard::Bytes(size_t buffer) const {
  const PlannedBuffer& planned = simulation_.buffers[buffer];
  return head_.subspan(planned.offset_bytes, planned.size_bytes);
}

template <typename Visit>
void Guard::ForEachDead(int32_t scope, Visit visit) const {
  size_t at = 0;
  for (const size_t buffer : by_offset_) {
    if (!IsLive(buffer, scope)) continue;
    const PlannedBuffer& planned = simulation_.buffers[buffer];
    const size_t begin = planned.offset_bytes;
    if (begin > at) visit(head_.subspan(at, begin - at));
    at = std::max(at, begin + static_cast<size_t>(planned.size_bytes));
  }
  if (at < head_.size()) visit(head_.subspan(at));
}

std::string Guard::Describe(size_t buffer) const {
  const PlannedBuffer& planned = simulation_.buffers[buffer];
  if (planned.is_scratch) {
    return "scratch buffer " + std::to_string(planned.index);
  }
  const auto& tensors = model_.subgraphs[planned.owner.subgraph].tensors;
  return "tensor '" + Printable(tensors[planned.index].name) +
         "' of subgraph " + std::to_string(planned.owner.subgraph);
}

void Guard::Before(const OperatorId& op, int32_t scope) {
  const auto& operation = model_.subgraphs[op.subgraph].operators[op.index];
  ForEachDead(scope, [&](std::span<uint8_t> bytes) {
    std::fill(bytes.begin(), bytes.end(), poison_);
  });
  for (size_t i = 0; i < checksums_.size(); ++i) {
    if (!IsLive(i, scope)) continue;
    if (simulation_.buffers[i].is_scratch) {
      std::fill(Bytes(i).begin(), Bytes(i).end(), poison_);
    }
  }
  for (size_t i = 0; i < checksums_.size(); ++i) {
    if (IsLive(i, scope) && !simulation_.buffers[i].is_scratch &&
        !IsOutput(i, op.subgraph, operation)) {
      checksums_[i] = Checksum(Bytes(i));
    }
  }
}

Status Guard::After(const OperatorId& op, int32_t scope) {
  const auto& operation = model_.subgraphs[op.subgraph].operators[op.index];
  const auto fault = [&](const std::string& what) {
    return Fail(ErrorCode::kInternal, DescribeOperator(model_, op) + " " + what,
                {.op = op});
  };
  bool touched = false;
  ForEachDead(scope, [&](std::span<uint8_t> bytes) {
    touched |= std::any_of(bytes.begin(), bytes.end(),
                           [&](uint8_t byte) { return byte != poison_; });
  });
  if (touched) return fault("wrote to memory outside of live buffers");
  for (size_t i = 0; i < checksums_.size(); ++i) {
    if (!IsLive(i, scope) || simulation_.buffers[i].is_scratch ||
        IsOutput(i, op.subgraph, operation)) {
      continue;
    }
    if (checksums_[i] != Checksum(Bytes(i))) {
      return fault("overwrote " + Describe(i) + ", which is still in use");
    }
  }
  return {};
}

}  // namespace tinyml::exec
