// Matches the operators of two versions of a model.
#ifndef TINYML_ANALYSIS_MATCH_OPERATORS_H_
#define TINYML_ANALYSIS_MATCH_OPERATORS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace tinyml::analysis {

// What identifies an operator.
struct OperatorKey {
  std::string name;
  // Whatever else is equal if the operator is unchanged.
  std::vector<int64_t> facts;

  friend bool operator==(const OperatorKey&, const OperatorKey&) = default;
};

// Returns for each of `after` the index of its counterpart in `before`, -1 for
// a new one. Matches keep the order and join only operators of the same name,
// as many as possible; unchanged ones are preferred.
std::vector<int> MatchOperators(const std::vector<OperatorKey>& before,
                                const std::vector<OperatorKey>& after);

}  // namespace tinyml::analysis

#endif  // TINYML_ANALYSIS_MATCH_OPERATORS_H_
