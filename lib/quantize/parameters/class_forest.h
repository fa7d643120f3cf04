// Classes of tensors while they grow.
#ifndef TINYML_QUANTIZE_PARAMETERS_CLASS_FOREST_H_
#define TINYML_QUANTIZE_PARAMETERS_CLASS_FOREST_H_

#include <optional>
#include <utility>
#include <vector>

#include "model/operator_table.h"
#include "quantize/parameters/plan.h"

namespace tinyml::quantize {

// A forest of nodes, each a tensor in one type; each tree is a class.
class ClassForest {
 public:
  struct Node {
    TensorType type = TensorType::kInt8;
    std::optional<FixedParameters> fixed;
    // Not to be fixed: more depends on it than one operator.
    bool stays_free = false;
    bool symmetric = false;
    std::vector<TensorId> activations;
    std::vector<TensorId> constants;
  };

  int Add(Node node) {
    nodes_.push_back(std::move(node));
    parent_.push_back(static_cast<int>(parent_.size()));
    return parent_.back();
  }
  int Find(int node) {
    while (parent_[node] != node) {
      int& parent = parent_[node];
      parent = parent_[parent];
      node = parent;
    }
    return node;
  }
  Node& At(int node) { return nodes_[Find(node)]; }
  int size() const { return static_cast<int>(nodes_.size()); }

  // Makes one class of two, unless they cannot be one.
  bool Unite(int a, int b) {
    a = Find(a);
    b = Find(b);
    if (a == b) return true;
    Node& into = nodes_[a];
    Node& from = nodes_[b];
    if (into.type != from.type) return false;
    if (into.fixed && from.fixed &&
        (into.fixed->scale != from.fixed->scale ||
         into.fixed->zero_point != from.fixed->zero_point)) {
      return false;
    }
    if ((into.fixed && from.stays_free) || (from.fixed && into.stays_free)) {
      return false;
    }
    if (!into.fixed) into.fixed = from.fixed;
    into.stays_free |= from.stays_free;
    into.symmetric |= from.symmetric;
    const auto append = [](auto& to, auto& more) {
      to.insert(to.end(), more.begin(), more.end());
      more.clear();
    };
    append(into.activations, from.activations);
    append(into.constants, from.constants);
    parent_[b] = a;
    return true;
  }

 private:
  std::vector<Node> nodes_;
  std::vector<int> parent_;
};

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_PARAMETERS_CLASS_FOREST_H_
