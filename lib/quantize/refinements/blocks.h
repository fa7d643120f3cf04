// Work in numbered blocks, done by several threads and joined in the order of
// the blocks, so that results do not depend on how many threads there are.
#ifndef TINYML_QUANTIZE_REFINEMENTS_BLOCKS_H_
#define TINYML_QUANTIZE_REFINEMENTS_BLOCKS_H_

#include <cstdint>
#include <functional>

#include "tinyml/status.h"

namespace tinyml::quantize {

// Threads for `blocks` blocks where `wanted` are asked for; 0: one for each
// core.
int ThreadsFor(int wanted, int64_t blocks);

// Calls work(thread, block) for the blocks 0 to `blocks` - 1 on `threads`
// threads, numbered from 0, and after each join(thread, block): one at a time
// and in the order of blocks. A thread that waits for its turn to join starts
// nothing else. Returns the failure of the lowest block that fails; what comes
// behind it is not joined.
Status ForEachBlock(int64_t blocks, int threads,
                    const std::function<Status(int, int64_t)>& work,
                    const std::function<Status(int, int64_t)>& join);

}  // namespace tinyml::quantize

#endif  // TINYML_QUANTIZE_REFINEMENTS_BLOCKS_H_
