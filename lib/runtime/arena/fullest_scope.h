// Where a memory plan is fullest.
#ifndef TINYML_RUNTIME_ARENA_FULLEST_SCOPE_H_
#define TINYML_RUNTIME_ARENA_FULLEST_SCOPE_H_

#include <cstdint>
#include <vector>

namespace tinyml::runtime {

// A buffer of a plan: bytes at an offset, live from one scope to another.
struct LiveBytes {
  int64_t offset_bytes = 0;
  int64_t size_bytes = 0;
  int first_used = 0;
  int last_used = 0;
};

// Returns the scope in which the most bytes are live, of those that the highest
// buffer is live in: what lies there is what makes the head as large as it is.
// `buffers` must not be empty.
int FullestScope(const std::vector<LiveBytes>& buffers);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_ARENA_FULLEST_SCOPE_H_
