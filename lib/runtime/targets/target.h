// A target: the compiler's ABI, the kernel library and its features, and the
// revisions behind the numbers.
#ifndef TINYML_RUNTIME_TARGETS_TARGET_H_
#define TINYML_RUNTIME_TARGETS_TARGET_H_

#include <bitset>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/abi/abi.h"
#include "runtime/targets/changes.h"

namespace tinyml::runtime {

enum class KernelLibrary : uint8_t {
  kReference,  // tflite-micro's portable kernels.
  kCmsisNn,    // Arm's CMSIS-NN under tflite-micro's cmsis_nn kernels.
  kEspNn,      // Espressif's ESP-NN under esp-tflite-micro's esp_nn kernels.
  kEspNnAnsi,  // The same kernels with ESP-NN's portable C build.
};

// Which build of ESP-NN.
enum class EspVariant : uint8_t { kGeneric, kS3, kP4 };

// Operators by their rows in the operator table (model/operator_table.h).
using OperatorSet = std::bitset<256>;

struct KernelConfig {
  KernelLibrary library = KernelLibrary::kReference;
  std::string revision;
  bool dsp = false;  // Arm DSP extension (__ARM_FEATURE_DSP).
  bool mve = false;  // Arm Helium (__ARM_FEATURE_MVE).
  // KERNELS_OPTIMIZED_FOR_SIZE instead of KERNELS_OPTIMIZED_FOR_SPEED.
  bool optimize_for_size = false;
  EspVariant esp_variant = EspVariant::kGeneric;
  // Links tflite-micro's kernel for an Arm Ethos-U, and so runs models that
  // Vela compiled for one.
  bool ethos_u = false;
  // Operators that run on the reference kernel although the library has one,
  // because a distribution's build leaves it out.
  OperatorSet reference_operators;
  // The changes that the revisions of the runtime and of this library have.
  ChangeSet changes = ChangeSet::All();

  friend bool operator==(const KernelConfig&, const KernelConfig&) = default;
};

struct Target {
  std::string name;  // As the command line spells it.
  std::string core;  // Name of the core's profile.
  Abi abi;
  // The distribution ("chirale-2.0.0"); empty for upstream's own sources.
  std::string distribution;
  // The runtime in messages: "Chirale_TensorFLowLite 2.0.0 (2023-01)".
  std::string runtime_label;
  std::string runtime_name;
  std::string runtime_revision;
  // Whether TF_LITE_STATIC_MEMORY is defined, as upstream's makefile does; else
  // tensors and nodes have all the members that TensorFlow Lite gives them.
  bool static_memory = true;
  // Operators that the distribution left out, though the revision has them.
  OperatorSet lacks_operators;
  KernelConfig kernels;
  // The application creates resource variables from an allocator of their own.
  bool own_resource_arena = false;
  // Says that upstream never built the two revisions together; empty if it did.
  std::string revision_note;
  // Says which revision is not known and which one stands in for it; empty if
  // the revisions are those that were asked for.
  std::string nearest_note;

  // Whether every model has the same figures and warnings on both.
  bool SizesAlike(const Target& other) const {
    return abi == other.abi && runtime_name == other.runtime_name &&
           runtime_revision == other.runtime_revision &&
           static_memory == other.static_memory &&
           lacks_operators == other.lacks_operators &&
           own_resource_arena == other.own_resource_arena &&
           revision_note == other.revision_note && kernels == other.kernels;
  }
};

}  // namespace tinyml::runtime

#endif  // TINYML_RUNTIME_TARGETS_TARGET_H_
