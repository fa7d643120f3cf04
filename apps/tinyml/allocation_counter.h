// Counts the allocations of the whole program.
#ifndef TINYML_APPS_ALLOCATION_COUNTER_H_
#define TINYML_APPS_ALLOCATION_COUNTER_H_

#include <cstdint>

namespace tinyml::cli {

// How many times the program has asked for memory so far, through operator new
// in all its forms; this program replaces them. Thread-safe.
int64_t CountAllocations();

}  // namespace tinyml::cli

#endif  // TINYML_APPS_ALLOCATION_COUNTER_H_
