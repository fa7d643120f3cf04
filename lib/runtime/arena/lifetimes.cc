#include "runtime/arena/lifetimes.h"

#include <cstring>
#include <map>
#include <string_view>
#include <utility>

#include "base/macros.h"
#include "model/subgraph_references.h"

namespace tinyml::runtime {
namespace {

constexpr std::string_view kOfflinePlanName = "OfflineMemoryAllocation";
// Format version, number of subgraphs, number of offsets.
constexpr size_t kOfflinePlanHeaderWords = 3;

class Walker {
 public:
  Walker(const Model& model,
         std::span<const KernelContext::ScratchRequest> requests,
         bool uses_ends)
      : model_(model), uses_ends_(uses_ends) {
    result_.tensors.resize(model.subgraphs.size());
    for (size_t s = 0; s < model.subgraphs.size(); ++s) {
      result_.tensors[s].resize(model.subgraphs[s].tensors.size());
    }
    result_.scratch.resize(requests.size());
    for (size_t i = 0; i < requests.size(); ++i) {
      requests_[requests[i].op].push_back(i);
    }
    result_.scopes.push_back({0, kNoOperatorIndex});
  }

  Status Visit(int subgraph_index, size_t depth) {
    if (depth > model_.subgraphs.size()) {
      return Fail(ErrorCode::kUnsupported,
                  "subgraph " + std::to_string(subgraph_index) +
                      " calls itself through its operators");
    }
    const Subgraph& subgraph = model_.subgraphs[subgraph_index];
    auto& tensors = result_.tensors[subgraph_index];
    for (TensorIndex input : subgraph.inputs) {
      Lifetime& lifetime = tensors[input];
      Create(lifetime, scope_);
      if (uses_ends_) lifetime.last_used = scope_;
    }
    for (size_t i = 0; i < subgraph.operators.size(); ++i) {
      const Operator& op = subgraph.operators[i];
      const OperatorId id(subgraph_index, i);
      OpenScope(id);
      const int32_t start = scope_;
      for (TensorIndex output : op.outputs) {
        if (output >= 0) Create(tensors[output], scope_);
      }
      TINYML_RETURN_IF_ERROR(VisitCalledSubgraphs(op, depth));
      for (TensorIndex input : op.inputs) {
        if (input >= 0) tensors[input].last_used = scope_;
      }
      for (TensorIndex output : op.outputs) {
        if (output >= 0) {
          tensors[output].last_used = scope_;
        }
      }
      const auto requests = requests_.find(id);
      if (requests == requests_.end()) continue;
      for (size_t request : requests->second) {
        Create(result_.scratch[request], start);
        result_.scratch[request].last_used = scope_;
      }
    }
    for (TensorIndex output : subgraph.outputs) {
      Lifetime& lifetime = tensors[output];
      if (uses_ends_) Create(lifetime, scope_);
      lifetime.last_used = scope_;
    }
    return {};
  }

  Lifetimes Take() { return std::move(result_); }

 private:
  void OpenScope(OperatorId owner) {
    ++scope_;
    result_.scopes.push_back(owner);
  }

  static void Create(Lifetime& lifetime, int32_t scope) {
    if (lifetime.first_used == -1) lifetime.first_used = scope;
  }

  Status VisitCalledSubgraphs(const Operator& op, size_t depth) {
    for (const int called : EnteredSubgraphs(model_, op)) {
      OpenScope({called, kNoOperatorIndex});
      TINYML_RETURN_IF_ERROR(Visit(called, depth + 1));
    }
    return {};
  }

  const Model& model_;
  const bool uses_ends_;
  std::map<OperatorId, std::vector<size_t>> requests_;
  Lifetimes result_;
  int32_t scope_ = 0;
};

}  // namespace

Result<Lifetimes> ComputeLifetimes(
    const Model& model,
    std::span<const KernelContext::ScratchRequest> scratch_requests,
    bool uses_ends) {
  Walker walker(model, scratch_requests, uses_ends);
  TINYML_RETURN_IF_ERROR(walker.Visit(0, 1));
  return walker.Take();
}

Result<std::optional<std::vector<int32_t>>> OfflinePlan(const Model& model,
                                                        bool whole_name) {
  size_t tensors = 0;
  for (const Subgraph& subgraph : model.subgraphs) {
    tensors += subgraph.tensors.size();
  }
  std::optional<std::vector<int32_t>> offsets;
  // Of several plans, the last one counts; the count of each is checked.
  for (const Metadata& metadata : model.metadata) {
    const bool is_plan = whole_name
                             ? metadata.name == kOfflinePlanName
                             : metadata.name.starts_with(kOfflinePlanName);
    if (!is_plan) continue;
    const auto bytes = model.buffers[metadata.buffer].data.bytes();
    std::vector<uint32_t> words(bytes.size() / sizeof(uint32_t));
    if (!words.empty()) {
      std::memcpy(words.data(), bytes.data(), words.size() * sizeof(uint32_t));
    }
    if (words.size() < kOfflinePlanHeaderWords ||
        words.size() - kOfflinePlanHeaderWords < words[2]) {
      return Fail(ErrorCode::kInvalid,
                  "the offline memory plan is shorter than its header says");
    }
    if (words[2] != tensors) {
      return Fail(ErrorCode::kUnsupported,
                  "the offline memory plan has " + std::to_string(words[2]) +
                      " offsets, the model has " + std::to_string(tensors) +
                      " tensors");
    }
    offsets.emplace(words.begin() + kOfflinePlanHeaderWords, words.end());
    offsets->resize(tensors);
  }
  return offsets;
}

}  // namespace tinyml::runtime
