#include "analysis/match_operators.h"

#include <algorithm>
#include <cstddef>

namespace tinyml::analysis {
namespace {

// Beyond this many pairs, operators are matched by position.
constexpr size_t kMaxPairs = size_t{1} << 23;
// A match of unchanged operators scores a little higher than one of operators
// that only share the name.
constexpr int32_t kUnchanged = 3;
constexpr int32_t kSameName = 2;

int32_t Score(const OperatorKey& a, const OperatorKey& b) {
  if (a.name != b.name) return 0;
  return a.facts == b.facts ? kUnchanged : kSameName;
}

}  // namespace

std::vector<int> MatchOperators(const std::vector<OperatorKey>& before,
                                const std::vector<OperatorKey>& after) {
  std::vector<int> matches(after.size(), -1);
  size_t first = 0;
  size_t old_end = before.size();
  size_t new_end = after.size();
  while (first < old_end && first < new_end && before[first] == after[first]) {
    matches[first] = static_cast<int>(first);
    ++first;
  }
  while (old_end > first && new_end > first &&
         before[old_end - 1] == after[new_end - 1]) {
    matches[--new_end] = static_cast<int>(--old_end);
  }
  const size_t rows = old_end - first;
  const size_t columns = new_end - first;
  if (rows == 0 || columns == 0) return matches;
  if (rows > kMaxPairs / columns) {
    for (size_t i = first; i < std::min(old_end, new_end); ++i) {
      if (before[i].name == after[i].name) matches[i] = static_cast<int>(i);
    }
    return matches;
  }
  // best[r][c]: the best score of rows from r on and columns from c on.
  const size_t width = columns + 1;
  std::vector<int32_t> best((rows + 1) * width);
  for (size_t r = rows; r-- > 0;) {
    for (size_t c = columns; c-- > 0;) {
      const int32_t score = Score(before[first + r], after[first + c]);
      int32_t value =
          std::max(best[(r + 1) * width + c], best[r * width + c + 1]);
      if (score > 0) {
        value = std::max(value, score + best[(r + 1) * width + c + 1]);
      }
      best[r * width + c] = value;
    }
  }
  size_t r = 0;
  size_t c = 0;
  while (r < rows && c < columns) {
    const int32_t score = Score(before[first + r], after[first + c]);
    const int32_t here = best[r * width + c];
    if (score > 0 && here == score + best[(r + 1) * width + c + 1]) {
      matches[first + c] = static_cast<int>(first + r);
      ++r;
      ++c;
    } else if (here == best[(r + 1) * width + c]) {
      ++r;
    } else {
      ++c;
    }
  }
  return matches;
}

}  // namespace tinyml::analysis
