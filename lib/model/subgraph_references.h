// Which subgraphs an operator calls.
#ifndef TINYML_MODEL_SUBGRAPH_REFERENCES_H_
#define TINYML_MODEL_SUBGRAPH_REFERENCES_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "tinyml/model.h"

namespace tinyml {

struct SubgraphReference {
  std::string_view role;  // "then branch", "loop body"
  int64_t subgraph = 0;   // As in the file; may be out of range.
};

// Returns the references in the options of `op`, in the format's order. An
// operator without options has none.
std::vector<SubgraphReference> SubgraphReferences(const Operator& op);

// Returns the subgraphs that the runtime enters for `op` of a valid model, in
// the order in which its scopes count them. It looks only at the newer field of
// the operator code, so control flow in a file that has only the older one
// enters none.
std::vector<int> EnteredSubgraphs(const Model& model, const Operator& op);

}  // namespace tinyml

#endif  // TINYML_MODEL_SUBGRAPH_REFERENCES_H_
