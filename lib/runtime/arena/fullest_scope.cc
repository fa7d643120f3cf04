#include "runtime/arena/fullest_scope.h"

#include <algorithm>
#include <map>

namespace tinyml::runtime {

int FullestScope(const std::vector<LiveBytes>& buffers) {
  const LiveBytes& highest =
      *std::ranges::max_element(buffers, {}, [](const LiveBytes& buffer) {
        return buffer.offset_bytes + buffer.size_bytes;
      });
  // Live bytes only ever grow where a buffer's life begins.
  std::map<int64_t, int64_t> changes;  // Of live bytes, by scope.
  for (const LiveBytes& buffer : buffers) {
    const int from = std::max(buffer.first_used, highest.first_used);
    const int to = std::min(buffer.last_used, highest.last_used);
    if (from > to) continue;
    changes[from] += buffer.size_bytes;
    changes[int64_t{to} + 1] -= buffer.size_bytes;
  }
  int fullest = highest.first_used;
  int64_t live = 0;
  int64_t most = -1;
  for (const auto& [scope, change] : changes) {
    live += change;
    if (live > most) {
      most = live;
      fullest = static_cast<int>(scope);
    }
  }
  return fullest;
}

}  // namespace tinyml::runtime
