// What the shares of arena_used_bytes are called, where code asks for them.
#ifndef TINYML_RUNTIME_ARENA_SHARE_NAMES_H_
#define TINYML_RUNTIME_ARENA_SHARE_NAMES_H_

#include <string_view>

namespace tinyml::runtime {

inline constexpr std::string_view kHeadShare =
    "tensors and scratch buffers (head)";
// These two are the operators' persistent memory.
inline constexpr std::string_view kParametersShare = "operator parameters";
inline constexpr std::string_view kOperatorDataShare =
    "operator data (Init and Prepare)";

// Of the required arena, where the head is divided up among operators.
inline constexpr const char* kTensorsShare =
    "tensors where the arena is fullest";
inline constexpr const char* kGapsShare = "gaps between buffers in the plan";
inline constexpr const char* kTemporariesShare =
    "temporary memory of the allocation";

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_ARENA_SHARE_NAMES_H_
