// The upstream revisions whose behaviour the simulation has.
#ifndef TINYML_RUNTIME_REVISIONS_H_
#define TINYML_RUNTIME_REVISIONS_H_

#include <string>
#include <string_view>

#include "runtime/target.h"
#include "tinyml/status.h"

namespace tinyml::runtime {

inline constexpr std::string_view kTflmName = "tflm";
inline constexpr std::string_view kTflmRevision = "90b983c2b3f1";
inline constexpr std::string_view kEspTfliteMicroName = "esp-tflite-micro";
inline constexpr std::string_view kEspTfliteMicroRevision = "99f49e1498b0";
inline constexpr std::string_view kCmsisNnRevision = "4ab83cc3cc98";
inline constexpr std::string_view kEspNnRevision = "d45b843ca5f8";

// The revision of kernel library `name` that goes with `runtime_revision`; the
// reference kernels are the runtime's own.
std::string DefaultKernelRevision(std::string_view name,
                                  std::string_view runtime_revision);

// Fails with kUsage, naming the known one, for a revision that is not modelled.
Status CheckRevisions(const Target& target);

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_REVISIONS_H_
