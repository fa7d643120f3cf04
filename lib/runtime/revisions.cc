#include "runtime/revisions.h"

#include "base/macros.h"
#include "tinyml/version.h"

namespace tinyml::runtime {
namespace {

Status CheckRevision(std::string_view what, std::string_view asked,
                     std::string_view known) {
  if (asked == known) return {};
  return Fail(ErrorCode::kUsage,
              "revision '" + std::string(asked) + "' of " + std::string(what) +
                  " is not known; the known one is " + std::string(known));
}

}  // namespace

std::string DefaultKernelRevision(std::string_view name,
                                  std::string_view runtime_revision) {
  if (name == "cmsis-nn") return std::string(kCmsisNnRevision);
  if (name.starts_with("esp-nn")) return std::string(kEspNnRevision);
  return std::string(runtime_revision);
}

Status CheckRevisions(const Target& target) {
  const bool esp = target.runtime_name == kEspTfliteMicroName;
  if (!esp && target.runtime_name != kTflmName) {
    return Fail(ErrorCode::kUsage, "runtime '" + target.runtime_name +
                                       "' is not known; there are " +
                                       std::string(kTflmName) + " and " +
                                       std::string(kEspTfliteMicroName));
  }
  const std::string_view runtime =
      esp ? kEspTfliteMicroRevision : kTflmRevision;
  TINYML_RETURN_IF_ERROR(
      CheckRevision(target.runtime_name, target.runtime_revision, runtime));
  switch (target.kernels.library) {
    case KernelLibrary::kReference:
      return CheckRevision("the reference kernels", target.kernels.revision,
                           runtime);
    case KernelLibrary::kCmsisNn:
      return CheckRevision("CMSIS-NN", target.kernels.revision,
                           kCmsisNnRevision);
    case KernelLibrary::kEspNn:
    case KernelLibrary::kEspNnAnsi:
      return CheckRevision("ESP-NN", target.kernels.revision, kEspNnRevision);
  }
  return {};
}

}  // namespace tinyml::runtime

namespace tinyml {

std::span<const UpstreamRevision> ModelledRevisions() {
  static constexpr UpstreamRevision kRevisions[] = {
      {"tflite-micro", runtime::kTflmRevision},
      {"CMSIS-NN", runtime::kCmsisNnRevision},
      {"esp-tflite-micro", runtime::kEspTfliteMicroRevision},
      {"ESP-NN", runtime::kEspNnRevision},
  };
  return kRevisions;
}

}  // namespace tinyml
