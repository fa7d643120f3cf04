// Which operator of a model is which of another version of it.
#ifndef TINYML_ANALYSIS_MATCH_OPERATORS_H_
#define TINYML_ANALYSIS_MATCH_OPERATORS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace tinyml::analysis {

// What an operator is recognised by.
struct OperatorKey {
  std::string name;
  // Whatever else is alike if the operator is unchanged.
  std::vector<int64_t> facts;

  friend bool operator==(const OperatorKey&, const OperatorKey&) = default;
};

// Returns for each of `after` the index of the operator of `before` that it
// is, -1 for a new one. Matches keep the order, join operators of one name
// only, and as many as can be; unchanged ones are preferred.
std::vector<int> MatchOperators(const std::vector<OperatorKey>& before,
                                const std::vector<OperatorKey>& after);

}  // namespace tinyml::analysis

#endif  // TINYML_ANALYSIS_MATCH_OPERATORS_H_
