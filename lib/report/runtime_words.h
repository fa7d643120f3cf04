// How reports name a target's runtime.
#ifndef TINYML_REPORT_RUNTIME_WORDS_H_
#define TINYML_REPORT_RUNTIME_WORDS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "tinyml/arena.h"
#include "tinyml/target.h"

namespace tinyml::report {

// "tflite-micro 0c425da36 of 2023-01", as far as it is known.
std::string UpstreamText(const std::string& commit, const std::string& date);

// "Chirale_TensorFLowLite 2.0.0 (tflite-micro 0c425da36 of 2023-01)", or
// "tflm 90b983c2b3f1".
std::string RuntimeText(const TargetInfo& target);

// ", Chirale_TensorFLowLite 2.0.0" after the kernels in tables; "" for
// upstream's sources.
std::string DistributionSuffix(const TargetInfo& target);

// How to choose another runtime; "" for a target that leaves no doubt.
std::string OtherRuntimesText(const TargetInfo& target);

// The arena that an application keeps after it has seen arena_used_bytes();
// nothing for one that declares its arena.
std::optional<int64_t> KeptArenaBytes(const ApplicationUse& application,
                                      const ArenaReport& report);

}  // namespace tinyml::report

#endif  // TINYML_REPORT_RUNTIME_WORDS_H_
