#include "runtime/divide_arena.h"

#include "runtime/arena/fullest_scope.h"

namespace tinyml::runtime {
namespace {

using Kind = ArenaShareKind;

// Divides up the head, whose size the memory plan decides.
void DivideHead(const ArenaReport& report, const TensorMakers* makers,
                ArenaDivision* division) {
  int64_t gaps = report.head_bytes;
  const int scope = FindFullestScope(report.buffers).scope;
  for (const ArenaBuffer& buffer : report.buffers) {
    if (!buffer.IsLive(scope)) continue;
    gaps -= buffer.size_bytes;
    if (buffer.kind == ArenaBuffer::Kind::kScratch) {
      division->operators[buffer.owner].scratch += buffer.size_bytes;
      continue;
    }
    if (makers == nullptr) {
      division->shares[{Kind::kLiveTensors, {}}] += buffer.size_bytes;
      continue;
    }
    const int subgraph = buffer.owner.subgraph;
    const auto maker = makers->find({subgraph, buffer.tensor});
    if (maker == makers->end()) {
      division->shares[{Kind::kGraphInputs, {}}] += buffer.size_bytes;
    } else {
      division->operators[{subgraph, maker->second}].tensors +=
          buffer.size_bytes;
    }
  }
  division->shares[{Kind::kGaps, {}}] += gaps;
}

}  // namespace

ArenaShareKind ShareOf(const Event& event) {
  switch (event.phase) {
    case Phase::kConstructor:
    case Phase::kStartModel:
      return Kind::kRuntimeObjects;
    case Phase::kResourceVariables:
      return Kind::kResourceTable;
    case Phase::kEvalTensors:
      return Kind::kEvalTensors;
    case Phase::kNodes:
      return Kind::kNodes;
    case Phase::kBuiltinData:
      return Kind::kOperatorParameters;
    case Phase::kInit:
    case Phase::kPrepare:
    case Phase::kFinishPrepare:
      return Kind::kOperatorData;
    case Phase::kPlan:
      return event.purpose == Purpose::kVariableTensor ? Kind::kVariableTensors
                                                       : Kind::kScratchHandles;
    case Phase::kIoTensors:
      return Kind::kIoTensors;
  }
  return Kind::kOther;
}

ArenaDivision DivideAtPeak(const Simulation& simulation,
                           const ArenaReport& report) {
  ArenaDivision division;
  int64_t rest = report.required_arena_bytes;
  bool planned = false;
  int64_t temporaries = 0;
  int64_t head = 0;
  for (size_t i = 0; i <= simulation.replay.peak_event; ++i) {
    const Event& event = simulation.events[i];
    switch (event.kind) {
      case EventKind::kPersistent:
        rest -= event.size;
        if (event.op.index != kNoOperatorIndex) {
          division.operators[event.op].persistent += event.size;
        } else {
          const Kind share =
              event.phase == Phase::kPlan ? ShareOf(event) : Kind::kAllObjects;
          division.shares[{share, {}}] += event.size;
        }
        break;
      case EventKind::kTemp:
      case EventKind::kPlannerSpace:
        temporaries += event.size;
        break;
      case EventKind::kResetTemps:
        temporaries = 0;
        break;
      case EventKind::kResizeHead:
        head = event.size;
        temporaries = 0;
        planned = event.purpose == Purpose::kPlannedBuffers;
        break;
    }
  }
  if (planned) {
    DivideHead(report, /*makers=*/nullptr, &division);
    rest -= report.head_bytes;
  } else {
    temporaries += head;
  }
  division.shares[{Kind::kTemporaries, {}}] += temporaries;
  division.shares[{Kind::kRounding, {}}] += rest - temporaries;
  return division;
}

ArenaDivision DivideReport(const ArenaReport& report,
                           const TensorMakers* makers) {
  ArenaDivision division;
  for (const ArenaOperator& op : report.operators) {
    division.operators[op.id].persistent += op.persistent_bytes;
  }
  for (const ArenaShare& share : report.breakdown) {
    // The operators' own, and what DivideHead divides up.
    if (share.what.kind == Kind::kHead ||
        share.what.kind == Kind::kOperatorParameters ||
        share.what.kind == Kind::kOperatorData) {
      continue;
    }
    division.shares[share.what] += share.bytes;
  }
  division.shares[{Kind::kTemporaries, {}}] +=
      report.required_arena_bytes - report.arena_used_bytes;
  DivideHead(report, makers, &division);
  return division;
}

}  // namespace tinyml::runtime
