#include "runtime/arena/fullest_scope.h"

#include <algorithm>
#include <cstdint>
#include <map>

namespace tinyml::runtime {
FullestScope FindFullestScope(std::span<const ArenaBuffer> buffers,
                              std::span<const OperatorId> scopes) {
  FullestScope result;
  if (buffers.empty()) return result;
  const ArenaBuffer& highest =
      *std::ranges::max_element(buffers, {}, [](const ArenaBuffer& buffer) {
        return buffer.offset_bytes + buffer.size_bytes;
      });
  // One that is never used counts for the first scope.
  const int first = std::max(highest.first_used, 0);
  const int last = std::max(highest.last_used, first);
  std::map<int, int64_t> changes = {{first, 0}};  // Of live bytes, by scope.
  for (const ArenaBuffer& buffer : buffers) {
    const int from = std::max(buffer.first_used, first);
    const int to = std::min(buffer.last_used, last);
    if (from > to) continue;
    changes[from] += buffer.size_bytes;
    if (to < last) changes[to + 1] -= buffer.size_bytes;
  }
  int64_t live = 0;
  int64_t most = -1;
  int64_t most_of_operators = -1;
  for (auto change = changes.begin(); change != changes.end(); ++change) {
    live += change->second;
    if (live > most) {
      most = live;
      result.scope = change->first;
    }
    if (live <= most_of_operators) continue;
    // As many bytes are live until the next change.
    const auto next = std::next(change);
    const int end = std::min(next != changes.end() ? next->first : last + 1,
                             static_cast<int>(scopes.size()));
    for (int scope = change->first; scope < end; ++scope) {
      if (scopes[scope].index == kNoOperatorIndex) continue;
      most_of_operators = live;
      result.operator_scope = scope;
      break;
    }
  }
  return result;
}

}  // namespace tinyml::runtime
